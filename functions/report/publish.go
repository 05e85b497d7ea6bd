package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
	"resonanz/shared/report/html"
	"resonanz/shared/report/pdf"
	"resonanz/shared/report/present"
	"resonanz/shared/report/sheet"
	"resonanz/shared/report/tidy"
	"resonanz/shared/store"
)

// The objects of a version that are in no language.
const (
	objectInputs   = "inputs"
	objectManifest = "manifest"
	objectMail     = "mail" // and a language: what a mail says of the version
)

// everyReport is the folder of all of them.
const everyReport = "all"

// edition is a version before it is published.
type edition struct {
	report *report.Report
	given  report.Given
	group  string
	files  int // of facts that were read
	now    time.Time
}

// manifest says of a version what it was made from, by what, and what it
// consists of.
type manifest struct {
	Format      int                `json:"format"`
	Period      string             `json:"period"`
	Group       string             `json:"group,omitempty"`
	Version     int                `json:"version"`
	Status      store.ReportStatus `json:"status"`
	Cutoff      time.Time          `json:"cutoff"`
	CreatedAt   time.Time          `json:"created_at"`
	DataHash    string             `json:"data_hash"`          // of the facts that were counted
	GivenHash   string             `json:"given_hash"`         // of inputs.json
	CodeVersion string             `json:"code_version"`       // SHA-256 of the program
	ConfigHash  string             `json:"configuration_hash"` // SHA-256 of the configuration
	Facts       factCount          `json:"facts"`
	Unread      []report.Unread    `json:"unread_files"`
	Objects     []object           `json:"objects"`
}

// factCount says what was read.
type factCount struct {
	Files      int   `json:"files"`
	Rows       int64 `json:"rows"`
	Duplicates int64 `json:"duplicates_dropped"`
	Invalid    int64 `json:"invalid"`
}

// object is one file of a version, beside its manifest.
type object struct {
	Name        string `json:"name"`
	Form        string `json:"form"` // json, inputs, html.de, pdf.de, …
	ContentType string `json:"content_type"`
	Bytes       int    `json:"bytes"`
	SHA256      string `json:"sha256"`

	content []byte
}

func newObject(form, name, contentType string, content []byte) object {
	sum := sha256.Sum256(content)
	return object{Name: name, Form: form, ContentType: contentType, Bytes: len(content), SHA256: hex.EncodeToString(sum[:]), content: content}
}

// publish stores the renderings of e and then its manifest in the table, which
// makes them the next version. Until then no one sees them; the name of their
// folder holds the hash of the content, so that two invocations at once never
// write into each other's.
func (p *press) publish(ctx context.Context, e *edition, latest *earlier) (*store.ReportVersion, error) {
	r := e.report
	v := &store.ReportVersion{
		Period: r.Header.Period, Group: e.group, Version: 1, Status: store.ReportStatus(r.Header.Status), CreatedAt: e.now,
		Cutoff: r.Header.Cutoff, InputHash: r.Header.DataHash, Responses: int(r.Total.N), Objects: make(map[string]string),
		GivenHash: r.Header.GivenHash, Files: e.files, Facts: r.Run.Facts, Unread: len(e.given.Unread),
		Gap: e.given.Evidence != nil && !e.given.Evidence.Whole(),
	}
	if latest != nil {
		v.Version = latest.Version + 1
	}
	var err error
	if v.CodeHash, err = p.code(); err != nil {
		return nil, err
	}
	if v.ConfigHash, err = configHash(p.cfg); err != nil {
		return nil, err
	}
	all, err := p.render(ctx, e, v)
	if err != nil {
		return nil, err
	}
	if err := p.shelve(ctx, e, v, all); err != nil {
		return nil, err
	}
	if err := p.reports.PutReport(ctx, v); err != nil {
		return nil, err
	}
	p.log.InfoContext(ctx, "report published", slog.String("period", v.Period.String()), slog.String("group", v.Group), slog.Int("version", v.Version),
		slog.String("status", string(v.Status)), slog.Int64("facts", r.Run.Facts), slog.Int64("duplicates", r.Run.DuplicatesDropped),
		slog.Int64("invalid", r.Run.Invalid), slog.Int("unread", v.Unread), slog.String("input_hash", v.InputHash))
	p.metrics.Emit(
		observe.Value{Name: "ReportsPublished", Unit: observe.Count, N: 1},
		observe.Value{Name: "ReportFacts", Unit: observe.Count, N: r.Run.Facts},
		observe.Value{Name: "ReportFilesUnread", Unit: observe.Count, N: int64(v.Unread)},
		observe.Value{Name: "ReportTime", Unit: observe.Milliseconds, N: p.now().Sub(e.now).Milliseconds()},
	)
	return v, nil
}

// render writes a version in every form and language. What it says of a mail
// holds a link that expires; all else is the same whenever it is written.
func (p *press) render(ctx context.Context, e *edition, v *store.ReportVersion) ([]object, error) {
	figures, err := e.report.JSON()
	if err != nil {
		return nil, err
	}
	inputs, err := e.given.JSON()
	if err != nil {
		return nil, err
	}
	all := []object{
		newObject(formatJSON, "report.json", "application/json", figures),
		newObject(objectInputs, "inputs.json", "application/json", inputs),
	}
	ring, err := p.keys.Fresh(ctx, e.now)
	if err != nil {
		return nil, err
	}
	for _, l := range present.Languages() {
		d := present.Document(e.report, present.OptionsOf(p.cfg, l))
		written, err := p.write(d, e.report.Header.Cutoff)
		if err != nil {
			return nil, fmt.Errorf("writing report %s: %w", v.Period, err)
		}
		until := e.now.AddDate(0, 0, p.linkDays())
		digest, err := json.Marshal(digestOf(d, p.linkTo(ring, v, l, until), until))
		if err != nil {
			return nil, fmt.Errorf("writing what a mail says of report %s: %w", v.Period, err)
		}
		all = append(append(all, written...), newObject(objectMail+"."+string(l), "mail."+string(l)+".json", "application/json", digest))
	}
	return all, nil
}

// renderings writes a document in every form that readers know. The same document
// and time give the same bytes.
func renderings(d *doc.Document, at time.Time) ([]object, error) {
	print, err := pdf.Render(d, at)
	if err != nil {
		return nil, fmt.Errorf("as PDF: %w", err)
	}
	book, err := sheet.Render(d, at)
	if err != nil {
		return nil, fmt.Errorf("as a workbook: %w", err)
	}
	tables, err := tidy.Zip(d, at)
	if err != nil {
		return nil, fmt.Errorf("as tables: %w", err)
	}
	in := "." + d.Language
	return []object{
		newObject(formatHTML+in, "report"+in+".html", forms[formatHTML].contentType, html.Render(d)),
		newObject(formatPDF+in, "report"+in+".pdf", forms[formatPDF].contentType, print),
		newObject(formatXLSX+in, "report"+in+".xlsx", forms[formatXLSX].contentType, book),
		newObject(formatCSV+in, "tables"+in+".zip", forms[formatCSV].contentType, tables),
	}, nil
}

// shelve stores the objects of a version and its manifest, and notes in v where
// they are.
func (p *press) shelve(ctx context.Context, e *edition, v *store.ReportVersion, all []object) error {
	r := e.report
	m := manifest{
		Format: report.Format, Period: v.Period.String(), Group: v.Group, Version: v.Version, Status: v.Status,
		Cutoff: v.Cutoff.UTC(), CreatedAt: v.CreatedAt.UTC(), DataHash: v.InputHash, GivenHash: v.GivenHash,
		CodeVersion: v.CodeHash, ConfigHash: v.ConfigHash,
		Facts:  factCount{Files: e.files, Rows: r.Run.Facts, Duplicates: r.Run.DuplicatesDropped, Invalid: r.Run.Invalid},
		Unread: append([]report.Unread{}, e.given.Unread...), Objects: all,
	}
	b, err := json.MarshalIndent(m, "", " ")
	if err != nil {
		return fmt.Errorf("writing the manifest of report %s: %w", v.Period, err)
	}
	b = append(b, '\n')
	sum := sha256.Sum256(b)
	folder := fmt.Sprintf("reports/%s/%s/%04d-%s/", v.Period, folderOf(v.Group), v.Version, hex.EncodeToString(sum[:4]))
	storing, ctx := errgroup.WithContext(ctx)
	storing.SetLimit(4)
	for _, o := range append(all, newObject(objectManifest, "manifest.json", "application/json", b)) {
		v.Objects[o.Form] = folder + o.Name
		storing.Go(func() error { return p.objects.Put(ctx, folder+o.Name, o.ContentType, o.content) })
	}
	return storing.Wait()
}

func folderOf(group string) string {
	if group == "" {
		return everyReport
	}
	return group
}

// linkDays is how long a link in a mail works.
func (p *press) linkDays() int {
	if n := p.cfg.Report.LinkDays; n > 0 {
		return n
	}
	return 14
}

// linkTo is the address under which anybody who has it can read a version until
// it expires.
func (p *press) linkTo(ring link.Keyring, v *store.ReportVersion, l feedback.Language, until time.Time) string {
	return p.public + tokenPrefix + link.SignReport(ring, link.Report{
		Period: v.Period, Group: link.GroupCode(v.Group), Version: v.Version, Language: l, ExpiresAt: until,
	})
}

// configHash is the SHA-256 of the configuration.
func configHash(cfg *config.Config) (string, error) {
	b, err := json.Marshal(cfg)
	if err != nil {
		return "", fmt.Errorf("hashing the configuration: %w", err)
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// program is the SHA-256 of the running program, worked out once, when it is
// first asked for: most invocations make no version.
func program() func() (string, error) {
	return sync.OnceValues(func() (string, error) {
		path, err := os.Executable()
		if err != nil {
			return "", fmt.Errorf("finding the program: %w", err)
		}
		b, err := os.ReadFile(path) //nolint:gosec // the path is that of this very program
		if err != nil {
			return "", fmt.Errorf("reading the program: %w", err)
		}
		sum := sha256.Sum256(b)
		return "sha256:" + hex.EncodeToString(sum[:]), nil
	})
}
