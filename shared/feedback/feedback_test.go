package feedback_test

import (
	"reflect"
	"testing"

	"resonanz/shared/feedback"
)

func TestAnythingPersonalIsNoticed(t *testing.T) {
	if p := new(feedback.Personal); !p.IsZero() {
		t.Error("nothing counts as something")
	}
	typ := reflect.TypeFor[feedback.Personal]()
	for i := range typ.NumField() {
		p := new(feedback.Personal)
		switch f := reflect.ValueOf(p).Elem().Field(i); f.Kind() {
		case reflect.String:
			f.SetString("x")
		case reflect.Map:
			f.Set(reflect.ValueOf(map[string]string{"remark": "x"}))
		default:
			t.Fatalf("%s is a %s: say here what makes it count", typ.Field(i).Name, f.Kind())
		}
		if p.IsZero() {
			t.Errorf("%s alone counts as nothing: it would not be stored", typ.Field(i).Name)
		}
	}
}
