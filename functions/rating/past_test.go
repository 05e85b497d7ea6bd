package main

import (
	"encoding/json"
	"strings"
	"testing"

	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
)

// What is imported is counted apart: reports compare what was accepted in a month
// with what came in then.
func TestImportedEventsAreStoredAndCountedApart(t *testing.T) {
	r := newRig(t)
	r.public = "https://feedback.example.com"
	token, _ := r.withTokens()
	past := func(f intaketest.Fields, kind string) string {
		f = f.With("kind", kind).With("collection_mode", "imported").With("touchpoint", "hotline").With("channel", "email_link")
		return string(f.With("submitted_at", "2020-02-29T12:00:00+01:00").JSON(t))
	}
	complaint := intaketest.Complaint().With("email", "kundin@example.com").With("comment", nil)
	body := `{"events": [` + past(intaketest.Event(), "rating") + `,` + past(complaint, "complaint") + `]}`
	for _, want := range []intake.Status{intake.Accepted, intake.Duplicate} {
		res := r.call("/v1/batch", token("resonanz/intake"), []byte(body))
		var got struct{ Results []intake.Receipt }
		if err := json.Unmarshal([]byte(res.Body), &got); err != nil || len(got.Results) != 2 {
			t.Fatalf("%d %s", res.StatusCode, res.Body)
		}
		for _, one := range got.Results {
			if one.Status != want || one.Opened != nil || !strings.HasPrefix(string(one.ResponseKey), "2020-02-") {
				t.Errorf("%s: want %s without a case", res.Body, want)
			}
		}
	}
	if m := r.metrics.String(); !strings.Contains(m, `"ImportAccepted":2`) || strings.Contains(m, "RatingAccepted") || strings.Contains(m, "ComplaintAccepted") {
		t.Errorf("metrics %s", m)
	}
	if res := r.call("/v1/complaints", token("resonanz/cases"), []byte(past(complaint, "complaint"))); res.StatusCode == 201 {
		t.Errorf("staff with scope cases imported: %s", res.Body)
	}
	if res := r.send("/v1/ratings", []byte(past(intaketest.Event(), "rating"))); res.StatusCode != 422 && res.StatusCode != 400 {
		t.Errorf("a device imported: %d %s", res.StatusCode, res.Body)
	}
}
