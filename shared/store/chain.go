package store

import (
	"crypto/rand"
	"fmt"
	"time"

	"resonanz/shared/casefile"
)

// maxLines is how many timeline entries one write adds at most: a transaction
// has up to 100 items, among them the state and an event.
const maxLines = 98

// chained is a case and its new entries as they are stored: sealed, while what
// they were made from is as it was.
type chained struct {
	state   casefile.Case
	entries []casefile.Entry
}

// chain seals copies of c and es, one after the other. Words get a salt of
// their own where they have none: their hash stays when they are erased, and
// must not tell what they were.
func chain(c *casefile.Case, es []*casefile.Entry) (*chained, error) {
	if len(es) == 0 || len(es) > maxLines {
		return nil, fmt.Errorf("sealing %d timeline entries: %w", len(es), ErrInvalid)
	}
	next := &chained{*c, make([]casefile.Entry, len(es))}
	for i, e := range es {
		next.entries[i] = *e
		entry := &next.entries[i]
		if e.Alert != nil {
			alert := *e.Alert
			entry.Alert = &alert
		}
		if e.Words != nil {
			words := *e.Words
			if words.Salt == "" {
				words.Salt = rand.Text()
			}
			entry.Words = &words
		}
		if err := casefile.Seal(&next.state, entry); err != nil {
			return nil, err
		}
	}
	switch ended := next.state.Status.Ended(); {
	case !ended:
		next.state.EndedAt = time.Time{}
	case next.state.EndedAt.IsZero():
		next.state.EndedAt = millisecond(es[len(es)-1].At)
	}
	return next, nil
}

// copyTo says to the caller what was stored.
func (n *chained) copyTo(c *casefile.Case, es []*casefile.Entry) {
	*c = n.state
	for i := range es {
		*es[i] = n.entries[i]
	}
}

// listed is where the due index lists a case, and by what time: an open one
// where the clock looks and the work list is, an ended one among those of its
// month, by the time of its end. Empty: nowhere.
func listed(c *casefile.Case) (shard string, at time.Time) {
	switch {
	case c.Status.Ended():
		return closedShard(c.EndedAt.UTC().Format("2006-01")), c.EndedAt
	case c.NextAt.IsZero():
		return "", time.Time{}
	}
	return casesShard, c.NextAt
}
