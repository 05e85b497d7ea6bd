package report_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/responses"
)

// places are the touchpoints of random facts; the last is configured nowhere.
var places = []feedback.Touchpoint{"hotline", "checkout", "repair", "closed-down"}

// anything is a month of random facts of every kind about ratings: votes with
// all their questions, changed votes, cards, taps, invitations that tell of
// contacts, mails that came back.
func anything(t testing.TB, rnd *rand.Rand) *responses.Batch {
	t.Helper()
	b := new(responses.Batch)
	ok := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	maybe := func(n int) *int {
		if rnd.IntN(2) == 0 {
			return nil
		}
		return pointer(rnd.IntN(n))
	}
	start := time.Date(2026, 1, 20, 0, 0, 0, 0, time.UTC)
	last := map[string]feedback.Invitation{}
	for i := range rnd.IntN(60) {
		when := start.Add(time.Duration(rnd.IntN(85*24*3600)) * time.Second)
		r := ratings(t, []caseEvent{{
			EventID: strconv.Itoa(i), Touchpoint: places[rnd.IntN(len(places))], Rating: 1 + rnd.IntN(5), SubmittedAt: when,
			ReceivedAt: when.Add(time.Duration(rnd.IntN(72)) * time.Hour),
		}})[0]
		r.NPS, r.FCR = maybe(11), map[int]*bool{0: pointer(true), 1: pointer(false)}[rnd.IntN(3)]
		r.CES, r.Expectation = maybe(7), maybe(5)
		for _, n := range []*int{r.CES, r.Expectation} {
			if n != nil {
				*n++
			}
		}
		r.Reason = []string{"", "waiting_time", "friendly"}[rnd.IntN(3)]
		r.Segment = []string{"", "A", "B"}[rnd.IntN(3)]
		r.HasText = rnd.IntN(3) == 0
		if rnd.IntN(9) == 0 {
			r.CollectionMode = feedback.Assisted
		}
		switch rnd.IntN(6) {
		case 0:
			r.Scale, r.Rating, r.NPS = feedback.NPS, rnd.IntN(11), nil
		case 1:
			r.Scale, r.Rating = feedback.CSAT10, 1+rnd.IntN(10)
		case 2:
			r.Channel, r.Device = feedback.Kiosk, "kiosk-1"
		case 3:
			card := feedback.Card{Rating: r, Card: "visit", Answers: map[string]string{"again": strconv.Itoa(1 + rnd.IntN(5)), "found": "yes"}}
			ok(b.AddCard(&card))
			continue
		}
		ok(b.AddRating(&r))
		if rnd.IntN(3) == 0 { // and another vote of the same response
			r.EventID = feedback.DeriveEventID("again", strconv.Itoa(i))
			r.SubmittedAt, r.ReceivedAt = r.SubmittedAt.Add(time.Hour), r.ReceivedAt.Add(time.Hour)
			ok(b.AddRating(&r))
		}
		if rnd.IntN(2) == 0 {
			inv := feedback.Invitation{
				EventID: feedback.DeriveEventID("invitation", strconv.Itoa(i)), ResponseKey: r.ResponseKey, Touchpoint: r.Touchpoint, Channel: feedback.EmailLink,
				IssuedAt: when, ReceivedAt: when, ExpiresAt: when.AddDate(0, 0, 14),
				Topic: []string{"", "billing", "delivery"}[rnd.IntN(3)], Resolved: map[int]*bool{0: pointer(true), 1: pointer(false)}[rnd.IntN(3)],
				Beyond: rnd.IntN(4) == 0, Known: rnd.IntN(4) > 0,
			}
			if before, ok := last[inv.Topic]; ok && inv.Known && inv.Topic != "" {
				inv.Previous, inv.PreviousAt = before.ResponseKey, before.IssuedAt
			}
			last[inv.Topic] = inv
			ok(b.AddInvitation(&inv))
			if rnd.IntN(4) == 0 {
				fate := fate(strconv.Itoa(i), inv, []feedback.Outcome{feedback.Bounced, feedback.Reported}[rnd.IntN(2)], when.Add(time.Hour))
				ok(b.AddDelivery(&fate))
			}
		}
	}
	return b
}

// split spreads the facts over files in any order, some facts twice; every file
// numbers its names anew.
func split(rnd *rand.Rand, all *responses.Batch) *responses.Batch {
	files := make([]*responses.Batch, 1+rnd.IntN(4))
	for i := range files {
		files[i] = new(responses.Batch)
		files[i].Name(strconv.Itoa(rnd.IntN(100)))
	}
	name := func(f *responses.Batch, names ...*responses.Name) {
		for _, n := range names {
			*n = f.Name(all.Text(*n))
		}
	}
	for range 2 {
		for _, i := range rnd.Perm(len(all.Votes)) {
			v, f := all.Votes[i], files[rnd.IntN(len(files))]
			name(f, &v.Touchpoint, &v.Device, &v.Reason, &v.Topic, &v.Card, &v.Phase, &v.Answers)
			f.Votes = append(f.Votes, v)
		}
		for _, i := range rnd.Perm(len(all.Invitations)) {
			v, f := all.Invitations[i], files[rnd.IntN(len(files))]
			name(f, &v.Touchpoint)
			f.Invitations = append(f.Invitations, v)
		}
		for _, i := range rnd.Perm(len(all.Contacts)) {
			v, f := all.Contacts[i], files[rnd.IntN(len(files))]
			name(f, &v.Touchpoint, &v.Topic)
			f.Contacts = append(f.Contacts, v)
		}
		for _, i := range rnd.Perm(len(all.Deliveries)) {
			f := files[rnd.IntN(len(files))]
			f.Deliveries = append(f.Deliveries, all.Deliveries[i])
		}
		if rnd.IntN(2) == 0 {
			break // once is enough
		}
	}
	whole := files[0]
	for _, f := range files[1:] {
		whole.Append(f)
	}
	return whole
}

// asking is a report on facts with everything configured.
func asking(t testing.TB, facts *responses.Batch, cutoff time.Time) report.Input {
	t.Helper()
	in := input(t, cutoff, nil)
	in.Facts = facts
	in.Touchpoints = map[feedback.Touchpoint]feedback.Scale{}
	in.Asked = map[feedback.Touchpoint]bool{"hotline": true}
	for _, id := range places[:3] {
		in.Touchpoints[id] = feedback.Stars5
	}
	in.Items = map[string]map[string]report.Item{"visit": {"again": {Kind: "rating", Measures: "repurchase"}, "found": {Kind: "yes_no"}}}
	in.Contacts = map[feedback.Touchpoint]int64{"hotline": 500, "checkout": 900}
	in.History = history(12, 5, 1, 1000)
	return in
}

var cutoffs = []time.Time{{}, time.Date(2026, 3, 20, 4, 0, 0, 0, time.UTC), time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)}

func TestOrderDuplicatesAndFilesOfAnyFactsChangeNoByte(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed, cutoff := rapid.Uint64().Draw(rt, "seed"), rapid.SampledFrom(cutoffs).Draw(rt, "cutoff")
		facts := func() *responses.Batch { return anything(t, rand.New(rand.NewPCG(seed, 1))) }
		want := encode(t, build(t, asking(t, facts(), cutoff)))
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "layout"), 2))
		if got := encode(t, build(t, asking(t, split(rnd, facts()), cutoff))); !bytes.Equal(want, got) {
			rt.Fatalf("report.json changed (-want +got):\n%s", cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")))
		}
	})
}

func TestTheReportOfAGroupIsThatOfItsFacts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed, cutoff := rapid.Uint64().Draw(rt, "seed"), rapid.SampledFrom(cutoffs).Draw(rt, "cutoff")
		only := map[feedback.Touchpoint]bool{}
		for _, id := range places {
			only[id] = rapid.Bool().Draw(rt, string(id))
		}
		all := asking(t, anything(t, rand.New(rand.NewPCG(seed, 1))), cutoff)
		all.Group, all.Only = "some", only
		got := build(t, all)

		part := asking(t, anything(t, rand.New(rand.NewPCG(seed, 1))), cutoff)
		b := part.Facts
		ours := func(n responses.Name) bool { return only[feedback.Touchpoint(b.Text(n))] }
		b.Votes = slices.DeleteFunc(b.Votes, func(v responses.Vote) bool { return !ours(v.Touchpoint) })
		var mailed []responses.Key
		b.Invitations = slices.DeleteFunc(b.Invitations, func(i responses.Invitation) bool {
			if ours(i.Touchpoint) {
				mailed = append(mailed, i.Key)
				return false
			}
			return true
		})
		b.Deliveries = slices.DeleteFunc(b.Deliveries, func(d responses.Delivery) bool { return !slices.Contains(mailed, d.Key) })
		asked := map[responses.Key]bool{} // contacts of the group, and those that followed one
		for _, c := range b.Contacts {
			asked[c.Key] = ours(c.Touchpoint)
		}
		b.Contacts = slices.DeleteFunc(b.Contacts, func(c responses.Contact) bool {
			return !ours(c.Touchpoint) && (c.Previous == 0 || !asked[c.PreviousKey])
		})
		part.Group, part.Only = "some", only
		want := build(t, part)
		if diff := cmp.Diff(strings.Split(string(encode(t, want)), "\n"), strings.Split(string(encode(t, got)), "\n")); diff != "" {
			rt.Fatalf("report of the group (-want +got):\n%s", diff)
		}
		for _, row := range got.ByTouchpoint {
			if !only[feedback.Touchpoint(row.Name)] {
				rt.Fatalf("%s is not of the group", row.Name)
			}
		}
	})
}

func TestPartsNeverExceedTheirWhole(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		seed, cutoff := rapid.Uint64().Draw(rt, "seed"), rapid.SampledFrom(cutoffs).Draw(rt, "cutoff")
		r := build(t, asking(t, anything(t, rand.New(rand.NewPCG(seed, 1))), cutoff))
		for name, b := range map[string]report.Breakdown{"touchpoint": r.ByTouchpoint, "channel": r.ByChannel, "scale": r.ByScale, "segment": r.BySegment} {
			var n, satisfied int64
			hidden := 0
			for _, row := range b {
				n, satisfied = n+row.N, satisfied+row.Satisfied
				if row.Withheld {
					hidden++
				}
				if 0 < row.N && row.N < 5 && !row.Withheld {
					rt.Fatalf("by %s: %s shows what %d customers said", name, row.Name, row.N)
				}
			}
			if len(b) > 0 && (n != r.Total.N || satisfied != r.Total.Satisfied) {
				rt.Fatalf("by %s: n %d, satisfied %d; total %d, %d", name, n, satisfied, r.Total.N, r.Total.Satisfied)
			}
			filled := slices.DeleteFunc(slices.Clone(b), func(row report.Row) bool { return row.N == 0 })
			if hidden == 1 && len(filled) > 1 {
				rt.Fatalf("by %s: the one row withheld follows from the total", name)
			}
		}
		var nps int64
		for _, row := range r.Recommend.ByTouchpoint {
			nps += row.N
		}
		if nps != r.Recommend.NPS.N {
			rt.Fatalf("NPS by touchpoint of %d, in all of %d", nps, r.Recommend.NPS.N)
		}
		var topics int64
		for _, row := range r.FCR.Topics {
			topics += row.N
		}
		if f := &r.FCR; topics != f.N || f.Resolved > f.N || f.NetN > f.N {
			rt.Fatalf("first contacts %+v", f)
		}
		if len(r.Headlines.Key) != 3 || len(r.Headlines.ToDo) > 5 {
			rt.Fatalf("%d headlines, %d things to do", len(r.Headlines.Key), len(r.Headlines.ToDo))
		}
	})
}

func TestAReportReadBackIsTheReport(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := build(t, asking(t, anything(t, rand.New(rand.NewPCG(rapid.Uint64().Draw(rt, "seed"), 1))), time.Time{}))
		again, err := report.Parse(encode(t, r))
		if err != nil {
			rt.Fatal(err)
		}
		r.Run = report.Run{}
		if diff := cmp.Diff(r, again, cmp.Comparer(func(a, b period.Period) bool { return a == b })); diff != "" {
			rt.Fatalf("read back (-want +got):\n%s", diff)
		}
	})
}

func TestAMonthThatHasNotBegunIsRefusedByName(t *testing.T) {
	in := input(t, time.Date(2026, 2, 28, 23, 0, 0, 0, time.UTC), nil) // midnight in Berlin
	if _, err := report.Build(in); !errors.Is(err, report.ErrFuture) || !strings.Contains(err.Error(), "2026-03") {
		t.Errorf("error %v, want one that names the month", err)
	}
	in.Cutoff = in.Cutoff.Add(time.Millisecond)
	if _, err := report.Build(in); err != nil {
		t.Errorf("a month that has begun: %v", err)
	}
}

func TestOneResponseIsAReportOfOne(t *testing.T) {
	in := asking(t, new(responses.Batch), time.Time{})
	v := vote(t, 1, 2, recommends(3))
	if err := in.Facts.AddRating(&v); err != nil {
		t.Fatal(err)
	}
	r := build(t, in)
	if r.Total.N != 1 || r.Total.Stdev != nil || !r.ByTouchpoint.Row("hotline").Withheld || !r.Recommend.NPS.Withheld {
		t.Errorf("total %+v", r.Total)
	}
	if r.Headlines.Key[0].Code != report.FindCSATFew || r.Headlines.Key[0].Value != nil {
		t.Errorf("first headline %+v", r.Headlines.Key[0])
	}
}

func TestAnEmptyMonthNamesEverySilentTouchpointAndEveryAbsence(t *testing.T) {
	in := asking(t, new(responses.Batch), time.Time{})
	in.History = nil
	r := build(t, in)
	gaps := []report.DataGap{{Touchpoint: "checkout", Days: 31}, {Touchpoint: "hotline", Days: 31}, {Touchpoint: "repair", Days: 31}}
	if diff := cmp.Diff(gaps, r.Quality.Gaps); diff != "" {
		t.Errorf("data gaps (-want +got):\n%s", diff)
	}
	for section, reason := range map[report.Section]map[string]string{
		report.SecCSAT:    {"": report.ReasonNoResponses},
		report.SecQuality: {"observed": report.ReasonNotMeasured, "invitations": report.ReasonNoInvitations},
		report.SecNPS:     {"nps": report.ReasonNoNPS, "ces": report.ReasonNoCES, "reasons": report.ReasonNoReasons},
		report.SecFCR:     {"contacts": report.ReasonNoContactsTold, "survey": report.ReasonNoFCRAnswers},
		report.SecTrends:  {"history": report.ReasonNoHistory},
		report.SecLoyalty: {"indicators": report.ReasonNoCards, "card_items": report.ReasonNoCards, "expectation_gap": report.ReasonNoExpectation},
	} {
		for part, want := range reason {
			if a, _ := r.AbsenceOf(section, part); a.Reason != want {
				t.Errorf("section %d, %q: %q, want %q", section, part, a.Reason, want)
			}
		}
	}
	for _, a := range r.Absent {
		if !slices.Contains(report.ReasonCodes, a.Reason) {
			t.Errorf("section %d: %q is no listed reason", a.Section, a.Reason)
		}
	}
}

// TestDaysOfAMonthAcrossDST: March 2026 has a day of 23 hours in Berlin, October
// one of 25.
func TestDaysOfAMonthAcrossDST(t *testing.T) {
	for _, month := range []string{"2026-03", "2026-10"} {
		p, err := period.Parse(month)
		if err != nil {
			t.Fatal(err)
		}
		start, end := p.Bounds(berlin(t))
		for skip := range 31 { // one response on every day but one, in its last second
			b := new(responses.Batch)
			for d := range 31 {
				if d == skip {
					continue
				}
				last := start.In(berlin(t)).AddDate(0, 0, d+1).Add(-time.Second)
				r := ratings(t, []caseEvent{{EventID: strconv.Itoa(d), Rating: 5, SubmittedAt: last}})[0]
				if err := b.AddRating(&r); err != nil {
					t.Fatal(err)
				}
			}
			b.Escalations = append(b.Escalations, responses.Escalation{
				Event: [16]byte{1}, Rule: b.Name("DATA_GAP"), Touchpoint: b.Name("hotline"),
				Raised: start.UnixMilli(), At: start.UnixMilli(),
			})
			in := asking(t, b, end.AddDate(0, 0, 6))
			in.Period = p
			r := build(t, in)
			want := []report.DataGap{{Touchpoint: "checkout", Days: 31}, {Touchpoint: "hotline", Days: 1, Alarms: 1}, {Touchpoint: "repair", Days: 31}}
			if diff := cmp.Diff(want, r.Quality.Gaps); diff != "" || r.Total.N != 30 {
				t.Fatalf("%s without day %d: n %d, data gaps (-want +got):\n%s", month, skip+1, r.Total.N, diff)
			}
		}
	}
}
