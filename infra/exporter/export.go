package main

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"resonanz/infra/local/stack"
	"resonanz/shared/config"
	"resonanz/shared/store"
)

// objects is a bucket that is read.
type objects interface {
	Get(ctx context.Context, key string) ([]byte, error)
	List(ctx context.Context, prefix string, yield func(key string) error) error
}

// folder is where the objects of a bucket go.
type folder struct {
	name string
	objects
}

// place is what is exported.
type place struct {
	name, stage string
	cfg         *config.Config
	table       string
	items       store.ScanAPI
	buckets     []folder
}

// manifest tells what an export holds.
type manifest struct {
	Stack   string         `json:"stack"`
	Begun   time.Time      `json:"begun_at"` // what was stored later may or may not be in it
	Ended   time.Time      `json:"ended_at"`
	Counts  map[string]int `json:"counts"`
	LeftOut map[string]int `json:"left_out"` // states of the machinery that mean nothing elsewhere
	Files   []file         `json:"files"`    // in order of their names
}

// file is one of its files.
type file struct {
	Name   string `json:"name"`
	Bytes  int64  `json:"bytes"`
	SHA256 string `json:"sha256"`
	Rows   *int   `json:"rows,omitempty"` // of a list
}

// export writes everything into a folder, the manifest last: a folder without one
// is no export.
func export(ctx context.Context, p place, to string, now time.Time, out io.Writer) (err error) {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return fmt.Errorf("making the folder: %w", err)
	}
	if held, err := os.ReadDir(to); err != nil || len(held) > 0 {
		return errors.Join(err, fmt.Errorf("%w: %s is not empty: name another folder", errUsage, to))
	}
	root, err := os.OpenRoot(to)
	if err != nil {
		return fmt.Errorf("opening the folder: %w", err)
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	m := &manifest{Stack: p.name, Begun: now.UTC().Truncate(time.Second), Counts: map[string]int{}, LeftOut: map[string]int{}, Files: []file{}}
	w := &writer{root: root, m: m, lists: map[string]*list{}, cfg: p.cfg}
	if err := w.open(); err != nil {
		return err
	}
	table, err := w.lossless(p.items)
	if err != nil {
		return errors.Join(err, w.close())
	}
	err = store.ScanAll(ctx, table, p.table, w.item)
	if err := errors.Join(err, table.close(m), w.close()); err != nil {
		return err
	}
	for _, f := range p.buckets {
		n, err := w.copy(ctx, f)
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%d files of %s\n", n, map[bool]string{true: "facts and reports", false: f.name}[f.name == ""])
	}
	slices.SortFunc(m.Files, func(a, b file) int { return strings.Compare(a.Name, b.Name) })
	m.Ended = time.Now().UTC().Truncate(time.Second)
	if err := stack.WriteJSON(path.Join(to, "manifest.json"), m); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(m.Counts)) {
		fmt.Fprintf(out, "%d %s\n", m.Counts[name], name)
	}
	fmt.Fprintf(out, "%s: exported to %s; it holds personal data\n", p.name, to)
	return nil
}

// writer writes the files of an export.
type writer struct {
	root  *os.Root
	cfg   *config.Config
	lists map[string]*list

	mu sync.Mutex
	m  *manifest
}

// list is a file in the making: CSV, or a JSON value in each line.
type list struct {
	name    string
	file    *os.File
	sum     hash.Hash
	buf     *bufio.Writer
	csv     *csv.Writer // nil: JSON Lines
	size    int64
	rows    int
	columns []string
}

// Write implements io.Writer.
func (l *list) Write(p []byte) (int, error) {
	l.sum.Write(p)
	l.size += int64(len(p))
	return l.file.Write(p)
}

// open begins all lists, so that those of nothing are there too.
func (w *writer) open() error {
	for _, name := range slices.Sorted(maps.Keys(columns)) {
		if err := w.begin(name+".csv", columns[name]); err != nil {
			return err
		}
	}
	for _, name := range []string{"events", "cases", "timelines", "actions", "reports", "unreadable"} {
		if err := w.begin(name+".jsonl", nil); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) begin(name string, columns []string) error {
	f, err := w.root.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	l := &list{name: name, file: f, sum: sha256.New(), columns: columns}
	l.buf = bufio.NewWriterSize(l, 64<<10)
	if columns != nil {
		l.csv = csv.NewWriter(l.buf)
		l.csv.UseCRLF = true
		_ = l.csv.Write(columns) // its error stays, and is found at the end
	}
	w.lists[name] = l
	return nil
}

// row adds a row to a CSV, by column.
func (w *writer) row(name string, cells map[string]string) {
	l := w.lists[name+".csv"]
	row := make([]string, len(l.columns))
	for i, c := range l.columns {
		row[i] = harmless(cells[c])
	}
	_ = l.csv.Write(row)
	l.rows++
}

// value adds a line to a list of JSON.
func (w *writer) value(name string, v any) error {
	l := w.lists[name+".jsonl"]
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("writing %s: %w", l.name, err)
	}
	l.rows++
	_, err = l.buf.Write(append(b, '\n'))
	return err
}

// close ends the lists.
func (w *writer) close() (err error) {
	for _, l := range w.lists {
		if l.csv != nil {
			l.csv.Flush()
			err = errors.Join(err, l.csv.Error())
		}
		if failed := errors.Join(l.buf.Flush(), l.file.Close()); failed != nil {
			err = errors.Join(err, fmt.Errorf("writing %s: %w", l.name, failed))
		}
		w.m.Files = append(w.m.Files, file{l.name, l.size, hex.EncodeToString(l.sum.Sum(nil)), &l.rows})
	}
	return err
}

// copiers is how many objects are copied beside each other.
const copiers = 8

// copy copies the objects of a bucket.
func (w *writer) copy(ctx context.Context, f folder) (n int, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	keys := make(chan string)
	var copying sync.WaitGroup
	for range copiers {
		copying.Go(func() {
			for key := range keys {
				if err := w.object(ctx, f, key); err != nil {
					cancel(err)
				}
			}
		})
	}
	err = f.List(ctx, "", func(key string) error {
		select {
		case keys <- key:
			n++
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	close(keys)
	copying.Wait()
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return n, err
}

func (w *writer) object(ctx context.Context, f folder, key string) error {
	if ctx.Err() != nil {
		return nil
	}
	b, err := f.Get(ctx, key)
	if err != nil {
		return err
	}
	name := path.Join(f.name, key)
	if dir := path.Dir(name); dir != "." {
		if err := w.root.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("writing %s: %w", name, err)
		}
	}
	if err := w.root.WriteFile(name, b, 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	sum := sha256.Sum256(b)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.m.Files = append(w.m.Files, file{Name: name, Bytes: int64(len(b)), SHA256: hex.EncodeToString(sum[:])})
	w.m.Counts[what(f, key)]++
	return nil
}

// what an object is, by its name.
func what(f folder, key string) string {
	if f.name != "" {
		return f.name
	}
	first, _, _ := strings.Cut(key, "/")
	return "files of " + first
}

// harmless keeps a spreadsheet from taking a cell for a formula (OWASP, CSV
// Injection): what begins like one, in whatever width, gets an apostrophe, and so
// does what has apostrophes before it. An import takes one off again.
func harmless(s string) string {
	rest := strings.TrimLeft(s, "'")
	if r, _ := utf8.DecodeRuneInString(rest); rest != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", r) {
		return "'" + s
	}
	return s
}
