// Package delivery notes what became of mail to customers, where it did not
// simply arrive: in the ledger of one that carried an invitation, in the case of
// one about a complaint.
package delivery

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// Ledger is where it is noted; a store is one.
type Ledger interface {
	Put(context.Context, *store.Entry) (store.Outcome, *store.Entry, error)
}

// Note says, once for each invitation and outcome however often it is told, that
// this became of the mail at the instant at. It is kept with the response of the
// invitation, so it counts for the month in which that was issued.
func Note(ctx context.Context, l Ledger, key feedback.ResponseKey, invitation feedback.EventID, o feedback.Outcome, at, now time.Time) (store.Outcome, error) {
	d := feedback.Delivery{
		EventID:     feedback.DeriveEventID("delivery", string(invitation), string(o)),
		ResponseKey: key, Outcome: o, At: millisecond(at), ReceivedAt: millisecond(now),
	}
	event, err := json.Marshal(d)
	if err != nil {
		return 0, fmt.Errorf("noting what became of %s: %w", invitation, err)
	}
	outcome, _, err := l.Put(ctx, &store.Entry{
		Kind: feedback.KindDelivery, ResponseKey: key, EventID: d.EventID, ReceivedAt: d.ReceivedAt, Event: event,
		Digest: store.DigestOf([]byte(d.EventID)), // of what is the same in every telling
	})
	if err != nil {
		return 0, fmt.Errorf("noting what became of %s: %w", invitation, err)
	}
	return outcome, nil
}

func millisecond(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
