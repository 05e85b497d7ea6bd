package main

import (
	"net/http"
	"strings"
	"testing"

	"resonanz/shared/feedback"
	"resonanz/shared/link"
	"resonanz/shared/site/sitetest"
)

// What was answered stays answered when the stars are changed, as long as it is still
// asked: a form with more than that would be refused.
func TestAChangeKeepsTheAnswersThatAreStillAsked(t *testing.T) {
	for _, c := range []struct {
		at            feedback.Touchpoint
		stars         string
		answers, kept []string
	}{
		{"hotline", "4", []string{"fcr", "no", "nps", "0"}, []string{`name="fcr" value="no"`, `name="nps" value="0"`}},
		{"repair", "9", []string{"fcr", "yes", "ces", "7"}, []string{`name="fcr" value="yes"`, `name="ces" value="7"`}},
	} {
		r := newRig(t)
		path := "/r/" + r.token(func(k *link.Token) { k.Touchpoint = link.CodeOf(c.at) })
		if res := r.post(path+"?done=1", append(c.answers, "stars", c.stars, "nonce", r.open(path))...); res.StatusCode != 303 {
			t.Fatalf("%s: %d", c.at, res.StatusCode)
		}
		look := func() string { return r.do(sitetest.Request(http.MethodGet, path, "")).Body }
		for _, field := range c.kept {
			if !strings.Contains(look(), `<input type="hidden" `+field+`>`) {
				t.Errorf("%s: the form forgets %s", c.at, field)
			}
		}
		r.cfg.Touchpoint(c.at).Ask = nil
		for _, field := range c.kept {
			if strings.Contains(look(), field) {
				t.Errorf("%s: the form sends %s, which is no longer asked", c.at, field)
			}
		}
	}
}
