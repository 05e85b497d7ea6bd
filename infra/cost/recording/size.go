package recording

import (
	"encoding/base64"
	"encoding/json"
	"math"
)

// item is one item of the table as it travels: attribute values by name.
type item map[string]json.RawMessage

// text is a string attribute, or "".
func (it item) text(name string) string {
	var v struct{ S string }
	_ = json.Unmarshal(it[name], &v) // a missing one is empty
	return v.S
}

// size is how many bytes DynamoDB counts of an item: names and values (Developer Guide,
// "DynamoDB item sizes and formats").
func (it item) size() (n int) {
	for name, v := range it {
		n += len(name) + sizeOf(v)
	}
	return n
}

func sizeOf(raw json.RawMessage) (n int) {
	var v struct {
		S, N, B *string
		L       []json.RawMessage
		M       item
		SS      []string
	}
	if json.Unmarshal(raw, &v) != nil {
		return 0
	}
	switch {
	case v.S != nil:
		return len(*v.S)
	case v.N != nil:
		return (len(*v.N)+1)/2 + 1
	case v.B != nil:
		return base64.StdEncoding.DecodedLen(len(*v.B))
	case v.L != nil:
		for _, e := range v.L {
			n += 1 + sizeOf(e)
		}
		return n + 3
	case v.M != nil:
		return 3 + len(v.M) + v.M.size()
	case v.SS != nil:
		for _, s := range v.SS {
			n += len(s)
		}
		return n
	}
	return 1 // a truth value, or null
}

// writeUnits are of 1 KB, at least one.
func writeUnits(bytes int) float64 { return max(1, math.Ceil(float64(bytes)/1024)) }

// readUnits are of 4 KB, at least one; half of it where the read need not be the last
// word.
func readUnits(bytes int, consistent bool) float64 {
	n := max(1, math.Ceil(float64(bytes)/4096))
	if consistent {
		return n
	}
	return n / 2
}
