package e2e

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"resonanz/infra/e2e/shown"
	"resonanz/infra/local/emulator"
	"resonanz/infra/local/stack"
)

// runbook is a page with commands, though no README.
const runbook = "functions/desk/app/runbook.md"

// TestEveryCommandOfAPageWorks runs every command that a README or the runbook
// shows, as it stands there, in a copy of the project whose local stack is the one
// under test. What cannot run is listed in elsewhere, with the reason.
func TestEveryCommandOfAPageWorks(t *testing.T) {
	root := copyOfTheProject(t)
	pages, err := shown.Pages(root, runbook)
	if err != nil {
		t.Fatal(err)
	}
	if len(pages) < 8 {
		t.Fatalf("pages found: %v", pages)
	}
	known := map[string]bool{} // shown by some page
	number := string(complain(t, "hotline", nil).number)
	ran := map[string]bool{}
	for _, page := range pages {
		commands, err := shown.Read(root, page)
		if err != nil {
			t.Error(err)
		}
		p := &reader{root: root, vars: map[string]string{"CASE": number}}
		for _, c := range commands {
			known[c.Text] = true
			if e, ok := elsewhere[c.Text]; ok {
				e.holds(t, root, c)
				continue
			}
			line := typed(c.Text)
			if ran[line] && !sets.MatchString(line) { // variables are of one page
				continue
			}
			ran[line] = true
			p.run(t, c.Page, line)
		}
	}
	if len(ran) < 30 {
		t.Errorf("%d commands ran", len(ran))
	}
	for command := range elsewhere {
		if !known[command] {
			t.Errorf("no page shows %q any longer: take it off the list", command)
		}
	}
	for command := range inOtherWords {
		if !known[command] {
			t.Errorf("no page shows %q any longer: take its other words off the list", command)
		}
	}
}

// reader is somebody who types what a page shows, line by line.
type reader struct {
	root string
	vars map[string]string // set by the page so far, and what it tells to fill in
}

// typed is what somebody types who reads a command.
func typed(line string) string {
	if words, ok := inOtherWords[line]; ok {
		line = words
	}
	// An example's date grows old: events of more than a year ago are refused.
	line = strings.ReplaceAll(line, "2026-03-10T09:00:00+01:00", time.Now().Add(-time.Hour).Format(time.RFC3339))
	line = strings.ReplaceAll(line, "STAGE=prod", "STAGE="+deployed.Stage)
	return regexp.MustCompile(`^curl `).ReplaceAllString(line, "curl --silent --show-error --fail-with-body ")
}

// sets finds the variable that a line sets to what a command says.
var sets = regexp.MustCompile(`^(?:export )?([A-Z][A-Z_]*)=\$\(`)

// run runs one command as its reader would.
func (r *reader) run(t *testing.T, page, line string) {
	t.Helper()
	script := line
	name, isAssignment := "", false
	if m := sets.FindStringSubmatch(line); m != nil {
		name, isAssignment = m[1], true
		script += "\nprintf '\\n%s' \"$" + name + "\""
	}
	begin := time.Now()
	cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
	cmd.Dir = r.root
	if strings.HasPrefix(line, "go ") { // it needs no stack, and finds here what is compiled already
		cmd.Dir = deployed.Project.Root
	}
	cmd.Env = r.environment()
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	if err != nil {
		t.Errorf("%s: %s\n%v\n%.600s\n%.1200s", page, line, err, out.String(), errs.String())
		return
	}
	if isAssignment {
		said := out.String()
		value := said[strings.LastIndexByte(said, '\n')+1:]
		if value == "" {
			t.Errorf("%s: %s: nothing was set", page, line)
		}
		r.vars[name] = value
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Logf("%s: %.100s: %.0f s", page, line, took.Seconds())
	}
}

// environment is that of somebody whose AWS account is the emulator.
func (r *reader) environment() []string {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "AWS_") || strings.HasPrefix(v, "MAKE") })
	env = append(env, "AWS_ENDPOINT_URL="+deployed.EndpointURL, "AWS_REGION="+deployed.Region,
		"AWS_ACCESS_KEY_ID="+emulator.AccessKey, "AWS_SECRET_ACCESS_KEY="+emulator.SecretKey)
	for name, value := range r.vars {
		env = append(env, name+"="+value)
	}
	return env
}

// copyOfTheProject is the project with files that examples name, with the tools
// that are there already, and with the stack under test as its local stack.
func copyOfTheProject(t *testing.T) string {
	t.Helper()
	from, to := deployed.Project.Root, t.TempDir()
	err := filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		switch {
		case d.IsDir() && slices.Contains([]string{"build", "node_modules", ".git"}, d.Name()):
			return filepath.SkipDir
		case d.IsDir():
			return os.MkdirAll(filepath.Join(to, rel), 0o755)
		case !d.Type().IsRegular():
			return nil
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(to, rel), b, 0o644)
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(to, "build", "local"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, tool := range []string{"build/tools", "infra/node_modules"} {
		if err := os.Symlink(filepath.Join(from, tool), filepath.Join(to, tool)); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range examples {
		if err := os.WriteFile(filepath.Join(to, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := stack.WriteJSON(filepath.Join(to, "build", "local", "outputs.json"), deployed.Outputs); err != nil {
		t.Fatal(err)
	}
	return to
}

// held says where a command is tested that no test can run here, and why not.
type held struct {
	by  string // name of a test, or a file of the project that runs it; empty: git's, which tests itself
	why string
}

// holds checks that the place exists, and that make knows the command.
func (h held) holds(t *testing.T, root string, c shown.Command) {
	t.Helper()
	if h.why == "" {
		t.Errorf("%q is not run, and nobody says why", c.Text)
	}
	if rest, ok := strings.CutPrefix(c.Text, "make "); ok {
		cmd := exec.CommandContext(t.Context(), "bash", "-c", "make -n "+strings.ReplaceAll(rest, "<id>", "id"))
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %s: %v\n%.600s", c.Page, c.Text, err, out)
		}
	}
	if h.by == "" {
		if !strings.HasPrefix(c.Text, "git ") {
			t.Errorf("%q is tested nowhere", c.Text)
		}
		return
	}
	if b, err := os.ReadFile(filepath.Join(root, h.by)); err == nil {
		if !bytes.Contains(b, []byte(c.Text)) {
			t.Errorf("%s does not run %q", h.by, c.Text)
		}
		return
	}
	found := false
	err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
		if err != nil || found || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		b, err := os.ReadFile(path)
		found = bytes.Contains(b, []byte("func "+h.by+"("))
		return err
	})
	if err != nil || !found {
		t.Errorf("%q is said to be tested by %s, which does not exist (%v)", c.Text, h.by, err)
	}
}

// TestTheHelpNamesEveryTargetOnce keeps `make help` and the Makefile together.
func TestTheHelpNamesEveryTargetOnce(t *testing.T) {
	b, err := os.ReadFile(filepath.Join(deployed.Project.Root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "make", "help")
	cmd.Dir = deployed.Project.Root
	help, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^([a-z][a-z-]*):.* ## `).FindAllStringSubmatch(string(b), -1) {
		if n := strings.Count(string(help), "\n  make "+m[1]+" "); n != 1 {
			t.Errorf("`make help` names %s %d times", m[1], n)
		}
		if !regexp.MustCompile(`(?m)^\.PHONY:.*\b` + m[1] + `\b`).Match(b) {
			t.Errorf("%s is not .PHONY: a file of that name would hide it", m[1])
		}
	}
}
