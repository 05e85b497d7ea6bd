package heat

import (
	"math/rand/v2"
	"slices"
)

// Placement is how much a table writes before the fullest of its partitions is
// full, where keys of equal heat fall on partitions by chance: DynamoDB hashes a
// partition key to a place, and each partition holds a range of places. It is what
// holds before any partition was split for its heat.
type Placement struct {
	Keys, Partitions int
	Nominal          float64 // units a second if the keys were dealt out evenly
	P50, P1          float64 // units a second in the middle and in the worst hundredth of the draws
}

// Place draws so many placements.
func Place(keys, partitions, draws int, seed uint64) Placement {
	r := rand.New(rand.NewPCG(seed, uint64(keys)<<16|uint64(partitions))) //nolint:gosec // a simulation that is to come out the same again
	sustained := make([]float64, draws)
	for d := range sustained {
		on := make([]int, partitions)
		for range keys {
			on[r.IntN(partitions)]++
		}
		sustained[d] = PartitionWrites * float64(keys) / float64(slices.Max(on))
	}
	slices.Sort(sustained)
	return Placement{keys, partitions, PartitionWrites * float64(min(keys, partitions)), quantile(sustained, 0.5), quantile(sustained, 0.01)}
}
