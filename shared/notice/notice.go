// Package notice words what staff are told about a case or a report: a mail in
// German or English, a line for the topic, and a signed webhook. Only the mail
// holds what the customer wrote; subjects, topic and webhook never do.
package notice

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"resonanz/events"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// Writer words notices for one organisation.
type Writer struct {
	Organisation string
	Language     feedback.Language // de or en; anything else reads English
	Zone         *time.Location    // of the times shown
	PublicURL    string            // base of the addresses shown; empty: none is shown
	// Touchpoint names a touchpoint in the language; nil or an empty answer
	// shows its id.
	Touchpoint func(feedback.Touchpoint, feedback.Language) string
	// Team names a team in the language; nil or an empty answer shows its id.
	Team func(id string, l feedback.Language) string
	// Group names a group of touchpoints in the language; nil or an empty answer
	// shows its id.
	Group func(id string, l feedback.Language) string
	// Category names a category of complaints in the language; nil or an empty
	// answer shows its code.
	Category func(code string, l feedback.Language) string
	// Card is the configured card of an id; nil or a nil answer shows answers
	// under the ids of their questions.
	Card func(id string) *config.Card
}

// Said is what a customer said at one time: with a vote, a card or a complaint.
type Said struct {
	At         time.Time
	Rating     int
	Scale      feedback.Scale // empty: no rating was given
	Comment    string
	Suggestion string
	Contact    string

	Card    string            // id of a card
	Phase   string            // of the project
	Answers map[string]string // of the card, by question: codes
	Own     map[string]string // the same in own words

	Category  string // of a complaint, which is told in Comment
	Annoyance int    // 1 to 5; 0: not said
	Remedy    string

	Words string // written to a case later: a reply, why it was reopened, a word with the rating of the handling
	Stars int    // the rating of the handling, 1 to 5
}

// Customer is what is known of the customer when a mail is written. It is read
// for the mail and kept nowhere.
type Customer struct {
	Said   []Said // in the order in which it was said; only what holds more than a rating
	Erased bool   // something was said and has been erased since
}

// aboutCases are the reasons of alerts that are about a case.
var aboutCases = []events.AlertReason{
	events.CaseOpened, events.CaseChanged, events.CaseOverdue, events.CaseAtRisk, events.CaseBreached,
	events.CaseEscalated, events.CustomerActed,
}

// ErrUnknownAlert says that an alert is not one this package can word.
var ErrUnknownAlert = errors.New("unknown alert")

// Check refuses an alert that cannot be worded: without an id, of an unknown
// reason, or without what its reason needs. The errors wrap ErrUnknownAlert.
func Check(a *events.Alert) error {
	switch {
	case a.ID == "":
		return fmt.Errorf("%w: no id", ErrUnknownAlert)
	case a.Reason == events.ReportReady:
		if _, err := period.Parse(a.Period); err != nil {
			return fmt.Errorf("%w: no period of the report", ErrUnknownAlert)
		}
	case slices.Contains(aboutCases, a.Reason):
		if a.Case == "" {
			return fmt.Errorf("%w: no case", ErrUnknownAlert)
		}
	default:
		return fmt.Errorf("%w: a reason this function does not know", ErrUnknownAlert)
	}
	return nil
}

// Recipients are the addresses that hear of a case: the member of the chain at its
// step, the last one for any step beyond.
func Recipients(a *events.Alert, chain []string) []string {
	if len(chain) == 0 {
		return nil
	}
	step := min(max(a.Step, 0), len(chain)-1)
	return chain[step : step+1]
}

func (w *Writer) texts() *texts {
	if w.Language == "de" {
		return &german
	}
	return &english
}

// subject is one line without anything personal.
func (w *Writer) subject(a *events.Alert) string {
	t := w.texts()
	if a.Reason == events.ReportReady {
		parts := []string{fmt.Sprintf(t.reportSubject, w.month(a.Period))}
		for _, part := range [...]string{w.group(a), cmp.Or(t.standing[a.Status], a.Status), w.Organisation} {
			if part != "" {
				parts = append(parts, part)
			}
		}
		return oneLine(strings.Join(parts, " · "))
	}
	parts := []string{t.prefix[a.Reason] + w.headline(a)}
	if a.Clock != "" {
		parts[0] += " (" + cmp.Or(t.clock[a.Clock], a.Clock) + ")"
	}
	if a.Device != "" {
		parts = append(parts, string(a.Device))
	} else if where := w.touchpoint(a); where != "" {
		parts = append(parts, where)
	}
	return oneLine(strings.Join(append(parts, a.Case), " · "))
}

// headline says what the rule found, or what the customer did.
func (w *Writer) headline(a *events.Alert) string {
	t := w.texts()
	if a.Reason == events.CustomerActed {
		if s := t.acted[a.Action]; s != "" {
			return s
		}
	}
	return cmp.Or(t.rule[wording(a)], t.rule[a.Rule], a.Rule)
}

// wording is the rule of a, told apart where one rule is about two things.
func wording(a *events.Alert) string {
	if a.Rule == "DATA_GAP" && a.Device == "" {
		return "DATA_GAP/touchpoint"
	}
	return a.Rule
}

func (w *Writer) touchpoint(a *events.Alert) string {
	var name string
	if w.Touchpoint != nil {
		name = w.Touchpoint(a.Touchpoint, w.Language)
	}
	return cmp.Or(name, string(a.Touchpoint))
}

// intro says what happened and what is to be done.
func (w *Writer) intro(a *events.Alert) string {
	t := w.texts()
	if a.Reason == events.ReportReady {
		return fmt.Sprintf(t.reportIntro, w.month(a.Period), cmp.Or(t.standing[a.Status], a.Status, "?"))
	}
	s := cmp.Or(t.intro[wording(a)+"/"+string(a.Reason)], t.intro[string(a.Reason)+"/"+a.Action], t.intro[string(a.Reason)])
	if duty := t.duty[wording(a)]; duty != "" && a.DueAt != nil && !settled(a) {
		s += " " + fmt.Sprintf(duty, w.time(*a.DueAt))
	}
	return s
}

// settled reports whether nothing is left to do until a date: the only change of
// a silence is its end, and a complaint that was resolved waits for the customer.
func settled(a *events.Alert) bool {
	switch a.Status {
	case "resolved", "closed", "withdrawn", "duplicate", "dismissed":
		return true
	}
	return a.Rule == "DATA_GAP" && a.Reason == events.CaseChanged
}

// row is one line of the facts in a notice.
type row struct{ name, value string }

// facts are the facts of an alert, nothing personal among them.
func (w *Writer) facts(a *events.Alert) []row {
	t := w.texts()
	if a.Reason == events.ReportReady {
		return w.reportFacts(a)
	}
	rows := []row{{t.caseNumber, a.Case}}
	if a.Priority != "" {
		rows = append(rows, row{t.priority, cmp.Or(t.priorities[a.Priority], a.Priority)})
	}
	if a.Device != "" {
		rows = append(rows, row{t.device, string(a.Device)})
	}
	if where := w.touchpoint(a); where != "" {
		rows = append(rows, row{t.touchpoint, where})
	}
	if a.Category != "" {
		rows = append(rows, row{t.category, w.category(a.Category)})
	}
	if a.Scale.Valid(a.Rating) {
		rows = append(rows, row{t.rating, w.rating(a.Rating, a.Scale)})
	}
	rows = append(rows, w.handling(a)...)
	rows = append(rows, w.figures(a.Signal)...)
	if a.DueAt != nil && !settled(a) {
		rows = append(rows, row{t.due, w.time(*a.DueAt)})
	}
	return append(rows, row{t.reported, w.time(a.At)})
}

// desk is the address at which staff open the case of a; empty: none is known.
func (w *Writer) desk(a *events.Alert) string {
	if w.PublicURL == "" || a.Case == "" {
		return ""
	}
	return strings.TrimRight(w.PublicURL, "/") + "/desk#/cases/" + a.Case
}

func (w *Writer) category(code string) string {
	if w.Category == nil {
		return code
	}
	return cmp.Or(w.Category(code, w.Language), code)
}

// handling are the facts of a complaint that is being handled.
func (w *Writer) handling(a *events.Alert) (rows []row) {
	t := w.texts()
	add := func(name, value string, known map[string]string) {
		if value != "" {
			rows = append(rows, row{name, cmp.Or(known[value], value)})
		}
	}
	if a.Reason == events.CaseEscalated {
		add(t.action, a.Action, t.acted)
	}
	add(t.state, a.Status, t.status)
	add(t.grade, a.Severity, t.severity)
	if a.Team != "" {
		name := ""
		if w.Team != nil {
			name = w.Team(a.Team, w.Language)
		}
		rows = append(rows, row{t.team, cmp.Or(name, a.Team)})
	}
	add(t.deadline, a.Clock, t.clock)
	return rows
}

// figures are those behind an alarm.
func (w *Writer) figures(s *events.Signal) []row {
	if s == nil {
		return nil
	}
	t := w.texts()
	n := strconv.Itoa(s.Observed)
	if s.Of > 0 {
		n = fmt.Sprintf(t.outOf, s.Observed, s.Of)
	}
	rows := []row{{t.about, s.Subject}, {t.observed, n}}
	if s.Expected > 0 {
		usual := strconv.FormatFloat(s.Expected, 'f', 1, 64)
		rows = append(rows, row{t.expected, strings.Replace(usual, ".", t.decimal, 1)})
	}
	return append(rows, row{t.until, w.time(s.At)})
}

func (w *Writer) rating(n int, s feedback.Scale) string {
	_, greatest := s.Bounds()
	unit := w.texts().points
	if s == feedback.Stars5 {
		unit = w.texts().stars
	}
	return fmt.Sprintf(unit, n, greatest)
}

// time shows an instant in the organisation's zone, zone named.
func (w *Writer) time(t time.Time) string {
	if w.Zone != nil {
		t = t.In(w.Zone)
	} else {
		t = t.UTC()
	}
	return t.Format(w.texts().timeLayout)
}

// month names a period such as 2026-03: "März 2026", "March 2026".
func (w *Writer) month(p string) string {
	if _, err := period.Parse(p); err != nil {
		return p
	}
	m, err := strconv.Atoi(p[5:7])
	if err != nil {
		return p
	}
	return w.texts().months[m-1] + " " + p[:4]
}

// oneLine keeps s within one header line of at most 150 characters: control
// characters and line separators become spaces, so nothing can begin a header.
func oneLine(s string) string {
	s = strings.Join(strings.FieldsFunc(s, func(r rune) bool {
		return r < ' ' || r == 0x7f || r >= 0x80 && r < 0xa0 || r == '\u2028' || r == '\u2029' || r == ' '
	}), " ")
	if r := []rune(s); len(r) > 150 {
		s = string(r[:149]) + "…"
	}
	return s
}
