package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"resonanz/shared/bucket"
	"resonanz/shared/factfile"
	"resonanz/shared/facts"
	"resonanz/shared/period"
	"resonanz/shared/responses"
	"resonanz/shared/store"
)

// largest is how many facts one file gets at most: what reads it holds all of them.
const largest = 250_000

const parquet = "application/vnd.apache.parquet"

// putter stores an object.
type putter interface {
	Put(ctx context.Context, key, contentType string, body []byte) error
}

// Put writes a file into the folder, as an object would be named.
func (f folder) Put(_ context.Context, key, _ string, body []byte) error {
	name := filepath.Join(string(f), filepath.FromSlash(key))
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		return fmt.Errorf("writing facts: %w", err)
	}
	if err := os.WriteFile(name, body, 0o644); err != nil { //nolint:gosec // facts are anonymous
		return fmt.Errorf("writing facts: %w", err)
	}
	return nil
}

// rebuilder makes facts of items.
type rebuilder struct {
	to      putter
	zone    *time.Location
	only    period.Period // the zero Period: all
	parts   map[facts.Partition]*part
	made    map[facts.Partition]int
	files   int
	refused int // of which no facts can be made; the function puts them aside, too
}

// part are facts that will be one file.
type part struct {
	facts responses.Batch
	n     int
}

// rebuild makes the facts of a month, or of all of them, from the table, by what the
// function that writes facts makes them by. Nothing has to stand still meanwhile: a
// fact that is in the bucket already is a duplicate, which every report removes.
func rebuild(ctx context.Context, p *place, only period.Period, into string, out io.Writer) error {
	r := &rebuilder{zone: p.cfg.Zone(), only: only, parts: map[facts.Partition]*part{}, made: map[facts.Partition]int{}}
	where := "the bucket of " + p.name
	if into != "" {
		if held, err := os.ReadDir(into); err == nil && len(held) > 0 {
			return fmt.Errorf("%w: %s is not empty: name another folder", errUsage, into)
		}
		r.to, where = folder(into), into
	} else {
		r.to = p.bucket(factsBucket)
	}
	if err := scan(ctx, p.items, p.table, func(it store.Raw) error { return r.item(ctx, it) }); err != nil {
		return err
	}
	if err := r.end(ctx); err != nil {
		return err
	}
	for _, at := range slices.SortedFunc(maps.Keys(r.made), facts.Compare) {
		fmt.Fprintf(out, "%s %s: %d facts\n", at.Month, at.Kind, r.made[at])
	}
	if r.refused > 0 {
		fmt.Fprintf(out, "left out: %d items of which no facts can be made\n", r.refused)
	}
	fmt.Fprintf(out, "%d files in %s\n", r.files, where)
	return nil
}

// item adds the facts of an item to those of their month and kind.
func (r *rebuilder) item(ctx context.Context, it store.Raw) error {
	parcels, err := store.MessagesOf(it)
	if err != nil {
		r.refused++
		return nil //nolint:nilerr // counted, and no reason to stop
	}
	for i := range parcels {
		if !parcels[i].To.Has(store.ToReporting) {
			continue
		}
		all, err := facts.Of(&parcels[i].Message, r.zone)
		if err != nil {
			r.refused++
			continue
		}
		for _, f := range all {
			if r.only != (period.Period{}) && f.Month != r.only {
				continue
			}
			if err := r.add(ctx, f); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *rebuilder) add(ctx context.Context, f facts.Fact) error {
	p := r.parts[f.Partition]
	if p == nil {
		p = new(part)
		r.parts[f.Partition] = p
	}
	if err := f.Put(&p.facts); err != nil {
		r.refused++
		return nil //nolint:nilerr // counted, and no reason to stop
	}
	r.made[f.Partition]++
	if p.n++; p.n < largest {
		return nil
	}
	return r.write(ctx, f.Partition)
}

func (r *rebuilder) end(ctx context.Context) (err error) {
	for _, at := range slices.SortedFunc(maps.Keys(r.parts), facts.Compare) {
		err = errors.Join(err, r.write(ctx, at))
	}
	return err
}

// write writes one file; the same facts get the same name.
func (r *rebuilder) write(ctx context.Context, at facts.Partition) error {
	p := r.parts[at]
	delete(r.parts, at)
	content, err := factfile.Write(at.Kind, &p.facts)
	if err != nil {
		return fmt.Errorf("writing facts of %s: %w", at.Month, err)
	}
	if err := r.to.Put(ctx, factfile.Key(at.Month, at.Kind, &p.facts), parquet, content); err != nil {
		return err
	}
	r.files++
	return nil
}

var (
	_ putter = (*bucket.S3)(nil)
)
