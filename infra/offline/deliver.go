package main

import (
	"errors"

	"resonanz/events"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

// fact adds itself to a batch, with its texts: another file numbers them anew.
type fact func(*responses.Batch)

// texts are the words of a vote.
type texts struct{ touchpoint, device, reason, card, phase, answers string }

func (s *synthesis) emitVote(month period.Period, v responses.Vote, t texts) error {
	return s.emit(partition{month, feedback.KindRating}, func(b *responses.Batch) {
		v := v
		v.Touchpoint, v.Device, v.Reason = b.Name(t.touchpoint), b.Name(t.device), b.Name(t.reason)
		v.Card, v.Phase, v.Answers = b.Name(t.card), b.Name(t.phase), b.Name(t.answers)
		b.Votes = append(b.Votes, v)
	})
}

// emitInvitation delivers an invitation, and the contact that it tells of where
// that has a topic.
func (s *synthesis) emitInvitation(month period.Period, i responses.Invitation, touchpoint string, c responses.Contact, topic string) error {
	return s.emit(partition{month, feedback.KindInvitation}, func(b *responses.Batch) {
		i := i
		i.Touchpoint = b.Name(touchpoint)
		b.Invitations = append(b.Invitations, i)
		if topic != "" {
			c := c
			c.Event, c.Key, c.Received, c.Topic, c.Touchpoint = i.Event, i.Key, i.Received, b.Name(topic), i.Touchpoint
			b.Contacts = append(b.Contacts, c)
		}
	})
}

func (s *synthesis) emitComplaint(month period.Period, c *feedback.Complaint) error {
	return s.emit(partition{month, feedback.KindComplaint}, func(b *responses.Batch) { s.note(b.AddComplaint(c)) })
}

// emitStep delivers a step of a case, and the escalations that it changed.
func (s *synthesis) emitStep(step *events.Step) error {
	err := s.emit(partition{period.Of(step.At, s.cfg.Zone()), factfile.KindTransition}, func(b *responses.Batch) { s.note(b.AddTransition(step)) })
	for i := range step.Escalations {
		e := &step.Escalations[i]
		at := partition{period.Of(e.RaisedAt, s.cfg.Zone()), factfile.KindEscalation}
		err = errors.Join(err, s.emit(at, func(b *responses.Batch) { s.note(b.AddEscalation(step, e)) }))
	}
	return errors.Join(err, s.failed)
}

// note keeps the first fact that is none.
func (s *synthesis) note(err error) {
	if s.failed == nil {
		s.failed = err
	}
}

func (s *synthesis) emitDelivery(month period.Period, d responses.Delivery) error {
	return s.emit(partition{month, feedback.KindDelivery}, func(b *responses.Batch) { b.Deliveries = append(b.Deliveries, d) })
}

// emit delivers a fact, and now and then notes it for a second delivery. Once
// the wanted number of facts is reached it does nothing.
func (s *synthesis) emit(at partition, f fact) error {
	if s.left <= 0 {
		return nil
	}
	s.left--
	s.emitted[at]++
	if s.left > 0 && s.Float64() < shareDuplicated {
		s.left--
		s.replays[at] = append(s.replays[at], f)
	}
	return s.deliver(at, f)
}

func (s *synthesis) deliver(at partition, f fact) error {
	f(s.out.batch(at.month, at.kind))
	s.out.facts[at.kind]++
	return s.out.filled(at.month, at.kind)
}

// deliverAgain delivers the noted facts a second time, in files of their own.
func (s *synthesis) deliverAgain() error {
	if err := s.out.flush(); err != nil {
		return err
	}
	for at, again := range s.replays {
		for _, f := range again {
			s.out.duplicates++
			if err := s.deliver(at, f); err != nil {
				return err
			}
		}
	}
	return s.failed
}
