package monthly

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"runtime/debug"
	"sync"

	"golang.org/x/sync/errgroup"

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
	// Get returns the content of what List named, or an error that wraps
	// fs.ErrNotExist when it is gone.
	Get(ctx context.Context, key string) ([]byte, error)
}

// InFlight bounds the files fetched at once: a month can have tens of thousands
// of small ones, each some milliseconds away. They are decoded one per processor,
// which bounds the memory they need on top of the facts.
const InFlight = 64

// listings bounds the partitions listed at once.
const listings = 8

// maxRounds bounds how often a partition is listed anew because a file in it was
// replaced, or because there were more than fit one page of a listing.
const maxRounds = 8

// pageful is how many names a page of a listing holds: the next page may be of a
// later time.
const pageful = 1000

// Part is the facts of a kind in a month: a partition.
type Part struct {
	Month period.Period
	Kind  feedback.Kind
}

// Parts are the partitions of a window, in a fixed order.
func Parts(w responses.Window) []Part {
	var parts []Part
	for _, kind := range factfile.Kinds {
		for _, month := range w.Of(kind) {
			parts = append(parts, Part{month, kind})
		}
	}
	return parts
}

// Read reads the facts of the months from src: of the kinds, or of every kind
// where none is named. A file that belongs to no month or kind is left alone; one
// that cannot be read is an error that wraps factfile.ErrFormat.
func Read(ctx context.Context, src Source, months []period.Period, kinds ...feedback.Kind) (*responses.Batch, error) {
	if len(kinds) == 0 {
		kinds = factfile.Kinds[:]
	}
	var parts []Part
	for _, month := range months {
		for _, kind := range kinds {
			parts = append(parts, Part{month, kind})
		}
	}
	r := reader{src: src, strict: true}
	return r.read(ctx, parts)
}

// Collect reads the partitions from src, leaving out the files that but names. A
// file that cannot be read is left out as well, and named, in any order; errors
// are those of the source.
func Collect(ctx context.Context, src Source, parts []Part, but map[string]bool) (*responses.Batch, []report.Unread, error) {
	r := reader{src: src, but: but}
	facts, err := r.read(ctx, parts)
	return facts, r.unread, err
}

// reader reads partitions.
type reader struct {
	src    Source
	but    map[string]bool
	strict bool // a file that cannot be read is an error

	decoding chan struct{}
	empty    *responses.Batch // the names of all parts

	mu     sync.Mutex
	parts  []*responses.Batch
	unread []report.Unread
	facts  int
	usual  int // how often garbage was looked for before; see frugal
	tight  bool
}

// many is from how many facts on memory is looked after.
const many = 1 << 20

// frugal lets garbage be looked for more often: what is decoded lives on and holds
// no pointer, so that looking costs little and pays at once. Among few facts it
// would cost more than it is worth.
func (r *reader) frugal() {
	if !r.tight && r.facts >= many {
		r.tight, r.usual = true, debug.SetGCPercent(10)
	}
}

// relax takes frugal back.
func (r *reader) relax() {
	if r.tight {
		debug.SetGCPercent(r.usual)
	}
}

func (r *reader) read(ctx context.Context, parts []Part) (*responses.Batch, error) {
	defer r.relax()
	r.empty = new(responses.Batch).Beside()
	r.decoding = make(chan struct{}, runtime.GOMAXPROCS(0))
	fetching, ctx := errgroup.WithContext(ctx)
	fetching.SetLimit(InFlight)
	var listing errgroup.Group
	listing.SetLimit(listings)
	for _, p := range parts {
		listing.Go(func() error { return r.partition(ctx, p, fetching) })
	}
	listed := listing.Wait()
	if err := fetching.Wait(); err != nil { // the cause where ctx ended by it
		return nil, err
	}
	if listed != nil {
		return nil, listed
	}
	return responses.Join(r.parts), nil
}

// partition reads one partition. Compaction replaces files while they are read:
// the new one is there before the old ones go, so what is gone is listed anew,
// and what was read twice does no harm.
func (r *reader) partition(ctx context.Context, p Part, fetching *errgroup.Group) error {
	seen := make(map[string]bool)
	for round := 1; ; round++ {
		var files sync.WaitGroup
		var gone sync.Map
		listed, fresh := 0, 0
		err := r.src.List(ctx, factfile.Prefix(p.Month, p.Kind), func(key string) error {
			listed++
			if _, _, ok := factfile.ParseKey(key); !ok || seen[key] || r.but[key] {
				return nil
			}
			seen[key] = true
			fresh++
			files.Add(1)
			fetching.Go(func() error {
				defer files.Done()
				err := r.file(ctx, p.Kind, key)
				if errors.Is(err, fs.ErrNotExist) {
					gone.Store(key, err)
					return nil
				}
				return err
			})
			return ctx.Err()
		})
		files.Wait()
		if err != nil {
			return fmt.Errorf("listing facts of %s: %w", p.Month, err)
		}
		var missing error
		gone.Range(func(key, err any) bool {
			missing, _ = err.(error)
			delete(seen, key.(string))
			return true
		})
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case missing == nil && (fresh == 0 || listed < pageful):
			return nil
		case round == maxRounds:
			return missing
		}
	}
}

// file reads one file.
func (r *reader) file(ctx context.Context, kind feedback.Kind, key string) error {
	data, err := r.src.Get(ctx, key)
	if err != nil {
		return fmt.Errorf("fetching %s: %w", key, err)
	}
	r.decoding <- struct{}{}
	part := r.empty.Beside()
	err = factfile.Read(kind, data, part)
	<-r.decoding
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case err == nil:
		r.parts, r.facts = append(r.parts, part), r.facts+part.Len()
		r.frugal()
	case r.strict:
		return fmt.Errorf("%s: %w", key, err)
	default:
		r.unread = append(r.unread, report.Unread{Object: key, Reason: string(factfile.ReasonOf(err))})
	}
	return nil
}
