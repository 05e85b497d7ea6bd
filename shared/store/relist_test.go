package store

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
)

// shelf is a table with states of cases, and the index over them.
type shelf struct {
	DynamoAPI
	items map[string]item // by PK
	puts  int
	meet  func() // before a put
}

func (s *shelf) GetItem(_ context.Context, in *dynamodb.GetItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.GetItemOutput, error) {
	return &dynamodb.GetItemOutput{Item: s.items[textOf(in.Key[AttrPK])]}, nil
}

func (s *shelf) PutItem(_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	if s.meet != nil {
		s.meet()
	}
	pk := textOf(in.Item[AttrPK])
	if *in.ConditionExpression != "#v = :v" || !cmp.Equal(s.items[pk][attrVersion], in.ExpressionAttributeValues[":v"], cmp.AllowUnexported(types.AttributeValueMemberN{})) {
		return nil, &types.ConditionalCheckFailedException{}
	}
	s.puts++
	s.items[pk] = in.Item
	return &dynamodb.PutItemOutput{}, nil
}

func (s *shelf) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	out := &dynamodb.QueryOutput{}
	for _, it := range s.items {
		if textOf(it[AttrDueShard]) == textOf(in.ExpressionAttributeValues[":shard"]) {
			out.Items = append(out.Items, it)
		}
	}
	return out, nil
}

// before is a case as it was stored before cases had a list of their own.
func before(t *testing.T, n casefile.Number, status casefile.Status, next time.Time) item {
	t.Helper()
	it, err := marshalState(&casefile.Case{
		Number: n, Family: casefile.Callback, Status: status, Touchpoint: "hotline", OpenedAt: next, DueAt: next, NextAt: next, Version: 3, Step: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{attrStatus, attrFamily, attrTouchpoint, attrDeadline} {
		delete(it, name)
	}
	it[AttrDueShard] = text(dueShard(string(n)))
	return it
}

func TestACaseOfBeforeComesOntoTheWorkList(t *testing.T) {
	const n = casefile.Number("2603-7K2M-Q4XA")
	s := &shelf{items: map[string]item{
		pkCase + string(n):   before(t, n, casefile.Open, casefile.NoAction), // all of its chain were told: the clock never comes
		pkDevice + "kiosk-1": {AttrPK: text(pkDevice + "kiosk-1"), AttrSK: text(skBeat), AttrDueShard: text("0"), AttrDueAt: text(formatTime(time.Now())), attrTouchpoint: text("x"), attrLastAt: text(formatTime(time.Now()))},
	}}
	table := New(s, "table")
	var told []casefile.Number
	if err := table.OpenCases(t.Context(), func(d casefile.Due) error { told = append(told, d.Case); return nil }); err != nil || !slices.Equal(told, []casefile.Number{n}) {
		t.Fatalf("told of %v, %v: a changed configuration never reaches it", told, err)
	}
	was, err := table.GetCase(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := table.Relist(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	page, err := table.Cases(t.Context(), CaseQuery{})
	if err != nil || len(page.Cases) != 1 || s.puts != 1 {
		t.Fatalf("listed %+v after %d writes, %v", page.Cases, s.puts, err)
	}
	if diff := cmp.Diff(*was, page.Cases[0]); diff != "" {
		t.Errorf("the case changed:\n%s", diff)
	}
	if it := s.items[pkCase+string(n)]; textOf(it[attrFamily]) != "callback" || textOf(it[attrTouchpoint]) != "hotline" {
		t.Errorf("no filter finds it: %v", it)
	}
}

func TestOnlyWhatIsOpenAndElsewhereIsListedAnew(t *testing.T) {
	const n = casefile.Number("2603-7K2M-Q4XA")
	s := &shelf{items: map[string]item{pkCase + string(n): before(t, n, casefile.Open, casefile.NoAction)}}
	s.meet = func() { s.items[pkCase+string(n)][attrVersion] = number(4) } // somebody changes it
	table := New(s, "table")
	if err := table.Relist(t.Context(), n); err != nil || s.puts != 0 {
		t.Errorf("%d writes, %v", s.puts, err)
	}
	s = &shelf{items: map[string]item{pkCase + string(n): before(t, n, casefile.Closed, casefile.NoAction)}}
	delete(s.items[pkCase+string(n)], AttrDueShard)
	table = New(s, "table")
	if err := table.Relist(t.Context(), n); err != nil || s.puts != 0 {
		t.Errorf("one that has ended: %d writes, %v", s.puts, err)
	}
	if err := table.Relist(t.Context(), "2603-7K2M-Q4XB"); !errors.Is(err, ErrNotFound) {
		t.Errorf("none: %v", err)
	}
}

func TestATimelineIsInItsOrderBeyondFourDigits(t *testing.T) {
	s := &shelf{items: map[string]item{}}
	for _, seq := range []int{9999, 10000, 1000, 1001} { // as their keys are in order of text, or not
		it, err := marshalLine(new(casefile.Case), &casefile.Entry{Case: "2603-7K2M-Q4XA", Seq: seq})
		if err != nil {
			t.Fatal(err)
		}
		s.items[textOf(it[AttrSK])] = it
	}
	var got []int
	all, err := New(lined{s}, "table").Timeline(t.Context(), "2603-7K2M-Q4XA")
	for i := range all {
		got = append(got, all[i].Seq)
	}
	if diff := cmp.Diff([]int{1000, 1001, 9999, 10000}, got); diff != "" || err != nil {
		t.Errorf("%v\n%s", err, diff)
	}
}

// lined answers a query of a timeline in the order of its sort keys.
type lined struct{ *shelf }

func (l lined) Query(context.Context, *dynamodb.QueryInput, ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	out := &dynamodb.QueryOutput{}
	for _, sk := range slices.Sorted(maps.Keys(l.items)) {
		out.Items = append(out.Items, l.items[sk])
	}
	return out, nil
}
