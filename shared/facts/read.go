package facts

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"resonanz/events"
	"resonanz/shared/feedback"
	"resonanz/shared/responses"
)

// read reads the event of s, checks what the columns of a fact file would take
// without a murmur, and returns its key and how to put it into a batch. Errors
// name the field and never repeat a value: they become the reason in the
// dead-letter queue, and a malformed event may hold anything.
func read(s *events.Stored) (key feedback.ResponseKey, put func(*responses.Batch) error, err error) {
	switch s.Kind {
	case feedback.KindRating:
		r := new(feedback.Rating)
		if err = decode(s.Event, r); err == nil {
			err = checkRating(r)
		}
		key, put = r.ResponseKey, func(b *responses.Batch) error { return b.AddRating(r) }
	case feedback.KindInvitation:
		i := new(feedback.Invitation)
		if err = decode(s.Event, i); err == nil {
			err = checkInvitation(i)
		}
		key, put = i.ResponseKey, func(b *responses.Batch) error { return b.AddInvitation(i) }
	case feedback.KindCard:
		c := new(feedback.Card)
		if err = decode(s.Event, c); err == nil {
			err = checkCard(c)
		}
		key, put = c.ResponseKey, func(b *responses.Batch) error { return b.AddCard(c) }
	case feedback.KindComplaint:
		c := new(feedback.Complaint)
		if err = decode(s.Event, c); err == nil {
			err = checkComplaint(c)
		}
		key, put = c.ResponseKey, func(b *responses.Batch) error { return b.AddComplaint(c) }
	case feedback.KindDelivery:
		d := new(feedback.Delivery)
		if err = decode(s.Event, d); err == nil {
			err = checkDelivery(d)
		}
		key, put = d.ResponseKey, func(b *responses.Batch) error { return b.AddDelivery(d) }
	default:
		return "", nil, errors.New("a stored event of an unknown kind")
	}
	if err != nil {
		return "", nil, fmt.Errorf("reading a stored %s: %w", s.Kind, err)
	}
	return key, put, nil
}

func decode(event json.RawMessage, into any) error {
	err := json.Unmarshal(event, into)
	if wrong := new(json.UnmarshalTypeError); errors.As(err, &wrong) {
		return fmt.Errorf("%s: wrong type", cmp.Or(wrong.Field, "the event"))
	}
	if err != nil {
		return errors.New("malformed JSON or time")
	}
	return nil
}

func checkRating(r *feedback.Rating) error {
	_, event := feedback.ParseEventID(string(r.EventID))
	_, touchpoint := feedback.ParseTouchpoint(string(r.Touchpoint))
	_, channel := feedback.ParseChannel(string(r.Channel))
	_, scale := feedback.ParseScale(string(r.Scale))
	_, mode := feedback.ParseCollectionMode(string(r.CollectionMode))
	var device error
	if r.Device != "" {
		_, device = feedback.ParseDevice(string(r.Device))
	}
	return cmp.Or(event, touchpoint, channel, scale, mode, device, language(r.Language), code("reason", r.Reason), code("topic", r.Topic),
		given("submitted_at", r.SubmittedAt), given("received_at", r.ReceivedAt))
}

// checkCard wants codes: an answer in own words is no fact and must not become
// one. The batch checks the answers again, without a name for each.
func checkCard(c *feedback.Card) error {
	err := checkRating(&c.Rating)
	if _, wrong := feedback.ParseTouchpoint(c.Card); wrong != nil { // ids of cards have the same shape
		err = cmp.Or(err, fmt.Errorf("card: %w", feedback.ErrInvalid))
	}
	if _, wrong := responses.AnswersText(c.Answers); wrong != nil {
		err = cmp.Or(err, wrong)
	}
	return cmp.Or(err, code("phase", c.Phase))
}

func checkComplaint(c *feedback.Complaint) error {
	_, event := feedback.ParseEventID(string(c.EventID))
	_, touchpoint := feedback.ParseTouchpoint(string(c.Touchpoint))
	_, channel := feedback.ParseChannel(string(c.Channel))
	_, mode := feedback.ParseCollectionMode(string(c.CollectionMode))
	var device, category, annoyance error
	if c.Device != "" {
		_, device = feedback.ParseDevice(string(c.Device))
	}
	if c.Category == "" {
		category = errors.New("category is missing")
	}
	if c.Annoyance != nil && (*c.Annoyance < 1 || *c.Annoyance > 5) {
		annoyance = fmt.Errorf("annoyance: %w: want 1 to 5", feedback.ErrInvalid)
	}
	return cmp.Or(event, touchpoint, channel, mode, device, language(c.Language), category, code("category", c.Category), code("topic", c.Topic), annoyance,
		given("submitted_at", c.SubmittedAt), given("received_at", c.ReceivedAt))
}

func checkDelivery(d *feedback.Delivery) error {
	_, event := feedback.ParseEventID(string(d.EventID))
	var outcome error
	if !slices.Contains(responses.Outcomes[:], d.Outcome) {
		outcome = fmt.Errorf("outcome: %w: want bounced, suppressed or reported", feedback.ErrInvalid)
	}
	return cmp.Or(event, outcome, given("at", d.At), given("received_at", d.ReceivedAt))
}

// code refuses what is not empty and no code: it could be anybody's words.
func code(field, s string) error {
	if s != "" && !responses.IsCode(s) {
		return fmt.Errorf("%s: %w: want a code", field, feedback.ErrInvalid)
	}
	return nil
}

func checkInvitation(i *feedback.Invitation) error {
	_, event := feedback.ParseEventID(string(i.EventID))
	_, touchpoint := feedback.ParseTouchpoint(string(i.Touchpoint))
	_, channel := feedback.ParseChannel(string(i.Channel))
	var previous, skipped error
	if i.Previous != "" {
		if _, err := feedback.ParseResponseKey(string(i.Previous)); err != nil {
			previous = fmt.Errorf("previous: %w", err)
		}
	}
	if s := i.Skipped; s != "" && s != feedback.SkippedFatigue && s != feedback.SkippedOptedOut {
		skipped = fmt.Errorf("skipped: %w: want fatigue or opted_out", feedback.ErrInvalid)
	}
	return cmp.Or(event, touchpoint, channel, language(i.Language), code("topic", i.Topic), previous, skipped,
		believable("contact_at", i.ContactAt), believable("previous_at", i.PreviousAt), given("issued_at", i.IssuedAt), given("received_at", i.ReceivedAt), given("expires_at", i.ExpiresAt))
}

// language refuses what is neither empty nor a language: no file that holds it can
// be read.
func language(l feedback.Language) error {
	if l == "" {
		return nil
	}
	_, err := feedback.ParseLanguage(string(l))
	return err
}

func given(field string, t time.Time) error {
	if t.IsZero() {
		return fmt.Errorf("%s is missing", field)
	}
	return believable(field, t)
}

// believable refuses times, other than none, that no file of facts has: one event
// would make those of its whole file unreadable.
func believable(field string, t time.Time) error {
	if y := t.UTC().Year(); !t.IsZero() && (y < 1 || y > 9999) {
		return fmt.Errorf("%s: no time of this system", field)
	}
	return nil
}
