package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// unlisted are the parts of report.json whose figures a reader does not compare
// between two versions: they repeat others, or tell about the making.
var unlisted = []string{"format", "header", "headlines", "trends", "absent"}

// Figures are the figures of r that two versions of a report are compared by:
// by their path in report.json, with dots between the names. A row of a list
// goes by what names it (its touchpoint, category, rule, …) instead of its
// place. A figure that is not defined is nil. Intervals and distributions are
// left out, since they follow from the figures beside them, and so is every row
// that displays withhold.
func Figures(r *Report) map[string]*float64 {
	b, err := json.Marshal(r)
	if err != nil {
		return map[string]*float64{} // a report of Build is always JSON; see TestFiguresOfEveryReport
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	var whole map[string]any
	if dec.Decode(&whole) != nil {
		return map[string]*float64{}
	}
	out := make(map[string]*float64)
	for _, name := range unlisted {
		delete(whole, name)
	}
	if r.Reliability == "suppressed" {
		// Too few responses for any ratio: the number alone is compared.
		whole["total"] = map[string]any{"n": json.Number(strconv.FormatInt(r.Total.N, 10))}
		delete(whole, "change_vs_previous")
		delete(whole, "contact_weighted_csat_pct")
		delete(whole, "contact_weighted_se_pp")
	}
	without(whole, "loyalty", "withheld", "expectation_gap")
	without(whole, "fcr", "withheld", "n", "resolved", "net_n", "fcr_")
	without(whole, "fcr", "survey_withheld", "survey_")
	delete(member(whole, "loyalty"), "withheld")
	delete(member(whole, "fcr"), "withheld")
	flatten(out, "", whole)
	return out
}

func member(v map[string]any, name string) map[string]any {
	m, _ := v[name].(map[string]any)
	return m
}

// without takes what a flag withholds out of a section that has more to say: the
// members whose names begin with one of those given.
func without(whole map[string]any, section, flag string, names ...string) {
	of := member(whole, section)
	if of[flag] != true {
		return
	}
	for name := range of {
		for _, prefix := range names {
			if name == prefix || strings.HasSuffix(prefix, "_") && strings.HasPrefix(name, prefix) {
				delete(of, name)
			}
		}
	}
}

// rowNames are the members that name a row of a list, the first that is there.
var rowNames = [][]string{
	{"card", "item"}, {"touchpoint"}, {"category"}, {"rule"}, {"policy"}, {"topic"},
	{"reason"}, {"name"}, {"id"}, {"from_days"}, {"object"}, {"problem"},
}

func flatten(out map[string]*float64, path string, v any) {
	switch v := v.(type) {
	case json.Number:
		if f, err := v.Float64(); err == nil {
			out[path] = &f
		}
	case nil:
		out[path] = nil
	case map[string]any:
		if v["withheld"] == true {
			return
		}
		for name, member := range v {
			if strings.HasPrefix(name, "distribution") {
				continue
			}
			flatten(out, join(path, name), member)
		}
	case []any:
		for _, row := range v {
			if row, ok := row.(map[string]any); ok {
				if name, ok := rowName(row); ok {
					flatten(out, join(path, name), row)
				}
			}
		}
	}
}

func rowName(row map[string]any) (string, bool) {
	for _, names := range rowNames {
		var parts []string
		for _, n := range names {
			switch v := row[n].(type) {
			case string:
				parts = append(parts, v)
			case json.Number:
				parts = append(parts, v.String())
			}
		}
		if len(parts) == len(names) {
			for _, n := range names {
				delete(row, n)
			}
			return strings.Join(parts, "."), true
		}
	}
	return "", false
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// differences lists what this version says otherwise than the one it replaces,
// in order of the path.
func differences(before, after map[string]*float64) []Difference {
	out := []Difference{}
	paths := maps.Clone(before)
	if paths == nil {
		paths = make(map[string]*float64)
	}
	maps.Copy(paths, after)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		a, b := before[path], after[path]
		if a == nil && b == nil || a != nil && b != nil && *a == *b {
			continue
		}
		out = append(out, Difference{Path: path, Before: a, After: b})
	}
	return out
}

// RestatesOf is what a restatement needs of the version that it replaces.
func RestatesOf(r *Report, version int) *Restates {
	return &Restates{Version: version, Cutoff: r.Header.Cutoff, Hash: r.Header.DataHash, Figures: Figures(r)}
}

// ParseFigures is Figures of a report in JSON.
func ParseFigures(b []byte) (map[string]*float64, error) {
	r, err := Parse(b)
	if err != nil {
		return nil, fmt.Errorf("reading figures: %w", err)
	}
	return Figures(r), nil
}
