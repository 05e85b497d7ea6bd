package store

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/erasure"
	"resonanz/shared/feedback"
)

func TestWhatWasRestoredIsCountedAndNobodyIsTold(t *testing.T) {
	invitation := rated(t, false)
	invitation.Kind = feedback.KindInvitation
	event, err := json.Marshal(feedback.Invitation{EventID: invitation.EventID, ResponseKey: invitation.ResponseKey, Mailed: true})
	if err != nil {
		t.Fatal(err)
	}
	invitation.Event = event
	at := time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)
	line, err := marshalLine(&casefile.Case{Number: "2603-AAAA-BBBB"}, &casefile.Entry{
		Case: "2603-AAAA-BBBB", Seq: 1, At: at, Action: casefile.Registered, Inform: true,
		Alert: &events.Alert{ID: "2603-AAAA-BBBB#1", Reason: events.CaseOpened, At: at, Case: "2603-AAAA-BBBB"},
	})
	if err != nil {
		t.Fatal(err)
	}
	report := key("REPORT#2026-03", "0002")
	report[attrReport] = text(`{"version":2}`)
	for name, c := range map[string]struct {
		it           item
		before, want int // messages
	}{
		"a vote":                {marshalEntry(rated(t, false)), 1, 1},
		"an invitation by mail": {marshalEntry(invitation), 2, 1},
		"a step":                {line, 4, 1},
		"a report":              {report, 1, 0},
		"a state":               {key("CASE#2603-AAAA-BBBB", "STATE"), 0, 0},
	} {
		before, err := FromStream(image(t, c.it))
		if err != nil || len(before) != c.before {
			t.Fatalf("%s: %+v %v", name, before, err)
		}
		var want []Parcel
		for _, p := range before {
			if p.To.Has(ToReporting) {
				want = append(want, Parcel{p.Message, ToReporting})
			}
		}
		c.it[AttrRestored] = text("backup-1")
		got, err := FromStream(image(t, c.it))
		if err != nil || len(got) != c.want {
			t.Errorf("%s: %+v %v", name, got, err)
		}
		if diff := cmp.Diff(want, append([]Parcel(nil), got...)); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// whole is all that a backup holds of two customers, the first of whom is erased at
// noon, and of whom only the first's later vote was accepted after.
func whole(t *testing.T) (all map[string]item) {
	t.Helper()
	noon := time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)
	all = map[string]item{}
	for i, who := range []string{"K-1", "K-2"} {
		for n, at := range []time.Time{noon.Add(-time.Hour), noon.Add(time.Hour)} {
			e := rated(t, false)
			e.ResponseKey = feedback.ResponseKey("2026-03-aaaaaaaaaaaaaaa" + string(rune('a'+2*i+n)))
			e.ReceivedAt, e.CustomerKey, e.Personal = at, who, []byte(`{"comment":"own words","email":"`+who+`@example.com"}`)
			all[who+[]string{" before", " after"}[n]] = marshalEntry(e)
		}
		number := casefile.Number([]string{"2603-AAAA-BBBB", "2603-CCCC-DDDD"}[i])
		c := &casefile.Case{Number: number, Status: casefile.Open, CustomerKey: who, OpenedAt: noon.Add(-time.Hour), NextAt: noon}
		words := &casefile.Entry{Case: number, At: noon, Action: casefile.Noting, Words: &casefile.Words{Salt: "s", Text: "own words"}}
		next, err := chain(c, []*casefile.Entry{words})
		if err != nil {
			t.Fatal(err)
		}
		if all[who+" case"], err = marshalState(&next.state); err != nil {
			t.Fatal(err)
		}
		if all[who+" line"], err = marshalLine(&next.state, &next.entries[0]); err != nil {
			t.Fatal(err)
		}
		for name, id := range map[string]ContactID{" contact": KeyContact(who), " address": AddressContact(who + "@example.com")} {
			it := key(pkContact+string(id), skContact)
			it[attrLastAt] = text(formatTime(noon.Add(-time.Hour)))
			all[who+name] = it
		}
		remind := key(pkRemind+"2026-03-aaaaaaaaaaaaaaa"+string(rune('a'+2*i)), skRemind)
		remind[AttrDueShard] = text("1")
		all[who+" reminder"] = remind
	}
	return all
}

// ignoring compares attributes by their values.
var ignoring = cmpopts.IgnoreUnexported(types.AttributeValueMemberS{}, types.AttributeValueMemberN{}, types.AttributeValueMemberB{})

// restored brings a backup back; nil is left out.
func restored(t *testing.T, r *Restoration, all map[string]item) map[string]item {
	t.Helper()
	for _, it := range all {
		if err := r.Survey(it); err != nil {
			t.Fatal(err)
		}
	}
	out := map[string]item{}
	for name, it := range all {
		got, _, _, err := r.Item(it)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = got
	}
	return out
}

func TestErasuresSurviveARestore(t *testing.T) {
	noon := time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)
	all := whole(t)
	r := &Restoration{Backup: "b", Erased: erasure.Log{erasure.Customer("K-1"): noon}, Now: noon}
	got := restored(t, r, all)
	for name, it := range got {
		var want item
		switch name {
		case "K-1 contact", "K-1 address", "K-1 reminder": // left out
		default:
			want = maps.Clone(all[name])
			want[AttrRestored] = text("b")
			switch name {
			case "K-1 before":
				delete(want, attrPersonal)
				delete(want, AttrCustomerKey)
				delete(want, attrDigest)
			case "K-1 case":
				delete(want, AttrCustomerKey)
			case "K-1 line":
				delete(want, attrPersonal)
			}
		}
		if diff := cmp.Diff(want, it, ignoring); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
	f := r.Findings()
	if diff := cmp.Diff(Findings{Cases: map[casefile.Number]bool{"2603-AAAA-BBBB": true}, ErasedOpen: []casefile.Number{"2603-AAAA-BBBB"}}, f); diff != "" {
		t.Error(diff)
	}
}

func TestWhoHasNoCustomerKeyIsErasedByResponseOrCase(t *testing.T) {
	noon := time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)
	all := whole(t)
	r := &Restoration{Backup: "b", Now: noon, Erased: erasure.Log{
		erasure.Response("2026-03-aaaaaaaaaaaaaaaa"): noon, erasure.Case("2603-CCCC-DDDD"): noon,
	}}
	got := restored(t, r, all)
	for name, gone := range map[string][]string{"K-1 before": {attrPersonal, AttrCustomerKey}, "K-2 case": {AttrCustomerKey}, "K-2 line": {attrPersonal}} {
		for _, attribute := range gone {
			if all[name][attribute] == nil || got[name][attribute] != nil {
				t.Errorf("%s: %s is %v", name, attribute, got[name][attribute])
			}
		}
	}
	if got["K-1 reminder"] != nil || got["K-2 reminder"] == nil || got["K-2 before"][attrPersonal] == nil || got["K-1 line"][attrPersonal] == nil {
		t.Error("somebody else is erased, or the reminder is not")
	}
}

func TestATimelineNeverGoesBeyondItsCase(t *testing.T) {
	all := whole(t)
	late := maps.Clone(all["K-1 line"])
	late[AttrSK] = text(seqKey(2))
	late[attrEntry] = text(strings.Replace(textOf(late[attrEntry]), `"seq":1`, `"seq":2`, 1))
	orphan := maps.Clone(all["K-2 line"])
	orphan[AttrPK] = text(pkCase + "2603-EEEE-FFFF")
	all["late"], all["orphan"] = late, orphan
	delete(all, "K-2 line")
	r := &Restoration{Backup: "b"}
	got := restored(t, r, all)
	if got["late"] != nil || got["orphan"] != nil || got["K-1 line"] == nil {
		t.Errorf("late %v, orphan %v", got["late"], got["orphan"])
	}
	if diff := cmp.Diff([]casefile.Number{"2603-CCCC-DDDD", "2603-EEEE-FFFF"}, r.Findings().Broken); diff != "" {
		t.Error(diff)
	}
}

func TestWhatBelongsToOneStackStaysThere(t *testing.T) {
	noon := time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)
	expired, lasting := key("ONCE#a", "-"), key("ONCE#b", "-")
	expired[AttrTTL], lasting[AttrTTL] = number(noon.Unix()-1), number(noon.Unix())
	r := &Restoration{Backup: "b", Now: noon}
	got := restored(t, r, map[string]item{"expired": expired, "lasting": lasting, "swept": key("SWEPT#words", "-")})
	if got["expired"] != nil || got["lasting"] == nil || got["swept"] != nil {
		t.Errorf("%v", got)
	}
	for _, it := range []item{expired, key("SWEPT#words", "-"), key("APPLIED", "-"), key("WATCH#days", "2026-03-10")} {
		if !Machinery(it) {
			t.Errorf("%v is somebody's", it[AttrPK])
		}
	}
	for _, it := range whole(t) {
		if Machinery(it) {
			t.Errorf("%v is nobody's", it[AttrPK])
		}
	}
}

func TestWhatIsDueIsWrittenLast(t *testing.T) {
	all := whole(t)
	for name, it := range all {
		if want := strings.HasSuffix(name, " case") || strings.HasSuffix(name, " reminder"); Last(it) != want {
			t.Errorf("%s: %t", name, !want)
		}
	}
	if print := key(pkPrint, skOnly); !Last(print) || !Replaces(print) {
		t.Error("the print of the rules does not replace the other")
	}
}

func TestWhatWasRestoredHasTheMessagesOfNewItems(t *testing.T) {
	noon := time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)
	all := whole(t)
	for name, it := range restored(t, &Restoration{Backup: "b"}, all) {
		want, errWant := FromStream(image(t, all[name]))
		got, err := MessagesOf(it)
		if diff := cmp.Diff(want, got); diff != "" || err != nil || errWant != nil {
			t.Errorf("%s: %v %v %s", name, err, errWant, diff)
		}
		at, err := StoredAt(it)
		wantAt := map[string]time.Time{"before": noon.Add(-time.Hour), "after": noon.Add(time.Hour), "line": noon}[strings.Fields(name)[1]]
		if err != nil || !at.Equal(wantAt) {
			t.Errorf("%s: stored at %s, %v; want %s", name, at, err, wantAt)
		}
	}
}
