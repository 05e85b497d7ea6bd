// Package configure turns feedback.yaml into the configuration of the functions:
// it checks the file against its schema and against itself, fills in defaults,
// and names file, line and field of everything that is wrong.
package configure

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"resonanz/shared/config"
)

//go:embed feedback.schema.json
var schemaText []byte

// Error lists what is wrong with a file, in the order of its lines.
type Error struct {
	File     string
	Problems []Problem
}

// Problem is one thing wrong. Line counts from 1; Field is the path to the value,
// such as "devices[1].touchpoint", empty for the file as a whole.
type Problem struct {
	Line  int
	Field string
	Text  string
}

// Error writes one line for each problem: "file:line: field: what is wrong".
func (e *Error) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s:%d: ", e.File, p.Line)
		if p.Field != "" {
			fmt.Fprintf(&b, "%s: ", p.Field)
		}
		b.WriteString(p.Text)
	}
	return b.String()
}

// Load reads and checks the file at path and gives the configuration of the stage
// dev. What is wrong with its content comes as an *Error.
func Load(path string) (*config.Config, error) { return LoadStage(path, Dev) }

// LoadStage is Load for another stage: the file with what it says of that stage
// laid over it. Every stage is checked, whichever is asked for.
func LoadStage(path, stage string) (*config.Config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading configuration: %w", err)
	}
	return CheckStage(path, text, stage)
}

// Check is Load for a text in memory; name stands for it in errors.
func Check(name string, text []byte) (*config.Config, error) { return CheckStage(name, text, Dev) }

// CheckStage is LoadStage for a text in memory.
func CheckStage(name string, text []byte, stage string) (*config.Config, error) {
	root, value, err := parse(name, text)
	if err != nil {
		return nil, err
	}
	overlays, found := takeStages(value)
	plain, ofFile, err := overlay{stage: stage}.check(value, nil)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	var cfg *config.Config
	for _, o := range overlays {
		laid, wrong := plain, ofFile
		if len(o.value) > 0 {
			if laid, wrong, err = o.check(value, ofFile); err != nil {
				return nil, fmt.Errorf("reading %s: %w", name, err)
			}
		}
		found = append(found, wrong...)
		if o.stage == stage {
			cfg = laid
		}
	}
	if len(found) > 0 {
		return nil, located(name, root, found)
	}
	if cfg == nil {
		return nil, fmt.Errorf("stage %q is none of %s: name it under stages in %s", stage, names(overlays), name)
	}
	return finish(cfg)
}

// located gives findings their lines, in their order and each once: stages share
// most of a file.
func located(name string, root ast.Node, found []finding) *Error {
	e := &Error{File: name}
	for _, f := range found {
		p := Problem{Line: lineOf(root, f.path, f.key), Field: fieldName(f.path, f.key), Text: f.text}
		if !slices.Contains(e.Problems, p) {
			e.Problems = append(e.Problems, p)
		}
	}
	slices.SortStableFunc(e.Problems, func(a, b Problem) int { return a.Line - b.Line })
	return e
}

// JSON is the configuration as people and tools read it. The same configuration
// gives the same bytes. Functions read the packed form (config.Pack).
func JSON(cfg *config.Config) ([]byte, error) {
	b, err := json.MarshalIndent(cfg, "", " ")
	if err != nil {
		return nil, fmt.Errorf("writing configuration: %w", err)
	}
	return append(b, '\n'), nil
}

// parse reads YAML into the values JSON knows and keeps the tree for positions.
func parse(name string, text []byte) (ast.Node, any, error) {
	broken := func(err error) error {
		line := 1
		var y yaml.Error
		if errors.As(err, &y) && y.GetToken() != nil {
			line = y.GetToken().Position.Line
			return &Error{File: name, Problems: []Problem{{Line: line, Text: y.GetMessage()}}}
		}
		return &Error{File: name, Problems: []Problem{{Line: line, Text: err.Error()}}}
	}
	file, err := parser.ParseBytes(text, 0)
	if err != nil {
		return nil, nil, broken(err)
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, nil, &Error{File: name, Problems: []Problem{{Line: 1, Text: fmt.Sprintf("want one YAML document, found %d", countDocs(file))}}}
	}
	var read any
	if err := yaml.NodeToValue(file.Docs[0].Body, &read); err != nil {
		return nil, nil, broken(err)
	}
	b, err := json.Marshal(read)
	if err != nil {
		return nil, nil, broken(err)
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(b))
	if err != nil {
		return nil, nil, broken(err)
	}
	return file.Docs[0].Body, value, nil
}

func countDocs(file *ast.File) (n int) {
	for _, d := range file.Docs {
		if d.Body != nil {
			n++
		}
	}
	return n
}

// decode refuses a field the schema knows and config.Config does not.
func decode(value any, cfg *config.Config) error {
	b, err := json.Marshal(value)
	if err != nil {
		return err
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	return d.Decode(cfg)
}

// finish gives the configuration exactly as a function will read it.
func finish(cfg *config.Config) (*config.Config, error) {
	for i := range cfg.Calendars {
		cfg.Calendars[i].Holidays = config.Dates(strings.Join(holidays(cfg.Calendars[i].Region), " "))
	}
	b, err := JSON(cfg)
	if err != nil {
		return nil, err
	}
	return config.Parse(b)
}

// schema compiles the embedded schema once.
var schema = sync.OnceValue(func() *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaText))
	if err != nil {
		panic(fmt.Sprintf("feedback.schema.json: %v", err)) // held by a test
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("feedback.schema.json", doc); err != nil {
		panic(fmt.Sprintf("feedback.schema.json: %v", err))
	}
	return c.MustCompile("feedback.schema.json")
})
