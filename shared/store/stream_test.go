package store

import (
	"bytes"
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
	e := rated(t, true)
	e.Personal = []byte(`{"comment":"private words"}`)
	e.CustomerKey = "customer-1"
	got, err := FromStream(image(t, marshalEntry(e)))
	if err != nil || len(got) != 1 || !got[0].To.Has(ToReporting) || got[0].To.Has(ToNotify) {
		t.Fatalf("got %v, %v", got, err)
	}
	want := Parcel{
		events.Message{Version: 1, Type: events.TypeStored, Stored: &events.Stored{Kind: feedback.KindRating, Event: e.Event}},
		ToEscalation | ToReporting,
	}
	if diff := cmp.Diff(want, got[0]); diff != "" {
		t.Error(diff)
	}
	if b, _ := json.Marshal(got); strings.Contains(string(b), "private") || strings.Contains(string(b), "customer-1") {
		t.Errorf("personal data in %s", b)
	}
}

func TestEachKindGoesToItsQueues(t *testing.T) {
	const both = ToEscalation | ToReporting
	for kind, want := range map[feedback.Kind]struct{ plain, withText Targets }{
		feedback.KindRating:     {ToReporting, both}, // of a kiosk: nothing was said before
		feedback.KindCard:       {ToReporting, both},
		feedback.KindComplaint:  {both, both},
		feedback.KindInvitation: {ToReporting, ToReporting},
		feedback.KindDelivery:   {ToReporting, ToReporting},
	} {
		for longest, to := range map[bool]Targets{false: want.plain, true: want.withText} {
			e := rated(t, longest)
			e.Kind = kind
			got, err := FromStream(image(t, marshalEntry(e)))
			if err != nil || len(got) != 1 || got[0].To != to || got[0].Message.Stored.Kind != kind {
				t.Errorf("%s, with text %t: got %+v, %v", kind, longest, got, err)
			}
		}
	}
}

func TestAVoteByLinkGoesToEscalation(t *testing.T) {
	e := rated(t, false)
	e.Event = bytes.Replace(e.Event, []byte(e.ResponseKey), []byte("2026-03-aaaaaaaaaaaaaaaa"), 1)
	got, err := FromStream(image(t, marshalEntry(e)))
	if err != nil || len(got) != 1 || !got[0].To.Has(ToEscalation) {
		t.Errorf("somebody may have spoken before in its response: %+v, %v", got, err)
	}
}

func TestAnInvitationThatWeSendAsksForItsMail(t *testing.T) {
	in := feedback.Invitation{EventID: "0190b0c0-0000-7000-8000-000000000001", ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", Mailed: true}
	event, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	e := &Entry{
		Kind: feedback.KindInvitation, ResponseKey: in.ResponseKey, EventID: in.EventID, Event: event,
		Personal: []byte(`{"email":"kundin@example.com"}`),
	}
	got, err := FromStream(image(t, marshalEntry(e)))
	want := []Parcel{
		{events.Message{Version: 1, Type: events.TypeStored, Stored: &events.Stored{Kind: e.Kind, Event: event}}, ToReporting},
		{events.Message{Version: 1, Type: events.TypeInvite, Invite: &events.Invite{ResponseKey: in.ResponseKey, EventID: in.EventID}}, ToMail},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if b, _ := json.Marshal(got); strings.Contains(string(b), "kundin") {
		t.Errorf("the address is in %s", b)
	}
	e.Event = []byte(`{"mailed":"yes"}`)
	if got, err := FromStream(image(t, marshalEntry(e))); err == nil {
		t.Errorf("a malformed invitation: got %v", got)
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
		got, err := FromStream(image(t, it))
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var want []Parcel
		if a != nil {
			want = []Parcel{{events.Message{Version: 1, Type: events.TypeAlert, Alert: a}, ToNotify}}
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

func TestAReportVersionIsTold(t *testing.T) {
	march, _ := period.Parse("2026-03")
	at := time.Date(2026, time.April, 1, 6, 0, 0, 0, time.UTC)
	v := ReportVersion{Period: march, Version: 2, Status: Final, CreatedAt: at, InputHash: "sha256:ab"}
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	it := key("REPORT#2026-03", "0002")
	it[attrReport] = text(string(b))
	got, err := FromStream(image(t, it))
	if err != nil || len(got) != 1 || got[0].To != ToNotify {
		t.Fatalf("got %v, %v", got, err)
	}
	want := &events.Alert{ID: "report#2026-03#0002", Reason: events.ReportReady, At: at, Period: "2026-03", Report: "0002", Status: "final", Hash: "sha256:ab"}
	if diff := cmp.Diff(want, got[0].Message.Alert); diff != "" {
		t.Error(diff)
	}
}

func TestStatesAndMarkersAreNotTold(t *testing.T) {
	for _, it := range []item{
		key("CASE#2603-AAAA-BBBB", "STATE"), key("ONCE#x#mail", "-"), key("REMIND#2026-03-aaaaaaaaaaaaaaaa", "-"),
		key("DEVICE#kiosk-1", "BEAT"), key("DEVICE#kiosk-1", "GAP#2026-03-10T12:00:00.000Z"), key("CONTACT#kaaaa", "-"),
		key("HOOK#crm", "2603-AAAA-BBBB#1"), key("WATCH#hotline", "2026-03-10"), key("ACTIONS", "a1"), key("CRISIS", "-"), key("APPLIED", "-"),
	} {
		if got, err := FromStream(image(t, it)); len(got) != 0 || err != nil {
			t.Errorf("got %v, %v", got, err)
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
		"rating is a text":     change(attrEvent, text(`{"rating":"four"}`)),
		"nothing known":        key("X", "Y"),
		"broken timeline":      broken,
		"report without body":  key("REPORT#2026-03", "0001"),
		"timeline without one": key("CASE#2603-AAAA-BBBB", "T#0002"),
	} {
		if got, err := FromStream(image(t, it)); len(got) != 0 || err == nil {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
	if got, err := FromStream(nil); len(got) != 0 || !errors.Is(err, ErrInvalid) {
		t.Errorf("no image: got %v, %v", got, err)
	}
}
