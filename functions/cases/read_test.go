package main

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/store"
)

func TestACaseIsShownWithAllThatIsNeededToAnswerIt(t *testing.T) {
	r := newRig(t)
	same := func(_ *feedback.Complaint, e *store.Entry) { e.CustomerKey = "K-17" }
	first := r.complain(same)
	r.at = start.Add(48 * time.Hour)
	k := r.complain(same)
	r.complain() // of somebody else
	r.must(k.Number, "answer", `{"text":"Wir prüfen die Buchung."}`)

	res := r.do(get("/v1/cases/" + string(k.Number)))
	got := into[whole](t, res, 200)
	if res.Headers["ETag"] != `"3"` || got.Case.Version != 3 || got.Chain != "intact" {
		t.Errorf("%s, version %d, chain %s", res.Headers["ETag"], got.Case.Version, got.Chain)
	}
	four := 4
	want := &said{
		Kind: feedback.KindComplaint, EventID: k.EventID, Category: "billing.refund_delay", SubmittedAt: r.at, ReceivedAt: r.at, Comment: comment, Remedy: "Bitte erstatten.", Annoyance: &four,
		CollectionMode: feedback.Self, Name: "Karla Beispiel", Email: customer, CustomerKey: "K-17",
	}
	if diff := cmp.Diff(want, got.Customer); diff != "" {
		t.Errorf("customer (-want +got):\n%s", diff)
	}
	last := got.Timeline[len(got.Timeline)-1]
	if last.Action != casefile.Answering || last.Text != "Wir prüfen die Buchung." || last.By != (casefile.Actor{Kind: casefile.Staff, ID: clerk}) || !last.Informed {
		t.Errorf("last entry %+v", last)
	}
	if len(got.Earlier) != 1 || got.Earlier[0].Number != first.Number {
		t.Errorf("earlier cases %+v", got.Earlier)
	}
	if !slices.Contains(got.Case.Allowed, "assess") || slices.Contains(got.Case.Allowed, "close") || got.Case.Next.Name == "" {
		t.Errorf("allowed %v, next %+v", got.Case.Allowed, got.Case.Next)
	}
}

func TestWhoHasTheCaseAsItIsIsToldSo(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	path := "/v1/cases/" + string(k.Number)
	for tag, want := range map[string]int{`"2"`: 304, `W/"2"`: 304, `"1", "2"`: 304, `"1"`: 200, `2`: 200, `*`: 200, "": 200} {
		res := r.do(get(path, "if-none-match", tag))
		if res.StatusCode != want || res.Headers["ETag"] != `"2"` || (want == 304) != (res.Body == "") {
			t.Errorf("%s: %d %v", tag, res.StatusCode, res.Headers)
		}
	}
	q := get(path)
	q.RequestContext.HTTP.Method = "HEAD"
	if res := r.do(q); res.StatusCode != 200 || res.Body != "" || res.Headers["ETag"] != `"2"` {
		t.Errorf("HEAD: %d %v", res.StatusCode, res.Headers)
	}
}

func TestWhatCannotBeFoundIsNotThere(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{"/v1/cases/2603-0000-0000", "/v1/cases/none", "/v1/cases/2603-0000-000I", "/v1/cases/2603-0000-0000/x/y/z", "/v1/cases/", "/v1", "/v1/case", "/cases", "/", "/v1/cases/2603-0000-0000/attachments/1", "/v1/webhooks/none/deliveries"} {
		if res := r.do(get(path)); res.StatusCode != 404 {
			t.Errorf("%s: %d %s", path, res.StatusCode, res.Body)
		}
	}
}

func TestCasesOfRatingsAndOfDevicesAreShownToo(t *testing.T) {
	r := newRig(t)
	k := r.open(casefile.Callback, casefile.Open)
	rating := feedback.Rating{EventID: k.EventID, ResponseKey: k.ResponseKey, Touchpoint: "hotline", Scale: feedback.Stars5, Rating: 1, SubmittedAt: r.at, ReceivedAt: r.at, CallbackRequested: true}
	_, _, err := r.shelf.Put(t.Context(), &store.Entry{
		Kind: feedback.KindRating, ResponseKey: k.ResponseKey, EventID: k.EventID, ReceivedAt: r.at, Event: mustJSON(t, rating), Digest: store.Digest{1},
		Personal: mustJSON(t, feedback.Personal{Comment: "Zu lange gewartet.", CallbackContact: "+49 221 0000000"}),
	})
	if err != nil {
		t.Fatal(err)
	}
	later := rating
	later.EventID, later.Rating, later.ReceivedAt = feedback.DeriveEventID("later"), 5, r.at.Add(time.Hour)
	sent := feedback.Invitation{EventID: feedback.DeriveEventID("sent"), ResponseKey: k.ResponseKey}
	for _, e := range []store.Entry{
		{Kind: feedback.KindRating, EventID: later.EventID, Event: mustJSON(t, later), Personal: mustJSON(t, feedback.Personal{Comment: "Danke für den Rückruf."})},
		{Kind: feedback.KindInvitation, EventID: sent.EventID, Event: mustJSON(t, sent), Personal: mustJSON(t, feedback.Personal{Email: customer})},
	} {
		e.ResponseKey, e.ReceivedAt, e.Digest = k.ResponseKey, r.at, store.Digest{1}
		if _, _, err := r.shelf.Put(t.Context(), &e); err != nil {
			t.Fatal(err)
		}
	}
	got := into[whole](t, r.do(get("/v1/cases/"+string(k.Number))), 200)
	if len(got.Also) != 1 || got.Also[0].Comment != "Danke für den Rückruf." || *got.Also[0].Rating != 5 {
		t.Errorf("also said: %+v", got.Also)
	}
	if got.Customer == nil || got.Customer.CallbackContact != "+49 221 0000000" || !got.Customer.CallbackRequested || *got.Case.Rating != 1 || got.Case.SLA != running {
		t.Errorf("%+v %+v", got.Customer, got.Case)
	}
	silent := r.open(casefile.Gap, casefile.Open, func(c *casefile.Case) { c.EventID, c.Device, c.Scale = "", "kiosk-cologne-1", "" })
	if got := into[whole](t, r.do(get("/v1/cases/"+string(silent.Number))), 200); got.Customer != nil || got.Case.Rating != nil || got.Also == nil || got.Earlier == nil || len(got.Earlier) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestWhatWasErasedIsSaidToBeGone(t *testing.T) {
	r := newRig(t)
	k := r.complain(func(_ *feedback.Complaint, e *store.Entry) { e.Digest, e.Personal = store.Digest{}, []byte("null") })
	r.must(k.Number, "note", `{"text":"Buchhaltung angefragt."}`)
	h := *r.handler
	h.ledger = forgetful{r.shelf}
	r.handler = &h
	got := into[whole](t, r.do(get("/v1/cases/"+string(k.Number))), 200)
	last := got.Timeline[len(got.Timeline)-1]
	if !got.Customer.Erased || got.Customer.Comment != "" || !last.Erased || last.Text != "" || got.Chain != "intact" {
		t.Errorf("%+v %+v %s", got.Customer, last, got.Chain)
	}
}

// forgetful is a store in which all words were erased.
type forgetful struct{ *shelf }

func (f forgetful) Timeline(ctx context.Context, n casefile.Number) ([]casefile.Entry, error) {
	all, err := f.shelf.Timeline(ctx, n)
	for i := range all {
		all[i].Words = nil
	}
	return all, err
}

// tampered is a store in which somebody changed an entry.
type tampered struct{ *shelf }

func (f tampered) Timeline(ctx context.Context, n casefile.Number) ([]casefile.Entry, error) {
	all, err := f.shelf.Timeline(ctx, n)
	all[0].Status = casefile.Closed
	return all, err
}

func TestATimelineThatWasTamperedWithIsShownAsBroken(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	r.ledger = tampered{r.shelf}
	if got := into[whole](t, r.do(get("/v1/cases/"+string(k.Number))), 200); got.Chain != "broken" {
		t.Errorf("chain %s", got.Chain)
	}
	if !strings.Contains(r.log.String(), `"level":"ERROR"`) || !strings.Contains(r.log.String(), "broken") {
		t.Errorf("nobody hears of it: %s", r.log)
	}
}

// growing is a store in which a case changes after it was read.
type growing struct {
	*shelf
	grow func()
}

func (g growing) Timeline(ctx context.Context, n casefile.Number) ([]casefile.Entry, error) {
	g.grow()
	return g.shelf.Timeline(ctx, n)
}

func TestACaseAndItsTimelineAreOfOneVersion(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	other := *r.handler
	r.ledger = growing{r.shelf, func() {
		res, _ := other.Handle(t.Context(), command(k.Number, "note", 2, `{"text":"x"}`))
		if res.StatusCode != 200 {
			t.Error(res.Body)
		}
	}}
	got := into[whole](t, r.do(get("/v1/cases/"+string(k.Number))), 200)
	if got.Case.Version != 2 || len(got.Timeline) != 2 || got.Chain != "intact" {
		t.Errorf("version %d with %d entries, %s", got.Case.Version, len(got.Timeline), got.Chain)
	}
}

func TestAnAttachmentIsFetchedByItsAddress(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	k.Handling.Attachments = []casefile.Attachment{{ID: "1", Type: "application/pdf", Bytes: 10, At: r.at, Object: "abc"}}
	if err := r.shelf.Memory.UpdateCase(t.Context(), k, &casefile.Entry{At: r.at, Action: casefile.Attaching, Set: &casefile.Handling{Attachments: k.Handling.Attachments}}); err != nil {
		t.Fatal(err)
	}
	path := "/v1/cases/" + string(k.Number) + "/attachments/"
	want := "https://bucket.example.com/clean/" + string(k.Number) + "/abc?signature=x"
	if res := r.do(get(path + "1")); res.StatusCode != 302 || res.Headers["Location"] != want || res.Headers["Cache-Control"] != "no-store" {
		t.Errorf("%d %v", res.StatusCode, res.Headers)
	}
	got := into[struct{ URL, Type string }](t, r.do(get(path+"1", "accept", "application/json")), 200)
	if got.URL != want || got.Type != "application/pdf" {
		t.Errorf("%+v", got)
	}
	for _, id := range []string{"2", "x", "..", ""} {
		if res := r.do(get(path + id)); res.StatusCode != 404 {
			t.Errorf("%q: %d", id, res.StatusCode)
		}
	}
	if strings.Contains(r.log.String(), "signature") {
		t.Errorf("the log has the address: %s", r.log)
	}
}

func TestAnAttachmentThatIsGoneIsNotFound(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	all := []casefile.Attachment{{ID: "1", Type: "application/pdf", Bytes: 10, At: r.at, Object: "abc"}}
	k.Handling.Attachments = all
	if err := r.shelf.Memory.UpdateCase(t.Context(), k, &casefile.Entry{At: r.at, Action: casefile.Attaching, Set: &casefile.Handling{Attachments: all}}); err != nil {
		t.Fatal(err)
	}
	first, second := get("/v1/cases/"+string(k.Number)+"/attachments/1"), get("/v1/cases/"+string(k.Number)+"/attachments/2")
	r.at = r.at.Add(time.Minute)
	timeline, err := r.shelf.Timeline(t.Context(), k.Number)
	if err != nil {
		t.Fatal(err)
	}
	next, entries, _ := lifecycle.Erase(*k, timeline, r.at, r.rules)
	lines := make([]*casefile.Entry, len(entries))
	for i := range entries {
		lines[i] = &entries[i]
	}
	if err := r.shelf.Memory.UpdateCase(t.Context(), &next, lines...); err != nil {
		t.Fatal(err)
	}
	if res := r.do(first); res.StatusCode != 404 || !strings.Contains(res.Body, "erased") {
		t.Errorf("of an erased customer: %d %s", res.StatusCode, res.Body)
	}
	r.at = r.at.Add(time.Minute) // what was added since is there
	all = append(all, casefile.Attachment{ID: "2", Type: "application/pdf", Bytes: 10, At: r.at, Object: "def"})
	next.Handling.Attachments = all
	if err := r.shelf.Memory.UpdateCase(t.Context(), &next, &casefile.Entry{At: r.at, Action: casefile.Attaching, Set: &casefile.Handling{Attachments: all}}); err != nil {
		t.Fatal(err)
	}
	if res := r.do(second); res.StatusCode != 302 {
		t.Errorf("added since: %d %s", res.StatusCode, res.Body)
	}
	r.cfg.Retention.CasesDays = 1095
	r.at = r.at.AddDate(0, 0, 1096)
	if res := r.do(second); res.StatusCode != 404 {
		t.Errorf("of a case that ended long ago: %d", res.StatusCode)
	}
}

func TestWhatCannotBeReadNowIsSaid(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	r.shelf.read = errors.New("throttled at 10.0.0.1")
	for _, path := range []string{"/v1/cases", "/v1/cases?format=csv", "/v1/cases/" + string(k.Number), "/v1/actions", "/v1/webhooks/crm/deliveries"} {
		res := r.do(get(path))
		if res.StatusCode != 503 || res.Headers["Retry-After"] != "2" || strings.Contains(res.Body, "throttled") {
			t.Errorf("%s: %d %v %s", path, res.StatusCode, res.Headers, res.Body)
		}
	}
	if strings.Count(r.log.String(), "throttled") != 5 {
		t.Errorf("the log does not say why: %s", r.log)
	}
}

func TestHowACaseStandsTowardsItsDeadlines(t *testing.T) {
	at := func(h int) time.Time { return start.Add(time.Duration(h) * time.Hour) }
	first := casefile.Deadline{Name: "first_response", AtRiskAt: at(6), DueAt: at(8)}
	second := casefile.Deadline{Name: "resolution", AtRiskAt: at(32), DueAt: at(40)}
	change := func(d casefile.Deadline, f func(*casefile.Deadline)) casefile.Deadline { f(&d); return d }
	keep := func(h int) func(*casefile.Deadline) { return func(d *casefile.Deadline) { d.MetAt = at(h) } }
	still := func(d *casefile.Deadline) { d.AtRiskAt, d.DueAt = time.Time{}, time.Time{} }
	for name, c := range map[string]struct {
		hour      int
		deadlines []casefile.Deadline
		status    casefile.Status
		want      sla
	}{
		"in time":                     {1, []casefile.Deadline{first, second}, casefile.Acknowledged, running},
		"soon over":                   {6, []casefile.Deadline{first, second}, casefile.Acknowledged, atRisk},
		"at its end":                  {8, []casefile.Deadline{first, second}, casefile.Acknowledged, atRisk},
		"over":                        {9, []casefile.Deadline{first, second}, casefile.Acknowledged, breached},
		"told as over":                {1, []casefile.Deadline{change(first, func(d *casefile.Deadline) { d.Level = 2 })}, casefile.Acknowledged, breached},
		"told as soon over":           {1, []casefile.Deadline{change(first, func(d *casefile.Deadline) { d.Level = 1 })}, casefile.Acknowledged, atRisk},
		"answered":                    {9, []casefile.Deadline{change(first, keep(2)), second}, casefile.Assessed, running},
		"answered, soon over":         {33, []casefile.Deadline{change(first, keep(2)), second}, casefile.Assessed, atRisk},
		"answered late":               {20, []casefile.Deadline{change(first, keep(10)), second}, casefile.Assessed, breached},
		"waiting for the customer":    {20, []casefile.Deadline{change(first, keep(2)), change(second, still)}, casefile.AwaitingCustomer, paused},
		"waiting, and a law does not": {20, []casefile.Deadline{change(second, still), {Name: "GDPR_12_3", DueAt: at(700)}}, casefile.AwaitingCustomer, running},
		"all kept":                    {90, []casefile.Deadline{change(first, keep(2)), change(second, keep(30))}, casefile.Resolved, met},
		"withdrawn in time":           {90, []casefile.Deadline{change(first, keep(2)), change(second, still)}, casefile.Withdrawn, noClock},
	} {
		k := &casefile.Case{Status: c.status, Handling: casefile.Handling{Clock: &casefile.Clock{Deadlines: c.deadlines}}}
		if got := slaOf(k, at(c.hour)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	for name, c := range map[string]struct {
		k    casefile.Case
		want sla
	}{
		"nothing promised": {casefile.Case{Status: casefile.Open}, noClock},
		"promised":         {casefile.Case{Status: casefile.Open, DueAt: at(1)}, running},
		"missed":           {casefile.Case{Status: casefile.Open, DueAt: at(-1)}, breached},
		"ended":            {casefile.Case{Status: casefile.Closed, DueAt: at(-1)}, noClock},
	} {
		if got := slaOf(&c.k, start); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestNothingPersonalIsLogged(t *testing.T) {
	r := newRig(t)
	k := r.complain()
	path := "/v1/cases/" + string(k.Number)
	r.do(get(path))
	r.do(get("/v1/cases?owner=" + clerk))
	r.do(get("/v1/cases?kundin@example.com=1"))
	r.do(get("/v1/cases?touchpoint=kundin@example.com"))
	r.do(command(k.Number, "answer", 2, `{"text":"Frau Beispiel, geheim"}`))
	r.do(command(k.Number, "answer", 3, `{"geheim":"Frau Beispiel"}`))
	r.do(command(k.Number, "answer", 3, `{"text":"geheim"`))
	r.shelf.write = errors.New("throttled")
	r.do(command(k.Number, "answer", 3, `{"text":"geheim"}`))
	for _, word := range []string{"geheim", "Beispiel", "kundin", "Erstattung", "K-1", clerk, string(k.Number)} {
		if strings.Contains(r.log.String(), word) {
			t.Errorf("the log tells %s: %s", word, r.log)
		}
	}
	if r.lines() != 8 || !json.Valid([]byte(strings.SplitN(r.log.String(), "\n", 2)[0])) {
		t.Errorf("%d lines for 8 requests", r.lines())
	}
}
