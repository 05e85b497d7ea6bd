package world

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"resonanz/infra/load/traffic"
	"resonanz/shared/bucket"
	"resonanz/shared/feedback"
	"resonanz/shared/monthly"
	"resonanz/shared/period"
	"resonanz/shared/responses"
	"resonanz/shared/store"
)

// Outcome is what became of what was accepted.
type Outcome struct {
	Accepted int `json:"accepted"` // events answered with success
	Unknown  int `json:"unknown"`  // events sent without an answer: stored or not
	Stored   int `json:"stored"`   // distinct events in the table
	Facts    int `json:"facts"`    // of those, the ones that have their fact
	FactRows int `json:"fact_rows"`

	NotStored  int `json:"not_stored"`  // of the accepted
	NotFacts   int `json:"not_facts"`   // of the stored
	Unaccepted int `json:"unaccepted"`  // stored beyond what was accepted or unknown
	Unfounded  int `json:"facts_alone"` // facts of no stored event

	Cases        int `json:"cases"`
	CasesMissing int `json:"cases_missing"` // that had to follow
	Steps        int `json:"case_steps"`
	StepsMissing int `json:"case_steps_missing"` // that have no fact
	Waiting      int `json:"waiting"`            // messages that no consumer has done with
	Dead         int `json:"given_up"`           // messages
}

// Lost is how much of what was accepted, or had to follow, is nowhere: the guarantee
// is none. What was given up is in a dead letter queue, and a breach of its own.
func (o *Outcome) Lost() int {
	return o.NotStored + o.NotFacts + o.CasesMissing + o.StepsMissing
}

// Breach says which guarantee does not hold; nil: all do.
func (o *Outcome) Breach() error {
	var errs []error
	none := func(n int, what string) {
		if n > 0 {
			errs = append(errs, fmt.Errorf("%d %s", n, what))
		}
	}
	none(o.NotStored, "accepted events are not in the table")
	none(o.NotFacts, "stored events are not among the facts")
	none(o.Unaccepted, "events are stored that nobody was told of")
	none(o.Unfounded, "facts are of no stored event")
	none(o.CasesMissing, "cases that had to follow were not opened")
	none(o.StepsMissing, "steps of cases are not among the facts")
	none(o.Waiting, "messages still wait")
	none(o.Dead, "messages were given up")
	return errors.Join(errs...)
}

// Settle looks until everything accepted has become what it must, at most within.
// What is missing then is the outcome's to say.
func Settle(ctx context.Context, w World, r *traffic.Recorder, began time.Time, within time.Duration) (*Outcome, error) {
	end := time.Now().Add(within)
	pause := time.NewTicker(time.Second)
	defer pause.Stop()
	for {
		o, err := look(ctx, w, r, began)
		if err != nil {
			return nil, err
		}
		if o.Breach() == nil || time.Now().After(end) {
			return o, nil
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func look(ctx context.Context, w World, r *traffic.Recorder, began time.Time) (*Outcome, error) {
	o := new(Outcome)
	var err error
	if o.Waiting, o.Dead, err = w.Queues(ctx); err != nil {
		return nil, err
	}
	v := w.View()
	table := store.New(dynamodb.NewFromConfig(v.AWS), v.Table)
	months := []period.Period{period.Of(began, v.Config.Zone())}
	if now := period.Of(time.Now(), v.Config.Zone()); now != months[0] {
		months = append(months, now)
	}
	_, _, o.Unknown, _ = r.Counts()
	stored, err := o.stored(ctx, table, months, r.Accepted())
	if err != nil {
		return nil, err
	}
	facts, err := monthly.Read(ctx, bucket.New(s3.NewFromConfig(v.AWS), v.Bucket), months)
	if err != nil {
		return nil, fmt.Errorf("reading facts: %w", err)
	}
	o.facts(stored, facts)
	return o, o.cases(ctx, table, r.Accepted(), facts)
}

// eventID is one in what somebody typed: a mark by which it is found again.
var eventID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// kinds are those that a load makes.
var kinds = []feedback.Kind{feedback.KindRating, feedback.KindInvitation, feedback.KindCard, feedback.KindComplaint}

// stored looks each accepted event up among those in the table.
func (o *Outcome) stored(ctx context.Context, table *store.Table, months []period.Period, a *traffic.Accepted) (map[[16]byte]bool, error) {
	all := make(map[[16]byte]bool)
	voted := make(map[feedback.ResponseKey]bool)
	marked := make(map[string]bool)
	found := 0
	for _, month := range months {
		err := table.Month(ctx, month, func(e store.Entry) error {
			if !slices.Contains(kinds, e.Kind) {
				return nil
			}
			all[uuid(string(e.EventID))] = true
			switch {
			case a.Events[e.EventID] != "":
				found++
			case e.Kind == feedback.KindRating && a.Responses[e.ResponseKey]:
				voted[e.ResponseKey] = true
			default:
				if mark := eventID.FindString(string(e.Personal)); a.Marks[mark] {
					marked[mark] = true
				}
			}
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("reading the table: %w", err)
		}
	}
	found += len(voted) + len(marked)
	o.Accepted, o.Stored = a.Total(), len(all)
	o.NotStored = o.Accepted - found
	o.Unaccepted = max(0, o.Stored-found-o.Unknown)
	return all, nil
}

// facts looks each stored event up among the facts, and the other way round.
func (o *Outcome) facts(stored map[[16]byte]bool, f *responses.Batch) {
	have := make(map[[16]byte]bool)
	seen := func(id [16]byte) { have[id] = true; o.FactRows++ }
	for i := range f.Votes {
		seen(f.Votes[i].Event)
	}
	for i := range f.Invitations {
		seen(f.Invitations[i].Event)
	}
	for i := range f.Complaints {
		seen(f.Complaints[i].Event)
	}
	for id := range stored {
		if have[id] {
			o.Facts++
		}
	}
	o.NotFacts = len(stored) - o.Facts
	o.Unfounded = len(have) - o.Facts
}

// cases looks for the cases that had to follow, and for the facts of what happened
// in all of them.
func (o *Outcome) cases(ctx context.Context, table *store.Table, a *traffic.Accepted, f *responses.Batch) error {
	type step struct {
		number string
		seq    int
	}
	told := make(map[step]bool)
	for i := range f.Transitions {
		t := &f.Transitions[i]
		told[step{f.Text(t.Case), int(t.Seq)}] = true
	}
	opened := make(map[traffic.Escalated]bool)
	q := store.CaseQuery{Limit: store.MaxCases}
	for {
		page, err := table.Cases(ctx, q)
		if err != nil {
			return fmt.Errorf("listing cases: %w", err)
		}
		for i := range page.Cases {
			c := &page.Cases[i]
			o.Cases++
			opened[traffic.Escalated{ResponseKey: c.ResponseKey, Family: string(c.Family)}] = true
			for n := 1; n <= c.Version; n++ {
				o.Steps++
				if !told[step{string(c.Number), n}] {
					o.StepsMissing++
				}
			}
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			break
		}
	}
	for want := range a.Cases {
		if !opened[want] {
			o.CasesMissing++
		}
	}
	return nil
}

// uuid is the 16 bytes of an event id.
func uuid(id string) (b [16]byte) {
	_, _ = hex.Decode(b[:], []byte(strings.ReplaceAll(id, "-", ""))) // valid by type
	return b
}
