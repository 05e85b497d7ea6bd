package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// CaseQuery asks for a page of a list of cases. What is empty is not asked for.
type CaseQuery struct {
	Statuses   []casefile.Status // any of them, up to MaxAsked
	Families   []casefile.Family // any of them, up to MaxAsked
	Touchpoint feedback.Touchpoint
	Team       string
	Owner      string
	Category   string // this one, or a branch of it: see inBranch
	Severity   casefile.Severity
	DueBefore  time.Time // the deadline promised is earlier; cases without one are left out
	Closed     string    // yyyy-mm: the cases that ended in this month, UTC; empty: the open ones
	// Opened is yyyy-mm: the cases that have this month in their number, which is
	// that of the contact; the open ones, then those that ended until Until, also
	// yyyy-mm. With Closed those that ended in that month alone.
	Opened, Until string
	// Only leaves out what the index cannot be asked for; nil: nothing. Asking says
	// what it asks, so that a cursor of another question is none of this.
	Only   func(*casefile.Case) bool
	Asking string

	Limit  int    // 1 to MaxCases; 0: 50
	Cursor string // of the page before, for the same question
}

// CasePage is a page of a list of cases.
type CasePage struct {
	Cases  []casefile.Case
	Cursor string // of the next page; empty: this is the last
}

// The bounds of a CaseQuery.
const (
	MaxCases = 100
	MaxAsked = 20
)

// pageCases is the limit where none is given.
const pageCases = 50

// check refuses what cannot be asked.
func (q *CaseQuery) check() error {
	if q.Limit < 0 || q.Limit > MaxCases || len(q.Statuses) > MaxAsked || len(q.Families) > MaxAsked {
		return ErrInvalid
	}
	if q.Opened != "" && q.Closed == "" && q.Until == "" {
		return fmt.Errorf("no month until which cases ended: %w", ErrInvalid)
	}
	for _, m := range []string{q.Closed, q.Opened, q.Until} {
		if m == "" {
			continue
		}
		if _, err := period.Parse(m); err != nil {
			return fmt.Errorf("month %q: %w", m, ErrInvalid)
		}
	}
	return nil
}

func (q *CaseQuery) limit() int {
	if q.Limit == 0 {
		return pageCases
	}
	return q.Limit
}

// shards are the partitions of the due index that hold what q asks for, in the
// order in which they are read. It was checked.
func (q *CaseQuery) shards() []string {
	switch {
	case q.Closed != "":
		return []string{closedShard(q.Closed)}
	case q.Opened == "":
		return []string{casesShard}
	}
	var all []string
	if len(q.Statuses) == 0 || slices.ContainsFunc(q.Statuses, func(s casefile.Status) bool { return !s.Ended() }) {
		all = append(all, casesShard)
	}
	if len(q.Statuses) > 0 && !slices.ContainsFunc(q.Statuses, casefile.Status.Ended) {
		return all
	}
	m, _ := period.Parse(min(q.Opened, q.Until)) // a month may begin earlier where the organisation is
	for until, _ := period.Parse(q.Until); !until.Before(m); m = m.Add(1) {
		all = append(all, closedShard(m.String()))
	}
	return all
}

// forward says that a partition is read from the earliest on: open cases by when
// the clock looks next. Of ended ones the last comes first.
func forward(shard string) bool { return shard == casesShard }

// holds is what is left to ask of a case that the index gave.
func (q *CaseQuery) holds(c *casefile.Case) bool {
	return (q.Opened == "" || strings.HasPrefix(string(c.Number), q.Opened[2:4]+q.Opened[5:7]+"-")) && (q.Only == nil || q.Only(c))
}

// filter is q without its list, limit and cursor as DynamoDB has it; empty: all.
func (q *CaseQuery) filter() (expression string, names map[string]string, values item) {
	names, values = make(map[string]string), make(item)
	var all []string
	one := func(name, relation, v string) {
		if v != "" {
			names["#"+name], values[":"+name] = name, text(v)
			all = append(all, "#"+name+relation+":"+name)
		}
	}
	anyOf := func(name string, vs []string) {
		var in []string
		for i, v := range vs {
			placeholder := ":" + name + strconv.Itoa(i)
			values[placeholder] = text(v)
			in = append(in, placeholder)
		}
		if len(in) > 0 {
			names["#"+name] = name
			all = append(all, "#"+name+" IN ("+strings.Join(in, ", ")+")")
		}
	}
	anyOf(attrStatus, texts(q.Statuses))
	anyOf(attrFamily, texts(q.Families))
	one(attrTouchpoint, " = ", string(q.Touchpoint))
	one(attrTeam, " = ", q.Team)
	one(attrOwner, " = ", q.Owner)
	if q.Category != "" {
		names["#"+attrCategory] = attrCategory
		values[":"+attrCategory], values[":branch"] = text(q.Category), text(q.Category+".")
		all = append(all, "(#"+attrCategory+" = :"+attrCategory+" OR begins_with(#"+attrCategory+", :branch))")
	}
	one(attrSeverity, " = ", string(q.Severity))
	if !q.DueBefore.IsZero() {
		one(attrDeadline, " < ", formatTime(q.DueBefore))
	}
	return strings.Join(all, " AND "), names, values
}

// inBranch reports whether a category is the one asked for, or a branch of it:
// "billing" is asked for "billing.refund_delay" as well.
func inBranch(asked, category string) bool {
	rest, ok := strings.CutPrefix(category, asked)
	return ok && (rest == "" || rest[0] == '.')
}

func texts[S ~string](all []S) []string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = string(s)
	}
	return out
}

// pageQueries is how many calls a page takes at most.
const pageQueries = 2

// Cases reads a page of the list of open cases, in the order of what the clock
// does next, or of those that ended in a month, the last first; or of both, of
// those opened in a month. A page takes at
// most two Query calls: where few of many cases are asked for it may be short,
// even empty, and still have a cursor. The list lags a little behind the cases;
// one that changes while pages are read may come twice or not at all. Errors:
// ErrInvalid for a question that cannot be asked, such as a cursor that is not
// one of its own.
func (t *Table) Cases(ctx context.Context, q CaseQuery) (CasePage, error) {
	page, err := t.cases(ctx, &q)
	if err != nil {
		return CasePage{}, fmt.Errorf("reading a list of cases: %w", err)
	}
	return page, nil
}

func (t *Table) cases(ctx context.Context, q *CaseQuery) (page CasePage, err error) {
	if err := q.check(); err != nil {
		return page, err
	}
	start, err := q.start()
	if err != nil {
		return page, err
	}
	shards := q.shards()
	if start == nil {
		start = &position{shard: shards[0]}
	}
	for queries := 0; ; {
		in := t.caseQuery(q, start, len(page.Cases))
		for {
			if queries == pageQueries || len(page.Cases) == q.limit() {
				page.Cursor = q.cursor(start)
				return page, nil
			}
			queries++
			out, err := t.api.Query(ctx, in)
			if err != nil {
				return page, err
			}
			for _, it := range out.Items {
				c, err := unmarshalState(it)
				if err != nil {
					return page, err
				}
				held := q.holds(c)
				if held && len(page.Cases) == q.limit() {
					page.Cursor = q.cursor(start)
					return page, nil
				}
				if start, err = positionOf(it); err != nil {
					return page, err
				}
				if held {
					page.Cases = append(page.Cases, *c)
				}
			}
			if len(out.LastEvaluatedKey) == 0 {
				break
			}
			if start, err = positionOf(out.LastEvaluatedKey); err != nil {
				return page, err
			}
			in.ExclusiveStartKey, in.Limit = out.LastEvaluatedKey, nil // as much as a call reads, 1 MB
		}
		next := slices.Index(shards, start.shard) + 1
		if next == len(shards) {
			return page, nil
		}
		start = &position{shard: shards[next]}
	}
}

// caseQuery reads on after a position, for a page that has n cases so far.
func (t *Table) caseQuery(q *CaseQuery, after *position, n int) *dynamodb.QueryInput {
	filter, names, values := q.filter()
	values[":shard"] = text(after.shard)
	in := &dynamodb.QueryInput{
		TableName: t.name, IndexName: aws.String(IndexDue),
		KeyConditionExpression:    aws.String("due_shard = :shard"),
		ExpressionAttributeValues: values,
		ScanIndexForward:          aws.Bool(forward(after.shard)),
		Limit:                     aws.Int32(int32(q.limit() - n + 1)), //nolint:gosec // at most MaxCases + 1
	}
	if after.at != "" {
		in.ExclusiveStartKey = after.key()
	}
	if filter != "" {
		in.FilterExpression, in.ExpressionAttributeNames = &filter, names
	}
	if filter != "" || q.Only != nil || q.Opened != "" {
		in.Limit = aws.Int32(*in.Limit * 4)
	}
	return in
}

// OpenCases hands every case on the work list to each, the one that is due next
// first, and then those that were stored before cases had a list of their own:
// see Relist. The list lags a little behind. A line that cannot be read holds up
// no other: the error, ErrInvalid, comes when all have been handed over.
func (t *Table) OpenCases(ctx context.Context, each func(casefile.Due) error) error {
	var unreadable, err error
	for _, shard := range append([]string{casesShard}, clockShards[:dueShards]...) {
		err = t.query(ctx, &dynamodb.QueryInput{
			IndexName:                 aws.String(IndexDue),
			KeyConditionExpression:    aws.String("due_shard = :shard"),
			ExpressionAttributeValues: item{":shard": text(shard)},
			ProjectionExpression:      aws.String(dueAttributes),
		}, func(it item) error {
			d, err := unmarshalDue(it)
			if err != nil {
				unreadable = err
			}
			if err != nil || d.Case == nil {
				return nil //nolint:nilerr // told when all have been handed over
			}
			return each(*d.Case)
		})
		if err != nil {
			break
		}
	}
	if err == nil && unreadable != nil {
		err = fmt.Errorf("%w: %w", ErrInvalid, unreadable)
	}
	if err != nil {
		return fmt.Errorf("reading the open cases: %w", err)
	}
	return nil
}

// maxEarlier is how many of a customer's cases are read, of the latest months.
const maxEarlier = 100

// CustomerCases reads the cases of the customer with a key, open and ended, the
// newest first, up to limit (1 to 100). The index lags a little behind; the
// cases are read consistently. Errors: ErrInvalid without a key, or for another
// limit.
func (t *Table) CustomerCases(ctx context.Context, customerKey string, limit int) ([]casefile.Case, error) {
	all, err := t.customerCases(ctx, customerKey, limit)
	if err != nil {
		return nil, fmt.Errorf("reading the cases of a customer: %w", err)
	}
	return all, nil
}

func (t *Table) customerCases(ctx context.Context, customerKey string, limit int) ([]casefile.Case, error) {
	if customerKey == "" || limit < 1 || limit > maxEarlier {
		return nil, ErrInvalid
	}
	out, err := t.api.Query(ctx, &dynamodb.QueryInput{
		TableName: t.name, IndexName: aws.String(IndexCustomer),
		KeyConditionExpression:    aws.String("customer_key = :key AND begins_with(PK, :case)"),
		ExpressionAttributeValues: item{":key": text(customerKey), ":case": text(pkCase)},
		ScanIndexForward:          aws.Bool(false),
		Limit:                     aws.Int32(maxEarlier),
	})
	if err != nil {
		return nil, err
	}
	var keys []item
	for _, it := range out.Items {
		keys = append(keys, item{AttrPK: it[AttrPK], AttrSK: it[AttrSK]})
	}
	var all []casefile.Case
	for try := 0; len(keys) > 0; try++ {
		if try == anyTries {
			return nil, errLeftOut
		}
		got, err := t.api.BatchGetItem(ctx, &dynamodb.BatchGetItemInput{
			RequestItems: map[string]types.KeysAndAttributes{*t.name: {Keys: keys, ConsistentRead: consistent}},
		})
		if err != nil {
			return nil, err
		}
		for _, it := range got.Responses[*t.name] {
			c, err := unmarshalState(it)
			if err != nil {
				return nil, err
			}
			if c.CustomerKey == customerKey { // the index may lag behind an erasure
				all = append(all, *c)
			}
		}
		keys = got.UnprocessedKeys[*t.name].Keys
	}
	return newest(all, limit), nil
}
