package factfile

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

func mustWrite(t interface{ Fatalf(string, ...any) }, kind feedback.Kind, b *responses.Batch) []byte {
	data, err := Write(kind, b)
	if err != nil {
		t.Fatalf("Write(%s): %v", kind, err)
	}
	return data
}

func TestFactsSurviveARoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(Kinds[:]).Draw(t, "kind")
		b := anyBatch(t, kind)
		got := new(responses.Batch)
		got.Name("another batch numbers its names differently")
		if err := Read(kind, mustWrite(t, kind, b), got); err != nil {
			t.Fatal(err)
		}
		if d := difference(b, got); d != "" {
			t.Fatalf("facts changed (-written +read):\n%s", d)
		}
	})
}

func TestSameFactsMakeTheSameFile(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom(Kinds[:]).Draw(t, "kind")
		b := anyBatch(t, kind)
		var shuffled responses.Batch
		shuffleSteps(t, b, &shuffled)
		name := func(n responses.Name) responses.Name { return shuffled.Name(b.Text(n)) }
		shuffled.Deliveries = append(rapid.Permutation(b.Deliveries).Draw(t, "deliveries"), b.Deliveries[:len(b.Deliveries)/2]...)
		for _, c := range append(rapid.Permutation(b.Complaints).Draw(t, "complaints"), b.Complaints[:len(b.Complaints)/2]...) {
			c.Topic, c.Category, c.Device, c.Touchpoint = name(c.Topic), name(c.Category), name(c.Device), name(c.Touchpoint)
			shuffled.Complaints = append(shuffled.Complaints, c)
		}
		for _, i := range append(rapid.Permutation(b.Invitations).Draw(t, "invitations"), b.Invitations[:len(b.Invitations)/2]...) {
			i.Touchpoint = name(i.Touchpoint)
			shuffled.Invitations = append(shuffled.Invitations, i)
		}
		for _, v := range append(rapid.Permutation(b.Votes).Draw(t, "votes"), b.Votes[:len(b.Votes)/2]...) {
			v.Answers, v.Phase, v.Card = name(v.Answers), name(v.Phase), name(v.Card)
			v.Topic, v.Reason, v.Device, v.Touchpoint = name(v.Topic), name(v.Reason), name(v.Device), name(v.Touchpoint)
			shuffled.Votes = append(shuffled.Votes, v)
		}
		month := period.FromIndex(314)
		if first, again := Key(month, kind, b), Key(month, kind, &shuffled); first != again {
			t.Fatalf("keys differ: %s and %s", first, again)
		}
		if !bytes.Equal(mustWrite(t, kind, b), mustWrite(t, kind, &shuffled)) {
			t.Fatalf("%s: bytes differ", kind)
		}
	})
}

func TestLargeFilesSpanRowGroups(t *testing.T) {
	b := new(responses.Batch)
	for i := range groupRows + 7 {
		v := responses.Vote{Received: int64(i), Submitted: int64(i), Rating: int8(i%5 + 1), Touchpoint: b.Name("hotline")}
		v.Event[0], v.Event[1], v.Event[2] = byte(i>>16), byte(i>>8), byte(i)
		if i%3 == 0 {
			v.NPS = responses.Some(i % 11)
		}
		b.Votes = append(b.Votes, v)
	}
	data := mustWrite(t, feedback.KindRating, b)
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(f.RowGroups()); n != 2 {
		t.Errorf("row groups = %d, want 2", n)
	}
	got := new(responses.Batch)
	if err := Read(feedback.KindRating, data, got); err != nil {
		t.Fatal(err)
	}
	if d := difference(b, got); d != "" {
		t.Errorf("facts changed (-written +read):\n%s", d)
	}
}

func TestKeysNameTheirPartition(t *testing.T) {
	month, _ := period.Parse("2026-03")
	b := &responses.Batch{Votes: []responses.Vote{{Event: [16]byte{1}}}}
	names := make(map[string]bool)
	all := &responses.Batch{Votes: b.Votes, Invitations: make([]responses.Invitation, 1), Complaints: make([]responses.Complaint, 2), Deliveries: []responses.Delivery{{Event: [16]byte{7}}},
		Transitions: make([]responses.Transition, 1), Escalations: make([]responses.Escalation, 1)}
	for _, kind := range Kinds {
		key := Key(month, kind, all)
		if gotMonth, gotKind, ok := ParseKey(key); !ok || gotMonth != month || gotKind != kind {
			t.Errorf("ParseKey(%q) = %v, %v, %v", key, gotMonth, gotKind, ok)
		}
		names[ID(kind, all)] = true
	}
	if len(names) != len(Kinds)-1 { // one complaint twice is one event, the very one of the invitation
		t.Errorf("%d names of %d kinds", len(names), len(Kinds))
	}
	key := Key(month, feedback.KindRating, b)
	gotMonth, kind, ok := ParseKey(key)
	if !ok || gotMonth != month || kind != feedback.KindRating {
		t.Errorf("ParseKey(%q) = %v, %v, %v", key, gotMonth, kind, ok)
	}
	for _, bad := range []string{"", "facts/month=2026-03/rating/x", "facts/month=2026-13/rating/x.parquet", "facts/month=2026-03/card/x.parquet", "reports/month=2026-03/rating/x.parquet", "facts/2026-03/rating/x.parquet"} {
		if _, _, ok := ParseKey(bad); ok {
			t.Errorf("ParseKey(%q) took it for a fact file", bad)
		}
	}
}

func TestDamageIsNamedAndNothingRead(t *testing.T) {
	b := new(responses.Batch)
	for i := range 100 {
		b.Votes = append(b.Votes, responses.Vote{Event: [16]byte{byte(i)}, Rating: 3, Touchpoint: b.Name("hotline")})
	}
	data := mustWrite(t, feedback.KindRating, b)
	check := func(name string, bad []byte) {
		t.Helper()
		got := new(responses.Batch)
		if err := Read(feedback.KindRating, bad, got); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: error = %v, want ErrFormat", name, err)
		}
		if len(got.Votes) != 0 {
			t.Errorf("%s: %d facts were read all the same", name, len(got.Votes))
		}
	}
	check("empty", nil)
	check("text", []byte("event_id,response_key\n"))
	for n := 1; n < len(data); n += 13 {
		check("cut off", data[:n])
	}
	long := slices.Clone(data)
	binary.LittleEndian.PutUint32(long[len(long)-8:], 1<<31)
	check("a footer longer than the file", long)
	check("the other kind", mustWrite(t, feedback.KindInvitation, &responses.Batch{Invitations: []responses.Invitation{{}}}))
	check("steps of cases", mustWrite(t, KindTransition, &responses.Batch{Transitions: []responses.Transition{{}}}))
}

func TestDamagedPagesNeverPassForFacts(t *testing.T) {
	b := new(responses.Batch)
	for i := range 5 {
		b.Votes = append(b.Votes, responses.Vote{Event: [16]byte{byte(i)}, Rating: 3, Touchpoint: b.Name("hotline"), Device: b.Name("kiosk-1")})
	}
	data := mustWrite(t, feedback.KindRating, b)
	footer := len(data) - 8 - int(binary.LittleEndian.Uint32(data[len(data)-8:]))
	noticed := 0
	for i := 0; i < footer; i += 3 {
		damaged := slices.Clone(data)
		damaged[i] ^= 0x10
		got := new(responses.Batch)
		err := Read(feedback.KindRating, damaged, got)
		switch {
		case err != nil && (!errors.Is(err, ErrFormat) || len(got.Votes) != 0):
			t.Fatalf("byte %d changed: error = %v with %d facts, want ErrFormat and none", i, err, len(got.Votes))
		case err == nil: // statistics and other parts that no fact is made of
			if d := difference(b, got); d != "" {
				t.Fatalf("byte %d changed: facts changed (-written +read):\n%s", i, d)
			}
		default:
			noticed++
		}
	}
	if noticed == 0 {
		t.Error("no damage was noticed")
	}
}

func FuzzRead(f *testing.F) {
	b := &responses.Batch{Invitations: make([]responses.Invitation, 2)}
	for i := range 3 {
		b.Votes = append(b.Votes, responses.Vote{Event: [16]byte{byte(i)}, Rating: 3, Touchpoint: b.Name("hotline"), Device: b.Name("kiosk-1"), NPS: responses.Some(i)})
	}
	b.Votes[0].Card, b.Votes[0].Answers = b.Name("visit"), b.Name(`{"found":"yes"}`)
	b.Complaints = []responses.Complaint{{Category: b.Name("other"), Touchpoint: b.Name("hotline"), Annoyance: responses.Some(3)}}
	b.Deliveries = []responses.Delivery{{Outcome: 2}}
	b.Contacts = []responses.Contact{{Topic: b.Name("billing"), Resolved: responses.Some(1)}}
	b.Transitions = []responses.Transition{{Case: b.Name("2603-AAAA-BBBB"), Seq: 1, Compensations: b.Name(`[{"kind":"refund","cents":5}]`)}}
	b.Escalations = []responses.Escalation{{Case: b.Name("2603-AAAA-BBBB"), Seen: 3}}
	for _, kind := range Kinds {
		f.Add(mustWrite(f, kind, b))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, kind := range Kinds {
			got := new(responses.Batch)
			err := Read(kind, data, got)
			if n := len(got.Votes) + len(got.Invitations) + len(got.Complaints) + len(got.Deliveries) +
				len(got.Contacts) + len(got.Transitions) + len(got.Escalations); err != nil && (!errors.Is(err, ErrFormat) || n != 0) {
				t.Fatalf("error = %v with %d facts, want ErrFormat and none", err, n)
			}
		}
	})
}

// What a file left that could not be read is not among the facts of the next one.
func TestNothingStaysOfAFileThatCannotBeRead(t *testing.T) {
	bad := new(responses.Batch)
	for i := range 100 {
		bad.Votes = append(bad.Votes, responses.Vote{Event: [16]byte{byte(i)}, Key: responses.Key{Month: 314}, Rating: 3,
			Touchpoint: bad.Name("hotline"), NPS: responses.Some(9), Phase: bad.Name("of no card")})
	}
	good := new(responses.Batch)
	for i := range 10 {
		good.Votes = append(good.Votes, responses.Vote{Event: [16]byte{byte(i)}, Key: responses.Key{Month: 314}, Rating: 3, Touchpoint: good.Name("hotline")})
	}
	damaged, whole := mustWrite(t, feedback.KindRating, bad), mustWrite(t, feedback.KindRating, good)
	var b, fresh responses.Batch
	if err := Read(feedback.KindRating, damaged, &b); !errors.Is(err, ErrFormat) {
		t.Fatalf("a phase without a card: %v", err)
	}
	for _, into := range []*responses.Batch{&b, &fresh} {
		if err := Read(feedback.KindRating, whole, into); err != nil {
			t.Fatal(err)
		}
	}
	for i := range b.Votes { // names depend on what was read before
		b.Votes[i].Touchpoint, fresh.Votes[i].Touchpoint = 0, 0
	}
	if diff := cmp.Diff(fresh.Votes, b.Votes); diff != "" {
		t.Error(diff)
	}
}
