package ask

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/monthly"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

// folder is a folder with the layout of the bucket.
type folder string

func (f folder) List(_ context.Context, prefix string, yield func(string) error) error {
	entries, err := os.ReadDir(filepath.Join(string(f), filepath.FromSlash(prefix)))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !e.IsDir() {
			if err := yield(path.Join(prefix, e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f folder) Get(_ context.Context, key string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(f), filepath.FromSlash(key)))
}

// Counts are numbers by what they are of; a row of an answer is its key and they.
type Counts map[string][]float64

func (c Counts) add(key string, at int, n float64) {
	for len(c[key]) <= at {
		c[key] = append(c[key], 0)
	}
	c[key][at] += n
}

// Expected works out the answers in Go, from the same files read by the same code as
// the report: no SQL is involved.
func Expected(ctx context.Context, dir string) (map[string]Counts, error) {
	march, err := period.Parse("2026-03")
	if err != nil {
		return nil, err
	}
	out := map[string]Counts{"satisfied": {}, "hours": {}, "answered": {}, "reasons": {}, "resolved": {}, "recommend": {}}
	for back := 2; back >= 0; back-- {
		month := march.Add(-back)
		b, err := monthly.Read(ctx, folder(dir), []period.Period{month}, feedback.KindRating, feedback.KindInvitation)
		if err != nil {
			return nil, fmt.Errorf("working out what to expect: %w", err)
		}
		votesOf(b, month.String(), month == march, out)
	}
	b, err := monthly.Read(ctx, folder(dir), []period.Period{march.Add(-1), march}, factfile.KindTransition)
	if err != nil {
		return nil, fmt.Errorf("working out what to expect: %w", err)
	}
	complaintsOf(b, out["resolved"])
	percent := func(c Counts, part int) {
		for k, v := range c {
			c[k] = append(v, 100*v[part]/v[0])
		}
	}
	percent(out["satisfied"], 1)
	percent(out["answered"], 1)
	percent(out["recommend"], 1)
	return out, nil
}

func votesOf(b *responses.Batch, month string, asked bool, out map[string]Counts) {
	seen, answered := make(map[[16]byte]bool), make(map[responses.Key]bool)
	for i := range b.Votes {
		v := &b.Votes[i]
		answered[v.Key] = true
		if seen[v.Event] {
			continue
		}
		seen[v.Event] = true
		if nps, ok := v.NPS.Get(); ok {
			balance := 0.0
			switch {
			case nps >= 9:
				balance = 1
			case nps <= 6:
				balance = -1
			}
			out["recommend"].add(month, 0, 1)
			out["recommend"].add(month, 1, balance)
		}
		if !asked {
			continue
		}
		channel := string(feedback.Channels[v.Channel])
		out["hours"].add(fmt.Sprintf("%s|%d", channel, time.UnixMilli(v.Received).UTC().Hour()), 0, 1)
		if responses.Scales[v.Scale] != feedback.Stars5 {
			continue
		}
		place, satisfied := b.Text(v.Touchpoint), 0.0
		if v.Rating >= 4 {
			satisfied = 1
		}
		out["satisfied"].add(place, 0, 1)
		out["satisfied"].add(place, 1, satisfied)
		if v.Rating <= 2 && v.Reason != 0 {
			out["reasons"].add(b.Text(v.Reason), 0, 1)
		}
	}
	if !asked {
		return
	}
	clear(seen)
	for i := range b.Invitations {
		v := &b.Invitations[i]
		if seen[v.Event] || v.Skipped {
			continue
		}
		seen[v.Event] = true
		channel, n := string(feedback.Channels[v.Channel]), 0.0
		if answered[v.Key] {
			n = 1
		}
		out["answered"].add(channel, 0, 1)
		out["answered"].add(channel, 1, n)
	}
}

func complaintsOf(b *responses.Batch, out Counts) {
	type life struct {
		category         string
		seq              uint32
		opened, resolved int64
	}
	lives := make(map[string]*life)
	for i := range b.Transitions {
		t := &b.Transitions[i]
		if b.Text(t.Family) != "complaint" {
			continue
		}
		l := lives[b.Text(t.Case)]
		if l == nil {
			l = &life{opened: t.At}
			lives[b.Text(t.Case)] = l
		}
		if t.Seq >= l.seq {
			l.seq, l.category = t.Seq, b.Text(t.Category)
		}
		l.opened = min(l.opened, t.At)
		if b.Text(t.Action) == "resolved" && (l.resolved == 0 || t.At < l.resolved) {
			l.resolved = t.At
		}
	}
	for _, l := range lives {
		out.add(l.category, 0, 1)
		out.add(l.category, 1, 0)
		out.add(l.category, 2, 0)
		if l.resolved != 0 {
			out.add(l.category, 1, 1)
			out.add(l.category, 2, float64(l.resolved-l.opened)/3_600_000)
		}
	}
	for k, v := range out {
		v[2] /= v[1] // not a number where none was resolved
		out[k] = v
	}
}

// near is how far a figure may be off: those of SQL are rounded to a tenth.
const near = 0.0501

// Compare names every figure that an answer has otherwise than expected.
func Compare(name string, a Answer, want Counts) (wrong []error) {
	got := make(Counts)
	for _, row := range a.Rows {
		var key []string
		var numbers []float64
		for i, v := range row {
			switch v := v.(type) {
			case string:
				key = append(key, v)
			case nil:
				if i == 0 {
					key = append(key, "")
				} else {
					numbers = append(numbers, math.NaN())
				}
			case float64:
				if name == "hours" && i == 1 {
					key = append(key, fmt.Sprint(v))
				} else {
					numbers = append(numbers, v)
				}
			}
		}
		got[strings.Join(key, "|")] = numbers
	}
	for key, w := range want {
		g := got[key]
		same := slices.EqualFunc(g, w, func(a, b float64) bool { return math.Abs(a-b) <= near || math.IsNaN(a) && math.IsNaN(b) })
		if !same {
			wrong = append(wrong, fmt.Errorf("%s: %s: the query has %v, the files %v", name, key, g, w))
		}
	}
	if len(got) != len(want) {
		wrong = append(wrong, fmt.Errorf("%s: the query has %d rows, the files %d", name, len(got), len(want)))
	}
	return wrong
}
