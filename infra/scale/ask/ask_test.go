package ask

import (
	"encoding/json"
	"os"
	"regexp"
	"strings"
	"testing"

	"resonanz/shared/factfile"
)

func TestTheWrittenTablesAreThoseOfTheFacts(t *testing.T) {
	b, err := os.ReadFile("tables.sql")
	if err != nil {
		t.Fatal(err)
	}
	if want := Tables("YOUR-BUCKET"); string(b) != want {
		t.Errorf("tables.sql is of other facts; it has to be\n%s", want)
	}
}

func TestTheStacksOwnTablesAreTheSame(t *testing.T) {
	b, err := os.ReadFile("../../testdata/dev.json")
	if err != nil {
		t.Fatal(err)
	}
	var template struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				TableInput struct {
					Name          string
					Parameters    map[string]any
					PartitionKeys []struct{ Name, Type string }
					Columns       struct{} `json:"-"`

					StorageDescriptor struct {
						Columns []struct{ Name, Type string }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(b, &template); err != nil {
		t.Fatal(err)
	}
	found := 0
	for id, r := range template.Resources {
		if r.Type != "AWS::Glue::Table" {
			continue
		}
		found++
		in := r.Properties.TableInput
		for _, p := range Projection("", in.Name) {
			// The location holds the name of the bucket, which is made with the stack.
			if got, ok := in.Parameters[p[0]].(string); ok && got != p[1] || !ok && p[0] != "storage.location.template" {
				t.Errorf("%s: %s is %v, want %s", id, p[0], in.Parameters[p[0]], p[1])
			}
		}
		location, _ := json.Marshal(in.Parameters["storage.location.template"])
		if !strings.Contains(string(location), "month=${month}/"+in.Name+"/") {
			t.Errorf("%s lies at %s", id, location)
		}
		if len(in.PartitionKeys) != 1 || in.PartitionKeys[0].Name != "month" || in.PartitionKeys[0].Type != "string" {
			t.Errorf("%s: partitioned by %v", id, in.PartitionKeys)
		}
		for _, kind := range factfile.Kinds {
			if string(kind) != in.Name {
				continue
			}
			columns := factfile.Columns(kind)
			if len(columns) != len(in.StorageDescriptor.Columns) {
				t.Fatalf("%s has %d columns, want %d", id, len(in.StorageDescriptor.Columns), len(columns))
			}
			for i, c := range columns {
				if got := in.StorageDescriptor.Columns[i]; got.Name != c.Name || got.Type != c.Type {
					t.Errorf("%s: column %v, want %s %s", id, got, c.Name, c.Type)
				}
			}
		}
	}
	if found != len(factfile.Kinds) {
		t.Errorf("the stack has %d tables, want %d", found, len(factfile.Kinds))
	}
}

var (
	from  = regexp.MustCompile(`(?:FROM|JOIN) (\w+)`)
	month = regexp.MustCompile(`month (?:= '\d{4}-\d\d'|BETWEEN '\d{4}-\d\d' AND '\d{4}-\d\d')`)
)

func TestEveryQuestionSaysItsMonthsAndCountsEachFactOnce(t *testing.T) {
	all, err := Questions()
	if err != nil || len(all) < 5 {
		t.Fatalf("%d questions, %v", len(all), err)
	}
	for _, q := range all {
		facts := 0
		for _, m := range from.FindAllStringSubmatch(q.SQL, -1) {
			for _, kind := range factfile.Kinds {
				if m[1] == string(kind) {
					facts++
				}
			}
		}
		if n := len(month.FindAllString(q.SQL, -1)); facts == 0 || n != facts {
			t.Errorf("%s reads %d tables and names months of %d: without its month a question reads, and pays for, all of them", q.Name, facts, n)
		}
		if !strings.Contains(q.SQL, "DISTINCT") {
			t.Errorf("%s counts what lies in two files twice", q.Name)
		}
		if q.What == "" || !strings.Contains(q.SQL, "ORDER BY") {
			t.Errorf("%s: does not say what it asks, or comes in any order", q.Name)
		}
	}
}

func TestAnswersThatDifferAreNamed(t *testing.T) {
	want := Counts{"hotline": {3, 2, 66.667}}
	if wrong := Compare("satisfied", Answer{Rows: [][]any{{"hotline", 3.0, 2.0, 66.7}}}, want); wrong != nil {
		t.Errorf("the same rounded is taken for another: %v", wrong)
	}
	for name, rows := range map[string][][]any{
		"another number": {{"hotline", 3.0, 1.0, 66.7}},
		"a row too many": {{"hotline", 3.0, 2.0, 66.7}, {"branch", 1.0, 1.0, 100.0}},
		"a row missing":  {},
	} {
		if wrong := Compare("satisfied", Answer{Rows: rows}, want); len(wrong) == 0 {
			t.Errorf("%s is not told", name)
		}
	}
}
