package retention_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/bucket"
	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/erasure"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/retention"
	"resonanz/shared/store"
)

var now = time.Date(2026, time.November, 15, 2, 15, 0, 0, time.UTC)

// counted tells which months are read.
type counted struct {
	*store.Memory
	months, ended []string
	fail          string // the month that cannot be read
}

func (c *counted) Expire(ctx context.Context, p period.Period, x store.Expiry) (store.Expired, error) {
	c.months = append(c.months, p.String())
	if p.String() == c.fail {
		return store.Expired{}, errors.New("throttled")
	}
	return c.Memory.Expire(ctx, p, x)
}

func (c *counted) ExpireCases(ctx context.Context, month string, before time.Time, held func(feedback.ResponseKey) bool, each func(casefile.Number) error) (store.Expired, error) {
	c.ended = append(c.ended, month)
	return c.Memory.ExpireCases(ctx, month, before, held, each)
}

type files map[casefile.Number]int

func (f files) Erase(_ context.Context, n casefile.Number) (int, error) {
	defer delete(f, n)
	return f[n], nil
}

type rig struct {
	*retention.Sweeper
	t     *testing.T
	table *counted
	log   *bucket.Memory
	files files
	now   time.Time
	n     int
}

func newRig(t *testing.T) *rig {
	r := &rig{t: t, table: &counted{Memory: store.NewMemory()}, log: bucket.NewMemory(), files: files{}, now: now}
	r.log.Now = func() time.Time { return r.now }
	r.Sweeper = &retention.Sweeper{
		Store: r.table, Files: r.files, Log: r.log, Zone: time.UTC, Links: 14 * 24 * time.Hour, Anonymous: func(feedback.Touchpoint) bool { return false },
		Keep: config.Retention{OwnWordsDays: 400, CasesDays: 1095, InvitationsDays: 90},
	}
	return r
}

func (r *rig) sweep() retention.Done {
	r.t.Helper()
	r.table.months, r.table.ended = nil, nil
	done, err := r.Sweep(r.t.Context(), r.now, func() bool { return true })
	if err != nil {
		r.t.Fatal(err)
	}
	return done
}

// put stores an entry of so many days ago.
func (r *rig) put(kind feedback.Kind, days int) *store.Entry {
	r.t.Helper()
	r.n++
	id := feedback.DeriveEventID("retention", fmt.Sprint(r.n))
	at := r.now.AddDate(0, 0, -days)
	e := &store.Entry{
		Kind: kind, EventID: id, ReceivedAt: at, ResponseKey: feedback.NewResponseKey(period.Of(at, time.UTC), feedback.ResponseIDOf(id)),
		Event: []byte(`{"touchpoint":"hotline"}`), Personal: []byte(`{"email":"kundin@example.com"}`), CustomerKey: "K-1",
	}
	if _, _, err := r.table.Put(r.t.Context(), e); err != nil {
		r.t.Fatal(err)
	}
	return e
}

// keeps says what is left of an entry: words, customer key.
func (r *rig) keeps(e *store.Entry) (words, key bool) {
	r.t.Helper()
	got, err := r.table.Get(r.t.Context(), e.ResponseKey, e.EventID)
	if err != nil {
		r.t.Fatal(err)
	}
	return got.Personal != nil, got.CustomerKey != ""
}

// file opens a case about an entry and ends it so many days ago; -1: it is open.
func (r *rig) file(e *store.Entry, days int) *casefile.Case {
	r.t.Helper()
	n := casefile.NumberOf(casefile.Complaint, string(e.ResponseKey), e.ResponseKey.Month(), 0)
	c := &casefile.Case{Number: n, Family: casefile.Complaint, Status: casefile.Received, ResponseKey: e.ResponseKey, CustomerKey: "K-1", OpenedAt: e.ReceivedAt, NextAt: casefile.NoAction}
	line := &casefile.Entry{At: e.ReceivedAt, Action: casefile.Opened, Words: &casefile.Words{Text: "Mein Name ist Beispiel"}}
	if err := r.table.CreateCase(r.t.Context(), c, line); err != nil {
		r.t.Fatal(err)
	}
	if days >= 0 {
		c.Status = casefile.Closed
		if err := r.table.UpdateCase(r.t.Context(), c, &casefile.Entry{At: r.now.AddDate(0, 0, -days), Action: casefile.Closing, Status: casefile.Closed}); err != nil {
			r.t.Fatal(err)
		}
	}
	r.files[n] = 2
	return c
}

func TestEachClassIsKeptForItsTime(t *testing.T) {
	r := newRig(t)
	type left struct{ Words, Key bool }
	entries := map[string]struct {
		e    *store.Entry
		want left
	}{
		"vote, young":           {r.put(feedback.KindRating, 399), left{true, true}},
		"vote, old":             {r.put(feedback.KindRating, 401), left{}},
		"card, very old":        {r.put(feedback.KindCard, 3000), left{}},
		"invitation, young":     {r.put(feedback.KindInvitation, 89), left{true, true}},
		"invitation, old":       {r.put(feedback.KindInvitation, 91), left{false, true}},
		"invitation, very old":  {r.put(feedback.KindInvitation, 401), left{}},
		"complaint, open":       {r.put(feedback.KindComplaint, 2000), left{true, true}},
		"complaint, just ended": {r.put(feedback.KindComplaint, 2001), left{true, true}},
		"complaint, long ended": {r.put(feedback.KindComplaint, 2002), left{}},
		"vote of an open case":  {r.put(feedback.KindRating, 500), left{true, true}},
	}
	r.file(entries["complaint, open"].e, -1)
	r.file(entries["complaint, just ended"].e, 1094)
	old := r.file(entries["complaint, long ended"].e, 1096)
	r.file(entries["vote of an open case"].e, -1)

	done := r.sweep()
	for name, c := range entries {
		words, key := r.keeps(c.e)
		if diff := cmp.Diff(c.want, left{words, key}); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	if done.Files != 2 || len(r.files) != 3 || done.HeldBack == 0 || done.Left != 0 {
		t.Errorf("%+v, files left %v", done, r.files)
	}
	state, err := r.table.GetCase(t.Context(), old.Number)
	if err != nil {
		t.Fatal(err)
	}
	timeline, err := r.table.Timeline(t.Context(), old.Number)
	if err != nil || casefile.Check(state, timeline) != nil || timeline[0].Words != nil || state.CustomerKey != "" {
		t.Errorf("%+v, %v, %v", state, timeline, err)
	}
	if again := r.sweep(); again.Events+again.Cases+again.Lines+again.Files != 0 {
		t.Errorf("again %+v", again)
	}
}

func TestOldMonthsAreNotReadEveryNight(t *testing.T) {
	r := newRig(t)
	first := r.sweep()
	if first.Months < 100 || first.Ended < 80 || r.table.months[0] == "" {
		t.Errorf("the first night %+v", first)
	}
	seen := map[string]bool{}
	for _, m := range r.table.months {
		if seen[m] {
			t.Errorf("%s is read twice", m)
		}
		seen[m] = true
	}
	r.now = r.now.Add(24 * time.Hour)
	r.sweep()
	// Words of 400 days, cases of 1095, addresses of 90, links of 15.
	want := []string{"2025-10", "2025-09", "2023-11", "2023-10", "2026-08", "2026-07", "2026-11", "2026-10"}
	if diff := cmp.Diff(want, r.table.months); diff != "" {
		t.Errorf("the second night (-want +got):\n%s", diff)
	}
	r.now = r.now.Add(29 * 24 * time.Hour)
	if all := r.sweep(); all.Months < 100 {
		t.Errorf("after thirty days %d months: what came late stays", all.Months)
	}
	r.Keep.OwnWordsDays = 100
	r.now = r.now.Add(24 * time.Hour)
	if all := r.sweep(); all.Months < 100 {
		t.Errorf("with other limits %d months", all.Months)
	}
}

func TestASweepGoesOnWhereItStopped(t *testing.T) {
	r := newRig(t)
	old := r.put(feedback.KindRating, 3000)
	nights, left := 0, 1
	for ; left > 0 && nights < 100; nights++ {
		months := 0
		done, err := r.Sweep(t.Context(), r.now, func() bool { months++; return months <= 20 })
		if err != nil {
			t.Fatal(err)
		}
		left = done.Left
		r.now = r.now.Add(time.Hour)
	}
	if words, _ := r.keeps(old); words || nights < 5 || nights > 40 {
		t.Errorf("%d nights, words %t", nights, words)
	}
}

func TestAMonthThatFailsIsTriedAgainAndHoldsUpNoOther(t *testing.T) {
	r := newRig(t)
	r.sweep()
	r.now = r.now.Add(24 * time.Hour)
	address, words := r.put(feedback.KindInvitation, 91), r.put(feedback.KindRating, 401)
	r.table.fail = period.Of(r.now.AddDate(0, 0, -401), time.UTC).String()
	if _, err := r.Sweep(t.Context(), r.now, func() bool { return true }); err == nil {
		t.Error("nobody hears of it")
	}
	if left, _ := r.keeps(address); left {
		t.Error("the address stays")
	}
	r.table.fail = ""
	r.sweep()
	if left, _ := r.keeps(words); left {
		t.Error("the words stay")
	}
}

// A month with something in it that nobody can read fails every night: all others
// are gone over all the same, and it is tried again.
func TestAMonthThatAlwaysFailsHoldsUpNoOther(t *testing.T) {
	r := newRig(t)
	broken, later := r.put(feedback.KindRating, 3000), r.put(feedback.KindRating, 2000)
	r.table.fail = period.Of(broken.ReceivedAt, time.UTC).String()
	for night := range 2 {
		if _, err := r.Sweep(t.Context(), r.now, func() bool { return true }); err == nil {
			t.Errorf("night %d: nobody hears of it", night)
		}
		if words, _ := r.keeps(later); words {
			t.Errorf("night %d: the words of another month stay", night)
		}
		r.now = r.now.Add(24 * time.Hour)
	}
	r.table.fail = ""
	r.sweep()
	if words, _ := r.keeps(broken); words {
		t.Error("the words stay once it can be read")
	}
	r.now = r.now.Add(24 * time.Hour)
	if done := r.sweep(); done.Months > 20 {
		t.Errorf("%d months are read every night", done.Months)
	}
}

func TestFilesGoThatAnErasureCameTooEarlyFor(t *testing.T) {
	r := newRig(t)
	c := r.file(r.put(feedback.KindComplaint, 1), -1)
	if err := erasure.Record(t.Context(), r.log, erasure.Customer("K-1"), r.now); err != nil {
		t.Fatal(err)
	}
	if done := r.sweep(); done.Files != 2 || r.files[c.Number] != 0 {
		t.Errorf("%+v, left %v", done, r.files)
	}
}

func TestWhatIsKeptForEverIsNotRead(t *testing.T) {
	r := newRig(t)
	r.Keep = config.Retention{InvitationsDays: 90}
	vote, invitation := r.put(feedback.KindRating, 3000), r.put(feedback.KindInvitation, 3000)
	c := r.file(r.put(feedback.KindComplaint, 3001), 3000)
	done := r.sweep()
	if words, key := r.keeps(vote); !words || !key {
		t.Error("the vote lost something")
	}
	if words, key := r.keeps(invitation); words || !key {
		t.Error("the invitation keeps its address, or lost its customer")
	}
	if done.Ended != 0 || r.files[c.Number] != 2 {
		t.Errorf("%+v", done)
	}
}

func TestWhatAnErasureCameTooEarlyForGoes(t *testing.T) {
	r := newRig(t)
	late := r.put(feedback.KindRating, 1)
	if err := erasure.Record(t.Context(), r.log, erasure.Customer("K-1"), r.now); err != nil {
		t.Fatal(err)
	}
	if done := r.sweep(); done.Again != 1 {
		t.Errorf("%+v", done)
	}
	if words, key := r.keeps(late); words || key {
		t.Error("it is still there")
	}
	r.now = r.now.Add(time.Hour)
	since := r.put(feedback.KindRating, 0)
	r.now = r.now.Add(time.Hour)
	if done := r.sweep(); done.Again != 0 {
		t.Errorf("%+v", done)
	}
	if words, key := r.keeps(since); !words || !key {
		t.Error("what was said since is gone")
	}
}
