package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"time"

	"resonanz/shared/casefile"
)

// position is the place of a line in a partition of the due index.
type position struct {
	shard, at string // no at: before the first line
	number    casefile.Number
}

func positionOf(it item) (*position, error) {
	r := reader{it: it}
	p := &position{shard: r.text(AttrDueShard), at: r.text(AttrDueAt)}
	n, ok := strings.CutPrefix(r.text(AttrPK), pkCase)
	if r.err == nil && !ok {
		r.fail(AttrPK)
	}
	p.number = casefile.Number(n)
	return p, r.err
}

// key is p as DynamoDB has it, where a query of the index goes on.
func (p *position) key() item {
	it := key(pkCase+string(p.number), skState)
	it[AttrDueShard], it[AttrDueAt] = text(p.shard), text(p.at)
	return it
}

// cursorCheck is how many bytes of a checksum a cursor has: it says which list
// it goes on with, and that it is whole. It is no signature: whoever may ask for
// a list may ask for any place of it.
const cursorCheck = 12

// sealCursor writes a place in a list for the caller: opaque, and of no use for
// another list.
func sealCursor(list []string, place string) string {
	return base64.RawURLEncoding.EncodeToString(append(cursorSum(list, place), place...))
}

// openCursor reads what sealCursor wrote for the same list; "" for "". Errors:
// ErrInvalid.
func openCursor(list []string, cursor string) (place string, err error) {
	if cursor == "" {
		return "", nil
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(cursor)
	if err != nil || len(b) < cursorCheck || !slices.Equal(b[:cursorCheck], cursorSum(list, string(b[cursorCheck:]))) {
		return "", fmt.Errorf("a cursor of another list, or a broken one: %w", ErrInvalid)
	}
	return string(b[cursorCheck:]), nil
}

func cursorSum(list []string, place string) []byte {
	h := sha256.New()
	fmt.Fprintf(h, "%q %q", list, place)
	return h.Sum(nil)[:cursorCheck]
}

// list is what q asks for, without limit and cursor.
func (q *CaseQuery) list() []string {
	return []string{
		"cases", q.Closed, q.Opened, q.Asking, strings.Join(texts(q.Statuses), ","), strings.Join(texts(q.Families), ","),
		string(q.Touchpoint), q.Team, q.Owner, q.Category, string(q.Severity), q.DueBefore.UTC().Format(time.RFC3339Nano),
	}
}

// cursor is p for the caller; "" for none.
func (q *CaseQuery) cursor(p *position) string {
	if p == nil {
		return ""
	}
	return sealCursor(q.list(), p.shard+" "+p.at+" "+string(p.number))
}

// start reads the cursor; nil: the list begins. Errors: ErrInvalid.
func (q *CaseQuery) start() (*position, error) {
	place, err := openCursor(q.list(), q.Cursor)
	if err != nil || place == "" {
		return nil, err
	}
	shard, place, _ := strings.Cut(place, " ")
	at, n, _ := strings.Cut(place, " ")
	if !slices.Contains(q.shards(), shard) { // the month has changed since
		return nil, fmt.Errorf("a cursor of another month: %w", ErrInvalid)
	}
	return &position{shard, at, casefile.Number(n)}, nil
}

// newest puts cases in order, the one opened last first, and leaves limit of them.
func newest(all []casefile.Case, limit int) []casefile.Case {
	slices.SortFunc(all, func(a, b casefile.Case) int {
		return cmp.Or(b.OpenedAt.Compare(a.OpenedAt), strings.Compare(string(a.Number), string(b.Number)))
	})
	return all[:min(len(all), limit)]
}
