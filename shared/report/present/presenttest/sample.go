// Package presenttest holds reports for tests of what is written from reports:
// a rich month in which every section has content and some cells are withheld,
// and a month in which nothing happened. Their figures are made up; what follows
// from counts is computed.
package presenttest

import (
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/handling"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/report/present"
	"resonanz/shared/responses"
	"resonanz/shared/satisfaction"
)

// Month is the period of the reports.
var Month = must(period.Parse("2026-03"))

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func ptr[T any](v T) *T { return &v }

func day(s string) time.Time { return must(time.Parse("2006-01-02", s)) }

// Options are names in the language for the codes of Rich.
func Options(l feedback.Language) present.Options {
	o := present.Options{
		Language: l, Accent: "#0b5cad",
		Names:   map[feedback.Touchpoint]string{"hotline": "Hotline", "checkout-cologne": "Checkout Cologne", "repair": "Repair", "fair": "Fair", "kiosk-bonn": "Kiosk Bonn"},
		Reasons: map[string]string{"waiting_time": "Waited too long", "friendly": "Friendly", "not_solved": "Not solved"},
		Groups:  map[string]string{"cologne": "Cologne"},
		Cards:   map[string]string{"visit": "Your visit"},
		Items: map[string]string{
			"visit/again": "Would you come back?", "visit/friendliness": "Friendliness", "visit/found": "Did you find what you were looking for?",
		},
		Category: func(code string) string {
			return map[string]string{"delivery.late": "Delivered late", "service.waiting_time": "Waited too long", "billing.incorrect_invoice": "Invoice is wrong", "product.defect": "Product is faulty"}[code]
		},
	}
	if l == "de" {
		o.Names = map[feedback.Touchpoint]string{"hotline": "Hotline", "checkout-cologne": "Kasse Köln", "repair": "Reparatur", "fair": "Messestand", "kiosk-bonn": "Kiosk Bonn"}
		o.Reasons = map[string]string{"waiting_time": "Zu lange gewartet", "friendly": "Freundlich", "not_solved": "Anliegen nicht gelöst"}
		o.Groups = map[string]string{"cologne": "Köln"}
		o.Cards = map[string]string{"visit": "Ihr Besuch bei uns"}
		o.Items = map[string]string{"visit/again": "Würden Sie wiederkommen?", "visit/friendliness": "Freundlichkeit", "visit/found": "Haben Sie gefunden, was Sie suchten?"}
		o.Category = func(code string) string {
			return map[string]string{"delivery.late": "Zu spät geliefert", "service.waiting_time": "Zu lange gewartet", "billing.incorrect_invoice": "Rechnung stimmt nicht", "product.defect": "Produkt ist fehlerhaft"}[code]
		}
	}
	return o
}

var stars = satisfaction.Scale{Name: feedback.Stars5, Min: 1, Max: 5, Top: 4}

func figures(counts ...int64) satisfaction.Figures {
	if len(counts) == 10 {
		return satisfaction.TallyOf(satisfaction.CSAT10(2), counts).Figures()
	}
	return satisfaction.TallyOf(stars, counts).Figures()
}

func grade(n int64) satisfaction.Reliability { return satisfaction.ReliabilityOf(n, 5, 30) }

func row(name string, contacts int64, f satisfaction.Figures) report.Row {
	r := report.Row{Name: name, Figures: f, Reliability: grade(f.N), Withheld: f.N > 0 && f.N < 5}
	if contacts > 0 {
		r.Contacts = &contacts
	}
	return r
}

// Empty is a final report of a month without a fact.
func Empty() *report.Report {
	return must(report.Build(report.Input{
		Organisation: "Beispiel GmbH", Period: Month, Zone: must(time.LoadLocation("Europe/Berlin")), Cutoff: Month.Freeze(6, time.UTC), FreezeDay: 6,
		TopBox10: 2, MinimumN: 5, IndicativeN: 30, Touchpoints: map[feedback.Touchpoint]feedback.Scale{"hotline": feedback.Stars5}, Facts: new(responses.Batch),
	}))
}

// Rich is a restated report in which every section has content.
func Rich() *report.Report {
	r := Empty()
	h := &r.Header
	h.Status, h.Cutoff, h.Restates = report.Restated, time.Date(2026, 4, 20, 8, 0, 0, 0, time.UTC), 2
	h.DataHash = "sha256:7d865e959b2466918c9863afca942d0fb89d7c9ac0c99bafc3749504ded97730"
	h.GivenHash = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
	h.InputEvents, r.Absent = 5321, nil
	h.LateEvents = []report.LateEvent{{EventID: "01890a5d-ac96-774b-bcce-b302099a8057", Touchpoint: "hotline", SubmittedAt: day("2026-03-31"), ReceivedAt: day("2026-04-08"), Counted: true}}
	h.Differences = []report.Difference{
		{Path: "by_touchpoint.hotline.csat_pct", Before: ptr(77.25), After: ptr(77.5)}, {Path: "total.n", Before: ptr(1233.0), After: ptr(1234.0)},
		{Path: "complaints.by_category.delivery.late.n", Before: nil, After: ptr(9.0)},
	}
	h.MethodNotes = []report.Note{report.NoteTopBox, report.NoteWilson, report.NoteNewcombe, report.NoteLastVote, report.NoteSuppression, report.NoteContactsMissing}
	ratings(r)
	recommendations(r)
	complaints(r)
	tasks(r)
	money(r)
	trends(r)
	cards(r)
	headlines(r)
	return r
}

func ratings(r *report.Report) {
	r.ByTouchpoint = report.Breakdown{
		row("checkout-cologne", 9100, figures(21, 30, 62, 210, 301)), row("fair", 0, figures(0, 1, 0, 1, 1)),
		row("hotline", 4200, figures(38, 22, 27, 120, 193)), row("kiosk-bonn", 0, figures(0, 0, 0, 0, 0)), row("repair", 0, figures(2, 3, 3, 4, 6, 9, 21, 40, 61, 58)),
	}
	r.ByChannel = report.Breakdown{row("email_link", 0, figures(40, 30, 45, 160, 320)), row("kiosk", 0, figures(21, 26, 47, 175, 180)), row("letter", 0, figures(0, 0, 1, 0, 1)), row("qr", 0, figures(0, 1, 2, 3, 4))}
	r.ByChannel[3].Withheld = true
	r.BySegment = report.Breakdown{row("A", 0, figures(4, 2, 6, 20, 61)), row("B", 0, figures(21, 20, 31, 90, 141))}
	stars, ten := satisfaction.TallyOf(stars, []int64{59, 53, 89, 331, 495}), satisfaction.TallyOf(satisfaction.CSAT10(2), []int64{2, 3, 3, 4, 6, 9, 21, 40, 61, 58})
	r.ByScale = report.Breakdown{row("csat_1_10", 0, ten.Figures()), row("stars_1_5", 0, stars.Figures())}
	r.Total, r.Reliability = satisfaction.Pool(stars, ten), satisfaction.Reliable
	previous := satisfaction.Proportion{N: 1102, Satisfied: 801}
	r.Change = report.Change{
		Change:         satisfaction.ChangeOf(satisfaction.Proportion{N: r.Total.N, Satisfied: r.Total.Satisfied}, previous),
		PreviousPeriod: Month.Add(-1), Previous: previous, PreviousCSAT: satisfaction.Percent(801, 1102), PreviousCI95: satisfaction.Wilson(801, 1102), PreviousGrade: satisfaction.Reliable,
	}
	q := &r.Quality
	q.CollectionCounts = collected(r.Total.N+41, 3120, 64, 612)
	q.VotesChanged, q.AfterWindow, q.KioskDebounced, q.ClockSkewed, q.Assisted, q.Late, q.Imported = 31, 2, 17, 3, 41, 1, 120
	q.AssistedSharePct, q.CallbacksRequested = satisfaction.Percent(41, r.Total.N+41), 22
	q.Observed = &report.Observed{Accepted: ptr[int64](1286), Rejected: ptr[int64](14), LinksOpened: ptr[int64](903)}
	q.Unread = []report.Unread{{Object: "facts/month=2026-03/rating/0a1b.parquet", Reason: "truncated"}}
	q.Unknown = []report.Count{{Name: "pop-up-shop", N: 12}}
	q.ByTouchpoint = report.CollectionRows{{Name: "hotline", CollectionCounts: collected(402, 1900, 30, 398)}, {Name: "repair", CollectionCounts: collected(208, 1220, 34, 214)}, {Name: "fair", CollectionCounts: collected(3, 4, 0, 3)}}
	q.ByChannel = report.CollectionRows{{Name: "email_link", CollectionCounts: collected(595, 2700, 64, 560)}, {Name: "sms_link", CollectionCounts: collected(52, 420, 0, 52)}}
	q.Gaps = []report.DataGap{{Touchpoint: "kiosk-bonn", Days: 31, Alarms: 2}}
}

func collected(n, invited, bounced, answered int64) report.CollectionCounts {
	return report.CollectionCounts{Responses: n, Invitations: invited, Bounced: bounced, Delivered: invited - bounced, Answered: answered, ResponseRatePct: satisfaction.Percent(answered, invited-bounced)}
}

func nps(promoters, passives, detractors int64) report.NPS {
	n := satisfaction.NetPromoterOf(promoters, passives, detractors)
	return report.NPS{NetPromoter: n, Grade: grade(n.N), Withheld: n.N < 5}
}

func ces(counts ...int64) report.CES {
	e := satisfaction.EffortOf([7]int64(counts))
	return report.CES{Effort: e, Grade: grade(e.N), Withheld: e.N < 5}
}

func recommendations(r *report.Report) {
	r.Recommend = report.Recommendation{
		NPS: nps(170, 92, 61), Previous: nps(150, 90, 71), ByTouchpoint: []report.NPSRow{{Touchpoint: "hotline", NPS: nps(168, 91, 60)}, {Touchpoint: "fair", NPS: nps(2, 1, 1)}},
		Reasons: []report.ReasonCount{
			{Reason: "friendly", N: 210, Satisfied: 201, Low: 2, Promoters: 101, Passives: 30, Detractors: 3},
			{Reason: "waiting_time", N: 88, Satisfied: 12, Low: 51, Promoters: 4, Passives: 20, Detractors: 33}, {Reason: "not_solved", N: 4, Satisfied: 0, Low: 4, Withheld: true},
		},
		CES: ces(4, 6, 11, 22, 40, 61, 48), CESByPlace: []report.CESRow{{Touchpoint: "repair", CES: ces(4, 6, 11, 22, 40, 61, 48)}},
	}
	share := report.ShareOf
	gross, net, survey := share(281, 402), share(281, 377), share(310, 360)
	r.FCR = report.FCR{
		AsOf: day("2026-04-20"), N: 402, Resolved: 281, GrossPct: gross.Pct, GrossCI: gross.CI95, NetN: 377, NetPct: net.Pct, NetCI: net.CI95, Immature: 4, Anonymous: 31, Unknown: 12,
		Yes: 310, No: 50, NoAnswer: 22, SurveyPct: survey.Pct, SurveyCI: survey.CI95, Grade: satisfaction.Reliable, SurveyGrade: satisfaction.Reliable,
		Topics: []report.FCRTopic{topic("billing.incorrect_invoice", 90, 151), topic("delivery.late", 140, 180), topic("tariff_change", 2, 3)},
	}
}

func topic(code string, k, n int64) report.FCRTopic {
	s := report.ShareOf(k, n)
	return report.FCRTopic{Topic: code, N: n, Resolved: k, Pct: s.Pct, CI: s.CI95, Withheld: n < 5}
}

func durations(seconds ...float64) handling.Durations { return handling.SumDurations(seconds) }
