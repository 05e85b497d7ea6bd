package recording

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/infra/fault"
	"resonanz/shared/store"
)

func meter() *Meter { return NewMeter(func(function string) bool { return function == "clock" }) }

// put is a call that writes an item of about so many bytes.
func put(by string, bytes int, more string) fault.Call {
	filled := strings.Repeat("x", max(0, bytes-2*2-2-1))
	body := fmt.Sprintf(`{"Item":{%q:{"S":"a"},%q:{"S":"b"},"v":{"S":%q}%s}}`, store.AttrPK, store.AttrSK, filled, more)
	return fault.Call{By: by, Service: "dynamodb", Action: "PutItem", Body: body}
}

func due(at string) string {
	return fmt.Sprintf(`,%q:{"S":"0"},%q:{"S":%q}`, store.AttrDueShard, store.AttrDueAt, at)
}

func TestAWriteIsCountedByItsSizeAndByWhatMovesInTheIndexes(t *testing.T) {
	for _, c := range []struct {
		name         string
		calls        []fault.Call
		write, index float64
		inserts      int
	}{
		{"a small item", []fault.Call{put("rating", 400, "")}, 1, 0, 1},
		{"one beyond a KB", []fault.Call{put("rating", 1030, "")}, 2, 0, 1},
		{"one that shrinks costs what was there", []fault.Call{put("rating", 1030, ""), put("rating", 10, "")}, 4, 0, 1},
		{"a deadline", []fault.Call{put("cases", 100, due("1"))}, 1, 1, 1},
		{"a deadline that stays", []fault.Call{put("cases", 100, due("1")), put("cases", 110, due("1"))}, 2, 2, 1},
		{"a deadline that moves", []fault.Call{put("cases", 100, due("1")), put("cases", 100, due("2"))}, 2, 3, 1},
		{"a deadline that goes", []fault.Call{put("cases", 100, due("1")), put("cases", 100, "")}, 2, 2, 1},
		{"a customer", []fault.Call{put("cases", 100, `,"`+store.AttrCustomerKey+`":{"S":"k"}`)}, 1, 1, 1},
		{"what the clock writes is there and not counted", []fault.Call{put("clock", 1030, ""), put("rating", 10, "")}, 2, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := meter()
			for _, one := range c.calls {
				m.Note(one, http.StatusOK, []byte(`{}`))
			}
			var got Call
			for _, w := range m.Take() {
				got = w.Calls["dynamodb.PutItem"]
			}
			if got.WriteUnits != c.write || got.IndexUnits != c.index || got.Inserts != c.inserts {
				t.Errorf("%v and %v units, %d new; want %v and %v, %d", got.WriteUnits, got.IndexUnits, got.Inserts, c.write, c.index, c.inserts)
			}
		})
	}
}

func TestATransactionWritesTwiceAndARefusedOneStoresNothing(t *testing.T) {
	item := strings.TrimPrefix(put("", 400, "").Body, `{"Item":`)
	call := fault.Call{By: "cases", Service: "dynamodb", Action: "TransactWriteItems", Body: `{"TransactItems":[{"Put":{"Item":` + item + `},{"ConditionCheck":{"Key":{}}}]}`}
	m := meter()
	m.Note(call, http.StatusBadRequest, nil)
	m.Note(call, http.StatusOK, nil)
	got := m.Take()["cases"].Calls["dynamodb.TransactWriteItems"]
	if got.Count != 2 || got.WriteUnits != 8 || got.Inserts != 1 {
		t.Errorf("%+v; want 8 units: two for each of two items, twice", got)
	}
}

func TestAReadIsCountedByWhatItReads(t *testing.T) {
	items := `{"Items":[{"v":{"S":"` + strings.Repeat("x", 3000) + `"}},{"v":{"S":"` + strings.Repeat("x", 3000) + `"}}]}`
	for _, c := range []struct {
		action, body, answer string
		units                float64
	}{
		{"GetItem", `{}`, `{}`, 0.5},
		{"GetItem", `{"ConsistentRead":true}`, `{"Item":{"v":{"N":"12"}}}`, 1},
		{"Query", `{}`, items, 1},
		{"Query", `{"ConsistentRead":true}`, items, 2},
		{"BatchGetItem", `{"RequestItems":{"t":{"ConsistentRead":true}}}`, `{"Responses":{"t":[{"v":{"BOOL":true}},{"v":{"NULL":true}}]}}`, 2},
	} {
		m := meter()
		m.Note(fault.Call{By: "rating", Service: "dynamodb", Action: c.action, Body: c.body}, http.StatusOK, []byte(c.answer))
		if got := m.Take()["rating"].Calls["dynamodb."+c.action].ReadUnits; got != c.units {
			t.Errorf("%s %s: %v units, want %v", c.action, c.body, got, c.units)
		}
	}
}

func TestMessagesAreCountedNotTheirCalls(t *testing.T) {
	m := meter()
	for _, body := range []string{
		`{"QueueUrl":"http://x/1/Reporting","Entries":[{"MessageBody":"ab"},{"MessageBody":"cd"}]}`,
		`{"QueueUrl":"http://x/1/Reporting","MessageBody":"e"}`,
	} {
		m.Note(fault.Call{By: "fanout", Service: "sqs", Action: "SendMessageBatch", Body: body}, http.StatusOK, nil)
	}
	want := map[string]Message{"Reporting": {Count: 3, Bytes: 5}}
	if diff := cmp.Diff(want, m.Take()["fanout"].Sent); diff != "" {
		t.Error(diff)
	}
}

func TestDriftNamesWhatChanged(t *testing.T) {
	of := func(puts, bytes int) *Journey {
		return &Journey{Times: 1, Work: map[string]*Work{"rating": {Calls: map[string]Call{"dynamodb.PutItem": {Count: puts, Bytes: bytes}}}}}
	}
	if got := Drift(of(1, 700), of(1, 735)); got != nil {
		t.Errorf("identifiers are not all of one length: %v", got)
	}
	want := []string{"rating dynamodb.PutItem bytes: 800, recorded 700", "rating dynamodb.PutItem calls: 2, recorded 1"}
	if diff := cmp.Diff(want, Drift(of(1, 700), of(2, 800))); diff != "" {
		t.Error(diff)
	}
}

func TestReadsBehindTheStreamDependOnWhatCameFirst(t *testing.T) {
	of := func(reads int, function string) *Journey {
		return &Journey{
			Times: 1, Requests: map[string]Request{"POST /v1/ratings": {Count: 1, Function: "rating"}},
			Work: map[string]*Work{function: {Calls: map[string]Call{"dynamodb.GetItem": {Count: reads, ReadUnits: float64(reads)}}}},
		}
	}
	if got := Drift(of(2, "escalation"), of(4, "escalation")); got != nil {
		t.Errorf("a case may be there already: %v", got)
	}
	if got := Drift(of(2, "escalation"), of(6, "escalation")); len(got) == 0 {
		t.Error("four reads more are nothing")
	}
	if got := Drift(of(2, "rating"), of(3, "rating")); len(got) == 0 {
		t.Error("a request that reads once more is nothing")
	}
}
