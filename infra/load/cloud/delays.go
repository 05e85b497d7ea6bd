package cloud

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"sync"
	"time"
)

//go:embed delays.json
var published []byte

// Delay is how long one call takes, seen from a function in the same region.
type Delay struct {
	P50  float64 `json:"p50_ms"`
	P90  float64 `json:"p90_ms"`
	P99  float64 `json:"p99_ms"`
	P999 float64 `json:"p99.9_ms"`
	// Basis is "published" where all quantiles stand in the source, "bounded" where
	// the source gives less than that and the rest is an assumption, "assumed" where
	// there is no source.
	Basis  string `json:"basis"`
	Source string `json:"source"`
}

// Delays are those of all calls; they are drawn by seed.
type Delays struct {
	Note  string           `json:"note"`
	Calls map[string]Delay `json:"calls"` // "dynamodb.PutItem"; "s3." stands for all else of a service

	mu   sync.Mutex
	rand *rand.Rand
}

// Published reads delays.json, which says where each figure comes from.
func Published(seed uint64) (*Delays, error) {
	d := &Delays{rand: rand.New(rand.NewPCG(seed, 1))}
	if err := json.Unmarshal(published, d); err != nil {
		return nil, fmt.Errorf("reading delays.json: %w", err)
	}
	return d, nil
}

// of finds the delay of a call, or that of its service.
func (d *Delays) of(name string) (Delay, bool) {
	if one, ok := d.Calls[name]; ok {
		return one, true
	}
	for i := range name {
		if name[i] == '.' {
			one, ok := d.Calls[name[:i+1]]
			return one, ok
		}
	}
	return Delay{}, false
}

// Median is the delay in milliseconds that half of the calls do not exceed, 0 where none
// is known.
func (d *Delays) Median(name string) float64 {
	one, _ := d.of(name)
	return one.P50
}

// draw is one delay: between the quantiles the logarithm of the time runs straight;
// below the median it begins at half of it, above the last quantile it ends there.
func (d *Delays) draw(one Delay) time.Duration {
	d.mu.Lock()
	u := d.rand.Float64()
	d.mu.Unlock()
	at := []struct{ u, ms float64 }{{0, one.P50 / 2}, {0.5, one.P50}, {0.9, one.P90}, {0.99, one.P99}, {0.999, one.P999}, {1, one.P999}}
	for i := 1; i < len(at); i++ {
		if u < at[i].u {
			share := (u - at[i-1].u) / (at[i].u - at[i-1].u)
			ms := math.Exp(math.Log(at[i-1].ms) + share*(math.Log(at[i].ms)-math.Log(at[i-1].ms)))
			return time.Duration(ms * float64(time.Millisecond))
		}
	}
	return time.Duration(one.P999 * float64(time.Millisecond))
}

// wait lets the time of a call pass; false where ctx ended before.
func (d *Delays) wait(ctx context.Context, name string) bool {
	if d == nil {
		return true
	}
	one, ok := d.of(name)
	if !ok {
		return true
	}
	timer := time.NewTimer(d.draw(one))
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
