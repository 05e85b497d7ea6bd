package presenttest

import (
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/frap"
	"resonanz/shared/handling"
	"resonanz/shared/report"
	"resonanz/shared/satisfaction"
)

func complaints(r *report.Report) {
	rate, ci := satisfaction.Rate(31, 13300, 1000)
	r.Complaints = report.Complaints{
		Received: 38, Drafts: 3, Excluded: 4, Closed: 29, Resolved: 33, OpenStart: 11, OpenEnd: 16, Overdue: 2, Contacts: ptr[int64](13300), AtContacts: 31, Rate: rate, RateCI: ci,
		CSATPct: r.Total.CSATPct, CSATN: r.Total.N, Named: 34, Anonymous: 4, FromRatings: 6,
		Channels: []report.Count{{Name: "web_form", N: 24}, {Name: "phone", N: 9}, {Name: "letter", N: 5}},
		Severity: []report.Count{{Name: "critical", N: 1}, {Name: "high", N: 6}, {Name: "medium", N: 22}, {Name: "low", N: 9}},
		Matrix: []report.CategoryRow{
			{Category: "delivery.late", N: 15, Previous: 7, Places: map[feedback.Touchpoint]int64{"hotline": 11, "checkout-cologne": 4}},
			{Category: "billing.incorrect_invoice", N: 12, Previous: 14, Places: map[feedback.Touchpoint]int64{"hotline": 12}},
			{Category: "service.waiting_time", N: 8, Previous: 6, Places: map[feedback.Touchpoint]int64{"checkout-cologne": 8}},
			{Category: "product.defect", N: 3, Previous: 2, Places: map[feedback.Touchpoint]int64{"repair": 3}},
		},
		Places: []report.ComplaintRow{
			{Touchpoint: "checkout-cologne", N: 12, Contacts: ptr[int64](9100), Rate: ptr(1.3187), CSATPct: ptr(81.9), CSATN: 624}, {Touchpoint: "fair", CSATN: 3, Withheld: true},
			{Touchpoint: "hotline", N: 23, Contacts: ptr[int64](4200), Rate: ptr(5.4762), CSATPct: ptr(78.25), CSATN: 400}, {Touchpoint: "repair", N: 3, CSATPct: ptr(57.5), CSATN: 207},
		},
	}
	var m frap.Mentions
	for category, relevance := range map[string][]int{
		"delivery.late": {5, 5, 4, 5, 4, 5, 3, 5}, "billing.incorrect_invoice": {3, 2, 3, 4, 2, 3}, "service.waiting_time": {2, 2, 1, 3, 2}, "product.defect": {5, 5, 4},
	} {
		for _, v := range relevance {
			if err := m.Add(category, v); err != nil {
				panic(err)
			}
		}
	}
	r.Causes = report.Causes{
		FRAP: m.Rank(), Unrated: 16, RootCauses: []report.Count{{Name: "process", N: 12}, {Name: "supplier", N: 9}, {Name: "staffing", N: 5}}, NoRootCause: 3, Suggestions: 214,
	}
}

func tasks(r *report.Report) {
	share := report.ShareOf
	hour := 3600.0
	comply := func(met, breached, pending int64) handling.Compliance {
		s := share(met, met+breached)
		return handling.Compliance{Met: met, Breached: breached, Pending: pending, Pct: s.Pct, CI95Pct: s.CI95}
	}
	r.Tasks = report.Tasks{
		Complaints: 35, Resolved: 33, Overdue: 2, Incomplete: 1, NotNotified: 19, Acknowledged: share(35, 35), Responded: share(33, 35), Informed: share(161, 168), Reasoned: share(3, 4),
		Apologies: share(20, 33), Owned: share(33, 33), Active: share(24, 33),
		Times: handling.Figures{
			FirstResponseBusiness: durations(.4*hour, 1.5*hour, 2*hour, 3.1*hour, 5*hour, 9.4*hour), FirstResponseWall: durations(.5*hour, 2*hour, 18*hour, 20*hour, 70*hour),
			FirstResolutionWall: durations(20*hour, 44*hour, 90*hour, 130*hour, 400*hour), FinalResolutionWall: durations(20*hour, 44*hour, 90*hour, 180*hour, 400*hour),
			FirstResponse: comply(31, 4, 0), Resolution: comply(30, 5, 9), ReopenRatePct: ptr(20.0),
		},
		Backlog:   []report.Age{{From: 0, To: ptr(7), N: 9}, {From: 7, To: ptr(14), N: 4}, {From: 14, To: ptr(30), N: 2, Late: 1}, {From: 30, N: 1, Late: 1}},
		Decisions: []report.Count{{Name: "accepted", N: 18}, {Name: "goodwill", N: 7}, {Name: "partly", N: 4}, {Name: "rejected", N: 4}},
		Policies: []report.PolicyCompliance{
			{Policy: "DEFAULT", Complaints: 33, Configured: true, FirstResponse: comply(29, 4, 0), Resolution: comply(28, 5, 9)}, {Policy: "PRIVACY", Complaints: 2, Configured: true, FirstResponse: comply(2, 0, 0), Resolution: comply(2, 0, 0)},
		},
	}
	r.Escalations = report.Escalations{Total: 45, Rules: []report.RuleReactions{
		{Rule: "LOW_RATING_CALLBACK", Raised: 22, Seen: 22, Handled: 21, Seeing: durations(600, 1200, 7200), Solving: durations(7200, 30000, 80000)},
		{Rule: "SLA_AT_RISK", Raised: 12, Seen: 10, Handled: 10, Seeing: durations(900, 4000), Solving: durations(9000, 50000)},
		{Rule: "SLA_BREACH", Raised: 5, Seen: 5, Handled: 3, Seeing: durations(300, 800), Solving: durations(90000, 190000)},
		{Rule: "DATA_GAP", Raised: 2, Seen: 1, Handled: 0, Seeing: durations(100000)}, {Rule: "CRITICAL_SEVERITY", Raised: 4, Seen: 4, Handled: 4, Seeing: durations(120, 300), Solving: durations(3000, 9000)},
	}}
	art, reg, ev := share(34, 80), share(27, 34), share(27, 80)
	r.Evidence = report.Evidence{
		Survey: &report.Survey{Respondents: 400, Dissatisfied: 80, Complained: 34, Registered: 27}, AnnoyancePct: ptr(20.0), ArticulationPct: art.Pct, ArticulationCI: art.CI95, NonArticulation: ptr(57.5),
		RegistrationPct: reg.Pct, RegistrationCI: reg.CI95, NonRegistration: share(7, 34).Pct, EvidencePct: ev.Pct, EvidenceCI: ev.CI95, Registered: 38,
		Estimated: ptr(112.59), EstimatedRange: &satisfaction.Interval{85.4, 155.2}, Accepted: ptr[int64](1286), Reconciled: ptr(false),
		Technical: &report.Reconciliation{At: time.Date(2026, 4, 20, 8, 0, 0, 0, time.UTC), Stored: 1286, Delivered: 1284, Missing: 2, StepsStored: 411, StepsDelivered: 411},
	}
	answers := satisfaction.TallyOf(stars, []int64{2, 1, 3, 6, 11})
	r.Handled = report.Handled{Asked: 28, Answered: 23, Handled: satisfaction.HandledOf(answers, 28), Grade: satisfaction.Indicative}
}

func money(r *report.Report) {
	r.CostBenefit = &report.CostBenefit{
		Assumptions: report.Assumptions{WouldHaveLeft: .5, Retained: .35, MarginCents: 9000, Years: 2, Positive: 3, Conversion: .02, Negative: 10, LossConversion: .01, PerHourCents: 4200, HoursPerCase: 1.5, ITAdminCents: 90000, PerMessageCents: 75},
		Complaints:  38, Convinced: 18.17, Disappointed: 4.96, PersonnelCents: 239400, ITAdminCents: 90000, CommunicationCents: 12675, CompensationCents: 61250, Retained: 6.65,
		RetentionCents: 119700, WordOfMouthCents: 5350, BenefitCents: 125050, CostCents: 403325, ProfitCents: -278275, RoCMPct: ptr(-68.995), PerComplaintCents: ptr[int64](10614), Messages: 169,
		Compensations: []report.Money{{Name: "apology", N: 20}, {Name: "refund", N: 6, Cents: 41250}, {Name: "voucher", N: 8, Cents: 20000}}, Currency: "EUR",
	}
	before, after := satisfaction.Proportion{N: 96, Satisfied: 41}, satisfaction.Proportion{N: 88, Satisfied: 17}
	r.Actions = []report.ActionEffect{
		{
			Action: report.Action{ID: "A-7", Category: "service.waiting_time", Title: "Second till on Saturdays", StartsAt: day("2026-01-03"), DoneAt: day("2026-01-10")}, Days: 80, Linked: 6,
			Before: before, After: after, BeforePct: satisfaction.Percent(41, 96), AfterPct: satisfaction.Percent(17, 88), Change: satisfaction.ChangeOf(after, before),
		},
		{Action: report.Action{ID: "A-9", Category: "delivery.late", Title: "New carrier for the north", StartsAt: day("2026-03-28")}, Reason: "too_recent", Linked: 2},
	}
}

func trends(r *report.Report) {
	t := &r.Trends
	control := func(per string, centre, last float64, signal bool) *report.Control {
		c := &report.Control{Centre: centre, Per: per, Signal: signal, Baseline: 11}
		for i := range 13 {
			p := report.ControlPoint{Period: Month.Add(i - 12), K: 40, N: 900, Lower: ptr(centre * .4), Upper: ptr(centre * 1.6)}
			if p.Value = ptr(centre * (.8 + .05*float64(i%7))); i == 12 {
				p.Value, p.Signal = &last, signal
			}
			if i == 3 {
				p.Value = nil
			}
			c.Points = append(c.Points, p)
		}
		return c
	}
	months := func(satisfied int64) (out []report.TrendMonth) {
		for i := range 13 {
			n := int64(900 + 30*i)
			k := n * (satisfied + int64(i%5)) / 100
			score := satisfaction.NetPromoterOf(120+int64(i), 90, 70-int64(i%4))
			m := report.TrendMonth{Period: Month.Add(i - 12), Known: true, N: n, CSATPct: satisfaction.Percent(k, n), CI95: satisfaction.Wilson(k, n), NPS: score.NPS, NPSN: score.N, NPSCI: score.CI95, Complaints: 25 + int64(i%6), Contacts: 13000}
			if i == 3 {
				m = report.TrendMonth{Period: m.Period}
			}
			out = append(out, m)
		}
		return out
	}
	t.Months, t.Low, t.Complaint = months(73), control("rating", .1, .12, false), control("contact", .0024, .0023, false)
	t.Places = []report.PlaceTrend{
		{Touchpoint: "checkout-cologne", Months: months(76), Low: control("rating", .08, .082, false)}, {Touchpoint: "hotline", Months: months(70), Low: control("rating", .07, .15, true)},
		{Touchpoint: "fair", Months: []report.TrendMonth{{Period: Month, Known: true, N: 3, Withheld: true}}},
	}
}

func cards(r *report.Report) {
	yes, top := report.ShareOf(31, 35), report.ShareOf(29, 41)
	var gaps satisfaction.Gaps
	for _, v := range [][2]int{{4, 5}, {4, 4}, {5, 3}, {3, 4}, {4, 2}, {3, 3}, {4, 5}} {
		gaps.Add(v[0], v[1])
	}
	r.Loyalty = report.Loyalty{
		Indicators: []report.Indicator{
			{Card: "visit", Item: "again", Kind: "yes_no", Measures: "repurchase", N: 35, Counts: []report.Count{{Name: "yes", N: 31}, {Name: "no", N: 4}}, TopPct: yes.Pct, TopCI: yes.CI95, Grade: satisfaction.Reliable},
		},
		Items: []report.Indicator{
			{Card: "visit", Item: "friendliness", Kind: "rating", N: 41, Counts: []report.Count{{Name: "1", N: 2}, {Name: "2", N: 3}, {Name: "3", N: 7}, {Name: "4", N: 14}, {Name: "5", N: 15}}, Mean: ptr(3.9), TopPct: top.Pct, TopCI: top.CI95, Grade: satisfaction.Reliable},
			{Card: "visit", Item: "found", Kind: "yes_no", N: 4, Withheld: true, Grade: satisfaction.Suppressed},
		},
		Gap: gaps.Disconfirmation(), GapPlaces: []report.GapRow{{Touchpoint: "checkout-cologne", Disconfirmation: gaps.Disconfirmation()}}, Grade: satisfaction.Indicative,
	}
}

func headlines(r *report.Report) {
	better := true
	place := satisfaction.ChangeOf(satisfaction.Proportion{N: 624, Satisfied: 511}, satisfaction.Proportion{N: 580, Satisfied: 420})
	h := &r.Headlines
	h.Key = []report.Finding{
		{Code: report.FindCSAT, Section: report.SecCSAT, Value: r.Total.CSATPct, Interval: r.Total.CSATCI95Pct, N: r.Total.N, Before: r.Change.PreviousCSAT, Change: &r.Change.Change, Better: &better},
		{Code: report.FindOverdue, Section: report.SecTasks, N: 2},
		{Code: report.FindPlaceSignal, Section: report.SecTrends, Subject: "hotline", Value: ptr(15.0), N: 400, Before: ptr(11.2)},
	}
	h.Changed = []report.Finding{
		{Code: report.FindPlaceChange, Section: report.SecCSAT, Subject: "checkout-cologne", Value: ptr(81.891), N: 624, Before: ptr(72.414), Change: &place, Better: &better},
	}
	same := satisfaction.ChangeOfScores(r.Recommend.NPS.NetPromoter, r.Recommend.Previous.NetPromoter)
	h.Same = []report.Finding{{Code: report.FindNPSChange, Section: report.SecNPS, Value: r.Recommend.NPS.NPS, N: r.Recommend.NPS.N, Before: r.Recommend.Previous.NPS, Change: &same}}
	h.ToDo = []report.Finding{
		{Code: report.FindUnread, Section: report.SecQuality, N: 1}, {Code: report.FindOverdue, Section: report.SecTasks, N: 2}, {Code: report.FindPlaceSignal, Section: report.SecTrends, Subject: "hotline", Value: ptr(15.0), N: 400, Before: ptr(11.2)},
		{Code: report.FindTopProblem, Section: report.SecFRAP, Subject: "delivery.late", Value: ptr(43.1), N: 8}, {Code: report.FindSilent, Section: report.SecQuality, Subject: "kiosk-bonn", N: 1},
	}
}
