package satisfaction

import "cmp"

// Reliability says how much weight a figure bears.
type Reliability string

// The grades. Counts are always shown; a suppressed ratio is not.
const (
	Suppressed Reliability = "suppressed" // n below the minimum (5)
	Indicative Reliability = "indicative" // n below the second threshold (30)
	Reliable   Reliability = "reliable"
)

// ReliabilityOf grades n responses by the two thresholds (5 and 30 by default).
func ReliabilityOf(n int64, minimum, indicative int) Reliability {
	switch {
	case n < int64(minimum):
		return Suppressed
	case n < int64(indicative):
		return Indicative
	}
	return Reliable
}

// Cell is one cell of a breakdown.
type Cell struct {
	Name string
	N    int64
}

// Suppress says which cells of a breakdown are withheld in a display, in the
// order given. Cells with fewer than minimum responses are; if exactly one is,
// the next smallest goes with it (ties: the smaller name), since the total
// would give it away. Empty cells say nothing about anyone: they are neither
// counted nor chosen. (Worked case 20.)
func Suppress(cells []Cell, minimum int) []bool {
	out := make([]bool, len(cells))
	hidden, next := 0, -1
	for i, c := range cells {
		switch {
		case c.N == 0:
		case c.N < int64(minimum):
			out[i] = true
			hidden++
		case next < 0 || compareCells(c, cells[next]) < 0:
			next = i
		}
	}
	if hidden == 1 && next >= 0 {
		out[next] = true
	}
	return out
}

func compareCells(a, b Cell) int {
	return cmp.Or(cmp.Compare(a.N, b.N), cmp.Compare(a.Name, b.Name))
}
