// Package monthly puts a month's report together: it reads the facts of the
// months concerned from wherever they lie, several files at a time, and builds
// the report by the owner's rules. The report function and the command line do
// it through here, so that both come to the same bytes.
package monthly

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"resonanz/shared/config"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/responses"
)

// Source holds fact files by name: a bucket or a folder.
type Source interface {
	// List calls yield with the name of everything below prefix, in any order.
	List(ctx context.Context, prefix string, yield func(key string) error) error
	// Get returns the content of what List named.
	Get(ctx context.Context, key string) ([]byte, error)
}

// InFlight bounds the files fetched at once: a month can have tens of thousands
// of small ones, each some milliseconds away. They are decoded one per processor,
// which bounds the memory they need on top of the facts.
const InFlight = 64

// Asked is what is asked of a report besides its period.
type Asked struct {
	// Cutoff: facts received before it count.
	Cutoff time.Time
	// Given is what the report is built from besides facts and configuration.
	report.Given
}

// Build reads the facts of p and the months before it and builds the report.
// Errors: those of the source; factfile.ErrFormat, with the name of the file,
// for one that cannot be read.
func Build(ctx context.Context, src Source, cfg *config.Config, p period.Period, asked Asked) (*report.Report, error) {
	facts, err := Read(ctx, src, report.Months(p))
	if err != nil {
		return nil, err
	}
	in := Input(cfg, p, asked)
	in.Facts = facts
	return report.Build(in)
}

// Input is what the configuration says about a report; its facts are missing.
func Input(cfg *config.Config, p period.Period, asked Asked) report.Input {
	touchpoints := make(map[feedback.Touchpoint]feedback.Scale, len(cfg.Touchpoints))
	for _, t := range cfg.Touchpoints {
		touchpoints[t.ID] = t.Scale
	}
	return report.Input{
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
		TopBox10:    cfg.Rules.TopBox10,
		MinimumN:    cfg.Rules.MinimumN,
		IndicativeN: cfg.Rules.IndicativeN,
		Touchpoints: touchpoints,
		Given:       asked.Given,
	}
}

// Names are the names of the configured touchpoints in a language.
func Names(cfg *config.Config, l feedback.Language) map[feedback.Touchpoint]string {
	names := make(map[feedback.Touchpoint]string, len(cfg.Touchpoints))
	for _, t := range cfg.Touchpoints {
		names[t.ID] = t.Name[l]
	}
	return names
}

// Read reads the facts of the months from src. A file that belongs to no month
// or kind is left alone.
func Read(ctx context.Context, src Source, months []period.Period) (*responses.Batch, error) {
	var all responses.Batch
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(InFlight)
	decoding := make(chan struct{}, runtime.GOMAXPROCS(0))
	var listing error
	for _, month := range months {
		for _, kind := range factfile.Kinds {
			err := src.List(ctx, factfile.Prefix(month, kind), func(key string) error {
				if _, _, ok := factfile.ParseKey(key); !ok {
					return nil
				}
				group.Go(func() error {
					part, err := readFile(ctx, src, kind, key, decoding)
					if err != nil {
						return err
					}
					mu.Lock()
					defer mu.Unlock()
					all.Append(part)
					return nil
				})
				return ctx.Err()
			})
			if err != nil && listing == nil {
				listing = fmt.Errorf("listing facts of %s: %w", month, err)
			}
		}
	}
	if err := group.Wait(); err != nil { // the cause where ctx ended by it
		return nil, err
	}
	if listing != nil {
		return nil, listing
	}
	return &all, nil
}

func readFile(ctx context.Context, src Source, kind feedback.Kind, key string, decoding chan struct{}) (*responses.Batch, error) {
	data, err := src.Get(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("fetching %s: %w", key, err)
	}
	decoding <- struct{}{}
	defer func() { <-decoding }()
	part := new(responses.Batch)
	if err := factfile.Read(kind, data, part); err != nil {
		return nil, fmt.Errorf("%s: %w", key, err)
	}
	return part, nil
}
