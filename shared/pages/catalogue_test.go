package pages

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestEveryTextExistsInEveryLanguage(t *testing.T) {
	for _, l := range Languages() {
		text := catalogue[l]
		if text == nil || text.Lang != l {
			t.Fatalf("%s: no catalogue", l)
		}
		v := reflect.ValueOf(*text)
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s: %s is missing", l, v.Type().Field(i).Name)
			}
		}
		for m := range messageCount {
			if said := text.messages[m]; said[0] == "" || said[1] == "" {
				t.Errorf("%s: message %d is incomplete", l, m)
			}
		}
		for _, s := range []string{text.CallbackSoon(24), text.ChangeHint(48), text.ValidUntil(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), 48)} {
			if s == "" {
				t.Errorf("%s: a sentence is empty", l)
			}
		}
		for key, s := range text.errors {
			if s == "" {
				t.Errorf("%s: %s is empty", l, key)
			}
		}
		if len(text.errors) != len(german.errors) || !slices.Equal(sortedKeys(text.errors), sortedKeys(german.errors)) {
			t.Errorf("%s: explains other mistakes than German does", l)
		}
	}
	if len(Languages()) != len(catalogue) {
		t.Error("a catalogue is not listed")
	}
}

func sortedKeys(m map[string]string) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
