package responses

import (
	"encoding/json"
	"fmt"
	"slices"

	"resonanz/shared/feedback"
)

// AddRating adds one vote. The error names the event and the field that is no
// valid fact; nothing is added then.
func (b *Batch) AddRating(r *feedback.Rating) error {
	event, key, err := ids(r.EventID, r.ResponseKey)
	if err != nil {
		return err
	}
	channel, err := channelOf(r.EventID, r.Channel)
	if err != nil {
		return err
	}
	scale := slices.Index(Scales[:], r.Scale)
	if scale < 0 {
		return fmt.Errorf("event %s: scale %q is unknown", r.EventID, r.Scale)
	}
	if !r.Scale.Valid(r.Rating) {
		return fmt.Errorf("event %s: rating %d lies outside scale %s", r.EventID, r.Rating, r.Scale)
	}
	v := Vote{
		Event: event, Key: key,
		Submitted: r.SubmittedAt.UnixMilli(), Received: r.ReceivedAt.UnixMilli(),
		Channel: channel, Scale: uint8(scale), Rating: int8(r.Rating),
		NPS: opt(r.NPS), CES: opt(r.CES), Expect: opt(r.Expectation),
		Touchpoint: b.Name(string(r.Touchpoint)), Device: b.Name(string(r.Device)),
		Reason: b.Name(r.Reason), Topic: b.Name(r.Topic),
		Segment: segment(r.Segment), Language: language(r.Language),
	}
	v.Flags = FlagsOf(r.CollectionMode)
	if r.CallbackRequested {
		v.Flags |= CallbackRequested
	}
	if r.HasText {
		v.Flags |= HasText
	}
	if r.FCR != nil {
		v.Flags |= FCRAsked
		if *r.FCR {
			v.Flags |= FCRYes
		}
	}
	b.Votes = append(b.Votes, v)
	return nil
}

// AddInvitation adds one issued link, and the contact that it tells of; errors
// as in AddRating.
func (b *Batch) AddInvitation(i *feedback.Invitation) error {
	event, key, err := ids(i.EventID, i.ResponseKey)
	if err != nil {
		return err
	}
	channel, err := channelOf(i.EventID, i.Channel)
	if err != nil {
		return err
	}
	if i.Topic != "" && !IsCode(i.Topic) {
		return fmt.Errorf("event %s: topic: %w: want 1 to 40 of a-z, 0-9, '_', '.' and '-'", i.EventID, feedback.ErrInvalid)
	}
	previous, err := behind(i.Previous)
	if err != nil {
		return fmt.Errorf("event %s: previous: %w", i.EventID, err)
	}
	b.Invitations = append(b.Invitations, Invitation{
		Event: event, Key: key,
		Issued: i.IssuedAt.UnixMilli(), Received: i.ReceivedAt.UnixMilli(), Expires: i.ExpiresAt.UnixMilli(),
		Touchpoint: b.Name(string(i.Touchpoint)), Channel: channel,
		Segment: segment(i.Segment), Language: language(i.Language), Skipped: i.Skipped != "",
	})
	if i.Topic == "" {
		return nil
	}
	at := i.ContactAt
	if at.IsZero() {
		at = i.IssuedAt
	}
	c := Contact{
		Event: event, Key: key, At: at.UnixMilli(), Received: i.ReceivedAt.UnixMilli(),
		Topic: b.Name(i.Topic), Touchpoint: b.Name(string(i.Touchpoint)),
		Known: i.Known, Resolved: truth(i.Resolved), Beyond: i.Beyond, Previous: instant(i.PreviousAt), PreviousKey: previous,
	}
	b.Contacts = append(b.Contacts, c)
	return nil
}

// AddCard adds the vote of a card with its other answers; errors as in
// AddRating. The number of a paper card is no fact.
func (b *Batch) AddCard(c *feedback.Card) error {
	answers, err := AnswersText(c.Answers)
	if err != nil {
		return fmt.Errorf("event %s: %w", c.EventID, err)
	}
	if c.Card == "" {
		return fmt.Errorf("event %s: card: %w: it is missing", c.EventID, feedback.ErrInvalid)
	}
	if err := b.AddRating(&c.Rating); err != nil {
		return err
	}
	v := &b.Votes[len(b.Votes)-1]
	v.Card, v.Phase, v.Answers = b.Name(c.Card), b.Name(c.Phase), b.Name(answers)
	return nil
}

// AnswersText is the canonical text of a card's answers: a JSON object in order
// of the questions; "" for none. Questions and answers are codes. Anything else
// could be a customer's own words, which are no facts, and is refused without
// being quoted.
func AnswersText(answers map[string]string) (string, error) {
	if len(answers) == 0 {
		return "", nil
	}
	for question, answer := range answers {
		if !IsCode(question) || !IsCode(answer) {
			return "", fmt.Errorf("answers: %w: want codes of 1 to 40 of a-z, 0-9, '_', '.' and '-'", feedback.ErrInvalid)
		}
	}
	b, err := json.Marshal(answers) // in order of the keys
	if err != nil {
		return "", fmt.Errorf("answers: %w", err)
	}
	return string(b), nil
}

// IsCode reports whether s is 1 to 40 of a-z, 0-9, '_', '.' and '-': what names
// questions, answers, categories and topics.
func IsCode(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '.' && c != '-' {
			return false
		}
	}
	return s != "" && len(s) <= 40
}

// AddComplaint adds one complaint; errors as in AddRating.
func (b *Batch) AddComplaint(c *feedback.Complaint) error {
	event, key, err := ids(c.EventID, c.ResponseKey)
	if err != nil {
		return err
	}
	channel, err := channelOf(c.EventID, c.Channel)
	if err != nil {
		return err
	}
	out := Complaint{
		Event: event, Key: key,
		Submitted: c.SubmittedAt.UnixMilli(), Received: c.ReceivedAt.UnixMilli(),
		Touchpoint: b.Name(string(c.Touchpoint)), Category: b.Name(c.Category),
		Device: b.Name(string(c.Device)), Topic: b.Name(c.Topic),
		Channel: channel, Annoyance: opt(c.Annoyance), Language: language(c.Language),
	}
	out.Flags = FlagsOf(c.CollectionMode)
	if c.CallbackRequested {
		out.Flags |= CallbackRequested
	}
	b.Complaints = append(b.Complaints, out)
	return nil
}

// AddDelivery adds what became of a mail; errors as in AddRating.
func (b *Batch) AddDelivery(d *feedback.Delivery) error {
	event, key, err := ids(d.EventID, d.ResponseKey)
	if err != nil {
		return err
	}
	outcome := slices.Index(Outcomes[:], d.Outcome)
	if outcome < 0 {
		return fmt.Errorf("event %s: outcome %q is unknown", d.EventID, d.Outcome)
	}
	b.Deliveries = append(b.Deliveries, Delivery{
		Event: event, Key: key, At: d.At.UnixMilli(), Received: d.ReceivedAt.UnixMilli(), Outcome: uint8(outcome),
	})
	return nil
}

func ids(id feedback.EventID, k feedback.ResponseKey) (event [16]byte, key Key, err error) {
	if event, err = ParseEventID(id); err != nil {
		return event, key, err
	}
	if key, err = ParseKey(k); err != nil {
		return event, key, fmt.Errorf("event %s: %w", id, err)
	}
	return event, key, nil
}

func channelOf(id feedback.EventID, c feedback.Channel) (uint8, error) {
	i := c.Index()
	if i < 0 {
		return 0, fmt.Errorf("event %s: channel %q is unknown", id, c)
	}
	return uint8(i), nil
}
