package escalate

import (
	"reflect"
	"testing"
	"time"

	"pgregory.net/rapid"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

func TestWhatNobodyNeedBeToldOf(t *testing.T) {
	noon, fresh := at("2026-03-10T12:00:00Z"), key("v")
	first := func(change func(*Said)) Said {
		s := vote("v", fresh, noon, 1, false)
		change(&s)
		return s
	}
	for name, c := range map[string]struct {
		said Said
		want bool
	}{
		"a good rating of a kiosk":   {first(func(s *Said) { s.Rating = 5 }), false},
		"a low one without a word":   {first(func(*Said) {}), false},
		"one of another segment":     {first(func(s *Said) { s.Segment = "B" }), false},
		"one that is outside":        {first(func(s *Said) { s.Rating, s.HasText = 9, true }), false},
		"with a text":                {first(func(s *Said) { s.HasText = true }), true},
		"good, with a text":          {first(func(s *Said) { s.Rating, s.HasText = 5, true }), true},
		"with the wish to be called": {first(func(s *Said) { s.Rating, s.CallbackRequested = 5, true }), true},
		"of segment A":               {first(func(s *Said) { s.Rating, s.Segment = 5, "A" }), true},
		"a complaint":                {complaint("v", fresh, noon, "other", false), true},
		"a vote by link":             {vote("w", fresh, noon, 5, false), true},
	} {
		if got := Concerns(&c.said); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestNoRuleHoldsForWhatConcernsNobody is the law, over all thresholds: what does
// not concern a case is the first word of its response, no rule holds for it, and
// no case is made of it.
func TestNoRuleHoldsForWhatConcernsNobody(t *testing.T) {
	noon := at("2026-03-10T12:00:00Z")
	rapid.Check(t, func(rt *rapid.T) {
		s := Vote(&feedback.Rating{
			EventID: "v", ResponseKey: key(rapid.SampledFrom([]string{"v", "w"}).Draw(rt, "response")), SubmittedAt: noon, ReceivedAt: noon,
			Scale:             rapid.SampledFrom([]feedback.Scale{feedback.Stars5, feedback.CSAT10, feedback.NPS, feedback.CES7, "thumbs"}).Draw(rt, "scale"),
			Rating:            rapid.IntRange(-1, 11).Draw(rt, "rating"),
			HasText:           rapid.Bool().Draw(rt, "text"),
			CallbackRequested: rapid.Bool().Draw(rt, "callback"),
			Segment:           rapid.SampledFrom([]string{"", "A", "B"}).Draw(rt, "segment"),
		})
		if rapid.Bool().Draw(rt, "complaint") {
			s.Complaint, s.Category = true, "privacy"
		}
		r := anyRules(rt)
		if Concerns(&s) {
			return
		}
		if d := Decide(&s, r); !s.Begins() || len(d) > 0 {
			rt.Fatalf("%+v by %+v", d, r)
		}
		for _, f := range Families {
			if c, _, more := Next(f, nil, nil, []Said{s}, noon, r); more {
				rt.Fatalf("a case of family %s: %+v", f, c)
			}
		}
		if c := r.Complaint([]casefile.Entry{}, []Said{s}); c != nil {
			rt.Fatalf("a complaint: %+v", c)
		}
	})
}

// anyRules draws thresholds, those of rules that are still to be written among
// them.
func anyRules(rt *rapid.T) (r Rules) {
	for i, v := 0, reflect.ValueOf(&r).Elem(); i < v.NumField(); i++ {
		switch f, name := v.Field(i), v.Type().Field(i).Name; f.Interface().(type) {
		case int:
			f.SetInt(int64(rapid.IntRange(0, 5).Draw(rt, name)))
		case time.Duration:
			f.SetInt(int64(rapid.IntRange(0, 100).Draw(rt, name)) * int64(time.Hour))
		case []string:
			f.Set(reflect.ValueOf(rapid.SliceOf(rapid.SampledFrom([]string{"", "privacy", "other"})).Draw(rt, name)))
		case func(string) int:
			n := rapid.IntRange(0, 5).Draw(rt, name)
			f.Set(reflect.ValueOf(func(string) int { return n }))
		default:
			rt.Fatalf("thresholds of a type that is not drawn: %s", name)
		}
	}
	return r
}
