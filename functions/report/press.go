package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"reflect"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/httpapi"
	"resonanz/shared/link"
	"resonanz/shared/monthly"
	"resonanz/shared/observe"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
	"resonanz/shared/secret"
	"resonanz/shared/store"
)

// objects keep facts and reports.
type objects interface {
	monthly.Recent
	Put(ctx context.Context, key, contentType string, content []byte) error
}

// manifests keep which versions of a report there are.
type manifests interface {
	PutReport(context.Context, *store.ReportVersion) error
	Report(ctx context.Context, p period.Period, group string, version int) (*store.ReportVersion, error)
	LatestReport(ctx context.Context, p period.Period, group string) (*store.ReportVersion, error)
	ReportVersions(ctx context.Context, p period.Period, group string) ([]store.ReportVersion, error)
}

// maxRaces bounds how often a version is numbered anew because another
// invocation took its number.
const maxRaces = 4

// press makes the versions of reports.
type press struct {
	cfg      *config.Config
	objects  objects
	reports  manifests
	table    table
	observed observatory
	keys     signer
	public   string // base of the links in mail, no trailing slash
	code     func() (string, error)
	write    func(*doc.Document, time.Time) ([]object, error) // a document in every form
	log      *slog.Logger
	metrics  *observe.Metrics
	now      func() time.Time
}

// signer is where the keys of links come from.
type signer interface {
	secret.Keys
	Fresh(ctx context.Context, now time.Time) (link.Keyring, error)
}

// made is the version that answers an order.
type made struct {
	*store.ReportVersion
	created bool // by this order; else it was there and says the same
	late    int  // events of the period received after the close, so far
	// changed: what was received before this version's cutoff is no longer what it
	// was made from, since facts reached the bucket late. Only a restatement
	// shows them.
	changed bool
	// evidence is how the month adds up now; nil: not compared.
	evidence *report.Reconciliation
}

// The codes of an order that does not fit the standing of the report.
const (
	codeFinal    problem.Code = "report_final"
	codeNotFinal problem.Code = "report_not_final"
)

// earlier is a version as it was stored.
type earlier struct {
	*store.ReportVersion
	report *report.Report
	given  report.Given
}

func (e *earlier) final() bool { return e != nil && e.Status != store.Preliminary }

// make answers an order. Before the freeze it makes a preliminary version, from
// the freeze on the final one, counting what was received before it. A final
// version stays what it is: only a restatement makes another. What would say the
// same as the latest version makes none, so an order that comes twice makes one.
func (p *press) make(ctx context.Context, o order) (made, error) {
	now := p.now().UTC().Truncate(time.Millisecond)
	for race := 0; ; race++ {
		m, err := p.attempt(ctx, o, now)
		if !errors.Is(err, store.ErrExists) {
			return m, err
		}
		if race == maxRaces {
			return made{}, fmt.Errorf("%w (%w)", httpapi.Unavailable(2), err)
		}
		// Another invocation was faster: look at what it made.
	}
}

// attempt makes a version, or finds that there is nothing to make. Errors:
// store.ErrExists when the version was taken meanwhile.
func (p *press) attempt(ctx context.Context, o order, now time.Time) (made, error) {
	latest, err := p.latest(ctx, o.period, o.group)
	if err != nil {
		return made{}, err
	}
	if err := p.restatable(o, latest, now); err != nil {
		return made{}, err
	}
	freeze := o.period.Freeze(p.cfg.Report.FreezeDay, p.cfg.Zone())
	asked := monthly.Asked{Cutoff: now, Group: o.group}
	switch {
	case o.restate:
	case latest.final():
		asked.Cutoff = latest.Cutoff
	case !now.Before(freeze):
		asked.Cutoff = freeze
	}
	if asked.Given, err = p.given(ctx, o, latest, asked.Cutoff, now); err != nil {
		return made{}, err
	}
	source := &counted{Source: p.objects}
	in, err := monthly.Prepare(ctx, source, p.cfg, o.period, asked)
	if err != nil {
		return made{}, err
	}
	evidence, err := p.reconcile(ctx, o, latest, in.Facts, now)
	if err != nil {
		return made{}, err
	}
	in.Evidence = standing(evidence, latest)
	r, err := report.Build(in)
	if err != nil {
		return made{}, err
	}
	m := made{late: len(r.Header.LateEvents), evidence: evidence}
	if latest.final() && !o.restate {
		m.ReportVersion, m.changed = latest.ReportVersion, r.Header.DataHash != latest.InputHash
		return m, nil
	}
	if latest != nil {
		same, err := p.saysTheSame(r, &in.Given, latest)
		if err != nil || same {
			m.ReportVersion = latest.ReportVersion
			return m, err
		}
	}
	m.ReportVersion, err = p.publish(ctx, &edition{report: r, given: in.Given, group: o.group, files: source.files(), now: now}, latest)
	m.created = err == nil
	return m, err
}

// restatable refuses an order that does not fit the standing of the report.
func (p *press) restatable(o order, latest *earlier, now time.Time) error {
	freeze := o.period.Freeze(p.cfg.Report.FreezeDay, p.cfg.Zone())
	switch {
	case o.restate && (!latest.final() || !now.After(freeze)):
		return problem.New(http.StatusConflict, codeNotFinal, "This report has no final version yet, so there is nothing to restate: repeat the request without restate.")
	case !o.restate && latest.final() && o.differs(toldOf(&latest.given)):
		return problem.New(http.StatusConflict, codeFinal, "This report is final. Other contacts, surveys and costs enter it by a restatement only: send restate as well.")
	}
	return nil
}

// differs reports whether t tells something else than before.
func (t told) differs(before told) bool {
	return t.Contacts != nil && !maps.Equal(t.Contacts, before.Contacts) ||
		t.Survey != nil && !reflect.DeepEqual(t.Survey, before.Survey) ||
		t.Costs != nil && !reflect.DeepEqual(t.Costs, before.Costs)
}

// latest is the newest version, nil when there is none.
func (p *press) latest(ctx context.Context, month period.Period, group string) (*earlier, error) {
	v, err := p.reports.LatestReport(ctx, month, group)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil //nolint:nilnil // there is none yet
	}
	if err != nil {
		return nil, err
	}
	return p.earlier(ctx, v)
}

// earlier reads a version as it was stored.
func (p *press) earlier(ctx context.Context, v *store.ReportVersion) (*earlier, error) {
	e := &earlier{ReportVersion: v}
	b, err := p.objects.Get(ctx, v.Objects[formatJSON])
	if err != nil {
		return nil, err
	}
	if e.report, err = report.Parse(b); err != nil {
		return nil, fmt.Errorf("reading version %d of report %s: %w", v.Version, v.Period, err)
	}
	if v.Objects[objectInputs] == "" { // of a version that knew contacts only
		e.given.Contacts = contactsOf(e.report)
		return e, nil
	}
	if b, err = p.objects.Get(ctx, v.Objects[objectInputs]); err != nil {
		return nil, err
	}
	if e.given, err = report.ParseGiven(b); err != nil {
		return nil, fmt.Errorf("reading version %d of report %s: %w", v.Version, v.Period, err)
	}
	return e, nil
}

// saysTheSame reports whether r has the same standing as the latest version, for
// a restatement also that of the final one, comes from the same facts, by the same
// configuration, from the same that was given, and has the same figures: those
// that move with the time up to which it counts, such as what is overdue, too.
func (p *press) saysTheSame(r *report.Report, given *report.Given, latest *earlier) (bool, error) {
	status := report.Status(latest.Status)
	if r.Header.Status != status && (r.Header.Status != report.Restated || status != report.Final) {
		return false, nil
	}
	configuration, err := configHash(p.cfg)
	if err != nil {
		return false, err
	}
	if r.Header.DataHash != latest.InputHash || configuration != latest.ConfigHash {
		return false, nil
	}
	alike, err := settled(given, &latest.given)
	if err != nil || !alike {
		return false, err
	}
	still := *r // what moves all the time
	still.Quality.Observed = latest.report.Quality.Observed
	was := &latest.report.Evidence
	still.Evidence.Technical, still.Evidence.Accepted, still.Evidence.Reconciled = was.Technical, was.Accepted, was.Reconciled
	return reflect.DeepEqual(report.Figures(&still), report.Figures(latest.report)), nil
}
