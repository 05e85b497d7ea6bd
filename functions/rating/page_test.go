package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/domaincases"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/link"
	"resonanz/shared/site/sitetest"
)

// Worked case 19: what opens the link changes nothing, one POST is one vote.
func TestCase19ScannersDoNotVote(t *testing.T) {
	var c struct {
		Input struct {
			HTTP []struct {
				Method, Path string
				Body         struct{ Rating json.Number }
			}
			PayloadRatings []json.RawMessage `json:"payload_ratings"`
		}
		Expected struct {
			Votes    []struct{ Rating int }
			Accepted []json.RawMessage `json:"accepted_payload_ratings"`
			Rejected []json.RawMessage `json:"rejected_payload_ratings"`
		}
	}
	domaincases.Load(t, "19", &c)
	r := newRig(t)
	token := r.token()
	for _, q := range c.Input.HTTP {
		path := strings.NewReplacer("/r/t1", "/r/"+token, "?v=", "?s=").Replace(q.Path)
		if q.Method == http.MethodPost {
			if res := r.post(path, "stars", q.Body.Rating.String(), "nonce", r.open(path)); res.StatusCode != 303 {
				t.Errorf("POST: %d", res.StatusCode)
			}
			continue
		}
		if res := r.do(sitetest.Request(q.Method, path, "")); res.StatusCode != 200 {
			t.Errorf("%s %s: %d", q.Method, q.Path, res.StatusCode)
		}
		if n := len(r.votes()); n != 0 {
			t.Fatalf("%s %s made %d votes", q.Method, q.Path, n)
		}
	}
	votes := r.votes()
	if len(votes) != len(c.Expected.Votes) || votes[0].Rating != c.Expected.Votes[0].Rating {
		t.Errorf("votes %+v, want %+v", votes, c.Expected.Votes)
	}

	var accepted, rejected []json.RawMessage
	for _, rating := range c.Input.PayloadRatings {
		switch res := newRig(t).send("/v1/ratings", intaketest.Event().With("rating", rating).JSON(t)); res.StatusCode {
		case 201:
			accepted = append(accepted, rating)
		case 422:
			rejected = append(rejected, rating)
		default:
			t.Errorf("rating %s: %d", rating, res.StatusCode)
		}
	}
	if diff := cmp.Diff(texts(c.Expected.Accepted), texts(accepted)); diff != "" {
		t.Errorf("accepted (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(texts(c.Expected.Rejected), texts(rejected)); diff != "" {
		t.Errorf("rejected (-want +got):\n%s", diff)
	}
}

func texts(raw []json.RawMessage) (s []string) {
	for _, r := range raw {
		s = append(s, string(r))
	}
	return s
}

func TestTheStarInTheLinkIsChosenBeforehand(t *testing.T) {
	r := newRig(t)
	for query, checked := range map[string]string{"?s=4": `checked value="4"`, "": "", "?s=0": "", "?s=6": "", "?s=x": "", "?s=%zz": ""} {
		body := r.do(sitetest.Request(http.MethodGet, "/r/"+r.token()+query, "")).Body
		if checked == "" && strings.Contains(body, " checked") || !strings.Contains(body, checked) {
			t.Errorf("%q: want %q", query, checked)
		}
	}
}

func TestAVoteIsSafeBeforeAnythingElseIsAsked(t *testing.T) {
	r := newRig(t)
	path := "/r/" + r.token()
	res := r.post(path, "stars", "2", "nonce", r.open(path))
	if res.StatusCode != 303 || res.Headers["Location"] != path+"?done=1" {
		t.Fatalf("%d to %s", res.StatusCode, res.Headers["Location"])
	}
	if v := r.votes(); len(v) != 1 || v[0].Rating != 2 {
		t.Fatalf("stored %+v", v)
	}
	more := r.do(sitetest.Request(http.MethodGet, res.Headers["Location"], ""))
	if more.StatusCode != 200 || !strings.Contains(more.Body, "Ihre Bewertung zählt") || !strings.Contains(more.Body, `<input type="hidden" name="stars" value="2">`) {
		t.Fatalf("%d: does not ask for more", more.StatusCode)
	}
	r.at = start.Add(time.Minute)
	res = r.post(path+"?done=1", "stars", "2", "reason", "waiting_time", "fcr", "no", "nps", "3", "comment", "Zu lange gewartet", "suggestion", "Mehr Personal",
		"callback", "1", "contact", "+49 30 000000", "nonce", sitetest.Nonce(t, more))
	if res.StatusCode != 303 || res.Headers["Location"] != path+"?done=2" {
		t.Fatalf("%d to %s", res.StatusCode, res.Headers["Location"])
	}
	votes := r.votes()
	slices.SortFunc(votes, func(a, b feedback.Rating) int { return a.SubmittedAt.Compare(b.SubmittedAt) })
	want := feedback.Rating{
		EventID: votes[1].EventID, ResponseKey: "2026-03-abcdefghijklmnop", Touchpoint: "hotline", Channel: "email_link", Scale: "stars_1_5",
		Rating: 2, SubmittedAt: r.at, ReceivedAt: r.at, Language: "de", Reason: "waiting_time", FCR: new(false), NPS: new(3),
		CallbackRequested: true, HasText: true, Segment: "A", CollectionMode: "self",
	}
	if diff := cmp.Diff(want, votes[1]); diff != "" || len(votes) != 2 {
		t.Errorf("%d votes, the second (-want +got):\n%s", len(votes), diff)
	}
	thanks := r.do(sitetest.Request(http.MethodGet, res.Headers["Location"], ""))
	if thanks.StatusCode != 200 || !strings.Contains(thanks.Body, "Vielen Dank") || !strings.Contains(thanks.Body, "24 Stunden") {
		t.Errorf("thanks: %d", thanks.StatusCode)
	}
}

func TestEverythingAtOnceIsOneVote(t *testing.T) {
	r := newRig(t)
	path := "/r/" + r.token()
	res := r.post(path, "stars", "4", "comment", "Alles gut", "nonce", r.open(path))
	if v := r.votes(); res.Headers["Location"] != path+"?done=2" || len(v) != 1 || !v[0].HasText {
		t.Errorf("to %s, stored %+v", res.Headers["Location"], v)
	}
}

func TestADoubleClickIsOneVoteAndANewLookAnother(t *testing.T) {
	r := newRig(t)
	path := "/r/" + r.token()
	nonce := r.open(path)
	for range 3 {
		if res := r.post(path, "stars", "4", "nonce", nonce); res.StatusCode != 303 || res.Headers["Location"] != path+"?done=1" {
			t.Fatalf("%d", res.StatusCode)
		}
	}
	if n := len(r.votes()); n != 1 {
		t.Errorf("a triple click made %d votes", n)
	}
	more := sitetest.Nonce(t, r.do(sitetest.Request(http.MethodGet, path+"?done=1", "")))
	for range 2 {
		r.post(path+"?done=1", "stars", "4", "comment", "Alles gut", "nonce", more)
	}
	if n := len(r.votes()); n != 2 {
		t.Errorf("a double click on the further questions made %d votes, want 2 in all", n)
	}
	r.post(path, "stars", "2", "nonce", r.open(path))
	r.post(path, "stars", "4", "nonce", r.open(path))
	if n := len(r.votes()); n != 4 {
		t.Errorf("%d votes after two changes, want 4", n)
	}
	m := r.metrics.String()
	for name, want := range map[string]int{"RatingAccepted": 4, "RatingDuplicate": 3, "LinkOpened": 1, "LinkReopened": 2} {
		if got := strings.Count(m, `"`+name+`":1`); got != want {
			t.Errorf("%s was counted %d times, want %d", name, got, want)
		}
	}
}

func TestALinkUsedBeforeOffersTheChangeUntilTheWindowEnds(t *testing.T) {
	r := newRig(t)
	path := "/r/" + r.token()
	r.post(path+"?done=1", "stars", "4", "reason", "friendly", "nps", "9", "comment", "geheim", "suggestion", "geheim", "callback", "1", "contact", "max@example.com", "nonce", r.open(path))
	look := func(query string) string {
		t.Helper()
		res := r.do(sitetest.Request(http.MethodGet, path+query, ""))
		if strings.Contains(res.Body, "geheim") || strings.Contains(res.Body, "max@") || res.StatusCode != 200 {
			t.Errorf("%q: %d, or shows what was typed", query, res.StatusCode)
		}
		return res.Body
	}
	r.at = start.Add(30 * time.Hour)
	for query, checked := range map[string]string{"": "4", "?s=1": "1", "?s=9": "4"} {
		if body := look(query); !strings.Contains(body, "schon bewertet") || !strings.Contains(body, `checked value="`+checked+`"`) {
			t.Errorf("%q: does not offer the change from %s", query, checked)
		}
	}
	if body := look("?done=1"); !strings.Contains(body, `value="friendly" checked`) || !strings.Contains(body, `value="9" checked`) {
		t.Error("the further questions forget what was answered")
	}

	// The change: another score has other reasons, the rest stays answered.
	hidden := r.open(path)
	if res := r.post(path, "stars", "2", "reason", "friendly", "nps", "9", "nonce", hidden); res.StatusCode != 303 {
		t.Fatalf("%d", res.StatusCode)
	}
	for _, v := range r.votes() {
		if v.Rating == 2 && (v.Reason != "" || v.NPS == nil || *v.NPS != 9) {
			t.Errorf("the changed vote says %+v", v)
		}
	}

	// The window is that of the first vote.
	r.at = start.Add(48 * time.Hour)
	if !strings.Contains(look(""), "<form") {
		t.Error("closed at the last moment of the window")
	}
	late := r.open(path)
	r.at = start.Add(48*time.Hour + time.Second)
	for _, query := range []string{"", "?s=5", "?done=1", "?done=2"} {
		if body := look(query); strings.Contains(body, "<form") || !strings.Contains(body, "steht fest") || !strings.Contains(body, "2 von 5 Sternen") {
			t.Errorf("%q: is not the page of a vote that is final", query)
		}
	}
	if res := r.post(path, "stars", "5", "nonce", late); res.StatusCode != 303 || !strings.Contains(look("?done=1"), "2 von 5 Sternen") {
		t.Error("a vote after the window is not recorded and ignored")
	}
}

func TestThanksAreForAVoteOnly(t *testing.T) {
	r := newRig(t)
	for _, query := range []string{"?done=1", "?done=2"} {
		if body := r.do(sitetest.Request(http.MethodGet, "/r/"+r.token()+query, "")).Body; !strings.Contains(body, "<form") || strings.Contains(body, "Dank") {
			t.Errorf("%s: thanks for nothing", query)
		}
	}
}

// What was said before is a convenience: nobody is kept from voting when it
// cannot be read.
func TestWhenEarlierVotesCannotBeReadThePageIsThatOfAFirst(t *testing.T) {
	r := newRig(t)
	path := "/r/" + r.token()
	d := r.onTable()
	r.post(path, "stars", "4", "nonce", "abcdefghijklmnop")
	d.fail = func(int) bool { return true }
	body := r.do(sitetest.Request(http.MethodGet, path, "")).Body
	if !strings.Contains(body, "Wie zufrieden waren Sie?") || strings.Contains(body, "schon bewertet") {
		t.Error("is not the page of a first vote")
	}
	if body := r.do(sitetest.Request(http.MethodGet, path+"?done=1", "")).Body; !strings.Contains(body, "Vielen Dank") || strings.Contains(body, "<form") {
		t.Error("after the vote: no thanks")
	}
	if !strings.Contains(r.log.String(), "Throughput") {
		t.Error("the cause is not in the log")
	}
}

func TestMistakesShowTheFormAgainWithWhatWasTyped(t *testing.T) {
	r := newRig(t)
	path := "/r/" + r.token(func(k *link.Token) { k.Language = "en" })
	nonce := r.open(path)
	res := r.post(path, "stars", "", "comment", "It took <long>", "callback", "1", "nonce", nonce)
	if res.StatusCode != 422 {
		t.Fatalf("%d", res.StatusCode)
	}
	for _, want := range []string{"Please choose a rating.", "How can we reach you?", "It took &lt;long&gt;", nonce, `<html lang="en">`, `type="radio" name="stars"`} {
		if !strings.Contains(res.Body, want) {
			t.Errorf("lacks %s", want)
		}
	}
	if n := len(r.votes()); n != 0 {
		t.Errorf("stored %d", n)
	}
	if res := r.post(path, "stars", "4", "nonce", `<"`); res.StatusCode != 422 || sitetest.NonceIn(res.Body) == "" {
		t.Errorf("a spoilt nonce: %d", res.StatusCode)
	}
	if !strings.Contains(r.metrics.String(), `"RatingRejected":1`) {
		t.Error("not counted")
	}
}

// Own words may try anything and be in any script: they are kept as they were
// typed, in the personal part alone.
func TestOwnWordsAreKeptAsTheyWereTyped(t *testing.T) {
	for _, typed := range []string{
		`"><script>alert('1')</script>&amp;`, "<b>fett</b> & 'mehr'", "شكرا جزيلا\n\tתודה", "👍🏽 prima 👨‍👩‍👧", "%3Cscript%3E ${7*7} {{7*7}}", "=HYPERLINK(1)", "e\u0301\u200d\u202etxet",
	} {
		r := newRig(t)
		path := "/r/" + r.token()
		contact := strings.NewReplacer("\n", " ", "\t", " ").Replace(typed)
		if res := r.post(path, "stars", "2", "comment", typed, "suggestion", typed, "callback", "1", "contact", contact, "nonce", r.open(path)); res.StatusCode != 303 {
			t.Fatalf("%q: %d", typed, res.StatusCode)
		}
		entries, err := r.memory.Response(t.Context(), "2026-03-abcdefghijklmnop")
		if err != nil || len(entries) != 1 {
			t.Fatalf("%d entries, %v", len(entries), err)
		}
		var got feedback.Personal
		if err := json.Unmarshal(entries[0].Personal, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(feedback.Personal{Comment: typed, Suggestion: typed, CallbackContact: contact}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if strings.Contains(string(entries[0].Event), "script") {
			t.Errorf("own words are in the event: %s", entries[0].Event)
		}
	}
}

func TestEveryBadLinkAndRequestHasItsPage(t *testing.T) {
	r := newRig(t)
	good := "/r/" + r.token()
	expired := "/r/" + r.token(func(k *link.Token) { k.ExpiresAt = start.Add(-time.Hour); k.Language = "en" })
	foreign := "/r/" + link.Sign(sitetest.Keyring(t, []byte(strings.Repeat("f", 64)), nil), link.Token{
		ResponseKey: "2026-03-abcdefghijklmnop", Touchpoint: link.CodeOf("hotline"), Channel: "qr", ExpiresAt: start.AddDate(0, 0, 1)})
	gone := "/r/" + r.token(func(k *link.Token) { k.Touchpoint = link.CodeOf("closed-long-ago") })
	flipped := good[:20] + string(good[20]^1) + good[21:]
	for _, c := range []struct {
		name, method, path, body, contentType string
		status                                int
		says                                  string
	}{
		{"expired", "GET", expired, "", "", 410, "This link has expired"},
		{"vote on an expired link", "POST", expired, "stars=4", sitetest.FormType, 410, "This link has expired"},
		{"forged", "GET", flipped, "", "", 404, "nichts zu finden"},
		{"truncated", "GET", good[:len(good)-1], "", "", 404, "nichts zu finden"},
		{"foreign key", "GET", foreign, "", "", 404, "nichts zu finden"},
		{"vote with a foreign key", "POST", foreign, "stars=4&nonce=abcdefghijklmnop", sitetest.FormType, 404, "nichts zu finden"},
		{"touchpoint that is gone", "GET", gone, "", "", 404, "nichts zu finden"},
		{"too large", "POST", good, "comment=" + strings.Repeat("x", intake.MaxForm), sitetest.FormType, 413, "zu viel"},
		{"wrong type", "POST", good, `{"stars":4}`, "application/json", 415, "nicht lesen"},
		{"no form", "POST", good, "stars=%zz", sitetest.FormType, 400, "nicht lesen"},
		{"other method", "PUT", good, "", "", 405, "So geht es nicht"},
		{"nothing there", "GET", "/somewhere", "", "", 404, "nichts zu finden"},
	} {
		t.Run(c.name, func(t *testing.T) {
			res := r.do(sitetest.Request(c.method, c.path, c.body, "content-type", c.contentType, "accept", "text/html"))
			if res.StatusCode != c.status || !strings.Contains(res.Body, c.says) || !strings.HasPrefix(res.Headers["Content-Type"], "text/html") {
				t.Errorf("%d %s, want %d saying %q", res.StatusCode, res.Headers["Content-Type"], c.status, c.says)
			}
			if allow := res.Headers["Allow"]; (c.status == 405) != (allow == "GET, HEAD, POST") {
				t.Errorf("Allow: %q", allow)
			}
		})
	}
	if n := len(r.votes()); n != 0 {
		t.Errorf("stored %d", n)
	}
}

func TestHEADIsGETWithoutABody(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{"/r/" + r.token() + "?s=4", "/r/" + r.token() + "?done=1", "/r/x", "/healthz", "/nowhere"} {
		get, head := r.do(sitetest.Request(http.MethodGet, path, "")), r.do(sitetest.Request(http.MethodHead, path, ""))
		if diff := cmp.Diff(get.Headers, head.Headers); diff != "" || get.StatusCode != head.StatusCode || head.Body != "" || get.Body == "" {
			t.Errorf("%s: %d and %d, body %q (-GET +HEAD):\n%s", path, get.StatusCode, head.StatusCode, head.Body, diff)
		}
	}
}

func TestEveryPageIsGuarded(t *testing.T) {
	r := newRig(t)
	res := r.do(sitetest.Request(http.MethodGet, "/r/"+r.token(), ""))
	for header, want := range map[string]string{
		"Content-Security-Policy": "default-src 'none'; style-src 'sha256-", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store",
		"X-Robots-Tag": "noindex", "X-Content-Type-Options": "nosniff", "Strict-Transport-Security": "max-age=",
	} {
		if !strings.HasPrefix(res.Headers[header], want) {
			t.Errorf("%s: %q", header, res.Headers[header])
		}
	}
	if len(res.Body) > 14<<10 {
		t.Errorf("%d bytes", len(res.Body))
	}
}

func TestTheLanguageIsTheChosenThenTheLinksThenTheBrowsersThenTheOrganisations(t *testing.T) {
	r := newRig(t)
	for _, c := range []struct{ query, link, accept, want string }{
		{"", "en", "de", "en"}, {"", "", "en-GB,de;q=0.5", "en"}, {"", "", "fr-CH, it;q=0.5", "fr"}, {"", "", "es", "de"}, {"", "", "", "de"}, {"", "es", "it", "it"},
		{"?l=it", "en", "de", "it"}, {"?s=4&l=fr", "", "", "fr"}, {"?l=es", "en", "", "en"}, {"?l=", "en", "", "en"}, {"?l=%zz", "en", "", "en"},
	} {
		path := "/r/" + r.token(func(k *link.Token) { k.Language = feedback.Language(c.link) }) + c.query
		res := r.do(sitetest.Request(http.MethodGet, path, "", "accept-language", c.accept))
		if !strings.Contains(res.Body, `<html lang="`+c.want+`">`) {
			t.Errorf("%q, link %q, browser %q: not %s", c.query, c.link, c.accept, c.want)
		}
	}
}

func TestAChosenLanguageStaysThroughTheVote(t *testing.T) {
	r := newRig(t)
	path := "/r/" + r.token()
	res := r.post(path, "stars", "4", "l", "fr", "nonce", r.open(path+"?l=fr"))
	if res.Headers["Location"] != path+"?done=1&l=fr" {
		t.Fatalf("to %s", res.Headers["Location"])
	}
	more := r.do(sitetest.Request(http.MethodGet, res.Headers["Location"], ""))
	res = r.post(path+"?done=1", "stars", "4", "l", "fr", "callback", "1", "nonce", sitetest.Nonce(t, more))
	if res.StatusCode != 422 || !strings.Contains(res.Body, "Comment vous joindre") {
		t.Errorf("%d: the mistake is not told in French", res.StatusCode)
	}
	if v := r.votes(); len(v) != 1 || v[0].Language != "fr" {
		t.Errorf("stored %+v", v)
	}
}

func TestALinkSignedWithANewerKeyIsFoundAfterOneFreshLook(t *testing.T) {
	r := newRig(t)
	token := link.Sign(sitetest.Keyring(t, r.links.Newer, nil), link.Token{
		ResponseKey: "2026-03-abcdefghijklmnop", Touchpoint: link.CodeOf("hotline"), Channel: "qr", ExpiresAt: start.AddDate(0, 0, 1)})
	r.open("/r/" + token)
	r.open("/r/" + token)
	r.open("/r/" + r.token()) // the former key still verifies
	if r.links.Refreshes() != 1 {
		t.Errorf("%d fresh looks, want 1", r.links.Refreshes())
	}
}

func TestAFailureSaysNothingOfTheInsideAndLosesNothing(t *testing.T) {
	r := newRig(t)
	path := "/r/" + r.token()
	nonce := r.open(path)
	d := r.onTable()
	d.fail = func(n int) bool { return n == 1 }
	res := r.post(path, "stars", "4", "comment", "Alles gut", "nonce", nonce)
	if res.StatusCode != 503 || res.Headers["Retry-After"] == "" || strings.Contains(res.Body, "Ihre Bewertung zählt") || !strings.Contains(res.Body, "Alles gut") || !strings.Contains(res.Body, nonce) {
		t.Errorf("throttled: %d, typed text or nonce lost", res.StatusCode)
	}
	if strings.Contains(res.Body, "Throughput") || !strings.Contains(r.log.String(), "Throughput") {
		t.Error("the cause belongs into the log, not onto the page")
	}
	if res := r.post(path, "stars", "4", "comment", "Alles gut", "nonce", nonce); res.StatusCode != 303 || len(d.items) != 1 {
		t.Errorf("sent again: %d, %d stored", res.StatusCode, len(d.items))
	}

	// The plain vote, and what was added to a vote that is safe, come back too.
	nonce = r.open(path)
	d.fail = func(int) bool { return true }
	res = r.post(path, "stars", "3", "reason", "waiting_time", "nps", "7", "nonce", nonce)
	for _, want := range []string{`checked value="3"`, nonce, `name="reason" value="waiting_time"`, `name="nps" value="7"`, "noch einmal ab"} {
		if res.StatusCode != 503 || !strings.Contains(res.Body, want) {
			t.Errorf("the plain vote: %d, lacks %s", res.StatusCode, want)
		}
	}
	res = r.post(path+"?done=1", "stars", "3", "reason", "waiting_time", "fcr", "no", "nps", "7", "suggestion", "Mehr Personal", "callback", "1", "contact", "a@example.com", "nonce", nonce)
	for _, want := range []string{
		`name="stars" value="3"`, nonce, `value="waiting_time" checked`, `name="fcr" value="no" checked`, `name="nps" value="7" checked`,
		"Mehr Personal</textarea>", `name="callback" value="1" checked`, `value="a@example.com"`,
	} {
		if res.StatusCode != 503 || !strings.Contains(res.Body, want) {
			t.Errorf("the further questions: %d, lacks %s", res.StatusCode, want)
		}
	}
	d.fail = nil

	r.links.Err = errors.New("secret arn:aws:unreachable")
	res = r.do(sitetest.Request(http.MethodGet, path, ""))
	if res.StatusCode != 500 || strings.Contains(res.Body, "arn:") || !strings.Contains(res.Body, "Der Fehler liegt bei uns") {
		t.Errorf("without its keys: %d", res.StatusCode)
	}
	r.cfg.Organisation.Languages = nil
	r.links.Err, r.ledger = nil, nil
	if res := r.send("/v1/ratings", intaketest.Event().JSON(t)); res.StatusCode != 500 || strings.Contains(res.Body, "nil pointer") {
		t.Errorf("panic: %d %s", res.StatusCode, res.Body)
	}
}

func TestTheLogNamesNoTokenAndNothingTyped(t *testing.T) {
	r := newRig(t)
	path := "/r/" + r.token()
	r.post(path, "stars", "1", "comment", "geheim", "callback", "1", "contact", "max@example.com", "nonce", r.open(path))
	r.post(path, "stars", "9", "comment", "geheim", "nonce", "abcdefghijklmnop")
	r.send("/v1/ratings", intaketest.Event().With("comment", "geheim").With("customer_key", "K-geheim").JSON(t))
	r.send("/v1/ratings", intaketest.Event().With("geheim", 1).JSON(t))
	r.do(sitetest.Request(http.MethodGet, "/geheim", ""))
	log := r.log.String() + r.metrics.String()
	for _, not := range []string{"geheim", "max@", path[3:], r.key()} {
		if strings.Contains(log, not) {
			t.Errorf("contains %s:\n%s", not, log)
		}
	}
	lines := strings.Split(strings.TrimSpace(r.metrics.String()), "\n") // of what was counted; the rest is in the log
	if len(lines) != 5 || !strings.Contains(lines[0], `"route":"/r/{token}"`) || !strings.Contains(lines[4], `"code":"unknown_field"`) {
		t.Errorf("want 5 lines, got\n%s", r.metrics)
	}
	for _, l := range lines {
		if !strings.Contains(l, `"msg":"request"`) || len(l) > 400 {
			t.Errorf("want one short line of each request, got\n%s", l)
		}
	}
	if n := strings.Count(r.log.String(), "\n"); n != 1 {
		t.Errorf("want one more line, got\n%s", r.log)
	}
}
