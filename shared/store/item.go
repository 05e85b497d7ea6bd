package store

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/feedback"
)

// item is an item as the client has it.
type item = map[string]types.AttributeValue

// timeText has fixed width, so that text order is time order.
const timeText = "2006-01-02T15:04:05.000Z"

func formatTime(t time.Time) string { return t.UTC().Format(timeText) }

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

func number(n int64) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(n, 10)}
}

func key(pk, sk string) item { return item{AttrPK: text(pk), AttrSK: text(sk)} }

// canaryFor is how long what the canary said is kept: long enough to look for what
// became of it.
const canaryFor = 8 * 24 * time.Hour

// writer takes the attributes of an item, in whatever form it is to have.
type writer interface {
	text(name, value string)
	json(name string, value []byte)
	binary(name string, value []byte)
	number(name string, value int64)
}

// write says what the item of e holds.
func (e *Entry) write(w writer) {
	w.text(AttrPK, partition(e.ResponseKey))
	w.text(AttrSK, sortKey(e.ResponseKey, e.EventID))
	w.text(attrKind, string(e.Kind))
	w.text(attrAt, formatTime(e.ReceivedAt))
	w.json(attrEvent, e.Event)
	w.binary(attrDigest, e.Digest[:])
	if len(e.Personal) > 0 {
		w.json(attrPersonal, e.Personal)
	}
	if e.CustomerKey != "" {
		w.text(AttrCustomerKey, e.CustomerKey)
	}
	if feedback.OfCanary(e.Event) {
		w.number(AttrTTL, e.ReceivedAt.Add(canaryFor).Unix())
	}
}

// marshalEntry makes the item as the client has it.
func marshalEntry(e *Entry) item {
	it := make(itemWriter, 8)
	e.write(it)
	return item(it)
}

type itemWriter item

func (w itemWriter) text(name, value string)         { w[name] = text(value) }
func (w itemWriter) json(name string, value []byte)  { w[name] = text(string(value)) }
func (w itemWriter) number(name string, value int64) { w[name] = number(value) }
func (w itemWriter) binary(name string, value []byte) {
	w[name] = &types.AttributeValueMemberB{Value: value}
}

func unmarshalEntry(it item) (*Entry, error) {
	r := reader{it: it}
	sk := r.text(AttrSK)
	e := &Entry{
		Kind:       feedback.Kind(r.text(attrKind)),
		ReceivedAt: r.time(attrAt),
		Event:      json.RawMessage(r.text(attrEvent)),
	}
	if r.err != nil {
		return nil, r.err
	}
	var err error
	if e.ResponseKey, e.EventID, err = splitSortKey(sk); err != nil {
		return nil, err
	}
	if v := r.optional(attrPersonal); v != "" {
		e.Personal = json.RawMessage(v)
	}
	e.CustomerKey = r.optional(AttrCustomerKey)
	if v, ok := it[attrDigest].(*types.AttributeValueMemberB); ok && len(v.Value) == len(e.Digest) {
		e.Digest = Digest(v.Value)
	}
	return e, nil
}

const keyLen = len("2026-03-aaaaaaaaaaaaaaaa")

func splitSortKey(sk string) (feedback.ResponseKey, feedback.EventID, error) {
	if len(sk) < keyLen+2 || sk[keyLen] != '#' {
		return "", "", fmt.Errorf("reading a ledger item: sort key of an unknown shape: %w", ErrInvalid)
	}
	return feedback.ResponseKey(sk[:keyLen]), feedback.EventID(sk[keyLen+1:]), nil
}

// reader takes attributes out of an item; the first that is missing or of
// another type becomes err.
type reader struct {
	it  item
	err error
}

func (r *reader) text(name string) string {
	v, ok := r.it[name].(*types.AttributeValueMemberS)
	if !ok {
		r.fail(name)
		return ""
	}
	return v.Value
}

func (r *reader) optional(name string) string {
	if v, ok := r.it[name].(*types.AttributeValueMemberS); ok {
		return v.Value
	}
	return ""
}

func (r *reader) number(name string) int64 {
	v, ok := r.it[name].(*types.AttributeValueMemberN)
	if !ok {
		r.fail(name)
		return 0
	}
	n, err := strconv.ParseInt(v.Value, 10, 64)
	if err != nil {
		r.fail(name)
	}
	return n
}

func (r *reader) time(name string) time.Time {
	t, err := time.Parse(time.RFC3339, r.text(name))
	if err != nil {
		r.fail(name)
	}
	return t
}

func (r *reader) json(name string, into any) {
	s := r.text(name)
	if r.err != nil {
		return
	}
	if err := json.Unmarshal([]byte(s), into); err != nil {
		r.err = fmt.Errorf("reading attribute %s: %w", name, err)
	}
}

func (r *reader) fail(name string) {
	if r.err == nil {
		r.err = fmt.Errorf("reading attribute %s: missing or of another type: %w", name, ErrInvalid)
	}
}
