// Command cost reckons what the stack costs, from what the end-to-end tests recorded of
// each journey, the reviewed template and a list of prices: it needs no stack and no
// network. It fails where ratings cost more than they may.
//
//	go run ./infra/cost            print it
//	go run ./infra/cost --write    and write it into README.md
//	go run ./infra/cost --lines    print each line of each bill
//	go run ./infra/cost --measured build/bench/bench.json
//	                               take processor times from what make bench measured
package main

import (
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"resonanz/infra/cost/recording"
	"resonanz/infra/cost/reviewed"
	"resonanz/infra/load/cloud"
)

// bound is what a million ratings of devices may cost, in USD, all in.
const bound = 2.30

func main() {
	write := flag.Bool("write", false, "write the tables into README.md")
	lines := flag.Bool("lines", false, "print each line of each bill")
	bench := flag.String("measured", "", "first take processor times from this file of make bench")
	flag.Parse()
	if *bench != "" {
		if err := take(*bench, measuredFile); err != nil {
			fmt.Fprintln(os.Stderr, "cost:", err)
			os.Exit(1)
		}
	}
	if err := reckon(*write, *lines); err != nil {
		fmt.Fprintln(os.Stderr, "cost:", err)
		os.Exit(1)
	}
}

func reckon(write, lines bool) error {
	m, p, err := read(".")
	if err != nil {
		return err
	}
	text, err := tables(m, p)
	if err != nil {
		return err
	}
	if lines {
		return m.print(p)
	}
	fmt.Print(text)
	if write {
		b, err := os.ReadFile("README.md")
		if err != nil {
			return err
		}
		page, err := into(string(b), text)
		if err != nil {
			return err
		}
		if err := os.WriteFile("README.md", []byte(page), 0o600); err != nil {
			return err
		}
	}
	return m.within(p)
}

// read reads everything from the project's folder.
func read(root string) (*model, *Prices, error) {
	p, err := readPrices(root + "/infra/cost/prices.json")
	if err != nil {
		return nil, nil, err
	}
	r, err := recording.Read(root + "/infra/cost/recorded.json")
	if err != nil {
		return nil, nil, err
	}
	s, err := reviewed.Read(root + "/infra/testdata/dev.json")
	if err != nil {
		return nil, nil, err
	}
	d, err := cloud.Published(1)
	if err != nil {
		return nil, nil, err
	}
	c, err := readMeasured(root + "/" + measuredFile)
	if err != nil {
		return nil, nil, err
	}
	return &model{s, r, d, c}, p, nil
}

// within holds the bound.
func (m *model) within(p *Prices) error {
	b, err := m.journey("rating", monthly(ratingsAMonth))
	if err != nil {
		return err
	}
	if usd := p.usd(b, nil) * 1e6; usd > bound {
		return fmt.Errorf("a million ratings cost %.2f USD, at most %.2f are allowed", usd, bound)
	}
	return nil
}

// into puts a text between the marks of a page.
func into(page, text string) (string, error) {
	before, rest, found := strings.Cut(page, beginning)
	_, after, ends := strings.Cut(rest, ending)
	if !found || !ends {
		return "", errors.New("README.md has lost the marks between which costs stand")
	}
	return before + beginning + "\n\n" + text + "\n" + ending + after, nil
}

// print writes each line of each bill.
func (m *model) print(p *Prices) error {
	bills := map[string]bill{"idle, a month": nil, "metrics, a month": m.metrics(), "report": m.report(), "plain rating": m.plain()}
	var err error
	if bills["idle, a month"], err = m.idle(); err != nil {
		return err
	}
	for name := range m.recorded.Journeys {
		if bills[name], err = m.journey(name, monthly(ratingsAMonth)); err != nil {
			return err
		}
	}
	for _, name := range slices.Sorted(maps.Keys(bills)) {
		scale, unit := 1e6, "USD a million"
		if strings.Contains(name, "month") || name == "report" {
			scale, unit = 1, "USD"
		}
		fmt.Printf("%s: %.4f %s\n", name, p.usd(bills[name], nil)*scale, unit)
		for _, l := range bills[name] {
			fmt.Printf("  %-22s %-20s %14.6g  %9.4f\n", l.price, l.part, l.n*scale, p.usd(bill{l}, nil)*scale)
		}
	}
	return nil
}
