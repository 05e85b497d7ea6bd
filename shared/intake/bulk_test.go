package intake_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// failing is a store that cannot read, or not write.
type failing struct {
	*store.Memory
	get, invite error
}

func (f failing) Get(ctx context.Context, k feedback.ResponseKey, id feedback.EventID) (*store.Entry, error) {
	if f.get != nil {
		return nil, f.get
	}
	return f.Memory.Get(ctx, k, id)
}

func (f failing) Invite(ctx context.Context, e *store.Entry, c store.Contact) (store.Outcome, *store.Entry, error) {
	if f.invite != nil {
		return 0, nil, f.invite
	}
	return f.Memory.Invite(ctx, e, c)
}

// rowsJSON is a request for n links, each for a customer of its own.
func rowsJSON(n int) string {
	rows := make([]string, n)
	for i := range rows {
		rows[i] = fmt.Sprintf(`{"event_id":%q,"touchpoint":"hotline","channel":"sms_link","customer_key":"K-%d"}`, uuid(i), i)
	}
	return `{"invitations":[` + strings.Join(rows, ",") + `]}`
}

func TestWhatAsksForSeveralIsRecognised(t *testing.T) {
	for body, want := range map[string]bool{
		`{"invitations":[]}`:                 true,
		`{"touchpoint":{},"invitations":7}`:  true,
		` {"invitations"`:                    true,
		`{"touchpoint":"invitations"}`:       false,
		`{"touchpoint":{"invitations":[1]}}`: false,
		`{}`:                                 false,
		`["invitations"]`:                    false,
		`{"touchpoint":`:                     false,
		``:                                   false,
	} {
		if got := intake.IsBulk([]byte(body)); got != want {
			t.Errorf("%s: got %v", body, got)
		}
	}
}

func TestEveryBadListIsNamedByItsPlace(t *testing.T) {
	good := fmt.Sprintf(`{"event_id":%q,"touchpoint":"hotline","channel":"qr"}`, uuid(1))
	for _, c := range []struct {
		name, body string
		status     int
		want       []string // field code
	}{
		{"empty", `{"invitations":[]}`, 422, []string{"invitations no_events"}},
		{"no list", `{"invitations":{}}`, 422, []string{"invitations wrong_type"}},
		{"something beside it", `{"invitations":[` + good + `],"send":true}`, 422, []string{"send unknown_field"}},
		{"list twice", `{"invitations":[],"invitations":[]}`, 400, []string{"invitations duplicate_field"}},
		{"cut off", `{"invitations":[` + good, 400, nil},
		{"more after it", `{"invitations":[` + good + `]} {}`, 400, nil},
		{"not UTF-8", "{\"invitations\":[\"\xff\"]}", 400, nil},
		{"no objects", `{"invitations":[7,` + good + `,null]}`, 422, []string{"invitations[0] malformed_json", "invitations[2] malformed_json"}},
		{"errors in two", `{"invitations":[` + good + `,{"event_id":"` + uuid(2) + `","touchpoint":"nowhere","channel":"qr"},{"touchpoint":"hotline","channel":"qr","email":"x"}]}`, 422,
			[]string{"invitations[1].touchpoint unknown_touchpoint", "invitations[2].email invalid_email", "invitations[2].event_id missing_field"}},
		{"event id twice", `{"invitations":[` + good + `,` + good + `]}`, 422, []string{"invitations[1].event_id event_conflict"}},
		{"one too many", rowsJSON(501), 422, []string{"invitations too_many_rows"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			all, err := intake.ParseInvitations(inviting(t), []byte(c.body), issueTime)
			if err == nil {
				t.Fatalf("accepted %d", len(all))
			}
			var got []string
			for _, f := range problem.Of(err).Errors {
				got = append(got, f.Field+" "+string(f.Code))
			}
			if diff := cmp.Diff(c.want, got); diff != "" || problem.Of(err).Status != c.status {
				t.Errorf("%d %v (-want +got):\n%s", problem.Of(err).Status, err, diff)
			}
		})
	}
}

func parsed(tb testing.TB, n int) []*intake.Invitation {
	tb.Helper()
	all, err := intake.ParseInvitations(inviting(tb), []byte(rowsJSON(n)), issueTime)
	if err != nil {
		tb.Fatal(err)
	}
	return all
}

// watching counts the writes that run at the same time. The first wait for each
// other: one after the other would never end.
type watching struct {
	*store.Memory
	now, most, arrived atomic.Int32
	all                chan struct{}
}

func (w *watching) Invite(ctx context.Context, e *store.Entry, c store.Contact) (store.Outcome, *store.Entry, error) {
	n := w.now.Add(1)
	defer w.now.Add(-1)
	for m := w.most.Load(); n > m && !w.most.CompareAndSwap(m, n); m = w.most.Load() {
	}
	if w.arrived.Add(1) == intake.Writers {
		close(w.all)
	}
	<-w.all
	return w.Memory.Invite(ctx, e, c)
}

func TestManyAreIssuedSixteenAtATimeAndAnsweredInOrder(t *testing.T) {
	w := &watching{Memory: store.NewMemory(), all: make(chan struct{})}
	all := parsed(t, 500)
	for i, r := range intake.IssueAll(t.Context(), inviting(t), w, all) {
		if r.Status != intake.Accepted || r.Problem != nil || string(all[i].EventID) != uuid(i) {
			t.Fatalf("%d: %+v", i, r)
		}
	}
	if n := w.most.Load(); n != intake.Writers {
		t.Errorf("%d writes at a time", n)
	}
	if n := len(invitations(t, w.Memory, "2026-03")); n != 500 {
		t.Errorf("%d stored", n)
	}
}

func TestOfTwoInvitationsToOneCustomerTheFirstIsIssued(t *testing.T) {
	for range 20 {
		all := parsed(t, 40)
		for i, in := range all {
			in.CustomerKey = fmt.Sprintf("K-%d", i%20)
		}
		for i, r := range intake.IssueAll(t.Context(), inviting(t), store.NewMemory(), all) {
			if i < 20 && r.Status != intake.Accepted || i >= 20 && (r.Status != intake.Skipped || r.Problem.Code != problem.FatigueLimit) {
				t.Fatalf("%d: %+v", i, r)
			}
		}
	}
}

// faulty fails for some rows, or breaks down.
type faulty struct {
	*store.Memory
	bad map[feedback.EventID]error // nil: panics
}

func (f faulty) Invite(ctx context.Context, e *store.Entry, c store.Contact) (store.Outcome, *store.Entry, error) {
	if err, ok := f.bad[e.EventID]; ok {
		if err == nil {
			panic("broken")
		}
		return 0, nil, err
	}
	return f.Memory.Invite(ctx, e, c)
}

func TestWhatWasNotStoredIsToBeSentAgainAndHoldsUpNothing(t *testing.T) {
	f := faulty{store.NewMemory(), map[feedback.EventID]error{
		feedback.EventID(uuid(1)): errors.New("throttled"), feedback.EventID(uuid(3)): nil, feedback.EventID(uuid(4)): store.ErrConflict,
	}}
	statuses := func() (all []intake.Status) {
		for _, r := range intake.IssueAll(t.Context(), inviting(t), f, parsed(t, 6)) {
			all = append(all, r.Status)
			if (r.Status == intake.Retry) != (r.Cause != nil) || r.Cause != nil && strings.Contains(r.Problem.Detail, "throttled") {
				t.Errorf("%+v", r)
			}
		}
		return all
	}
	want := []intake.Status{intake.Accepted, intake.Retry, intake.Accepted, intake.Retry, intake.Skipped, intake.Accepted}
	if got := statuses(); !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	clear(f.bad)
	want = []intake.Status{intake.Duplicate, intake.Accepted, intake.Duplicate, intake.Accepted, intake.Accepted, intake.Duplicate}
	if got := statuses(); !slices.Equal(got, want) {
		t.Errorf("again: got %v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, r := range intake.IssueAll(ctx, inviting(t), store.NewMemory(), parsed(t, 3)) {
		if r.Status != intake.Retry || r.Problem.Code != problem.Unavailable {
			t.Errorf("out of time: %+v", r)
		}
	}
}

// Split into requests anyhow, sent in any order and again and again, in part or
// whole, while writes fail: each row is stored once, each customer is asked
// once, and a row's link never changes.
func TestAnySplitAndAnyRepetitionStoresEachRowOnce(t *testing.T) {
	cfg, march := inviting(t), period.Of(issueTime, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "rows")
		customers := rapid.IntRange(1, 60).Draw(t, "customers")
		rows := make([]string, n)
		asked := make(map[string]bool)
		anonymous := 0
		for i := range rows {
			key := fmt.Sprintf("K-%d", i%customers)
			if rapid.IntRange(0, 3).Draw(t, "anonymous") == 0 {
				key = ""
				anonymous++
			} else {
				asked[key] = true
			}
			rows[i] = fmt.Sprintf("%s,hotline,sms_link,%s\n", uuid(i), key)
		}
		bad := make(map[feedback.EventID]error)
		f := faulty{store.NewMemory(), bad}
		links := make(map[feedback.EventID]feedback.ResponseKey)
		at := issueTime
		send := func(chunk []string) {
			t.Helper()
			at = at.Add(time.Minute)
			all, err := intake.ParseInvitationsCSV(cfg, []byte("event_id,touchpoint,channel,customer_key\n"+strings.Join(chunk, "")), at)
			if err != nil {
				t.Fatal(err)
			}
			for i, r := range intake.IssueAll(context.Background(), cfg, f, all) {
				in := all[i]
				_, failed := bad[in.EventID]
				before, known := links[in.EventID]
				switch {
				case failed != (r.Status == intake.Retry):
					t.Fatalf("%s: %+v", in.EventID, r)
				case r.Status == intake.Accepted && known, r.Status == intake.Duplicate && before != in.ResponseKey:
					t.Fatalf("%s: %+v, %s after %s", in.EventID, r, in.ResponseKey, before)
				case r.Status == intake.Accepted:
					links[in.EventID] = in.ResponseKey
				}
			}
		}
		for range rapid.IntRange(0, 4).Draw(t, "runs") {
			clear(bad)
			for i := range rows {
				if rapid.IntRange(0, 4).Draw(t, "fails") == 0 {
					bad[feedback.EventID(uuid(i))] = errors.New("throttled")
				}
			}
			from := rapid.IntRange(0, n-1).Draw(t, "from")
			send(rows[from:rapid.IntRange(from+1, n).Draw(t, "to")])
		}
		clear(bad)
		for rest := rows; len(rest) > 0; {
			size := rapid.IntRange(1, len(rest)).Draw(t, "chunk")
			send(rest[:size])
			rest = rest[size:]
		}
		stored := 0
		if err := f.Month(context.Background(), march, func(store.Entry) error { stored++; return nil }); err != nil {
			t.Fatal(err)
		}
		if want := len(asked) + anonymous; stored != want || len(links) != want {
			t.Fatalf("%d stored, %d links, want %d", stored, len(links), want)
		}
	})
}
