package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// reportJSON is what this test reads of a report.
type reportJSON struct {
	Header struct {
		DataHash string `json:"data_hash"`
	} `json:"header"`
	Total struct {
		N            int            `json:"n"`
		Satisfied    int            `json:"satisfied"`
		CSATPct      *float64       `json:"csat_pct"`
		Distribution map[string]int `json:"distribution"`
	} `json:"total"`
	Quality struct {
		Delivered       int      `json:"invitations_delivered"`
		Answered        int      `json:"invitations_answered"`
		ResponseRatePct *float64 `json:"response_rate_pct"`
	} `json:"collection_quality"`
}

func makeReport(t *testing.T) reportJSON {
	t.Helper()
	a := do(t, http.MethodPost, "/v1/reports/"+month().String(), "", "Authorization", token(t, "reports"), "Accept", "application/json")
	if a.Status != http.StatusCreated && a.Status != http.StatusOK {
		t.Fatalf("making the report: %d %.400s", a.Status, a.Body)
	}
	a = do(t, http.MethodGet, "/v1/reports/"+month().String()+".json", "", "Authorization", token(t, "reports"))
	if a.Status != http.StatusOK {
		t.Fatalf("reading the report: %d %.400s", a.Status, a.Body)
	}
	var r reportJSON
	a.json(t, &r)
	return r
}

func TestFromATappedLinkToAFigure(t *testing.T) {
	settled(t)
	before := makeReport(t)

	happy, changed, scanned := invite(t, "de"), invite(t, "en"), invite(t, "en")
	mustVote(t, happy.URL, url.Values{"stars": {"5"}})
	mustVote(t, changed.URL, url.Values{"stars": {"1"}})
	mustVote(t, changed.URL, url.Values{"stars": {"4"}})
	for s := range 5 {
		for _, method := range []string{http.MethodHead, http.MethodGet} {
			if a := do(t, method, fmt.Sprintf("%s?s=%d", scanned.URL, s+1), ""); a.Status != http.StatusOK {
				t.Fatalf("%s: %d", method, a.Status)
			}
		}
	}
	settled(t)
	stored := 0
	for _, e := range ratingsStored(t) {
		switch e.ResponseKey {
		case happy.ResponseKey, changed.ResponseKey:
			stored++
		case scanned.ResponseKey:
			t.Errorf("a link that was only opened has voted: event %s", e.EventID)
		}
	}
	if stored != 3 {
		t.Errorf("%d events of the two responses are stored, want 3: one vote, and a vote that was changed", stored)
	}

	after := makeReport(t)
	if n := after.Total.N - before.Total.N; n != 2 {
		t.Errorf("the report counts %d responses more, want 2", n)
	}
	if n := after.Total.Satisfied - before.Total.Satisfied; n != 2 {
		t.Errorf("the report counts %d satisfied more, want 2 (the 1 was changed to 4)", n)
	}
	again := makeReport(t)
	if diff := cmp.Diff(after, again); diff != "" {
		t.Errorf("the same facts gave another report:\n%s", diff)
	}
	page := do(t, http.MethodGet, "/v1/reports/"+month().String()+".html", "", "Authorization", token(t, "reports"))
	if page.Status != http.StatusOK || !strings.Contains(page.Body, after.Header.DataHash) {
		t.Errorf("HTML report: %d, data hash inside: %v", page.Status, strings.Contains(page.Body, after.Header.DataHash))
	}
}

func TestADoubleClickIsOneVote(t *testing.T) {
	i := invite(t, "en")
	nonce := open(t, i.URL)
	form := url.Values{"stars": {"3"}, "comment": {"Sample comment"}, "nonce": {nonce}}
	for range 3 {
		if a := post(t, i.URL, form); a.Status != http.StatusSeeOther {
			t.Fatalf("%d %.300s", a.Status, a.Body)
		}
	}
	events, err := table().Response(t.Context(), i.ResponseKey)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range events {
		if e.Kind == feedback.KindRating {
			n++
		}
	}
	if n != 1 {
		t.Errorf("three clicks stored %d votes", n)
	}
}

func TestAnUnhappyCustomerIsPromisedACallback(t *testing.T) {
	i := invite(t, "de")
	form := url.Values{"stars": {"2"}, "comment": {"Beispieltext"}, "callback": {"1"}, "contact": {"synthetic-contact@example.com"}}
	mustVote(t, i.URL, form)
	number := callbackCase(t, i.ResponseKey)
	c, err := table().GetCase(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	if c.Rule != "LOW_RATING_CALLBACK" || c.DueAt.Sub(c.OpenedAt) != 24*time.Hour {
		t.Errorf("rule %s, due after %s; want LOW_RATING_CALLBACK after 24h", c.Rule, c.DueAt.Sub(c.OpenedAt))
	}
	eventually(t, "one mail to staff", 60*time.Second, func() (bool, string) {
		n := mailsAbout(t, string(number))
		return n == 1, fmt.Sprintf("%d mails", n)
	})
	mails, err := deployed.Mails(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range mails {
		if strings.Contains(m.Subject, string(number)) && !strings.Contains(m.Text, "synthetic-contact@example.com") {
			t.Errorf("the mail does not say how to reach the customer:\n%s", m.Text)
		}
	}
	timeline, err := table().Timeline(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	if err := casefile.Check(c, timeline); err != nil {
		t.Error(err)
	}
}

// callbackCase waits for the callback case of a response.
func callbackCase(t *testing.T, key feedback.ResponseKey) casefile.Number {
	t.Helper()
	number := casefile.NumberOf(casefile.Callback, string(key), key.Month(), 0)
	eventually(t, "case "+string(number), 60*time.Second, func() (bool, string) {
		_, err := table().GetCase(t.Context(), number)
		return err == nil, fmt.Sprint(err)
	})
	return number
}

func TestAMissedDeadlineReachesTheNextOfTheChain(t *testing.T) {
	meanwhile(t) // until the schedule starts the clock
	key := feedback.NewResponseKey(month(), feedback.ResponseIDOf("0b0f4c7e-5f3e-4a64-9d6a-2f1f6f0f7b11"))
	opened := time.Now().UTC().Add(-25 * time.Hour).Truncate(time.Millisecond)
	c := casefile.Case{
		Number: casefile.NumberOf(casefile.Callback, string(key), key.Month(), 0), Family: casefile.Callback, Subject: string(key),
		Rule: "CALLBACK_REQUESTED", Priority: "normal", Status: casefile.Open, Touchpoint: "hotline", ResponseKey: key,
		EventID: "0b0f4c7e-5f3e-4a64-9d6a-2f1f6f0f7b11", OpenedAt: opened, DueAt: opened.Add(24 * time.Hour), NextAt: opened.Add(24 * time.Hour),
	}
	if err := table().CreateCase(t.Context(), &c, &casefile.Entry{At: opened, Action: casefile.Opened, Cause: c.EventID}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the clock's next minute: a mail to the next of the chain", 150*time.Second, func() (bool, string) {
		mails, err := deployed.Mails(t.Context())
		if err != nil {
			return false, err.Error()
		}
		for _, m := range mails {
			if strings.Contains(m.Subject+m.Text, string(c.Number)) {
				return len(m.To) == 1 && m.To[0] == cfg.Escalation.Chain[1], fmt.Sprint(m.To)
			}
		}
		return false, "no mail yet"
	})
	after, err := table().GetCase(t.Context(), c.Number)
	if err != nil {
		t.Fatal(err)
	}
	if after.Step != 1 || !after.NextAt.After(time.Now()) {
		t.Errorf("step %d, next look at %s; want step 1 and a time to come", after.Step, after.NextAt)
	}
}

func TestAKioskMayRetryForDays(t *testing.T) {
	key := deviceKey(t, "kiosk-cologne-1")
	at := time.Now().Add(-30 * time.Minute)
	batch := map[string]any{"events": []any{
		rating("checkout-cologne", "kiosk", "stars_1_5", 5, at),
		rating("checkout-cologne", "kiosk", "stars_1_5", 9, at.Add(10*time.Second)), // out of range
		rating("checkout-cologne", "kiosk", "stars_1_5", 2, at.Add(20*time.Second)),
	}}
	body := marshal(t, batch)
	want := [][]string{{"accepted", "rejected", "accepted"}, {"duplicate", "rejected", "duplicate"}}
	for _, statuses := range want {
		a := do(t, http.MethodPost, "/v1/batch", body, "Authorization", key, "Content-Type", "application/json")
		if a.Status != http.StatusOK {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
		var got struct {
			Results []struct{ Status string }
		}
		a.json(t, &got)
		var seen []string
		for _, r := range got.Results {
			seen = append(seen, r.Status)
		}
		if diff := cmp.Diff(statuses, seen); diff != "" {
			t.Error(diff)
		}
	}
	settled(t)
}

func TestTheScheduleMakesLastMonthsReport(t *testing.T) {
	payload, err := json.Marshal(map[string]string{"schedule": "report"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := deployed.Invoke(t.Context(), "report", payload); err != nil {
		t.Fatal(err)
	}
	last := month().Add(-1)
	var a answer
	for _, group := range []string{"", "cologne", "service"} { // each is an order of its own
		eventually(t, "the report of "+group, 90*time.Second, func() (bool, string) {
			a = do(t, http.MethodGet, reportAt(last, ".json", group), "", "Authorization", token(t, "reports"))
			return a.Status == http.StatusOK, fmt.Sprint(a.Status)
		})
	}
	var report struct {
		Header struct{ Period, Status string }
	}
	a.json(t, &report)
	r := report.Header
	want := "preliminary"
	if !time.Now().Before(last.Freeze(cfg.Report.FreezeDay, cfg.Zone())) {
		want = "final"
	}
	if r.Period != last.String() || r.Status != want {
		t.Errorf("report of %s, %s; want %s, %s", r.Period, r.Status, last, want)
	}
}

func TestEveryScopeOpensItsOwnDoorOnly(t *testing.T) {
	for _, c := range []struct {
		name, method, path, auth string
		want                     int
	}{
		{"no token", http.MethodPost, "/v1/invitations", "", http.StatusUnauthorized},
		{"forged token", http.MethodPost, "/v1/invitations", "Bearer a.b.c", http.StatusUnauthorized},
		{"another scope", http.MethodPost, "/v1/invitations", token(t, "reports"), http.StatusForbidden},
		{"another scope", http.MethodGet, "/v1/reports/" + month().String(), token(t, "invite"), http.StatusForbidden},
		{"another scope", http.MethodPost, "/v1/ratings", token(t, "invite"), http.StatusForbidden},
		{"a device key is no JWT", http.MethodPost, "/v1/invitations", deviceKey(t, "kiosk-cologne-1"), http.StatusUnauthorized},
	} {
		t.Run(c.method+" "+c.path+" with "+c.name, func(t *testing.T) {
			header := []string{"Content-Type", "application/json"}
			if c.auth != "" {
				header = append(header, "Authorization", c.auth)
			}
			if a := do(t, c.method, c.path, `{}`, header...); a.Status != c.want {
				t.Errorf("%d, want %d: %s", a.Status, c.want, a.Body)
			}
		})
	}
}

func TestOneAcceptedRatingIsOneCallToAWS(t *testing.T) {
	key := deviceKey(t, "terminal-repair-1")
	send := func(stars int) {
		t.Helper()
		a := do(t, http.MethodPost, "/v1/ratings", marshal(t, rating("repair", "terminal", "csat_1_10", stars, time.Now())),
			"Authorization", key, "Content-Type", "application/json")
		if a.Status != http.StatusCreated {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
	}
	send(9) // warms the function up: secrets are read once
	calls := func() map[seen]int {
		n := functionsToAWS.made()
		maps.DeleteFunc(n, func(s seen, _ int) bool { return s.function != "rating" })
		return n
	}
	before := calls()
	send(10)
	want := maps.Clone(before)
	want[seen{"rating", "dynamodb", "PutItem"}]++
	if diff := cmp.Diff(want, calls(), cmp.AllowUnexported(seen{})); diff != "" {
		t.Error(diff)
	}
}

func TestTheClockOfADeviceMayRunAhead(t *testing.T) {
	key := deviceKey(t, "kiosk-cologne-2")
	event := rating("checkout-cologne", "kiosk", "stars_1_5", 4, time.Now().Add(2*time.Hour))
	body := marshal(t, event)
	for i, want := range []int{http.StatusCreated, http.StatusOK} {
		if a := do(t, http.MethodPost, "/v1/ratings", body, "Authorization", key, "Content-Type", "application/json"); a.Status != want {
			t.Fatalf("delivery %d: %d %s", i+1, a.Status, a.Body)
		}
	}
	settled(t)
	for id, e := range ratingsStored(t) {
		if string(id) == event["event_id"] && e.ResponseKey.Month() != month() {
			t.Errorf("kept in %s, want the month it was received in", e.ResponseKey.Month())
		}
	}
}
