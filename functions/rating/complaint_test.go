package main

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/link"
	"resonanz/shared/site/sitetest"
)

func receipt(t *testing.T, res httpapi.Response) intake.Receipt {
	t.Helper()
	var got intake.Receipt
	if err := json.Unmarshal([]byte(res.Body), &got); err != nil || got.Opened == nil {
		t.Fatalf("%d %s", res.StatusCode, res.Body)
	}
	return got
}

func TestAComplaintIsToldItsCaseItsPageAndWhatComesNext(t *testing.T) {
	r := newRig(t)
	r.public = "https://feedback.example.com"
	body := intaketest.Complaint().With("email", "Kundin@example.com").With("name", "Erika Beispiel").With("language", "fr").JSON(t)
	first := receipt(t, r.send("/v1/complaints", body))
	again := r.send("/v1/complaints", body)
	second := receipt(t, again)
	if first.Status != intake.Accepted || second.Status != intake.Duplicate || again.StatusCode != 200 ||
		first.CaseNumber != second.CaseNumber || first.StatusURL != second.StatusURL {
		t.Errorf("first %+v, then %+v", first, second)
	}
	token, ok := strings.CutPrefix(first.StatusURL, r.public+"/k/")
	got, err := link.VerifyCase(sitetest.Keyring(t, r.links.Secret, nil), token, start)
	if !ok || err != nil || got.Number != string(first.CaseNumber) || got.Language != "fr" || !got.ExpiresAt.After(start.AddDate(0, 0, 399)) {
		t.Errorf("leads to %+v, %v", got, err)
	}
	c, err := r.memory.GetCase(t.Context(), first.CaseNumber)
	if err != nil || c.Status != casefile.Acknowledged || !c.Notifiable || c.CustomerKey == "" || strings.Contains(c.CustomerKey, "@") {
		t.Errorf("case %+v, %v", c, err)
	}
	if first.Next == nil || first.Next.DueAt.IsZero() {
		t.Errorf("next: %+v", first.Next)
	}
	for _, said := range []string{r.log.String(), r.metrics.String()} {
		if strings.Contains(strings.ToLower(said), "kundin") || strings.Contains(said, "Erika") || strings.Contains(said, token) {
			t.Error("told who it was")
		}
	}
}

func TestComplaintsInABatchAreToldTheSame(t *testing.T) {
	r := newRig(t)
	r.public = "https://feedback.example.com"
	res := r.send("/v1/batch", []byte(`{"events": [`+string(intaketest.Complaint().With("kind", "complaint").JSON(t))+`,`+string(intaketest.Event().JSON(t))+`]}`))
	var got struct {
		Results []struct {
			CaseNumber string `json:"case_number"`
			StatusURL  string `json:"status_url"`
			Status     string
			Next       *struct{ Step string }
		}
	}
	if err := json.Unmarshal([]byte(res.Body), &got); err != nil || len(got.Results) != 2 {
		t.Fatalf("%d %s", res.StatusCode, res.Body)
	}
	if c := got.Results[0]; c.CaseNumber == "" || !strings.HasPrefix(c.StatusURL, r.public+"/k/") || c.Next == nil || c.Next.Step == "" || c.Status != "accepted" {
		t.Errorf("the complaint: %s", res.Body)
	}
	if v := got.Results[1]; v.CaseNumber != "" || v.StatusURL != "" || v.Next != nil {
		t.Errorf("the vote: %s", res.Body)
	}
}

func TestWithoutKeysAComplaintIsAcceptedWithoutALink(t *testing.T) {
	r := newRig(t)
	r.public = "https://feedback.example.com"
	r.links.Err = errors.New("throttled")
	res := r.send("/v1/complaints", intaketest.Complaint().JSON(t))
	if got := receipt(t, res); res.StatusCode != 201 || got.CaseNumber == "" || got.StatusURL != "" {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
}

// Staff who handle cases write down what customers tell them, and nothing else.
func TestATokenForCasesSendsComplaintsOnly(t *testing.T) {
	r := newRig(t)
	token, _ := r.withTokens()
	bearer := token("resonanz/cases")
	for _, channel := range []string{"phone", "letter", "in_person"} {
		f := intaketest.Complaint().With("touchpoint", "hotline").With("channel", channel).With("event_id", string(feedback.NewEventID()))
		if res := r.call("/v1/complaints", bearer, f.JSON(t)); res.StatusCode != 201 {
			t.Errorf("%s: %d %s", channel, res.StatusCode, res.Body)
		}
	}
	vote := intaketest.Event().With("touchpoint", "hotline").With("channel", "phone")
	if res := r.call("/v1/ratings", bearer, vote.JSON(t)); res.StatusCode != 403 || code(t, res) != "scope_missing" {
		t.Errorf("a vote: %d %s", res.StatusCode, res.Body)
	}
	if res := r.call("/v1/cards", bearer, intaketest.PaperCard().JSON(t)); res.StatusCode != 403 {
		t.Errorf("a card: %d %s", res.StatusCode, res.Body)
	}
	res := r.call("/v1/batch", bearer, []byte(`{"events": [`+string(vote.JSON(t))+`]}`))
	if !strings.Contains(res.Body, "scope_missing") || len(r.votes()) != 3 {
		t.Errorf("a batch: %d %s", res.StatusCode, res.Body)
	}
	for _, kind := range []string{"resonanz/reports", "resonanz/approve", ""} {
		if res := r.call("/v1/complaints", token(kind), intaketest.Complaint().JSON(t)); res.StatusCode != 403 {
			t.Errorf("scope %q: %d", kind, res.StatusCode)
		}
	}
}
