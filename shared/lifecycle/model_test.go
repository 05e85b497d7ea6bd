package lifecycle_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
)

// model is a small lifecycle of its own, written down without a look at the
// package: what is legal, where it leads, and what the customer is told.
type model struct {
	status     casefile.Status
	severity   int // index of casefile.Severities
	category   string
	root       bool
	notifiable bool
	promised   []promise
	files      map[string]bool
	rated      bool
	accepted   bool
	answered   bool // by a person
	unseen     map[string]int
	resolvedAt time.Time
	closedAt   time.Time
}

type promise struct {
	cents int64
	by    string
	state casefile.CompensationState
}

func (m *model) sum() (n int64) {
	for _, p := range m.promised {
		if p.state != casefile.Refused {
			n += p.cents
		}
	}
	return n
}

func (m *model) waiting() bool {
	return slices.ContainsFunc(m.promised, func(p promise) bool { return p.state == casefile.Waiting })
}

func (m *model) is(all ...casefile.Status) bool { return slices.Contains(all, m.status) }

func (m *model) limits() (limit, approve int64) {
	if m.category == "other" {
		return 2000, 500
	}
	return 50000, 10000
}

// runs: the clock of the service level.
func (m *model) runs() bool {
	return m.is(casefile.Received, casefile.Acknowledged, casefile.Assessed, casefile.InInvestigation, casefile.Decided, casefile.Reopened)
}

func (m *model) openComplaint() bool {
	return m.runs() || m.is(casefile.AwaitingCustomer, casefile.Resolved)
}

// said are words with something in them.
func said(c *lifecycle.Command) bool { return c.Words != nil && strings.TrimSpace(c.Words.Text) != "" }

// step is what the model makes of a command: whether it is legal, and whether
// the customer is told though the status stays. It changes the model only when
// the command is legal.
func (m *model) step(by casefile.Actor, c *lifecycle.Command, now time.Time) (legal, told bool) {
	switch by.Kind {
	case casefile.Staff:
		return m.staff(by, c, now)
	case casefile.Customer:
		return m.customer(c, now), false
	default:
		return m.file(c), false
	}
}

func (m *model) file(c *lifecycle.Command) bool {
	switch c.Do {
	case casefile.Attaching:
		if !m.openComplaint() || m.files[c.Attachment.ID] || !slices.Contains([]string{"1", "2", "3"}, c.Attachment.ID) || c.Attachment.Type != "image/png" {
			return false
		}
		m.files[c.Attachment.ID] = true
		return true
	case casefile.Refusing:
		return m.openComplaint() || m.is(casefile.Closed, casefile.Withdrawn, casefile.Duplicate)
	}
	return false
}

func (m *model) customer(c *lifecycle.Command, now time.Time) bool {
	days := func(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
	switch c.Do {
	case casefile.Replying:
		if !m.openComplaint() || !said(c) {
			return false
		}
		if m.is(casefile.AwaitingCustomer) {
			m.status = casefile.InInvestigation
		}
	case casefile.Withdrawing:
		if !m.openComplaint() {
			return false
		}
		m.status = casefile.Withdrawn
	case casefile.Accepting:
		if !m.is(casefile.Resolved) || m.accepted {
			return false
		}
		m.accepted = true
		if m.root {
			m.status, m.closedAt = casefile.Closed, now
		}
	case casefile.Reopening:
		if !said(c) || !m.is(casefile.Resolved, casefile.Closed) || m.is(casefile.Closed) && now.Sub(m.closedAt) > days(30) {
			return false
		}
		m.status, m.accepted = casefile.Reopened, false
	case casefile.Rating:
		if !m.is(casefile.Closed) || m.rated || now.Sub(m.closedAt) > days(20) || c.Stars < 1 || c.Stars > 5 {
			return false
		}
		m.rated = true
	default:
		return m.file(c)
	}
	return true
}

func (m *model) staff(by casefile.Actor, c *lifecycle.Command, now time.Time) (legal, told bool) {
	exchange := m.is(casefile.Acknowledged, casefile.Assessed, casefile.InInvestigation, casefile.AwaitingCustomer, casefile.Decided, casefile.Resolved, casefile.Reopened)
	cause := c.RootCause == "" || c.RootCause == "carrier"
	switch c.Do {
	case casefile.Registered:
		if !m.is(casefile.Draft) || c.Category == "" || c.Category == "nonsense" {
			return false, false
		}
		m.category, m.status = c.Category, casefile.Acknowledged
		m.severity = least(c.Category)
	case casefile.Dismissing:
		if !m.is(casefile.Draft) || c.Reason != "no_complaint" {
			return false, false
		}
		m.status = casefile.Dismissed
	case casefile.Duplicating:
		if !m.is(casefile.Acknowledged) || c.Duplicate != "2603-0000-0000" {
			return false, false
		}
		m.status = casefile.Duplicate
	case casefile.Assessing:
		if !exchange || !cause || c.Category == "nonsense" || m.is(casefile.Acknowledged) && c.Severity == "" {
			return false, false
		}
		was, to := m.severity, m.category
		if c.Category != "" && c.Category != m.category {
			to = c.Category
			if to == "other" && m.sum() > 2000 {
				return false, false
			}
			if c.Severity == "" {
				was = max(was, least(to))
			}
		}
		if c.Severity != "" {
			n := slices.Index(casefile.Severities[:], c.Severity)
			if n < was && !said(c) {
				return false, false
			}
			was = n
		}
		m.severity, m.category, m.root = was, to, m.root || c.RootCause != ""
		if m.is(casefile.Acknowledged) {
			m.status = casefile.Assessed
		}
	case casefile.Assigning:
		if !m.openComplaint() && !m.is(casefile.Draft) || c.Team == "" && c.Owner == "" || c.Team == "nonsense" {
			return false, false
		}
	case casefile.Investigating:
		if !m.is(casefile.Assessed, casefile.AwaitingCustomer, casefile.Reopened) || !cause {
			return false, false
		}
		m.status, m.root = casefile.InInvestigation, m.root || c.RootCause != ""
	case casefile.Asking:
		if !m.is(casefile.InInvestigation) || !said(c) {
			return false, false
		}
		m.status, m.answered = casefile.AwaitingCustomer, true
	case casefile.Answering:
		if !exchange || !said(c) {
			return false, false
		}
		m.answered = true
		return true, true
	case casefile.Noting:
		return said(c), false
	case casefile.Deciding:
		if !m.is(casefile.InInvestigation) || !said(c) || !cause || c.Outcome == "nonsense" || c.Outcome == "" ||
			(c.Outcome == casefile.Rejected) != (c.Reason == "expired") || c.Outcome != casefile.Rejected && c.Reason != "" {
			return false, false
		}
		m.status, m.root = casefile.Decided, m.root || c.RootCause != ""
	case casefile.Compensating:
		limit, approve := m.limits()
		p := c.Compensation
		if !exchange || m.is(casefile.Resolved) || p.Cents < 0 || m.sum()+p.Cents > limit || p.Type == "financial" && p.Cents == 0 || p.Type == "immaterial" && p.Cents > 0 {
			return false, false
		}
		state := casefile.Promised
		if p.Cents > 0 && m.sum()+p.Cents > approve {
			state = casefile.Waiting
		}
		m.promised = append(m.promised, promise{p.Cents, by.ID, state})
	case casefile.Approving, casefile.Declining:
		if !exchange || m.is(casefile.Resolved) || len(c.ID) != 1 {
			return false, false
		}
		n := int(c.ID[0] - '1')
		if n < 0 || n >= len(m.promised) || m.promised[n].state != casefile.Waiting {
			return false, false
		}
		limit, _ := m.limits()
		if c.Do == casefile.Declining {
			m.promised[n].state = casefile.Refused
		} else if m.promised[n].by == by.ID || m.sum() > limit {
			return false, false
		} else {
			m.promised[n].state = casefile.Promised
		}
	case casefile.Apologising:
		return exchange, false
	case casefile.Resolving:
		if !m.is(casefile.Decided) || !said(c) || m.waiting() || !cause {
			return false, false
		}
		m.status, m.answered, m.resolvedAt, m.accepted, m.root = casefile.Resolved, true, now, false, m.root || c.RootCause != ""
	case casefile.Closing:
		if !m.is(casefile.Resolved) || !cause || !m.root && c.RootCause == "" {
			return false, false
		}
		m.status, m.closedAt, m.root = casefile.Closed, now, true
	case casefile.Reopening:
		if !m.is(casefile.Resolved, casefile.Closed) || !said(c) {
			return false, false
		}
		m.status, m.accepted = casefile.Reopened, false
	case casefile.Withdrawing:
		if !m.openComplaint() || !said(c) {
			return false, false
		}
		m.status = casefile.Withdrawn
	case casefile.Linking:
		return m.openComplaint() || m.is(casefile.Closed, casefile.Withdrawn, casefile.Duplicate), false
	default:
		return false, false
	}
	return true, false
}

// least is the severity a category brings.
func least(category string) int {
	if category == "product.safety" {
		return 3
	}
	return 1
}

// forward are the commands that lead on from a status, so that cases get far.
var forward = map[casefile.Status][]casefile.Action{
	casefile.Draft:            {casefile.Registered},
	casefile.Acknowledged:     {casefile.Assessing},
	casefile.Assessed:         {casefile.Investigating},
	casefile.InInvestigation:  {casefile.Deciding, casefile.Deciding, casefile.Asking, casefile.Compensating},
	casefile.AwaitingCustomer: {casefile.Replying, casefile.Investigating},
	casefile.Decided:          {casefile.Resolving, casefile.Resolving, casefile.Compensating},
	casefile.Resolved:         {casefile.Accepting, casefile.Closing, casefile.Reopening},
	casefile.Closed:           {casefile.Rating, casefile.Reopening},
	casefile.Reopened:         {casefile.Investigating},
}

// order draws a command, often one that is as it should be, and who gives it.
func order(t *rapid.T, status casefile.Status) (casefile.Actor, lifecycle.Command) {
	if on := forward[status]; len(on) > 0 && rapid.Bool().Draw(t, "on") {
		do := rapid.SampledFrom(on).Draw(t, "on by")
		if do == casefile.Replying || do == casefile.Accepting || do == casefile.Rating {
			return byCustomer, plain[do]
		}
		c := plain[do]
		if do == casefile.Assessing && rapid.Bool().Draw(t, "worse") {
			c.Severity = casefile.Critical
		} else if do == casefile.Assessing {
			c.Words = words("Because.")
		}
		return byAnna, c
	}
	text := func(often int) *casefile.Words {
		if rapid.IntRange(0, 9).Draw(t, "words") < often {
			return words(rapid.SampledFrom([]string{"Because.", "x", "Äußerst ärgerlich."}).Draw(t, "text"))
		}
		return rapid.SampledFrom([]*casefile.Words{nil, words("  ")}).Draw(t, "no text")
	}
	// The ways of a case are long: its steps come up more often than the rest.
	do := rapid.SampledFrom([]casefile.Action{
		casefile.Registered, casefile.Dismissing, casefile.Duplicating, casefile.Assigning, casefile.Noting,
		casefile.Assessing, casefile.Assessing, casefile.Investigating, casefile.Investigating, casefile.Asking, casefile.Answering,
		casefile.Deciding, casefile.Deciding, casefile.Deciding, casefile.Compensating, casefile.Compensating, casefile.Approving, casefile.Declining,
		casefile.Apologising, casefile.Resolving, casefile.Resolving, casefile.Resolving, casefile.Closing, casefile.Closing, casefile.Reopening,
		casefile.Withdrawing, casefile.Linking, casefile.Replying, casefile.Replying, casefile.Accepting, casefile.Accepting,
		casefile.Rating, casefile.Rating, casefile.Attaching, casefile.Refusing, casefile.Acknowledging, "nonsense",
	}).Draw(t, "do")
	c := lifecycle.Command{Do: do}
	pick := func(to *string, values ...string) { *to = rapid.SampledFrom(values).Draw(t, "value") }
	switch do {
	case casefile.Registered:
		pick(&c.Category, "delivery.late", "product.safety", "", "nonsense")
	case casefile.Dismissing:
		pick(&c.Reason, "no_complaint", "nonsense", "")
	case casefile.Duplicating:
		c.Duplicate = rapid.SampledFrom([]casefile.Number{"2603-0000-0000", "", "nonsense"}).Draw(t, "of")
	case casefile.Assessing:
		c.Words = text(6)
		c.Severity = rapid.SampledFrom([]casefile.Severity{casefile.Low, casefile.Medium, casefile.High, casefile.Critical, ""}).Draw(t, "severity")
		pick(&c.Category, "", "", "", "other", "product.safety", "billing.refund_delay", "nonsense")
		pick(&c.RootCause, "", "", "carrier", "nonsense")
	case casefile.Assigning:
		pick(&c.Team, "billing", "service", "nonsense", "")
		pick(&c.Owner, anna, "")
	case casefile.Investigating:
		pick(&c.RootCause, "", "carrier", "nonsense")
	case casefile.Deciding:
		c.Words = text(8)
		c.Outcome = rapid.SampledFrom([]casefile.DecisionOutcome{casefile.Accepted, casefile.Goodwill, casefile.Rejected, "nonsense", ""}).Draw(t, "outcome")
		pick(&c.Reason, "", "", "expired", "nonsense")
		pick(&c.RootCause, "", "", "carrier", "nonsense")
	case casefile.Compensating:
		c.Compensation = rapid.SampledFrom([]*casefile.Compensation{
			{Type: "financial", Kind: "refund"}, {Type: "material", Kind: "gift"}, {Type: "immaterial", Kind: "explanation"},
		}).Draw(t, "what")
		p := *c.Compensation
		p.Cents = rapid.SampledFrom([]int64{0, 1, 400, 1999, 9999, 10001, 30000, 50001, -1}).Draw(t, "cents")
		c.Compensation = &p
	case casefile.Approving, casefile.Declining:
		pick(&c.ID, "1", "2", "3", "9")
	case casefile.Resolving, casefile.Closing:
		if do == casefile.Resolving {
			c.Words = text(8)
		}
		pick(&c.RootCause, "", "", "carrier", "nonsense")
	case casefile.Linking:
		c.CorrectiveAction = "new-carrier"
	case casefile.Rating:
		c.Stars = rapid.IntRange(-1, 6).Draw(t, "stars")
	case casefile.Attaching:
		c.Attachment = &casefile.Attachment{ID: rapid.SampledFrom([]string{"1", "2", "3", "4"}).Draw(t, "place"), Type: rapid.SampledFrom([]string{"image/png", "text/html"}).Draw(t, "type"), Bytes: 7}
	case casefile.Refusing:
		c.Reason = "too_large"
	case casefile.Asking, casefile.Answering, casefile.Noting, casefile.Reopening, casefile.Withdrawing, casefile.Replying:
		c.Words = text(8)
	}
	by := byAnna
	switch do {
	case casefile.Replying, casefile.Accepting, casefile.Rating, casefile.Attaching:
		by = byCustomer
	case casefile.Reopening, casefile.Withdrawing:
		by = rapid.SampledFrom([]casefile.Actor{byAnna, byCustomer}).Draw(t, "by")
	case casefile.Refusing:
		by = bySystem
	case casefile.Approving, casefile.Declining:
		by = rapid.SampledFrom([]casefile.Actor{byAnna, byBoris}).Draw(t, "by")
	}
	if rapid.IntRange(0, 19).Draw(t, "stranger") == 0 {
		by = rapid.SampledFrom([]casefile.Actor{byAnna, byBoris, byCustomer, bySystem}).Draw(t, "whoever")
	}
	return by, c
}

// ways are the edges of the domain's lifecycle, once more.
const ways = `
draft>received received>acknowledged received>withdrawn received>duplicate acknowledged>duplicate draft>dismissed
acknowledged>assessed assessed>in_investigation in_investigation>awaiting_customer awaiting_customer>in_investigation
in_investigation>decided decided>resolved resolved>closed resolved>reopened closed>reopened reopened>in_investigation
acknowledged>withdrawn assessed>withdrawn in_investigation>withdrawn awaiting_customer>withdrawn decided>withdrawn
resolved>withdrawn reopened>withdrawn `

func TestTheLifecycleIsThatOfItsModel(t *testing.T) {
	reached := map[casefile.Status]int{}
	rapid.Check(t, func(rt *rapid.T) {
		notifiable := rapid.Bool().Draw(rt, "notifiable")
		var s *story
		m := &model{files: map[string]bool{}, notifiable: notifiable}
		if rapid.IntRange(0, 4).Draw(rt, "draft") == 0 {
			s = drafted(t)
			s.Notifiable = notifiable
			m.status = casefile.Draft
		} else {
			w := complaint()
			w.Category = rapid.SampledFrom([]string{"delivery.late", "product.safety", "billing.refund_delay", "complaint_handling.no_reply"}).Draw(rt, "category")
			s = &story{now: monday, rules: rules(t), tb: t}
			s.keep(lifecycle.Receive(w, lifecycle.Opening{Notifiable: notifiable}, monday, s.rules))
			m.status, m.category, m.severity = casefile.Acknowledged, w.Category, least(w.Category)
			invariants(rt, s, m, 0, true, false)
		}
		for range rapid.IntRange(1, 40).Draw(rt, "steps") {
			s.later(rapid.SampledFrom([]time.Duration{time.Millisecond, time.Minute, 3 * time.Hour, 26 * time.Hour, 15 * 24 * time.Hour, 35 * 24 * time.Hour}).Draw(rt, "later"))
			from := len(s.timeline)
			if rapid.IntRange(0, 5).Draw(rt, "tick") == 0 {
				clock(rt, s, m)
				continue
			}
			by, cmd := order(rt, s.Status)
			before, frozen := s.Case, freeze(rt, s.Case)
			allowed := slices.Contains(lifecycle.Allowed(s.Case, by.Kind, s.now, s.rules), cmd.Do)
			err := s.try(by, cmd)
			if got := freeze(rt, before); got != frozen {
				rt.Fatalf("%s changed the case it was given:\n%s\n%s", cmd.Do, frozen, got)
			}
			legal, told := m.step(by, &cmd, s.now)
			if legal != (err == nil) {
				rt.Fatalf("%s by %s at %s: the model says %v, but %v", cmd.Do, by.Kind, before.Status, legal, err)
			}
			if legal && !allowed {
				rt.Fatalf("%s by %s at %s went through, but is not among what is allowed", cmd.Do, by.Kind, before.Status)
			}
			if err != nil {
				var r *lifecycle.Refusal
				if !errors.As(err, &r) || freeze(rt, s.Case) != frozen || len(s.timeline) != from {
					rt.Fatalf("%s was refused, but changed something: %v", cmd.Do, err)
				}
				continue
			}
			invariants(rt, s, m, from, false, told)
			reached[s.Status]++
			if s.Status.Ended() && s.Status != casefile.Closed && rapid.IntRange(0, 3).Draw(rt, "enough") > 0 {
				break
			}
		}
		if err := casefile.Check(&s.Case, s.timeline); err != nil {
			rt.Fatal(err)
		}
		replays(rt, s)
	})
	for _, status := range everyStatus {
		if status != casefile.Open && status != casefile.Received && status != casefile.Draft && reached[status] == 0 {
			t.Errorf("no case was ever %s: the commands drawn are too wild", status)
		}
	}
}

// clock lets the clock act, and the model follow: of all that passes, only
// closing changes where a case stands.
func clock(rt *rapid.T, s *story, m *model) {
	had := len(s.timeline)
	for i := range s.ticks() {
		e := &s.timeline[had+i]
		if e.Action == casefile.Closing {
			after := m.resolvedAt.Add(14*24*time.Hour - time.Hour) // by the clock on the wall: summer time
			if !m.is(casefile.Resolved) || !m.root || !m.accepted && s.now.Before(after) {
				rt.Fatalf("closed by the clock though %s, root cause %v, resolved %s", m.status, m.root, m.resolvedAt)
			}
			m.status, m.closedAt = casefile.Closed, s.now
			if e.Inform != m.notifiable {
				rt.Fatal("closed without a word")
			}
			continue
		}
		if e.Inform || e.From != "" || e.Alert == nil {
			rt.Fatalf("the clock did something else: %+v", e)
		}
	}
	if m.is(casefile.Resolved) && m.root && s.now.Sub(m.resolvedAt) > 14*24*time.Hour+time.Hour {
		rt.Fatal("still not closed")
	}
	if !s.NextAt.IsZero() && m.status != casefile.Draft && !s.NextAt.After(s.now) {
		rt.Fatalf("the clock has more to do at %s, but did not do it by %s", s.NextAt, s.now)
	}
	if got := s.ticks(); len(got) != 0 {
		rt.Fatal("the clock did it twice")
	}
}

// invariants hold after every change.
func invariants(rt *rapid.T, s *story, m *model, from int, opened, told bool) {
	if s.Status != m.status {
		rt.Fatalf("the case is %s, the model %s", s.Status, m.status)
	}
	if s.Version != len(s.timeline) || len(s.timeline) == from {
		rt.Fatalf("version %d of %d entries", s.Version, len(s.timeline))
	}
	status := casefile.Status("")
	if from > 0 {
		status = s.timeline[from-1].Status
	}
	informed := false
	for i := range s.timeline[from:] {
		e := &s.timeline[from+i]
		changed := e.Status != status
		if changed && status != "" && (e.From != status || !strings.Contains(ways, string(status)+">"+string(e.Status)+" ") && !strings.Contains(ways, string(status)+">"+string(e.Status)+"\n")) {
			rt.Fatalf("no edge: %s (%s) > %s", status, e.From, e.Status)
		}
		if !changed && e.From != "" {
			rt.Fatalf("from %s without a change", e.From)
		}
		want := m.notifiable && (changed && e.Status != casefile.Received && e.Status != casefile.Dismissed || told)
		if e.Inform != want {
			rt.Fatalf("%s, %s > %s: told %v", e.Action, status, e.Status, e.Inform)
		}
		if informed && e.Inform {
			rt.Fatal("told twice of one command")
		}
		informed = informed || e.Inform
		status = e.Status
		if a := e.Alert; a != nil && (a.Reason == "" || a.Rule == "" || a.ID == "" || a.Status != string(e.Status) || a.Reason == events.CaseOpened && !opened && e.Action != casefile.Registered) {
			rt.Fatalf("alert %+v", a)
		}
	}
	h := &s.Handling
	if k := h.Clock; k != nil {
		running := k.Runs[len(k.Runs)-1].To.IsZero()
		if running != m.runs() {
			rt.Fatalf("the clock runs: %v, though %s", running, s.Status)
		}
		for _, d := range k.Deadlines {
			if d.Name == "first_response" && d.MetAt.IsZero() == m.answered {
				rt.Fatalf("first response met at %s, but answered: %v", d.MetAt, m.answered)
			}
		}
		for i := 1; i < len(k.Runs); i++ {
			if k.Runs[i].From.Before(k.Runs[i-1].To) {
				rt.Fatalf("time runs backwards: %+v", k.Runs)
			}
		}
	} else if m.status != casefile.Draft && m.status != casefile.Dismissed {
		rt.Fatal("a complaint without a clock")
	}
	if s.Status == casefile.Closed && h.RootCause == "" {
		rt.Fatal("closed without a root cause")
	}
	if d := h.Decision; d != nil && (d.By == "" || d.Outcome == casefile.Rejected && d.Reason == "") {
		rt.Fatalf("decided %+v", d)
	}
	if e := s.last(); e.Action == casefile.Deciding && e.WordsHash == (casefile.Hash{}) {
		rt.Fatal("decided without words")
	}
	if limit, _ := m.limits(); m.category != "" && lifecycle.Owed(h) != m.sum() || m.sum() > limit {
		rt.Fatalf("owed %d, by the model %d", lifecycle.Owed(h), m.sum())
	}
	if s.Status == casefile.Resolved && m.waiting() {
		rt.Fatal("resolved with a compensation that nobody approved")
	}
	if m.status != casefile.Draft && h.Severity != "" && h.Severity != casefile.Severities[m.severity] {
		rt.Fatalf("severity %s, by the model %s", h.Severity, casefile.Severities[m.severity])
	}
	if s.Status.Ended() != s.NextAt.IsZero() {
		rt.Fatalf("%s, and the clock looks at %s", s.Status, s.NextAt)
	}
	for _, e := range h.Escalations {
		if !e.HandledAt.IsZero() && e.SeenAt.IsZero() || e.RaisedAt.IsZero() {
			rt.Fatalf("escalation %+v", e)
		}
	}
}

// replays holds that the timeline, also as it is stored, leads to the case.
func replays(rt *rapid.T, s *story) {
	if diff := cmp.Diff(s.State(), casefile.Replay(s.timeline)); diff != "" {
		rt.Fatalf("the timeline replays to something else:\n%s", diff)
	}
	b, err := json.Marshal(s.timeline)
	if err != nil {
		rt.Fatal(err)
	}
	var stored []casefile.Entry
	if err := json.Unmarshal(b, &stored); err != nil {
		rt.Fatal(err)
	}
	if err := casefile.Check(&s.Case, stored); err != nil {
		rt.Fatalf("as stored: %v", err)
	}
	if diff := cmp.Diff(s.State(), casefile.Replay(stored)); diff != "" {
		rt.Fatalf("the stored timeline replays to something else:\n%s", diff)
	}
}

// freeze is the case as text: two that are the same have the same.
func freeze(rt *rapid.T, c casefile.Case) string {
	b, err := json.Marshal(&c)
	if err != nil {
		rt.Fatal(err)
	}
	return string(b)
}
