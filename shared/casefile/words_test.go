package casefile_test

import (
	"errors"
	"reflect"
	"testing"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
)

func TestWordsAreHeldByTheirHashAndMayGo(t *testing.T) {
	written := func() (*casefile.Case, []casefile.Entry) {
		c := &casefile.Case{Number: "2603-7K2M-Q4XA"}
		e := casefile.Entry{At: noon, Action: casefile.Noting, Words: casefile.NewWords("the parcel was wet")}
		if err := casefile.Seal(c, &e); err != nil {
			t.Fatal(err)
		}
		return c, []casefile.Entry{e}
	}
	c, timeline := written()
	if err := casefile.Check(c, timeline); err != nil {
		t.Error(err)
	}
	if timeline[0].WordsHash != timeline[0].Words.Hash() || (timeline[0].WordsHash == casefile.Hash{}) {
		t.Errorf("got %s", timeline[0].WordsHash)
	}
	timeline[0].Words = nil // erased
	if err := casefile.Check(c, timeline); err != nil {
		t.Errorf("erased words break nothing: %v", err)
	}
	for name, tamper := range map[string]func(e *casefile.Entry){
		"text":  func(e *casefile.Entry) { e.Words.Text += "!" },
		"salt":  func(e *casefile.Entry) { e.Words.Salt += "A" },
		"hash":  func(e *casefile.Entry) { e.Words, e.WordsHash = nil, casefile.Hash{} },
		"added": func(e *casefile.Entry) { e.Words = &casefile.Words{Text: "else"} },
	} {
		c, timeline := written()
		tamper(&timeline[0])
		if err := casefile.Check(c, timeline); !errors.Is(err, casefile.ErrBroken) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestTheSameWordsTwiceHaveTwoHashes(t *testing.T) {
	a, b := casefile.NewWords("no"), casefile.NewWords("no")
	if a.Hash() == b.Hash() {
		t.Error("the hash of short words can be guessed")
	}
	if casefile.NewWords("") != nil {
		t.Error("nothing is no words")
	}
}

// fill sets every field of v that can be set: times to at, other fields to
// something that is not their zero value.
func fill(v reflect.Value, at time.Time) {
	switch {
	case v.Type() == reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(at))
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), at)
		}
	case v.Kind() == reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem(), at)
	case v.Kind() == reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0), at)
	case v.Kind() == reflect.String:
		v.SetString("x")
	case v.CanInt():
		v.SetInt(3)
	}
}

func TestTheZoneOfNoTimeMatters(t *testing.T) {
	sealed := func(at time.Time) casefile.Hash {
		e := casefile.Entry{At: at, DueAt: at, Set: new(casefile.Handling), Alert: &events.Alert{At: at, DueAt: &at, Signal: &events.Signal{At: at}}}
		fill(reflect.ValueOf(e.Set).Elem(), at)
		if err := casefile.Seal(&casefile.Case{Number: "2603-7K2M-Q4XA"}, &e); err != nil {
			t.Fatal(err)
		}
		return e.Hash
	}
	if sealed(noon) != sealed(noon.In(time.FixedZone("CET", 3600))) {
		t.Error("a time in another zone has another hash")
	}
	if sealed(noon) == sealed(noon.Add(time.Millisecond)) {
		t.Error("no time is in the hash")
	}
}
