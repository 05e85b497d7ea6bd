package schema_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/report/schema"
	"resonanz/shared/responses"
)

var update = flag.Bool("update", false, "write the schema instead of comparing")

// compiled is the published schema.
func compiled(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema.JSON()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("report.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("report.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// valid is nil where the report's JSON fits the schema.
func valid(t testing.TB, s *jsonschema.Schema, b []byte) error {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

func TestTheSchemaIsThatOfTheModelAndDescribesEveryField(t *testing.T) {
	got, undefined, err := describe()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range undefined {
		t.Errorf("%s has no description: write a comment beside the field, or a line in words_test.go", f)
	}
	if *update && !t.Failed() {
		if err := os.WriteFile("report.schema.json", got, 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(string(schema.JSON()), string(got)); diff != "" {
		t.Errorf("report.schema.json is not that of the model; go test ./shared/report/schema -update writes it (-is +want):\n%s", diff)
	}
}

func TestNoDescriptionIsOfAFieldThatIsGone(t *testing.T) {
	src, err := read()
	if err != nil {
		t.Fatal(err)
	}
	for name := range more {
		if _, ok := src.words[name]; !ok {
			t.Errorf("words_test.go describes %s, which the model does not have", name)
		}
	}
}

func TestWholeAndEmptyReportsAreValid(t *testing.T) {
	s := compiled(t)
	whole := new(report.Report)
	fill(reflect.ValueOf(whole).Elem())
	whole.Format = report.Format
	in := report.Input{
		Organisation: "Beispiel GmbH", Period: whole.Header.Period, Zone: time.UTC, FreezeDay: 6,
		Rules: responses.DefaultRules, TopBox10: 2, MinimumN: 5, IndicativeN: 30, Facts: new(responses.Batch),
		Touchpoints: map[feedback.Touchpoint]feedback.Scale{"hotline": feedback.Stars5},
	}
	in.Cutoff = in.FreezeAt()
	empty, err := report.Build(in)
	if err != nil {
		t.Fatal(err)
	}
	for name, r := range map[string]*report.Report{"whole": whole, "empty": empty} {
		b, err := r.JSON()
		if err != nil {
			t.Fatal(err)
		}
		if err := valid(t, s, b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReportsOfTheTestsAreValid(t *testing.T) {
	s := compiled(t)
	files, err := filepath.Glob(filepath.Join("..", "testdata", "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := report.Parse(b); err != nil {
			continue // no report
		}
		seen++
		if err := valid(t, s, b); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if seen == 0 {
		t.Error("no report was found in testdata")
	}
}

func TestWhatTheModelDoesNotHaveIsRefused(t *testing.T) {
	s := compiled(t)
	whole := new(report.Report)
	fill(reflect.ValueOf(whole).Elem())
	whole.Format = report.Format
	b, err := whole.JSON()
	if err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(map[string]any){
		"another member":         func(m map[string]any) { m["more"] = 1 },
		"a missing member":       func(m map[string]any) { delete(m, "total") },
		"a number as text":       func(m map[string]any) { m["escalations"].(map[string]any)["total"] = "3" },
		"another format":         func(m map[string]any) { m["format"] = 2 },
		"an unknown status":      func(m map[string]any) { m["header"].(map[string]any)["status"] = "draft" },
		"a month that is none":   func(m map[string]any) { m["header"].(map[string]any)["period"] = "2026-13" },
		"half an interval":       func(m map[string]any) { m["total"].(map[string]any)["csat_ci95_pct"] = []any{1.0} },
		"a member of a row more": func(m map[string]any) { m["by_channel"].(map[string]any)["x"].(map[string]any)["more"] = 1 },
	} {
		var m map[string]any
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		change(m)
		bad, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if valid(t, s, bad) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

// fill sets everything in a value: one element in lists and maps, the first
// constant of a type in texts.
func fill(v reflect.Value) {
	src, err := read()
	if err != nil {
		panic(err)
	}
	fillWith(v, src)
}

func fillWith(v reflect.Value, src source) {
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)))
		return
	case period.Period:
		p, err := period.Parse("2026-03")
		if err != nil {
			panic(err)
		}
		v.Set(reflect.ValueOf(p))
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillWith(v.Elem(), src)
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fillWith(v.Field(i), src)
			}
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fillWith(v.Index(0), src)
	case reflect.Array:
		for i := range v.Len() {
			fillWith(v.Index(i), src)
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		e := reflect.New(v.Type().Elem()).Elem()
		fillWith(e, src)
		k := reflect.New(v.Type().Key()).Elem()
		k.SetString("x")
		v.SetMapIndex(k, e)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Float64:
		v.SetFloat(1.5)
	case reflect.Int, reflect.Int64:
		v.SetInt(1)
	case reflect.String:
		text := "x"
		if all := src.values[short(v.Type())]; len(all) > 0 {
			text = all[0]
		}
		v.SetString(text)
	}
}

func TestTheSchemaIsSmallEnoughToServe(t *testing.T) {
	if n := len(schema.JSON()); n > 200<<10 {
		t.Errorf("%d bytes", n)
	}
	if !strings.HasSuffix(string(schema.JSON()), "}\n") {
		t.Error("it does not end in a line")
	}
}
