package present

import (
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
)

// costs is section 12: what handling complaints cost and what it was worth, with
// every assumption beside what follows from it.
func (w *writer) costs() {
	c := w.r.CostBenefit
	if w.absent(report.SecCostBenefit, "") || c == nil {
		w.rest(report.SecCostBenefit, "")
		return
	}
	cur := c.Currency
	cash := func(name string, cents int64, beside string) doc.Figure {
		return doc.Figure{Label: w.say(name), Value: w.money(cents, cur), Beside: beside}
	}
	per := none
	if c.PerComplaintCents != nil {
		per = w.money(*c.PerComplaintCents, cur)
	}
	w.figures(
		cash("costs.total", c.CostCents, w.say("costs.per", per, w.many("complaint", c.Complaints))),
		cash("costs.benefit", c.BenefitCents, w.say("costs.estimated")),
		cash("costs.profit", c.ProfitCents, w.say("costs.estimated")),
		doc.Figure{Label: w.say("costs.rocm"), Value: w.percent(c.RoCMPct), Beside: w.say("costs.rocm.hint")},
	)
	w.warn("costs.caution")
	w.costTable()
	w.benefitTable()
	w.assumptions()
	t := w.newTable("compensations").name("compensation").num("count", "amount_cents")
	for _, m := range c.Compensations {
		t.word(w.code("compensation", m.Name), m.Name).count(m.N).money(m.Cents, cur).end()
	}
	t.add()
	w.rest(report.SecCostBenefit, "")
}

func (w *writer) costTable() {
	c := w.r.CostBenefit
	a := &c.Assumptions
	t := w.newTable("costs").name("item").num("amount_cents").col("assumption")
	row := func(id string, cents int64, assumption string) {
		t.word(w.say("costs/"+id), id).money(cents, c.Currency).put(assumption, nil).end()
	}
	given := w.say("costs.given")
	personnel, it, messages := given, given, given
	if !c.Given {
		personnel = w.say("assumed.personnel", w.count(c.Complaints), w.decimal(a.HoursPerCase, 2), w.money(a.PerHourCents, c.Currency))
		it = w.say("assumed.it", w.money(a.ITAdminCents, c.Currency))
		if w.r.Header.Group != "" {
			it = w.say("assumed.it.group", w.money(a.ITAdminCents, c.Currency))
		}
		messages = w.say("assumed.messages", w.count(c.Messages), w.money(a.PerMessageCents, c.Currency))
	}
	row("personnel", c.PersonnelCents, personnel)
	row("it_admin", c.ITAdminCents, it)
	row("communication", c.CommunicationCents, messages)
	row("compensation", c.CompensationCents, w.say("assumed.compensation"))
	row("total", c.CostCents, "")
	chart := &doc.Chart{
		ID: "chart_costs", Kind: doc.Bars, Title: w.say("chart.costs"), Table: "costs", XLabel: w.say("costs.axis", c.Currency), Decimals: 2,
		Labels: []string{w.say("costs/personnel"), w.say("costs/it_admin"), w.say("costs/communication"), w.say("costs/compensation")},
		Series: []doc.Series{{Name: w.say("costs.total"), Tone: doc.Brand, Values: []float64{
			float64(c.PersonnelCents) / 100, float64(c.ITAdminCents) / 100, float64(c.CommunicationCents) / 100, float64(c.CompensationCents) / 100,
		}}},
		Alt: w.say("alt.costs", w.money(c.CostCents, c.Currency), w.money(c.PersonnelCents, c.Currency)),
	}
	w.chart(chart)
	t.add()
}

func (w *writer) benefitTable() {
	c := w.r.CostBenefit
	a := &c.Assumptions
	share := func(v float64) string { v *= 100; return w.percent(&v) }
	t := w.newTable("benefit").name("item").num("amount_cents").col("assumption")
	row := func(id string, cents int64, assumption string) {
		t.word(w.say("benefit/"+id), id).money(cents, c.Currency).put(assumption, nil).end()
	}
	row("retention", c.RetentionCents, w.say("assumed.retention", w.count(c.Complaints), share(a.WouldHaveLeft), share(a.Retained), w.decimal(c.Retained, 1),
		w.money(a.MarginCents, c.Currency), w.decimal(a.Years, 1)))
	row("word_of_mouth", c.WordOfMouthCents, w.say("assumed.word_of_mouth", w.decimal(c.Convinced, 1), w.decimal(a.Positive, 1), share(a.Conversion),
		w.decimal(c.Disappointed, 1), w.decimal(a.Negative, 1), share(a.LossConversion), w.money(a.MarginCents, c.Currency)))
	information := w.say("costs.given")
	if c.InformationCents == 0 {
		information = w.say("assumed.information")
	}
	row("information", c.InformationCents, information)
	row("total", c.BenefitCents, "")
	row("cost", -c.CostCents, "")
	row("profit", c.ProfitCents, w.say("assumed.profit", w.percent(c.RoCMPct)))
	t.add()
}

// assumptions prints each of them once more by itself: figures stand and fall
// with them.
func (w *writer) assumptions() {
	c := w.r.CostBenefit
	a := &c.Assumptions
	t := w.newTable("assumptions").name("assumption").num("value")
	share := func(id string, v float64) {
		pct := v * 100
		t.word(w.say("assumption/"+id), id).put(w.percent(&pct), v).end()
	}
	number := func(id string, v float64) { t.word(w.say("assumption/"+id), id).float(v, 2).end() }
	cash := func(id string, cents int64) { t.word(w.say("assumption/"+id), id).money(cents, c.Currency).end() }
	share("would_have_left", a.WouldHaveLeft)
	share("retained", a.Retained)
	cash("margin", a.MarginCents)
	number("years", a.Years)
	number("positive", a.Positive)
	share("conversion", a.Conversion)
	number("negative", a.Negative)
	share("loss_conversion", a.LossConversion)
	cash("per_hour", a.PerHourCents)
	number("hours_per_case", a.HoursPerCase)
	cash("it_admin", a.ITAdminCents)
	cash("per_message", a.PerMessageCents)
	t.add()
	w.note("assumptions.read")
}
