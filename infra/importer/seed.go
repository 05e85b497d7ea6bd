package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"time"

	"resonanz/infra/caller"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/period"
)

// complaintsIn is how many ratings there are for a complaint.
const complaintsIn = 25

// sow sends synthetic past months. The same seed makes the same events for a month,
// so that running it again stores nothing twice.
func sow(ctx context.Context, cfg *config.Config, o order, token string, out io.Writer) error {
	if o.stage != "" && cfg.Keep {
		return fmt.Errorf("%w: stage %s keeps its data: made-up answers do not belong there", errInvalid, o.stage)
	}
	now := time.Now()
	rows, err := grow(cfg, o, now)
	if err != nil {
		return err
	}
	last := period.Of(now, cfg.Zone()).Add(-1)
	fmt.Fprintf(out, "%s of %s to %s, plainly synthetic (seed %d)\n", countOf(len(rows), "event"), last.Add(1-o.months), last, o.seed)
	if o.dry {
		return nil
	}
	p, err := caller.To(ctx, caller.Place{Stage: o.stage, Token: token}, "intake")
	if err != nil {
		return err
	}
	at := 0
	return ship(ctx, p, func() (row, error) {
		if at == len(rows) {
			return row{}, io.EOF
		}
		at++
		return rows[at-1], nil
	}, len(rows), out)
}

// grow makes the events of the months before now, and checks them as those of a
// file are.
func grow(cfg *config.Config, o order, now time.Time) ([]row, error) {
	var rows []row
	for back := o.months; back >= 1; back-- {
		month := period.Of(now, cfg.Zone()).Add(-back)
		for _, e := range monthOf(cfg, o, month) {
			b, err := json.Marshal(e)
			if err != nil {
				return nil, fmt.Errorf("making events: %w", err)
			}
			if _, err := intake.ParseEvent(cfg, intake.Source{}, intake.Mixed, b, now); err != nil {
				return nil, fmt.Errorf("making events of %s: %w", month, err)
			}
			rows = append(rows, row{line: len(rows) + 1, event: b})
		}
	}
	return rows, nil
}

// planted is a made-up event.
type planted struct {
	Mode       feedback.CollectionMode `json:"collection_mode"`
	Kind       feedback.Kind           `json:"kind"`
	EventID    feedback.EventID        `json:"event_id"`
	Touchpoint feedback.Touchpoint     `json:"touchpoint"`
	Channel    feedback.Channel        `json:"channel"`
	At         string                  `json:"submitted_at"`
	Language   feedback.Language       `json:"language,omitempty"`
	Scale      feedback.Scale          `json:"scale,omitempty"`
	Rating     *int                    `json:"rating,omitempty"`
	Reason     string                  `json:"reason,omitempty"`
	NPS        *int                    `json:"nps,omitempty"`
	Category   string                  `json:"category,omitempty"`
	Annoyance  *int                    `json:"annoyance,omitempty"`
	Comment    string                  `json:"comment,omitempty"`
}

// monthOf is a month of customers. Months differ a little in how content they are,
// and so do touchpoints: charts have something to show.
func monthOf(cfg *config.Config, o order, month period.Period) []planted {
	r := rand.New(rand.NewPCG(o.seed, uint64(month.Index()))) //nolint:gosec // made-up answers: to be the same again is what they are for
	start, end := month.Bounds(cfg.Zone())
	mood := 0.5 + 0.08*r.NormFloat64()
	id := func(kind string, n int) feedback.EventID {
		return feedback.DeriveEventID("seed", strconv.FormatUint(o.seed, 10), month.String(), kind, strconv.Itoa(n))
	}
	when := func() string {
		at := start.Add(time.Duration(r.Int64N(int64(end.Sub(start))))).In(cfg.Zone())
		return at.Truncate(time.Second).Format(time.RFC3339)
	}
	one := func(kind feedback.Kind, n int) planted {
		tp := &cfg.Touchpoints[r.IntN(len(cfg.Touchpoints))]
		return planted{
			Mode: feedback.Imported, Kind: kind, EventID: id(string(kind), n), Touchpoint: tp.ID, At: when(),
			Channel:  [...]feedback.Channel{feedback.EmailLink, feedback.EmailLink, feedback.QR, feedback.WebForm}[r.IntN(4)],
			Language: cfg.Organisation.Languages[r.IntN(len(cfg.Organisation.Languages))],
		}
	}
	var all []planted
	for n := range o.n {
		e := one(feedback.KindRating, n)
		tp := cfg.Touchpoint(e.Touchpoint)
		content := min(1, max(0, mood+0.35+0.3*r.NormFloat64()))
		low, high := tp.Scale.Bounds()
		rating := low + int(content*float64(high-low)+0.5)
		e.Scale, e.Rating = tp.Scale, &rating
		if len(tp.Reasons) > 0 && r.IntN(3) == 0 {
			e.Reason = tp.Reasons[r.IntN(len(tp.Reasons))]
		}
		if r.IntN(2) == 0 {
			nps := int(content*10 + 0.5)
			e.NPS = &nps
		}
		all = append(all, e)
	}
	for n := range (o.n + complaintsIn - 1) / complaintsIn {
		e := one(feedback.KindComplaint, n)
		annoyance := 1 + r.IntN(5)
		e.Category, e.Annoyance = cfg.Categories[r.IntN(len(cfg.Categories))], &annoyance
		e.Comment = "(synthetic)"
		all = append(all, e)
	}
	return all
}
