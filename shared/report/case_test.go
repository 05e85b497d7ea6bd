package report_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"resonanz/shared/domaincases"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/responses"
)

// caseEvent is a vote as the worked cases write it.
type caseEvent struct {
	EventID     string              `json:"event_id"`
	ResponseKey string              `json:"response_key"`
	DeviceID    feedback.Device     `json:"device_id"`
	Touchpoint  feedback.Touchpoint `json:"touchpoint"`
	Channel     feedback.Channel    `json:"channel"`
	Rating      int                 `json:"rating"`
	SubmittedAt time.Time           `json:"submitted_at"`
	ReceivedAt  time.Time           `json:"received_at"`
}

func berlin(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

// ratings turns events of a case into votes: what a case leaves out gets the
// plainest value; a response lives in the month of its first event in the list.
func ratings(t testing.TB, events []caseEvent) []feedback.Rating {
	t.Helper()
	keys := map[string]feedback.ResponseKey{}
	var out []feedback.Rating
	for _, e := range events {
		r := feedback.Rating{
			EventID: id(e.EventID, e.ResponseKey), Touchpoint: e.Touchpoint, Channel: e.Channel, Device: e.DeviceID,
			Scale: feedback.Stars5, Rating: e.Rating, SubmittedAt: e.SubmittedAt, ReceivedAt: e.ReceivedAt, CollectionMode: feedback.Self,
		}
		if r.Channel == "" {
			r.Channel = feedback.EmailLink
		}
		if r.Touchpoint == "" {
			r.Touchpoint = "hotline"
		}
		if r.ReceivedAt.IsZero() {
			r.ReceivedAt = r.SubmittedAt
		}
		response := e.ResponseKey
		if response == "" {
			response = e.EventID
		}
		if keys[response] == "" {
			at, _ := feedback.EffectiveTime(r.SubmittedAt, r.ReceivedAt, responses.DefaultRules.MaxSkew)
			keys[response] = feedback.KeyFor(r.EventID, at, berlin(t))
		}
		r.ResponseKey = keys[response]
		out = append(out, r)
	}
	return out
}

func id(event, response string) feedback.EventID {
	if event == "" {
		event = response
	}
	return feedback.DeriveEventID(event)
}

// input asks for March 2026; the zero cutoff is the freeze.
func input(t testing.TB, cutoff time.Time, votes []feedback.Rating, invitations ...feedback.Invitation) report.Input {
	t.Helper()
	p, err := period.Parse("2026-03")
	if err != nil {
		t.Fatal(err)
	}
	facts := new(responses.Batch)
	for i := range votes {
		if err := facts.AddRating(&votes[i]); err != nil {
			t.Fatal(err)
		}
	}
	for i := range invitations {
		if err := facts.AddInvitation(&invitations[i]); err != nil {
			t.Fatal(err)
		}
	}
	in := report.Input{
		Organisation: "Beispiel GmbH", Period: p, Zone: berlin(t), Cutoff: cutoff, FreezeDay: 6,
		Rules: responses.DefaultRules, TopBox10: 2, MinimumN: 5, IndicativeN: 30, Facts: facts,
	}
	if cutoff.IsZero() {
		in.Cutoff = in.FreezeAt()
	}
	return in
}

func build(t testing.TB, in report.Input) *report.Report {
	t.Helper()
	r, err := report.Build(in)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func encode(t testing.TB, r *report.Report) []byte {
	t.Helper()
	b, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// checkFields compares want with the member at path of report.json, in the
// fields that want names.
func checkFields(t *testing.T, r *report.Report, want map[string]any, path ...string) {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal(encode(t, r), &got); err != nil {
		t.Fatal(err)
	}
	for _, p := range path {
		got, _ = got[p].(map[string]any)
	}
	named := map[string]any{}
	for k := range want {
		if v, ok := got[k]; ok {
			named[k] = v
		}
	}
	if diff := cmp.Diff(want, named, cmpopts.EquateApprox(0, domaincases.Tolerance)); diff != "" {
		t.Errorf("report.json %v: worked case (-) and report (+) differ:\n%s", path, diff)
	}
}

func TestCase04AnEmptyMonth(t *testing.T) {
	var c struct{ Expected map[string]any }
	domaincases.Load(t, "04", &c)
	in := input(t, time.Time{}, nil)
	in.Touchpoints = map[feedback.Touchpoint]feedback.Scale{"hotline": feedback.Stars5, "repair": feedback.CSAT10}
	r := build(t, in)
	csat, _ := c.Expected["csat"].(map[string]any)
	checkFields(t, r, csat, "total")
	checkFields(t, r, csat, "by_touchpoint", "hotline")
	checkFields(t, r, map[string]any{"response_rate_pct": c.Expected["response_rate_pct"], "assisted_share_pct": nil}, "collection_quality")
	checkFields(t, r, map[string]any{"delta_pp": nil, "ci95_pp": nil, "verdict": "no data"}, "change_vs_previous")
	if row := r.ByTouchpoint.Row("repair"); row == nil || len(row.Distribution) != 10 || row.Withheld {
		t.Errorf("a silent touchpoint on 1 to 10 has the row %+v", row)
	}
	if r.ByTouchpoint.Row("elsewhere") != nil {
		t.Error("a touchpoint nobody configured has a row")
	}
}

func TestCase06ChangedVotesInTheMonthsFigures(t *testing.T) {
	var c struct {
		Input    struct{ Events []caseEvent }
		Expected map[string]any
	}
	domaincases.Load(t, "06", &c)
	r := build(t, input(t, time.Time{}, ratings(t, c.Input.Events)))
	march, _ := c.Expected["march_2026"].(map[string]any)
	checkFields(t, r, march, "total")
	quality := map[string]any{}
	for _, k := range []string{"votes_changed", "changes_after_window_ignored", "kiosk_debounced"} {
		quality[k] = c.Expected[k]
	}
	checkFields(t, r, quality, "collection_quality")
	if want := c.Expected["duplicates_dropped"]; float64(r.Run.DuplicatesDropped) != want {
		t.Errorf("%d duplicates dropped, want %v", r.Run.DuplicatesDropped, want)
	}
}

func TestCase08PreliminaryFinalRestated(t *testing.T) {
	var c struct {
		Input struct {
			Preliminary time.Time `json:"preliminary_run_at"`
			Freeze      time.Time `json:"freeze_at"`
			Events      []caseEvent
		}
		Expected struct {
			Preliminary, Final map[string]any
			Restated           map[string]any `json:"restated_if_recomputed"`
			Late               []string       `json:"late_after_freeze"`
			Skewed             []string       `json:"clock_skewed"`
		}
	}
	domaincases.Load(t, "08", &c)
	hashes := map[string]bool{}
	for _, run := range []struct {
		status report.Status
		cutoff time.Time
		want   map[string]any
		late   []string
	}{
		{report.Preliminary, c.Input.Preliminary, c.Expected.Preliminary, nil},
		{report.Final, c.Input.Freeze, c.Expected.Final, c.Expected.Late},
		{report.Restated, c.Input.Freeze.AddDate(0, 0, 4), c.Expected.Restated, c.Expected.Late},
	} {
		r := build(t, input(t, run.cutoff, ratings(t, c.Input.Events)))
		if r.Header.Status != run.status || !r.Header.FreezeAt.Equal(c.Input.Freeze) {
			t.Errorf("cutoff %s: status %s, freeze %s", run.cutoff, r.Header.Status, r.Header.FreezeAt)
		}
		checkFields(t, r, run.want, "total")
		checkFields(t, r, map[string]any{"clock_skewed": float64(len(c.Expected.Skewed)), "late": float64(len(run.late))}, "collection_quality")
		want := []report.LateEvent{}
		for _, e := range c.Input.Events {
			for _, late := range run.late {
				if e.EventID == late {
					want = append(want, report.LateEvent{
						EventID: id(late, ""), Touchpoint: "hotline", SubmittedAt: e.SubmittedAt, ReceivedAt: e.ReceivedAt,
						Counted: run.status == report.Restated,
					})
				}
			}
		}
		if diff := cmp.Diff(want, r.Header.LateEvents); diff != "" {
			t.Errorf("%s: late events (-want +got):\n%s", run.status, diff)
		}
		hashes[r.Header.DataHash] = true
	}
	if len(hashes) != 3 {
		t.Errorf("%d different hashes for three states of the facts, want 3", len(hashes))
	}
}

func case22(t testing.TB) (votes []feedback.Rating, contacts map[feedback.Touchpoint]int64, previous [2]int64) {
	t.Helper()
	var c struct {
		Input struct {
			Responses []caseEvent
			Contacts  map[feedback.Touchpoint]int64
			Previous  struct{ N, Satisfied int64 } `json:"previous_month"`
		}
	}
	domaincases.Load(t, "22", &c)
	votes = ratings(t, c.Input.Responses)
	// The case gives the month before as two numbers; one of its votes (m13) is
	// among the responses, the others are made up here.
	for i := range c.Input.Previous.N - 1 {
		stars := 3
		if i < c.Input.Previous.Satisfied {
			stars = 5
		}
		at := time.Date(2026, 2, 10, 9, 0, int(i), 0, time.UTC)
		votes = append(votes, ratings(t, []caseEvent{{EventID: fmt.Sprint("february ", i), Touchpoint: "hotline", Rating: stars, SubmittedAt: at}})...)
	}
	return votes, c.Input.Contacts, [2]int64{c.Input.Previous.N, c.Input.Previous.Satisfied}
}

func TestCase22AWholeMonth(t *testing.T) {
	var c struct {
		Expected struct {
			ByTouchpoint map[string]map[string]any `json:"by_touchpoint"`
			Total        map[string]any
			Weighted     float64        `json:"contact_weighted_csat_pct"`
			Change       map[string]any `json:"change_vs_previous"`
		}
	}
	domaincases.Load(t, "22", &c)
	votes, contacts, previous := case22(t)
	in := input(t, time.Time{}, votes)
	in.Contacts = contacts
	r := build(t, in)
	for name, want := range c.Expected.ByTouchpoint {
		checkFields(t, r, want, "by_touchpoint", name)
	}
	checkFields(t, r, c.Expected.Total, "total")
	checkFields(t, r, c.Expected.Change, "change_vs_previous")
	checkFields(t, r, map[string]any{"contact_weighted_csat_pct": c.Expected.Weighted, "headline_basis": "contact_weighted"})
	checkFields(t, r, map[string]any{"n": float64(previous[0]), "satisfied": float64(previous[1])}, "change_vs_previous", "previous")
	if n := len(r.ByTouchpoint); n != len(c.Expected.ByTouchpoint) {
		t.Errorf("%d touchpoints, want %d", n, len(c.Expected.ByTouchpoint))
	}
	// repair is below five; checkout, the next smallest, goes with it.
	for name, want := range map[string]bool{"repair": true, "checkout": true, "hotline": false} {
		if got := r.ByTouchpoint.Row(name).Withheld; got != want {
			t.Errorf("%s withheld: %v, want %v", name, got, want)
		}
	}
}
