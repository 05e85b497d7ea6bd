package main

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/lifecycle"
	"resonanz/shared/store"
)

// preview asks what a command would do at a version.
func preview(n casefile.Number, name string, version int, body string) *httpapi.Request {
	return post("/v1/cases/"+string(n)+"/"+name+"/preview", body, "if-match", etag(version))
}

// untouched fails where a case or its timeline is not as it was.
func (r *rig) untouched(n casefile.Number) func() {
	r.tb.Helper()
	k, timeline := r.present(n)
	return func() {
		r.tb.Helper()
		now, after := r.present(n)
		if diff := cmp.Diff(k, now) + cmp.Diff(timeline, after); diff != "" {
			r.tb.Errorf("changed: %s", diff)
		}
	}
}

func TestAPreviewShowsTheMailAndStoresNothing(t *testing.T) {
	r := newRig(t)
	r.cfg.PublicURL = "https://feedback.example.com"
	k := r.reach("in_investigation")
	check := r.untouched(k.Number)
	const words = "Wir prüfen die Buchung & melden uns morgen."
	res := r.do(preview(k.Number, "answer", k.Version, `{"text":"`+words+`","event_id":"018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f"}`))
	got := into[previewed](t, res, 200)
	check()
	if !got.Informed || got.Language != "de" || got.Status != casefile.InInvestigation || got.Next.Name == "" || res.Headers["ETag"] != etag(k.Version) {
		t.Errorf("%+v %v", got, res.Headers)
	}
	for what, has := range map[string]bool{
		"the number in the subject": strings.Contains(got.Subject, string(k.Number)),
		"the words":                 strings.Contains(got.Text, words),
		"the words in HTML":         strings.Contains(got.HTML, "Wir prüfen die Buchung &amp; melden uns morgen."),
		"a greeting by name":        strings.Contains(got.Text, "Karla Beispiel"),
		"where the link leads":      strings.Contains(got.Text, "https://feedback.example.com/k/…"),
	} {
		if !has {
			t.Errorf("without %s:\n%s", what, got.Text)
		}
	}
	// The same event_id is not used up.
	done := into[changed](t, r.do(command(k.Number, "answer", k.Version, `{"text":"`+words+`","event_id":"018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f"}`)), 200)
	if done.Status != "accepted" || done.Case.Status != got.Status || done.Case.Next != got.Next {
		t.Errorf("%+v, foretold %+v", done, got)
	}
}

func TestAPreviewIsInTheCustomersLanguage(t *testing.T) {
	r := newRig(t)
	for language, want := range map[feedback.Language]string{"de": "Guten Tag", "en": "Dear", "fr": "Bonjour", "it": "Buongiorno"} {
		k := r.complain(func(w *feedback.Complaint, _ *store.Entry) { w.Language = language })
		got := into[previewed](t, r.do(preview(k.Number, "answer", k.Version, `{"text":"OK."}`)), 200)
		if got.Language != language || !strings.Contains(got.Text, want) {
			t.Errorf("%s: %s\n%.200s", language, got.Language, got.Text)
		}
	}
}

func TestAPreviewOfWhatTheCustomerDoesNotHearSaysSo(t *testing.T) {
	r := newRig(t)
	k := r.reach("in_investigation")
	silent := r.complain(func(_ *feedback.Complaint, e *store.Entry) {
		e.Personal = mustJSON(t, feedback.Personal{Comment: comment}) // no address: it was erased, or never given
	})
	for name, q := range map[string]*httpapi.Request{
		"a note":     preview(k.Number, "note", k.Version, `{"text":"Intern."}`),
		"no address": preview(silent.Number, "answer", silent.Version, `{"text":"OK."}`),
	} {
		got := into[previewed](t, r.do(q), 200)
		if got.Informed || got.Text+got.HTML+got.Subject+string(got.Language) != "" || got.Status == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestAPreviewOfTheDecisionHasItsReasonsAndWhatWasPromised(t *testing.T) {
	r := newRig(t)
	k := r.reach("in_investigation")
	r.must(k.Number, "compensate", `{"type":"financial","kind":"voucher","cents":2000}`)
	r.must(k.Number, "decide", `{"outcome":"partly","text":"Die Erstattung kam zu spät.","root_cause":"process"}`)
	k, _ = r.present(k.Number)
	got := into[previewed](t, r.do(preview(k.Number, "resolve", k.Version, `{"text":"Das Geld ist unterwegs."}`)), 200)
	for _, want := range []string{"Das Geld ist unterwegs.", "Die Erstattung kam zu spät.", "Gutschein", "20,00"} {
		if !strings.Contains(got.Text, want) {
			t.Errorf("without %q:\n%s", want, got.Text)
		}
	}
	if got.Status != casefile.Resolved || got.Next.Name == lifecycle.NoStep {
		t.Errorf("%+v", got)
	}
}

// What the command is refused for, its preview is refused for in the same words.
func TestAPreviewIsRefusedAsItsCommand(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	check := r.untouched(k.Number)
	nobody := func(q *httpapi.Request) { q.RequestContext.Authorizer = nil }
	for name, c := range map[string]struct {
		command, body string
		version       int
		change        func(*httpapi.Request)
		want          string
	}{
		"nobody asks":              {"note", `{"text":"x"}`, k.Version, nobody, "unauthenticated"},
		"no approver":              {"approve", `{"id":"1"}`, k.Version, nil, "scope_missing"},
		"an address as subject":    {"note", `{"text":"x"}`, k.Version, func(q *httpapi.Request) { as(q, "clerk@example.com", scope) }, "subject_invalid"},
		"no version":               {"note", `{"text":"x"}`, k.Version, func(q *httpapi.Request) { delete(q.Headers, "if-match") }, "precondition_required"},
		"an old version":           {"note", `{"text":"x"}`, k.Version - 1, nil, "stale_version"},
		"no text":                  {"answer", `{}`, k.Version, nil, "missing_field text"},
		"a field of another":       {"note", `{"text":"x","outcome":"accepted"}`, k.Version, nil, "unknown_field outcome"},
		"no JSON":                  {"note", `{`, k.Version, nil, "malformed_json"},
		"no step from here":        {"close", `{}`, k.Version, nil, "illegal_transition"},
		"an unknown category":      {"assess", `{"severity":"low","category":"nothing","text":"x"}`, k.Version, nil, "unknown_category category"},
		"a case that is not there": {"duplicate", `{"of":"2603-0000-0000"}`, k.Version, nil, "unknown_case of"},
	} {
		var res [2]httpapi.Response
		for i, q := range []*httpapi.Request{command(k.Number, c.command, c.version, c.body), preview(k.Number, c.command, c.version, c.body)} {
			if c.change != nil {
				c.change(q)
			}
			res[i] = r.do(q)
		}
		got, _ := refused(t, res[1])
		if diff := cmp.Diff(res[0].Body, res[1].Body); diff != "" || res[0].StatusCode != res[1].StatusCode || got != c.want {
			t.Errorf("%s: %s, want %s: %s", name, got, c.want, diff)
		}
	}
	check()
	for _, path := range []string{"/vanish/preview", "/note/previews", "/note/preview/x"} {
		if res := r.do(post("/v1/cases/"+string(k.Number)+path, `{"text":"x"}`, "if-match", etag(k.Version))); res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d", path, res.StatusCode)
		}
	}
	got, _ := refused(t, r.do(preview("2603-0000-0000", "note", 1, `{"text":"x"}`)))
	if got != "not_found" {
		t.Error(got)
	}
	r.shelf.read = errors.New("away")
	if _, p := refused(t, r.do(preview(k.Number, "note", k.Version, `{"text":"x"}`))); p.Status != 503 {
		t.Errorf("%+v", p)
	}
}

// An acknowledgement says that there is a crisis, as the mail will.
func TestAPreviewKnowsOfACrisis(t *testing.T) {
	r := newRig(t)
	draft := r.open(casefile.Complaint, casefile.Draft, func(c *casefile.Case) { c.Notifiable = true })
	id := feedback.DeriveEventID("complaint", "of the draft")
	w := &feedback.Complaint{EventID: id, ResponseKey: draft.ResponseKey, Touchpoint: "hotline", SubmittedAt: r.at, ReceivedAt: r.at.Add(time.Second), CollectionMode: feedback.Assisted}
	e := &store.Entry{Kind: feedback.KindComplaint, ReceivedAt: r.at, Digest: store.Digest{1}, ResponseKey: draft.ResponseKey, EventID: id, Event: mustJSON(t, w)}
	e.Personal = mustJSON(t, feedback.Personal{Comment: comment, Email: customer})
	if _, _, err := r.shelf.Put(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	ask := func() string {
		got := into[previewed](t, r.do(preview(draft.Number, "register", draft.Version, `{"category":"service.waiting_time"}`)), 200)
		if !got.Informed {
			t.Errorf("%+v", got)
		}
		return got.Text
	}
	const notice = "Zurzeit erreichen uns viele Meldungen"
	if strings.Contains(ask(), notice) {
		t.Error("a crisis without one")
	}
	crisis := r.open(casefile.Alarm, casefile.Open)
	if err := r.shelf.PutCrisis(t.Context(), &casefile.Crisis{Case: crisis.Number}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(ask(), notice) {
		t.Error("no word of the crisis")
	}
}
