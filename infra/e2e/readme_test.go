package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

func readme(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(deployed.Project.Root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestTheReadmesRequestsWork runs every curl of the README as it stands there,
// with the address and credentials that it tells to fill in. Its ids and keys are
// in no example of openapi.json: the same stack takes both.
func TestTheReadmesRequestsWork(t *testing.T) {
	text := strings.ReplaceAll(readme(t), "\\\n", " ")
	commands := regexp.MustCompile(`(?m)^ {4}(curl .*)$`).FindAllStringSubmatch(text, -1)
	if len(commands) < 4 {
		t.Fatalf("%d requests found in the README", len(commands))
	}
	jwt := strings.TrimPrefix(token(t, "invite", "intake", "reports", "cases"), "Bearer ")
	key := strings.TrimPrefix(deviceKey(t, "kiosk-cologne-1"), "Bearer ")
	number := complain(t, "hotline", nil).number
	today := time.Now().Add(-time.Hour).Format(time.RFC3339)
	for _, c := range commands {
		// An example's date grows old: events of more than a year ago are refused.
		line := strings.Replace(c[1], "2026-03-10T09:00:00+01:00", today, 1)
		cmd := exec.CommandContext(t.Context(), "bash", "-c", strings.Replace(line, "curl ", "curl --silent --show-error --fail-with-body ", 1))
		cmd.Env = append(os.Environ(), "API="+deployed.PublicURL, "TOKEN="+jwt, "DEVICE_KEY="+key, "CASE="+string(number))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s\n%v\n%.400s", line, err, out)
		}
	}
}

// TestTheReadmesTargetsExist keeps the README from naming what `make` does not know.
func TestTheReadmesTargetsExist(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(deployed.Project.Root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile("(?m)(?:`|^ {4})make ([a-z-]+)").FindAllStringSubmatch(readme(t), -1)
	if len(named) < 8 {
		t.Fatalf("%d targets found in the README", len(named))
	}
	for _, n := range named {
		if !regexp.MustCompile(`(?m)^` + n[1] + `:.* ## `).Match(b) {
			t.Errorf("README names `make %s`; the Makefile has no such documented target", n[1])
		}
	}
}

// TestAReportNeedsNoAWS makes synthetic facts and their report with the two
// commands of the README.
func TestAReportNeedsNoAWS(t *testing.T) {
	facts, report := t.TempDir(), t.TempDir()
	for _, args := range [][]string{
		{"facts", "N=2000", "PERIOD=2026-03", "SEED=1", "OUT=" + facts},
		{"report", "PERIOD=2026-03", "FACTS=" + facts, "OUT=" + report},
	} {
		cmd := exec.CommandContext(t.Context(), "make", args...)
		cmd.Dir = deployed.Project.Root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("make %s: %v\n%s", strings.Join(args, " "), err, out)
		}
	}
	for _, ending := range []string{".json", ".html", ".pdf", ".xlsx", ".zip"} {
		if found, err := filepath.Glob(filepath.Join(report, "*"+ending)); err != nil || len(found) == 0 {
			t.Errorf("no %s file in the report's folder", ending)
		}
	}
}
