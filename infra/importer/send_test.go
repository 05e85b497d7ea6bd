package main

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"resonanz/infra/configure"
	"resonanz/shared/period"
)

func many(n int) string {
	var b strings.Builder
	b.WriteString("touchpoint,channel,rating,submitted_at\n")
	for i := range n {
		fmt.Fprintf(&b, "hotline,qr,%d,2025-03-10T09:00:00Z\n", 1+i%5) // many rows are the same, and each is an answer
	}
	return b.String()
}

// Whatever goes wrong on the way, in the end every row is stored once.
func TestWhateverGoesWrongEveryRowIsStoredOnce(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		r := newRig(t)
		n := rapid.IntRange(1, 700).Draw(rt, "rows")
		r.fault = func(int) (int, bool) {
			switch rapid.IntRange(0, 9).Draw(rt, "fault") {
			case 0:
				return http.StatusServiceUnavailable, false
			case 1:
				return http.StatusTooManyRequests, false
			case 2:
				return 0, true
			}
			return 0, false
		}
		r.retry = func(call, event int) bool { return (call+event)%7 == 0 }
		path := r.file("past.csv", many(n))
		for run := 0; ; run++ {
			if _, err := r.bring(path, "csv", ""); err == nil {
				break
			} else if !errors.Is(err, errPartial) || run == 50 {
				rt.Fatal(err)
			}
		}
		if got := len(r.stored("2025-03")); got != n {
			rt.Fatalf("%d stored of %d", got, n)
		}
	})
}

func TestAnAnswerThatSendingAgainDoesNotChangeEndsTheRun(t *testing.T) {
	for _, status := range []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusRequestEntityTooLarge} {
		r := newRig(t)
		r.fault = func(int) (int, bool) { return status, false }
		said, err := r.bring(r.file("past.csv", many(3)), "csv", "")
		if err == nil || errors.Is(err, errPartial) || r.calls > 2 || !strings.Contains(said, "3 not sent") || strings.Contains(err.Error()+said, "jwt") {
			t.Errorf("%d: %v after %d calls: %s", status, err, r.calls, said)
		}
	}
}

func TestSeedsMakeTheSameMonthsAgainAndOthersOtherOnes(t *testing.T) {
	r := newRig(t)
	month := func(seed uint64) string {
		rows, err := grow(r.cfg, order{months: 3, n: 50, seed: seed}, noon)
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != 3*(50+2) {
			t.Errorf("%d events", len(rows))
		}
		var b strings.Builder
		for _, one := range rows {
			b.Write(one.event)
		}
		return b.String()
	}
	if a, b, c := month(1), month(1), month(2); a != b || a == c {
		t.Error("a seed does not make the same months, or another the same")
	}
	for _, one := range monthOf(r.cfg, order{n: 50, seed: 1}, period.Of(noon, r.cfg.Zone()).Add(-1)) {
		if one.Mode != "imported" || !strings.HasPrefix(one.At, "2026-02-") || one.Comment != "" && one.Comment != "(synthetic)" {
			t.Errorf("%+v", one)
		}
	}
}

func TestMadeUpAnswersStayOutOfAStageThatKeepsItsData(t *testing.T) {
	cfg, err := configure.LoadStage("../feedback.yaml", "prod")
	if err != nil {
		t.Fatal(err)
	}
	if err := sow(t.Context(), cfg, order{stage: "prod", months: 1, n: 1}, "jwt", t.Output()); !errors.Is(err, errInvalid) {
		t.Errorf("into prod: %v", err)
	}
}

func TestACommandLineThatCannotBeIsRefused(t *testing.T) {
	for args, want := range map[string]string{
		"":                                       "name what to do",
		"import":                                 "name what to do",
		"file":                                   "name the file",
		"file --file a.csv --format xlsx":        "--format is one of",
		"file --file a.csv --api https://x.test": "access token",
		"file --file a.csv b.csv":                "b.csv",
		"seed --months 0":                        "--months is",
		"seed --file a.csv":                      "not defined",
		"seed --stage dev":                       "access token",
	} {
		if _, err := read(strings.Fields(args), ""); !errors.Is(err, errUsage) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", args, err, want)
		}
	}
	for _, api := range []string{"http://example.com", "https://user@example.com", "ftp://example.com", "https://example.com/?token=1"} {
		if _, err := read([]string{"file", "--file", "a.csv", "--api", api}, "jwt"); !errors.Is(err, errUsage) {
			t.Errorf("%s: %v", api, err)
		}
	}
	if o, err := read([]string{"file", "--file", "a.csv", "--api", "http://127.0.0.1:8080", "--dry"}, "jwt"); err != nil || !o.dry {
		t.Errorf("%+v, %v", o, err)
	}
}
