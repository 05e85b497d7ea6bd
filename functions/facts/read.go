package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
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
	return cmp.Or(event, touchpoint, channel, scale, mode, device,
		given("submitted_at", r.SubmittedAt), given("received_at", r.ReceivedAt))
}

func checkInvitation(i *feedback.Invitation) error {
	_, event := feedback.ParseEventID(string(i.EventID))
	_, touchpoint := feedback.ParseTouchpoint(string(i.Touchpoint))
	_, channel := feedback.ParseChannel(string(i.Channel))
	return cmp.Or(event, touchpoint, channel,
		given("issued_at", i.IssuedAt), given("received_at", i.ReceivedAt), given("expires_at", i.ExpiresAt))
}

func given(field string, t time.Time) error {
	if t.IsZero() {
		return fmt.Errorf("%s is missing", field)
	}
	return nil
}
