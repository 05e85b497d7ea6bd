// Command cards prints response cards and counter signs as PDF, ready for the
// printing shop, in each language: for every configured card and every
// touchpoint where it is laid out.
//
//	go run ./infra/cards                                      all of them, into build/cards
//	go run ./infra/cards --card visit --language de --count 50 --first 1001
//	go run ./infra/cards --url https://feedback.example.com --marks
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"resonanz/infra/configure"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "cards:", err)
		}
		os.Exit(1)
	}
}

// maxCount is the most numbered cards of one order, perFile those of one file
// of it: printing takes more than twice as long for twice the pages.
const (
	maxCount = 10_000
	perFile  = 200
)

// order is what one run prints.
type order struct {
	cfg        *config.Config
	url        string // base of the addresses, without a slash at its end
	out        string
	card       string            // "": all
	touchpoint string            // "": wherever the card is laid out
	language   feedback.Language // "": each of the organisation's
	count      int               // of numbered cards for each touchpoint and language; 0: one card without a number
	first      int               // number of the first of them all
	marks      bool              // crop marks and 3 mm of bleed
}

// run carries out one command line, without the program's name.
func run(ctx context.Context, args []string, out io.Writer) error {
	o, err := parse(args)
	if err != nil {
		return err
	}
	jobs, err := o.jobs()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(o.out, 0o755); err != nil {
		return fmt.Errorf("making the folder of the cards: %w", err)
	}
	press, err := start(ctx)
	if err != nil {
		return err
	}
	defer press.close()
	for _, j := range jobs {
		pdf, err := press.print(j) //nolint:contextcheck // the browser's own, made of ctx
		if err != nil {
			return fmt.Errorf("printing %s: %w", j.name, err)
		}
		path := filepath.Join(o.out, j.name+".pdf")
		if err := os.WriteFile(path, pdf, 0o644); err != nil {
			return fmt.Errorf("writing a card: %w", err)
		}
		fmt.Fprintf(out, "%s  %s\n", path, j.url)
	}
	if o.count == 0 {
		fmt.Fprintln(out, "These cards have no number, and one that is handed in is keyed in by its number: --count 50 (make cards COUNT=50 FIRST=1) prints them.")
	}
	return nil
}

func parse(args []string) (*order, error) {
	o := new(order)
	f := flag.NewFlagSet("cards", flag.ContinueOnError)
	configuration := f.String("config", "infra/feedback.yaml", "the configuration")
	outputs := f.String("outputs", "build/local/outputs.json", "where the local stack says its address")
	language := f.String("language", "", "one language; default: each of the organisation's")
	f.StringVar(&o.url, "url", "", "base of the addresses; default: the local stack's, else public_url of the configuration")
	f.StringVar(&o.out, "out", "build/cards", "the folder to write to")
	f.StringVar(&o.card, "card", "", "one card; default: all")
	f.StringVar(&o.touchpoint, "touchpoint", "", "one touchpoint; default: each where the card is laid out")
	f.IntVar(&o.count, "count", 0, "how many cards with a number, for each touchpoint and language; 0: one card without")
	f.IntVar(&o.first, "first", 1, "number of the first card; the next order starts after the last of this one")
	f.BoolVar(&o.marks, "marks", false, "crop marks and 3 mm of bleed, for a printing shop")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	switch {
	case f.NArg() > 0:
		return nil, fmt.Errorf("%q is no flag", f.Arg(0))
	case o.count < 0 || o.count > maxCount:
		return nil, fmt.Errorf("--count is %d; want 0 to %d", o.count, maxCount)
	case o.first < 1 || o.first > 1e9:
		return nil, fmt.Errorf("--first is %d; want a number from 1", o.first)
	}
	var err error
	if o.cfg, err = configure.Load(*configuration); err != nil {
		return nil, err
	}
	o.language = feedback.Language(*language)
	if o.language != "" && !slices.Contains(o.cfg.Organisation.Languages, o.language) {
		return nil, fmt.Errorf("--language is %q, which is none of the organisation's", *language)
	}
	if o.url == "" {
		if o.url, err = published(*outputs); err != nil {
			return nil, err
		}
	}
	if o.url == "" {
		o.url = o.cfg.Address()
	}
	o.url = strings.TrimRight(o.url, "/")
	if !strings.HasPrefix(o.url, "https://") && !strings.HasPrefix(o.url, "http://") {
		return nil, errors.New("the address of the cards is not known: set domain.name or public_url in the configuration, or say --url https://…")
	}
	return o, nil
}

// published is the address that the local stack is reached at; "" when none is up.
func published(path string) (string, error) {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading the address of the local stack: %w", err)
	}
	var outputs struct {
		PublicURL string `json:"public_url"`
	}
	if err := json.Unmarshal(b, &outputs); err != nil {
		return "", fmt.Errorf("reading %s: %w", path, err)
	}
	return outputs.PublicURL, nil
}

// job is one PDF.
type job struct {
	name   string // of the file, without its ending
	url    string // behind the QR code
	sheet  sheet
	page   size
	sides  int
	marked bool
}

// jobs are the PDFs of an order: a card and a sign for each card, touchpoint
// and language.
func (o *order) jobs() ([]job, error) {
	var jobs []job
	found := false
	for i := range o.cfg.Cards {
		card := &o.cfg.Cards[i]
		if o.card != "" && card.ID != o.card {
			continue
		}
		found = true
		next := o.first // a number occurs once on all of a card's prints: it counts once
		for _, id := range card.Touchpoints {
			if o.touchpoint != "" && string(id) != o.touchpoint {
				continue
			}
			for _, l := range o.cfg.Organisation.Languages {
				if o.language != "" && l != o.language {
					continue
				}
				jobs = append(jobs, o.of(card, o.cfg.Touchpoint(id), l, next)...)
				next += o.count
			}
		}
	}
	switch {
	case !found && o.card != "":
		return nil, fmt.Errorf("--card is %q, which is not configured", o.card)
	case len(jobs) == 0 && o.touchpoint != "":
		return nil, fmt.Errorf("no card is laid out at the touchpoint %q", o.touchpoint)
	case len(jobs) == 0:
		return nil, errors.New("no card is laid out anywhere: see cards in the configuration")
	}
	return jobs, nil
}

// of are a sign and the cards, numbered from first, of one card, touchpoint and
// language.
func (o *order) of(card *config.Card, tp *config.Touchpoint, l feedback.Language, first int) []job {
	url := o.url + "/c/" + card.ID + "/" + string(tp.ID)
	name := card.ID + "-" + string(tp.ID) + "-" + string(l)
	s := sheet{cfg: o.cfg, card: card, tp: tp, l: l, url: url, marks: o.marks}
	sign := s
	sign.sign = true
	jobs := []job{{name: name + "-sign", url: url, sheet: sign, page: a5, sides: 1, marked: o.marks}}
	if o.count == 0 {
		s.numbers = []string{""}
		return append(jobs, job{name: name + "-card", url: url, sheet: s, page: a6, sides: 2, marked: o.marks})
	}
	numbers := make([]string, o.count)
	for i := range numbers {
		numbers[i] = strconv.Itoa(first + i)
	}
	for some := range slices.Chunk(numbers, perFile) {
		s.numbers = some
		jobs = append(jobs, job{
			name: name + "-card-" + some[0] + "-" + some[len(some)-1], url: url, sheet: s, page: a6, sides: 2 * len(some), marked: o.marks,
		})
	}
	return jobs
}
