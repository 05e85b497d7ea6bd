package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"resonanz/infra/scale/ask"
)

// Athena charges by what a query reads: so many dollars for a TB, of at least so many
// MB (AWS: Athena pricing, as known in November 2026; check that of your region).
const (
	athenaTB     = 5.00
	athenaLeastM = 10
)

// asked has DuckDB answer every question on a folder of facts, and compares.
func asked(ctx context.Context, python, dir string, out io.Writer) error {
	answers, err := ask.Ask(python, dir)
	if err != nil {
		return err
	}
	want, err := ask.Expected(ctx, dir)
	if err != nil {
		return err
	}
	all, err := ask.Questions()
	if err != nil {
		return err
	}
	rows := [][]string{{"question", "rows", "alike", "DuckDB", "reads", "Athena asks for"}}
	var wrong []error
	for _, q := range all {
		a := answers[q.Name]
		expected, ok := want[q.Name]
		if !ok || len(a.Rows) == 0 {
			wrong = append(wrong, fmt.Errorf("%s: no answer, or nothing to compare it with", q.Name))
			continue
		}
		different := ask.Compare(q.Name, a, expected)
		wrong = append(wrong, different...)
		alike := "yes"
		if different != nil {
			alike = "no"
		}
		mb := a.Bytes / 1e6
		rows = append(rows, []string{
			strings.TrimSuffix(q.What, "."), fmt.Sprint(len(a.Rows)), alike, figure(a.Seconds) + " s", figure(mb) + " MB",
			fmt.Sprintf("%.6f USD", max(mb, athenaLeastM)/1e6*athenaTB),
		})
	}
	if _, err := fmt.Fprintf(out, "%s\n", table(rows)); err != nil {
		return err
	}
	return errors.Join(wrong...)
}

// addQuestions shows the questions as they are asked, and what one costs as months
// grow.
func (p *paper) addQuestions() error {
	all, err := ask.Questions()
	if err != nil {
		return err
	}
	var b strings.Builder
	for _, q := range all {
		fmt.Fprintf(&b, "%s ([%s.sql](ask/questions/%s.sql))\n\n```sql\n%s\n```\n\n", q.What, q.Name, q.Name, q.SQL)
	}
	p.add("questions", b.String())
	rows := [][]string{{"facts of the month", "all columns of a month's ratings", "USD a question at the most"}}
	for _, facts := range []float64{1e6, 10e6, 100e6} {
		mb := facts * factBytes / 1e6
		rows = append(rows, []string{figure(facts), figure(mb) + " MB", fmt.Sprintf("%.4f", max(mb, athenaLeastM)/1e6*athenaTB)})
	}
	p.add("athena", table(slices.Clip(rows)))
	return nil
}
