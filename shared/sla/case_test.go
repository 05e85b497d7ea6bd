package sla

import (
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/domaincases"
)

// described is a calendar as the worked cases describe it.
type described struct {
	Timezone, Days, From, To string
	Holidays                 []string
}

func (d described) calendar(t *testing.T, more ...string) *Calendar {
	t.Helper()
	days := []string{"mon", "tue", "wed", "thu", "fri"}
	if d.Days != "Mon-Fri" && d.Days != "" {
		t.Fatalf("days %q", d.Days)
	}
	if d.From == "" {
		d.From, d.To = "09:00", "17:00"
	}
	zone, err := time.LoadLocation(d.Timezone)
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewCalendar(zone, []Block{{Days: days, From: d.From, To: d.To}}, append(more, d.Holidays...)...)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCase21RegulatoryPresetsCountWholeLocalDays(t *testing.T) {
	var w struct {
		Input struct {
			described
			Received []time.Time
			GDPR     time.Time `json:"gdpr_request_received"`
		}
		Expected struct {
			Local   []string    `json:"received_local_dates"`
			ENWG    []time.Time `json:"ENWG_111A_four_weeks"`
			FCA     []time.Time `json:"FCA_DISP_eight_weeks"`
			PSD2    []time.Time `json:"PSD2_15_business_days"`
			Longest []time.Time `json:"PSD2_35_business_days_max"`
			GDPR    string      `json:"GDPR_12_3_one_month_from_2026-01-31"`
		}
	}
	domaincases.Load(t, "21", &w)
	c := w.Input.calendar(t)
	spring := w.Input.calendar(t, "2026-05-01", "2026-05-14", "2026-05-25") // of the 35-day row, as the case says
	if len(w.Input.Received) != 2 {
		t.Fatalf("%d dates of receipt, want 2", len(w.Input.Received))
	}
	for i, received := range w.Input.Received {
		if got := received.In(c.Zone()).Format(time.DateOnly); got != w.Expected.Local[i] {
			t.Errorf("received %s, want %s", got, w.Expected.Local[i])
		}
		for _, row := range []struct {
			preset   string
			held     bool
			calendar *Calendar
			want     time.Time
		}{
			{ENWG111A, false, c, w.Expected.ENWG[i]},
			{FCADISP, false, c, w.Expected.FCA[i]},
			{PSD2101, false, c, w.Expected.PSD2[i]},
			{PSD2101, true, spring, w.Expected.Longest[i]},
		} {
			if got := row.calendar.PresetDue(row.preset, received, row.held); !got.Equal(row.want) {
				t.Errorf("%s of %s, holding reply %t: due %s, want %s", row.preset, received, row.held, got, row.want)
			}
		}
	}
	if got := c.PresetDue(GDPR123, w.Input.GDPR, false).In(c.Zone()).Format(time.DateOnly); got != w.Expected.GDPR {
		t.Errorf("GDPR_12_3 due on %s, want %s", got, w.Expected.GDPR)
	}
}

func TestCase23DueDatesInBusinessTime(t *testing.T) {
	var w struct {
		Input struct {
			Calendar described
			Policy   struct {
				Response   int `json:"first_response_business_seconds"`
				Resolution int `json:"resolution_business_seconds"`
			}
			AtRisk float64 `json:"sla_at_risk_fraction"`
		}
		Expected struct {
			Due []struct {
				Received      time.Time
				ResponseDue   time.Time `json:"response_due"`
				ResolutionDue time.Time `json:"resolution_due"`
				AtRisk        time.Time `json:"resolution_at_risk"`
			}
		}
	}
	domaincases.Load(t, "23", &w)
	p := &Policy{
		ID: "DEFAULT", Calendar: w.Input.Calendar.calendar(t), AtRiskPercent: int(w.Input.AtRisk*100 + 0.5),
		FirstResponse: time.Duration(w.Input.Policy.Response) * time.Second,
		Resolution:    time.Duration(w.Input.Policy.Resolution) * time.Second,
	}
	if len(w.Expected.Due) != 5 {
		t.Fatalf("%d rows, want 5", len(w.Expected.Due))
	}
	for _, row := range w.Expected.Due {
		c := p.Start(row.Received)
		response, resolution := Find(c, FirstResponse), Find(c, Resolution)
		if !response.DueAt.Equal(row.ResponseDue) || !resolution.DueAt.Equal(row.ResolutionDue) || !resolution.AtRiskAt.Equal(row.AtRisk) {
			t.Errorf("received %s: response due %s, resolution at risk %s, due %s; want %s, %s, %s", row.Received,
				response.DueAt, resolution.AtRiskAt, resolution.DueAt, row.ResponseDue, row.AtRisk, row.ResolutionDue)
		}
		d := casefile.Deadline{DueAt: row.ResponseDue}
		if StateOf(&d, row.ResponseDue) != Pending || StateOf(&d, row.ResponseDue.Add(time.Millisecond)) != Breached {
			t.Error("a deadline is not breached exactly after it is due")
		}
		if d.MetAt = row.ResponseDue; StateOf(&d, row.ResponseDue.Add(time.Hour)) != Met {
			t.Error("what is done when it is due is not met")
		}
	}
}
