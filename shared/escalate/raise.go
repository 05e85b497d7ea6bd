package escalate

import (
	"cmp"
	"slices"

	"resonanz/shared/casefile"
)

// Raise is a rule that escalates a case which exists.
type Raise struct {
	Rule     Rule
	Priority Priority
}

// Raises are the rules that what was said escalates the complaint case c by, and
// that have not escalated it before. A complaint that threatens is critical
// whatever its category; one of a critical category may come second in its
// response; one about the handling of complaints follows up.
func Raises(c *casefile.Case, said []Said, r Rules) []Raise {
	if !complains(c) || c.Status.Ended() {
		return nil
	}
	var out []Raise
	for _, rule := range [...]struct {
		Raise
		holds func(*Said) bool
	}{
		{Raise{CriticalSeverity, Critical}, func(s *Said) bool { return s.Threat || r.critical(s.Category) }},
		{Raise{FollowUpComplaint, High}, func(s *Said) bool { return among(r.FollowUp, s.Category) }},
	} {
		if !Raised(c, rule.Rule) && slices.ContainsFunc(said, func(s Said) bool { return s.Complaint && rule.holds(&s) }) {
			out = append(out, rule.Raise)
		}
	}
	return out
}

// Repeats are the numbers of those cases of one customer, in order, that repeat
// an earlier complaint of the same category: RepeatCount of them opened within
// RepeatWindow up to it, itself included. Those that REPEAT_COMPLAINT has
// escalated before, or that have ended, are left out. What is no complaint, or
// the same as another, counts for nothing. Cases of who is not known never
// repeat: the caller asks for those of one customer only.
func Repeats(cases []casefile.Case, r Rules) []casefile.Number {
	var all []casefile.Case
	for i := range cases {
		if complains(&cases[i]) && cases[i].Status != casefile.Duplicate {
			all = append(all, cases[i])
		}
	}
	slices.SortFunc(all, func(a, b casefile.Case) int {
		return cmp.Or(a.OpenedAt.Compare(b.OpenedAt), cmp.Compare(a.Number, b.Number))
	})
	all = slices.CompactFunc(all, func(a, b casefile.Case) bool { return a.Number == b.Number })
	var out []casefile.Number
	for i := range all {
		c, n := &all[i], 0
		for j := range all[:i+1] {
			if all[j].Category == c.Category && c.OpenedAt.Sub(all[j].OpenedAt) <= r.RepeatWindow {
				n++
			}
		}
		if r.RepeatCount > 0 && n >= r.RepeatCount && !c.Status.Ended() && !Raised(c, RepeatComplaint) {
			out = append(out, c.Number)
		}
	}
	return out
}

// Raised reports whether a rule has ever escalated c.
func Raised(c *casefile.Case, rule Rule) bool {
	return slices.ContainsFunc(c.Handling.Escalations, func(e casefile.Escalation) bool { return e.Rule == string(rule) })
}

// complains reports whether c is a complaint, not a draft or what was one.
func complains(c *casefile.Case) bool {
	return c.Family == casefile.Complaint && c.Status != casefile.Draft && c.Status != casefile.Dismissed
}
