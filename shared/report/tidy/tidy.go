// Package tidy writes the tables of a report as CSV: one file for each, raw
// values, one observation a row.
package tidy

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"time"

	"resonanz/shared/report/doc"
)

// Table is the table as CSV (RFC 4180, UTF-8): a head of column ids, then every
// row, hidden ones too. Numbers are unrounded with a point, an empty field is a
// value that is not known, not defined or withheld.
func Table(t *doc.Table) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	line := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		line[i] = c.ID
	}
	_ = w.Write(line) // a buffer takes everything
	for _, row := range t.Rows {
		for i := range line {
			line[i] = ""
			if i < len(row) {
				line[i] = field(row[i].Value)
			}
		}
		_ = w.Write(line)
	}
	w.Flush()
	return b.Bytes()
}

// field is a value as programs read it.
func field(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return ""
		}
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.Format(time.RFC3339)
	default:
		return fmt.Sprint(v)
	}
}

// Zip is an archive of every table of the document and of datapackage.json,
// which describes their columns (Frictionless Data Package). The same document
// and instant give the same bytes.
func Zip(d *doc.Document, at time.Time) ([]byte, error) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	add := func(name string, content []byte) error {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: at.UTC()})
		if err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
		if _, err := w.Write(content); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
		return nil
	}
	p := describe(d, at)
	described, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		return nil, fmt.Errorf("writing datapackage.json: %w", err)
	}
	if err := add("datapackage.json", append(described, '\n')); err != nil {
		return nil, err
	}
	for _, t := range tables(d) {
		if err := add(t.name+".csv", Table(t.Table)); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("closing the archive of tables: %w", err)
	}
	return b.Bytes(), nil
}

// named is a table with the name of its file: its id, or where another table has
// that already its id and a number.
type named struct {
	*doc.Table
	name string
}

// tables are those of the document, in its order.
func tables(d *doc.Document) []named {
	var all []named
	taken := map[string]bool{}
	for i := range d.Sections {
		for j := range d.Sections[i].Blocks {
			t := d.Sections[i].Blocks[j].Table
			if t == nil {
				continue
			}
			name := t.ID
			for n := 2; taken[name]; n++ {
				name = t.ID + "_" + strconv.Itoa(n)
			}
			taken[name] = true
			all = append(all, named{t, name})
		}
	}
	return all
}
