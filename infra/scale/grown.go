package main

import (
	"context"
	"fmt"
	"math"
	"path/filepath"

	"resonanz/infra/scale/effort"
	"resonanz/infra/scale/growth"
	"resonanz/infra/scale/heat"
	"resonanz/infra/scale/settings"
)

// figures is what the report took at some sizes, as `make bench-report` measured it,
// from the root of the project.
const figures = "infra/scale/growth/figures.json"

// What Lambda gives at the most (AWS: "Lambda quotas"), and how fast its functions are
// taken to read from S3, which nothing published says: it is slow for one whole vCPU.
const (
	lambdaMemory  = 10_240 // MB
	lambdaSeconds = 900
	readMB        = 80 // a second
)

// factBytes is what a fact of the synthetic month takes in Parquet, on average.
const factBytes = 37

// newTableReads is what a new table on demand reads in a second, units (AWS:
// "Understanding DynamoDB warm throughput"); fingerprints is what the evidence keeps
// in memory of an event, bytes: eight of the table's and eight of the facts'.
const (
	newTableReads = 12_000
	fingerprints  = 16
)

// mostFacts is what the design is to fold in a function as it is set: a hundred
// million ratings are beyond it, and the paper says what then.
const mostFacts = 10e6

func (p *paper) addGrowth(ctx context.Context, root string, s *settings.Settings) error {
	one, err := heat.Burst(ctx, heat.NewRun(100, 1, seed))
	if err != nil {
		return err
	}
	f, err := growth.Read(filepath.Join(root, figures))
	if err != nil {
		return err
	}
	x, cpu := f.Sizes()
	var wall, mib []float64
	rows := [][]string{{"facts", "report", "processor time", "memory", "DuckDB", "times DuckDB", "load of the machine"}}
	for _, r := range f.Runs {
		wall, mib = append(wall, r.Seconds), append(mib, r.MiB)
		theirs, times := "–", "–"
		if r.DuckDB > 0 {
			theirs, times = figure(r.DuckDB)+" s", figure(r.Seconds/r.DuckDB)
		}
		rows = append(rows, []string{figure(r.Facts), figure(r.Seconds) + " s", figure(r.CPUSeconds) + " s", figure(r.MiB) + " MiB", theirs, times, figure(r.Load)})
	}
	byCPU, err := growth.Fit(x, cpu)
	if err != nil {
		return fmt.Errorf("extending %s: %w", figures, err)
	}
	byWall, err := growth.Fit(x, wall)
	if err != nil {
		return fmt.Errorf("extending %s: %w", figures, err)
	}
	byMiB, err := growth.Fit(x, mib)
	if err != nil {
		return fmt.Errorf("extending %s: %w", figures, err)
	}
	text := table(rows) + fmt.Sprintf("\nMeasured by `make bench-report` on %s, %s, commit %s. Per million facts: %s s of processor time (R² %.4f), %s s (R² %.4f), %s MiB (R² %.4f).\n\n",
		f.Machine, f.Go, f.Commit, figure(byCPU.B), byCPU.R2, figure(byWall.B), byWall.R2, figure(byMiB.B), byMiB.R2)

	set := s.Functions["report"]
	most := settings.Function{Memory: lambdaMemory}
	rows = [][]string{{"facts", "on that machine", "memory", "files", fmt.Sprintf("function of %s MB", figure(float64(set.Memory))), fmt.Sprintf("function of %s MB", figure(lambdaMemory))}}
	takes := func(millions float64, f settings.Function) float64 {
		// More processors than the two of the machine are not counted on. A time above
		// the processor's is of a machine that had other things to do.
		return max(byCPU.At(millions)/f.CPU(), min(byWall.At(millions), byCPU.At(millions))) + millions*factBytes/readMB
	}
	fits := func(millions float64, f settings.Function) bool {
		return byMiB.At(millions) <= float64(f.Memory) && takes(millions, f) <= lambdaSeconds
	}
	say := func(millions float64, f settings.Function) string {
		switch {
		case byMiB.At(millions) > float64(f.Memory):
			return "not: memory"
		case takes(millions, f) > lambdaSeconds:
			return "not: time"
		}
		return span(takes(millions, f))
	}
	for _, m := range []float64{1, 10, 20, 50, 100} {
		rows = append(rows, []string{
			figure(m * 1e6), fmt.Sprintf("%s ± %s", span(byWall.At(m)), span(byWall.Within(m))), fmt.Sprintf("%s ± %s MiB", figure(byMiB.At(m)), figure(byMiB.Within(m))),
			figure(m*factBytes) + " MB", say(m, set), say(m, most),
		})
	}
	ends := func(f settings.Function) float64 {
		byTime := 0.0
		for takes(byTime, f) < lambdaSeconds && byTime < 1e4 {
			byTime += 0.1
		}
		return math.Min(byTime, byMiB.Where(float64(f.Memory)))
	}
	text += table(rows) + fmt.Sprintf("\nIt ends at %s million facts of a month and those it looks back at in a function of %s MB, and at %s million in the largest.",
		figure(math.Floor(ends(set))), figure(float64(set.Memory)), figure(math.Floor(ends(most))))
	const evidenced = 100e6
	stored := evidenced * one.ItemBytes
	units := stored / 8192
	spent, err := effort.Kept()
	if err != nil {
		return err
	}
	each := spent.Functions[effort.Evidence].Each / 1000 / set.CPU()
	text += fmt.Sprintf("\n\nBeside the fold the report counts the month in the table (evidence): %s ratings of %s bytes are %s GB and %s million read units, %s at the %s units/s of a new table, %s of reading in a function of %s MB (%s µs of processor time each, measured), and %s GB of fingerprints. With the fold it ends at %s million in that function by time.",
		figure(evidenced), figure(one.ItemBytes), figure(stored/1e9), figure(units/1e6), span(units/newTableReads), figure(newTableReads),
		span(evidenced*each), figure(float64(set.Memory)), figure(spent.Functions[effort.Evidence].Each*1000), figure(evidenced*fingerprints/1e9),
		figure(math.Floor(lambdaSeconds/(each+takes(1, set)/1e6)/1e6)))
	p.add("growth", text)
	if !fits(mostFacts/1e6, set) {
		p.broken = append(p.broken, fmt.Errorf("the report of %s facts does not fit its function: %s", figure(mostFacts), say(mostFacts/1e6, set)))
	}
	return nil
}
