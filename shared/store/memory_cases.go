package store

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"resonanz/shared/casefile"
)

type shelvedCase struct {
	state    casefile.Case
	timeline []casefile.Entry
}

// CreateCase is Table.CreateCase.
func (m *Memory) CreateCase(ctx context.Context, c *casefile.Case, es ...*casefile.Entry) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("opening case %s: %w", c.Number, err)
	}
	if c.Version != 0 {
		return fmt.Errorf("opening case %s at version %d: %w", c.Number, c.Version, ErrInvalid)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.cases[c.Number]; ok {
		return fmt.Errorf("opening case %s: %w", c.Number, ErrExists)
	}
	if err := m.advance(c, es); err != nil {
		return fmt.Errorf("opening case %s: %w", c.Number, err)
	}
	return nil
}

// UpdateCase is Table.UpdateCase.
func (m *Memory) UpdateCase(ctx context.Context, c *casefile.Case, es ...*casefile.Entry) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("changing case %s: %w", c.Number, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.cases[c.Number]
	err := ErrVersion
	if ok && s.state.Version == c.Version {
		err = m.advance(c, es)
	}
	if err != nil {
		return fmt.Errorf("changing case %s at version %d: %w", c.Number, c.Version, err)
	}
	return nil
}

// Submit is Table.Submit.
func (m *Memory) Submit(ctx context.Context, e *Entry, c *casefile.Case, es ...*casefile.Entry) (Outcome, *Entry, error) {
	err := cmp.Or(ctx.Err(), e.check())
	if err == nil && c.Version != 0 {
		err = fmt.Errorf("a case at version %d: %w", c.Version, ErrInvalid)
	}
	if err != nil {
		return 0, nil, fmt.Errorf("storing event %s with case %s: %w", e.EventID, c.Number, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.entries[e.ResponseKey][e.EventID]; ok {
		return m.put(e)
	}
	if _, ok := m.cases[c.Number]; ok {
		err = ErrExists
	} else {
		err = m.advance(c, es)
	}
	if err != nil {
		return 0, nil, fmt.Errorf("storing event %s with case %s: %w", e.EventID, c.Number, err)
	}
	return m.put(e)
}

// advance runs with mu held.
func (m *Memory) advance(c *casefile.Case, es []*casefile.Entry) error {
	next, err := chain(c, es)
	if err != nil {
		return err
	}
	s := shelvedCase{timeline: slices.Clip(m.cases[c.Number].timeline)}
	if s.state, err = cloneCase(&next.state); err != nil {
		return err
	}
	for i := range next.entries {
		e, err := cloneLine(&next.entries[i])
		if err != nil {
			return err
		}
		s.timeline = append(s.timeline, e)
	}
	m.cases[c.Number] = s
	next.copyTo(c, es)
	return nil
}

// cloneCase is c as the table gives it back.
func cloneCase(c *casefile.Case) (casefile.Case, error) {
	var out casefile.Case
	err := throughJSON(c, &out)
	out.CustomerKey = c.CustomerKey
	return out, err
}

// cloneLine is e as the table gives it back.
func cloneLine(e *casefile.Entry) (casefile.Entry, error) {
	var out casefile.Entry
	err := throughJSON(e, &out)
	if e.Words != nil {
		words := *e.Words
		out.Words = &words
	}
	return out, err
}

func throughJSON(from, into any) error {
	b, err := json.Marshal(from)
	if err != nil {
		return fmt.Errorf("writing a copy: %w", err)
	}
	return json.Unmarshal(b, into)
}

// GetCase is Table.GetCase.
func (m *Memory) GetCase(ctx context.Context, n casefile.Number) (*casefile.Case, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("reading case %s: %w", n, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.cases[n]
	if !ok {
		return nil, fmt.Errorf("reading case %s: %w", n, ErrNotFound)
	}
	c, err := cloneCase(&s.state)
	if err != nil {
		return nil, fmt.Errorf("reading case %s: %w", n, err)
	}
	return &c, nil
}

// Timeline is Table.Timeline.
func (m *Memory) Timeline(ctx context.Context, n casefile.Number) ([]casefile.Entry, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("reading the timeline of case %s: %w", n, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []casefile.Entry
	for i := range m.cases[n].timeline {
		e, err := cloneLine(&m.cases[n].timeline[i])
		if err != nil {
			return nil, fmt.Errorf("reading the timeline of case %s: %w", n, err)
		}
		all = append(all, e)
	}
	return all, nil
}

// EntryOf is Table.EntryOf.
func (m *Memory) EntryOf(ctx context.Context, n casefile.Number, seq int) (*casefile.Entry, error) {
	all, err := m.Timeline(ctx, n)
	if err == nil && (seq < 1 || seq > len(all)) {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("reading entry %d of case %s: %w", seq, n, err)
	}
	return &all[seq-1], nil
}

// Cases is Table.Cases.
func (m *Memory) Cases(ctx context.Context, q CaseQuery) (CasePage, error) {
	err := cmp.Or(ctx.Err(), q.check())
	var start *position
	if err == nil {
		start, err = q.start()
	}
	if err != nil {
		return CasePage{}, fmt.Errorf("reading a list of cases: %w", err)
	}
	var page CasePage
	var last *position
	shards := q.shards()
	if start != nil {
		shards = shards[slices.Index(shards, start.shard):]
	}
	for _, shard := range shards {
		for _, l := range m.list(shard) {
			switch {
			case start != nil && start.shard == shard && !after(&l.position, start), !q.matches(l.c) || !q.holds(l.c):
			case len(page.Cases) == q.limit():
				page.Cursor = q.cursor(last)
				return page, nil
			default:
				page.Cases = append(page.Cases, *l.c)
				last = &l.position
			}
		}
	}
	return page, nil
}

// shelvedLine is a case on a list.
type shelvedLine struct {
	position
	c *casefile.Case
}

// list is a partition of the due index, as far as it holds cases.
func (m *Memory) list(shard string) []shelvedLine {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []shelvedLine
	for n, s := range m.cases {
		if in, at := listed(&s.state); in == shard {
			c, err := cloneCase(&s.state)
			if err != nil {
				panic(err) // it was written by cloneCase
			}
			all = append(all, shelvedLine{position{shard, formatTime(at), n}, &c})
		}
	}
	slices.SortFunc(all, func(a, b shelvedLine) int { return a.compare(&b.position) })
	if !forward(shard) {
		slices.Reverse(all)
	}
	return all
}

func (p *position) compare(o *position) int {
	return cmp.Or(strings.Compare(p.at, o.at), strings.Compare(string(p.number), string(o.number)))
}

// after says that p comes after o, of the same partition, where it is read.
func after(p, o *position) bool {
	if o.at == "" || forward(p.shard) {
		return p.compare(o) > 0
	}
	return p.compare(o) < 0
}

// matches is the filter of q.
func (q *CaseQuery) matches(c *casefile.Case) bool {
	is := func(want, got string) bool { return want == "" || want == got }
	return (len(q.Statuses) == 0 || slices.Contains(q.Statuses, c.Status)) &&
		(len(q.Families) == 0 || slices.Contains(q.Families, c.Family)) &&
		is(string(q.Touchpoint), string(c.Touchpoint)) && is(q.Team, c.Handling.Team) && is(q.Owner, c.Handling.Owner) &&
		(q.Category == "" || inBranch(q.Category, c.Category)) && is(string(q.Severity), string(c.Handling.Severity)) &&
		(q.DueBefore.IsZero() || !c.DueAt.IsZero() && formatTime(c.DueAt) < formatTime(q.DueBefore))
}

// OpenCases is Table.OpenCases.
func (m *Memory) OpenCases(ctx context.Context, each func(casefile.Due) error) error {
	for _, l := range m.list(casesShard) {
		if err := cmp.Or(ctx.Err(), each(casefile.Due{Case: l.c.Number, Step: l.c.Step, NextAt: millisecond(l.c.NextAt)})); err != nil {
			return fmt.Errorf("reading the open cases: %w", err)
		}
	}
	return ctx.Err()
}

// CustomerCases is Table.CustomerCases.
func (m *Memory) CustomerCases(ctx context.Context, customerKey string, limit int) ([]casefile.Case, error) {
	err := ctx.Err()
	if err == nil && (customerKey == "" || limit < 1 || limit > maxEarlier) {
		err = ErrInvalid
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []casefile.Case
	for n := range m.cases {
		s := m.cases[n]
		if s.state.CustomerKey == customerKey && err == nil {
			var c casefile.Case
			c, err = cloneCase(&s.state)
			all = append(all, c)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("reading the cases of a customer: %w", err)
	}
	return newest(all, limit), nil
}
