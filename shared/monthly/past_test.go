package monthly_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/bucket"
	"resonanz/shared/config"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/monthly"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/responses"
)

// rate lays ratings of a month into a file of their own, all received at the same time.
func rate(t *testing.T, src *bucket.Memory, month period.Period, touchpoint feedback.Touchpoint, received time.Time, stars ...int) {
	t.Helper()
	start, _ := month.Bounds(time.UTC)
	b := new(responses.Batch)
	for i, s := range stars {
		id := fmt.Sprintf("%08d-3c1b-4e2d-9f00-%012d", received.Unix()%1e8, i)
		v := &feedback.Rating{
			EventID: feedback.EventID(id), ResponseKey: feedback.KeyFor(feedback.EventID(id), start.Add(time.Hour), time.UTC), Touchpoint: touchpoint,
			Channel: feedback.EmailLink, Scale: feedback.Stars5, Rating: s, SubmittedAt: start.AddDate(0, 0, 10), ReceivedAt: received, CollectionMode: feedback.Self,
		}
		if err := b.AddRating(v); err != nil {
			t.Fatal(err)
		}
	}
	content, err := factfile.Write(feedback.KindRating, b)
	if err != nil {
		t.Fatal(err)
	}
	if err := src.Put(t.Context(), factfile.Key(month, feedback.KindRating, b), "", content); err != nil {
		t.Fatal(err)
	}
}

func TestMonthsWithoutAReportAreFoldedFromWhatWasKnown(t *testing.T) {
	cfg, src := mustConfig(t), bucket.NewMemory()
	cutoff := march.Freeze(cfg.Report.FreezeDay, cfg.Zone())
	january, february := march.Add(-2), march.Add(-1)
	rate(t, src, january, "hotline", cutoff.Add(-time.Hour), 5, 4, 1) // imported long after its month
	rate(t, src, january, "repair", cutoff.Add(-2*time.Hour), 2)
	rate(t, src, january, "hotline", cutoff, 1, 1, 1)                  // too late
	rate(t, src, february, "hotline", cutoff.Add(-time.Hour), 5)       // published
	rate(t, src, march.Add(-3), "hotline", cutoff, 5, 5)               // nothing of it was known
	rate(t, src, march.Add(-13), "hotline", cutoff.Add(-time.Hour), 5) // before the trends begin
	broken := factfile.Prefix(march.Add(-9), feedback.KindRating) + "0123456789abcdef0123456789abcdef.parquet"
	if _, _, ok := factfile.ParseKey(broken); !ok {
		t.Fatalf("%s is no key", broken)
	}
	if err := src.Put(t.Context(), broken, "", []byte("no facts")); err != nil {
		t.Fatal(err)
	}
	published := report.Past{Period: february, Status: report.Final, Counts: report.PastCounts{N: 99}}

	for group, n := range map[string]int64{"": 4, "house": 1} {
		cfg := *cfg
		cfg.Groups = append(cfg.Groups, config.Group{ID: "house", Touchpoints: []feedback.Touchpoint{"repair"}})
		asked := monthly.Asked{Cutoff: cutoff, Group: group, Given: report.Given{History: []report.Past{published}}}
		got, unread, err := monthly.Past(t.Context(), src, &cfg, march, asked)
		if err != nil {
			t.Fatal(err)
		}
		r, err := monthly.Build(t.Context(), src, &cfg, january, monthly.Asked{Cutoff: cutoff, Group: group})
		if err != nil {
			t.Fatal(err)
		}
		if r.Total.N != n {
			t.Fatalf("group %q: January has %d responses, want %d", group, r.Total.N, n)
		}
		same := cmp.Comparer(func(a, b period.Period) bool { return a == b })
		if diff := cmp.Diff([]report.Past{report.PastOf(r), published}, got, same); diff != "" {
			t.Errorf("group %q (-want +got):\n%s", group, diff)
		}
		if len(unread) != 1 || unread[0].Object != broken {
			t.Errorf("group %q: unread %v, want %s", group, unread, broken)
		}
	}
}

func TestAPastThatCannotBeReadIsAnError(t *testing.T) {
	cfg, src := mustConfig(t), bucket.NewMemory()
	cutoff := march.Freeze(cfg.Report.FreezeDay, cfg.Zone())
	rate(t, src, march.Add(-1), "hotline", cutoff.Add(-time.Hour), 5)
	gone := errors.New("the bucket does not answer")
	for _, f := range []failing{{Memory: src, get: gone}, {Memory: src, list: gone}} {
		if _, _, err := monthly.Past(t.Context(), f, cfg, march, monthly.Asked{Cutoff: cutoff}); !errors.Is(err, gone) {
			t.Errorf("%v, want that the bucket does not answer", err)
		}
	}
}
