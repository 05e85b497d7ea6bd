package configure

import (
	"encoding/json"
	"maps"
	"reflect"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/config"
)

// voluntary are the fields that are absent for a reason: absent says something
// that no value does.
var voluntary = []string{
	"cards[].sections[].title",           // no heading
	"cards[].sections[].items[].options", // no choice
	"devices[].hours",                    // always
	"escalation.crisis.notice",           // nothing is added
	"complaints.redress",                 // nothing is added
	"report.assumptions",                 // no estimate
	"touchpoints[].anonymous",            // as the organisation says
}

// walkSchema calls visit for every field of the schema, lists taken as "[]".
func walkSchema(t *testing.T, visit func(path string, field map[string]any, required bool)) {
	t.Helper()
	var root map[string]any
	if err := json.Unmarshal(schemaText, &root); err != nil {
		t.Fatal(err)
	}
	var walk func(path string, s map[string]any)
	walk = func(path string, s map[string]any) {
		required, _ := s["required"].([]any)
		properties, _ := s["properties"].(map[string]any)
		for name, p := range properties {
			field := p.(map[string]any)
			if ref, ok := field["$ref"].(string); ok {
				field = maps.Clone(field)
				maps.Copy(field, resolve(root, ref))
			}
			at := strings.TrimPrefix(path+"."+name, ".")
			visit(at, field, slices.Contains(required, any(name)))
			walk(at, field)
			if items, ok := field["items"].(map[string]any); ok {
				walk(at+"[]", items)
			}
		}
	}
	walk("", root)
}

func TestTheSchemaDocumentsEveryFieldAndItsDefault(t *testing.T) {
	walkSchema(t, func(path string, field map[string]any, required bool) {
		if d, _ := field["description"].(string); len(d) < 8 || !strings.HasSuffix(d, ".") {
			t.Errorf("%s: description %q says too little", path, d)
		}
		if _, has := field["default"]; !has && !required && field["type"] != "object" && !slices.Contains(voluntary, path) {
			t.Errorf("%s: neither required nor with a default", path)
		}
	})
}

func TestTheSchemaRefusesUnknownFieldsEverywhere(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(schemaText, &root); err != nil {
		t.Fatal(err)
	}
	var walk func(path string, node any)
	walk = func(path string, node any) {
		switch n := node.(type) {
		case map[string]any:
			if _, object := n["properties"]; object && n["additionalProperties"] != false && !strings.HasSuffix(path, "/properties") {
				t.Errorf("%s: takes unknown fields", path)
			}
			for k, v := range n {
				walk(path+"/"+k, v)
			}
		case []any:
			for _, v := range n {
				walk(path, v)
			}
		}
	}
	walk("", root)
}

func TestTheSchemaAndTheFunctionsKnowTheSameFields(t *testing.T) {
	var inSchema []string
	walkSchema(t, func(path string, _ map[string]any, _ bool) {
		if path != "stages" { // laid over the rest at build: functions see the result
			inSchema = append(inSchema, path)
		}
	})
	var inConfig []string
	var walk func(path string, typ reflect.Type)
	walk = func(path string, typ reflect.Type) {
		for i := range typ.NumField() {
			f := typ.Field(i)
			if !f.IsExported() {
				continue
			}
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			at := strings.TrimPrefix(path+"."+name, ".")
			inConfig = append(inConfig, at)
			switch {
			case f.Type.Kind() == reflect.Struct:
				walk(at, f.Type)
			case f.Type.Kind() == reflect.Pointer && f.Type.Elem().Kind() == reflect.Struct:
				walk(at, f.Type.Elem())
			case f.Type.Kind() == reflect.Slice && f.Type.Elem().Kind() == reflect.Struct:
				walk(at+"[]", f.Type.Elem())
			}
		}
	}
	walk("", reflect.TypeFor[config.Config]())
	sort.Strings(inSchema)
	sort.Strings(inConfig)
	if diff := cmp.Diff(inSchema, inConfig); diff != "" {
		t.Errorf("fields (-schema +config.Config):\n%s", diff)
	}
}
