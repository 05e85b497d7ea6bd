package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/infra/bench/reference"
	"resonanz/infra/configure"
)

func template(t *testing.T) map[string]setting {
	t.Helper()
	b, err := os.ReadFile("../testdata/dev.json")
	if err != nil {
		t.Fatal(err)
	}
	all, err := settingsOf(b)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestEveryFunctionIsMeasuredWithTheSettingsOfTheStack(t *testing.T) {
	folders, err := filepath.Glob("../../functions/*/main.go")
	if err != nil || len(folders) == 0 {
		t.Fatalf("no functions: %v", err)
	}
	settings := template(t)
	measured := make(map[string]bool)
	for _, p := range chosen(plays(), "") {
		measured[p.function] = true
	}
	for _, f := range folders {
		name := filepath.Base(filepath.Dir(f))
		if s := settings[name]; !measured[name] || s.memory < 128 || s.env["STAGE"] != "dev" {
			t.Errorf("%s: measured %t with %+v", name, measured[name], settings[name])
		}
	}
	if n := len(settings); n != len(folders) {
		t.Errorf("the template has %d functions, the project %d", n, len(folders))
	}
}

func TestWhatOnlyADeploymentKnowsIsOfTheWorld(t *testing.T) {
	got, err := settingsOf([]byte(`{"Resources":{
		"Rating12345678": {"Type":"AWS::Lambda::Function","Properties":{"Description":"Resonanz: x","MemorySize":256,"Environment":{"Variables":{
			"GOMAXPROCS":"1","TABLE_NAME":{"Ref":"Table"},"LINK_SECRET_ARN":{"Ref":"Link"},"DLQ_URL":{"Ref":"Dlq"}}}}},
		"Handler12345678": {"Type":"AWS::Lambda::Function","Properties":{"MemorySize":128}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"GOMAXPROCS": "1", "TABLE_NAME": "bench-table", "LINK_SECRET_ARN": "link", "DLQ_URL": "https://sqs.eu-central-1.example.com/000000000000/dlq-url"}
	if diff := cmp.Diff(want, got["rating"].env); diff != "" || len(got) != 1 || got["rating"].memory != 256 {
		t.Errorf("%v %s", got, diff)
	}
	for _, bad := range []string{"{", `{"Resources":{}}`} {
		if _, err := settingsOf([]byte(bad)); err == nil {
			t.Errorf("%s is no template of the stack", bad)
		}
	}
}

func TestAConfigurationWithManyDevicesIsAccepted(t *testing.T) {
	text, err := os.ReadFile("../feedback.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if text, err = manyDevices(text); err != nil {
		t.Fatal(err)
	}
	cfg, err := configure.Check("many.yaml", text)
	if err != nil || len(cfg.Devices) < devices || cfg.Device("bench-kiosk-59") == nil {
		t.Errorf("%v", err)
	}
	if _, err := manyDevices([]byte("devices: []\n")); err == nil {
		t.Error("a file without a list of devices takes none")
	}
}

func TestFreshSamplesRepeatNothing(t *testing.T) {
	w := &world{bench: &bench{root: "../.."}}
	seen := make(map[string]bool)
	for range 50 {
		b, err := w.fresh("escalation-batch.json")
		if err != nil || !json.Valid(b) {
			t.Fatalf("%v: %s", err, b)
		}
		ids := slices.Compact(slices.Sorted(slices.Values(append(append(eventIDs.FindAllString(string(b), -1), responseKeys.FindAllString(string(b), -1)...), caseNumbers.FindAllString(string(b), -1)...))))
		if len(ids) != 7 { // three messages, two events of one response, and a case
			t.Fatalf("got %q", ids)
		}
		for _, id := range ids {
			if seen[id] {
				t.Fatalf("%s came twice", id)
			}
			seen[id] = true
		}
	}
}

func TestQuantilesAreObservedValues(t *testing.T) {
	var all []int64
	for i := range int64(20) {
		all = append(all, 20-i)
	}
	if m, p := median(all), p90(all); m != 10 || p != 18 {
		t.Errorf("got %d and %d", m, p)
	}
	if median(nil) != 0 || median([]int64{7}) != 7 {
		t.Error("of none and of one")
	}
}

// figures of a run in which rating keeps its bounds, but for what change does.
func figures(change func(rating *figure)) []figure {
	rating := figure{Name: "rating", Function: "rating", Cold: []int64{150}, Warm: []int64{400}, Calls: map[string]float64{"dynamodb.PutItem": 1}}
	change(&rating)
	all := []figure{
		{Name: reference.Hello, Function: reference.Hello, Cold: []int64{100}, Warm: []int64{300}},
		{Name: helloAsRating, Function: reference.Hello, Cold: []int64{90}, Warm: []int64{200}},
		{Name: reference.Plain, Function: reference.Plain, Cold: []int64{140}, Warm: []int64{700}},
		rating,
		{Name: "report", Function: "report", Cold: []int64{900}, Warm: []int64{900}, Binary: 99 << 20},
	}
	compare(all)
	return all
}

func TestAHandlerIsComparedWithoutItsPlatform(t *testing.T) {
	f := figures(func(*figure) {})[3]
	if f.ColdOfHello != 1.5 || f.WarmOfPlain != 400.0/700 || f.HandlerOfPlain != 0.5 {
		t.Errorf("got %+v", f)
	}
}

func TestWhatIsOverABoundIsSaid(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*figure)
		want   string
	}{
		"kept":    {func(*figure) {}, ""},
		"cold":    {func(f *figure) { f.Cold = []int64{170} }, "rating starts in 1.70 × hello"},
		"handler": {func(f *figure) { f.Warm = []int64{440} }, "works 0.60 ×"},
		"size":    {func(f *figure) { f.Binary = 12 << 20 }, "has 12.0 MiB"},
		"calls":   {func(f *figure) { f.Calls["dynamodb.Query"] = 0.1 }, "one PutItem is all"},
	} {
		t.Run(name, func(t *testing.T) {
			r := &record{Figures: figures(c.change)}
			r.judge()
			if got := strings.Join(r.Over, "\n"); !strings.Contains(got, c.want) || (c.want == "") != (got == "") {
				t.Errorf("got %q", got)
			}
			if !strings.Contains(r.Allowed["report"], "once a month") {
				t.Errorf("report may be large, with its reason: %q", r.Allowed)
			}
		})
	}
}

func TestFiguresAreKeptForPeopleAndForPrograms(t *testing.T) {
	r := &record{Figures: figures(func(f *figure) { f.Cold = []int64{150, 160}; f.Init = f.Cold; f.First = f.Cold; f.FirstWall = f.Cold }), Warm: 300}
	for i := range r.Figures[:3] {
		f := &r.Figures[i]
		f.Init, f.First, f.FirstWall = f.Cold, f.Cold, f.Cold
	}
	r.Figures = r.Figures[:4]
	r.judge()
	dir := t.TempDir()
	if err := r.keep(dir); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "bench.txt"))
	if err != nil || strings.Count(string(b), "BenchmarkCold/rating 1 1") != 2 || !strings.Contains(string(b), "BenchmarkWarm/rating 300 400 cpu-ns/op") {
		t.Errorf("%v: %s", err, b)
	}
	var back record
	if b, err = os.ReadFile(filepath.Join(dir, "bench.json")); err != nil || json.Unmarshal(b, &back) != nil || len(back.Figures) != 4 {
		t.Errorf("%v: %s", err, b)
	}
	var out bytes.Buffer
	r.print(&out)
	if !strings.Contains(out.String(), "rating") || !strings.Contains(out.String(), "handler × plain") {
		t.Error(out.String())
	}
}
