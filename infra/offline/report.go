package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/monthly"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/report/html"
	"resonanz/shared/report/pdf"
	"resonanz/shared/report/present"
	"resonanz/shared/report/sheet"
	"resonanz/shared/report/tidy"
	"resonanz/shared/satisfaction"
)

func reportCommand(args []string, out io.Writer) error {
	f := flags("report")
	facts := f.String("facts", "", "the folder that holds facts/month=…")
	dir := f.String("out", "", "the folder for the report in every format, inputs.json and manifest.json")
	cutoff := f.String("cutoff", "", "count what was received before this time (RFC 3339); default: the freeze")
	group := f.String("group", "", "the configured group that the report is of; default: the whole")
	given := f.String("given", "", "the inputs.json of a version: what it was built from besides facts; default: given.json beside the facts, if it is there")
	p, cfg, err := f.parse(args, "facts", "out")
	if err != nil {
		return err
	}
	asked := monthly.Asked{Cutoff: p.Freeze(cfg.Report.FreezeDay, cfg.Zone()), Group: *group}
	if *cutoff != "" {
		if asked.Cutoff, err = time.Parse(time.RFC3339, *cutoff); err != nil {
			return fmt.Errorf("--cutoff: %w", err)
		}
	}
	src, err := openFolder(*facts)
	if err != nil {
		return err
	}
	if asked.Given, err = readGiven(*given, src); err != nil {
		return err
	}
	ctx := context.Background()
	if len(asked.History) == 0 { // as the report function does
		if asked.History, asked.Unread, err = monthly.Past(ctx, src, cfg, p, asked); err != nil {
			return err
		}
	}
	in, err := monthly.Prepare(ctx, src, cfg, p, asked)
	if err != nil {
		return err
	}
	r, err := report.Build(in)
	if err != nil {
		return err
	}
	files, err := render(r, &in.Given, cfg)
	if err != nil {
		return err
	}
	if err := writeReport(*dir, p, r, files, in.Unread); err != nil {
		return err
	}
	for _, u := range in.Unread {
		if _, err := fmt.Fprintf(out, "not read: %s (%s)\n", u.Object, u.Reason); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(out, "%s %s: %d facts, %d responses, CSAT %s; %d files in %s\n", p, r.Header.Status, r.Run.Facts, r.Total.N, csat(r.Total.CSATPct), len(files)+1, *dir)
	return err
}

// readGiven reads what is given beside the facts: the named file, else that which
// lies beside them, else nothing.
func readGiven(name string, src source) (given report.Given, err error) {
	path := name
	if path == "" {
		path = filepath.Join(src.root, givenName)
	}
	b, err := os.ReadFile(path)
	if name == "" && errors.Is(err, fs.ErrNotExist) {
		return given, nil
	}
	if err != nil {
		return given, fmt.Errorf("--given: %w", err)
	}
	if given, err = report.ParseGiven(b); err != nil {
		return given, fmt.Errorf("--given %s: %w", path, err)
	}
	return given, nil
}

// file is one file of a report.
type file struct {
	name    string
	content []byte
}

// render writes the report in every form and language, as the report function
// does.
func render(r *report.Report, given *report.Given, cfg *config.Config) ([]file, error) {
	figures, err := r.JSON()
	if err != nil {
		return nil, err
	}
	inputs, err := given.JSON()
	if err != nil {
		return nil, err
	}
	files := []file{{"report.json", figures}, {"inputs.json", inputs}}
	at := r.Header.Cutoff
	for _, l := range present.Languages() {
		d := present.Document(r, present.OptionsOf(cfg, l))
		print, err := pdf.Render(d, at)
		if err != nil {
			return nil, fmt.Errorf("writing report as PDF: %w", err)
		}
		book, err := sheet.Render(d, at)
		if err != nil {
			return nil, fmt.Errorf("writing report as a workbook: %w", err)
		}
		tables, err := tidy.Zip(d, at)
		if err != nil {
			return nil, fmt.Errorf("writing the tables of the report: %w", err)
		}
		in := "." + string(l)
		files = append(files, file{"report" + in + ".html", html.Render(d)}, file{"report" + in + ".pdf", print},
			file{"report" + in + ".xlsx", book}, file{"tables" + in + ".zip", tables})
	}
	return files, nil
}

// writeReport writes the files and a manifest that names them with their hashes.
func writeReport(dir string, p period.Period, r *report.Report, files []file, unread []report.Unread) error {
	type object struct {
		Name   string `json:"name"`
		Bytes  int    `json:"bytes"`
		SHA256 string `json:"sha256"`
	}
	m := struct {
		Period    string          `json:"period"`
		Group     string          `json:"group,omitempty"`
		Status    report.Status   `json:"status"`
		Cutoff    time.Time       `json:"cutoff"`
		DataHash  string          `json:"data_hash"`
		GivenHash string          `json:"given_hash"`
		Facts     int64           `json:"facts"`
		Unread    []report.Unread `json:"unread_files"`
		Objects   []object        `json:"objects"`
	}{p.String(), r.Header.Group, r.Header.Status, r.Header.Cutoff, r.Header.DataHash, r.Header.GivenHash, r.Run.Facts, append([]report.Unread{}, unread...), nil}
	for _, f := range files {
		sum := sha256.Sum256(f.content)
		m.Objects = append(m.Objects, object{f.name, len(f.content), hex.EncodeToString(sum[:])})
	}
	manifest, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("writing report: %w", err)
	}
	for _, f := range append(files, file{"manifest.json", append(manifest, '\n')}) {
		if err := os.WriteFile(filepath.Join(dir, f.name), f.content, 0o644); err != nil {
			return fmt.Errorf("writing report: %w", err)
		}
	}
	return nil
}

func csat(v *float64) string {
	if v == nil {
		return "not defined"
	}
	return satisfaction.Round(*v, 1) + " %"
}
