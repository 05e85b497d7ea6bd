package schema_test

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/satisfaction"
)

// object is a JSON object whose members keep their order.
type object []member

// member is one of them.
type member struct {
	name  string
	value any
}

// MarshalJSON writes the members in order.
func (o object) MarshalJSON() ([]byte, error) {
	var b strings.Builder
	b.WriteByte('{')
	for i, m := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		v, err := json.Marshal(m.value)
		if err != nil {
			return nil, err
		}
		b.WriteString(strconv.Quote(m.name) + ":")
		b.Write(v)
	}
	b.WriteByte('}')
	return []byte(b.String()), nil
}

// source is what the Go source says of the types: comments, and the constants
// that a string type has.
type source struct {
	words  map[string]string   // by package.Type and package.Type.Field
	values map[string][]string // by package.Type
}

// builder describes types.
type builder struct {
	source
	defs      map[string]object
	undefined []string // fields without a description
}

// describe is the JSON Schema of the report, made of its Go types: structure by
// reflection, descriptions from the comments in the source.
func describe() ([]byte, []string, error) {
	src, err := read()
	if err != nil {
		return nil, nil, err
	}
	b := &builder{source: src, defs: map[string]object{}}
	root := b.structure(reflect.TypeFor[report.Report]())
	doc := object{
		{"$schema", "https://json-schema.org/draft/2020-12/schema"},
		{"$id", "urn:resonanz:report:" + strconv.Itoa(report.Format)},
		{"title", "Monthly report"},
	}
	doc = append(doc, root...)
	var defs object
	for _, name := range slices.Sorted(maps.Keys(b.defs)) {
		defs = append(defs, member{name, b.defs[name]})
	}
	doc = append(doc, member{"$defs", defs})
	out, err := json.Marshal(doc)
	if err != nil {
		return nil, nil, err
	}
	var v json.RawMessage = out
	out, err = json.MarshalIndent(v, "", " ")
	return append(out, '\n'), b.undefined, err
}

// short is the name of a type as the source has it: package.Type.
func short(t reflect.Type) string {
	return t.PkgPath()[strings.LastIndexByte(t.PkgPath(), '/')+1:] + "." + t.Name()
}

// definition is the name of a struct in the schema: that of its type, after that
// of its package where it is another than the report's.
func definition(t reflect.Type) string {
	pkg, name, _ := strings.Cut(short(t), ".")
	if pkg == "report" {
		return name
	}
	return strings.ToUpper(pkg[:1]) + pkg[1:] + name
}

// structure is the schema of a struct.
func (b *builder) structure(t reflect.Type) object {
	var properties object
	required := []string{}
	b.fields(t, &properties, &required)
	return object{
		{"description", b.words[short(t)]},
		{"type", "object"},
		{"properties", properties},
		{"required", required},
		{"additionalProperties", false},
	}
}

// fields adds those of a struct, and of what it embeds.
func (b *builder) fields(t reflect.Type, properties *object, required *[]string) {
	for f := range t.Fields() {
		tag, tagged := f.Tag.Lookup("json")
		name, options, _ := strings.Cut(tag, ",")
		switch {
		case name == "-":
			continue
		case f.Anonymous && !tagged:
			b.fields(f.Type, properties, required)
			continue
		case name == "":
			name = f.Name
		}
		s := b.schema(f.Type)
		words := b.words[short(t)+"."+f.Name]
		if words == "" {
			words = more[short(t)+"."+f.Name]
		}
		if words == "" {
			words = common[f.Name]
		}
		if words == "" {
			b.undefined = append(b.undefined, short(t)+"."+f.Name)
		}
		if t == reflect.TypeFor[report.Report]() && f.Name == "Format" {
			s = append(s, member{"const", report.Format})
		}
		*properties = append(*properties, member{name, append(object{{"description", words}}, s...)})
		if !strings.Contains(options, "omit") {
			*required = append(*required, name)
		}
	}
}

// schema is the schema of a type.
func (b *builder) schema(t reflect.Type) object {
	switch t {
	case reflect.TypeFor[time.Time]():
		return object{{"type", "string"}, {"format", "date-time"}}
	case reflect.TypeFor[period.Period]():
		return object{{"type", "string"}, {"pattern", `^[0-9]{4}-(0[1-9]|1[0-2])$`}}
	case reflect.TypeFor[feedback.EventID]():
		return object{{"type", "string"}}
	case reflect.TypeFor[satisfaction.Distribution]():
		return object{{"type", []string{"object", "null"}}, {"propertyNames", object{{"pattern", "^[0-9]+$"}}}, {"additionalProperties", object{{"type", "integer"}, {"minimum", 0}}}}
	case reflect.TypeFor[report.Breakdown]():
		return object{{"type", "object"}, {"additionalProperties", b.schema(reflect.TypeFor[report.Row]())}}
	case reflect.TypeFor[report.CollectionRows]():
		return object{{"type", "object"}, {"additionalProperties", b.schema(reflect.TypeFor[report.CollectionRow]())}}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return orNull(b.schema(t.Elem()))
	case reflect.Struct:
		name := definition(t)
		if _, ok := b.defs[name]; !ok {
			b.defs[name] = nil // in the making
			b.defs[name] = b.structure(t)
		}
		return object{{"$ref", "#/$defs/" + name}}
	case reflect.Slice:
		return object{{"type", []string{"array", "null"}}, {"items", b.schema(t.Elem())}}
	case reflect.Array:
		return object{{"type", "array"}, {"items", b.schema(t.Elem())}, {"minItems", t.Len()}, {"maxItems", t.Len()}}
	case reflect.Map:
		return object{{"type", []string{"object", "null"}}, {"additionalProperties", b.schema(t.Elem())}}
	case reflect.Bool:
		return object{{"type", "boolean"}}
	case reflect.Float64:
		return object{{"type", "number"}}
	case reflect.Int, reflect.Int64:
		return object{{"type", "integer"}}
	case reflect.String:
		if v := b.values[short(t)]; len(v) > 0 && t.PkgPath() != "" {
			return object{{"type", "string"}, {"enum", v}}
		}
		return object{{"type", "string"}}
	}
	panic(fmt.Sprintf("describing the report: no schema for %s", t))
}

// orNull is a schema that takes null too.
func orNull(s object) object {
	if s[0].name == "type" {
		if one, ok := s[0].value.(string); ok {
			out := append(object{{"type", []string{one, "null"}}}, s[1:]...)
			for i := range out {
				if out[i].name == "enum" {
					var with []any
					for _, v := range out[i].value.([]string) {
						with = append(with, v)
					}
					out[i].value = append(with, nil)
				}
			}
			return out
		}
		return s
	}
	return object{{"anyOf", []object{s, {{"type", "null"}}}}}
}

// read reads the source of the packages that make up the report.
func read() (source, error) {
	src := source{words: map[string]string{}, values: map[string][]string{}}
	root, err := moduleRoot()
	if err != nil {
		return src, err
	}
	for _, p := range []string{"report", "satisfaction", "frap", "handling", "feedback", "signal", "fcr", "benefit", "sla", "evidence", "responses"} {
		files, err := filepath.Glob(filepath.Join(root, "shared", p, "*.go"))
		if err != nil {
			return src, err
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
			if err != nil {
				return src, err
			}
			for _, d := range f.Decls {
				if g, ok := d.(*ast.GenDecl); ok {
					src.take(p, g)
				}
			}
		}
	}
	return src, nil
}

// moduleRoot is the folder of go.mod.
func moduleRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if filepath.Dir(dir) == dir {
			return "", fmt.Errorf("no go.mod above the working folder")
		}
		dir = filepath.Dir(dir)
	}
}

// take notes what a declaration says of types and constants.
func (s source) take(pkg string, g *ast.GenDecl) {
	for _, spec := range g.Specs {
		switch spec := spec.(type) {
		case *ast.TypeSpec:
			key := pkg + "." + spec.Name.Name
			s.words[key] = sentence(spec.Doc, g.Doc)
			if st, ok := spec.Type.(*ast.StructType); ok {
				for _, f := range st.Fields.List {
					for _, n := range f.Names {
						s.words[key+"."+n.Name] = sentence(f.Doc, f.Comment)
					}
				}
			}
		case *ast.ValueSpec:
			id, ok := spec.Type.(*ast.Ident)
			if g.Tok != token.CONST || !ok {
				continue
			}
			for _, v := range spec.Values {
				if l, ok := v.(*ast.BasicLit); ok && l.Kind == token.STRING {
					text, _ := strconv.Unquote(l.Value) // a literal of Go
					s.values[pkg+"."+id.Name] = append(s.values[pkg+"."+id.Name], text)
				}
			}
		}
	}
}

// sentence is the text of comments in one line.
func sentence(all ...*ast.CommentGroup) string {
	var words []string
	for _, c := range all {
		if c != nil {
			words = append(words, strings.Fields(c.Text())...)
		}
	}
	return strings.Join(words, " ")
}
