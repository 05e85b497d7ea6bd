package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// partitioned answers a Query of one partition of the due index as DynamoDB does:
// a call reads 1 MB or Limit items, whatever of them the filter leaves.
type partitioned struct {
	DynamoAPI
	t       *testing.T
	lines   []item // in order of due_at
	sizes   []int
	queries int
	read    int // lines
}

const megabyte = 1 << 20

func (p *partitioned) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	p.queries++
	if in.ConsistentRead != nil || *in.IndexName != IndexDue {
		p.t.Error("an index is read as it is, or not at all")
	}
	start := 0
	if after := in.ExclusiveStartKey; after != nil {
		same := func(it item) bool {
			return textOf(it[AttrPK]) == textOf(after[AttrPK]) && textOf(it[AttrDueAt]) == textOf(after[AttrDueAt])
		}
		start = slices.IndexFunc(p.lines, same) + 1
		if start == 0 || len(after) != 4 {
			p.t.Errorf("goes on at %v, which is no line", after)
		}
	}
	out := &dynamodb.QueryOutput{}
	for i, read := start, 0; i < len(p.lines); i++ {
		if read += p.sizes[i]; read > megabyte || in.Limit != nil && i-start == int(*in.Limit) {
			last := p.lines[i-1]
			out.LastEvaluatedKey = item{AttrPK: last[AttrPK], AttrSK: last[AttrSK], AttrDueShard: last[AttrDueShard], AttrDueAt: last[AttrDueAt]}
			break
		}
		p.read++
		if p.left(in, p.lines[i]) {
			out.Items = append(out.Items, p.lines[i])
		}
	}
	return out, nil
}

// left evaluates the filter: comparisons with AND between them.
func (p *partitioned) left(in *dynamodb.QueryInput, it item) bool {
	if in.FilterExpression == nil {
		return true
	}
	for _, term := range strings.Split(*in.FilterExpression, " AND ") {
		parts := strings.SplitN(term, " ", 3)
		got := textOf(it[in.ExpressionAttributeNames[parts[0]]])
		var want []string
		for _, v := range strings.Split(strings.Trim(parts[2], "()"), ", ") {
			want = append(want, textOf(in.ExpressionAttributeValues[v]))
		}
		ok := false
		switch parts[1] {
		case "=", "IN":
			ok = slices.Contains(want, got)
		case "<":
			ok = got != "" && got < want[0]
		default:
			p.t.Fatalf("unexpected filter %q", term)
		}
		if !ok {
			return false
		}
	}
	return true
}

func textOf(v types.AttributeValue) string {
	if s, ok := v.(*types.AttributeValueMemberS); ok {
		return s.Value
	}
	return ""
}

// openCase is the n-th of many: one in a thousand is critical, one in two is of
// team north. It is as large as a complaint in the middle of its life.
func openCase(n int) *casefile.Case {
	march, _ := period.Parse("2026-03")
	noon := time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)
	id := feedback.DeriveEventID("many", fmt.Sprint(n))
	key := feedback.NewResponseKey(march, feedback.ResponseIDOf(id))
	at := noon.Add(time.Duration(n) * time.Second)
	c := &casefile.Case{
		Number: casefile.NumberOf(casefile.Complaint, string(key), march, 0), Family: casefile.Complaint, Subject: string(key),
		Rule: "COMPLAINT_RECEIVED", Status: casefile.InInvestigation, Touchpoint: "checkout-cologne", Channel: feedback.EmailLink,
		ResponseKey: key, EventID: id, Category: "billing/wrong_amount", OpenedAt: noon, DueAt: at, NextAt: at, Version: 4,
		Handling: casefile.Handling{
			Team: []string{"north", "south"}[n%2], Owner: "anna", Severity: casefile.Medium, Urgency: casefile.Normal, AcknowledgedAt: noon,
			Clock: &casefile.Clock{Policy: "DEFAULT", Print: "0123456789abcdef", Runs: []casefile.Run{{From: noon}}, Deadlines: []casefile.Deadline{
				{Name: "first_response", AtRiskAt: noon, DueAt: at}, {Name: "resolution", AtRiskAt: noon, DueAt: at},
			}},
			Escalations: []casefile.Escalation{{Rule: "SLA_AT_RISK", Clock: "first_response", RaisedAt: noon}},
		},
	}
	if n%1000 == 999 {
		c.Handling.Severity = casefile.Critical
	}
	return c
}

const openCases = 10_000

func TestAPageOfTheWorkListTakesTwoQueriesWhateverIsAskedFor(t *testing.T) {
	api := &partitioned{t: t}
	bytes := 0
	for n := range openCases {
		it, err := marshalState(openCase(n))
		if err != nil {
			t.Fatal(err)
		}
		api.lines, api.sizes = append(api.lines, it), append(api.sizes, size(t, it))
		bytes += size(t, it)
	}
	s := New(api, "table")
	for name, c := range map[string]struct {
		q     CaseQuery
		cases int // in all
		calls int // for the first page, at most
		read  int // lines for the first page, at most
		pages int // at most
	}{
		"all":         {CaseQuery{Limit: 100}, openCases, 1, 101, 100},
		"half":        {CaseQuery{Team: "north", Limit: 100}, openCases / 2, 1, 404, 50},
		"the first":   {CaseQuery{DueBefore: openCase(50).DueAt, Limit: 50}, 50, 1, 204, 20},
		"few of many": {CaseQuery{Severity: casefile.Critical, Limit: 100}, openCases / 1000, 2, 1300, 10},
		"none":        {CaseQuery{Owner: "nobody", Statuses: []casefile.Status{casefile.Draft}, Limit: 100}, 0, 2, 1300, 10},
	} {
		seen := make(map[casefile.Number]bool)
		pages := 0
		for q := c.q; ; {
			pages++
			api.queries, api.read = 0, 0
			page, err := s.Cases(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			if api.queries > pageQueries || pages == 1 && (api.queries > c.calls || api.read > c.read) {
				t.Errorf("%s: page %d took %d queries, which read %d lines", name, pages, api.queries, api.read)
			}
			for i := range page.Cases {
				seen[page.Cases[i].Number] = true
			}
			if q.Cursor = page.Cursor; q.Cursor == "" || pages > openCases {
				break
			}
		}
		if len(seen) != c.cases || pages > c.pages {
			t.Errorf("%s: %d cases in %d pages, want %d in at most %d", name, len(seen), pages, c.cases, c.pages)
		}
		t.Logf("%s: %d cases of %d (%d KB) in %d pages", name, len(seen), openCases, bytes>>10, pages)
	}
}

func TestTheIndexIsAskedForNoMoreThanALineOfItNeeds(t *testing.T) {
	c := &watcher{}
	s := New(c, "table")
	if err := s.Due(t.Context(), time.Now(), func(Due) error { return nil }); err != nil {
		t.Fatal(err)
	}
	if err := s.OpenCases(t.Context(), func(casefile.Due) error { return nil }); err != nil {
		t.Fatal(err)
	}
	want := []string{"0", "1", "2", "3", "cases", "cases", "0", "1", "2", "3"}
	if diff := cmp.Diff(want, c.shards); diff != "" {
		t.Error(diff)
	}
	for id := range 100 {
		if shard := dueShard(fmt.Sprint("kiosk-", id)); !slices.Contains(clockShards[:dueShards], shard) {
			t.Errorf("nobody reads %s", shard)
		}
	}
}

// watcher notes which partitions of the due index are read, and that the states
// of cases are not.
type watcher struct {
	counter
	shards []string
}

func (w *watcher) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	w.shards = append(w.shards, textOf(in.ExpressionAttributeValues[":shard"]))
	if p := aws.ToString(in.ProjectionExpression); !strings.Contains(p, "step") || strings.Contains(p, attrCase) {
		return nil, fmt.Errorf("asks for %q", p)
	}
	return &dynamodb.QueryOutput{}, nil
}

// What a list is filtered by must not be read out of the state, and what is
// personal is in no index but by the customer's key.
func TestTheStateOfACaseSaysWhatItIsListedBy(t *testing.T) {
	c := openCase(999)
	c.CustomerKey = "customer-1"
	it, err := marshalState(c)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[string]string)
	for name, v := range it {
		if name != attrCase && name != attrVersion && name != attrStep {
			got[name] = textOf(v)
		}
	}
	want := map[string]string{
		"PK": "CASE#" + string(c.Number), "SK": "STATE", "status": "in_investigation", "family": "complaint", "touchpoint": "checkout-cologne",
		"team": "south", "owner": "anna", "category": "billing/wrong_amount", "severity": "critical",
		"deadline": "2026-03-15T12:16:39.000Z", "due_shard": "cases", "due_at": "2026-03-15T12:16:39.000Z", "customer_key": "customer-1",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if b, _ := json.Marshal(textOf(it[attrCase])); strings.Contains(string(b), "customer-1") {
		t.Error("the key of the customer is in the state, where it cannot be erased")
	}
}

// lagging is a customer index that still shows a case of somebody else's by now,
// and a table that answers for one key at a time.
type lagging struct {
	DynamoAPI
	states []item
	gets   int
}

func (l *lagging) Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	out := &dynamodb.QueryOutput{}
	for _, it := range l.states {
		out.Items = append(out.Items, key(textOf(it[AttrPK]), textOf(it[AttrSK])))
	}
	return out, nil
}

func (l *lagging) BatchGetItem(_ context.Context, in *dynamodb.BatchGetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.BatchGetItemOutput, error) {
	l.gets++
	asked := in.RequestItems["table"]
	if !aws.ToBool(asked.ConsistentRead) {
		return nil, fmt.Errorf("what the index shows may be old: read the cases consistently")
	}
	out := &dynamodb.BatchGetItemOutput{Responses: make(map[string][]item)}
	for _, it := range l.states {
		if textOf(it[AttrPK]) == textOf(asked.Keys[0][AttrPK]) {
			out.Responses["table"] = append(out.Responses["table"], it)
		}
	}
	if rest := asked.Keys[1:]; len(rest) > 0 {
		out.UnprocessedKeys = map[string]types.KeysAndAttributes{"table": {Keys: rest, ConsistentRead: asked.ConsistentRead}}
	}
	return out, nil
}

func TestACustomersCasesAreThoseOfTheTableNotOfTheIndex(t *testing.T) {
	api := &lagging{}
	for n, customer := range []string{"customer-1", "", "customer-1"} {
		c := openCase(n)
		c.CustomerKey = customer
		it, err := marshalState(c)
		if err != nil {
			t.Fatal(err)
		}
		api.states = append(api.states, it)
	}
	got, err := New(api, "table").CustomerCases(t.Context(), "customer-1", 10)
	if err != nil || len(got) != 2 || api.gets != 3 {
		t.Errorf("%d cases, %v after %d calls", len(got), err, api.gets)
	}
	api.states = append(api.states, api.states...)
	if _, err := New(api, "table").CustomerCases(t.Context(), "customer-1", 10); err == nil {
		t.Error("cases that were left out are missing without a word")
	}
}

func TestASettledWebhookIsForgottenAndOneThatWaitsIsNot(t *testing.T) {
	at := time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)
	api := &counter{}
	h := Hook{Endpoint: "crm", Status: HookWaiting, Attempt: 2, NextAt: at.Add(time.Minute), Now: at}
	h.Alert.ID = "2603-AAAA-BBBB#1"
	if err := New(api, "table").PutHook(t.Context(), h); err != nil || api.last.Item[AttrTTL] != nil || textOf(api.last.Item[AttrDueAt]) != "2026-03-15T12:01:00.000Z" {
		t.Errorf("waiting: %v, %v", api.last.Item, err)
	}
	h.Status, h.NextAt = HookFailed, time.Time{}
	if err := New(api, "table").PutHook(t.Context(), h); err != nil || api.last.Item[AttrDueAt] != nil || api.last.Item[AttrDueShard] != nil {
		t.Errorf("settled: %v, %v", api.last.Item, err)
	}
	if ttl, ok := api.last.Item[AttrTTL].(*types.AttributeValueMemberN); !ok || ttl.Value != fmt.Sprint(at.AddDate(0, 0, 30).Unix()) {
		t.Errorf("forgotten at %v", api.last.Item[AttrTTL])
	}
}
