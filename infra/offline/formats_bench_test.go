package main

import (
	"context"
	"testing"

	"resonanz/infra/configure"
	"resonanz/shared/monthly"
	"resonanz/shared/period"
	"resonanz/shared/report"
)

// BenchmarkFormats writes the report of a synthetic month in every form and
// language.
func BenchmarkFormats(b *testing.B) {
	dir := b.TempDir()
	if _, err := call("facts", "--n", "20000", "--period", "2026-03", "--out", dir); err != nil {
		b.Fatal(err)
	}
	cfg, err := configure.Load("../feedback.yaml")
	if err != nil {
		b.Fatal(err)
	}
	p, err := period.Parse("2026-03")
	if err != nil {
		b.Fatal(err)
	}
	in, err := monthly.Prepare(context.Background(), source{dir}, cfg, p, monthly.Asked{Cutoff: p.Freeze(cfg.Report.FreezeDay, cfg.Zone())})
	if err != nil {
		b.Fatal(err)
	}
	r, err := report.Build(in)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := render(r, &in.Given, cfg); err != nil {
			b.Fatal(err)
		}
	}
}
