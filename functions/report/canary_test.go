package main

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/responses"
)

// flown stores the fact of a vote of the canary.
func (r *rig) flown(id feedback.EventID, key feedback.ResponseKey, stars int) {
	r.t.Helper()
	var b responses.Batch
	if err := b.AddRating(&feedback.Rating{
		EventID: id, ResponseKey: key, Touchpoint: feedback.Canary, Channel: feedback.ChatLink, Scale: feedback.Stars5, Rating: stars,
		SubmittedAt: r.clock.Add(-time.Minute), ReceivedAt: r.clock.Add(-time.Minute), CollectionMode: feedback.Self,
	}); err != nil {
		r.t.Fatal(err)
	}
	content, err := factfile.Write(feedback.KindRating, &b)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := r.bucket.Put(r.t.Context(), factfile.CanaryKey(factfile.Key(key.Month(), feedback.KindRating, &b)), "", content); err != nil {
		r.t.Fatal(err)
	}
}

func (r *rig) lookFor(key string) (arrival, int) {
	r.t.Helper()
	q := request(http.MethodGet, canaryPrefix+key, "")
	q.RequestContext.Authorizer.JWT.Claims["scope"], q.RequestContext.Authorizer.JWT.Scopes = canaryScope, []string{canaryScope}
	res := r.send(q)
	var a arrival
	if res.StatusCode == http.StatusOK {
		if err := json.Unmarshal([]byte(res.Body), &a); err != nil {
			r.t.Fatal(err)
		}
	}
	return a, res.StatusCode
}

func TestTheCanaryLearnsThatItsVoteArrivedAndWhatAReportMakesOfIt(t *testing.T) {
	r := newRig(t)
	r.cfg.Canary.Enabled = true
	r.clock = time.Now() // as the bucket in memory has it
	month := periodOf(r.clock, r.cfg).String()
	const first, second = "018e4f6a-3c1b-4e2d-9f00-000000000001", "018e4f6a-3c1b-4e2d-9f00-000000000002"
	key := feedback.ResponseKey(month + "-aaaaaaaaaaaaaaaa")
	if a, status := r.lookFor(string(key)); status != http.StatusOK || a.Votes != 0 || a.Report.Responses != 0 {
		t.Errorf("nothing arrived: %d %+v", status, a)
	}
	r.flown(first, key, 5)
	r.flown(first, key, 5)
	r.flown(second, feedback.ResponseKey(month+"-baaaaaaaaaaaaaaa"), 4)
	a, status := r.lookFor(string(key))
	if status != http.StatusOK || a.Votes != 1 || a.Report.Responses != 2 || a.Report.Average == nil || *a.Report.Average != 4.5 {
		t.Errorf("%d %+v", status, a)
	}
	if _, status := r.lookFor("nonsense"); status != http.StatusNotFound {
		t.Errorf("nonsense: %d", status)
	}
	r.cfg.Canary.Enabled = false
	if _, status := r.lookFor(string(key)); status != http.StatusNotFound {
		t.Errorf("without a canary: %d", status)
	}
}

func TestWhatTheCanaryMayAskIsNoReport(t *testing.T) {
	r := newRig(t)
	r.cfg.Canary.Enabled = true
	as := func(scope, path string) int {
		q := request(http.MethodGet, path, "")
		q.RequestContext.Authorizer.JWT.Claims["scope"], q.RequestContext.Authorizer.JWT.Scopes = scope, []string{scope}
		return r.send(q).StatusCode
	}
	if got := as(canaryScope, "/v1/reports/2026-03"); got != http.StatusForbidden {
		t.Errorf("a report for the canary: %d", got)
	}
	if got := as(scope, canaryPrefix+"2026-03-aaaaaaaaaaaaaaaa"); got != http.StatusForbidden {
		t.Errorf("the canary for who reads reports: %d", got)
	}
	if res := r.send(&httpapi.Request{RawPath: canaryPrefix + "2026-03-aaaaaaaaaaaaaaaa"}); res.StatusCode < 400 {
		t.Errorf("for nobody: %d", res.StatusCode)
	}
}

// Whatever the canary says, the report of a month and its hash stay as they are.
func TestNoReportCountsTheCanary(t *testing.T) {
	r := newRig(t)
	r.cfg.Canary.Enabled = true
	r.rate(open.Add(-time.Hour), 5, 4, 1)
	r.post(`{}`, http.StatusCreated)
	before := r.get().Header.DataHash
	r.flown("018e4f6a-3c1b-4e2d-9f00-00000000ffff", "2026-03-aaaaaaaaaaaaaaaa", 1)
	r.post(`{}`, http.StatusOK) // nothing new: no version is made
	if got := r.get(); got.Total.N != 3 || got.Header.DataHash != before {
		t.Errorf("n %d, hash %s, before %s", got.Total.N, got.Header.DataHash, before)
	}
}
