package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"time"

	"resonanz/infra/scale/heat"
	"resonanz/infra/scale/settings"
	"resonanz/shared/intake"
	"resonanz/shared/throttle"
)

// The load that everything is held against: ratings a second, and for how long.
const (
	burstRate    = 10_000
	burstSeconds = 10
)

// mostHeat is what one key of the month may take in a burst: a quarter of a
// partition, so that four keys fit one.
const mostHeat = heat.PartitionWrites / 4

// beatEvery is how often a kiosk tells that it is alive.
const beatEvery = time.Minute

func (p *paper) addHeat(ctx context.Context, root string, s *settings.Settings) error {
	ofLink, err := limit(root, "shared/site/guard.go", "formsOfLink")
	if err != nil {
		return err
	}
	looksOfLink, err := limit(root, "shared/site/guard.go", "looksOfLink")
	if err != nil {
		return err
	}
	ofDevice, err := limit(root, "functions/rating/device.go", "singlesOfDevice")
	if err != nil {
		return err
	}
	run := func(rate, seconds int) *heat.Run { return heat.NewRun(rate, seconds, seed) }
	const instances = 150 // of rating, at ten thousand requests a second
	var all []*heat.Heat
	for _, scenario := range []struct {
		what string
		most float64 // writes of one key in a second
		do   func() (*heat.Heat, error)
	}{
		{"10,000 ratings/s of many devices", mostHeat, func() (*heat.Heat, error) { return heat.Burst(ctx, run(burstRate, burstSeconds)) }},
		{"the same across midnight of a month's last day", mostHeat, func() (*heat.Heat, error) { return heat.MonthEnds(ctx, run(burstRate, burstSeconds)) }},
		{"the same, each telling one of 1,000,000 customers (Zipf)", mostHeat, func() (*heat.Heat, error) { return heat.Customers(ctx, run(burstRate, burstSeconds), 1_000_000) }},
		{fmt.Sprintf("one link, voted by %d times/s (throttle of the API)", s.Rate), heat.PartitionWrites, func() (*heat.Heat, error) {
			return heat.HotLink(ctx, run(s.Rate, burstSeconds), heat.Guard{Limit: ofLink, Instances: max(1, instances*s.Rate/burstRate)})
		}},
		{fmt.Sprintf("one link, opened %d times/s, with two answers", s.Rate), heat.PartitionWrites, func() (*heat.Heat, error) {
			return heat.Looks(ctx, run(s.Rate, burstSeconds), heat.Guard{Limit: looksOfLink, Instances: max(1, instances*s.Rate/burstRate)}, 2)
		}},
		{fmt.Sprintf("the same with all its %d answers", intake.MaxVersions), 0, func() (*heat.Heat, error) {
			return heat.Looks(ctx, run(s.Rate, burstSeconds), heat.Guard{Limit: looksOfLink, Instances: max(1, instances*s.Rate/burstRate)}, intake.MaxVersions)
		}},
		{"one link, voted by 10,000 times/s (throttle lifted)", 0, func() (*heat.Heat, error) {
			return heat.HotLink(ctx, run(burstRate, burstSeconds), heat.Guard{Limit: ofLink, Instances: instances})
		}},
		{"one device, 10,000 ratings/s (throttle lifted)", mostHeat, func() (*heat.Heat, error) {
			return heat.HotDevice(ctx, run(burstRate, burstSeconds), heat.Guard{Limit: ofDevice, Instances: instances})
		}},
		{"100 new cases/s", heat.PartitionWrites, func() (*heat.Heat, error) { return heat.Cases(ctx, run(100, 10)) }},
		{"one case changed 60 times/s, one after the other", heat.PartitionWrites, func() (*heat.Heat, error) { return heat.HotCase(ctx, run(60, 10)) }},
		{"20,000 kiosks, a sign of life a minute", heat.PartitionWrites, func() (*heat.Heat, error) { return heat.Beats(ctx, run(0, 60), 20_000, beatEvery) }},
		{"100 mails/s, each with its marker", mostHeat, func() (*heat.Heat, error) { return heat.Effects(ctx, run(100, 10)) }},
	} {
		h, err := scenario.do()
		if err != nil {
			return err
		}
		h.What, h.Bound = scenario.what, scenario.most
		if h.Bound > 0 {
			for _, u := range h.Writes {
				p.hold(u.Max, h.Bound, "writes of one key in a second, "+h.What+", "+u.Space)
			}
			for _, u := range h.Reads {
				p.hold(u.Max, heat.PartitionReads, "reads of one key in a second, "+h.What+", "+u.Space)
			}
		}
		all = append(all, h)
	}
	p.add("heat", heatTable(all))
	p.add("ceilings", ceilings(all))
	p.add("placement", placements())
	return nil
}

func heatTable(all []*heat.Heat) string {
	rows := [][]string{{"load", "units an event", "where", "keys", "writes/s of one key: p50", "p99", "max", "bound", "reads/s: max"}}
	for _, h := range all {
		writes := h.Writes
		if len(writes) == 0 {
			writes = []heat.Units{{Space: heat.Table, Keys: 1}} // it only reads
		}
		for i, u := range writes {
			what, bound, reads := "", "–", "–"
			if i == 0 {
				what = h.What
			}
			if h.Bound > 0 {
				bound = figure(h.Bound)
			}
			for _, r := range h.Reads {
				if r.Space == u.Space {
					reads = figure(r.Max)
				}
			}
			rows = append(rows, []string{what, figure(u.Total / float64(h.Events)), u.Space, figure(float64(u.Keys)), figure(u.P50), figure(u.P99), figure(u.Max), bound, reads})
		}
	}
	text := table(rows)
	for _, h := range all {
		if h.Note != "" {
			text += fmt.Sprintf("\n- %s: %s.", h.What, h.Note)
		}
	}
	return text
}

// ceilings is how much of each kind fits before its hottest key is a full partition.
func ceilings(all []*heat.Heat) string {
	rows := [][]string{{"what grows", "the key that is full first", "units an event there", "full at"}}
	row := func(name, what, space string, keys float64, unit string) {
		for _, h := range all {
			if h.Name != name {
				continue
			}
			u := h.Of(space)
			each := u.Total / float64(h.Events)
			rows = append(rows, []string{what, fmt.Sprintf("%s of the %s", kind(keys), space), figure(each), figure(math.Floor(heat.PartitionWrites*keys/each)) + " " + unit})
		}
	}
	row("burst", "ratings of a month", heat.Table, 64, "ratings/s")
	row("new cases", "cases, on one work list", heat.Due, 1, "new cases/s")
	row("hot case", "changes of cases, on the same list", heat.Due, 1, "changes/s")
	row("signs of life", "kiosks", heat.Due, 4, "signs of life/s")
	row("customers told", "ratings that name one and the same customer", heat.Customer, 1, "ratings/s")
	return table(rows)
}

func kind(keys float64) string {
	if keys == 1 {
		return "the one key"
	}
	return fmt.Sprintf("each of %g keys", keys)
}

// draws is how many placements are drawn.
const draws = 2000

func placements() string {
	rows := [][]string{{"partitions", "comes with", "64 keys: in the middle", "worst of 100", "256 keys: in the middle", "worst of 100"}}
	for _, n := range []int{4, 8, 12, 16, 24, 32, 64} {
		a, b := heat.Place(64, n, draws, seed), heat.Place(256, n, draws, seed)
		with := fmt.Sprintf("warm throughput of %s writes/s", figure(float64(n)*heat.PartitionWrites))
		if n == 4 {
			with = "a new table on demand"
		}
		rows = append(rows, []string{strconv.Itoa(n), with, figure(a.P50), figure(a.P1), figure(b.P50), figure(b.P1)})
	}
	return table(rows)
}

// limit reads a limit of senders from the source that sets it.
func limit(root, file, name string) (throttle.Limit, error) {
	b, err := os.ReadFile(filepath.Join(root, file))
	if err != nil {
		return throttle.Limit{}, fmt.Errorf("reading a limit: %w", err)
	}
	m := regexp.MustCompile(name + `\s*=\s*throttle\.Limit\{Burst: (\d+), Every: (?:(\d+) \* )?time\.(Second|Millisecond)\}`).FindSubmatch(b)
	if m == nil {
		return throttle.Limit{}, fmt.Errorf("%s: no limit %s in it", file, name)
	}
	burst, _ := strconv.Atoi(string(m[1]))
	n, _ := strconv.Atoi("0" + string(m[2]))
	every := time.Duration(max(n, 1)) * time.Second
	if string(m[3]) == "Millisecond" {
		every /= 1000
	}
	return throttle.Limit{Burst: burst, Every: every}, nil
}
