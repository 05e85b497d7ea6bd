package main

import (
	"fmt"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

// What comes in beside votes. The shares are plausible, not measured.
const (
	shareComplaints = 0.01  // of the stories
	shareCards      = 0.08  // of the stories at a touchpoint where a card is laid out
	shareItem       = 0.8   // of the questions of a card, answered
	shareBounced    = 0.03  // of the invitations by mail
	shareSuppressed = 0.01  // of the invitations by mail
	shareReported   = 0.001 // of the invitations by mail
)

// cardAt is a card laid out at a touchpoint, or nil.
func (s *synthesis) cardAt(t *config.Touchpoint) *config.Card {
	for i := range s.cfg.Cards {
		if c := &s.cfg.Cards[i]; c.At(t) {
			return c
		}
	}
	return nil
}

// card is one filled in by the QR code on the counter.
func (s *synthesis) card(c *config.Card, t *config.Touchpoint, at int64, shift float64) error {
	month := period.Of(responses.At(at), s.cfg.Zone())
	v := s.vote(t, at, shift)
	v.Channel, v.Received, v.Language = channelIndex(feedback.QR), at, s.language()
	v.Key = s.derived(month, v.Event)
	answers := make(map[string]string)
	for i := range c.Sections {
		for j := range c.Sections[i].Items {
			it := &c.Sections[i].Items[j]
			if s.Float64() >= shareItem {
				continue
			}
			switch it.Kind {
			case config.ItemRating:
				answers[it.ID] = fmt.Sprint(s.rating(&config.Touchpoint{ID: t.ID, Scale: feedback.Stars5}, shift))
			case config.ItemYesNo:
				answers[it.ID] = [...]string{"yes", "no"}[s.IntN(2)]
			case config.ItemChoice:
				answers[it.ID] = it.Options[s.IntN(len(it.Options))].Code
			default: // own words are no facts
				v.Flags |= responses.HasText
			}
		}
	}
	text, err := responses.AnswersText(answers)
	if err != nil {
		return fmt.Errorf("making facts: %w", err)
	}
	return s.emitVote(month, v, texts{touchpoint: string(t.ID), card: c.ID, phase: c.Phase, answers: text})
}

// mail tells what becomes of the mail of an invitation, where there is anything
// to tell; arrived is false when it never did.
func (s *synthesis) mail(month period.Period, inv *responses.Invitation) (arrived bool, err error) {
	d := responses.Delivery{Event: s.id(), Key: inv.Key, At: inv.Issued + 1000 + s.Int64N(3_600_000)}
	d.Received = d.At
	switch x := s.Float64(); {
	case x < shareBounced:
		d.Outcome = 0
	case x < shareBounced+shareSuppressed:
		d.Outcome, d.At, d.Received = 1, inv.Issued, inv.Issued
	case x < shareBounced+shareSuppressed+shareReported:
		d.Outcome = 2
	default:
		return true, nil
	}
	return !d.Failed(), s.emitDelivery(month, d)
}
