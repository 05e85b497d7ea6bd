package main

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
	"resonanz/shared/site/sitetest"
)

// state is the index of a way by its name.
func stateOf(t *testing.T, name string) int {
	t.Helper()
	for n := range ways {
		if ways[n].name == name {
			return n
		}
	}
	t.Fatalf("no way to %s", name)
	return 0
}

func TestTheCustomerActsAndIsToldThatItArrived(t *testing.T) {
	for _, x := range []struct {
		from, do, text, stars string
		status                casefile.Status
		action                casefile.Action
		told                  string
	}{
		{"acknowledged", "reply", "Noch etwas: die Nummer ist 4711.", "", casefile.Acknowledged, casefile.Replying, "Danke, Ihre Nachricht ist angekommen."},
		{"asked", "reply", "4711", "", casefile.InInvestigation, casefile.Replying, "Danke, Ihre Nachricht ist angekommen."},
		{"resolved", "accept", "", "", casefile.Closed, casefile.Closing, "notiert, dass Sie einverstanden sind"},
		{"rejected", "accept", "", "", casefile.Resolved, casefile.Accepting, "notiert, dass Sie einverstanden sind"},
		{"resolved", "reopen", "Das Geld ist nicht da.", "", casefile.Reopened, casefile.Reopening, "Ihre Beschwerde ist wieder geöffnet."},
		{"closed", "reopen", "Das Geld ist nicht da.", "", casefile.Reopened, casefile.Reopening, "Ihre Beschwerde ist wieder geöffnet."},
		{"closed", "rate", "Ging so", "2", casefile.Closed, casefile.Rating, "Danke für Ihre Bewertung."},
		{"investigated", "withdraw", "", "", casefile.Withdrawn, casefile.Withdrawing, "zurückgezogen."},
	} {
		t.Run(x.do+" from "+x.from, func(t *testing.T) {
			r := newRig(t)
			path := r.lead(stateOf(t, x.from))
			fields := []string{"do", x.do, "nonce", r.open(path)}
			if x.text != "" {
				fields = append(fields, "text", x.text)
			}
			if x.stars != "" {
				fields = append(fields, "stars", x.stars)
			}
			version := r.state(path).Version
			var after int
			for range 3 { // a click, and two more
				res := r.post(path, fields...)
				if res.StatusCode != 303 || res.Headers["Location"] != path+"?done="+x.do {
					t.Fatalf("%d %s", res.StatusCode, res.Body)
				}
				if after == 0 {
					after = r.state(path).Version
				}
			}
			k := r.state(path)
			if k.Status != x.status || k.Version != after || after == version {
				t.Errorf("status %s; version %d, %d, %d", k.Status, version, after, k.Version)
			}
			timeline, err := r.table.Timeline(t.Context(), k.Number)
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			for _, e := range timeline {
				if e.Action == x.action && e.By.Kind == casefile.Customer {
					found++
					if x.text != "" && (e.Words == nil || e.Words.Text != x.text) {
						t.Errorf("words %+v", e.Words)
					}
				}
			}
			if found != 1 {
				t.Errorf("%d entries", found)
			}
			page := r.get(path + "?done=" + x.do).Body
			if !strings.Contains(page, x.told) || !strings.Contains(page, `role="status" tabindex="-1" autofocus`) || x.text != "" && !strings.Contains(page, x.text) {
				t.Error("not told that it arrived")
			}
			if m := r.metrics.String(); strings.Count(m, `"CustomerActed":1`) != 1 {
				t.Errorf("metrics %s", m)
			}
		})
	}
}

func TestNoLinkMakesThePageThankForWhatNeverArrived(t *testing.T) {
	r := newRig(t)
	path := r.lead(stateOf(t, "resolved"))
	for _, do := range []string{"reply", "accept", "reopen", "withdraw", "rate", "nonsense"} {
		if page := r.get(path + "?done=" + do).Body; strings.Contains(page, `role="status"`) {
			t.Errorf("%s is thanked for", do)
		}
	}
	r.post(path, "do", "reply", "text", "x", "nonce", r.open(path))
	r.at = r.at.Add(2 * time.Hour)
	if page := r.get(path + "?done=reply").Body; strings.Contains(page, `role="status"`) {
		t.Error("said to be just now for ever")
	}
}

func TestAMistakeOnTheStatusPageKeepsWhatWasTyped(t *testing.T) {
	for name, x := range map[string]struct {
		from   string
		fields []string
		say    string
		kept   string
	}{
		"reply without words":     {"asked", []string{"do", "reply", "text", "  "}, "ein paar Worte", ""},
		"reopening without words": {"closed", []string{"do", "reopen"}, "ein paar Worte", ""},
		"rating without stars":    {"closed", []string{"do", "rate", "text", "Nicht verlieren"}, "Bitte wählen Sie 1 bis 5.", "Nicht verlieren"},
		"rating of 6":             {"closed", []string{"do", "rate", "stars", "6", "text", "Nicht verlieren"}, "Bitte wählen Sie 1 bis 5.", "Nicht verlieren"},
		"too long":                {"resolved", []string{"do", "reopen", "text", strings.Repeat("x", 2001)}, "höchstens 2000 Zeichen", strings.Repeat("x", 2001)},
		"withdrawing too long":    {"asked", []string{"do", "withdraw", "text", strings.Repeat("x", 2001)}, "höchstens 2000 Zeichen", strings.Repeat("x", 2001)},
		"nothing to do":           {"resolved", []string{"do", "delete", "text", "x"}, "Noch nicht abgeschickt", ""},
		"staff's own":             {"resolved", []string{"do", "closed"}, "Noch nicht abgeschickt", ""},
		"stale page":              {"asked", []string{"do", "reply", "text", "Nicht verlieren", "nonce", "old"}, "nicht mehr aktuell", "Nicht verlieren"},
		"unknown field":           {"asked", []string{"do", "reply", "text", "Nicht verlieren", "status", "closed"}, "nicht lesen", "Nicht verlieren"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			path := r.lead(stateOf(t, x.from))
			version := r.state(path).Version
			res := r.post(path, append([]string{"nonce", r.open(path)}, x.fields...)...)
			if res.StatusCode != 422 || !strings.Contains(res.Body, x.say) || !strings.Contains(res.Body, x.kept) || sitetest.NonceIn(res.Body) == "" {
				t.Errorf("%d", res.StatusCode)
			}
			if r.state(path).Version != version {
				t.Error("something changed")
			}
		})
	}
}

func TestWhoComesTooLateIsToldAndLosesNothing(t *testing.T) {
	for name, x := range map[string]struct {
		from     string
		fields   []string
		meantime lifecycle.Command
		kept     string
	}{
		"a reply to a closed case":     {"resolved", []string{"do", "reply", "text", "Nicht verlieren"}, closing, "Nicht verlieren"},
		"accepting what is reopened":   {"resolved", []string{"do", "accept"}, lifecycle.Command{Do: casefile.Reopening, Words: words("intern: noch einmal")}, ""},
		"withdrawing what is closed":   {"resolved", []string{"do", "withdraw", "text", "Nicht verlieren"}, closing, "Nicht verlieren"},
		"a rating of what is reopened": {"closed", []string{"do", "rate", "stars", "1"}, lifecycle.Command{Do: casefile.Reopening, Words: words("intern: noch einmal")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			path := r.lead(stateOf(t, x.from))
			n := r.open(path)
			r.staff(path, x.meantime)
			version := r.state(path).Version
			res := r.post(path, append(x.fields, "nonce", n)...)
			if res.StatusCode != 409 || !strings.Contains(res.Body, "hat sich inzwischen geändert") || !strings.Contains(res.Body, x.kept) {
				t.Errorf("%d", res.StatusCode)
			}
			if r.state(path).Version != version {
				t.Error("something changed")
			}
		})
	}
}

func TestAChangeByStaffAtTheSameTimeLosesNoReply(t *testing.T) {
	r := newRig(t)
	path := r.lead(stateOf(t, "investigated"))
	r.table.before = func() { r.staff(path, answer) }
	if res := r.post(path, "do", "reply", "text", "Gleichzeitig", "nonce", r.open(path)); res.StatusCode != 303 {
		t.Fatalf("%d", res.StatusCode)
	}
	if page := r.get(path).Body; !strings.Contains(page, "Gleichzeitig") || strings.Count(page, "Wir haben die Bank gefragt") != 2 {
		t.Error("one of the two is lost")
	}
}

func TestWhatCannotBeStoredNowKeepsTheWordsOnThePage(t *testing.T) {
	for name, fail := range map[string]func(*rig){
		"writing": func(r *rig) { r.table.writeErr = errors.New("throttled") },
		"reading": func(r *rig) { r.table.readErr = errors.New("throttled") },
	} {
		r := newRig(t)
		path := r.lead(stateOf(t, "asked"))
		n := r.open(path)
		fail(r)
		res := r.post(path, "do", "reply", "text", "Nicht verlieren", "nonce", n)
		if res.StatusCode != 503 || !strings.Contains(res.Body, "Nicht verlieren</textarea>") || sitetest.NonceIn(res.Body) != n || res.Headers["Retry-After"] == "" || strings.Contains(res.Body, "throttled") {
			t.Errorf("%s: %d %s", name, res.StatusCode, res.Body[len(res.Body)/2:])
		}
		r.table.writeErr, r.table.readErr = nil, nil
		if res := r.post(path, "do", "reply", "text", "Nicht verlieren", "nonce", n); res.StatusCode != 303 {
			t.Errorf("%s: sent again: %d", name, res.StatusCode)
		}
	}
}

func TestWithdrawingAsksOnceMore(t *testing.T) {
	r := newRig(t)
	path := r.complain()
	page := r.get(path + "?do=withdraw")
	if !strings.Contains(page.Body, "Beschwerde wirklich zurückziehen?") || !strings.Contains(page.Body, `value="withdraw"`) || !strings.Contains(page.Body, "Nein, zurück") {
		t.Error("does not ask")
	}
	if r.state(path).Status != casefile.Acknowledged {
		t.Error("withdrawn by a look")
	}
	if res := r.post(path, "do", "withdraw", "nonce", sitetest.Nonce(t, page)); res.StatusCode != 303 || r.state(path).Status != casefile.Withdrawn {
		t.Errorf("%d", res.StatusCode)
	}
	if again := r.get(path + "?do=withdraw").Body; strings.Contains(again, "wirklich") {
		t.Error("asks although it is withdrawn")
	}
}

func TestALinkActsOnItsOwnCaseOnly(t *testing.T) {
	r := newRig(t)
	mine, other := r.complain(), r.complain("comment", "Eine andere")
	n := r.open(mine)
	r.post(mine, "do", "withdraw", "nonce", n)
	if r.state(other).Status != casefile.Acknowledged {
		t.Error("another case was withdrawn")
	}
	// What was made for the page of one case does nothing to another.
	if res := r.post(other, "do", "withdraw", "nonce", n); res.StatusCode != 422 || r.state(other).Status != casefile.Acknowledged {
		t.Errorf("%d", res.StatusCode)
	}
	forged := mine[:len(mine)-1] + "A"
	if forged == mine {
		forged = mine[:len(mine)-1] + "B"
	}
	if res := r.post(forged, "do", "reply", "text", "x", "nonce", n); res.StatusCode != 404 {
		t.Errorf("forged: %d", res.StatusCode)
	}
}

func TestTheLanguageChosenOnThePageIsKept(t *testing.T) {
	r := newRig(t)
	path := r.complain()
	page := r.get(path + "?l=it")
	if !strings.Contains(page.Body, `<html lang="it">`) || !strings.Contains(page.Body, `name="l" value="it"`) || !strings.Contains(page.Body, "?do=withdraw&amp;l=it") {
		t.Error("the page does not keep it")
	}
	res := r.post(path, "do", "reply", "text", "x", "l", "it", "nonce", sitetest.Nonce(t, page))
	if res.Headers["Location"] != path+"?done=reply&l=it" {
		t.Errorf("leads to %s", res.Headers["Location"])
	}
	if res := r.do(sitetest.Request(http.MethodPut, path, "")); res.StatusCode != 405 {
		t.Errorf("PUT: %d", res.StatusCode)
	}
}
