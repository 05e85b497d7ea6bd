package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/store"
)

// wrote stores a vote with words.
func (r *rig) wrote(n int, at feedback.Touchpoint, submitted time.Time, p feedback.Personal) {
	r.t.Helper()
	v := rated(n, submitted.Add(time.Second))
	v.Touchpoint, v.SubmittedAt = at, submitted
	v.ResponseKey = feedback.NewResponseKey(mustPeriod("2026-02"), feedback.ResponseID{byte(n)})
	if n%2 == 0 {
		v.ResponseKey = feedback.NewResponseKey(march, feedback.ResponseID{byte(n)})
	}
	event, err := json.Marshal(v)
	if err != nil {
		r.t.Fatal(err)
	}
	personal, err := json.Marshal(p)
	if err != nil {
		r.t.Fatal(err)
	}
	if _, _, err := r.table.Put(r.t.Context(), &store.Entry{
		Kind: feedback.KindRating, ResponseKey: v.ResponseKey, EventID: v.EventID, ReceivedAt: v.ReceivedAt, Event: event, Personal: personal,
		CustomerKey: "customer", Digest: store.DigestOf(append(event, personal...)),
	}); err != nil {
		r.t.Fatal(err)
	}
}

func TestWordsAreHandedOutFromTheTable(t *testing.T) {
	r := newRig(t)
	r.wrote(2, "repair", during, feedback.Personal{Comment: "=SUM(A1) <b>schnell</b>", CallbackContact: "0221 000000"})
	r.wrote(1, "hotline", during.Add(time.Hour), feedback.Personal{Suggestion: "Längere Zeiten", Answers: map[string]string{"wish": "Mehr Personal"}})
	r.wrote(4, "hotline", during, feedback.Personal{CallbackContact: "0221 111111"})                        // no words
	r.wrote(6, "hotline", time.Date(2026, 4, 1, 8, 0, 0, 0, time.UTC), feedback.Personal{Comment: "April"}) // not of March
	r.clock = after

	res := r.ask("GET", "/v1/reports/2026-03/words", "")
	fits(t, "/v1/reports/{period}/words", "get", res)
	var w remarks
	if err := json.Unmarshal([]byte(res.Body), &w); err != nil || len(w.Words) != 2 {
		t.Fatalf("%s, %v", res.Body, err)
	}
	if w.Words[0].Touchpoint != "hotline" || w.Words[0].Suggestion != "Längere Zeiten" || w.Words[1].Comment != "=SUM(A1) <b>schnell</b>" || *w.Words[1].Rating != 4 {
		t.Errorf("words %+v", w.Words)
	}
	page := r.ask("GET", "/v1/reports/2026-03/words.html", "", "accept-language", "en")
	sheet := r.ask("GET", "/v1/reports/2026-03/words.csv", "")
	for name, res := range map[string]httpapi.Response{"JSON": res, "page": page, "CSV": sheet} {
		if res.StatusCode != 200 || strings.Contains(res.Body, "0221") || strings.Contains(res.Body, "April") || res.Headers["Cache-Control"] != "no-store" {
			t.Errorf("%s: %d %s", name, res.StatusCode, res.Body)
		}
	}
	if !strings.Contains(page.Body, "Service line") || !strings.Contains(page.Body, "&lt;b&gt;schnell") || strings.Contains(page.Body, "<b>") || !strings.Contains(page.Body, "March 2026") {
		t.Errorf("page:\n%s", page.Body)
	}
	if !strings.Contains(sheet.Body, ",comment,'=SUM(A1) <b>schnell</b>\r\n") || !strings.Contains(sheet.Body, ",answer.wish,Mehr Personal\r\n") {
		t.Errorf("CSV:\n%s", sheet.Body)
	}
	for _, narrowed := range [][]string{{"?group", "workshop"}, {"?touchpoint", "repair"}} {
		if body := r.ask("GET", "/v1/reports/2026-03/words", "", narrowed...).Body; !strings.Contains(body, "schnell") || strings.Contains(body, "Personal") {
			t.Errorf("%v: %s", narrowed, body)
		}
	}
	if res := r.ask("GET", "/v1/reports/2026-03/words", "", "?touchpoint", "moon"); res.StatusCode != 422 {
		t.Errorf("an unknown touchpoint: %d", res.StatusCode)
	}
	if res := r.ask("GET", "/v1/reports/2026-03/words.pdf", ""); res.StatusCode != 422 || !strings.Contains(res.Body, string(codeUnknownFormat)) {
		t.Errorf("words as PDF: %d %s", res.StatusCode, res.Body)
	}
	for _, key := range r.bucket.Keys() {
		b, err := r.bucket.Get(t.Context(), key)
		if err != nil || strings.Contains(string(b), "schnell") {
			t.Errorf("%s holds words: %v", key, err)
		}
	}
}

func TestNoAddressOrTelephoneNumberIsHandedOut(t *testing.T) {
	r := newRig(t)
	r.wrote(2, "repair", during, feedback.Personal{
		Comment: "Bestellung 0012345678 vom 01.03.2026: Rückruf bitte unter 0221 123456!", Suggestion: "An kundin@example.com",
		Answers: map[string]string{"wish": "Handy +49 151 2345678"},
	})
	r.clock = after
	for _, format := range []string{"", ".html", ".csv"} {
		res := r.ask("GET", "/v1/reports/2026-03/words"+format, "")
		for _, secret := range []string{"0221", "123456!", "kundin", "151 2"} {
			if strings.Contains(res.Body, secret) {
				t.Errorf("%s hands out %q: %s", format, secret, res.Body)
			}
		}
		if res.StatusCode != 200 || !strings.Contains(res.Body, "Bestellung 0012345678 vom 01.03.2026") || !strings.Contains(res.Body, "[☎ …]") || !strings.Contains(res.Body, "[…@…]") {
			t.Errorf("%s: %d %s", format, res.StatusCode, res.Body)
		}
	}
}

func TestWordsThatFillMoreThanAnAnswerAreCounted(t *testing.T) {
	r := newRig(t)
	const all = 6
	for n := range all {
		r.wrote(2*n+2, "hotline", during, feedback.Personal{Comment: strings.Repeat("Wort ", 200<<10)}) // 1 MB
	}
	res := r.ask("GET", "/v1/reports/2026-03/words", "")
	var w remarks
	if err := json.Unmarshal([]byte(res.Body), &w); err != nil || len(w.Words) != all/2 || w.LeftOut != all/2 || res.Headers["Words-Left-Out"] != "3" {
		t.Errorf("%d remarks, %d left out, %v, %v", len(w.Words), w.LeftOut, err, res.Headers)
	}
}

func TestErasedWordsAreGoneAndFiguresAreNot(t *testing.T) {
	r := newRig(t)
	r.wrote(2, "hotline", during, feedback.Personal{Comment: "Bitte löschen"})
	r.clock = open
	r.post("", 201)
	before := r.ask("GET", "/v1/reports/2026-03.json", "").Body
	if f, err := r.table.Forget(t.Context(), "customer"); err != nil || f.Events != 1 {
		t.Fatalf("%+v, %v", f, err)
	}
	r.clock = open.Add(time.Hour)
	r.post("", 200)
	if after := r.ask("GET", "/v1/reports/2026-03.json", "").Body; after != before {
		t.Error("the erasure changed the report")
	}
	res := r.ask("GET", "/v1/reports/2026-03/words", "")
	if res.StatusCode != 200 || !strings.Contains(res.Body, `"words":[]`) {
		t.Errorf("%d %s", res.StatusCode, res.Body)
	}
	if page := r.ask("GET", "/v1/reports/2026-03/words.html", ""); !strings.Contains(page.Body, german.wordsNone) {
		t.Errorf("page:\n%s", page.Body)
	}
}
