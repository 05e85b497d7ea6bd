package responses

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
)

// Facts enough for many runs, by ids as they come: what is sorted run by run is
// what is sorted at once.
func TestRunsAreSortedAsTheWhole(t *testing.T) {
	const n = 5 * runFacts
	for name, id := range map[string]func(rnd *rand.Rand, i int) (event [16]byte, key Key){
		"random": func(rnd *rand.Rand, _ int) (event [16]byte, key Key) {
			binary.BigEndian.PutUint64(event[:8], rnd.Uint64())
			binary.BigEndian.PutUint64(key.ID[:], rnd.Uint64())
			key.Month = uint16(310 + rnd.IntN(3))
			return event, key
		},
		"of the time": func(_ *rand.Rand, i int) (event [16]byte, key Key) {
			binary.BigEndian.PutUint64(event[:8], 0x0198_0000_0000_7000+uint64(i))
			binary.BigEndian.PutUint32(key.ID[:], uint32(i/3))
			return event, key
		},
		"that differ in the end only": func(rnd *rand.Rand, _ int) (event [16]byte, key Key) {
			event[15], key.ID[9] = byte(rnd.Uint32()), byte(rnd.Uint32())
			return event, key
		},
		"of one": func(*rand.Rand, int) (event [16]byte, key Key) { return event, key },
	} {
		t.Run(name, func(t *testing.T) {
			rnd := rand.New(rand.NewPCG(1, 2))
			facts := make([]Delivery, 0, n)
			for i := range n {
				var d Delivery
				d.Event, d.Key = id(rnd, i)
				if d.At = rnd.Int64N(4); i%10 == 9 {
					d = facts[rnd.IntN(i)]
				}
				facts = append(facts, d)
			}
			want := slices.Clone(facts)
			slices.SortFunc(want, func(a, b Delivery) int { return compareDeliveries(&a, &b) })
			want = slices.CompactFunc(want, func(a, b Delivery) bool { return a.Event == b.Event })
			slices.SortFunc(want, func(a, b Delivery) int {
				return cmp.Or(a.Key.Compare(b.Key), bytes.Compare(a.Event[:], b.Event[:]))
			})

			var l left
			got := distinct(&l, facts, func(*Delivery) bool { return true },
				func(d *Delivery) (*[16]byte, Key) { return &d.Event, d.Key }, compareDeliveries)
			if diff := gocmp.Diff(left{duplicates: int64(n - len(want))}, l, gocmp.AllowUnexported(left{})); diff != "" {
				t.Error(diff)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%d facts in another order than the %d wanted", len(got), len(want))
			}
		})
	}
}

func TestPartitionsStandInOrder(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 4))
	facts := make([]uint64, 10*runFacts)
	for i := range facts {
		facts[i] = rnd.Uint64() >> rnd.IntN(40)
	}
	same := slices.Clone(facts)
	ends := partition(facts, func(f *uint64) uint64 { return *f })
	if len(ends) < 3 || ends[0] != 0 || ends[len(ends)-1] != len(facts) {
		t.Fatalf("runs end at %v", ends)
	}
	for r := 2; r < len(ends); r++ {
		before, here := facts[:ends[r-1]], facts[ends[r-1]:ends[r]]
		if len(here) > 0 && len(before) > 0 && slices.Max(before) >= slices.Min(here) {
			t.Fatalf("run %d begins before the one before it ends", r)
		}
	}
	slices.Sort(facts)
	slices.Sort(same)
	if !slices.Equal(facts, same) {
		t.Error("facts were lost or made up")
	}
}
