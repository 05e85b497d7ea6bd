package responses_test

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"resonanz/shared/period"
	. "resonanz/shared/responses"
)

// million is a month of n votes by link and kiosk with 2 % changed votes, 1 %
// duplicates and invitations for half of them.
func million(n int) *Batch {
	rnd := rand.New(rand.NewPCG(1, 2))
	b := new(Batch)
	touchpoints := []Name{b.Name("hotline"), b.Name("checkout-cologne"), b.Name("repair")}
	devices := make([]Name, 50)
	for i := range devices {
		devices[i] = b.Name("kiosk-" + string(rune('a'+i%26)) + string(rune('a'+i/26)))
	}
	start, end := march.Bounds(time.UTC)
	span := end.UnixMilli() - start.UnixMilli()
	b.Votes = make([]Vote, 0, n)
	for len(b.Votes) < n {
		var v Vote
		binary.BigEndian.PutUint64(v.Event[:8], rnd.Uint64())
		binary.BigEndian.PutUint64(v.Event[8:], rnd.Uint64())
		binary.BigEndian.PutUint64(v.Key.ID[:8], rnd.Uint64())
		v.Key.Month = uint16(march.Index())
		v.Submitted = start.UnixMilli() + rnd.Int64N(span)
		v.Received = v.Submitted + rnd.Int64N(5000)
		v.Touchpoint = touchpoints[rnd.IntN(3)]
		v.Rating = int8(1 + rnd.IntN(5))
		if rnd.IntN(2) == 0 {
			v.Channel, v.Device = 5, devices[rnd.IntN(len(devices))]
		} else {
			b.Invitations = append(b.Invitations, Invitation{Event: v.Event, Issued: v.Submitted, Received: v.Submitted, Touchpoint: v.Touchpoint, Key: v.Key})
		}
		b.Votes = append(b.Votes, v)
		switch rnd.IntN(100) {
		case 0:
			b.Votes = append(b.Votes, v)
		case 1, 2:
			v.Event[0]++
			v.Submitted += 60_000
			b.Votes = append(b.Votes, v)
		}
	}
	return b
}

func BenchmarkFold(b *testing.B) {
	facts := million(1_000_000)
	n := float64(len(facts.Votes) + len(facts.Invitations))
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		again := *facts
		again.Votes, again.Invitations = slices.Clone(facts.Votes), slices.Clone(facts.Invitations)
		b.StartTimer()
		responses := 0
		set := NewSet(&again, march.Add(-2), march)
		for range set.Fold(DefaultRules, time.Time{}).Responses() {
			responses++
		}
		if responses == 0 {
			b.Fatal("no responses")
		}
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "facts/s")
}

func BenchmarkHash(b *testing.B) {
	facts := million(1_000_000)
	n := float64(len(facts.Votes) + len(facts.Invitations))
	set := NewSet(facts, period.FromIndex(0), march)
	b.ReportAllocs()
	for b.Loop() {
		set.Hash(time.Time{})
	}
	b.ReportMetric(n*float64(b.N)/b.Elapsed().Seconds(), "facts/s")
}
