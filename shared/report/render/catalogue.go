package render

import (
	"resonanz/shared/feedback"
	"resonanz/shared/report"
	"resonanz/shared/satisfaction"
)

// words is everything a report says in one language. Every field is filled in
// every language; a test sees to it.
type words struct {
	Lang                                        feedback.Language
	Point, Thousands, PercentSign, NotAvailable string
	Months                                      [12]string
	Day                                         func(day int, month string, year int) string
	Moment                                      func(day, clock string) string

	Title       string
	Status      map[report.Status]string
	StatusMeans map[report.Status]string
	AsOf        func(moment, zone string) string

	Headline, HeadlineWeighted string
	Pooled                     func(csat, interval string) string
	Answers                    func(n string, one bool) string
	IntervalName               string
	IntervalOf                 func(interval string) string
	StandardError              func(pp string) string
	Withheld                   string // instead of a ratio
	WithheldWhy                func(minimum int) string
	Grade                      map[satisfaction.Reliability]string
	Protects, ProtectsMeans    string // a row withheld for the sake of another
	GradeMeans                 func(minimum, indicative int) map[satisfaction.Reliability]string
	Verdict                    map[satisfaction.Verdict]func(points, month string) string
	ChangeInterval             func(lo, hi string) string
	ChangeUnweighted           string
	PreviousWas                func(month, csat, interval, answers string) string
	PreviousWithheld           func(month, answers string) string
	EmptyTitle, EmptyText      string

	Distribution, DistributionHint    string
	ScaleNames                        map[feedback.Scale]string
	RatingOf                          map[feedback.Scale]func(rating int) string
	Median, Mean, Stdev, Index, Worst string
	IndexHint, WorstHint              string
	SeveralBars                       func(scales string) string
	TopBox                            func(label string) string

	ByTouchpoint, ByChannel, ByScale string
	Touchpoint, Channel, Scale       string
	N, CSAT, Contacts, Spread, Marks string
	Silent                           string
	Channels                         map[feedback.Channel]string

	Quality, QualityHint                                                        string
	Invitations, Bounced, Reported, Delivered, Answered, ResponseRate           string
	BouncedHint, ReportedHint                                                   string
	Responses, Changed, AfterWindow, Debounced, Skewed, Assisted, Overruled     string
	LateCount, Callbacks                                                        string
	ResponsesHint, ChangedHint, AssistedHint, OverruledHint, RateHint, LateHint string
	AfterWindowHint, DebouncedHint, SkewedHint, CallbacksHint                   string
	CollectionByTouchpoint, CollectionByChannel                                 string
	ShareOfAll                                                                  func(percent string) string

	Late, LateNone, LatePending                      string
	LateSome                                         func(n string, counted, one bool) string
	LateMore                                         func(n string) string
	Event, SubmittedAt, ReceivedAt, Counted, Yes, No string
	Method, Rules, Data                              string
	Notes                                            map[report.Note]string
	EditWindow, DebounceRule, SkewRule, TopBoxRule   string
	MinimumRule, IndicativeRule, FreezeRule          string
	Hours, Seconds, Minutes                          func(n string) string
	PeriodRow, ZoneRow, CutoffRow, FreezeRow         string
	FromTo                                           func(from, to string) string
	AnsweredOf                                       func(answered, delivered string) string
	InputEvents, DataHash, HashHint, Footer          string
}

var catalogue = map[feedback.Language]*words{"de": &german, "en": &english}

// Languages are the languages a report can be written in.
func Languages() []feedback.Language { return []feedback.Language{"de", "en"} }
