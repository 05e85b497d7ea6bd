package factfile

import (
	"bytes"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"resonanz/shared/feedback"
	"resonanz/shared/responses"
)

// described is what a Parquet file itself says of a column.
type described struct {
	Name     string
	Type     string
	Optional bool
}

// athena is the type of Athena that reads a column of Parquet.
func athena(t *testing.T, c *parquet.Column) string {
	t.Helper()
	switch text := c.Type().String(); text {
	case parquet.UUID().Type().String():
		return uuidBytes
	case parquet.String().Type().String():
		return str
	case parquet.Timestamp(parquet.Millisecond).Type().String(): // in UTC
		return instant
	case parquet.Leaf(parquet.Int32Type).Type().String(), parquet.Int(32).Type().String():
		return integer
	case parquet.Leaf(parquet.BooleanType).Type().String():
		return boolean
	}
	t.Errorf("column %s: type %s has no counterpart", c.Name(), c.Type())
	return ""
}

func open(t *testing.T, data []byte) *parquet.File {
	t.Helper()
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFilesHaveTheColumnsThatAreDescribed(t *testing.T) {
	for _, kind := range Kinds {
		f := open(t, mustWrite(t, kind, new(responses.Batch)))
		var got, want []described
		for _, c := range f.Root().Columns() {
			got = append(got, described{c.Name(), athena(t, c), c.Optional()})
		}
		names := make(map[string]bool)
		for _, c := range Columns(kind) {
			want = append(want, described{c.Name, c.Type, c.Optional})
			if c.Doc == "" || len(c.Doc) > 255 { // what Glue takes
				t.Errorf("%s, column %s: %d bytes of description", kind, c.Name, len(c.Doc))
			}
			if names[c.Name] || strings.ToLower(c.Name) != c.Name || c.Name == "month" {
				t.Errorf("%s: column %q twice, in capitals, or the partition", kind, c.Name)
			}
			names[c.Name] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-described +written):\n%s", kind, diff)
		}
		if v, ok := f.Lookup(SchemaKey); !ok || v != SchemaVersion {
			t.Errorf("%s: schema version %q", kind, v)
		}
	}
	if c := Columns(feedback.KindCard); c != nil {
		t.Errorf("a card has columns of its own: %v", c)
	}
}

func TestEveryDescribedColumnIsRead(t *testing.T) {
	read := map[feedback.Kind][]described{
		feedback.KindRating: columnsOf(voteColumns), feedback.KindInvitation: columnsOf(invitationColumns),
		feedback.KindComplaint: columnsOf(complaintColumns), feedback.KindDelivery: columnsOf(deliveryColumns),
		KindTransition: columnsOf(transitionColumns), KindEscalation: columnsOf(escalationColumns),
	}
	for _, kind := range Kinds {
		var want []described
		for _, c := range Columns(kind) {
			want = append(want, described{Name: c.Name, Optional: c.Optional})
		}
		if diff := cmp.Diff(want, read[kind]); diff != "" {
			t.Errorf("%s (-described +read):\n%s", kind, diff)
		}
	}
}

func columnsOf[T any](columns []column[T]) (out []described) {
	for _, c := range columns {
		out = append(out, described{Name: c.name, Optional: c.optional})
	}
	return out
}

func TestAFileWithoutAColumnSaysWhich(t *testing.T) {
	for _, kind := range Kinds {
		var optional []string
		for _, left := range Columns(kind) {
			if left.Optional {
				optional = append(optional, left.Name)
				continue
			}
			err := Read(kind, without(t, kind, left.Name), new(responses.Batch))
			if !errors.Is(err, ErrFormat) || ReasonOf(err) != MissingColumn || !strings.Contains(err.Error(), "column "+left.Name+": it is missing") {
				t.Errorf("%s without %s: %v, reason %q", kind, left.Name, err, ReasonOf(err))
			}
		}
		if err := Read(kind, without(t, kind, optional...), new(responses.Batch)); err != nil {
			t.Errorf("%s without what is optional: %v", kind, err)
		}
	}
}

// without is a file of one row that lacks columns, as another writer leaves it.
func without(t *testing.T, kind feedback.Kind, names ...string) []byte {
	t.Helper()
	b := &responses.Batch{
		Votes: []responses.Vote{{Rating: 3, Channel: 3}}, Invitations: make([]responses.Invitation, 1), Complaints: make([]responses.Complaint, 1),
		Deliveries: make([]responses.Delivery, 1), Transitions: make([]responses.Transition, 1), Escalations: make([]responses.Escalation, 1),
	}
	f := open(t, mustWrite(t, kind, b))
	group := make(parquet.Group)
	for _, c := range f.Root().Columns() {
		if !slices.Contains(names, c.Name()) {
			group[c.Name()] = c
		}
	}
	var out bytes.Buffer
	schema := parquet.NewSchema("row", group)
	w := parquet.NewGenericWriter[any](&out, schema)
	rows := parquet.NewReader(f, schema)
	if _, err := parquet.CopyRows(w, rows); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestWhatCannotBeReadHasItsReason(t *testing.T) {
	b := &responses.Batch{Deliveries: []responses.Delivery{{Event: [16]byte{1}}, {Event: [16]byte{2}}}}
	good := mustWrite(t, feedback.KindDelivery, b)
	tomorrow := bytes.Replace(good, []byte(SchemaKey+"\x18\x01"+SchemaVersion), []byte(SchemaKey+"\x18\x012"), 1)
	if bytes.Equal(good, tomorrow) {
		t.Fatal("the version is not where it was looked for")
	}
	damaged := bytes.Clone(good)
	for i := 4; i < len(good)/2; i++ {
		damaged[i] ^= 0x55
	}
	for name, tt := range map[string]struct {
		data []byte
		want Reason
	}{
		"none":           {good, ""},
		"nothing at all": {nil, Truncated},
		"the beginning":  {good[:len(good)/2], Truncated},
		"one byte short": {good[:len(good)-1], Truncated},
		"two bytes":      {good[:2], Truncated},
		"a text":         {[]byte("event_id,response_key,outcome,at\n"), Corrupt},
		"damaged":        {damaged, Corrupt},
		"of tomorrow":    {tomorrow, OtherSchema},
		"of ratings":     {mustWrite(t, feedback.KindRating, &responses.Batch{Votes: []responses.Vote{{Rating: 3}}}), MissingColumn},
	} {
		got := new(responses.Batch)
		err := Read(feedback.KindDelivery, tt.data, got)
		if ReasonOf(err) != tt.want || errors.Is(err, ErrFormat) != (tt.want != "") || tt.want != "" && len(got.Deliveries) != 0 {
			t.Errorf("%s: reason %q (%v) with %d facts, want %q", name, ReasonOf(err), err, len(got.Deliveries), tt.want)
		}
	}
	if r := ReasonOf(errors.New("the network is down")); r != "" {
		t.Errorf("another error has reason %q", r)
	}
}

func TestManyFactsOfFewBytesAreRefused(t *testing.T) {
	var out bytes.Buffer
	w := parquet.NewGenericWriter[delivery](&out, parquet.Compression(&parquet.Zstd))
	same := make([]delivery, 1<<12)
	for i := range same {
		same[i] = delivery{ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", Outcome: "bounced"}
	}
	for range fewRows/len(same) + 1 {
		if _, err := w.Write(same); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	got := new(responses.Batch)
	if err := Read(feedback.KindDelivery, out.Bytes(), got); ReasonOf(err) != Corrupt || cap(got.Deliveries) != 0 {
		t.Errorf("%d bytes: reason %q (%v), room for %d facts, want none", out.Len(), ReasonOf(err), err, cap(got.Deliveries))
	}
}

func TestEscalationsOfOneNameDoNotOverwriteEachOther(t *testing.T) {
	raised := responses.Escalation{Event: [16]byte{1}, Raised: 5, At: 5}
	seen := raised
	seen.At, seen.Seen = 9, 9
	if ID(KindEscalation, &responses.Batch{Escalations: []responses.Escalation{raised}}) == ID(KindEscalation, &responses.Batch{Escalations: []responses.Escalation{seen}}) {
		t.Error("raised and seen lie in the same object")
	}
	ids := make(map[string]bool)
	for _, touchpoint := range []string{"hotline", "repair"} {
		b := new(responses.Batch)
		elsewhere := raised
		elsewhere.Touchpoint = b.Name(touchpoint)
		b.Escalations = []responses.Escalation{elsewhere}
		ids[ID(KindEscalation, b)] = true
	}
	if len(ids) != 2 {
		t.Error("rows that tell a case otherwise lie in the same object")
	}
}

func TestAContactIsWrittenWithItsInvitation(t *testing.T) {
	b := new(responses.Batch)
	b.Contacts = []responses.Contact{{Event: [16]byte{1}, Topic: b.Name("billing")}}
	if _, err := Write(feedback.KindInvitation, b); !errors.Is(err, errContact) {
		t.Errorf("error %v", err)
	}
	b.Invitations = []responses.Invitation{{Event: [16]byte{1}}, {Event: [16]byte{2}}}
	got := new(responses.Batch)
	if err := Read(feedback.KindInvitation, mustWrite(t, feedback.KindInvitation, b), got); err != nil || len(got.Invitations) != 2 || len(got.Contacts) != 1 {
		t.Errorf("%d invitations and %d contacts, %v", len(got.Invitations), len(got.Contacts), err)
	}
}

func TestNoFieldOfAStepIsForgotten(t *testing.T) {
	// Facts with one field set each: what no column holds comes back as zero.
	for _, fact := range []any{new(responses.Transition), new(responses.Escalation), new(responses.Contact), new(responses.Invitation)} {
		typ := reflect.TypeOf(fact).Elem()
		for i := range typ.NumField() {
			b := new(responses.Batch)
			kind := one(t, b, typ, i)
			got := new(responses.Batch)
			if err := Read(kind, mustWrite(t, kind, b), got); err != nil {
				t.Fatal(err)
			}
			if d := difference(b, got); d != "" {
				t.Errorf("%s.%s is lost:\n%s", typ.Name(), typ.Field(i).Name, d)
			}
		}
	}
}

// one puts a fact into b of which one field is set, besides those that every fact
// of its kind has.
func one(t *testing.T, b *responses.Batch, typ reflect.Type, field int) feedback.Kind {
	t.Helper()
	fact := reflect.New(typ)
	f := fact.Elem().Field(field)
	switch v := f.Addr().Interface().(type) {
	case *responses.Name:
		*v = b.Name("code")
		if typ.Field(field).Name == "Compensations" {
			*v = b.Name(`[{"kind":"refund","cents":500}]`)
		}
	case *responses.Opt:
		*v = responses.Some(1)
	case *responses.Key:
		*v = responses.Key{Month: 314, ID: [10]byte{1}}
	case *[16]byte:
		v[3] = 7
	case *[2]byte:
		*v = [2]byte{'d', 'e'}
	case *bool:
		*v = true
	case *int64:
		*v = 1_772_000_000_123
	case *uint32:
		*v = 9
	case *uint8:
		*v = 1
		if typ.Field(field).Name == "Segment" {
			*v = 'B'
		}
	default:
		t.Fatalf("field %s of type %s", typ.Field(field).Name, f.Type())
	}
	switch v := fact.Interface().(type) {
	case *responses.Transition:
		b.Transitions = append(b.Transitions, *v)
		return KindTransition
	case *responses.Escalation:
		b.Escalations = append(b.Escalations, *v)
		return KindEscalation
	case *responses.Contact:
		v.Topic = b.Name("billing")
		b.Contacts = append(b.Contacts, *v)
		b.Invitations = append(b.Invitations, responses.Invitation{Event: v.Event, Key: v.Key, Issued: v.At, Received: v.Received, Touchpoint: v.Touchpoint})
	case *responses.Invitation:
		b.Invitations = append(b.Invitations, *v)
	}
	return feedback.KindInvitation
}
