package cloud

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"resonanz/shared/store"
)

// pageBytes is how much one call of Query reads, as DynamoDB: 1 MB.
const pageBytes = 1 << 20

// address is the primary key of an item.
type address struct{ pk, sk string }

// place is where an item stands in a partition of the table or of an index.
type place struct {
	at string // what the partition is ordered by: SK, due_at, or PK in the index of customers
	address
}

func (p place) compare(q place) int {
	return cmp.Or(strings.Compare(p.at, q.at), strings.Compare(p.pk, q.pk), strings.Compare(p.sk, q.sk))
}

// index is one way to the items: partitions in order. The empty name is the table.
type index struct {
	hash, order string
	partitions  map[string][]place
}

// table is the stack's one table, in memory.
type table struct {
	mu      sync.Mutex
	items   map[address]item
	indexes map[string]*index
	changed func(Change) // called with mu held
}

// Change is what the table's stream tells of.
type Change struct {
	Insert   bool
	Key      map[string]json.RawMessage
	NewImage map[string]json.RawMessage
}

func newTable(changed func(Change)) *table {
	t := &table{items: make(map[address]item), changed: changed}
	t.indexes = map[string]*index{
		"":                  {hash: store.AttrPK, order: store.AttrSK},
		store.IndexDue:      {hash: store.AttrDueShard, order: store.AttrDueAt},
		store.IndexCustomer: {hash: store.AttrCustomerKey, order: store.AttrPK},
	}
	for _, x := range t.indexes {
		x.partitions = make(map[string][]place)
	}
	return t
}

func (it item) address() address { return address{it[store.AttrPK].text, it[store.AttrSK].text} }

// keep stores an item in place of what was at its address; nil removes it.
func (t *table) keep(at address, it item) {
	old, before := t.items[at]
	for _, x := range t.indexes {
		if before {
			x.drop(old)
		}
		if it != nil {
			x.add(it)
		}
	}
	if it == nil {
		delete(t.items, at)
		return
	}
	t.items[at] = it
	t.changed(Change{Insert: !before, Key: raw(it, store.AttrPK, store.AttrSK), NewImage: raw(it)})
}

func raw(it item, only ...string) map[string]json.RawMessage {
	all := make(map[string]json.RawMessage, len(it))
	for name, v := range it {
		if only == nil || slices.Contains(only, name) {
			all[name] = v.raw
		}
	}
	return all
}

func (x *index) of(it item) (hash string, p place, listed bool) {
	h, ok := it[x.hash]
	o, ok2 := it[x.order]
	return h.text, place{o.text, it.address()}, ok && ok2
}

func (x *index) add(it item) {
	if hash, p, listed := x.of(it); listed {
		all := x.partitions[hash]
		i, _ := slices.BinarySearchFunc(all, p, place.compare)
		x.partitions[hash] = slices.Insert(all, i, p)
	}
}

func (x *index) drop(it item) {
	if hash, p, listed := x.of(it); listed {
		all := x.partitions[hash]
		if i, found := slices.BinarySearchFunc(all, p, place.compare); found {
			x.partitions[hash] = slices.Delete(all, i, i+1)
		}
	}
}

// put is PutItem, and Put of a transaction.
type put struct {
	terms
	Item                                item
	Key                                 item
	ConditionExpression                 string
	ReturnValuesOnConditionCheckFailure string
}

// fails reports whether the condition does not hold, with what is there.
func (t *table) fails(p *put, at address) (old item, failed bool, err error) {
	c, err := parse(p.ConditionExpression, &p.terms)
	if err != nil {
		return nil, false, err
	}
	old = t.items[at]
	return old, !c(old), nil
}

func (t *table) putItem(body []byte) (any, error) {
	var p put
	if err := json.Unmarshal(body, &p); err != nil {
		return nil, err
	}
	return struct{}{}, t.write(&p, p.Item.address(), p.Item)
}

func (t *table) deleteItem(body []byte) (any, error) {
	var p put
	if err := json.Unmarshal(body, &p); err != nil {
		return nil, err
	}
	return struct{}{}, t.write(&p, p.Key.address(), nil)
}

func (t *table) write(p *put, at address, it item) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	old, failed, err := t.fails(p, at)
	if err != nil {
		return err
	}
	if failed {
		f := &fault{status: http.StatusBadRequest, Type: dynamo + "ConditionalCheckFailedException", Message: "The conditional request failed"}
		if p.ReturnValuesOnConditionCheckFailure == "ALL_OLD" {
			f.Item = old
		}
		return f
	}
	t.keep(at, it)
	return nil
}

func (t *table) getItem(body []byte) (any, error) {
	var in struct{ Key item }
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	out := struct {
		Item item `json:",omitempty"`
	}{t.items[in.Key.address()]}
	return out, nil
}

func (t *table) batchGetItem(body []byte) (any, error) {
	var in struct {
		RequestItems map[string]struct{ Keys []item }
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	found := make(map[string][]item)
	for name, asked := range in.RequestItems {
		for _, k := range asked.Keys {
			if it, ok := t.items[k.address()]; ok {
				found[name] = append(found[name], it)
			}
		}
	}
	return map[string]any{"Responses": found, "UnprocessedKeys": struct{}{}}, nil
}

// reason is why a part of a transaction was not carried out.
type reason struct {
	Code string
	Item item `json:",omitempty"`
}

func (t *table) transact(body []byte) (any, error) {
	var in struct {
		TransactItems []struct{ Put, Delete, ConditionCheck *put }
	}
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	reasons := make([]reason, len(in.TransactItems))
	cancelled := false
	for i, one := range in.TransactItems {
		p := cmp.Or(one.Put, one.Delete, one.ConditionCheck)
		if p == nil {
			return nil, fmt.Errorf("part %d of a transaction is none that is known", i)
		}
		at := p.Key.address()
		if one.Put != nil {
			at = p.Item.address()
		}
		old, failed, err := t.fails(p, at)
		if err != nil {
			return nil, err
		}
		reasons[i].Code = "None"
		if failed {
			cancelled = true
			reasons[i].Code = "ConditionalCheckFailed"
			if p.ReturnValuesOnConditionCheckFailure == "ALL_OLD" {
				reasons[i].Item = old
			}
		}
	}
	if cancelled {
		return nil, &fault{status: http.StatusBadRequest, Type: dynamo + "TransactionCanceledException", Message: "Transaction cancelled", CancellationReasons: reasons}
	}
	for _, one := range in.TransactItems {
		switch {
		case one.Put != nil:
			t.keep(one.Put.Item.address(), one.Put.Item)
		case one.Delete != nil:
			t.keep(one.Delete.Key.address(), nil)
		}
	}
	return struct{}{}, nil
}
