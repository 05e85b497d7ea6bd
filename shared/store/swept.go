package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// Swept says how far a sweep over all months got.
type Swept struct {
	Limits    string    `json:"limits"`         // by which it was made; others begin anew
	StartedAt time.Time `json:"started_at"`     // the last one that was begun
	Next      string    `json:"next,omitempty"` // yyyy-mm, the month it goes on with; empty: it was finished
}

const (
	pkSwept   = "SWEPT#" // and what is swept; the sort key is skOnly
	attrSwept = "swept"
)

// Swept reads how far the sweep of a name got, consistently; nothing was kept yet:
// the zero Swept.
func (t *Table) Swept(ctx context.Context, name string) (Swept, error) {
	var s Swept
	it, err := t.item(ctx, pkSwept+name, skOnly)
	if errors.Is(err, ErrNotFound) {
		return s, nil
	}
	r := reader{it: it, err: err}
	if r.json(attrSwept, &s); r.err != nil {
		return Swept{}, fmt.Errorf("reading how far the sweep of %s got: %w", name, r.err)
	}
	return s, nil
}

// PutSwept keeps how far the sweep of a name got.
func (t *Table) PutSwept(ctx context.Context, name string, s Swept) error {
	b, err := json.Marshal(&s)
	if err == nil {
		it := key(pkSwept+name, skOnly)
		it[attrSwept] = text(string(b))
		_, err = t.api.PutItem(ctx, &dynamodb.PutItemInput{TableName: t.name, Item: it})
	}
	if err != nil {
		return fmt.Errorf("keeping how far the sweep of %s got: %w", name, err)
	}
	return nil
}

// Covers says that what was accepted of a customer at a time is erased.
type Covers func(customerKey string, accepted time.Time) bool

// ForgetAgain takes out what the index of customers did not show yet when they were
// erased, or what was on its way then. It reads the whole index, keys only, and
// then each item that may be meant; each is told the number of every such case
// first, so that its files go. What a customer said since stays. An item that fails
// holds up no other: the first error comes at the end.
func (t *Table) ForgetAgain(ctx context.Context, api ScanAPI, known func(customerKey string) bool, covers Covers, each func(casefile.Number) error) (Expired, error) {
	var done Expired
	var failed error
	pages := dynamodb.NewScanPaginator(api, &dynamodb.ScanInput{TableName: t.name, IndexName: aws.String(IndexCustomer)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return done, fmt.Errorf("looking for erased customers: %w", err)
		}
		for _, it := range page.Items {
			r := reader{it: it}
			pk, sk, key := r.text(AttrPK), r.text(AttrSK), r.text(AttrCustomerKey)
			if r.err == nil && known(key) {
				r.err = t.forgetItem(ctx, pk, sk, covers, each, &done)
			}
			failed = cmp.Or(failed, r.err)
			if ctx.Err() != nil {
				return done, fmt.Errorf("looking for erased customers: %w", ctx.Err())
			}
		}
	}
	if failed != nil {
		return done, fmt.Errorf("looking for erased customers: %w", failed)
	}
	return done, nil
}

func (t *Table) forgetItem(ctx context.Context, pk, sk string, covers Covers, each func(casefile.Number) error, done *Expired) error {
	it, err := t.item(ctx, pk, sk)
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if sk == skState {
		c, err := unmarshalState(it)
		if err != nil || c.CustomerKey == "" || !covers(c.CustomerKey, c.OpenedAt) {
			return err
		}
		if err := each(c.Number); err != nil {
			return err
		}
		lines, err := t.ForgetCase(ctx, c.Number)
		done.Lines += lines
		if err == nil {
			done.Cases++
		}
		return err
	}
	e, err := unmarshalEntry(it)
	if err != nil || e.CustomerKey == "" || !covers(e.CustomerKey, e.ReceivedAt) {
		return err
	}
	if err := t.ForgetReminder(ctx, e.ResponseKey); err != nil {
		return err
	}
	// The invitation leads to the votes, which know no customer.
	key := e.CustomerKey
	events, err := t.stripResponse(ctx, e.ResponseKey, func(e *Entry) bool { return covers(key, e.ReceivedAt) })
	done.Events += events
	if err != nil {
		return err
	}
	return t.forgetCasesOf(ctx, e.ResponseKey, key, covers, each, done)
}

// forgetCasesOf is for the cases of a response, which need not bear its customer's
// key: they are found by their numbers.
func (t *Table) forgetCasesOf(ctx context.Context, k feedback.ResponseKey, customerKey string, covers Covers, each func(casefile.Number) error, done *Expired) error {
	for _, family := range [...]casefile.Family{casefile.Callback, casefile.Complaint, casefile.Attention} {
		for attempt := 0; ; attempt++ {
			c, err := t.GetCase(ctx, casefile.NumberOf(family, string(k), k.Month(), attempt))
			if errors.Is(err, ErrNotFound) {
				break
			}
			if err != nil {
				return err
			}
			if c.ResponseKey != k || !covers(customerKey, c.OpenedAt) {
				continue
			}
			if err := each(c.Number); err != nil {
				return err
			}
			lines, err := t.ForgetCase(ctx, c.Number)
			if done.Lines += lines; lines > 0 {
				done.Cases++
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// Swept is Table.Swept.
func (m *Memory) Swept(ctx context.Context, name string) (Swept, error) {
	if err := ctx.Err(); err != nil {
		return Swept{}, fmt.Errorf("reading how far the sweep of %s got: %w", name, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.swept[name], nil
}

// PutSwept is Table.PutSwept.
func (m *Memory) PutSwept(ctx context.Context, name string, s Swept) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("keeping how far the sweep of %s got: %w", name, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.swept[name] = s
	return nil
}

// ForgetAgain is Table.ForgetAgain; there is no index to be scanned.
func (m *Memory) ForgetAgain(ctx context.Context, _ ScanAPI, known func(customerKey string) bool, covers Covers, each func(casefile.Number) error) (done Expired, err error) {
	if err := ctx.Err(); err != nil {
		return done, fmt.Errorf("looking for erased customers: %w", err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	meant := map[feedback.ResponseKey]string{}
	for k, entries := range m.entries {
		for _, e := range entries {
			if e.CustomerKey != "" && known(e.CustomerKey) && covers(e.CustomerKey, e.ReceivedAt) {
				meant[k] = e.CustomerKey
			}
		}
	}
	for k, key := range meant {
		delete(m.reminders, k)
		done.Events += m.stripResponse(k, func(e *Entry) bool { return covers(key, e.ReceivedAt) })
		for n, c := range m.cases {
			if c.state.ResponseKey != k || !covers(key, c.state.OpenedAt) || c.state.CustomerKey != "" {
				continue
			}
			err = cmp.Or(err, each(n))
			lines := m.stripCase(n)
			if done.Lines += lines; lines > 0 {
				done.Cases++
			}
		}
	}
	for n, c := range m.cases {
		if key := c.state.CustomerKey; key != "" && known(key) && covers(key, c.state.OpenedAt) {
			err = cmp.Or(err, each(n))
			done.Lines += m.stripCase(n)
			done.Cases++
		}
	}
	return done, err
}

// stripResponse runs with mu held.
func (m *Memory) stripResponse(k feedback.ResponseKey, loses func(*Entry) bool) (events int) {
	for id, e := range m.entries[k] {
		if loses(&e) && (e.Personal != nil || e.CustomerKey != "") {
			e.Personal, e.CustomerKey, e.Digest = nil, "", Digest{}
			m.entries[k][id] = e
			events++
		}
	}
	return events
}

// stripCase runs with mu held.
func (m *Memory) stripCase(n casefile.Number) (lines int) {
	c := m.cases[n]
	for i := range c.timeline {
		if c.timeline[i].Words != nil {
			c.timeline[i].Words = nil
			lines++
		}
	}
	c.state.CustomerKey = ""
	m.cases[n] = c
	return lines
}
