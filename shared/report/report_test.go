package report_test

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/report"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing")

// month is a small March with everything a report can show.
func month(t testing.TB) (votes []feedback.Rating, invitations []feedback.Invitation, contacts map[feedback.Touchpoint]int64) {
	votes, contacts, _ = case22(t)
	at := time.Date(2026, 3, 17, 8, 0, 0, 0, time.UTC)
	late := time.Date(2026, 4, 7, 8, 0, 0, 0, time.UTC)
	more := ratings(t, []caseEvent{
		{EventID: "assisted", Touchpoint: "hotline", Rating: 5, SubmittedAt: at},
		{EventID: "on ten", Touchpoint: "repair", Rating: 9, SubmittedAt: at},
		{EventID: "skewed", Touchpoint: "checkout", Rating: 2, SubmittedAt: at.AddDate(0, 1, 0), ReceivedAt: at, Channel: feedback.Kiosk, DeviceID: "kiosk-1"},
		{EventID: "tap", Touchpoint: "checkout", Rating: 5, SubmittedAt: at, ReceivedAt: at, Channel: feedback.Kiosk, DeviceID: "kiosk-1"},
		{EventID: "double tap", Touchpoint: "checkout", Rating: 5, SubmittedAt: at.Add(time.Second), ReceivedAt: at.Add(time.Second), Channel: feedback.Kiosk, DeviceID: "kiosk-1"},
		{EventID: "first", ResponseKey: "changed", Rating: 1, SubmittedAt: at},
		{EventID: "second", ResponseKey: "changed", Rating: 3, SubmittedAt: at.Add(time.Hour)},
		{EventID: "too late", ResponseKey: "changed", Rating: 5, SubmittedAt: at.Add(49 * time.Hour)},
		{EventID: "late", Touchpoint: "checkout", Rating: 1, SubmittedAt: at, ReceivedAt: late, Channel: feedback.Kiosk, DeviceID: "kiosk-2"},
	})
	more[0].CollectionMode = feedback.Assisted
	more[1].Scale = feedback.CSAT10
	more[5].CallbackRequested, more[6].CallbackRequested = true, true
	votes = append(votes, more...)
	for i, v := range more[5:6] {
		invitations = append(invitations, invite(v.ResponseKey, i))
	}
	for i := range 3 {
		invitations = append(invitations, invite(feedback.KeyFor(feedback.DeriveEventID(fmt.Sprint(i)), at, berlin(t)), i+1))
	}
	return votes, invitations, contacts
}

func invite(key feedback.ResponseKey, i int) feedback.Invitation {
	at := time.Date(2026, 3, 16, 8, 0, 0, 0, time.UTC)
	return feedback.Invitation{
		EventID: feedback.DeriveEventID("invitation", fmt.Sprint(i)), ResponseKey: key, Touchpoint: "hotline", Channel: feedback.EmailLink,
		IssuedAt: at, ReceivedAt: at, ExpiresAt: at.AddDate(0, 0, 14),
	}
}

func TestTheReportIsWrittenAsTheGoldenFile(t *testing.T) {
	votes, invitations, contacts := month(t)
	in := input(t, time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC), votes, invitations...)
	beside(t, invitations).add(t, in.Facts)
	in.Contacts = contacts
	got := encode(t, build(t, in))
	golden := filepath.Join("testdata", "report.json")
	if *update {
		if err := os.WriteFile(golden, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); diff != "" {
		t.Errorf("report.json (-want +got):\n%s", diff)
	}
}

func TestReportJSONHoldsTheWholeReport(t *testing.T) {
	votes, invitations, contacts := month(t)
	in := input(t, time.Time{}, votes, invitations...)
	beside(t, invitations).add(t, in.Facts)
	in.Contacts = contacts
	want := build(t, in)
	got, err := report.Parse(encode(t, want))
	if err != nil {
		t.Fatal(err)
	}
	want.Run = report.Run{}
	if diff := cmp.Diff(want, got, cmp.Comparer(func(a, b period.Period) bool { return a == b })); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
	for _, b := range []string{`{"format":2}`, `{"format":1,"by_channel":[]}`, `[]`, ``} {
		if _, err := report.Parse([]byte(b)); err == nil {
			t.Errorf("%q was read as a report", b)
		}
	}
}

func TestOrderDuplicatesAndFilesChangeNoByte(t *testing.T) {
	votes, invitations, contacts := month(t)
	cutoffs := []time.Time{{}, time.Date(2026, 4, 1, 4, 0, 0, 0, time.UTC), time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC)}
	want := make([][]byte, len(cutoffs))
	for i, cutoff := range cutoffs {
		in := input(t, cutoff, votes, invitations...)
		beside(t, invitations).add(t, in.Facts)
		in.Contacts = contacts
		want[i] = encode(t, build(t, in))
	}
	rapid.Check(t, func(rt *rapid.T) {
		i := rapid.IntRange(0, len(cutoffs)-1).Draw(rt, "cutoff")
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 0))
		v, inv := slices.Clone(votes), slices.Clone(invitations)
		for range rapid.IntRange(0, 20).Draw(rt, "duplicates") {
			v = append(v, votes[rnd.IntN(len(votes))])
			inv = append(inv, invitations[rnd.IntN(len(invitations))])
		}
		rnd.Shuffle(len(v), func(i, j int) { v[i], v[j] = v[j], v[i] })
		rnd.Shuffle(len(inv), func(i, j int) { inv[i], inv[j] = inv[j], inv[i] })

		in := input(t, cutoffs[i], nil)
		in.Contacts = contacts
		parts := beside(t, invitations).parts(rnd) // a file each, some of them twice
		for range rnd.IntN(len(parts) + 1) {
			in.Facts.Append(parts[0](t))
			parts = parts[1:]
		}
		for len(v) > 0 || len(inv) > 0 { // one file after the other
			n, k := rnd.IntN(len(v)+1), rnd.IntN(len(inv)+1)
			in.Facts.Append(input(t, time.Time{}, v[:n], inv[:k]...).Facts)
			v, inv = v[n:], inv[k:]
		}
		for _, part := range parts {
			in.Facts.Append(part(t))
		}
		if got := encode(t, build(t, in)); !bytes.Equal(want[i], got) {
			rt.Fatalf("report.json changed (-want +got):\n%s", cmp.Diff(strings.Split(string(want[i]), "\n"), strings.Split(string(got), "\n")))
		}
	})
}

func TestALaterFactChangesTheHashAndTheFigures(t *testing.T) {
	votes, _, _ := case22(t)
	before := build(t, input(t, time.Time{}, votes))
	at := time.Date(2026, 3, 20, 8, 0, 0, 0, time.UTC)
	votes = append(votes, ratings(t, []caseEvent{{EventID: "one more", Rating: 1, SubmittedAt: at}})...)
	after := build(t, input(t, time.Time{}, votes))
	if before.Header.DataHash == after.Header.DataHash || after.Header.InputEvents != before.Header.InputEvents+1 || after.Total.N != before.Total.N+1 {
		t.Errorf("one more vote: hash %s → %s, n %d → %d", before.Header.DataHash, after.Header.DataHash, before.Total.N, after.Total.N)
	}
	// The same vote, changed in a part no figure shows, is other input.
	votes[len(votes)-1].Reason = "waiting_time"
	if again := build(t, input(t, time.Time{}, votes)); again.Header.DataHash == after.Header.DataHash {
		t.Error("a reason was added, the hash stayed")
	}
}

func TestFactsOfOtherPartitionsChangeNothing(t *testing.T) {
	votes, invitations, _ := month(t)
	want := encode(t, build(t, input(t, time.Time{}, votes, invitations...)))
	for _, at := range []time.Time{time.Date(2026, 4, 2, 8, 0, 0, 0, time.UTC), time.Date(2025, 12, 20, 8, 0, 0, 0, time.UTC)} {
		other := append(slices.Clone(votes), ratings(t, []caseEvent{{EventID: "other", Rating: 1, SubmittedAt: at}})...)
		if got := encode(t, build(t, input(t, time.Time{}, other, invitations...))); !bytes.Equal(want, got) {
			t.Errorf("a fact of %s changed the report of March", at)
		}
	}
}

func TestThePreviousMonthStandsAsItWasFrozen(t *testing.T) {
	votes, _, _ := case22(t)
	late := ratings(t, []caseEvent{{
		EventID: "late", Touchpoint: "checkout", Rating: 1,
		SubmittedAt: time.Date(2026, 2, 20, 8, 0, 0, 0, time.UTC), ReceivedAt: time.Date(2026, 3, 6, 8, 0, 0, 0, time.UTC),
	}})
	with := build(t, input(t, time.Time{}, append(votes, late...)))
	if with.Change.Previous.N != 20 {
		t.Errorf("February's n is %d, want 20: a vote after its freeze counts only in its restatement", with.Change.Previous.N)
	}
}

func TestCollectionQuality(t *testing.T) {
	votes, invitations, _ := month(t)
	r := build(t, input(t, time.Time{}, votes, invitations...))
	q := r.Quality
	rate := 25.0
	assisted := 100.0 / 17
	want := report.Quality{
		CollectionCounts: report.CollectionCounts{Responses: 17, Invitations: 4, Delivered: 4, Answered: 1, ResponseRatePct: &rate},
		VotesChanged:     1, AfterWindow: 1, KioskDebounced: 1, ClockSkewed: 1, Assisted: 1, AssistedSharePct: &assisted, Late: 1, CallbacksRequested: 1,
		Unread: []report.Unread{}, Unknown: []report.Count{}, Gaps: []report.DataGap{},
	}
	q.ByTouchpoint, q.ByChannel = nil, nil
	if diff := cmp.Diff(want, q); diff != "" {
		t.Errorf("collection quality (-want +got):\n%s", diff)
	}
	if r.Total.N != q.Responses-q.Assisted {
		t.Errorf("headline n %d, responses %d, assisted %d", r.Total.N, q.Responses, q.Assisted)
	}
	for name, rows := range map[string]report.CollectionRows{"touchpoint": r.Quality.ByTouchpoint, "channel": r.Quality.ByChannel} {
		var sum report.CollectionCounts
		for _, row := range rows {
			sum.Responses += row.Responses
			sum.Invitations += row.Invitations
			sum.Delivered += row.Delivered
			sum.Answered += row.Answered
		}
		sum.ResponseRatePct = &rate
		if diff := cmp.Diff(want.CollectionCounts, sum); diff != "" {
			t.Errorf("the counts by %s do not add up (-want +got):\n%s", name, diff)
		}
	}
}

func TestBreakdownsAddUpToTheTotal(t *testing.T) {
	votes, invitations, _ := month(t)
	r := build(t, input(t, time.Time{}, votes, invitations...))
	for name, b := range map[string]report.Breakdown{"touchpoint": r.ByTouchpoint, "channel": r.ByChannel, "scale": r.ByScale} {
		var n, satisfied int64
		for _, row := range b {
			n, satisfied = n+row.N, satisfied+row.Satisfied
		}
		if n != r.Total.N || satisfied != r.Total.Satisfied {
			t.Errorf("by %s: n %d, satisfied %d; total %d, %d", name, n, satisfied, r.Total.N, r.Total.Satisfied)
		}
		if !slices.IsSortedFunc(b, func(x, y report.Row) int { return strings.Compare(x.Name, y.Name) }) {
			t.Errorf("by %s is not in order of the name", name)
		}
	}
	if !r.Total.Mixed || r.Total.Mean != nil || r.Total.Distribution != nil || len(r.Total.ByScale) != 2 {
		t.Errorf("stars and 1 to 10 together: %+v", r.Total)
	}
}

func TestTheHeadlineIsWeightedOnlyWhenAllContactsAreKnown(t *testing.T) {
	votes, contacts, _ := case22(t)
	delete(contacts, "repair")
	in := input(t, time.Time{}, votes)
	in.Contacts = contacts
	r := build(t, in)
	if r.HeadlineBasis != report.Pooled || r.ContactWeightedCSATPct != nil || !slices.Contains(r.Header.MethodNotes, report.NoteContactsMissing) {
		t.Errorf("contacts of repair unknown: basis %s, weighted %v, notes %v", r.HeadlineBasis, r.ContactWeightedCSATPct, r.Header.MethodNotes)
	}
	if r.ByTouchpoint.Row("repair").Contacts != nil || *r.ByTouchpoint.Row("hotline").Contacts != 300 {
		t.Error("contacts in the rows are not those given")
	}
}

func TestTop3OnOneToTenIsLabelled(t *testing.T) {
	at := time.Date(2026, 3, 20, 8, 0, 0, 0, time.UTC)
	votes := ratings(t, []caseEvent{{EventID: "eight", Touchpoint: "repair", Rating: 4, SubmittedAt: at}})
	votes[0].Scale, votes[0].Rating = feedback.CSAT10, 8
	in := input(t, time.Time{}, votes)
	in.TopBox10 = 3
	r := build(t, in)
	if r.Total.Satisfied != 1 || r.Total.TopBox != "8-10 of 10 (top-3)" || !slices.Contains(r.Header.MethodNotes, report.NoteTop3) {
		t.Errorf("satisfied %d, label %q, notes %v", r.Total.Satisfied, r.Total.TopBox, r.Header.MethodNotes)
	}
}

func TestAnInputThatIsNoneIsRefused(t *testing.T) {
	for name, spoil := range map[string]func(*report.Input){
		"period":   func(in *report.Input) { in.Period = period.Period{} },
		"zone":     func(in *report.Input) { in.Zone = nil },
		"facts":    func(in *report.Input) { in.Facts = nil },
		"contacts": func(in *report.Input) { in.Contacts = map[feedback.Touchpoint]int64{"hotline": -1} },
	} {
		in := input(t, time.Time{}, nil)
		spoil(&in)
		if _, err := report.Build(in); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
