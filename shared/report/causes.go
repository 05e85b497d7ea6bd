package report

import (
	"resonanz/shared/casefile"
	"resonanz/shared/frap"
	"resonanz/shared/responses"
)

// causes is section 8. The problems are those of the complaints received in the
// period; the root causes those of the complaints closed in it.
func (w *casework) causes(r *Report) {
	var mentions frap.Mentions
	c := &r.Causes
	*c = Causes{RootCauses: []Count{}, Suggestions: w.m.texts}
	for _, s := range w.received {
		c.Suggestions += w.heard(s.said)
		if !s.mention(&mentions) {
			c.Unrated++
		}
	}
	for _, u := range w.strays {
		c.Suggestions += w.heard(u.facts)
		stray := story{w: w, said: u.facts}
		if !stray.mention(&mentions) {
			c.Unrated++
		}
	}
	c.FRAP = mentions.Rank()
	if c.FRAP.MeanRelevance == nil {
		c.FRAP.Problems, c.FRAP.ByCount = []frap.Problem{}, []string{}
		reason := ReasonNoComplaints
		if len(w.received)+len(w.strays) > 0 {
			reason = ReasonNoAnnoyance
		}
		r.absent(SecFRAP, "frap", reason)
	}

	roots, closed := tally{}, false
	for _, s := range w.stories {
		if s.standing(w.known) != counted || !s.in(casefile.Closed) {
			continue
		}
		closed = true
		if root := w.text(s.last().RootCause); root != "" {
			roots[root]++
		} else {
			c.NoRootCause++
		}
	}
	c.RootCauses = roots.byCount()
	switch {
	case !closed:
		r.absent(SecFRAP, "root_causes", ReasonNoClosed)
	case len(roots) == 0:
		r.absent(SecFRAP, "root_causes", ReasonNoRootCauses)
	}
}

// heard counts the complaints received up to the end of the period.
func (w *casework) heard(said []*responses.Complaint) (n int64) {
	for _, c := range said {
		if c.Received < w.m.end {
			n++
		}
	}
	return n
}

// mention counts the problems that a complaint names, each once with the
// greatest annoyance that was given about it: the category of the case, which
// staff may have corrected, and those of further complaints in it. False: none
// came with an annoyance.
func (s *story) mention(mentions *frap.Mentions) (rated bool) {
	greatest := make(map[string]int)
	for i, c := range s.said {
		if c.Received >= s.w.m.end {
			continue // of a later month
		}
		category := s.w.text(c.Category)
		if len(s.steps) > 0 && (i == 0 || c.Category == s.said[0].Category) {
			category = s.w.text(s.last().Category)
		}
		if n, ok := c.Annoyance.Get(); ok && frap.Least <= n && n <= frap.Greatest {
			greatest[category] = max(greatest[category], n)
		}
	}
	for category, n := range greatest {
		if mentions.Add(category, n) == nil {
			rated = true
		}
	}
	return rated
}
