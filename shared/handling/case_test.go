package handling

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"resonanz/shared/casefile"
	"resonanz/shared/domaincases"
	"resonanz/shared/sla"
)

func TestCase09ResponseAndResolutionTimes(t *testing.T) {
	var w struct {
		Input struct {
			AsOf     time.Time `json:"as_of"`
			Calendar struct {
				Timezone, Days, From, To string
				Holidays                 []string
			}
			Policy struct {
				Response   int `json:"first_response_business_seconds"`
				Resolution int `json:"resolution_business_seconds"`
			}
			RunsIn     []casefile.Status `json:"sla_clock_runs_in"`
			Complaints []struct {
				ID              string
				FirstResponseAt *time.Time  `json:"first_response_at"`
				History         [][2]string // status, time
			}
		}
		Expected struct {
			PerComplaint []map[string]any `json:"per_complaint"`
		}
	}
	domaincases.Load(t, "09", &w)
	var all struct{ Expected map[string]any }
	domaincases.Load(t, "09", &all)
	delete(all.Expected, "per_complaint")

	zone, err := time.LoadLocation(w.Input.Calendar.Timezone)
	if err != nil {
		t.Fatal(err)
	}
	if w.Input.Calendar.Days != "Mon-Fri" {
		t.Fatalf("days %q", w.Input.Calendar.Days)
	}
	calendar, err := sla.NewCalendar(zone, []sla.Block{{
		Days: []string{"mon", "tue", "wed", "thu", "fri"}, From: w.Input.Calendar.From, To: w.Input.Calendar.To,
	}}, w.Input.Calendar.Holidays...)
	if err != nil {
		t.Fatal(err)
	}
	policy := &sla.Policy{
		Calendar: calendar, AtRiskPercent: 80,
		FirstResponse: time.Duration(w.Input.Policy.Response) * time.Second,
		Resolution:    time.Duration(w.Input.Policy.Resolution) * time.Second,
	}
	var times []Times
	for i, in := range w.Input.Complaints {
		c := Complaint{ID: in.ID}
		if in.FirstResponseAt != nil {
			c.FirstResponseAt = *in.FirstResponseAt
		}
		for _, h := range in.History {
			at, err := time.Parse(time.RFC3339, h[1])
			if err != nil {
				t.Fatal(err)
			}
			c.History = append(c.History, Step{casefile.Status(h[0]), at})
		}
		got := Measure(&c, policy, w.Input.AsOf)
		compare(t, in.ID, got, w.Expected.PerComplaint[i])
		times = append(times, got)
	}
	// The clock runs in each of the statuses that the case names, and stands in the two others.
	morning := time.Date(2026, 3, 11, 9, 0, 0, 0, zone)
	for _, status := range append(w.Input.RunsIn, casefile.Decided, casefile.AwaitingCustomer, casefile.Resolved) {
		want := 7200.0
		if status == casefile.AwaitingCustomer || status == casefile.Resolved {
			want = 3600
		}
		c := Complaint{History: []Step{{casefile.Received, morning}, {status, morning.Add(time.Hour)}}}
		if got := Measure(&c, policy, morning.Add(2*time.Hour)); *got.Clock != want {
			t.Errorf("%s: the clock counts %v s, want %v", status, *got.Clock, want)
		}
	}
	if len(times) != 9 || len(w.Input.RunsIn) != 5 {
		t.Fatalf("%d complaints, want 9", len(times))
	}
	compare(t, "all", Sum(times), all.Expected)
}

// compare compares the fields that want names with those of got's JSON.
func compare(t *testing.T, what string, got any, want map[string]any) {
	t.Helper()
	b, err := json.Marshal(got)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]any{}
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	named := map[string]any{}
	for k := range want {
		if v, ok := all[k]; ok {
			named[k] = v
		}
	}
	if diff := cmp.Diff(want, named, cmpopts.EquateApprox(0, domaincases.Tolerance)); diff != "" {
		t.Errorf("%s: worked case (-) and figures (+) differ:\n%s", what, diff)
	}
}
