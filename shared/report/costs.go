package report

import (
	"cmp"
	"slices"

	"resonanz/events"
	"resonanz/shared/benefit"
	"resonanz/shared/casefile"
	"resonanz/shared/responses"
)

// costs is section 12: worked case 14. It exists where the configuration holds
// assumptions. Costs are those that the owner told of the month, else those that
// follow from the assumptions.
func (w *casework) costs(r *Report) {
	in := w.m.in
	if in.Assumptions == nil {
		r.absent(SecCostBenefit, "", ReasonNoAssumptions)
		return
	}
	a := *in.Assumptions
	c := &CostBenefit{
		Assumptions: a, Complaints: r.Complaints.Received, Currency: in.Currency,
		Compensations: r.Tasks.Compensations, Messages: w.messages(),
	}
	for _, m := range c.Compensations {
		c.CompensationCents += m.Cents
	}
	if given := in.Costs; given != nil {
		c.Given = true
		c.PersonnelCents, c.ITAdminCents, c.CommunicationCents = given.PersonnelCents, given.ITAdminCents, given.CommunicationCents
		c.InformationCents = given.InformationBenefitCents
		if given.CompensationCents != nil {
			c.CompensationCents = *given.CompensationCents
		}
	} else {
		c.PersonnelCents = benefit.Cents(float64(c.Complaints) * a.HoursPerCase * float64(a.PerHourCents))
		if c.ITAdminCents = a.ITAdminCents; in.Group != "" {
			c.ITAdminCents = 0 // else every group would bear what the whole costs
			r.absent(SecCostBenefit, "it_admin", ReasonOfTheWhole)
		}
		c.CommunicationCents = c.Messages * a.PerMessageCents
	}
	if h := &r.Handled.Figures; h.N > 0 {
		share := func(k int64) float64 { return float64(k) * float64(c.Complaints) / float64(h.N) }
		c.Convinced, c.Disappointed = share(h.Distribution.Of(5)), share(h.Distribution.Of(1)+h.Distribution.Of(2))
	} else {
		r.absent(SecCostBenefit, "communication_benefit", ReasonNobodyAnswered)
	}
	f := benefit.Of(benefit.Case{
		Complaints: c.Complaints, Convinced: c.Convinced, Disappointed: c.Disappointed, InformationCents: c.InformationCents,
		Assumptions: benefit.Assumptions{
			WouldHaveLeft: a.WouldHaveLeft, Retained: a.Retained, MarginCents: a.MarginCents, Years: a.Years,
			Positive: a.Positive, Conversion: a.Conversion, Negative: a.Negative, LossConversion: a.LossConversion,
		},
		Costs: benefit.Costs{
			Personnel: c.PersonnelCents, ITAdmin: c.ITAdminCents, Communication: c.CommunicationCents, Compensation: c.CompensationCents,
		},
	})
	c.Retained, c.RetentionCents, c.WordOfMouthCents = f.Retained, f.RetentionCents, f.WordOfMouthCents
	c.BenefitCents, c.CostCents, c.ProfitCents, c.RoCMPct = f.BenefitCents, f.CostCents, f.ProfitCents, f.RoCMPct
	if f.PerComplaint != nil {
		each := benefit.Cents(*f.PerComplaint)
		c.PerComplaintCents = &each
	}
	r.CostBenefit = c
}

// messages counts the messages sent to customers in the period, also about cases
// that count nowhere else: they were sent.
func (w *casework) messages() (n int64) {
	for _, s := range w.stories {
		for _, step := range s.steps {
			if step.Informed && w.during(step.At) {
				n++
			}
		}
	}
	return n
}

// promised sums up what was promised to customers in the period, by kind.
func (w *casework) promised() []Money {
	sums := make(map[string]*Money)
	for _, s := range w.stories {
		if s.standing(w.known) != counted {
			continue
		}
		for i, step := range s.steps {
			if !w.during(step.At) {
				continue
			}
			for _, c := range s.promises(i) {
				m := sums[c.Kind]
				if m == nil {
					m = &Money{Name: c.Kind}
					sums[c.Kind] = m
				}
				m.N++
				m.Cents += c.Cents
			}
		}
	}
	out := make([]Money, 0, len(sums))
	for _, m := range sums {
		out = append(out, *m)
	}
	slices.SortFunc(out, func(a, b Money) int { return cmp.Or(-cmp.Compare(a.Cents, b.Cents), cmp.Compare(a.Name, b.Name)) })
	return out
}

// promises are what step i promised beyond the step before it. Where that one is
// not known, it is what the step says it is about: the last of the promises, or,
// of one that was approved, the largest.
func (s *story) promises(i int) []events.Compensation {
	step := s.steps[i]
	var before []events.Compensation
	switch {
	case i > 0 && s.steps[i-1].Compensations == step.Compensations:
		return nil
	case i > 0:
		before = s.parsed(s.steps[i-1])
	case step.Seq > 1:
		all := s.parsed(step)
		if len(all) == 0 {
			return nil
		}
		switch casefile.Action(s.w.text(step.Action)) {
		case casefile.Compensating:
			return all[len(all)-1:]
		case casefile.Approving:
			return []events.Compensation{slices.MaxFunc(all, func(a, b events.Compensation) int { return cmp.Compare(a.Cents, b.Cents) })}
		}
		return nil
	}
	var added []events.Compensation
	for _, c := range s.parsed(step) {
		if at := slices.Index(before, c); at >= 0 {
			before = slices.Delete(before, at, at+1)
			continue
		}
		added = append(added, c)
	}
	return added
}

// parsed are the compensations promised after a step; none where they are no
// list of compensations, which no fact written by this program is.
func (s *story) parsed(step *responses.Transition) []events.Compensation {
	all, err := responses.ParseCompensations(s.w.text(step.Compensations))
	if err != nil {
		return nil
	}
	return all
}
