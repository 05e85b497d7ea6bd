package intake

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// card reads what only a card may say.
func (p *parser) card(name string, v jsontext.Value) bool {
	if p.s.Card == nil {
		p.s.Card = new(feedback.Card)
	}
	c := p.s.Card
	switch name {
	case "card":
		p.check(name, v, &c.Card, func(s string) (problem.Code, string) {
			if _, err := feedback.ParseTouchpoint(s); err != nil { // ids of cards have the same shape
				return problem.UnknownCard, "want 1 to 40 of a-z, 0-9 and inner hyphens"
			}
			return "", ""
		})
	case "answers":
		p.answers = v
	case "card_number":
		p.check(name, v, &c.Number, cardNumber)
	case "keyed_by":
		p.check(name, v, &p.s.Personal.KeyedBy, customerKey)
	default:
		return false
	}
	return true
}

// cardNumber checks the serial of a paper card.
func cardNumber(s string) (problem.Code, string) {
	ok := s != "" && len(s) <= maxCode
	for i := 0; ok && i < len(s); i++ {
		c := s[i]
		ok = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-'
	}
	if !ok {
		return problem.InvalidValue, "want 1 to " + strconv.Itoa(maxCode) + " of A-Z, a-z, 0-9 and '-'"
	}
	return "", ""
}

// cardBelongs checks a card and its answers against the configured one. tp is
// nil when it is not configured.
func (p *parser) cardBelongs(cfg *config.Config, tp *config.Touchpoint) {
	c := p.s.Card
	if c == nil {
		return
	}
	if c.Number != "" && p.s.Rating.ResponseKey != "" {
		p.fail("response_key", problem.InvalidValue, "is given with card_number: a paper card is a response of its own")
	}
	var card *config.Card
	if c.Card != "" && !p.failed("card") {
		switch card = cfg.Card(c.Card); {
		case card == nil:
			p.fail("card", problem.UnknownCard, "is not configured")
		case tp != nil && !card.At(tp):
			p.fail("card", problem.UnknownCard, "is not laid out at this touchpoint")
		default:
			c.Phase = card.Phase
		}
	}
	p.readAnswers(card)
}

// readAnswers reads the answers to the questions of a card; nil: it is not
// known which, so only their shape is looked at.
func (p *parser) readAnswers(card *config.Card) {
	if p.answers == nil {
		return
	}
	if p.answers.Kind() != '{' {
		p.fail("answers", problem.WrongType, "want an object: an answer by question")
		return
	}
	if card == nil {
		return
	}
	// The object was read once as a whole: it is well formed.
	d := jsontext.NewDecoder(bytes.NewBuffer(p.answers))
	if _, err := d.ReadToken(); err != nil {
		return
	}
	for d.PeekKind() == '"' {
		t, err := d.ReadToken()
		if err != nil {
			return
		}
		id := t.String()
		v, err := d.ReadValue()
		if err != nil {
			return
		}
		name := "answers." + shorten(id)
		it := card.Item(id)
		if it == nil {
			p.fail(name, problem.UnknownItem, "is no question of this card")
			continue
		}
		if said, ok := p.said(name, it, v); ok {
			record(it, said, p.s.Card, &p.s.Personal)
		}
	}
}

// said reads the answer to one question: a grade is a number, all else a string.
func (p *parser) said(name string, it *config.CardItem, v jsontext.Value) (string, bool) {
	if it.Kind == config.ItemRating {
		n, ok := p.integer(name, v, 1, 5)
		return strconv.Itoa(n), ok
	}
	s, ok := p.string(name, v)
	if !ok {
		return "", false
	}
	s, c, detail := answer(it, s)
	p.fail(name, c, detail)
	return s, c == ""
}

// sealPaper gives a paper card the id that belongs to its number: whoever keys it
// in, and however often, it is one event. The digest is sealed before, with the
// client's own id in it, so that only the very same request is a replay.
func (s *Submission) sealPaper() {
	if s.Card == nil || s.Card.Number == "" {
		return
	}
	s.sent = s.Rating.EventID
	s.Rating.EventID = feedback.DeriveEventID("paper", s.Card.Card, s.Card.Number)
}

// sealMonths lists the keys under which a paper card may have been stored: one
// for each month that an event accepted now can belong to, the latest first.
func (s *Submission) sealMonths(cfg *config.Config, earliest, latest time.Time) {
	first, id := period.Of(earliest, cfg.Zone()), feedback.ResponseIDOf(s.Rating.EventID)
	for m := period.Of(latest, cfg.Zone()); !m.Before(first); m = m.Add(-1) {
		s.months = append(s.months, feedback.NewResponseKey(m, id))
	}
}

// keyedIn looks for the paper card that s is under every month. Two people who
// key in one card at the same instant with dates of different months are the one
// case it cannot see.
func (s *Submission) keyedIn(ctx context.Context, l Ledger) (Receipt, bool, error) {
	stored, err := l.GetAny(ctx, s.months, s.Rating.EventID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return Receipt{}, false, nil
	case err != nil:
		return Receipt{}, false, unavailable(err)
	case stored.Kind != feedback.KindCard || stored.Digest != s.digest && stored.Digest != store.Digest{}:
		return Receipt{}, false, cardTaken()
	}
	return Receipt{EventID: s.ID(), ResponseKey: stored.ResponseKey, Status: Duplicate}, true, nil
}

func cardTaken() error {
	return problem.New(http.StatusConflict, problem.CardNumberTaken,
		"The card with this card_number was keyed in before, as another event. Look at the number on the card.")
}
