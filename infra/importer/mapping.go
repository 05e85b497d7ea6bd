package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// mapping says what the columns of a file mean: the map.yaml of an owner.
type mapping struct {
	Source   string                    `yaml:"source"`    // part of each event id: the same rows of another source are other events
	TimeZone string                    `yaml:"time_zone"` // of times without an offset
	Set      map[string]any            `yaml:"set"`       // our field: the same for every row
	Columns  map[string]string         `yaml:"columns"`   // our field: column of the file
	Values   map[string]map[string]any `yaml:"values"`    // our field: value in the file: ours
	Texts    string                    `yaml:"texts"`     // refuse (the default) or cut those that are too long

	zone *time.Location
}

// readMapping reads and checks a map.yaml; no path is an empty one.
func readMapping(path string) (*mapping, error) {
	m := new(mapping)
	if path == "" {
		return m, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the map: %w", err)
	}
	name := filepath.Base(path)
	if err := yaml.UnmarshalWithOptions(b, m, yaml.Strict()); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("%w: %s: %s", errInvalid, name, yaml.FormatError(err, false, false))
	}
	return m, m.check(name)
}

func (m *mapping) check(name string) error {
	wrong := func(format string, a ...any) error {
		return fmt.Errorf("%w: %s: "+format, append([]any{errInvalid, name}, a...)...)
	}
	if m.TimeZone != "" {
		var err error
		if m.zone, err = time.LoadLocation(m.TimeZone); err != nil || m.TimeZone == "Local" {
			return wrong("time_zone: %q is no time zone, such as Europe/Berlin", m.TimeZone)
		}
	}
	if m.Texts != "" && m.Texts != "refuse" && m.Texts != "cut" {
		return wrong("texts: want refuse or cut")
	}
	names := func(section string, fields []string) error {
		for _, f := range fields {
			if fieldOf(f) == nil {
				return wrong("%s: %q is no field of an event: want one of %s", section, f, strings.Join(fieldNames(), ", "))
			}
		}
		return nil
	}
	if err := errors.Join(names("set", slices.Sorted(maps.Keys(m.Set))), names("columns", slices.Sorted(maps.Keys(m.Columns))), names("values", slices.Sorted(maps.Keys(m.Values)))); err != nil {
		return err
	}
	for f, v := range m.Set {
		if _, twice := m.Columns[f]; twice {
			return wrong("%s is set and has a column: one of them must go", f)
		}
		if _, ok := scalar(v); !ok {
			return wrong("set: %s: want a single value", f)
		}
	}
	for f, all := range m.Values {
		for v := range all {
			if _, ok := scalar(all[v]); !ok {
				return wrong("values: %s: %s: want a single value", f, v)
			}
		}
	}
	return nil
}

// scalar is the text of a single value of YAML.
func scalar(v any) (string, bool) {
	switch v.(type) {
	case string, int, int64, uint64, float64, bool:
		return fmt.Sprint(v), true
	}
	return "", false
}

// other stands in values for every value that is not listed.
const other = "*"

// translate gives our value for one of the file; ok is false where values are
// listed and it is none of them.
func (m *mapping) translate(field, value string) (_ string, ok bool) {
	all := m.Values[field]
	if all == nil || value == "" {
		return value, true
	}
	v, listed := all[value]
	if !listed {
		v, listed = all[other]
	}
	s, _ := scalar(v)
	return s, listed
}
