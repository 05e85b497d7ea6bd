package feedback_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/feedback"
)

// fill sets every field, or leaves it out: one that is added is found by itself.
func fill(t *rapid.T, v reflect.Value) {
	for i := range v.NumField() {
		f, name := v.Field(i), v.Type().Field(i).Name
		if !rapid.Bool().Draw(t, name+" given") {
			continue
		}
		if f.Kind() == reflect.Pointer {
			f.Set(reflect.New(f.Type().Elem()))
			f = f.Elem()
		}
		switch f.Interface().(type) {
		case time.Time:
			at := time.UnixMilli(rapid.Int64Range(0, 1<<42).Draw(t, name)).In(time.FixedZone("", rapid.IntRange(-14, 14).Draw(t, name+" zone")*1800))
			f.Set(reflect.ValueOf(at))
			continue
		}
		switch f.Kind() {
		case reflect.String:
			f.SetString(rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z0-9<>&"\\\x{7f}\x{2028} -]{0,12}`)).Draw(t, name))
		case reflect.Int:
			f.SetInt(rapid.Int64().Draw(t, name))
		case reflect.Bool:
			f.SetBool(rapid.Bool().Draw(t, name))
		default:
			t.Fatalf("field %s of another kind: %s", name, f.Kind())
		}
	}
}

func TestARatingIsWrittenAsReflectionWritesIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var r feedback.Rating
		fill(t, reflect.ValueOf(&r).Elem())
		want, err := json.Marshal(&r)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(r.AppendJSON(nil))); diff != "" {
			t.Fatal(diff)
		}
	})
}

func TestATextIsWrittenAsReflectionWritesIt(t *testing.T) {
	for c := range 256 { // and what is no UTF-8
		for _, s := range []string{string(rune(c)), "a" + string([]byte{byte(c)}) + "b"} {
			want, err := json.Marshal(s)
			if err != nil {
				t.Fatal(err)
			}
			if got := feedback.AppendText([]byte("x"), s); string(got) != "x"+string(want) {
				t.Errorf("%q: %s, want %s", s, got, want)
			}
		}
	}
}
