package report

import (
	"resonanz/shared/casefile"
	"resonanz/shared/satisfaction"
)

// handled is section 11: worked case 15. The figures are those of the ratings
// given in the period; the response rate is that of the complaints closed in it.
func (w *casework) handled(r *Report) {
	var answers [5]int64
	h := Handled{}
	for _, s := range w.stories {
		if s.standing(w.known) != counted {
			continue
		}
		if stars, at, ok := s.rated(); ok && w.during(at) {
			answers[stars-1]++
		}
		if !s.in(casefile.Closed) || !s.last().Notifiable {
			continue
		}
		h.Asked++
		if _, _, ok := s.rated(); ok {
			h.Answered++
		}
	}
	h.Handled = satisfaction.HandledOf(satisfaction.TallyOf(satisfaction.Stars5, answers[:]), h.Asked)
	h.ResponseRatePct = satisfaction.Percent(h.Answered, h.Asked)
	n := h.Figures.N
	h.Grade = w.grade(n)
	h.Withheld = 0 < n && n < int64(w.m.in.MinimumN)
	r.Handled = h
	switch {
	case n > 0:
	case h.Asked == 0:
		r.absent(SecComplaintSatisfaction, "", ReasonNobodyAsked)
	default:
		r.absent(SecComplaintSatisfaction, "", ReasonNobodyAnswered)
	}
}

// rated is how the customer rated the handling, 1 to 5, and when.
func (s *story) rated() (stars int, at int64, ok bool) {
	for _, step := range s.steps {
		if n, given := step.Satisfaction.Get(); given && 1 <= n && n <= 5 {
			return n, step.At, true
		}
	}
	return 0, 0, false
}
