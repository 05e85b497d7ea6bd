package main

import (
	"cmp"
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"resonanz/shared/bucket"
	"resonanz/shared/domaincases"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/responses"
	"resonanz/shared/store"
)

// case08 is the part of the worked case that fixes which events count when.
type case08 struct {
	Input struct {
		Preliminary time.Time `json:"preliminary_run_at"`
		Freeze      time.Time `json:"freeze_at"`
		Events      []struct {
			EventID     string    `json:"event_id"`
			Rating      int       `json:"rating"`
			SubmittedAt time.Time `json:"submitted_at"`
			ReceivedAt  time.Time `json:"received_at"`
		}
	}
	Expected struct {
		Preliminary, Final map[string]any
		Restated           map[string]any `json:"restated_if_recomputed"`
		Late               []string       `json:"late_after_freeze"`
	}
}

func loadCase08(t *testing.T) (c case08, votes []feedback.Rating) {
	t.Helper()
	domaincases.Load(t, "08", &c)
	for _, e := range c.Input.Events {
		id := feedback.DeriveEventID(e.EventID)
		at, _ := feedback.EffectiveTime(e.SubmittedAt, e.ReceivedAt, 5*time.Minute)
		votes = append(votes, feedback.Rating{
			EventID: id, ResponseKey: feedback.KeyFor(id, at, time.UTC), Touchpoint: "hotline", Channel: feedback.Kiosk, Device: "kiosk-1",
			Scale: feedback.Stars5, Rating: e.Rating, SubmittedAt: e.SubmittedAt, ReceivedAt: e.ReceivedAt, CollectionMode: feedback.Self,
		})
	}
	return c, votes
}

// arrive stores each vote that the function can know of at an instant: those
// received until then, one file each.
func (r *rig) arrive(votes []feedback.Rating, until time.Time) {
	r.t.Helper()
	for i := range votes {
		if votes[i].ReceivedAt.After(until) {
			continue
		}
		r.stored(&votes[i])
		r.delivered(&votes[i])
	}
}

// total is the part "total" of a version's report.json.
func (r *rig) total(version string) map[string]any {
	r.t.Helper()
	res := r.ask("GET", "/v1/reports/2026-03.json", "", "?version", version)
	var report struct{ Total map[string]any }
	if err := json.Unmarshal([]byte(res.Body), &report); err != nil || res.StatusCode != 200 {
		r.t.Fatalf("version %s: %d, %v", version, res.StatusCode, err)
	}
	return report.Total
}

// holds compares the fields that a worked case names, each number within its tolerance.
func holds(t *testing.T, got, want map[string]any) {
	t.Helper()
	some := make(map[string]any)
	for k := range want {
		some[k] = got[k]
	}
	near := cmpopts.EquateApprox(0, domaincases.Tolerance)
	if diff := gocmp.Diff(want, some, near); diff != "" {
		t.Errorf("(-worked case +report):\n%s", diff)
	}
}

func TestCase08PreliminaryFinalRestatedThroughTheDoor(t *testing.T) {
	c, votes := loadCase08(t)
	r := newRig(t)

	r.clock = c.Input.Preliminary
	r.arrive(votes, r.clock)
	if s := r.post("", 201); s.Status != "preliminary" {
		t.Errorf("first: %+v", s)
	}
	r.clock = c.Input.Freeze.Add(30 * time.Minute)
	r.arrive(votes, r.clock)
	if s := r.post("", 201); s.Status != "final" || s.LateEvents != len(c.Expected.Late) || !s.Cutoff.Equal(c.Input.Freeze) {
		t.Errorf("second: %+v", s)
	}
	r.clock = c.Input.Freeze.AddDate(0, 0, 4)
	if s := r.post("", 200); s.Status != "final" || s.Version != "0002" || s.LateEvents != len(c.Expected.Late) || s.Changed {
		t.Errorf("asked again: %+v", s)
	}
	if s := r.post(`{"restate":true}`, 201); s.Status != "restated" || s.LateEvents != len(c.Expected.Late) {
		t.Errorf("third: %+v", s)
	}

	holds(t, r.total("1"), c.Expected.Preliminary)
	holds(t, r.total("2"), c.Expected.Final)
	holds(t, r.total("3"), c.Expected.Restated)
	late := r.get().Header.LateEvents
	if len(late) != 1 || late[0].EventID != string(feedback.DeriveEventID(c.Expected.Late[0])) || !late[0].Counted {
		t.Errorf("late events of the restatement: %+v", late)
	}
	if before := r.get("?version", "2").Header.LateEvents; len(before) != 1 || before[0].Counted {
		t.Errorf("late events of the final report: %+v", before)
	}
}

func TestFactsThatReachTheBucketAfterTheFinalReportAreNotPassedOver(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4)
	r.clock = after
	if s := r.post("", 201); s.Changed {
		t.Errorf("a new version differs from its own facts: %+v", s)
	}
	r.rate(open, 1) // received in time, but stuck on its way to the bucket
	if s := r.post("", 200); s.Status != "final" || s.Responses != 2 || s.LateEvents != 0 || !s.Changed {
		t.Errorf("%+v, want the final version, no late event, and that its facts changed", s)
	}
	if s := r.post(`{"restate":true}`, 201); s.Status != "restated" || s.Responses != 3 || s.Changed {
		t.Errorf("restatement: %+v", s)
	}
	if s := r.post("", 200); s.Status != "restated" || s.Changed {
		t.Errorf("after the restatement: %+v", s)
	}
}

func TestALaterFreezeDayDoesNotReopenAFinalReport(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5)
	r.clock = freeze.Add(time.Hour)
	r.post("", 201)
	r.cfg.Report.FreezeDay = 12
	r.rate(freeze.Add(30*time.Minute), 1)
	if s := r.post("", 200); s.Status != "final" || s.Responses != 1 {
		t.Errorf("%+v, want the final version", s)
	}
	if res := r.ask("POST", "/v1/reports/2026-03", `{"restate":true}`); res.StatusCode != 409 {
		t.Errorf("restated before the freeze: %d %s", res.StatusCode, res.Body)
	}
}

// TestNoOrderFileOrDuplicateChangesAByte lays the same facts out in several ways
// and compares every object that is kept of the report: figures, pages, PDF,
// workbooks, tables. (That the figures are the same for any layout is a law that
// the packages behind hold by many more draws.)
func TestNoOrderFileOrDuplicateChangesAByte(t *testing.T) {
	c, votes := loadCase08(t)
	votes = append(votes, newVotes(20)...)
	kept := func(files [][]feedback.Rating) map[string]string {
		r := newRig(t)
		r.write = renderings
		r.clock = c.Input.Freeze.AddDate(0, 0, 1)
		for _, f := range files {
			lay(t, r.bucket, f)
		}
		r.post("", 201)
		var m manifest
		if err := json.Unmarshal([]byte(r.ask("GET", "/v1/reports/2026-03/manifest", "").Body), &m); err != nil {
			t.Fatal(err)
		}
		sums := make(map[string]string)
		for _, o := range m.Objects {
			sums[o.Name] = o.SHA256
		}
		return sums
	}
	want := kept([][]feedback.Rating{votes})
	if len(want) != 12 {
		t.Errorf("%d objects", len(want))
	}
	for seed := range uint64(3) {
		rnd := rand.New(rand.NewPCG(seed, 0))
		again := slices.Clone(votes)
		for range rnd.IntN(20) {
			again = append(again, votes[rnd.IntN(len(votes))])
		}
		rnd.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		files := make([][]feedback.Rating, 1+rnd.IntN(6))
		for _, v := range again {
			n := rnd.IntN(len(files))
			files[n] = append(files[n], v)
		}
		if diff := gocmp.Diff(want, kept(files)); diff != "" {
			t.Errorf("seed %d (-one file +others):\n%s", seed, diff)
		}
	}
}

// newVotes are n votes by link in February and March.
func newVotes(n int) (votes []feedback.Rating) {
	at := time.Date(2026, 2, 20, 8, 0, 0, 0, time.UTC)
	for i := range n {
		id := feedback.DeriveEventID("vote", string(rune('a'+i)))
		at := at.Add(time.Duration(i) * 23 * time.Hour)
		votes = append(votes, feedback.Rating{
			EventID: id, ResponseKey: feedback.KeyFor(id, at, time.UTC), Touchpoint: cmp.Or(map[int]feedback.Touchpoint{0: "repair"}[i%3], "hotline"),
			Channel: feedback.EmailLink, Scale: feedback.Stars5, Rating: int(math.Abs(float64(i%9-4))) + 1,
			SubmittedAt: at, ReceivedAt: at, CollectionMode: feedback.Self,
		})
	}
	return votes
}

// lay stores votes as one file of each month.
func lay(t *testing.T, b *bucket.Memory, votes []feedback.Rating) {
	t.Helper()
	months := make(map[string]*responses.Batch)
	for i := range votes {
		m := votes[i].ResponseKey.Month().String()
		if months[m] == nil {
			months[m] = new(responses.Batch)
		}
		if err := months[m].AddRating(&votes[i]); err != nil {
			t.Fatal(err)
		}
	}
	for m, facts := range months {
		content, err := factfile.Write(feedback.KindRating, facts)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Put(t.Context(), factfile.Key(mustPeriod(m), feedback.KindRating, facts), "", content); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAVersionIsItsFilesAndNothingElse(t *testing.T) {
	r := newRig(t)
	r.rate(open.Add(-time.Hour), 5, 4, 3, 2, 1)
	r.post("", 201)
	v, err := r.table.LatestReport(t.Context(), march, "")
	if err != nil {
		t.Fatal(err)
	}
	var kept []string
	for _, key := range r.bucket.Keys() {
		if strings.HasPrefix(key, "reports/") {
			kept = append(kept, key[strings.LastIndexByte(key, '/')+1:])
			if !strings.HasPrefix(key, "reports/2026-03/all/0001-") {
				t.Errorf("%s lies in no folder of version 1", key)
			}
		}
	}
	if diff := gocmp.Diff([]string{
		"inputs.json", "mail.de.json", "mail.en.json", "manifest.json", "report.de.html", "report.de.pdf", "report.de.xlsx",
		"report.en.html", "report.en.pdf", "report.en.xlsx", "report.json", "tables.de.zip", "tables.en.zip",
	}, kept); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	stored, err := r.bucket.Get(t.Context(), v.Objects[formatJSON])
	if err != nil {
		t.Fatal(err)
	}
	if got := r.ask("GET", "/v1/reports/2026-03.json", "").Body; got != string(stored) {
		t.Error("GET hands out other bytes than are stored")
	}
	if v.Status != store.Preliminary || v.Responses != 5 || !strings.HasPrefix(v.InputHash, "sha256:") || !strings.Contains(string(stored), v.InputHash) {
		t.Errorf("manifest: %+v", v)
	}
}
