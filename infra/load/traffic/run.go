package traffic

import (
	"context"
	"math"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

// Load is what is driven where.
type Load struct {
	Client  Client
	Config  *config.Config
	Devices map[feedback.Device]string // keys
	Token   string                     // of a system and of staff, where the issuer is asked
	Mix     Mix
	Seed    uint64
	Record  *Recorder
}

// Arrive has journeys arrive for as long as for, rate of them a second on average,
// at random moments (Poisson), and waits until all have ended. The moments do not
// depend on the answers, and each time counts from the moment a request was to be
// sent: a service that falls behind cannot hide it (coordinated omission).
func (l *Load) Arrive(ctx context.Context, rate float64, last time.Duration) {
	var all sync.WaitGroup
	r := rand.New(rand.NewPCG(l.Seed, 2))
	began := time.Now()
	timer := time.NewTimer(0)
	defer timer.Stop()
	<-timer.C
	for at, n := time.Duration(0), uint64(0); ; n++ {
		at += time.Duration(-math.Log(1-r.Float64()) / rate * float64(time.Second))
		if at >= last || ctx.Err() != nil {
			break
		}
		due := began.Add(at)
		if wait := time.Until(due); wait > 0 {
			timer.Reset(wait)
			select {
			case <-timer.C:
			case <-ctx.Done():
			}
		}
		journey := l.Mix.draw(r)
		all.Go(func() { l.journey(ctx, journey, n, due) })
	}
	all.Wait()
}

// Saturate keeps as many journeys under way as workers say, each beginning when one
// has ended, and returns how many ended a second: what is possible at most.
func (l *Load) Saturate(ctx context.Context, workers int, last time.Duration) float64 {
	var all sync.WaitGroup
	var n, ended atomic.Uint64
	began := time.Now()
	for w := range workers {
		all.Go(func() {
			r := rand.New(rand.NewPCG(l.Seed, uint64(w)+1000)) //nolint:gosec // small and positive
			for ctx.Err() == nil && time.Since(began) < last {
				l.journey(ctx, l.Mix.draw(r), n.Add(1)+1<<40, time.Time{})
				ended.Add(1)
			}
		})
	}
	all.Wait()
	return float64(ended.Load()) / time.Since(began).Seconds()
}

func (l *Load) journey(ctx context.Context, name string, n uint64, due time.Time) {
	v := &visitor{Load: l, rand: rand.New(rand.NewPCG(l.Seed^n, n)), due: due}
	v.from = address(v.rand)
	journeys[name](ctx, v)
}
