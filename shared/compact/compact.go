// Package compact merges small files of facts into large ones: Athena and every
// other reader pay for each file that they open. Facts are neither changed nor
// lost; exact copies of one are dropped.
//
// The large file is written before the small ones go, so whatever happens in
// between leaves facts twice, which every reader takes once. The same files make
// the same large ones, so a run that was cut short is made up for by the next.
package compact

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

// Bucket holds the files. Get fails with an error that wraps fs.ErrNotExist on
// what is gone.
type Bucket interface {
	Sizes(ctx context.Context, prefix string, before time.Time, yield func(key string, bytes int64) error) error
	Get(ctx context.Context, key string) ([]byte, error)
	Put(ctx context.Context, key, contentType string, content []byte) error
	Delete(ctx context.Context, key string) error
}

// ContentType is that of a file of facts.
const ContentType = "application/vnd.apache.parquet"

// Limits say which files are merged, in bytes.
type Limits struct {
	Small  int64 // files below are merged
	Target int64 // so many bytes of files make one large file
	Most   int64 // no file that is written is larger
	// Settled: files that were stored then or later are left alone, and what the
	// others are merged into is named as merged; zero: none is left alone.
	Settled time.Time
}

// Young is how long a file is left alone after it was stored: whoever looks at
// what came in today and yesterday finds it in files of its own, and need not read
// merged ones.
const Young = 72 * time.Hour

// Default are the limits of the field: files near 64 MB.
var Default = Limits{Small: 16 << 20, Target: 64 << 20, Most: 96 << 20}

// Result is what was done.
type Result struct {
	Partitions int // in which files were merged
	Merged     int // small files
	Written    int // large files
	Bytes      int64
	Unreadable []string // files left as they are, in order
	Left       int      // partitions left for the next time, for want of time
}

func (r *Result) add(o Result) {
	r.Partitions += o.Partitions
	r.Merged += o.Merged
	r.Written += o.Written
	r.Bytes += o.Bytes
	r.Unreadable = append(r.Unreadable, o.Unreadable...)
	r.Left += o.Left
}

// partition is the facts of a kind in a month.
type partition struct {
	month period.Period
	kind  feedback.Kind
}

type file struct {
	key   string
	bytes int64
}

// near is how large a file must be to be left alone for good. Files between Small
// and that are merged again only into one that is: else what comes in every day
// would leave files a little above Small, or write large ones every night.
func (l Limits) near() int64 { return max(l.Target-l.Small, l.Small) }

// All compacts every partition of the bucket, the latest month first, as long as
// more says that there is time. What fails does not keep the others from being
// compacted; the error tells all that failed.
func All(ctx context.Context, b Bucket, l Limits, more func() bool) (Result, error) {
	found := make(map[partition][]file)
	err := b.Sizes(ctx, "facts/", l.Settled, func(key string, bytes int64) error {
		if month, kind, ok := factfile.ParseKey(key); ok && bytes < l.near() {
			at := partition{month, kind}
			found[at] = append(found[at], file{key, bytes})
		}
		return nil
	})
	if err != nil {
		return Result{}, fmt.Errorf("compacting facts: %w", err)
	}
	var order []partition
	for at, files := range found {
		if len(l.groups(files)) > 0 {
			order = append(order, at)
		}
	}
	slices.SortFunc(order, func(a, b partition) int {
		return cmp.Or(cmp.Compare(b.month.Index(), a.month.Index()), cmp.Compare(a.kind, b.kind))
	})
	var total Result
	var failed []error
	for _, at := range order {
		done, err := partitionOf(ctx, b, l, at, found[at], more)
		total.add(done)
		if err != nil {
			failed = append(failed, fmt.Errorf("compacting %s facts of %s: %w", at.kind, at.month, err))
		}
	}
	slices.Sort(total.Unreadable)
	return total, errors.Join(failed...)
}

// partitionOf merges the files of a partition, some at a time.
func partitionOf(ctx context.Context, b Bucket, l Limits, at partition, files []file, more func() bool) (done Result, err error) {
	for _, group := range l.groups(files) {
		if ctx.Err() != nil || !more() {
			done.Left = 1
			break
		}
		part, err := merge(ctx, b, l, at, group)
		done.add(part)
		if err != nil {
			return done, err
		}
	}
	if done.Merged > 0 {
		done.Partitions = 1
	}
	return done, nil
}

// groups parts files into those that are merged with each other, of Target bytes at
// most and two at least: small ones, and middling ones that make a large one.
func (l Limits) groups(files []file) (groups [][]file) {
	slices.SortFunc(files, func(x, y file) int { return cmp.Compare(x.key, y.key) })
	var small, middling []file
	for _, f := range files {
		if f.bytes < l.Small {
			small = append(small, f)
		} else {
			middling = append(middling, f)
		}
	}
	part := func(files []file, least int64) {
		for len(files) > 0 {
			n, bytes := 0, int64(0)
			for n < len(files) && (n == 0 || bytes+files[n].bytes <= l.Target) {
				bytes += files[n].bytes
				n++
			}
			if n > 1 && bytes >= least {
				groups = append(groups, files[:n])
			}
			files = files[n:]
		}
	}
	part(middling, l.near())
	part(small, 0)
	return groups
}

// merge puts the facts of files into one, or into several should one be too
// large.
func merge(ctx context.Context, b Bucket, l Limits, at partition, files []file) (done Result, err error) {
	var parts []*responses.Batch
	var read []string
	for _, f := range files {
		content, err := b.Get(ctx, f.key)
		if errors.Is(err, fs.ErrNotExist) {
			continue // another run was faster
		}
		if err != nil {
			return done, err
		}
		part := new(responses.Batch)
		if err := factfile.Read(at.kind, content, part); err != nil {
			done.Unreadable = append(done.Unreadable, f.key)
			continue
		}
		parts, read = append(parts, part), append(read, f.key)
	}
	if len(read) < 2 {
		return done, nil
	}
	written, bytes, err := write(ctx, b, l, at, responses.Join(parts), 0)
	done.Written, done.Bytes = len(written), bytes
	if err != nil {
		return done, err
	}
	for _, key := range read {
		if slices.Contains(written, key) {
			continue // all the others' facts were in it
		}
		if err := b.Delete(ctx, key); err != nil {
			return done, err
		}
		done.Merged++
	}
	return done, nil
}

// maxHalvings bounds how often facts are halved for files that are not too large.
const maxHalvings = 16

// write stores facts in one file, or halved where that would be too large.
func write(ctx context.Context, b Bucket, l Limits, at partition, facts *responses.Batch, halvings int) (keys []string, bytes int64, err error) {
	n, key, err := writeOne(ctx, b, l, at, facts, halvings)
	if err != nil {
		return nil, 0, err
	}
	if key != "" {
		return []string{key}, n, nil
	}
	zeros, ones := facts.Halves(halvings)
	for _, half := range []*responses.Batch{zeros, ones} {
		if half.Len() == 0 {
			continue
		}
		more, n, err := write(ctx, b, l, at, half, halvings+1)
		keys, bytes = append(keys, more...), bytes+n
		if err != nil {
			return keys, bytes, err
		}
	}
	return keys, bytes, nil
}

// writeOne stores facts in one file, unless that is too large: then key is empty.
func writeOne(ctx context.Context, b Bucket, l Limits, at partition, facts *responses.Batch, halvings int) (bytes int64, key string, err error) {
	content, err := factfile.Write(at.kind, facts)
	if err != nil {
		return 0, "", err
	}
	if int64(len(content)) > l.Most && facts.Len() > 1 && halvings < maxHalvings {
		return 0, "", nil
	}
	key = factfile.Key(at.month, at.kind, facts)
	if !l.Settled.IsZero() {
		key = factfile.MergedKey(at.month, at.kind, facts)
	}
	return int64(len(content)), key, b.Put(ctx, key, ContentType, content)
}
