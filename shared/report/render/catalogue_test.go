package render

import (
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/report"
	"resonanz/shared/satisfaction"
)

// entries lists every text of a catalogue by its place: fields, list items and
// map keys; functions stand by their place alone and must return some text.
func entries(t *testing.T, w *words) map[string]string {
	t.Helper()
	all := make(map[string]string)
	var walk func(at string, v reflect.Value)
	walk = func(at string, v reflect.Value) {
		switch v.Kind() {
		case reflect.String:
			all[at] = v.String()
		case reflect.Array:
			for i := range v.Len() {
				walk(at+"/"+integer(i), v.Index(i))
			}
		case reflect.Map:
			all[at+"/"] = "a map"
			for _, k := range v.MapKeys() {
				walk(at+"/"+k.String(), v.MapIndex(k))
			}
		case reflect.Func:
			if v.IsNil() {
				all[at] = ""
				return
			}
			args := make([]reflect.Value, v.Type().NumIn())
			for i := range args {
				args[i] = reflect.New(v.Type().In(i)).Elem()
				if args[i].Kind() == reflect.String {
					args[i].SetString("‹" + integer(i) + "›")
				}
			}
			walk(at, v.Call(args)[0])
		default:
			t.Fatalf("%s: a catalogue cannot hold %s", at, v.Type())
		}
	}
	v := reflect.ValueOf(w).Elem()
	for i := range v.NumField() {
		walk(v.Type().Field(i).Name, v.Field(i))
	}
	return all
}

func TestCataloguesAreComplete(t *testing.T) {
	de, en := entries(t, &german), entries(t, &english)
	if d := cmp.Diff(slices.Sorted(maps.Keys(en)), slices.Sorted(maps.Keys(de))); d != "" {
		t.Errorf("the languages say different things (-English +German):\n%s", d)
	}
	for _, all := range []map[string]string{de, en} {
		for at, s := range all {
			if strings.TrimSpace(s) == "" && s != nbsp {
				t.Errorf("%s says nothing in %s", at, all["Lang"])
			}
		}
	}
	for at, s := range de {
		if len(s) > 24 && s == en[at] {
			t.Errorf("%s is the same in both languages: %q", at, s)
		}
	}
}

func TestCataloguesHaveAWordForEveryCode(t *testing.T) {
	notes := []report.Note{report.NoteTopBox, report.NoteWilson, report.NoteNewcombe, report.NoteFirstVoteMonth, report.NoteLastVote, report.NoteAssistedApart,
		report.NoteDelivered, report.NoteSuppression, report.NoteMixedScales, report.NoteTop3, report.NoteContactWeighted, report.NoteContactsMissing, report.NoteNoInvitations}
	for _, l := range Languages() {
		w := catalogue[l]
		if w == nil || w.Lang != l {
			t.Fatalf("language %s has no catalogue", l)
		}
		for _, n := range notes {
			if w.Notes[n] == "" {
				t.Errorf("%s: note %s has no sentence", l, n)
			}
		}
		for _, c := range feedback.Channels {
			if w.Channels[c] == "" {
				t.Errorf("%s: channel %s has no name", l, c)
			}
		}
		for _, s := range []feedback.Scale{feedback.Stars5, feedback.CSAT10, feedback.NPS, feedback.CES7} {
			if w.ScaleNames[s] == "" {
				t.Errorf("%s: scale %s has no name", l, s)
			}
		}
		for _, s := range []report.Status{report.Preliminary, report.Final, report.Restated} {
			if w.Status[s] == "" || w.StatusMeans[s] == "" {
				t.Errorf("%s: status %s has no words", l, s)
			}
		}
		for _, g := range []satisfaction.Reliability{satisfaction.Suppressed, satisfaction.Indicative, satisfaction.Reliable} {
			if w.Grade[g] == "" || w.GradeMeans(5, 30)[g] == "" {
				t.Errorf("%s: reliability %s has no words", l, g)
			}
		}
		for _, v := range []satisfaction.Verdict{satisfaction.Improved, satisfaction.Declined, satisfaction.NoDetectable, satisfaction.NoData} {
			if w.Verdict[v] == nil {
				t.Errorf("%s: verdict %s has no sentence", l, v)
			}
		}
	}
}

func TestFiguresAreRoundedHalfAwayFromZero(t *testing.T) {
	for _, c := range []struct {
		v      float64
		de, en string
	}{
		{86.25, "86,3" + nbsp + "%", "86.3%"},
		{0.05, "0,1" + nbsp + "%", "0.1%"},
		{100, "100,0" + nbsp + "%", "100.0%"},
		{1234567.25, "1.234.567,3" + nbsp + "%", "1,234,567.3%"},
		{-2.25, minus + "2,3" + nbsp + "%", minus + "2.3%"},
	} {
		if got := german.percent(&c.v); got != c.de {
			t.Errorf("German %v = %q, want %q", c.v, got, c.de)
		}
		if got := english.percent(&c.v); got != c.en {
			t.Errorf("English %v = %q, want %q", c.v, got, c.en)
		}
	}
	if got := german.points(0.04); got != "0,0" {
		t.Errorf("a change of 0.04 points = %q, want one without sign", got)
	}
}
