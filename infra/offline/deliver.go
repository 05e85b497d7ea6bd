package main

import (
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

// emitVote delivers a vote, and now and then notes it for a second delivery.
// Once the wanted number of facts is reached it does nothing.
func (s *synthesis) emitVote(month period.Period, v responses.Vote, touchpoint, device, reason string) error {
	if s.left <= 0 {
		return nil
	}
	r := replay{vote: v, touchpoint: touchpoint, device: device, reason: reason}
	return s.emit(partition{month, feedback.KindRating}, r)
}

func (s *synthesis) emitInvitation(month period.Period, i responses.Invitation, touchpoint string) error {
	if s.left <= 0 {
		return nil
	}
	return s.emit(partition{month, feedback.KindInvitation}, replay{invitation: i, touchpoint: touchpoint})
}

func (s *synthesis) emit(at partition, r replay) error {
	s.left--
	if s.left > 0 && s.Float64() < shareDuplicated {
		s.left--
		s.replays[at] = append(s.replays[at], r)
	}
	return s.deliver(at, r)
}

func (s *synthesis) deliver(at partition, r replay) error {
	b := s.out.batch(at.month, at.kind)
	if at.kind == feedback.KindInvitation {
		i := r.invitation
		i.Touchpoint = b.Name(r.touchpoint)
		b.Invitations = append(b.Invitations, i)
		s.out.invitations++
	} else {
		v := r.vote
		v.Touchpoint, v.Device, v.Reason, v.Topic = b.Name(r.touchpoint), b.Name(r.device), b.Name(r.reason), b.Name(r.topic)
		b.Votes = append(b.Votes, v)
		s.out.ratings++
	}
	return s.out.filled(at.month, at.kind)
}

// deliverAgain delivers the noted facts a second time, in files of their own.
func (s *synthesis) deliverAgain() error {
	if err := s.out.flush(); err != nil {
		return err
	}
	for at, again := range s.replays {
		for _, r := range again {
			s.out.duplicates++
			if err := s.deliver(at, r); err != nil {
				return err
			}
		}
	}
	return nil
}
