package cloud

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"resonanz/shared/store"
)

// query is Query.
type query struct {
	terms
	IndexName              string
	KeyConditionExpression string
	FilterExpression       string
	Limit                  int
	ScanIndexForward       *bool
	ExclusiveStartKey      item
}

// hashOf finds the value that the partition key must have.
var hashOf = regexp.MustCompile(`^\s*(\S+)\s*=\s*(:\S+)`)

// beginning finds a prefix of the sort key, which most queries name.
var beginning = regexp.MustCompile(`begins_with\s*\(\s*(\S+?)\s*,\s*(:\S+?)\s*\)`)

func (t *table) query(body []byte) (any, error) {
	var q query
	if err := json.Unmarshal(body, &q); err != nil {
		return nil, err
	}
	key, err := parse(q.KeyConditionExpression, &q.terms)
	if err != nil {
		return nil, err
	}
	filter, err := parse(q.FilterExpression, &q.terms)
	if err != nil {
		return nil, err
	}
	x := t.indexes[q.IndexName]
	m := hashOf.FindStringSubmatch(q.KeyConditionExpression)
	if x == nil || m == nil || q.name(m[1]) != x.hash {
		return nil, fmt.Errorf("a query of index %q by %q is not understood", q.IndexName, q.KeyConditionExpression)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	all := x.partitions[q.ExpressionAttributeValues[m[2]].text]
	prefix := ""
	if b := beginning.FindStringSubmatch(q.KeyConditionExpression); b != nil && q.name(b[1]) == x.order {
		prefix = q.ExpressionAttributeValues[b[2]].text
		from, _ := slices.BinarySearchFunc(all, place{at: prefix}, place.compare)
		all = all[from:]
	}
	return t.page(&q, x, all, prefix, key, filter), nil
}

func (q *query) name(w string) string {
	if n, ok := q.ExpressionAttributeNames[w]; ok {
		return n
	}
	return w
}

// page reads from a partition what one call reads.
func (t *table) page(q *query, x *index, all []place, prefix string, key, filter condition) any {
	forward := q.ScanIndexForward == nil || *q.ScanIndexForward
	if prefix != "" {
		end := slices.IndexFunc(all, func(p place) bool { return !strings.HasPrefix(p.at, prefix) })
		if end >= 0 {
			all = all[:end]
		}
	}
	start := place{}
	if q.ExclusiveStartKey != nil {
		start = place{q.ExclusiveStartKey[x.order].text, q.ExclusiveStartKey.address()}
	}
	found := make([]item, 0, 16)
	var last item
	read, bytes := 0, 0
	for i := range all {
		p := all[i]
		if !forward {
			p = all[len(all)-1-i]
		}
		if order := p.compare(start); q.ExclusiveStartKey != nil && (forward && order <= 0 || !forward && order >= 0) {
			continue
		}
		it := t.items[p.address]
		if !key(it) {
			continue
		}
		if q.Limit > 0 && read == q.Limit || bytes > pageBytes {
			return answer(found, read, last)
		}
		read++
		for _, v := range it {
			bytes += len(v.raw)
		}
		last = position(it, x)
		if filter(it) {
			found = append(found, it)
		}
	}
	return answer(found, read, nil)
}

// position is where the next call goes on.
func position(it item, x *index) item {
	return item{store.AttrPK: it[store.AttrPK], store.AttrSK: it[store.AttrSK], x.hash: it[x.hash], x.order: it[x.order]}
}

func answer(found []item, read int, last item) any {
	return struct {
		Items            []item
		Count            int
		ScannedCount     int
		LastEvaluatedKey item `json:",omitempty"`
	}{found, len(found), read, last}
}
