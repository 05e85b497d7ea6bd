package present_test

import (
	"reflect"
	"strings"
	"testing"

	"resonanz/shared/report"
	"resonanz/shared/report/present/presenttest"
)

// places lists every pointer, slice and map of a report that can be missing.
func places(at string, v reflect.Value, f func(at string, v reflect.Value)) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			f(at, v)
			places(at, v.Elem(), f)
		}
	case reflect.Slice, reflect.Map:
		if v.Len() > 0 && v.CanSet() {
			f(at, v)
		}
		if v.Kind() == reflect.Slice {
			for i := range v.Len() {
				places(at+"[]", v.Index(i), f)
			}
		}
	case reflect.Struct:
		if strings.HasPrefix(v.Type().PkgPath(), "time") || strings.HasSuffix(v.Type().PkgPath(), "period") {
			return
		}
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				places(at+"."+v.Type().Field(i).Name, v.Field(i), f)
			}
		}
	}
}

// A report may lack any figure, list or part: of an older version, or of a month
// in which it is not defined. The document says what is left.
func TestWhatIsMissingBreaksNothing(t *testing.T) {
	document(&report.Report{}, "de")
	document(&report.Report{Headlines: report.Headlines{Key: []report.Finding{{}}}, Actions: []report.ActionEffect{{}}}, "en")
	r := presenttest.Rich()
	tried := make(map[string]int) // the first two of each list stand for all
	places("report", reflect.ValueOf(r), func(at string, v reflect.Value) {
		if !v.CanSet() || tried[at] == 2 {
			return
		}
		tried[at]++
		defer func() {
			if p := recover(); p != nil {
				t.Errorf("without %s: %v", at, p)
			}
		}()
		before := reflect.New(v.Type()).Elem()
		before.Set(v)
		v.SetZero()
		defer v.Set(before)
		if text := words(document(r, "en")); strings.Contains(text, "NaN") || strings.Contains(text, "%!") {
			t.Errorf("without %s the document says what is no number", at)
		}
	})
	if len(tried) < 200 {
		t.Errorf("%d parts tried, want all of a rich month", len(tried))
	}
}
