package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"resonanz/shared/httpapi"
	"resonanz/shared/problem"
)

// lambdaLimit is the largest response of a function, in bytes of JSON.
const lambdaLimit = 6_291_556

func TestABodyThatFitsOnlyUnescapedIsNotSent(t *testing.T) {
	for name, body := range map[string]string{
		"quotes": strings.Repeat(`"`, largest/2+1), "line ends": strings.Repeat("\n", largest/2+1), "control characters": strings.Repeat("\x01", largest/6+1),
	} {
		_, err := fit(request("GET", "/", ""), httpapi.Page(http.StatusOK, body, ""), "reports/k")
		if p := problem.Of(err); err == nil || p.Status != http.StatusNotAcceptable || p.Code != codeTooLarge {
			t.Errorf("%s: %v", name, err)
		}
		res, err := fit(request("GET", "/", "", "accept-encoding", "gzip"), httpapi.Page(http.StatusOK, body, ""), "reports/k")
		if err != nil || unpack(t, res) != body {
			t.Errorf("%s, packed: %v", name, err)
		}
	}
}

func TestWhatIsSentStaysBelowTheLimit(t *testing.T) {
	line := `   "csat_pct": 83.33333333333334,` + "\n"
	body := strings.Repeat(line, largest/(len(line)+3))
	res, err := fit(request("GET", "/", ""), httpapi.Page(http.StatusOK, body, ""), "reports/k")
	if err != nil {
		t.Fatal(err)
	}
	sent, err := json.Marshal(res)
	if err != nil {
		t.Fatal(err)
	}
	if len(sent) > lambdaLimit || len(sent) < largest {
		t.Errorf("%d bytes are sent for %d", len(sent), len(body))
	}
}
