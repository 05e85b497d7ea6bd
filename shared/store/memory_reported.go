package store

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"resonanz/shared/casefile"
)

// Steps is Table.Steps.
func (m *Memory) Steps(ctx context.Context, from, to, now time.Time, each func(Step) error) error {
	var all []Step
	m.mu.Lock()
	for n := range m.cases {
		c := m.cases[n]
		shard, at := listed(&c.state)
		if shard == "" || shard != casesShard && (at.Before(firstOf(from.UTC()).AddDate(0, -endedBefore, 0)) || at.After(now)) {
			continue
		}
		for i := range c.timeline {
			if within(casefile.StepOf(&c.state, &c.timeline[i]), from, to) {
				all = append(all, Step{n, c.timeline[i].Seq})
			}
		}
	}
	m.mu.Unlock()
	for _, s := range all {
		if err := cmp.Or(ctx.Err(), each(s)); err != nil {
			return fmt.Errorf("reading the steps of cases: %w", err)
		}
	}
	return nil
}
