package lifecycle_test

import (
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
)

// forget takes the words out of a story, as an erasure does.
func (s *story) forget() {
	for i := range s.timeline {
		s.timeline[i].Words = nil
	}
}

// erase lets the customer of a story be erased.
func (s *story) erase() bool {
	s.tb.Helper()
	c, entries, changed := lifecycle.Erase(s.Case, s.timeline, s.now, s.rules)
	if changed {
		s.keep(c, entries)
	}
	s.forget()
	return changed
}

func TestAnErasedCustomerLeavesNoWorkBehind(t *testing.T) {
	resolved := func(t *testing.T) *story {
		return received(t).must(byAnna, plain[casefile.Assessing], plain[casefile.Investigating], plain[casefile.Deciding], plain[casefile.Resolving])
	}
	for name, x := range map[string]struct {
		story  *story
		status casefile.Status
		told   bool
	}{
		"just received":       {received(t), casefile.Withdrawn, true},
		"in investigation":    {received(t).must(byAnna, plain[casefile.Assessing], plain[casefile.Investigating]), casefile.Withdrawn, true},
		"the customer asked":  {received(t).must(byAnna, plain[casefile.Assessing], plain[casefile.Investigating], plain[casefile.Asking]), casefile.Withdrawn, true},
		"decided":             {received(t).must(byAnna, plain[casefile.Assessing], plain[casefile.Investigating], plain[casefile.Deciding]), casefile.Withdrawn, true},
		"resolved":            {resolved(t), casefile.Withdrawn, true},
		"reopened":            {resolved(t).must(byCustomer, plain[casefile.Reopening]), casefile.Withdrawn, true},
		"closed":              {resolved(t).must(byAnna, plain[casefile.Closing]), casefile.Closed, false},
		"withdrawn":           {received(t).must(byCustomer, plain[casefile.Withdrawing]), casefile.Withdrawn, false},
		"a draft":             {drafted(t), casefile.Dismissed, true},
		"dismissed":           {drafted(t).must(byAnna, plain[casefile.Dismissing]), casefile.Dismissed, false},
		"a callback":          {callback(t), casefile.Closed, true},
		"a callback was made": {callback(t).must(byAnna, lifecycle.Command{Do: casefile.Closing}), casefile.Closed, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := x.story
			had := len(s.timeline)
			if !s.erase() || s.Status != x.status || s.Notifiable {
				t.Fatalf("%s, notifiable %v; want %s", s.Status, s.Notifiable, x.status)
			}
			for _, e := range s.timeline[had:] {
				if e.Inform || e.Reason != lifecycle.Erased || e.By != bySystem || e.Words != nil {
					t.Errorf("%+v", e)
				}
			}
			if told := s.last().Alert != nil; told != x.told || told && s.last().Alert.Action != lifecycle.Erased {
				t.Errorf("staff told: %v, want %v", told, x.told)
			}
			if err := casefile.Check(&s.Case, s.timeline); err != nil {
				t.Error(err)
			}
			if got := casefile.Replay(s.timeline); got.Status != s.Status || got.Head != s.Head {
				t.Errorf("replays to %+v", got)
			}
			s.later(90 * 24 * time.Hour)
			if more := s.ticks(); len(more) > 0 {
				t.Errorf("the clock goes on: %+v", more)
			}
			if s.erase() {
				t.Error("erased twice")
			}
		})
	}
}

func TestWhatIsWrittenAfterAnErasureIsErasedByTheNext(t *testing.T) {
	s := received(t)
	s.erase()
	s.must(byAnna, plain[casefile.Noting])
	if !s.erase() || s.erase() {
		t.Error("the note was not noticed, or is noticed for ever")
	}
}
