// Package ask holds how the facts are asked of by Athena: the tables over the files
// as they lie, and questions. The questions are checked by DuckDB against figures
// that Go works out of the same files.
package ask

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"strings"

	"resonanz/shared/factfile"
)

//go:embed questions/*.sql
var questions embed.FS

//go:embed duck.py
var duck []byte

// Question is one that is asked.
type Question struct {
	Name string
	What string // in a sentence
	SQL  string
}

// Questions are all, by name.
func Questions() ([]Question, error) {
	entries, err := questions.ReadDir("questions")
	if err != nil {
		return nil, fmt.Errorf("reading questions: %w", err)
	}
	var all []Question
	for _, e := range entries {
		b, err := questions.ReadFile("questions/" + e.Name())
		if err != nil {
			return nil, fmt.Errorf("reading questions: %w", err)
		}
		head, sql, ok := strings.Cut(string(b), "\n")
		what, comment := strings.CutPrefix(head, "-- ")
		if !ok || !comment {
			return nil, fmt.Errorf("question %s does not begin with what it asks", e.Name())
		}
		all = append(all, Question{strings.TrimSuffix(path.Base(e.Name()), ".sql"), what, strings.TrimSpace(sql)})
	}
	return all, nil
}

// FirstMonth is the first whose facts the tables look for, as in the stack's own.
const FirstMonth = "2020-01"

// Tables is the definition of a table for each kind of facts, over the files of a
// bucket as the functions write them. Months are projected from their names: nobody
// has to tell Athena of a new one.
func Tables(bucket string) string {
	var b strings.Builder
	for _, kind := range factfile.Kinds {
		fmt.Fprintf(&b, "CREATE EXTERNAL TABLE %s (\n", kind)
		columns := factfile.Columns(kind)
		for i, c := range columns {
			comma := ","
			if i == len(columns)-1 {
				comma = ""
			}
			fmt.Fprintf(&b, "    `%s` %s%s\n", c.Name, c.Type, comma)
		}
		location := "s3://" + bucket + "/facts/"
		fmt.Fprintf(&b, ")\nPARTITIONED BY (month string)\nSTORED AS PARQUET\nLOCATION '%s'\nTBLPROPERTIES (\n", location)
		properties := Projection(location, string(kind))
		for i, p := range properties {
			comma := ","
			if i == len(properties)-1 {
				comma = ""
			}
			fmt.Fprintf(&b, "    '%s' = '%s'%s\n", p[0], p[1], comma)
		}
		b.WriteString(");\n\n")
	}
	return strings.TrimSpace(b.String()) + "\n"
}

// Projection are the properties by which Athena finds the months of a kind.
func Projection(location, kind string) [][2]string {
	return [][2]string{
		{"projection.enabled", "true"},
		{"projection.month.type", "date"},
		{"projection.month.format", "yyyy-MM"},
		{"projection.month.interval", "1"},
		{"projection.month.interval.unit", "MONTHS"},
		{"projection.month.range", FirstMonth + ",NOW+1MONTH"},
		{"storage.location.template", location + "month=${month}/" + kind + "/"},
	}
}

// Answer is what a question found.
type Answer struct {
	Rows    [][]any `json:"rows"`
	Seconds float64 `json:"seconds"`
	Bytes   float64 `json:"bytes"` // of the columns it reads, in the month of most facts
}

// Ask has DuckDB look at the columns of every table and answer every question, on a
// folder of facts.
func Ask(python, dir string) (map[string]Answer, error) {
	all, err := Questions()
	if err != nil {
		return nil, err
	}
	in := struct {
		Tables    map[string]map[string]string `json:"tables"`
		Questions map[string]string            `json:"questions"`
	}{make(map[string]map[string]string), make(map[string]string)}
	for _, kind := range factfile.Kinds {
		columns := make(map[string]string)
		for _, c := range factfile.Columns(kind) {
			columns[c.Name] = c.Type
		}
		in.Tables[string(kind)] = columns
	}
	for _, q := range all {
		in.Questions[q.Name] = q.SQL
	}
	b, err := json.Marshal(in)
	if err != nil {
		return nil, fmt.Errorf("asking: %w", err)
	}
	cmd := exec.Command(python, "-c", string(duck), dir)
	cmd.Stdin, cmd.Stderr = bytes.NewReader(b), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("asking DuckDB: %w", err)
	}
	answers := make(map[string]Answer)
	if err := json.Unmarshal(out, &answers); err != nil {
		return nil, fmt.Errorf("reading what DuckDB answered: %w", err)
	}
	return answers, nil
}
