package store

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// image is an item as a stream record shows it.
func image(t *testing.T, it item) Image {
	t.Helper()
	out := make(Image, len(it))
	for name, v := range it {
		switch v := v.(type) {
		case *types.AttributeValueMemberS:
			out[name] = lambdaevents.NewStringAttribute(v.Value)
		case *types.AttributeValueMemberN:
			out[name] = lambdaevents.NewNumberAttribute(v.Value)
		case *types.AttributeValueMemberB:
			out[name] = lambdaevents.NewBinaryAttribute(v.Value)
		default:
			t.Fatalf("attribute %s of an unexpected type %T", name, v)
		}
	}
	return out
}

func TestALedgerEntryGoesToEscalationAndReporting(t *testing.T) {
	e := rated(t, false)
	e.Personal = []byte(`{"comment":"private words"}`)
	e.CustomerKey = "customer-1"
	m, to, ok, err := FromStream(image(t, marshalEntry(e)))
	if err != nil || !ok || to != ToEscalation|ToReporting || !to.Has(ToReporting) || to.Has(ToNotify) {
		t.Fatalf("got %v, %v, %v", to, ok, err)
	}
	want := events.Message{Version: 1, Type: events.TypeStored, Stored: &events.Stored{Kind: feedback.KindRating, Event: e.Event}}
	if diff := cmp.Diff(want, m); diff != "" {
		t.Error(diff)
	}
	if b, _ := json.Marshal(m); strings.Contains(string(b), "private") || strings.Contains(string(b), "customer-1") {
		t.Errorf("personal data in %s", b)
	}
}

func TestOnlyATimelineEntryWithAnAlertIsTold(t *testing.T) {
	at := time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)
	alert := &events.Alert{ID: "2603-AAAA-BBBB#1", Reason: events.CaseOpened, At: at, Case: "2603-AAAA-BBBB"}
	for name, a := range map[string]*events.Alert{"with": alert, "without": nil} {
		b, err := json.Marshal(casefile.Entry{Case: "2603-AAAA-BBBB", Seq: 1, At: at, Alert: a})
		if err != nil {
			t.Fatal(err)
		}
		it := key("CASE#2603-AAAA-BBBB", "T#0001")
		it[attrEntry] = text(string(b))
		m, to, ok, err := FromStream(image(t, it))
		if err != nil || ok != (a != nil) || ok && to != ToNotify {
			t.Errorf("%s: got %v, %v, %v", name, to, ok, err)
		}
		if diff := cmp.Diff(a, m.Alert); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAReportVersionIsTold(t *testing.T) {
	march, _ := period.Parse("2026-03")
	at := time.Date(2026, time.April, 1, 6, 0, 0, 0, time.UTC)
	v := ReportVersion{Period: march, Version: 2, Status: Final, CreatedAt: at}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	it := key("REPORT#2026-03", "0002")
	it[attrReport] = text(string(b))
	m, to, ok, err := FromStream(image(t, it))
	if err != nil || !ok || to != ToNotify {
		t.Fatalf("got %v, %v, %v", to, ok, err)
	}
	want := &events.Alert{ID: "report#2026-03#0002", Reason: events.ReportReady, At: at, Period: "2026-03", Report: "0002"}
	if diff := cmp.Diff(want, m.Alert); diff != "" {
		t.Error(diff)
	}
}

func TestStatesAndMarkersAreNotTold(t *testing.T) {
	for _, it := range []item{key("CASE#2603-AAAA-BBBB", "STATE"), key("ONCE#x#mail", "-")} {
		if _, _, ok, err := FromStream(image(t, it)); ok || err != nil {
			t.Errorf("got %v, %v", ok, err)
		}
	}
}

func TestAForeignItemIsPoison(t *testing.T) {
	good := marshalEntry(rated(t, false))
	change := func(name string, v types.AttributeValue) item {
		it := make(item, len(good))
		for k, old := range good {
			it[k] = old
		}
		it[name] = v
		return it
	}
	broken := key("CASE#2603-AAAA-BBBB", "T#0001")
	broken[attrEntry] = text("{")
	for name, it := range map[string]item{
		"unknown kind":         change(attrKind, text("poem")),
		"event is no JSON":     change(attrEvent, text("{")),
		"event is a number":    change(attrEvent, number(4)),
		"nothing known":        key("X", "Y"),
		"broken timeline":      broken,
		"report without body":  key("REPORT#2026-03", "0001"),
		"timeline without one": key("CASE#2603-AAAA-BBBB", "T#0002"),
	} {
		if _, _, ok, err := FromStream(image(t, it)); ok || err == nil {
			t.Errorf("%s: got %v, %v", name, ok, err)
		}
	}
	if _, _, ok, err := FromStream(nil); ok || !errors.Is(err, ErrInvalid) {
		t.Errorf("no image: got %v, %v", ok, err)
	}
}
