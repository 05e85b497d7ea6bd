// Package monthly puts a month's report together: it reads the facts of the
// months concerned from wherever they lie, several files at a time, and builds
// the report by the owner's rules. The report function and the command line do
// it through here, so that both come to the same bytes.
package monthly

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/responses"
	"resonanz/shared/rulebook"
)

// Asked is what is asked of a report besides its period.
type Asked struct {
	// Cutoff: facts received before it count.
	Cutoff time.Time
	// Group is the configured group of touchpoints that the report is of; empty:
	// the whole.
	Group string
	// Given is what the report is built from besides facts and configuration. The
	// files that it names as unread are not read: what was built without them is
	// built without them again.
	report.Given
}

// ErrGroup says that a group is not configured.
var ErrGroup = errors.New("no such group")

// Build reads the facts that the report of p rests on and builds it; errors are
// those of Prepare.
func Build(ctx context.Context, src Source, cfg *config.Config, p period.Period, asked Asked) (*report.Report, error) {
	in, err := Prepare(ctx, src, cfg, p, asked)
	if err != nil {
		return nil, err
	}
	return report.Build(in)
}

// Prepare reads the facts that the report of p rests on. The Given of the result
// is that of asked with the files that could not be read: kept beside the report,
// it builds the same one again. Errors: those of the source and of Input.
func Prepare(ctx context.Context, src Source, cfg *config.Config, p period.Period, asked Asked) (report.Input, error) {
	in, err := Input(cfg, p, asked)
	if err != nil {
		return in, err
	}
	known := make(map[string]bool, len(asked.Unread))
	for _, u := range asked.Unread {
		known[u.Object] = true
	}
	facts, unread, err := Collect(ctx, src, Parts(responses.WindowOf(p, cfg.Zone())), known)
	if err != nil {
		return in, err
	}
	in.Facts = facts
	in.Unread = slices.SortedFunc(slices.Values(slices.Concat(asked.Unread, unread)), func(a, b report.Unread) int {
		return cmp.Or(cmp.Compare(a.Object, b.Object), cmp.Compare(a.Reason, b.Reason))
	})
	return in, nil
}

// Input is what the configuration says about a report; its facts are missing.
// Errors: ErrGroup; those of rulebook.Policies.
func Input(cfg *config.Config, p period.Period, asked Asked) (report.Input, error) {
	policies, err := rulebook.Policies(cfg)
	if err != nil {
		return report.Input{}, err
	}
	in := report.Input{
		Organisation: cfg.Organisation.Name,
		Period:       p,
		Zone:         cfg.Zone(),
		Cutoff:       asked.Cutoff,
		FreezeDay:    cfg.Report.FreezeDay,
		Rules: responses.Rules{
			EditWindow: time.Duration(cfg.Rules.EditWindowHours) * time.Hour,
			Debounce:   time.Duration(cfg.Rules.KioskDebounceSeconds) * time.Second,
			MaxSkew:    time.Duration(cfg.Rules.MaxFutureSkewMinutes) * time.Minute,
		},
		TopBox10:      cfg.Rules.TopBox10,
		MinimumN:      cfg.Rules.MinimumN,
		IndicativeN:   cfg.Rules.IndicativeN,
		Touchpoints:   make(map[feedback.Touchpoint]feedback.Scale, len(cfg.Touchpoints)),
		Group:         asked.Group,
		FCRWindow:     time.Duration(cfg.Report.RepeatDays) * 24 * time.Hour,
		Asked:         make(map[feedback.Touchpoint]bool),
		Policies:      policies,
		DefaultPolicy: cfg.Complaints.DefaultPolicy,
		Items:         items(cfg),
		Assumptions:   assumptions(cfg.Report.Assumptions),
		Currency:      cfg.Complaints.Currency,
		ActionDays:    cfg.Report.ActionDays,
		Given:         asked.Given,
	}
	if asked.Group != "" {
		g := cfg.Group(asked.Group)
		if g == nil {
			return report.Input{}, fmt.Errorf("building report: group %q: %w", asked.Group, ErrGroup)
		}
		in.Only = make(map[feedback.Touchpoint]bool, len(g.Touchpoints))
		for _, id := range g.Touchpoints {
			in.Only[id] = true
		}
	}
	for i := range cfg.Touchpoints {
		t := &cfg.Touchpoints[i]
		if in.Only != nil && !in.Only[t.ID] {
			continue
		}
		in.Touchpoints[t.ID] = t.Scale
		if t.Asks("fcr") {
			in.Asked[t.ID] = true
		}
	}
	return in, nil
}

// items are the questions of cards whose answers are codes.
func items(cfg *config.Config) map[string]map[string]report.Item {
	cards := make(map[string]map[string]report.Item, len(cfg.Cards))
	for i := range cfg.Cards {
		c := &cfg.Cards[i]
		questions := make(map[string]report.Item)
		for j := range c.Sections {
			for _, it := range c.Sections[j].Items {
				switch it.Kind {
				case config.ItemRating, config.ItemYesNo, config.ItemChoice:
					questions[it.ID] = report.Item{Kind: string(it.Kind), Measures: it.Measures}
				}
			}
		}
		cards[c.ID] = questions
	}
	return cards
}

func assumptions(a *config.Assumptions) *report.Assumptions {
	if a == nil {
		return nil
	}
	return &report.Assumptions{
		WouldHaveLeft: a.WouldHaveLeft, Retained: a.Retained, MarginCents: a.MarginCents, Years: a.Years,
		Positive: a.Positive, Conversion: a.Conversion, Negative: a.Negative, LossConversion: a.LossConversion,
		PerHourCents: a.PerHourCents, HoursPerCase: a.HoursPerCase, ITAdminCents: a.ITAdminCents, PerMessageCents: a.PerMessageCents,
	}
}

// Groups are the ids of the configured groups, in order.
func Groups(cfg *config.Config) []string {
	ids := make(map[string]bool, len(cfg.Groups))
	for i := range cfg.Groups {
		ids[cfg.Groups[i].ID] = true
	}
	return slices.Sorted(maps.Keys(ids))
}

// Names are the names of the configured touchpoints in a language.
func Names(cfg *config.Config, l feedback.Language) map[feedback.Touchpoint]string {
	names := make(map[feedback.Touchpoint]string, len(cfg.Touchpoints))
	for _, t := range cfg.Touchpoints {
		names[t.ID] = t.Name[l]
	}
	return names
}
