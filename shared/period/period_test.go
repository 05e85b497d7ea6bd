package period

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"resonanz/shared/domaincases"
)

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestCase07MonthsInBerlinAcrossDST(t *testing.T) {
	var c struct {
		Input    struct{ Timezone string }
		Expected struct {
			Months map[string]struct {
				Start time.Time `json:"start_utc"`
				End   time.Time `json:"end_utc"`
				Hours float64
			}
			Bucket []struct {
				TS     time.Time
				Local  time.Time
				Period string
			}
			Instants int `json:"distinct_instants_at_0230_on_2026_10_25"`
		}
	}
	domaincases.Load(t, "07", &c)
	berlin := zone(t, c.Input.Timezone)
	for name, want := range c.Expected.Months {
		p, err := Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		start, end := p.Bounds(berlin)
		if !start.Equal(want.Start) || !end.Equal(want.End) || end.Sub(start).Hours() != want.Hours {
			t.Errorf("%s is [%s, %s), %v h; want [%s, %s), %v h", name, start, end, end.Sub(start).Hours(), want.Start, want.End, want.Hours)
		}
	}
	at0230 := map[int64]bool{}
	for _, b := range c.Expected.Bucket {
		if got := Of(b.TS, berlin).String(); got != b.Period {
			t.Errorf("%s falls in %s, want %s", b.TS, got, b.Period)
		}
		local := b.TS.In(berlin)
		if local.Format(time.RFC3339Nano) != b.Local.Format(time.RFC3339Nano) {
			t.Errorf("%s is %s in Berlin, want %s", b.TS, local, b.Local)
		}
		if local.Format("2006-01-02 15:04") == "2026-10-25 02:30" {
			at0230[b.TS.Unix()] = true
		}
	}
	if len(at0230) != c.Expected.Instants {
		t.Errorf("%d instants at 02:30 on 2026-10-25, want %d", len(at0230), c.Expected.Instants)
	}
}

func TestMonthsFollowEachOtherWithoutGap(t *testing.T) {
	zones := []*time.Location{time.UTC, zone(t, "Europe/Berlin"), zone(t, "America/New_York"), zone(t, "Pacific/Apia"), zone(t, "Asia/Kathmandu")}
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SampledFrom(zones).Draw(t, "zone")
		p := FromIndex(rapid.IntRange(0, 12*255).Draw(t, "month"))
		start, end := p.Bounds(z)
		if next, _ := p.Add(1).Bounds(z); !next.Equal(end) {
			t.Fatalf("%s ends %s, %s starts %s", p, end, p.Add(1), next)
		}
		at := start.Add(time.Duration(rapid.Int64Range(0, int64(end.Sub(start))-1).Draw(t, "offset")))
		if Of(at, z) != p || Of(end, z) != p.Add(1) {
			t.Fatalf("%s falls in %s, want %s", at, Of(at, z), p)
		}
		back, err := Parse(p.String())
		if err != nil || back != p || FromIndex(p.Index()) != p || p.Add(7).Add(-7) != p {
			t.Fatalf("%s does not survive a round trip: %v, %v", p, back, err)
		}
		if !p.Before(p.Add(1)) || p.Before(p) || p.Add(1).Before(p) {
			t.Fatalf("order around %s is wrong", p)
		}
	})
}

func TestFreezeIsMidnightOfTheDayInTheZone(t *testing.T) {
	p, _ := Parse("2026-12")
	if got, want := p.Freeze(6, zone(t, "Europe/Berlin")), time.Date(2027, 1, 5, 23, 0, 0, 0, time.UTC); !got.Equal(want) {
		t.Errorf("freeze of %s is %s, want %s", p, got, want)
	}
}

func TestParseRefusesWhatIsNoMonth(t *testing.T) {
	for _, s := range []string{"", "2026", "2026-3", "2026-13", "2026-00", "26-03", "1999-12", "2256-01", "2026-03-01", " 2026-03", "2026/03"} {
		if p, err := Parse(s); err == nil {
			t.Errorf("Parse(%q) = %s, want an error", s, p)
		}
	}
}

func TestTextFormIsTheJSONForm(t *testing.T) {
	b, err := json.Marshal(FromIndex(26*12 + 2))
	if err != nil || string(b) != `"2026-03"` {
		t.Fatalf("JSON %s, %v", b, err)
	}
	var p Period
	if err := json.Unmarshal(b, &p); err != nil || p.String() != "2026-03" || p.IsZero() {
		t.Errorf("read back %s, %v", p, err)
	}
	if err := json.Unmarshal([]byte(`"March"`), &p); err == nil {
		t.Error(`"March" was read as a period`)
	}
}
