package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/monthly"
	"resonanz/shared/observe"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/report"
	"resonanz/shared/report/render"
	"resonanz/shared/store"
)

// objects keep facts and reports.
type objects interface {
	monthly.Source
	Put(ctx context.Context, key, contentType string, content []byte) error
}

// manifests keep which versions of a report there are.
type manifests interface {
	PutReport(context.Context, *store.ReportVersion) error
	LatestReport(ctx context.Context, p period.Period, group string) (*store.ReportVersion, error)
	ReportVersions(ctx context.Context, p period.Period, group string) ([]store.ReportVersion, error)
}

// maxRaces bounds how often a version is numbered anew because another
// invocation took its number.
const maxRaces = 4

// press makes the versions of reports.
type press struct {
	cfg     *config.Config
	objects objects
	reports manifests
	log     *slog.Logger
	metrics *observe.Metrics
	now     func() time.Time
}

// order is what is asked of a report.
type order struct {
	period   period.Period
	contacts map[feedback.Touchpoint]int64 // nil: those of the version before
	restate  bool                          // compute anew although the month is closed
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
}

// The codes of an order that does not fit the standing of the report.
const (
	codeFinal    problem.Code = "report_final"
	codeNotFinal problem.Code = "report_not_final"
)

// differs reports whether o names other contacts than a stored report.
func (o order) differs(stored []byte) (bool, error) {
	if o.contacts == nil {
		return false, nil
	}
	known, err := contactsOf(stored)
	return err == nil && !maps.Equal(known, o.contacts), err
}

// make answers an order. Before the freeze it makes a preliminary version, from
// the freeze on the final one, counting what was received before it. A final
// version stays what it is: only a restatement makes another. What would say the
// same as the latest version makes none.
func (p *press) make(ctx context.Context, o order) (made, error) {
	now := p.now().UTC().Truncate(time.Millisecond)
	freeze := o.period.Freeze(p.cfg.Report.FreezeDay, p.cfg.Zone())
	closed := !now.Before(freeze)
	for race := 0; ; race++ {
		latest, err := p.latest(ctx, o.period)
		if err != nil {
			return made{}, err
		}
		final := latest != nil && latest.Status != store.Preliminary
		if o.restate && (!final || !now.After(freeze)) {
			return made{}, problem.New(http.StatusConflict, codeNotFinal, "This report has no final version yet, so there is nothing to restate: repeat the request without restate.")
		}
		asked := monthly.Asked{Cutoff: now, Given: report.Given{Contacts: o.contacts}}
		switch {
		case o.restate:
		case final:
			asked.Cutoff = latest.Cutoff
		case closed:
			asked.Cutoff = freeze
		}
		var before []byte
		if latest != nil {
			if before, err = p.objects.Get(ctx, latest.Objects[formatJSON]); err != nil {
				return made{}, err
			}
			if o.contacts == nil {
				if asked.Contacts, err = contactsOf(before); err != nil {
					return made{}, err
				}
			}
		}
		r, err := monthly.Build(ctx, p.objects, p.cfg, o.period, asked)
		if err != nil {
			return made{}, err
		}
		late := len(r.Header.LateEvents)
		if final && !o.restate {
			differ, err := o.differs(before)
			if err == nil && differ {
				err = problem.New(http.StatusConflict, codeFinal, "This report is final. Other contacts enter it by a restatement only: send restate as well.")
			}
			if err != nil {
				return made{}, err
			}
			return made{ReportVersion: latest, late: late, changed: r.Header.DataHash != latest.InputHash}, nil
		}
		if latest != nil {
			same, err := saysTheSame(r, latest, before)
			if err != nil {
				return made{}, err
			}
			if same {
				return made{ReportVersion: latest, late: late}, nil
			}
		}
		v, err := p.publish(ctx, r, latest, now)
		if errors.Is(err, store.ErrExists) {
			if race < maxRaces {
				continue // another invocation was faster: look at what it made
			}
			err = fmt.Errorf("%w (%w)", httpapi.Unavailable(2), err)
		}
		if err != nil {
			return made{}, err
		}
		return made{ReportVersion: v, created: true, late: late}, nil
	}
}

// latest is the newest version, nil when there is none.
func (p *press) latest(ctx context.Context, month period.Period) (*store.ReportVersion, error) {
	v, err := p.reports.LatestReport(ctx, month, "")
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return v, err
}

// saysTheSame reports whether r differs from the stored version in nothing but
// the time up to which it counted; for a restatement also not in its standing.
func saysTheSame(r *report.Report, latest *store.ReportVersion, stored []byte) (bool, error) {
	status := report.Status(latest.Status)
	if r.Header.Status != status && (r.Header.Status != report.Restated || status != report.Final) {
		return false, nil
	}
	alike := *r
	alike.Header.Cutoff, alike.Header.Status = latest.Cutoff.UTC(), status
	b, err := alike.JSON()
	return bytes.Equal(b, stored), err
}

// publish stores the renderings of r and then its manifest, which makes them the
// next version. Until then no one sees them; their names hold the hash of the
// content, so that two invocations at once never write into each other's.
func (p *press) publish(ctx context.Context, r *report.Report, latest *store.ReportVersion, now time.Time) (*store.ReportVersion, error) {
	b, err := r.JSON()
	if err != nil {
		return nil, err
	}
	v := &store.ReportVersion{
		Period: r.Header.Period, Version: 1, Status: store.ReportStatus(r.Header.Status), CreatedAt: now,
		Cutoff: r.Header.Cutoff, InputHash: r.Header.DataHash, Responses: int(r.Total.N), Objects: make(map[string]string),
	}
	if latest != nil {
		v.Version = latest.Version + 1
	}
	sum := sha256.Sum256(b)
	folder := fmt.Sprintf("reports/%s/%04d-%s/", v.Period, v.Version, hex.EncodeToString(sum[:4]))
	put := func(format, name, contentType string, content []byte) error {
		v.Objects[format] = folder + name
		return p.objects.Put(ctx, folder+name, contentType, content)
	}
	for _, l := range render.Languages() {
		page := render.HTML(r, render.Options{Language: l, Names: monthly.Names(p.cfg, l)})
		if err := put(formatHTML+"."+string(l), "report."+string(l)+".html", "text/html; charset=utf-8", page); err != nil {
			return nil, err
		}
	}
	if err := put(formatJSON, "report.json", "application/json", b); err != nil {
		return nil, err
	}
	if err := p.reports.PutReport(ctx, v); err != nil {
		return nil, err
	}
	p.log.InfoContext(ctx, "report published", slog.String("period", v.Period.String()), slog.Int("version", v.Version),
		slog.String("status", string(v.Status)), slog.Int64("facts", r.Run.Facts), slog.Int64("duplicates", r.Run.DuplicatesDropped),
		slog.Int64("invalid", r.Run.Invalid), slog.String("input_hash", v.InputHash))
	p.metrics.Emit(
		observe.Value{Name: "ReportsPublished", Unit: observe.Count, N: 1},
		observe.Value{Name: "ReportFacts", Unit: observe.Count, N: r.Run.Facts},
		observe.Value{Name: "ReportTime", Unit: observe.Milliseconds, N: p.now().Sub(now).Milliseconds()},
	)
	return v, nil
}

// contactsOf are the contacts that a stored report was given.
func contactsOf(stored []byte) (map[feedback.Touchpoint]int64, error) {
	var r struct {
		ByTouchpoint map[feedback.Touchpoint]struct {
			Contacts *int64 `json:"contacts"`
		} `json:"by_touchpoint"`
	}
	if err := json.Unmarshal(stored, &r); err != nil {
		return nil, fmt.Errorf("reading the latest version: %w", err)
	}
	contacts := make(map[feedback.Touchpoint]int64)
	for id, row := range r.ByTouchpoint {
		if row.Contacts != nil {
			contacts[id] = *row.Contacts
		}
	}
	return contacts, nil
}
