package events_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/feedback"
)

// shapes are the types behind the golden files, by the beginning of their names.
var shapes = map[string]any{
	"message-":        events.Message{},
	"fact-rating-":    feedback.Rating{},
	"fact-invitation": feedback.Invitation{},
	"fact-card-":      feedback.Card{},
	"fact-complaint":  feedback.Complaint{},
	"fact-delivery":   feedback.Delivery{},
}

func shape(t *testing.T, file string) any {
	t.Helper()
	for prefix, s := range shapes {
		if strings.HasPrefix(filepath.Base(file), prefix) {
			return s
		}
	}
	t.Fatalf("%s: of no known shape", file)
	return nil
}

func files(t testing.TB, pattern string) []string {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no files %s: %v", pattern, err)
	}
	return names
}

func read(t testing.TB, file string) []byte {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestGoldenJSONIsWrittenByteForByte(t *testing.T) {
	for _, file := range files(t, "golden/*.json") {
		want := read(t, file)
		v := reflect.New(reflect.TypeOf(shape(t, file))).Interface()
		d := json.NewDecoder(bytes.NewReader(want))
		d.DisallowUnknownFields()
		if err := d.Decode(v); err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		got, err := json.MarshalIndent(v, "", "  ")
		if err != nil {
			t.Errorf("%s: %v", file, err)
			continue
		}
		if got = append(got, '\n'); !bytes.Equal(got, want) {
			t.Errorf("%s is written as\n%s", file, got)
		}
	}
}

func TestEveryFieldOccursInAGoldenFile(t *testing.T) {
	// A field that no golden file shows could be renamed unseen.
	for prefix, s := range shapes {
		seen := make(map[string]bool)
		for _, file := range files(t, "golden/"+prefix+"*.json") {
			var tree any
			if err := json.Unmarshal(read(t, file), &tree); err != nil {
				t.Fatal(err)
			}
			names(tree, seen)
		}
		for _, name := range fields(reflect.TypeOf(s)) {
			if !seen[name] {
				t.Errorf("field %q of %s* is in no golden file", name, prefix)
			}
		}
	}
}

// names collects the field names of a JSON tree.
func names(tree any, into map[string]bool) {
	if m, ok := tree.(map[string]any); ok {
		for k, v := range m {
			into[k] = true
			names(v, into)
		}
	}
}

// fields lists the JSON field names of a struct and of the structs within.
func fields(t reflect.Type) (all []string) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t.PkgPath() == "time" {
		return nil
	}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if !t.Field(i).Anonymous {
			all = append(all, name)
		}
		all = append(all, fields(t.Field(i).Type)...)
	}
	return all
}

// The part of a card that every vote has is written first and as a vote is, so
// that whoever asks for votes can read it as one.
func TestACardReadsAsAVote(t *testing.T) {
	for _, file := range files(t, "golden/fact-card-*.json") {
		var card feedback.Card
		var vote feedback.Rating
		for _, to := range []any{&card, &vote} {
			if err := json.Unmarshal(read(t, file), to); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(card.Rating, vote); diff != "" {
			t.Errorf("%s (-card +vote):\n%s", file, diff)
		}
	}
}

func TestNoMessageHasRoomForPersonalData(t *testing.T) {
	// The answers of a card are codes; those in own words are personal.
	personal := slices.DeleteFunc(fields(reflect.TypeOf(feedback.Personal{})), func(name string) bool { return name == "answers" })
	for prefix, s := range shapes {
		for _, name := range fields(reflect.TypeOf(s)) {
			if slices.Contains(append(personal, "customer_key", "personal", "contact"), name) {
				t.Errorf("%s* has the field %q", prefix, name)
			}
		}
	}
}

func TestEveryTypeAndReasonHasAGoldenFile(t *testing.T) {
	seen := make(map[string]bool)
	for _, file := range files(t, "golden/message-*.json") {
		var m events.Message
		if err := json.Unmarshal(read(t, file), &m); err != nil {
			t.Fatal(err)
		}
		seen[string(m.Type)] = true
		switch {
		case m.Alert != nil:
			seen[string(m.Alert.Reason)] = true
		case m.Stored != nil:
			seen[string(m.Stored.Kind)] = true
		}
	}
	for _, want := range []string{
		string(events.TypeStored), string(events.TypeDeadline), string(events.TypeAlert), string(events.TypeInvite), string(events.TypeSilence),
		string(events.TypeInform), string(events.TypeSignal), string(events.TypeHook),
		string(events.CaseOpened), string(events.CaseChanged), string(events.CaseOverdue), string(events.ReportReady),
		string(events.CaseAtRisk), string(events.CaseBreached), string(events.CaseEscalated), string(events.CustomerActed),
		string(feedback.KindRating), string(feedback.KindInvitation), string(feedback.KindCard), string(feedback.KindComplaint), string(feedback.KindDelivery),
	} {
		if !seen[want] {
			t.Errorf("no golden message of %s", want)
		}
	}
}
