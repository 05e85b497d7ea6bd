package demo

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"resonanz/infra/local/stack"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/monthly"
	"resonanz/shared/period"
	"resonanz/shared/store"
)

// Arrived counts what became of the accepted events.
type Arrived struct {
	Stored      int `json:"stored"`             // distinct events in the table
	Facts       int `json:"facts_distinct"`     // distinct events among the Parquet facts
	FactRows    int `json:"facts_rows"`         // rows, duplicates of redelivered messages included
	Cases       int `json:"escalations"`        // cases opened
	Mails       int `json:"mails"`              // sent to staff
	Asked       int `json:"mails_to_customers"` // invitations sent
	Steps       int `json:"case_steps"`         // of complaints, that their customers are told
	Informed    int `json:"case_mails"`         // sent to tell them
	DeadLetters int `json:"dead_letters"`       // messages in any dead letter queue
	// Timeline entries of our cases, and those that have their fact.
	Entries   int `json:"timeline_entries"`
	StepFacts int `json:"timeline_facts"`
	PastFacts int `json:"past_facts"` // of the device events of earlier months
}

// observer looks into the deployed stack, past the public endpoints: it is
// there to check on them.
type observer struct {
	*stack.Outputs
	table  *store.Table
	bucket bucket
	before map[string]bool // mails sent before the play, by id
}

func newObserver(o *stack.Outputs) *observer {
	return &observer{
		Outputs: o,
		before:  map[string]bool{},
		table:   store.New(dynamodb.NewFromConfig(o.AWS()), o.Table),
		bucket:  bucket{s3.NewFromConfig(o.AWS()), o.Bucket},
	}
}

// look counts what belongs to the responses named by keys.
func (ob *observer) look(ctx context.Context, p period.Period, sent *Sent) (a Arrived, waiting int, err error) {
	keys := sent.keys
	stored := make(map[[16]byte]bool)
	err = ob.table.Month(ctx, p, func(e store.Entry) error {
		if keys[e.ResponseKey] > 0 {
			stored[uuid(e.EventID)] = true
		}
		return nil
	})
	if err != nil {
		return a, 0, fmt.Errorf("counting stored events: %w", err)
	}
	a.Stored = len(stored)

	facts, err := monthly.Read(ctx, ob.bucket, []period.Period{p})
	if err != nil {
		return a, 0, fmt.Errorf("counting facts: %w", err)
	}
	distinct := make(map[[16]byte]bool)
	count := func(event [16]byte) {
		if stored[event] {
			a.FactRows++
			distinct[event] = true
		}
	}
	for i := range facts.Votes {
		count(facts.Votes[i].Event)
	}
	for i := range facts.Invitations {
		count(facts.Invitations[i].Event)
	}
	for i := range facts.Complaints {
		count(facts.Complaints[i].Event)
	}
	for i := range facts.Deliveries {
		count(facts.Deliveries[i].Event)
	}
	a.Facts = len(distinct)

	ours, err := ob.cases(ctx, keys)
	if err != nil {
		return a, 0, err
	}
	a.Cases = len(ours)
	for _, entries := range ours {
		a.Entries += entries
	}
	type step struct {
		number casefile.Number
		seq    uint32
	}
	steps := make(map[step]bool)
	for i := range facts.Transitions {
		t := &facts.Transitions[i]
		if number := casefile.Number(facts.Text(t.Case)); ours[number] > 0 {
			steps[step{number, t.Seq}] = true
		}
	}
	a.StepFacts = len(steps)
	if a.Steps, err = ob.steps(ctx, sent.expected.numbers); err != nil {
		return a, 0, err
	}
	mails, err := ob.Mails(ctx)
	if err != nil {
		return a, 0, err
	}
	for i := range mails {
		switch {
		case ob.before[mails[i].ID]:
		case goesTo(&mails[i], mailbox):
			a.Asked++
		case goesTo(&mails[i], complainants):
			a.Informed++
		default:
			a.Mails++
		}
	}
	dead := []string{ob.StreamFailureURL}
	for _, q := range ob.Queues() {
		messages, err := ob.Peek(ctx, q.URL)
		if err != nil {
			return a, 0, err
		}
		waiting += len(messages)
		dead = append(dead, q.DeadURL)
	}
	for _, q := range dead {
		messages, err := ob.Peek(ctx, q)
		if err != nil {
			return a, 0, err
		}
		a.DeadLetters += len(messages)
	}
	return a, waiting, nil
}

// cases are the cases about our responses, on the work list and ended this month,
// each with the number of its timeline entries.
func (ob *observer) cases(ctx context.Context, keys map[feedback.ResponseKey]int) (map[casefile.Number]int, error) {
	ours := make(map[casefile.Number]int)
	for _, ended := range []string{"", time.Now().UTC().Format("2006-01")} {
		q := store.CaseQuery{Closed: ended, Limit: store.MaxCases}
		for {
			page, err := ob.table.Cases(ctx, q)
			if err != nil {
				return nil, fmt.Errorf("counting cases: %w", err)
			}
			for i := range page.Cases {
				if c := &page.Cases[i]; keys[c.ResponseKey] > 0 {
					ours[c.Number] = c.Version
				}
			}
			if q.Cursor = page.Cursor; q.Cursor == "" {
				break
			}
		}
	}
	return ours, nil
}

// past counts the facts of our device events of earlier months.
func (ob *observer) past(ctx context.Context, p period.Period, sent *Sent) (int, error) {
	var months []period.Period
	for n := -pastMonths; n < 0; n++ {
		months = append(months, p.Add(n))
	}
	facts, err := monthly.Read(ctx, ob.bucket, months, feedback.KindRating)
	if err != nil {
		return 0, fmt.Errorf("counting facts of earlier months: %w", err)
	}
	distinct := make(map[[16]byte]bool)
	for i := range facts.Votes {
		if id := facts.Votes[i].Event; sent.past[id] {
			distinct[id] = true
		}
	}
	return len(distinct), nil
}

// steps counts what the customers of complaints must be told.
func (ob *observer) steps(ctx context.Context, numbers []casefile.Number) (n int, err error) {
	for _, number := range numbers {
		timeline, err := ob.table.Timeline(ctx, number)
		if err != nil {
			return 0, fmt.Errorf("counting steps: %w", err)
		}
		for i := range timeline {
			if timeline[i].Inform {
				n++
			}
		}
	}
	return n, nil
}

// settled waits until everything accepted has become what it must, and nothing
// waits in a queue any more.
func (ob *observer) settled(ctx context.Context, p period.Period, sent *Sent, within time.Duration) (Arrived, error) {
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var a Arrived // of the last whole look
	var waiting int
	for {
		seen, n, err := ob.look(ctx, p, sent)
		switch {
		case err == nil:
			a, waiting = seen, n
		case !errors.Is(err, context.DeadlineExceeded):
			return a, err
		}
		if waiting == 0 && a.DeadLetters == 0 &&
			a.Stored == sent.Accepted && a.Facts == sent.Accepted &&
			a.Cases == len(sent.expected.cases) && a.Mails >= a.Cases && a.Asked == sent.MailedInvitations && a.Informed == a.Steps &&
			a.StepFacts == a.Entries {
			if a.PastFacts, err = ob.past(ctx, p, sent); err != nil || a.PastFacts == len(sent.past) {
				return a, err
			}
		}
		if a.DeadLetters > 0 {
			return a, fmt.Errorf("%d messages are in dead letter queues", a.DeadLetters)
		}
		select {
		case <-ctx.Done():
			return a, fmt.Errorf("after %s: %d accepted, %d stored, %d as facts; %d cases of %d; %d mails to staff, %d of %d to customers, %d of %d about complaints; %d of %d steps of cases and %d of %d earlier events as facts; %d messages waiting",
				within, sent.Accepted, a.Stored, a.Facts, a.Cases, len(sent.expected.cases), a.Mails, a.Asked, sent.MailedInvitations, a.Informed, a.Steps, a.StepFacts, a.Entries, a.PastFacts, len(sent.past), waiting)
		case <-tick.C:
		}
	}
}

// uuid is the 16 bytes of an event id.
func uuid(id feedback.EventID) (b [16]byte) {
	_, _ = hex.Decode(b[:], []byte(strings.ReplaceAll(string(id), "-", ""))) // valid by type
	return b
}

// bucket is the report bucket as a source of facts.
type bucket struct {
	client *s3.Client
	name   string
}

func (b bucket) List(ctx context.Context, prefix string, yield func(key string) error) error {
	pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &b.name, Prefix: &prefix})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, o := range page.Contents {
			if err := yield(aws.ToString(o.Key)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (b bucket) Get(ctx context.Context, key string) ([]byte, error) {
	o, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.name, Key: &key})
	if gone := new(types.NoSuchKey); errors.As(err, &gone) {
		return nil, fmt.Errorf("%s: %w", key, fs.ErrNotExist)
	}
	if err != nil {
		return nil, err
	}
	defer o.Body.Close()
	return io.ReadAll(o.Body)
}
