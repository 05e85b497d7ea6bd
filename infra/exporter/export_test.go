package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/infra/configure"
	"resonanz/infra/tablefile"
	"resonanz/shared/bucket"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/store"
)

var noon = time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC)

// table keeps what is put and shows all of it: two items a page.
type table struct {
	store.DynamoAPI // what is not used here
	items           []map[string]types.AttributeValue
	fail            error
}

func (f *table) PutItem(_ context.Context, in *dynamodb.PutItemInput, _ ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	f.items = append(f.items, in.Item)
	return &dynamodb.PutItemOutput{}, nil
}

func (f *table) TransactWriteItems(_ context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	for _, w := range in.TransactItems {
		f.items = append(f.items, w.Put.Item)
	}
	return &dynamodb.TransactWriteItemsOutput{}, nil
}

func (f *table) Scan(_ context.Context, in *dynamodb.ScanInput, _ ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
	at := int(*in.Segment)
	if len(in.ExclusiveStartKey) > 0 {
		at = len(in.ExclusiveStartKey["at"].(*types.AttributeValueMemberS).Value)
	}
	if f.fail != nil && at > 0 {
		return nil, f.fail
	}
	out := &dynamodb.ScanOutput{}
	if at < len(f.items) {
		out.Items = f.items[at : at+1]
		out.LastEvaluatedKey = map[string]types.AttributeValue{"at": &types.AttributeValueMemberS{Value: strings.Repeat("x", at+int(*in.TotalSegments))}}
	}
	return out, nil
}

// rig is a stack in memory.
type rig struct {
	t     testing.TB
	table *table
	facts *bucket.Memory
	place place
	to    string
}

func newRig(t testing.TB) *rig {
	t.Helper()
	cfg, err := configure.Load(filepath.Join("..", "feedback.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, table: &table{}, facts: bucket.NewMemory(), to: filepath.Join(t.TempDir(), "out")}
	r.place = place{name: "Resonanz-test", cfg: cfg, table: "t", items: r.table, buckets: []folder{{"", r.facts}, {"attachments", bucket.NewMemory()}}}
	return r
}

// accept stores an event that a system sends.
func (r *rig) accept(event string) {
	r.t.Helper()
	s, err := intake.ParseEvent(r.place.cfg, intake.Source{}, intake.Mixed, []byte(event), noon)
	if err != nil {
		r.t.Fatal(err)
	}
	if _, err := intake.Accept(context.Background(), &ledger{store.New(r.table, "t")}, s); err != nil {
		r.t.Fatal(err)
	}
}

// ledger finds nothing that came before.
type ledger struct{ *store.Table }

func (*ledger) GetAny(context.Context, []feedback.ResponseKey, feedback.EventID) (*store.Entry, error) {
	return nil, store.ErrNotFound
}

func (*ledger) Get(context.Context, feedback.ResponseKey, feedback.EventID) (*store.Entry, error) {
	return nil, store.ErrNotFound
}

func (r *rig) export() error {
	return export(context.Background(), r.place, r.to, noon, new(bytes.Buffer))
}

// rows are those of a CSV, by column.
func (r *rig) rows(name string) (all []map[string]string) {
	r.t.Helper()
	f, err := os.Open(filepath.Join(r.to, name))
	if err != nil {
		r.t.Fatal(err)
	}
	defer f.Close()
	records, err := csv.NewReader(f).ReadAll()
	if err != nil || len(records) == 0 {
		r.t.Fatalf("%s: %v", name, err)
	}
	for _, record := range records[1:] {
		row := map[string]string{}
		for i, c := range records[0] {
			if record[i] != "" {
				row[c] = record[i]
			}
		}
		all = append(all, row)
	}
	return all
}

func TestEachItemComesBackWhereItBelongs(t *testing.T) {
	r := newRig(t)
	r.accept(`{"event_id":"018e4f6a-3c1b-7e2d-9f00-000000000001","touchpoint":"hotline","channel":"web_form","scale":"stars_1_5","rating":2,"submitted_at":"2026-03-10T10:00:00+01:00","comment":"=HYPERLINK(1)","nps":0,"fcr":"no","callback_requested":true,"callback_contact":"+49 221 0000","customer_key":"K-1"}`)
	r.accept(`{"kind":"card","event_id":"018e4f6a-3c1b-7e2d-9f00-000000000002","touchpoint":"checkout-cologne","channel":"response_card","card":"visit","scale":"stars_1_5","rating":5,"submitted_at":"2026-03-10T10:00:00+01:00","answers":{"friendliness":4,"found":"yes","remark":"Gut","suggestion":"Mehr Kassen"},"card_number":"A-17","keyed_by":"desk-7"}`)
	r.accept(`{"kind":"complaint","event_id":"018e4f6a-3c1b-7e2d-9f00-000000000003","touchpoint":"hotline","channel":"letter","category":"other","comment":"Zu spät","email":"kundin@example.com","submitted_at":"2026-03-10T10:00:00+01:00"}`)
	r.accept(`{"event_id":"018e4f6a-3c1b-7e2d-9f00-000000000004","touchpoint":"hotline","channel":"web_form","scale":"stars_1_5","rating":3,"submitted_at":"2027-01-01T00:00:00Z"}`) // its clock runs ahead
	at := store.New(r.table, "t")
	c := casefile.Case{Number: "2603-27SC-AWKV", Family: casefile.Complaint, Status: casefile.Received, CustomerKey: "K-1", OpenedAt: noon}
	line := casefile.Entry{Case: c.Number, Seq: 1, At: noon, Action: casefile.Noting, Words: &casefile.Words{Salt: "s", Text: "Angerufen"}}
	if err := at.CreateCase(t.Context(), &c, &line); err != nil {
		t.Fatal(err)
	}
	if err := at.PutAction(t.Context(), casefile.CorrectiveAction{ID: "more-desks", Category: "other", Title: "-5 minutes", StartsAt: noon}); err != nil {
		t.Fatal(err)
	}
	if err := r.facts.Put(t.Context(), "facts/month=2026-03/rating/a.parquet", "", []byte("PAR1")); err != nil {
		t.Fatal(err)
	}
	r.table.items = append(r.table.items, map[string]types.AttributeValue{
		store.AttrPK: &types.AttributeValueMemberS{Value: "ONCE#mail"}, store.AttrSK: &types.AttributeValueMemberS{Value: "-"},
	})
	if err := r.export(); err != nil {
		t.Fatal(err)
	}
	ratings := map[string]map[string]string{}
	for _, row := range r.rows("ratings.csv") {
		ratings[row["event_id"][35:]] = row
	}
	for id, want := range map[string]map[string]string{
		"1": {"comment": "'=HYPERLINK(1)", "nps": "0", "fcr": "no", "callback_requested": "true", "callback_contact": "'+49 221 0000", "customer_key": "K-1", "submitted_at": "2026-03-10T09:00:00.000Z"},
		"4": {"submitted_at": "2026-03-10T12:00:00.000Z"},
	} {
		for column, value := range want {
			if got := ratings[id][column]; got != value {
				t.Errorf("rating %s: %s is %q, want %q", id, column, got, value)
			}
		}
	}
	card := r.rows("ratings.csv")
	for _, row := range card {
		if row["kind"] == "card" && row["answers"] != `{"found":"yes","friendliness":4,"remark":"Gut","suggestion":"Mehr Kassen"}` {
			t.Errorf("answers %s", row["answers"])
		}
	}
	if got := r.rows("complaints.csv"); len(got) != 1 || got[0]["email"] != "kundin@example.com" || got[0]["kind"] != "complaint" {
		t.Errorf("complaints %v", got)
	}
	if got := r.rows("cases.csv"); len(got) != 1 || got[0]["number"] != string(c.Number) || got[0]["customer_key"] != "K-1" {
		t.Errorf("cases %v", got)
	}
	if got := r.rows("timelines.csv"); len(got) != 1 || got[0]["words"] != "Angerufen" || got[0]["seq"] != "1" {
		t.Errorf("timelines %v", got)
	}
	if got := r.rows("actions.csv"); len(got) != 1 || got[0]["title"] != "'-5 minutes" {
		t.Errorf("actions %v", got)
	}
	var m manifest
	b, err := os.ReadFile(filepath.Join(r.to, "manifest.json"))
	if err != nil || json.Unmarshal(b, &m) != nil {
		t.Fatal(err)
	}
	want := map[string]int{
		"events: rating": 2, "events: card": 1, "events: complaint": 1, "cases": 1, "entries of timelines": 1, "corrective actions": 1, "files of facts": 1,
	}
	if diff := cmp.Diff(want, m.Counts); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]int{"marks of what happens once": 1}, m.LeftOut); diff != "" {
		t.Error(diff)
	}
}

func TestWhatCannotBeReadLeavesNoManifest(t *testing.T) {
	broken := errors.New("throttled for good")
	for name, spoil := range map[string]func(*rig){
		"the table": func(r *rig) { r.table.fail = broken },
		"a name that leads out of the folder": func(r *rig) {
			if err := r.facts.Put(context.Background(), "facts/../../../out.parquet", "", nil); err != nil {
				r.t.Fatal(err)
			}
		},
	} {
		r := newRig(t)
		spoil(r)
		if err := r.export(); err == nil {
			t.Errorf("%s: exported", name)
		}
		if _, err := os.Stat(filepath.Join(r.to, "manifest.json")); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: there is a manifest", name)
		}
		if err := r.export(); !errors.Is(err, errUsage) {
			t.Errorf("%s: into what a broken export left: %v", name, err)
		}
	}
}

// An item that nobody of ours wrote holds nothing up, and is not lost.
func TestAnItemOfNobodyIsKeptAsItIs(t *testing.T) {
	r := newRig(t)
	r.table.items = append(r.table.items, map[string]types.AttributeValue{
		store.AttrPK: &types.AttributeValueMemberS{Value: "2026-03#00"}, store.AttrSK: &types.AttributeValueMemberS{Value: "what"},
	})
	if err := r.export(); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(r.to, "unreadable.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var u store.Unread
	if err := json.Unmarshal(b, &u); err != nil || u.Why == "" || u.Attributes[store.AttrSK] != "what" {
		t.Errorf("%v: %s", err, b)
	}
	m, err := os.ReadFile(filepath.Join(r.to, "manifest.json"))
	if err != nil || !strings.Contains(string(m), `"`+unreadable+`": 1`) {
		t.Errorf("%v: the manifest does not count it: %s", err, m)
	}
}

// A cell never begins like a formula, and one apostrophe less is what it was.
func TestCellsAreHarmlessAndCanBeTakenBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(rapid.RuneFrom([]rune("'=+-@\tａ＝x1 ")), 0, 6, -1).Draw(t, "cell")
		got := harmless(s)
		if got != s && got != "'"+s || got != "" && strings.ContainsRune("=+-@\t＝", []rune(got)[0]) {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

// From table.jsonl.gz alone the table can be made again, the states of the machinery
// and what nobody can read included.
func TestEveryItemIsKeptAsItIs(t *testing.T) {
	r := newRig(t)
	r.accept(`{"event_id":"018e4f6a-3c1b-7e2d-9f00-000000000001","touchpoint":"hotline","channel":"web_form","scale":"stars_1_5","rating":2,"submitted_at":"2026-03-10T10:00:00+01:00","comment":"Zu spät","customer_key":"K-1"}`)
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	r.table.items = append(r.table.items,
		map[string]types.AttributeValue{store.AttrPK: text("ONCE#mail"), store.AttrSK: text("-"), store.AttrTTL: &types.AttributeValueMemberN{Value: "1780000000"}},
		map[string]types.AttributeValue{store.AttrPK: text("2026-03#00"), store.AttrSK: text("what"), "more": &types.AttributeValueMemberBOOL{Value: true}},
	)
	if err := r.export(); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(filepath.Join(r.to, tablefile.Name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lines := func(items []map[string]types.AttributeValue) (all []string) {
		for _, it := range items {
			b, err := tablefile.Marshal(it)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(b))
		}
		slices.Sort(all)
		return all
	}
	var got []map[string]types.AttributeValue
	if _, err := tablefile.Read(t.Context(), f, func(it tablefile.Item) error { got = append(got, it); return nil }); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lines(r.table.items), lines(got)); diff != "" {
		t.Error(diff)
	}
	m, err := os.ReadFile(filepath.Join(r.to, "manifest.json"))
	if err != nil || !strings.Contains(string(m), `"name": "table.jsonl.gz"`) {
		t.Errorf("%v: not in the manifest: %s", err, m)
	}
}
