package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

// rowsPerFile is about what the facts function writes from one full batch.
const rowsPerFile = 10_000

func factsCommand(args []string, out io.Writer) error {
	f := flags("facts")
	n := f.Int("n", 1_000_000, "how many facts, invitations and duplicates included")
	seed := f.Uint64("seed", 1, "the same seed makes the same bytes")
	dir := f.String("out", "", "the folder to write to; it must hold no facts")
	p, cfg, err := f.parse(args, "out")
	if err != nil {
		return err
	}
	if *n < 0 {
		return fmt.Errorf("--n %d: want a number of facts", *n)
	}
	if _, err := os.Stat(filepath.Join(*dir, "facts")); !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("%s holds facts already: name an empty folder, or remove them", *dir)
	}
	w := &folder{dir: *dir, open: make(map[partition]*responses.Batch), facts: make(map[feedback.Kind]int)}
	given, err := synthesise(cfg, p, *n, *seed, w)
	if err != nil {
		return err
	}
	if err := w.flush(); err != nil {
		return err
	}
	if err := writeGiven(*dir, cfg, p, *seed, given); err != nil {
		return err
	}
	total, kinds := 0, make([]string, 0, len(factfile.Kinds))
	for _, kind := range factfile.Kinds {
		total += w.facts[kind]
		kinds = append(kinds, fmt.Sprintf("%d %s", w.facts[kind], plurals[kind]))
	}
	_, err = fmt.Fprintf(out, "%d facts (%s; %d of them duplicates) in %d files, %.1f MB, below %s; what a report is given besides in %s\n",
		total, strings.Join(kinds, ", "), w.duplicates, w.files, float64(w.bytes)/1e6, filepath.Join(*dir, "facts"), filepath.Join(*dir, givenName))
	return err
}

var plurals = map[feedback.Kind]string{
	feedback.KindRating: "ratings", feedback.KindInvitation: "invitations", feedback.KindComplaint: "complaints", feedback.KindDelivery: "deliveries",
	factfile.KindTransition: "transitions", factfile.KindEscalation: "escalations",
}

type partition struct {
	month period.Period
	kind  feedback.Kind
}

// folder writes facts below dir as the facts function writes them below its
// bucket.
type folder struct {
	dir  string
	open map[partition]*responses.Batch

	facts             map[feedback.Kind]int
	duplicates, files int
	bytes             int64
}

func (w *folder) batch(month period.Period, kind feedback.Kind) *responses.Batch {
	at := partition{month, kind}
	if w.open[at] == nil {
		w.open[at] = new(responses.Batch)
	}
	return w.open[at]
}

// filled writes the batch of the partition when it is large enough.
func (w *folder) filled(month period.Period, kind feedback.Kind) error {
	at := partition{month, kind}
	if b := w.open[at]; b.Len() >= rowsPerFile {
		delete(w.open, at)
		return w.write(at, b)
	}
	return nil
}

func (w *folder) flush() error {
	for at, b := range w.open {
		if err := w.write(at, b); err != nil {
			return err
		}
	}
	clear(w.open)
	return nil
}

func (w *folder) write(at partition, b *responses.Batch) error {
	data, err := factfile.Write(at.kind, b)
	if err != nil {
		return err
	}
	path := filepath.Join(w.dir, filepath.FromSlash(factfile.Key(at.month, at.kind, b)))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("writing facts: %w", err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		return fmt.Errorf("writing facts: %w", err)
	}
	w.files++
	w.bytes += int64(len(data))
	return nil
}
