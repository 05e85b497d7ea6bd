package configure

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// everyField is a valid configuration in which every field of the schema stands.
func everyField(t *testing.T) map[string]any {
	t.Helper()
	text, err := os.ReadFile("testdata/every-field.yaml")
	if err != nil {
		t.Fatal(err)
	}
	_, value, err := parse("every-field.yaml", text)
	if err != nil {
		t.Fatal(err)
	}
	return value.(map[string]any)
}

// page writes a value as YAML, one field a line, and says on which each stands.
type page struct {
	text  strings.Builder
	line  int
	lines map[string]int // by path, written as errors write it
}

func write(value map[string]any) *page {
	p := &page{line: 1, lines: map[string]int{"": 1}}
	p.fields(value, nil, 0)
	return p
}

func (p *page) fields(value map[string]any, path []string, depth int) {
	for _, key := range slices.Sorted(maps.Keys(value)) {
		p.put(below(path, key), strconv.Quote(key)+":", value[key], depth)
	}
}

func (p *page) put(path []string, head string, value any, depth int) {
	p.lines[fieldName(path, "")] = p.line
	p.text.WriteString(strings.Repeat("  ", depth) + head)
	p.line++
	switch v := value.(type) {
	case map[string]any:
		if len(v) > 0 {
			p.text.WriteString("\n")
			p.fields(v, path, depth+1)
			return
		}
	case []any:
		if len(v) > 0 {
			p.text.WriteString("\n")
			for i, item := range v {
				p.item(below(path, strconv.Itoa(i)), item, depth+1)
			}
			return
		}
	}
	b, _ := json.Marshal(value) // of what JSON gave
	p.text.WriteString(" " + string(b) + "\n")
}

// item writes an entry of a list; a section begins on the line below the dash.
func (p *page) item(path []string, value any, depth int) {
	fields, ok := value.(map[string]any)
	if !ok || len(fields) == 0 {
		p.put(path, "-", value, depth)
		return
	}
	p.text.WriteString(strings.Repeat("  ", depth) + "-\n")
	p.line++
	p.lines[fieldName(path, "")] = p.line
	p.fields(fields, path, depth+1)
}

// breakage is one way to spoil one field.
type breakage struct {
	how  string
	path []string // of the value that is put in place of what is there
	put  any      // removed: it is taken out
	at   []string // what the error must name; nil: path
	line []string // where it must say that it is; nil: at
}

type removed struct{}

// breakages are all ways to spoil the field at path, whose schema is s.
func breakages(root, s map[string]any, path []string, value any, required bool) (all []breakage) {
	add := func(how string, put any) { all = append(all, breakage{how: how, path: path, put: put}) }
	if required {
		all = append(all, breakage{how: "missing", path: path, put: removed{}, line: path[:len(path)-1]})
	}
	add("nothing", nil)
	for _, choice := range choices(root, s) {
		for _, b := range spoilt(choice, value) {
			add(b.how, b.put)
		}
		if enum, ok := choice["enum"].([]any); ok && choice["type"] == "string" && !slices.Contains(enum, any("")) {
			add("empty", "")
		}
	}
	if o, ok := value.(map[string]any); ok && s["additionalProperties"] == false {
		more := maps.Clone(o)
		more["no_such_field"] = 1
		all = append(all, breakage{how: "unknown neighbour", path: path, put: more, at: below(path, "no_such_field")})
	}
	return all
}

// choices are the schemas of which a value must fit one, without that of nothing.
func choices(root, s map[string]any) (all []map[string]any) {
	if list, ok := s["anyOf"].([]any); ok {
		for _, c := range list {
			if c := c.(map[string]any); c["$ref"] != nil {
				all = append(all, resolve(root, c["$ref"].(string)))
			}
		}
		return all
	}
	return []map[string]any{s}
}

// spoilt are values that do not fit s; value does.
func spoilt(s map[string]any, value any) (all []struct {
	how string
	put any
}) {
	add := func(how string, put any) {
		all = append(all, struct {
			how string
			put any
		}{how, put})
	}
	number := func(key string) (float64, bool) {
		n, ok := s[key].(json.Number)
		f, _ := n.Float64()
		return f, ok
	}
	switch s["type"] {
	case "string":
		add("a number", 7)
		add("a list", []any{"a"})
		if n, ok := number("maxLength"); ok {
			add("too long", strings.Repeat("ä", int(n)+1))
		}
		if n, ok := number("minLength"); ok && n > 0 {
			add("empty", "")
		}
		if s["enum"] != nil || s["pattern"] != nil {
			add("no such value", "¡no such!")
		}
	case "integer", "number":
		add("a text", "many")
		if n, ok := number("minimum"); ok {
			add("too small", n-1)
		}
		if n, ok := number("maximum"); ok {
			add("too large", n+1)
		}
		if s["enum"] != nil {
			add("no such value", 987654)
		}
		if s["type"] == "integer" {
			add("a fraction", 1.5)
		}
	case "boolean":
		add("a text", "perhaps")
		add("a number", 1)
	case "array":
		add("a text", "one")
		add("a section", map[string]any{})
		list, _ := value.([]any)
		if n, ok := number("minItems"); ok && n > 0 {
			add("empty", []any{})
		}
		if n, ok := number("maxItems"); ok && len(list) > 0 && n < 2000 {
			add("too many", slices.Repeat(list[:1], int(n)+1))
		}
		if s["uniqueItems"] == true && len(list) > 0 {
			add("the same twice", []any{list[0], list[0]})
		}
	case "object":
		add("a text", "one")
		add("a list", []any{1})
		if _, ok := number("minProperties"); ok {
			add("empty", map[string]any{})
		}
	}
	return all
}

// eachField visits every field of value that the schema knows.
func eachField(root, s map[string]any, path []string, value any, visit func(path []string, s map[string]any, value any, required bool)) {
	if ref, ok := s["$ref"].(string); ok {
		s = maps.Clone(s)
		maps.Copy(s, resolve(root, ref))
	}
	switch v := value.(type) {
	case map[string]any:
		properties, _ := s["properties"].(map[string]any)
		required, _ := s["required"].([]any)
		for _, name := range slices.Sorted(maps.Keys(v)) {
			child, known := properties[name].(map[string]any)
			if patterns, ok := s["patternProperties"].(map[string]any); ok {
				for _, p := range patterns {
					child, known = p.(map[string]any), true
				}
			}
			if !known {
				continue
			}
			if ref, ok := child["$ref"].(string); ok {
				child = maps.Clone(child)
				maps.Copy(child, resolve(root, ref))
			}
			visit(below(path, name), child, v[name], slices.Contains(required, any(name)))
			eachField(root, child, below(path, name), v[name], visit)
		}
	case []any:
		items, ok := s["items"].(map[string]any)
		if !ok || len(v) == 0 {
			return
		}
		eachField(root, items, below(path, "0"), v[0], visit)
	}
}

// with is a copy of value with something else at path.
func with(value any, path []string, put any) any {
	if len(path) == 0 {
		return put
	}
	switch v := value.(type) {
	case map[string]any:
		c := maps.Clone(v)
		if _, gone := put.(removed); gone && len(path) == 1 {
			delete(c, path[0])
			return c
		}
		c[path[0]] = with(v[path[0]], path[1:], put)
		return c
	case []any:
		i, _ := strconv.Atoi(path[0])
		c := slices.Clone(v)
		c[i] = with(v[i], path[1:], put)
		return c
	}
	return put
}

func schemaRoot(t *testing.T) map[string]any {
	t.Helper()
	d := json.NewDecoder(strings.NewReader(string(schemaText)))
	d.UseNumber()
	var root map[string]any
	if err := d.Decode(&root); err != nil {
		t.Fatal(err)
	}
	return root
}

func TestAConfigurationWithEveryFieldIsAccepted(t *testing.T) {
	all := everyField(t)
	if _, err := Check("f.yaml", []byte(write(all).text.String())); err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	eachField(schemaRoot(t), schemaRoot(t), nil, all, func(path []string, _ map[string]any, _ any, _ bool) {
		there[strings.ReplaceAll(fieldName(path, ""), "[0]", "[]")] = true
	})
	walkSchema(t, func(path string, _ map[string]any, _ bool) {
		if !there[path] && path != "stages" {
			t.Errorf("%s does not stand in it: add it, so that it is broken in turn", path)
		}
	})
}

func TestEveryFieldBrokenInEveryWayIsNamedWithItsLine(t *testing.T) {
	root, all := schemaRoot(t), everyField(t)
	tried, staged := 0, map[string]bool{}
	eachField(root, root, nil, all, func(path []string, s map[string]any, value any, required bool) {
		for _, b := range breakages(root, s, path, value, required) {
			tried++
			at, line := b.at, b.line
			if at == nil {
				at = b.path
			}
			if line == nil {
				line = at
			}
			broken := write(with(all, b.path, b.put).(map[string]any))
			named(t, fmt.Sprintf("%s: %s", fieldName(path, ""), b.how), broken, fieldName(at, ""), broken.lines[fieldName(line, "")])
			if _, text := b.put.(string); !text && b.at == nil || staged[fieldName(at, "")] {
				continue // once for each field: the same checks follow
			}
			staged[fieldName(at, "")] = true
			const prefix = "stages.prod."
			laid := write(map[string]any{
				"organisation": map[string]any{"name": "Beispiel GmbH", "time_zone": "UTC", "languages": []any{"de"}},
				"touchpoints":  []any{map[string]any{"id": "hotline", "name": map[string]any{"de": "Hotline"}}},
				"stages":       map[string]any{"prod": with(all, b.path, b.put)},
			})
			named(t, fmt.Sprintf("%s%s: %s", prefix, fieldName(path, ""), b.how), laid, prefix+fieldName(at, ""), laid.lines[prefix+fieldName(line, "")])
		}
	})
	if tried < 900 || len(staged) < 200 {
		t.Errorf("only %d ways were tried, and %d fields in a stage", tried, len(staged))
	}
}

// named demands that one of the problems of a page is that of field, on line.
func named(t *testing.T, what string, p *page, field string, line int) {
	t.Helper()
	_, err := Check("f.yaml", []byte(p.text.String()))
	var wrong *Error
	if !errors.As(err, &wrong) {
		t.Errorf("%s: got %v", what, err)
		return
	}
	for _, problem := range wrong.Problems {
		if problem.Field == field && problem.Line == line && problem.Text != "" {
			return
		}
	}
	t.Errorf("%s: want f.yaml:%d: %s: …, got\n%v", what, line, field, err)
}
