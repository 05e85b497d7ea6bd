package intake

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/link"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// MaxCardForm is the size of a card's form, in bytes: ten texts of full length
// in the script that needs most, and whatever fits it can be stored.
const MaxCardForm = 256 << 10

// CardField stands before the id of a question in the name of its field.
const CardField = "q-"

// CardForm is what a customer typed into a response card, as it can be shown
// again.
type CardForm struct {
	Stars    int               // 0: none chosen
	Answers  map[string]string // by question, own words among them; nothing said is absent
	Callback bool
	Contact  string
	Nonce    string            // made by the page: tells a double click from a second card
	Language feedback.Language // the page's, when it was chosen on it
}

// cardFields are the names a form may carry beside those of the questions.
var cardFields = []string{"stars", "callback", "contact", "nonce", "l"}

// ParseCard reads an application/x-www-form-urlencoded body. What was typed
// comes back even when fields are in error, and errors come in the order of the
// page. The error is a 400 problem for what is no form at all.
func ParseCard(tp *config.Touchpoint, card *config.Card, body []byte) (CardForm, []problem.Field, error) {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return CardForm{}, nil, problem.New(http.StatusBadRequest, problem.MalformedForm, "The body is not a valid form.")
	}
	p := formParser{values: values}
	f := CardForm{Stars: p.stars(tp.Scale), Answers: map[string]string{}}
	for i := range card.Sections {
		for j := range card.Sections[i].Items {
			p.item(&card.Sections[i].Items[j], f.Answers)
		}
	}
	f.Callback = p.tick("callback")
	f.Contact = p.text("contact", MaxContact, false)
	switch {
	case f.Callback && f.Contact == "" && !p.failed("contact"):
		p.fail("contact", problem.ContactMissing, "is required for a call back")
	case !f.Callback && f.Contact != "" && !p.failed("callback"):
		p.fail("callback", problem.CallbackMissing, "is not ticked though contact is given")
	}
	switch n := values.Get("nonce"); {
	case n == "":
		p.fail("nonce", problem.MissingField, "is required")
	case !validNonce(n):
		p.fail("nonce", problem.InvalidValue, "want 16 to 64 of A-Z, a-z, 0-9, '-' and '_'")
	default:
		f.Nonce = n
	}
	if l, err := feedback.ParseLanguage(values.Get("l")); err == nil {
		f.Language = l
	}
	for _, name := range sortedNames(values) {
		id, question := strings.CutPrefix(name, CardField)
		switch {
		case question && card.Item(id) == nil, !question && !slices.Contains(cardFields, name):
			p.fail(shorten(strings.ToValidUTF8(name, "?")), problem.UnknownField, "is not a field of this form")
		case len(values[name]) > 1:
			p.fail(name, problem.DuplicateField, "occurs twice")
		}
	}
	return f, p.errors, nil
}

// sortedNames are the names of the fields, so that the same form always has
// the same errors.
func sortedNames(values url.Values) []string {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// item reads the answer to one question. Own words are kept even when they are
// refused, readable, to be shown again.
func (p *formParser) item(it *config.CardItem, answers map[string]string) {
	name := CardField + it.ID
	var said string
	switch it.Kind {
	case config.ItemText, config.ItemSuggestion:
		said = p.text(name, MaxText, true)
	default:
		said = p.values.Get(name)
		if said == "" {
			return
		}
		var c problem.Code
		var detail string
		said, c, detail = answer(it, said)
		p.fail(name, c, detail)
	}
	if said != "" {
		answers[it.ID] = said
	}
}

// CardVote makes the card that a valid form is. A card behind a personal link
// belongs to the link's response; one that was found at a touchpoint (t is nil)
// makes a response of its own. The event id follows from the page and from what
// was typed: a double click is one event.
func CardVote(cfg *config.Config, tp *config.Touchpoint, card *config.Card, t *link.Token, f *CardForm, l feedback.Language, now time.Time) *Submission {
	s := &Submission{
		Rating: feedback.Rating{
			Touchpoint:        tp.ID,
			Channel:           feedback.QR,
			Scale:             tp.Scale,
			Rating:            f.Stars,
			SubmittedAt:       Instant(now),
			ReceivedAt:        Instant(now),
			Language:          l,
			CallbackRequested: f.Callback,
			CollectionMode:    feedback.Self,
		},
		Personal: feedback.Personal{CallbackContact: f.Contact},
		Card:     &feedback.Card{Card: card.ID, Phase: card.Phase},
	}
	parts := []string{"card", card.ID, string(tp.ID), "", link.NonceID(f.Nonce), strconv.Itoa(f.Stars), strconv.FormatBool(f.Callback), f.Contact}
	for i := range card.Sections {
		for j := range card.Sections[i].Items {
			it := &card.Sections[i].Items[j]
			record(it, f.Answers[it.ID], s.Card, &s.Personal)
			parts = append(parts, it.ID, f.Answers[it.ID])
		}
	}
	r := &s.Rating
	r.HasText = s.Card.HasText
	if t != nil {
		r.ResponseKey, r.Channel, r.Segment = t.ResponseKey, t.Channel, t.Segment
		parts[3] = string(t.ResponseKey)
	}
	r.EventID = feedback.DeriveEventID(parts...)
	s.digest = store.DigestOf([]byte(r.EventID)) // the id covers the whole body
	if t != nil {
		s.at(link.NoncePlace(f.Nonce))
	}
	if t == nil {
		s.file(f.Nonce, cfg.Zone())
	}
	return s
}

// file gives what was said without a link its response key, that of the month. A form
// that is sent once more is still the same: where its page was had in the month
// before, or is a day old and was renewed, it is looked up there.
func (s *Submission) file(nonce string, zone *time.Location) {
	r := &s.Rating
	r.ResponseKey = feedback.KeyFor(r.EventID, r.ReceivedAt, zone)
	month, since := r.ResponseKey.Month(), link.NonceSince(nonce)
	if since.IsZero() || period.Of(since, zone).Before(month) {
		s.earlier = feedback.NewResponseKey(month.Add(-1), r.ResponseKey.ID())
	}
}
