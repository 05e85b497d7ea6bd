package main

import (
	"fmt"
	"math"
	"slices"

	"resonanz/infra/load/cloud"
	"resonanz/infra/scale/effort"
	"resonanz/infra/scale/flow"
	"resonanz/infra/scale/settings"
)

// How Lambda grows with a standard queue (AWS: "Configuring scaling behavior for SQS
// event source mappings"): it begins with five batches at a time and adds up to three
// hundred a minute.
const (
	queueBegins  = 5
	queueAMinute = 300
	// polled is how many messages one call of ReceiveMessage brings.
	polled = 10
)

// bursts are the loads: ratings a second, for how long, and the shards of the stream,
// one for each partition of the table.
var bursts = []struct {
	rate, seconds float64
	shards        int
	table         string
}{
	{1000, 600, 4, "new"},
	{10_000, 60, 24, "warm"},
	{10_000, 600, 24, "warm"},
}

// Bounds of what waits: an escalation is told within a quarter of an hour whatever
// comes, and nothing gets near the age at which the stream puts a record aside.
const (
	mostLate    = 900.0 // seconds until a rating that concerns a case was looked at
	shareOfAges = 0.1   // of MaximumRecordAgeInSeconds
)

func (p *paper) addFlow(s *settings.Settings) error {
	d, err := cloud.Published(seed)
	if err != nil {
		return err
	}
	e, err := effort.Kept()
	if err != nil {
		return err
	}
	stage := func(name string) (*flow.Stage, error) {
		m := s.Mappings[name]
		fixed, each, err := e.Time(name, s.Functions[name], d, m.Batch)
		return &flow.Stage{Name: name, Batch: max(m.Batch, 1), Window: float64(m.Window), Fixed: fixed, Each: each}, err
	}
	stages := make(map[string]*flow.Stage)
	for name := range e.Functions {
		if name == effort.Evidence {
			continue // no queue is before it
		}
		if stages[name], err = stage(name); err != nil {
			return fmt.Errorf("simulating queues: %w", err)
		}
	}
	p.add("durations", durations(s, stages, e))
	rows := [][]string{{"burst", "stream shards", "where", "at most", "most waiting", "oldest", "drained after the burst", "invocations at a time"}}
	for _, b := range bursts {
		const until = 4 * 3600
		in := flow.Constant(b.rate, b.seconds, until)
		fan := *stages["fanout"]
		fan.Lanes = flow.Fixed(float64(b.shards * s.Mappings["fanout"].Factor))
		out := fan.Run(in)
		rows = append(rows, row(b.rate, b.seconds, b.shards, &fan, out))
		p.hold(out.Oldest, shareOfAges*float64(s.Mappings["fanout"].MaxAge), "age of a record of the stream, seconds")

		facts := *stages["facts"]
		facts.Lanes = flow.Fixed(float64(s.Mappings["facts"].AtOnce))
		rows = append(rows, row(0, 0, 0, &facts, facts.Run(out.Out)))
		// As slow as it can be: Lambda may not read faster than with what it begins with.
		slow := facts
		slow.Name = "facts, with five pollers at most"
		slow.Batch, slow.Fixed, slow.Each = polled, d.Calls["sqs."].P50/1000, 0
		slow.Lanes = flow.Fixed(queueBegins)
		polls := slow.Run(out.Out)
		rows = append(rows, row(0, 0, 0, &slow, polls))
		p.hold(polls.Drained, 4*86400, "seconds until facts are written, within what the queue keeps")

		escalation := *stages["escalation"]
		escalation.Lanes = flow.Growing(queueBegins, queueAMinute, lambdaConcurrency)
		waits := escalation.Run(out.Out)
		escalation.Name = "escalation, if every rating concerned it"
		rows = append(rows, row(0, 0, 0, &escalation, waits))
		p.hold(waits.Oldest, mostLate, "seconds until a rating is looked at by escalation")
	}
	p.add("bursts", table(rows))
	return p.addQuotas(s, stages)
}

func row(rate, seconds float64, shards int, s *flow.Stage, r flow.Result) []string {
	burst, of := "", ""
	if rate > 0 {
		burst, of = fmt.Sprintf("%s/s for %s", figure(rate), span(seconds)), fmt.Sprint(shards)
	}
	busy := r.InFlight / float64(s.Batch)
	return []string{burst, of, s.Name, figure(r.Capacity) + "/s", figure(math.Round(r.Backlog)), span(r.Oldest), span(r.Drained), figure(math.Ceil(busy))}
}

// span writes seconds as people say them.
func span(s float64) string {
	switch {
	case math.IsInf(s, 0):
		return "not in 4 hours"
	case s < 120:
		return figure(math.Round(s*10)/10) + " s"
	}
	return figure(math.Round(s/6)/10) + " min"
}

// durations is what an invocation takes and how many run at the same time by
// Little's law, at the rates of the bursts.
func durations(s *settings.Settings, stages map[string]*flow.Stage, e *effort.Efforts) string {
	rows := [][]string{{"function", "MB", "CPU measured, invocation + record", "records", "takes", "at a time at 1,000/s", "at 10,000/s", "at 50,000/s"}}
	var names []string
	for name := range stages {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		st, own := stages[name], e.Functions[name]
		takes := st.Takes(st.Batch)
		at := func(rate float64) string { return figure(math.Ceil(rate / float64(st.Batch) * takes)) }
		rows = append(rows, []string{
			name, fmt.Sprint(s.Functions[name].Memory), fmt.Sprintf("%s + %s ms", figure(own.Fixed), figure(own.Each)), figure(float64(st.Batch)),
			fmt.Sprintf("%s ms", figure(takes*1000)), at(1000), at(10_000), at(50_000),
		})
	}
	return table(rows) + fmt.Sprintf("\nMeasured on %s, %s: `%s`.", e.Machine, e.Date, e.Command)
}
