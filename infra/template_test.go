package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"resonanz/infra/configure"
	"resonanz/shared/config"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// TestMain switches the validator off, which `make synth` runs: here it would
// cost seconds for each of the variants. The CDK's Node process is one for all.
func TestMain(m *testing.M) {
	flag.Parse()
	for k, v := range map[string]string{"CDK_VALIDATION": "false", "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "20"} {
		if err := os.Setenv(k, v); err != nil {
			panic(err)
		}
	}
	code := m.Run()
	jsii.Close()
	os.Exit(code)
}

// variant is one way to deploy the stack.
type variant struct {
	name    string
	context map[string]any
	config  *config.Config       // nil: feedback.yaml's
	change  func(*config.Config) // of it
}

var (
	dev  = variant{name: "dev"}
	prod = variant{name: "prod", context: map[string]any{"stage": "prod"}}
	// local is what runs on the emulator of an ordinary machine.
	local = variant{name: "local", context: map[string]any{"local": "true", "arch": "amd64", "publicUrl": "http://localhost:8080", "signInUrl": "http://localhost:4566/"}}
	// own is an owner who brings an issuer, a domain and an operator's address.
	own = variant{name: "own", change: func(c *config.Config) {
		c.OIDC = config.OIDC{Issuer: "https://id.example.com", Audience: []string{"crm", "desk"}}
		c.Canary = config.Canary{Enabled: true, ClientID: "canary", TokenURL: "https://id.example.com/token"}
		c.PublicURL = "https://feedback.example.com"
		c.Alarms.Email = "operations@example.com"
		c.Notify.MailFrom = ""
		c.Retention.LogDays = 90
		c.Report.FreezeDay = 10
		c.Organisation.TimeZone = "America/New_York"
	}}
)

// hooked is an owner whose webhooks have addresses that are secrets.
var hooked = variant{name: "hooked", change: func(c *config.Config) {
	c.Notify.Webhooks = []config.Webhook{{ID: "crm", URL: "https://crm.example.com/hook", Format: "standard"}, {ID: "chat", Format: "slack"}}
}}

// template is a synthesised CloudFormation template.
type template struct {
	Resources map[string]*resource
	Outputs   map[string]any
	raw       map[string]any
}

type resource struct {
	Type                string
	Properties          map[string]any
	DeletionPolicy      string
	UpdateReplacePolicy string
	DependsOn           []string
}

var (
	synthesised   = map[string]*template{}
	synthesisLock sync.Mutex
)

// synth gives the template of v, made once.
func synth(t *testing.T, v variant) *template {
	t.Helper()
	synthesisLock.Lock()
	defer synthesisLock.Unlock()
	if synthesised[v.name] == nil {
		b, err := v.synthesise(t)
		if err != nil {
			t.Fatal(err)
		}
		synthesised[v.name] = parseTemplate(t, b)
	}
	return synthesised[v.name]
}

func parseTemplate(t *testing.T, b []byte) *template {
	t.Helper()
	parsed := new(template)
	for _, into := range []any{parsed, &parsed.raw} {
		if err := json.Unmarshal(b, into); err != nil {
			t.Fatal(err)
		}
	}
	return parsed
}

// synthesise runs the app as `cdk synth` would, on stand-ins for the binaries,
// and gives the template.
func (v variant) synthesise(t *testing.T) ([]byte, error) {
	t.Helper()
	out := t.TempDir()
	stage, err := v.into(t, out)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(out, "Resonanz-"+string(stage)+".template.json"))
}

// into is synthesise with everything left in the folder out.
func (v variant) into(t *testing.T, out string) (Stage, error) {
	t.Helper()
	values := cdkContext(t)
	for k, value := range v.context {
		values[k] = value
	}
	app := awscdk.NewApp(&awscdk.AppProps{Context: &values, Outdir: jsii.String(out), AnalyticsReporting: jsii.Bool(false)})
	cfg := v.config
	if cfg == nil {
		var err error
		if cfg, err = configure.LoadStage("feedback.yaml", string(stageOf(app.Node()))); err != nil {
			return "", err
		}
	}
	if v.change != nil {
		v.change(cfg)
	}
	settings, err := settingsFrom(app.Node(), cfg, standIns(t))
	if err != nil {
		return "", err
	}
	if err := newStack(app, settings); err != nil {
		return "", err
	}
	app.Synth(nil)
	return settings.Stage, nil
}

// cdkContext is that of cdk.json.
func cdkContext(t *testing.T) map[string]any {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "cdk.json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Context map[string]any }
	if err := json.Unmarshal(b, &file); err != nil {
		t.Fatal(err)
	}
	return file.Context
}

// standIns makes a folder like build/, so that no test needs a build.
func standIns(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, arch := range []string{"arm64", "amd64"} {
		for _, fn := range functionNames {
			path := filepath.Join(dir, arch, fn, "bootstrap")
			if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(fn), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

var functionNames = []string{"attachment", "bounce", "canary", "card", "cases", "clock", "compact", "complaint", "courier", "customers", "desk", "escalation", "facts", "fanout", "invitation", "kiosk", "notify", "rating", "report", "signin", "sweep", "watch"}

// of lists the logical ids of one type of resource.
func (t *template) of(kind string) []string {
	var ids []string
	for id, r := range t.Resources {
		if r.Type == kind {
			ids = append(ids, id)
		}
	}
	sort.Strings(ids)
	return ids
}

// one finds the resource of a type whose construct has a name.
func (t *template) one(tb testing.TB, kind, named string) *resource {
	tb.Helper()
	for _, id := range t.of(kind) {
		if name(id) == named {
			return t.Resources[id]
		}
	}
	tb.Fatalf("no %s named %s among %v", kind, named, names(t.of(kind)))
	return nil
}

var hash = regexp.MustCompile(`[0-9A-F]{8}$`)

// name is a logical id without the hash of the CDK.
func name(id string) string { return hash.ReplaceAllString(id, "") }

func names(ids []string) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = name(id)
	}
	return out
}

// target is the logical id that a Ref or Fn::GetAtt names; empty for a literal.
func target(v any) string {
	m, _ := v.(map[string]any)
	if id, ok := m["Ref"].(string); ok {
		return id
	}
	if list, ok := m["Fn::GetAtt"].([]any); ok && len(list) > 0 {
		id, _ := list[0].(string)
		return id
	}
	return ""
}

// dig walks maps and lists: dig(p, "Target", "Arn"), dig(p, "Filters", "0").
func dig(v any, path ...string) any {
	for _, step := range path {
		switch n := v.(type) {
		case map[string]any:
			v = n[step]
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(n) {
				return nil
			}
			v = n[i]
		default:
			return nil
		}
	}
	return v
}

// whole is a number of the template.
func whole(v any) int {
	f, _ := v.(float64)
	return int(f)
}

func list(v any) []any {
	if l, ok := v.([]any); ok {
		return l
	}
	if v == nil {
		return nil
	}
	return []any{v}
}

// written makes one readable line of a value: references by name, joins joined.
func written(v any) string {
	switch n := v.(type) {
	case string:
		return n
	case map[string]any:
		if id, ok := n["Ref"].(string); ok {
			return name(id)
		}
		if l, ok := n["Fn::GetAtt"].([]any); ok {
			return name(l[0].(string)) + "." + l[1].(string)
		}
		if l, ok := n["Fn::Join"].([]any); ok {
			var parts []string
			for _, p := range list(l[1]) {
				parts = append(parts, written(p))
			}
			return strings.Join(parts, l[0].(string))
		}
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

// isFunction reports whether a value is a reference or another function of
// CloudFormation.
func isFunction(m map[string]any) bool {
	for k := range m {
		return len(m) == 1 && (k == "Ref" || strings.HasPrefix(k, "Fn::"))
	}
	return false
}

// flat lists every leaf of a value as "path: value", sorted.
func flat(v any) []string {
	var lines []string
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch n := v.(type) {
		case map[string]any:
			if isFunction(n) {
				lines = append(lines, path+": "+written(v))
				return
			}
			for k, child := range n {
				walk(strings.TrimPrefix(path+"."+k, "."), child)
			}
		case []any:
			for i, child := range n {
				walk(fmt.Sprintf("%s[%d]", path, i), child)
			}
		default:
			lines = append(lines, path+": "+written(v))
		}
	}
	walk("", v)
	slices.Sort(lines)
	return lines
}
