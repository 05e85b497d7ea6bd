package monthly

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"resonanz/shared/config"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/report"
)

// before is how many months before trends look at.
const before = 12

// Past completes what trends of the report of p look back at: the twelve months
// before. What asked.History tells of a month, from its published report, stays
// as it is. Any other month with ratings among its facts, such as one that was
// imported, or one of which no report was published, is folded from the facts that
// were received before the cutoff, by the owner's present rules; one of which
// nothing was known by then is left out. So the same facts as known at the cutoff
// give the same months, whenever they are read.
//
// One month is folded at a time and given up before the next, so that it takes no
// more memory than a report does, and the time of a report for each month. The
// files that could not be read are those of asked and further ones; errors are
// those of Build.
func Past(ctx context.Context, src Source, cfg *config.Config, p period.Period, asked Asked) ([]report.Past, []report.Unread, error) {
	all := slices.Clone(asked.History)
	unread := asked.Unread
	for month := p.Add(-before); month.Before(p); month = month.Add(1) {
		if month.Index() < 0 || slices.ContainsFunc(all, func(h report.Past) bool { return h.Period == month }) {
			continue
		}
		rated, err := holds(ctx, src, Part{month, feedback.KindRating})
		if err != nil {
			return nil, nil, err
		}
		if !rated {
			continue
		}
		var folded *report.Past
		if folded, unread, err = fold(ctx, src, cfg, month, Asked{Cutoff: asked.Cutoff, Group: asked.Group, Given: report.Given{Unread: unread}}); err != nil {
			return nil, nil, err
		}
		if folded != nil {
			all = append(all, *folded)
		}
		runtime.GC() // cheap: facts hold no pointers
	}
	slices.SortStableFunc(all, func(a, b report.Past) int { return cmp.Compare(a.Period.Index(), b.Period.Index()) })
	return all, unread, nil
}

// fold is what trends need of a month; nil where nothing was known of it.
func fold(ctx context.Context, src Source, cfg *config.Config, month period.Period, asked Asked) (*report.Past, []report.Unread, error) {
	in, err := Prepare(ctx, src, cfg, month, asked)
	if err != nil {
		return nil, nil, err
	}
	r, err := report.Build(in)
	if err != nil {
		return nil, nil, err
	}
	if r.Total.N == 0 && r.Recommend.NPS.N == 0 && r.Complaints.Received == 0 {
		return nil, in.Unread, nil
	}
	past := report.PastOf(r)
	return &past, in.Unread, nil
}

// errFound ends a listing.
var errFound = errors.New("found")

// holds reports whether there are facts in a partition.
func holds(ctx context.Context, src Source, p Part) (bool, error) {
	err := src.List(ctx, factfile.Prefix(p.Month, p.Kind), func(key string) error {
		if _, _, ok := factfile.ParseKey(key); ok {
			return errFound
		}
		return nil
	})
	if errors.Is(err, errFound) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("listing facts of %s: %w", p.Month, err)
	}
	return false, nil
}
