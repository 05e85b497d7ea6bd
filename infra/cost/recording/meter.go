package recording

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	"resonanz/infra/fault"
	"resonanz/shared/store"
)

// Meter counts calls of functions as AWS charges them. It keeps the table's items
// beside, since what a write costs the indexes depends on what was there.
type Meter struct {
	mu    sync.Mutex
	items map[[2]string]item
	work  map[string]*Work
	seen  int
	skip  func(function string) bool
}

// NewMeter counts nothing of the functions that are to be skipped: those that work
// by the clock.
func NewMeter(skip func(function string) bool) *Meter {
	return &Meter{items: make(map[[2]string]item), work: make(map[string]*Work), skip: skip}
}

// Take hands out what was counted since it was last asked.
func (m *Meter) Take() map[string]*Work {
	m.mu.Lock()
	defer m.mu.Unlock()
	taken := m.work
	m.work = make(map[string]*Work)
	return taken
}

// Seen is how many calls there were so far, so that one sees whether it is quiet.
func (m *Meter) Seen() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.seen
}

// Note counts a call and its answer. It suits fault.Proxy.Read.
func (m *Meter) Note(c fault.Call, status int, answer []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c.By == "" || c.Service == "" || m.skip(c.By) {
		if c.Service == "dynamodb" && status == http.StatusOK {
			_ = m.table(c, status, answer) // what is there counts, whoever wrote it
		}
		return
	}
	m.seen++
	w := m.work[c.By]
	if w == nil {
		w = &Work{Calls: make(map[string]Call), Sent: make(map[string]Message)}
		m.work[c.By] = w
	}
	if c.Service == "sqs" && strings.HasPrefix(c.Action, "SendMessage") {
		w.send(c)
		return
	}
	one := Call{}
	if c.Service == "dynamodb" {
		one = m.table(c, status, answer)
	}
	name := c.Service + "." + c.Action
	all := w.Calls[name]
	all.Count++
	all.Bytes += len(c.Body)
	all.WriteUnits += one.WriteUnits
	all.IndexUnits += one.IndexUnits
	all.ReadUnits += one.ReadUnits
	all.Inserts += one.Inserts
	all.Stored += one.Stored
	w.Calls[name] = all
}

// send counts the messages of a call by the last part of the queue's address.
func (w *Work) send(c fault.Call) {
	var in struct {
		QueueURL    string `json:"QueueUrl"`
		MessageBody string
		Entries     []struct{ MessageBody string }
	}
	if json.Unmarshal([]byte(c.Body), &in) != nil {
		return
	}
	queue := in.QueueURL[strings.LastIndexByte(in.QueueURL, '/')+1:]
	all := w.Sent[queue]
	if in.Entries == nil {
		all.Count++
		all.Bytes += len(in.MessageBody)
	}
	for _, e := range in.Entries {
		all.Count++
		all.Bytes += len(e.MessageBody)
	}
	w.Sent[queue] = all
}

// write is one put or removal, by itself or in a transaction.
type write struct {
	Item, Key item
}

func (p write) address() [2]string {
	it := p.Item
	if it == nil {
		it = p.Key
	}
	return [2]string{it.text(store.AttrPK), it.text(store.AttrSK)}
}

// table counts one call to the table.
func (m *Meter) table(c fault.Call, status int, answer []byte) Call {
	body := []byte(c.Body)
	switch c.Action {
	case "PutItem", "DeleteItem":
		var p write
		if json.Unmarshal(body, &p) != nil {
			return Call{}
		}
		if status != http.StatusOK { // a refused condition costs what a write of what is there would
			return Call{WriteUnits: writeUnits(m.items[p.address()].size())}
		}
		return m.keep(p, 1)
	case "TransactWriteItems":
		return m.transaction(body, status)
	}
	if status != http.StatusOK {
		return Call{}
	}
	return reading(c.Action, body, answer)
}

// transaction writes each item twice, to prepare and to commit.
func (m *Meter) transaction(body []byte, status int) (sum Call) {
	var in struct {
		TransactItems []map[string]write
	}
	if json.Unmarshal(body, &in) != nil {
		return Call{}
	}
	for _, parts := range in.TransactItems {
		for what, p := range parts {
			if status != http.StatusOK || what == "ConditionCheck" {
				sum.WriteUnits += 2 * writeUnits(max(p.Item.size(), m.items[p.address()].size()))
				continue
			}
			one := m.keep(p, 2)
			sum.WriteUnits += one.WriteUnits
			sum.IndexUnits += one.IndexUnits
			sum.Inserts += one.Inserts
			sum.Stored += one.Stored
		}
	}
	return sum
}

// keep is a write that took effect, each unit of the table's counted so many times.
func (m *Meter) keep(p write, times float64) Call {
	at := p.address()
	old, was := m.items[at]
	c := Call{
		WriteUnits: times * writeUnits(max(old.size(), p.Item.size())),
		IndexUnits: dueUnits(old, p.Item) + customerUnits(old, p.Item),
		Stored:     p.Item.size() - old.size(),
	}
	if p.Item == nil {
		delete(m.items, at)
		return c
	}
	m.items[at] = p.Item
	if !was {
		c.Inserts = 1
	}
	return c
}

// dueUnits are what a write costs the index of deadlines, which holds whole items: one
// write where the entry stays in place, two where it moves.
func dueUnits(old, now item) (n float64) {
	place := func(it item) [2]string { return [2]string{it.text(store.AttrDueShard), it.text(store.AttrDueAt)} }
	listed := func(it item) bool { return place(it)[0] != "" && place(it)[1] != "" }
	if listed(old) && listed(now) && place(old) == place(now) {
		return writeUnits(max(old.size(), now.size()))
	}
	for _, it := range []item{old, now} {
		if listed(it) {
			n += writeUnits(it.size())
		}
	}
	return n
}

// customerUnits are those of the index of customers, which holds keys only.
func customerUnits(old, now item) (n float64) {
	was, is := old.text(store.AttrCustomerKey), now.text(store.AttrCustomerKey)
	if was == is {
		return 0
	}
	for _, key := range []string{was, is} {
		if key != "" {
			n++
		}
	}
	return n
}

// reading counts what a call read. A filter hides what was read and not handed out:
// of those it counts at least a unit.
func reading(action string, body, answer []byte) Call {
	var in struct {
		ConsistentRead bool
		RequestItems   map[string]struct{ ConsistentRead bool }
	}
	var out struct {
		Item      item
		Items     []item
		Responses map[string][]item
	}
	if json.Unmarshal(body, &in) != nil || json.Unmarshal(answer, &out) != nil {
		return Call{}
	}
	switch action {
	case "GetItem":
		return Call{ReadUnits: readUnits(out.Item.size(), in.ConsistentRead)}
	case "Query", "Scan":
		bytes := 0
		for _, it := range out.Items {
			bytes += it.size()
		}
		return Call{ReadUnits: readUnits(bytes, in.ConsistentRead)}
	case "BatchGetItem":
		var c Call
		for table, items := range out.Responses {
			for _, it := range items {
				c.ReadUnits += readUnits(it.size(), in.RequestItems[table].ConsistentRead)
			}
		}
		return c
	}
	return Call{}
}
