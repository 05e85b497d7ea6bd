package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	gocmp "github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/store"
)

// readPage is what DynamoDB reads with one call, in bytes.
const readPage = 1 << 20

// index answers queries of the work list as DynamoDB does: in the order of the
// index, at most Limit lines or a megabyte at a time before the filter.
type index struct {
	store.DynamoAPI
	lines   []indexed
	sorted  bool
	queries int
}

type indexed struct {
	place string // in the index
	bytes int
	item  map[string]types.AttributeValue
}

func (x *index) TransactWriteItems(_ context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	for _, w := range in.TransactItems {
		if w.Put == nil || w.Put.Item["due_shard"] == nil {
			continue
		}
		line := indexed{place: place(w.Put.Item), item: w.Put.Item}
		for name := range w.Put.Item {
			line.bytes += len(name) + len(value(w.Put.Item, name))
		}
		x.lines, x.sorted = append(x.lines, line), false
	}
	return &dynamodb.TransactWriteItemsOutput{}, nil
}

func value(it map[string]types.AttributeValue, name string) string {
	s, _ := it[name].(*types.AttributeValueMemberS)
	if s == nil {
		return ""
	}
	return s.Value
}

func place(it map[string]types.AttributeValue) string {
	return value(it, "due_shard") + " " + value(it, "due_at") + " " + value(it, "PK")
}

func (x *index) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	x.queries++
	if !x.sorted {
		slices.SortFunc(x.lines, func(a, b indexed) int { return strings.Compare(a.place, b.place) })
		x.sorted = true
	}
	if *in.KeyConditionExpression != "due_shard = :shard" || in.ScanIndexForward == nil || !*in.ScanIndexForward {
		return nil, errors.New("another query")
	}
	from := value(in.ExpressionAttributeValues, ":shard")
	end := from + "!"
	if in.ExclusiveStartKey != nil {
		from = place(in.ExclusiveStartKey) + "\x00"
	}
	at, _ := slices.BinarySearchFunc(x.lines, from, func(l indexed, p string) int { return strings.Compare(l.place, p) })
	out := &dynamodb.QueryOutput{}
	bytes, read := 0, 0
	for i := at; i < len(x.lines) && x.lines[i].place < end; i++ {
		l := &x.lines[i]
		if fits(l.item, in) {
			out.Items = append(out.Items, l.item)
		}
		read++
		if bytes += l.bytes; in.Limit != nil && read == int(*in.Limit) || bytes > readPage {
			out.LastEvaluatedKey = map[string]types.AttributeValue{"PK": l.item["PK"], "SK": l.item["SK"], "due_shard": l.item["due_shard"], "due_at": l.item["due_at"]}
			break
		}
	}
	return out, nil
}

var term = regexp.MustCompile(`^(#\w+) (=|<|IN) \(?([^()]*)\)?$`)

// fits evaluates the filter of a query: comparisons joined by AND.
func fits(it map[string]types.AttributeValue, in *dynamodb.QueryInput) bool {
	if in.FilterExpression == nil {
		return true
	}
	for t := range strings.SplitSeq(*in.FilterExpression, " AND ") {
		m := term.FindStringSubmatch(t)
		if m == nil {
			panic(t)
		}
		got, ok := value(it, in.ExpressionAttributeNames[m[1]]), false
		for v := range strings.SplitSeq(m[3], ", ") {
			want := value(in.ExpressionAttributeValues, v)
			ok = ok || m[2] != "<" && got == want || m[2] == "<" && got != "" && got < want
		}
		if !ok {
			return false
		}
	}
	return true
}

func TestAPageOfTenThousandCasesTakesTwoQueriesAtMost(t *testing.T) {
	r := newRig(t)
	x := &index{}
	table := store.New(x, "t")
	const n = 10_000
	var all []casefile.Case
	touchpoints := []feedback.Touchpoint{"hotline", "checkout-cologne", "repair"}
	for i := range n {
		w := &feedback.Complaint{
			EventID: feedback.DeriveEventID("case", fmt.Sprint(i)), Touchpoint: touchpoints[i%3], Channel: feedback.WebForm, Category: "billing.refund_delay",
			SubmittedAt: start, ReceivedAt: start, CollectionMode: feedback.Self,
		}
		w.ResponseKey = feedback.KeyFor(w.EventID, start, r.cfg.Zone())
		at := start.Add(time.Duration(i/3) * time.Minute)
		c, entries := lifecycle.Receive(w, lifecycle.Opening{}, at, r.rules)
		if i%1000 == 0 {
			c.Handling.Owner = clerk
		}
		if err := table.CreateCase(t.Context(), &c, pointers(entries)...); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	slices.SortFunc(all, func(a, b casefile.Case) int {
		return cmp.Or(a.NextAt.Compare(b.NextAt), strings.Compare(string(a.Number), string(b.Number)))
	})
	onTable := *r.handler
	onTable.ledger = listing{table: table} // nothing else is asked
	numbers := func(holds func(*casefile.Case) bool) (out []casefile.Number) {
		for i := range all {
			if holds(&all[i]) {
				out = append(out, all[i].Number)
			}
		}
		return out
	}
	for query, c := range map[string]struct {
		pages int // that are read, at most
		want  []casefile.Number
	}{
		"?limit=100":                           {3, numbers(func(*casefile.Case) bool { return true })},
		"?limit=100&touchpoint=hotline":        {3, numbers(func(k *casefile.Case) bool { return k.Touchpoint == "hotline" })},
		"?limit=100&severity=medium&team=none": {3, nil},
		"?limit=100&owner=" + clerk:            {12, numbers(func(k *casefile.Case) bool { return k.Handling.Owner == clerk })}, // pages are short, none takes longer
	} {
		var got []casefile.Number
		pages := 0
		for next := query; next != "" && pages < c.pages; pages++ {
			x.queries = 0
			res, err := onTable.Handle(t.Context(), get("/v1/cases"+next))
			page := into[listed](t, res, 200)
			if err != nil || x.queries > 2 || x.queries == 0 {
				t.Fatalf("%s: %v, %d queries", next, err, x.queries)
			}
			for _, it := range page.Cases {
				got = append(got, it.Number)
			}
			next, _, _ = strings.Cut(strings.TrimPrefix(res.Headers["Link"], "</v1/cases"), ">")
		}
		want := c.want
		if pages == 3 && len(want) > 0 { // not read to the end
			want = want[:300]
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%.2000s", query, diff)
		}
	}
	// All of them, in one export.
	x.queries = 0
	res, err := onTable.Handle(t.Context(), get("/v1/cases?format=csv"))
	rows, bad := csv.NewReader(strings.NewReader(res.Body)).ReadAll()
	if err != nil || bad != nil || len(rows) != n+1 || x.queries > 2*n/100 || len(res.Body) > maxExport {
		t.Fatalf("%v %v: an export of %d lines, %d bytes, %d queries", err, bad, len(rows), len(res.Body), x.queries)
	}
	for i, row := range rows[1:] {
		if row[0] != string(all[i].Number) {
			t.Fatalf("line %d is %s, want %s", i+1, row[0], all[i].Number)
		}
	}
}

// listing is a store that has the work list only.
type listing struct {
	ledger
	table *store.Table
}

func (l listing) Cases(ctx context.Context, q store.CaseQuery) (store.CasePage, error) {
	return l.table.Cases(ctx, q)
}
