package render

import (
	"strconv"

	"resonanz/shared/feedback"
	"resonanz/shared/report"
	"resonanz/shared/satisfaction"
)

var english = words{
	Lang: "en", Point: ".", Thousands: ",", PercentSign: "%", NotAvailable: "n/a",
	Months: [12]string{"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"},
	Day:    func(d int, m string, y int) string { return strconv.Itoa(d) + nbsp + m + " " + strconv.Itoa(y) },
	Moment: func(day, clock string) string { return day + ", " + clock },

	Title:  "Customer satisfaction",
	Status: map[report.Status]string{report.Preliminary: "Preliminary", report.Final: "Final", report.Restated: "Restated"},
	StatusMeans: map[report.Status]string{
		report.Preliminary: "More responses may arrive before the month is closed; the figures can change.",
		report.Final:       "Closed: these figures will not change any more.",
		report.Restated:    "Computed again after the close, with the late events that are listed one by one.",
	},
	AsOf: func(m, z string) string { return "As of " + m + " (" + z + ")" },

	Headline: "Satisfied customers", HeadlineWeighted: "Satisfied customers, weighted by contacts",
	Pooled: func(c, i string) string { return "Unweighted, over all responses: " + c + " (95% interval " + i + ")" },
	Answers: func(n string, one bool) string {
		if one {
			return n + " response"
		}
		return n + " responses"
	},
	IntervalName:  "95% interval",
	IntervalOf:    func(i string) string { return "95% interval " + i },
	StandardError: func(pp string) string { return "standard error " + pp + " percentage points" },
	Withheld:      "withheld",
	WithheldWhy: func(m int) string {
		return "Fewer than " + strconv.Itoa(m) + " responses: a share would say little and might point at individuals."
	},
	Grade:    map[satisfaction.Reliability]string{satisfaction.Suppressed: "too few responses", satisfaction.Indicative: "indicative", satisfaction.Reliable: "reliable"},
	Protects: "protects a small row", ProtectsMeans: "its share would give that of a withheld row away",
	GradeMeans: func(m, i int) map[satisfaction.Reliability]string {
		return map[satisfaction.Reliability]string{
			satisfaction.Suppressed: "fewer than " + strconv.Itoa(m) + " responses: share withheld, included in the total",
			satisfaction.Indicative: strconv.Itoa(m) + " to " + strconv.Itoa(i-1) + " responses",
			satisfaction.Reliable:   strconv.Itoa(i) + " responses or more",
		}
	},
	Verdict: map[satisfaction.Verdict]func(points, month string) string{
		satisfaction.Improved:     func(p, m string) string { return "Improved by " + p + " percentage points on " + m },
		satisfaction.Declined:     func(p, m string) string { return "Declined by " + p + " percentage points on " + m },
		satisfaction.NoDetectable: func(_, m string) string { return "No detectable change on " + m },
		satisfaction.NoData:       func(_, m string) string { return "No comparison with " + m + ": one of the months has no responses" },
	},
	ChangeInterval: func(lo, hi string) string {
		return "With 95% confidence the true change lies between " + lo + " and " + hi + " percentage points."
	},
	ChangeUnweighted: "The comparison is of the unweighted shares of all responses.",
	PreviousWas: func(m, c, i, answers string) string {
		return m + ": " + c + " (95% interval " + i + ", " + answers + ")"
	},
	PreviousWithheld: func(m, answers string) string { return m + ": withheld (" + answers + "), so there is no comparison" },
	EmptyTitle:       "No responses this month",
	EmptyText:        "Silence is not satisfaction. Please check that links were sent, that devices are running and that customers are told they can rate.",

	Distribution: "Distribution of ratings", DistributionHint: "Shares within each scale; they add up to 100%.",
	ScaleNames: map[feedback.Scale]string{feedback.Stars5: "1 to 5 stars", feedback.CSAT10: "1 to 10", feedback.NPS: "0 to 10 (NPS)", feedback.CES7: "1 to 7 (CES)"},
	RatingOf: map[feedback.Scale]func(int) string{
		feedback.Stars5: func(r int) string {
			if r == 1 {
				return "1 star"
			}
			return strconv.Itoa(r) + " stars"
		},
		feedback.CSAT10: func(r int) string { return strconv.Itoa(r) + " of 10" },
	},
	Median: "Median", Mean: "Mean", Stdev: "Standard deviation", Index: "Index", Worst: "Dissatisfied",
	IndexHint: "0 = worst, 100 = best rating", WorstHint: "share of the two lowest ratings",
	TopBox: func(l string) string { return "Satisfied means: " + l },

	ByTouchpoint: "By touchpoint", ByChannel: "By channel", ByScale: "By scale",
	Touchpoint: "Touchpoint", Channel: "Channel", Scale: "Scale",
	N: "Responses", CSAT: "Satisfied", Contacts: "Contacts", Spread: "Distribution", Marks: "Reliability",
	Silent: "no responses",
	Channels: map[feedback.Channel]string{
		feedback.EmailLink: "E-mail link", feedback.SMSLink: "SMS link", feedback.ChatLink: "Chat link", feedback.QR: "QR code", feedback.Kiosk: "Kiosk", feedback.Terminal: "Terminal",
		feedback.ResponseCard: "Response card", feedback.WebForm: "Web form", feedback.Phone: "Phone", feedback.InPerson: "In person", feedback.Letter: "Letter",
	},

	Quality: "Collection quality", QualityHint: "How the responses came in, and what did not enter the figures.",
	Invitations: "Invitations", Bounced: "Not delivered", Reported: "Reported as spam", Delivered: "Delivered", Answered: "Answered", ResponseRate: "Response rate",
	Responses: "Responses in all", Changed: "Changed ratings", AfterWindow: "Changed too late", Debounced: "Tapped twice", Skewed: "Clock ran ahead",
	Assisted: "Keyed in by staff", Overruled: "Beside an own vote", LateCount: "Late events", Callbacks: "Callback requests",
	ResponsesHint: "those keyed in by staff included", ChangedHint: "the last rating in the window counts", AfterWindowHint: "after the window, so not counted",
	DebouncedHint: "on the same device in quick succession, counted once", SkewedHint: "device clock not believed, time of receipt used",
	AssistedHint: "not in the headline", OverruledHint: "keyed in by staff; the customer's own vote counts",
	BouncedHint: "the mail came back or was not sent, and nobody answered", ReportedHint: "delivered, and reported by the recipient",
	RateHint: "answered of the invitations delivered this month", LateHint: "received after the close", CallbacksHint: "responses with a callback wish",
	CollectionByTouchpoint: "Invitations and response by touchpoint", CollectionByChannel: "Invitations and response by channel",
	ShareOfAll: func(p string) string { return p + " of all responses" },

	Late: "Late events", LateNone: "Nothing was received after the close.",
	LatePending: "This month is not closed yet; what arrives before the close counts.",
	LateSome: func(n string, counted, one bool) string {
		s := n + " events were received after the close"
		if one {
			s = "One event was received after the close"
		}
		switch {
		case counted && one:
			return s + " and is part of this restatement where noted below."
		case counted:
			return s + " and are part of this restatement where noted below."
		case one:
			return s + " and is in no figure of this report."
		}
		return s + " and are in no figure of this report."
	},
	LateMore: func(n string) string { return n + " more are in report.json." },
	Event:    "Event", SubmittedAt: "Submitted", ReceivedAt: "Received", Counted: "Counted", Yes: "yes", No: "no",

	Method: "Method", Rules: "Rules", Data: "Data and proof",
	Notes: map[report.Note]string{
		report.NoteTopBox:          "CSAT is the share of satisfied responses among all responses: 4 and 5 of 5 stars, and the highest ratings named in the rules on the scale of ten.",
		report.NoteWilson:          "Intervals are Wilson score intervals at 95% confidence: the fewer responses, the wider.",
		report.NoteNewcombe:        "Changes are judged by Newcombe's interval for two proportions. An arrow appears only if 0 lies outside it.",
		report.NoteFirstVoteMonth:  "A response belongs to the month of its first rating, even if it was changed later.",
		report.NoteLastVote:        "A customer who changes a rating within the window counts once, with the last rating.",
		report.NoteAssistedApart:   "Responses keyed in by staff are not part of the headline and are shown apart.",
		report.NoteDelivered:       "Delivered are the invitations issued, without those whose mail came back or was not sent because the address had failed before or was unsubscribed. Whoever answers has received the invitation; links that others send count as delivered.",
		report.NoteSuppression:     "Shares of small groups are not shown; where one could be derived from the total, the next smallest is withheld too. All of them are part of the totals.",
		report.NoteMixedScales:     "Several scales: satisfied responses are added up; ratings of different scales are never averaged.",
		report.NoteTop3:            "On the scale of ten, ratings 8 to 10 count as satisfied here (top 3).",
		report.NoteContactWeighted: "The headline weighs touchpoints by their contacts, so that those with many responses do not dominate.",
		report.NoteContactsMissing: "Contacts are known for some touchpoints only, so nothing is weighted.",
		report.NoteNoInvitations:   "No link was issued this month; there is no response rate.",
	},
	EditWindow: "Window for changing a rating", DebounceRule: "Least time between taps on one device", SkewRule: "Tolerated error of a device clock", TopBoxRule: "Satisfied on the scale of ten: highest ratings",
	MinimumRule: "Shares shown from", IndicativeRule: "Reliable from", FreezeRule: "Close on the day of the following month",
	Hours: func(n string) string { return n + " hours" }, Seconds: func(n string) string { return n + " seconds" }, Minutes: func(n string) string { return n + " minutes" },
	PeriodRow: "Period", ZoneRow: "Time zone", CutoffRow: "Counted is what was received before", FreezeRow: "Close",
	InputEvents: "Events behind the report", DataHash: "Hash of the data", HashHint: "The same data give the same hash and the same report, digit by digit.",
	FromTo:     func(from, to string) string { return from + " up to, but not including, " + to },
	AnsweredOf: func(a, d string) string { return a + " answered of " + d + " delivered" },
	SeveralBars: func(s string) string {
		return "Where there are several scales each has its bar, in this order: " + s + ". No mean is formed across scales."
	},
	Footer: "This report was computed from anonymous facts. Unrounded figures are in report.json.",
}
