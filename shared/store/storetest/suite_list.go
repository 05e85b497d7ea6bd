package storetest

import (
	"encoding/base64"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/store"
)

// listed is the n-th of a series of open cases with something to filter by.
func listed(n int) (*casefile.Case, *casefile.Entry) {
	c, e := aCase(march, n)
	c.Status = []casefile.Status{casefile.Acknowledged, casefile.Assessed, casefile.InInvestigation}[n%3]
	c.Family = []casefile.Family{casefile.Complaint, casefile.Callback}[n%2]
	c.Touchpoint = []feedback.Touchpoint{"hotline", "repair", "checkout"}[n%3]
	c.Category = []string{"billing.wrong_amount", "", "billing-house", ""}[n%4]
	c.Handling.Team = []string{"north", "south", ""}[n%3]
	c.Handling.Owner = []string{"anna", ""}[n%2]
	c.Handling.Severity = []casefile.Severity{casefile.Low, casefile.Critical}[n%2]
	c.DueAt = noon.Add(time.Duration(n) * time.Hour)
	c.NextAt = noon.Add(time.Duration(n*7%40) * time.Minute)
	if n%10 == 9 {
		c.NextAt, c.DueAt = casefile.NoAction, time.Time{}
	}
	return c, e
}

// pages reads all pages of a list.
func pages(t *testing.T, s Full, q store.CaseQuery) (all []casefile.Case) {
	t.Helper()
	for n := 0; ; n++ {
		page, err := s.Cases(t.Context(), q)
		must(t, err)
		if limit := max(q.Limit, 1); q.Limit > 0 && len(page.Cases) > limit {
			t.Errorf("a page of %d cases, limit %d", len(page.Cases), limit)
		}
		all = append(all, page.Cases...)
		if page.Cursor == "" {
			return all
		}
		if n > 100 {
			t.Fatal("the list does not end")
		}
		q.Cursor = page.Cursor
	}
}

func numbers(all []casefile.Case) (out []casefile.Number) {
	for i := range all {
		out = append(out, all[i].Number)
	}
	slices.Sort(out)
	return out
}

func runLists(t *testing.T, open func(*testing.T) (Full, Full)) {
	const n = 45
	fill := func(t *testing.T, s Full) (all []casefile.Case) {
		for i := range n {
			c, e := listed(i)
			must(t, s.CreateCase(t.Context(), c, e))
			all = append(all, *c)
		}
		return all
	}
	test(t, open, "the work list is whole, each case once, the next due first", func(t *testing.T, s, _ Full) {
		want := fill(t, s)
		for _, limit := range []int{0, 1, 2, 7, 44, 45, 46, 100} {
			got := pages(t, s, store.CaseQuery{Limit: limit})
			same(t, numbers(want), numbers(got))
			if !slices.IsSortedFunc(got, func(a, b casefile.Case) int { return a.NextAt.Compare(b.NextAt) }) {
				t.Errorf("limit %d: not in order of time", limit)
			}
		}
		var due []casefile.Number
		must(t, s.OpenCases(t.Context(), func(d casefile.Due) error { due = append(due, d.Case); return nil }))
		slices.Sort(due)
		same(t, numbers(want), due)
		must(t, s.Relist(t.Context(), want[0].Number)) // is there
		is(t, s.Relist(t.Context(), "2603-0000-0000"), store.ErrNotFound)
		same(t, numbers(want), numbers(pages(t, s, store.CaseQuery{})))
	})
	test(t, open, "a case comes whole", func(t *testing.T, s, _ Full) {
		c, e := listed(1)
		c.CustomerKey = "customer-1"
		must(t, s.CreateCase(t.Context(), c, e))
		same(t, []casefile.Case{*c}, pages(t, s, store.CaseQuery{}))
	})
	test(t, open, "each filter leaves what it asks for, alone and with others", func(t *testing.T, s, _ Full) {
		all := fill(t, s)
		for name, f := range map[string]struct {
			q    store.CaseQuery
			want func(c *casefile.Case) bool
		}{
			"status": {store.CaseQuery{Statuses: []casefile.Status{casefile.Assessed}}, func(c *casefile.Case) bool { return c.Status == casefile.Assessed }},
			"statuses": {store.CaseQuery{Statuses: []casefile.Status{casefile.Assessed, casefile.Acknowledged, casefile.Draft}},
				func(c *casefile.Case) bool { return c.Status != casefile.InInvestigation }},
			"family":     {store.CaseQuery{Families: []casefile.Family{casefile.Complaint}}, func(c *casefile.Case) bool { return c.Family == casefile.Complaint }},
			"touchpoint": {store.CaseQuery{Touchpoint: "repair"}, func(c *casefile.Case) bool { return c.Touchpoint == "repair" }},
			"team":       {store.CaseQuery{Team: "north"}, func(c *casefile.Case) bool { return c.Handling.Team == "north" }},
			"owner":      {store.CaseQuery{Owner: "anna"}, func(c *casefile.Case) bool { return c.Handling.Owner == "anna" }},
			"category":   {store.CaseQuery{Category: "billing.wrong_amount"}, func(c *casefile.Case) bool { return c.Category == "billing.wrong_amount" }},
			"branches":   {store.CaseQuery{Category: "billing"}, func(c *casefile.Case) bool { return c.Category == "billing.wrong_amount" }},
			"no branch":  {store.CaseQuery{Category: "bill"}, func(*casefile.Case) bool { return false }},
			"severity":   {store.CaseQuery{Severity: casefile.Critical}, func(c *casefile.Case) bool { return c.Handling.Severity == casefile.Critical }},
			"due before": {store.CaseQuery{DueBefore: noon.Add(10 * time.Hour)},
				func(c *casefile.Case) bool { return !c.DueAt.IsZero() && c.DueAt.Before(noon.Add(10*time.Hour)) }},
			"nothing": {store.CaseQuery{Team: "west"}, func(*casefile.Case) bool { return false }},
			"all at once": {store.CaseQuery{
				Statuses: []casefile.Status{casefile.Acknowledged, casefile.Assessed}, Families: []casefile.Family{casefile.Complaint, casefile.Gap},
				Touchpoint: "hotline", Team: "north", Owner: "anna", Category: "billing", Severity: casefile.Low,
				DueBefore: noon.Add(30 * time.Hour),
			}, func(c *casefile.Case) bool {
				return c.Touchpoint == "hotline" && c.Family == casefile.Complaint && c.Category == "billing.wrong_amount" && !c.DueAt.IsZero() && c.DueAt.Before(noon.Add(30*time.Hour))
			}},
		} {
			var want []casefile.Case
			for i := range all {
				if f.want(&all[i]) {
					want = append(want, all[i])
				}
			}
			if (len(want) == 0) != (name == "nothing" || name == "no branch") {
				t.Errorf("%s: %d cases are asked for", name, len(want))
			}
			for _, limit := range []int{0, 1, 4} {
				q := f.q
				q.Limit = limit
				if got := numbers(pages(t, s, q)); !slices.Equal(got, numbers(want)) {
					t.Errorf("%s, limit %d: got %d cases, want %d", name, limit, len(got), len(want))
				}
			}
		}
	})
	test(t, open, "ended cases are listed by the month of their end, the last first, and are due no more", func(t *testing.T, s, _ Full) {
		end := func(n int, at time.Time, status casefile.Status) casefile.Number {
			c, e := listed(n)
			must(t, s.CreateCase(t.Context(), c, e))
			c.Status, c.NextAt = status, time.Time{}
			must(t, s.UpdateCase(t.Context(), c, &casefile.Entry{At: at, Action: casefile.Closing, Status: status}))
			if !c.EndedAt.Equal(at) {
				t.Errorf("ended at %v, want %v", c.EndedAt, at)
			}
			return c.Number
		}
		cet := time.FixedZone("", 3600)
		lastOfMarch := end(1, time.Date(2026, 4, 1, 0, 30, 0, 0, cet), casefile.Withdrawn) // still March in UTC
		early := end(2, noon, casefile.Closed)
		inApril := end(3, time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC), casefile.Duplicate)
		dismissed := end(4, noon.Add(time.Hour), casefile.Dismissed)
		var got []casefile.Number
		for _, c := range pages(t, s, store.CaseQuery{Closed: "2026-03", Limit: 1}) {
			got = append(got, c.Number)
		}
		same(t, []casefile.Number{lastOfMarch, dismissed, early}, got)
		same(t, []casefile.Number{inApril}, numbers(pages(t, s, store.CaseQuery{Closed: "2026-04"})))
		same(t, []casefile.Number{early}, numbers(pages(t, s, store.CaseQuery{Closed: "2026-03", Statuses: []casefile.Status{casefile.Closed}})))
		if open := append(pages(t, s, store.CaseQuery{}), pages(t, s, store.CaseQuery{Closed: "2026-05"})...); len(open) != 0 || len(due(t, s, casefile.NoAction)) != 0 {
			t.Errorf("still listed or due: %v", open)
		}
	})
	test(t, open, "what happens to an ended case moves it no more, until it goes on", func(t *testing.T, s, _ Full) {
		c, e := listed(1)
		must(t, s.CreateCase(t.Context(), c, e))
		step := func(at time.Time, status casefile.Status, next time.Time) {
			c.Status, c.NextAt = status, next
			must(t, s.UpdateCase(t.Context(), c, &casefile.Entry{At: at, Action: casefile.Noting, Status: status}))
		}
		step(noon, casefile.Closed, time.Time{})
		step(noon.AddDate(0, 1, 0), casefile.Closed, time.Time{}) // rated a month later
		if got := pages(t, s, store.CaseQuery{Closed: "2026-03"}); len(got) != 1 || !got[0].EndedAt.Equal(noon) {
			t.Errorf("got %+v", got)
		}
		step(noon.AddDate(0, 1, 1), casefile.Reopened, noon.AddDate(0, 1, 2))
		if len(pages(t, s, store.CaseQuery{Closed: "2026-03"})) != 0 || len(pages(t, s, store.CaseQuery{})) != 1 || !c.EndedAt.IsZero() {
			t.Error("a reopened case is still among the ended ones")
		}
		step(noon.AddDate(0, 2, 0), casefile.Closed, time.Time{})
		if len(pages(t, s, store.CaseQuery{Closed: "2026-05"})) != 1 {
			t.Error("a case closed again is listed by its second end")
		}
	})
	test(t, open, "a question that cannot be asked is refused", func(t *testing.T, s, _ Full) {
		for name, q := range map[string]store.CaseQuery{
			"limit below":   {Limit: -1},
			"limit above":   {Limit: store.MaxCases + 1},
			"month":         {Closed: "2026-13"},
			"no month":      {Closed: "cases"},
			"statuses":      {Statuses: make([]casefile.Status, store.MaxAsked+1)},
			"families":      {Families: make([]casefile.Family, store.MaxAsked+1)},
			"cursor":        {Cursor: "2603-AAAA-BBBB"},
			"empty cursor":  {Cursor: "===="},
			"long cursor":   {Cursor: strings.Repeat("A", 5000)},
			"cursor of 12":  {Cursor: base64.RawURLEncoding.EncodeToString(make([]byte, 12))},
			"cursor of 500": {Cursor: base64.RawURLEncoding.EncodeToString(make([]byte, 500))},
		} {
			if _, err := s.Cases(t.Context(), q); !errors.Is(err, store.ErrInvalid) {
				t.Errorf("%s: got %v", name, err)
			}
		}
	})
	test(t, open, "a cursor serves its own list, whole, and no other", func(t *testing.T, s, peer Full) {
		fill(t, s)
		own := store.CaseQuery{Team: "north", Limit: 3}
		page, err := s.Cases(t.Context(), own)
		if must(t, err); page.Cursor == "" {
			t.Fatal("no cursor")
		}
		for name, change := range map[string]func(*store.CaseQuery){
			"other team":     func(q *store.CaseQuery) { q.Team = "south" },
			"no team":        func(q *store.CaseQuery) { q.Team = "" },
			"status":         func(q *store.CaseQuery) { q.Statuses = []casefile.Status{casefile.Draft} },
			"family":         func(q *store.CaseQuery) { q.Families = []casefile.Family{casefile.Gap} },
			"closed ones":    func(q *store.CaseQuery) { q.Closed = "2026-03" },
			"due before":     func(q *store.CaseQuery) { q.DueBefore = noon },
			"team for owner": func(q *store.CaseQuery) { q.Owner, q.Team = q.Team, "" },
		} {
			q := own
			q.Cursor = page.Cursor
			change(&q)
			if _, err := s.Cases(t.Context(), q); !errors.Is(err, store.ErrInvalid) {
				t.Errorf("%s: got %v", name, err)
			}
		}
		for i := range page.Cursor {
			q := own
			q.Cursor = page.Cursor[:i] + string(page.Cursor[i]^1) + page.Cursor[i+1:]
			if _, err := s.Cases(t.Context(), q); !errors.Is(err, store.ErrInvalid) {
				t.Errorf("changed at %d: got %v", i, err)
			}
			q.Cursor = page.Cursor[:i]
			if _, err := s.Cases(t.Context(), q); i > 0 && !errors.Is(err, store.ErrInvalid) {
				t.Errorf("cut at %d: got %v", i, err)
			}
		}
		own.Cursor, own.Limit = page.Cursor, 100 // another length of page is the same list
		rest, err := peer.Cases(t.Context(), own)
		if must(t, err); len(rest.Cases) != 12 {
			t.Errorf("%d cases after the first 3 of 15", len(rest.Cases))
		}
	})
	test(t, open, "the cases of a month are listed whether they are open or have ended, each once", func(t *testing.T, s, _ Full) {
		var opened, late, later []casefile.Number
		april := MustPeriod("2026-04")
		for i := range 14 {
			c, e := aCase([]period.Period{march, april}[i%2], 400+i)
			c.Handling.Owner = []string{"", "anna"}[i/7]
			must(t, s.CreateCase(t.Context(), c, e))
			if end := map[int]time.Time{2: noon, 3: noon, 4: noon.AddDate(0, 1, 0), 6: noon.AddDate(0, 2, 0), 8: noon.AddDate(0, 2, 1)}[i]; !end.IsZero() {
				c.Status, c.NextAt = casefile.Closed, time.Time{}
				must(t, s.UpdateCase(t.Context(), c, &casefile.Entry{At: end, Action: casefile.Closing, Status: c.Status}))
			}
			if i%2 == 0 {
				opened = append(opened, c.Number)
			}
			if i == 6 || i == 8 {
				late = append(late, c.Number)
			}
			if i%2 == 0 && c.Handling.Owner != "" {
				later = append(later, c.Number)
			}
		}
		owned := func(c *casefile.Case) bool { return c.Handling.Owner == "anna" }
		for name, k := range map[string]struct {
			q    store.CaseQuery
			want []casefile.Number
		}{
			"all":             {store.CaseQuery{Opened: "2026-03", Until: "2026-05"}, opened},
			"further months":  {store.CaseQuery{Opened: "2026-03", Until: "2026-09"}, opened},
			"open ones":       {store.CaseQuery{Opened: "2026-03", Until: "2026-05", Statuses: []casefile.Status{casefile.Open, casefile.Received}}, []casefile.Number{opened[0], opened[5], opened[6]}},
			"ended ones":      {store.CaseQuery{Opened: "2026-03", Until: "2026-05", Statuses: []casefile.Status{casefile.Closed}}, opened[1:5]},
			"ended in May":    {store.CaseQuery{Opened: "2026-03", Closed: "2026-05"}, late},
			"of one owner":    {store.CaseQuery{Opened: "2026-03", Until: "2026-05", Only: owned, Asking: "anna's"}, later},
			"before it began": {store.CaseQuery{Opened: "2026-10", Until: "2026-09"}, nil},
		} {
			for _, limit := range []int{0, 1, 2, 4} {
				q := k.q
				q.Limit = limit
				if got := numbers(pages(t, s, q)); !slices.Equal(got, slices.Sorted(slices.Values(k.want))) {
					t.Errorf("%s, limit %d: got %v, want %v", name, limit, got, k.want)
				}
			}
		}
		q := store.CaseQuery{Opened: "2026-03", Until: "2026-05", Limit: 1}
		page, err := s.Cases(t.Context(), q)
		must(t, err)
		for name, q := range map[string]store.CaseQuery{
			"another month":    {Opened: "2026-04", Until: "2026-05", Cursor: page.Cursor},
			"another question": {Opened: "2026-03", Until: "2026-05", Only: owned, Asking: "anna's", Cursor: page.Cursor},
			"no end":           {Opened: "2026-03"},
			"no month":         {Opened: "2026-00", Until: "2026-03"},
		} {
			if _, err := s.Cases(t.Context(), q); !errors.Is(err, store.ErrInvalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	test(t, open, "a customer's cases come newest first, and nobody else's", func(t *testing.T, s, _ Full) {
		var want []casefile.Number
		for i, month := range []string{"2026-04", "2026-03", "2026-03", "2025-12"} {
			c, e := aCase(MustPeriod(month), 100+i)
			c.CustomerKey, c.OpenedAt = "customer-1", noon.Add(-time.Duration(i)*time.Hour)
			if i == 1 {
				c.Status, c.NextAt = casefile.Closed, time.Time{}
			}
			must(t, s.CreateCase(t.Context(), c, e))
			want = append(want, c.Number)
		}
		for i, key := range []string{"", "customer-2", "customer-10"} {
			c, e := aCase(march, 200+i)
			c.CustomerKey = key
			must(t, s.CreateCase(t.Context(), c, e))
		}
		other := entry(march, 300) // an event of the customer's is no case
		other.CustomerKey = "customer-1"
		mustPut(t, s, other, store.Accepted)
		for _, limit := range []int{1, 3, 4, 100} {
			all, err := s.CustomerCases(t.Context(), "customer-1", limit)
			must(t, err)
			var got []casefile.Number
			for i := range all {
				got = append(got, all[i].Number)
				if all[i].CustomerKey != "customer-1" {
					t.Errorf("a case of %q", all[i].CustomerKey)
				}
			}
			same(t, want[:min(limit, len(want))], got)
		}
		none, err := s.CustomerCases(t.Context(), "customer-3", 10)
		if must(t, err); len(none) != 0 {
			t.Errorf("got %v", none)
		}
		for key, limit := range map[string]int{"": 10, "customer-1": 0, "customer-2": 101} {
			_, err := s.CustomerCases(t.Context(), key, limit)
			is(t, err, store.ErrInvalid)
		}
	})
	test(t, open, "a case that loses its customer is nobody's", func(t *testing.T, s, _ Full) {
		c, e := aCase(march, 1)
		c.CustomerKey = "customer-1"
		must(t, s.CreateCase(t.Context(), c, e))
		got, err := s.GetCase(t.Context(), c.Number)
		if must(t, err); got.CustomerKey != "customer-1" {
			t.Errorf("a case of %q", got.CustomerKey)
		}
		got.CustomerKey = ""
		must(t, s.UpdateCase(t.Context(), got, &casefile.Entry{At: noon, Action: casefile.Noting}))
		all, err := s.CustomerCases(t.Context(), "customer-1", 10)
		if must(t, err); len(all) != 0 {
			t.Errorf("got %v", all)
		}
	})
}
