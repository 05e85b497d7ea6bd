package tidy

import (
	"time"

	"resonanz/shared/report/doc"
)

// manifest is a Frictionless Data Package (v1).
type manifest struct {
	Profile      string     `json:"profile"`
	Name         string     `json:"name"`
	Title        string     `json:"title"`
	Description  string     `json:"description"`
	Created      string     `json:"created"`
	Contributors []person   `json:"contributors,omitempty"`
	Version      string     `json:"version"` // hash of the data
	Resources    []resource `json:"resources"`
}

// person is who publishes the package: the organisation.
type person struct {
	Title string `json:"title"`
	Role  string `json:"role"`
}

// resource is one table.
type resource struct {
	Profile   string  `json:"profile"`
	Name      string  `json:"name"`
	Path      string  `json:"path"`
	Title     string  `json:"title"`
	Format    string  `json:"format"`
	MediaType string  `json:"mediatype"`
	Encoding  string  `json:"encoding"`
	Dialect   dialect `json:"dialect"`
	Schema    fields  `json:"schema"`
}

// dialect is how the CSV is written.
type dialect struct {
	Delimiter  string `json:"delimiter"`
	Terminator string `json:"lineTerminator"`
	Header     bool   `json:"header"`
}

// fields are the columns of a table.
type fields struct {
	Fields  []column `json:"fields"`
	Missing []string `json:"missingValues"`
}

// column is one column.
type column struct {
	Name  string `json:"name"`
	Title string `json:"title"`
	Type  string `json:"type"`
}

// describe is the description of every table of the document.
func describe(d *doc.Document, at time.Time) manifest {
	m := manifest{
		Profile:     "tabular-data-package",
		Name:        "report-" + at.UTC().Format("20060102t150405z"),
		Title:       d.Title,
		Description: join(" · ", d.Organisation, d.Group, d.Badge, d.AsOf),
		Created:     at.UTC().Format(time.RFC3339),
		Version:     d.Hash,
		Resources:   []resource{},
	}
	if d.Organisation != "" {
		m.Contributors = []person{{Title: d.Organisation, Role: "publisher"}}
	}
	for _, t := range tables(d) {
		r := resource{
			Profile: "tabular-data-resource", Name: t.name, Path: t.name + ".csv", Title: t.Caption,
			Format: "csv", MediaType: "text/csv", Encoding: "utf-8",
			Dialect: dialect{Delimiter: ",", Terminator: "\r\n", Header: true},
			Schema:  fields{Fields: []column{}, Missing: []string{""}},
		}
		for i, c := range t.Columns {
			r.Schema.Fields = append(r.Schema.Fields, column{Name: c.ID, Title: c.Label, Type: kind(t.Rows, i)})
		}
		m.Resources = append(m.Resources, r)
	}
	return m
}

// kind is the type of a column: what all its values are.
func kind(rows [][]doc.Cell, i int) string {
	found := ""
	for _, row := range rows {
		if i >= len(row) || row[i].Value == nil {
			continue
		}
		k := "string"
		switch v := row[i].Value.(type) {
		case bool:
			k = "boolean"
		case int64:
			k = "integer"
		case float64:
			k = "number"
		case string:
			if _, err := time.Parse(time.RFC3339, v); err == nil {
				k = "datetime"
			}
		}
		switch {
		case found == "" || found == k:
			found = k
		case found == "integer" && k == "number" || found == "number" && k == "integer":
			found = "number"
		default:
			return "string"
		}
	}
	if found == "" {
		return "any"
	}
	return found
}

// join joins the parts that are not empty.
func join(sep string, parts ...string) string {
	s := ""
	for _, p := range parts {
		switch {
		case p == "":
		case s == "":
			s = p
		default:
			s += sep + p
		}
	}
	return s
}
