package store

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// Expiry says what is personal for longer than it may be kept. A zero time: for
// ever.
type Expiry struct {
	// Words: of ratings and cards received before, and the customer key of
	// invitations, which leads to what was answered.
	Words time.Time
	// Imported: of complaints of the past received before; all others go with their
	// case.
	Imported time.Time
	// Addresses: of invitations received before.
	Addresses time.Time
	// Severed: all that leads from an invitation received before to its customer, where
	// Anonymous says so of its touchpoint: what was left behind by a function that
	// ended too early, and what is older than that it is anonymous.
	Severed   time.Time
	Anonymous func(feedback.Touchpoint) bool
	// Held says that what was written in a response is still needed, since a case
	// about it is open; nil: none is.
	Held func(feedback.ResponseKey) bool
}

// Expired counts what was taken out.
type Expired struct {
	Events    int // entries of the ledger that lost something
	Lines     int // timeline entries that lost their words
	Cases     int // cases that lost words or their customer
	HeldBack  int // entries that stay because a case is open
	Addresses int // of Events, those of invitations that lost their address
}

// Add adds the counts of o.
func (x *Expired) Add(o Expired) {
	x.Events += o.Events
	x.Lines += o.Lines
	x.Cases += o.Cases
	x.HeldBack += o.HeldBack
	x.Addresses += o.Addresses
}

// rest is what is left of an entry's personal part and whether its customer key
// stays; changed says that something goes.
func (x *Expiry) rest(e *Entry) (personal json.RawMessage, key string, changed bool, err error) {
	personal, key = e.Personal, e.CustomerKey
	before := func(limit time.Time) bool { return e.ReceivedAt.Before(limit) }
	switch e.Kind {
	case feedback.KindRating, feedback.KindCard:
		if before(x.Words) {
			personal, key = nil, ""
		}
	case feedback.KindComplaint:
		if before(x.Imported) && imported(e) {
			personal, key = nil, ""
		}
	case feedback.KindInvitation:
		if before(x.Severed) && x.Anonymous != nil && x.Anonymous(touchpoint(e)) {
			personal, key = nil, ""
			break
		}
		if before(x.Words) {
			key = ""
		}
		if before(x.Addresses) && len(personal) > 0 {
			var p feedback.Personal
			if json.Unmarshal(personal, &p) != nil {
				return nil, "", false, fmt.Errorf("event %s: its personal part is malformed: %w", e.EventID, ErrInvalid)
			}
			if p.Email = ""; p.IsZero() {
				personal = nil
			} else if personal, err = json.Marshal(&p); err != nil {
				return nil, "", false, err
			}
		}
	}
	return personal, key, len(personal) != len(e.Personal) || key != e.CustomerKey, nil
}

func touchpoint(e *Entry) feedback.Touchpoint {
	var said struct {
		Touchpoint feedback.Touchpoint `json:"touchpoint"`
	}
	_ = json.Unmarshal(e.Event, &said) // none fits no touchpoint
	return said.Touchpoint
}

func imported(e *Entry) bool {
	var said struct {
		CollectionMode feedback.CollectionMode `json:"collection_mode"`
	}
	return json.Unmarshal(e.Event, &said) == nil && said.CollectionMode == feedback.Imported
}

// Expire takes out of the entries of a month what x says. It can be repeated; what
// it counts it has done, also where it ends with an error. An entry that cannot be
// read holds up no other: the error comes at the end.
func (t *Table) Expire(ctx context.Context, p period.Period, x Expiry) (Expired, error) {
	var all Expired
	var failed error
	var mu sync.Mutex
	var next atomic.Uint32
	var readers sync.WaitGroup
	for range monthReaders {
		readers.Go(func() {
			for shard := next.Add(1) - 1; shard < shards && ctx.Err() == nil; shard = next.Add(1) - 1 {
				done, err := t.expireShard(ctx, shardPartition(p.String(), shard), &x)
				mu.Lock()
				all.Add(done)
				failed = cmp.Or(failed, err)
				mu.Unlock()
			}
		})
	}
	readers.Wait()
	if err := cmp.Or(failed, ctx.Err()); err != nil {
		return all, fmt.Errorf("taking what has expired out of month %s: %w", p, err)
	}
	return all, nil
}

func (t *Table) expireShard(ctx context.Context, pk string, x *Expiry) (done Expired, err error) {
	var unreadable error
	err = t.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    aws.String("PK = :pk"),
		FilterExpression:          aws.String("attribute_exists(#p) OR attribute_exists(#c)"),
		ExpressionAttributeNames:  map[string]string{"#p": attrPersonal, "#c": AttrCustomerKey},
		ExpressionAttributeValues: item{":pk": text(pk)},
	}, func(it item) error {
		e, err := unmarshalEntry(it)
		if err != nil {
			unreadable = err
			return nil //nolint:nilerr // told at the end
		}
		personal, key, changed, broken := x.rest(e)
		switch {
		case broken != nil:
			unreadable = broken
			return nil //nolint:nilerr // told at the end
		case !changed:
			return nil
		case x.Held != nil && x.Held(e.ResponseKey):
			done.HeldBack++
			return nil
		}
		stripped, err := t.strip(ctx, it, personal, key)
		if err != nil || !stripped {
			return err
		}
		done.Events++
		if e.Kind == feedback.KindInvitation && len(personal) != len(e.Personal) {
			done.Addresses++
		}
		return nil
	})
	return done, cmp.Or(err, unreadable)
}

// strip writes an entry of the ledger, or a line of a timeline, again with what is
// left of it. Its digest, which was made of all of it, goes. An entry that somebody
// else took something out of since it was read is left alone: stripped is false, and
// it is looked at another time. Nothing that was taken out comes back.
func (t *Table) strip(ctx context.Context, it item, personal json.RawMessage, key string) (stripped bool, err error) {
	in := &dynamodb.PutItemInput{TableName: t.name, ExpressionAttributeNames: map[string]string{"#p": attrPersonal, "#c": AttrCustomerKey}}
	as := func(name, placeholder string) string {
		if it[name] == nil {
			return "attribute_not_exists(" + placeholder + ")"
		}
		if in.ExpressionAttributeValues == nil {
			in.ExpressionAttributeValues = item{}
		}
		value := ":" + placeholder[1:]
		in.ExpressionAttributeValues[value] = it[name]
		return placeholder + " = " + value
	}
	in.ConditionExpression = aws.String("attribute_exists(PK) AND " + as(attrPersonal, "#p") + " AND " + as(AttrCustomerKey, "#c"))
	left := make(item, len(it))
	for name, v := range it {
		switch name {
		case attrPersonal, AttrCustomerKey, attrDigest:
		default:
			left[name] = v
		}
	}
	if len(personal) > 0 {
		left[attrPersonal] = text(string(personal))
	}
	if key != "" {
		left[AttrCustomerKey] = text(key)
	}
	in.Item = left
	_, err = t.api.PutItem(ctx, in)
	if moved := new(types.ConditionalCheckFailedException); errors.As(err, &moved) {
		return false, nil
	}
	return err == nil, err
}

// Sever takes everything that leads from an entry to its customer out of it:
// address, own words, customer key. One that is not there, or has nothing left, is
// no error.
func (t *Table) Sever(ctx context.Context, k feedback.ResponseKey, id feedback.EventID) error {
	err := patiently(ctx, func() error {
		it, err := t.item(ctx, partition(k), sortKey(k, id))
		if errors.Is(err, ErrNotFound) || err == nil && it[attrPersonal] == nil && it[AttrCustomerKey] == nil {
			return nil
		}
		if err != nil {
			return err
		}
		if stripped, err := t.strip(ctx, it, nil, ""); err != nil || stripped {
			return err
		}
		return ErrVersion
	})
	if err != nil {
		return fmt.Errorf("severing event %s from its customer: %w", id, err)
	}
	return nil
}

// ExpireCases takes words and customers out of the cases that ended in a month
// (yyyy-mm, UTC) before a time, and out of the complaints behind them; each is told
// the number of every such case first, so that its files go. Held are responses
// that another open case is about: their complaints stay. It can be repeated. A
// case that fails holds up no other: the first error comes at the end.
func (t *Table) ExpireCases(ctx context.Context, month string, before time.Time, held func(feedback.ResponseKey) bool, each func(casefile.Number) error) (Expired, error) {
	var done Expired
	var failed error
	err := t.query(ctx, &dynamodb.QueryInput{
		IndexName:                 aws.String(IndexDue),
		KeyConditionExpression:    aws.String("due_shard = :shard AND due_at < :before"),
		ExpressionAttributeValues: item{":shard": text(closedShard(month)), ":before": text(formatTime(before))},
		ProjectionExpression:      aws.String(AttrPK),
	}, func(it item) error {
		r := reader{it: it}
		n, ok := strings.CutPrefix(r.text(AttrPK), pkCase)
		if r.err != nil || !ok {
			return cmp.Or(r.err, ErrInvalid)
		}
		some, err := t.expireCase(ctx, casefile.Number(n), before, held, each)
		done.Add(some)
		failed = cmp.Or(failed, err)
		return ctx.Err()
	})
	if err = cmp.Or(err, failed); err != nil {
		return done, fmt.Errorf("taking what has expired out of the cases that ended in %s: %w", month, err)
	}
	return done, nil
}

// expireCase is for one case, if it ended before a time: the index may lag behind.
func (t *Table) expireCase(ctx context.Context, n casefile.Number, before time.Time, held func(feedback.ResponseKey) bool, each func(casefile.Number) error) (done Expired, err error) {
	c, err := t.GetCase(ctx, n)
	if err != nil {
		return done, err
	}
	if !c.Status.Ended() || !c.EndedAt.Before(before) {
		return done, nil
	}
	if err := each(n); err != nil {
		return done, err
	}
	if c.ResponseKey != "" && (held == nil || !held(c.ResponseKey)) {
		if done.Events, err = t.stripResponse(ctx, c.ResponseKey, func(e *Entry) bool { return e.Kind == feedback.KindComplaint }); err != nil {
			return done, err
		}
	}
	lines, err := t.ForgetCase(ctx, n)
	done.Lines += lines
	if err == nil && (lines > 0 || c.CustomerKey != "") {
		done.Cases = 1
	}
	return done, err
}

// stripResponse takes all that is personal out of the entries of a response that
// are to lose it.
func (t *Table) stripResponse(ctx context.Context, k feedback.ResponseKey, loses func(*Entry) bool) (events int, err error) {
	if k.Month().IsZero() {
		return 0, nil
	}
	err = t.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    aws.String("PK = :pk AND begins_with(SK, :sk)"),
		ExpressionAttributeValues: item{":pk": text(partition(k)), ":sk": text(string(k) + "#")},
		ConsistentRead:            consistent,
	}, func(it item) error {
		e, err := unmarshalEntry(it)
		if err != nil || !loses(e) || it[attrPersonal] == nil && it[AttrCustomerKey] == nil {
			return err
		}
		stripped, err := t.strip(ctx, it, nil, "")
		if stripped {
			events++
		}
		return err
	})
	return events, err
}
