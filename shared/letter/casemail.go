package letter

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"resonanz/shared/casefile"
	"resonanz/shared/category"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/money"
)

// CaseMail tells the customer of one step of a complaint. The same function
// words the mail that is sent (TellOf) and the preview of one that staff are
// about to cause (Preview).
type CaseMail struct {
	Case *casefile.Case  // as it is now
	Step *casefile.Entry // with its words, where it has any and they were not erased
	Next lifecycle.Step  // of Case
	// Reasons are the words of the decision where Step tells of it and is not the
	// decision itself.
	Reasons string
	Said    Said
	Crisis  bool      // one is open: acknowledgements say so
	Token   string    // of the link to the status page; empty in a preview
	Until   time.Time // it works
}

// Said is what is known from the customer's complaint; empty once it was erased.
type Said struct {
	Name, Comment, Remedy string
	ReceivedAt            time.Time
	Assisted              bool // staff wrote it down
	Callback              bool // a call was asked for
}

// TellOf is the mail of entry seq of a timeline, without Token, Until, Crisis
// and what was said. Ok is false when there is no such entry.
func TellOf(c *casefile.Case, timeline []casefile.Entry, seq int, r lifecycle.Rules) (m CaseMail, ok bool) {
	if seq < 1 || seq > len(timeline) || timeline[seq-1].Seq != seq {
		return CaseMail{}, false
	}
	return tell(c, timeline[:seq], r), true
}

// Preview is the mail that would follow from entries, which package lifecycle
// made and nobody stored yet: what staff are shown before they write to a
// customer. C is the case after them. Ok is false when the customer would be told
// nothing.
func Preview(c *casefile.Case, timeline, entries []casefile.Entry, r lifecycle.Rules) (m CaseMail, ok bool) {
	for i := range entries {
		if entries[i].Inform {
			return tell(c, slices.Concat(timeline, entries[:i+1]), r), true
		}
	}
	return CaseMail{}, false
}

// tell is the mail of the last entry.
func tell(c *casefile.Case, timeline []casefile.Entry, r lifecycle.Rules) CaseMail {
	m := CaseMail{Case: c, Step: &timeline[len(timeline)-1], Next: lifecycle.Next(*c, r)}
	for i := range timeline {
		if e := &timeline[i]; e.Action == casefile.Deciding && e.Words != nil {
			m.Reasons = e.Words.Text
		}
	}
	return m
}

// Case words m, at the instant at: a date that has passed by then is no promise
// any more. The language is that of the case, else the organisation's default,
// else English.
func (w *Writer) Case(m CaseMail, at time.Time) Content {
	d := w.caseDocument(m, at)
	return Content{Language: d.language, Subject: d.subject, Text: d.text(), HTML: d.html(w.accent)}
}

// teller writes one mail.
type teller struct {
	CaseMail
	w    *Writer
	t    *caseTexts
	says *telling
	due  time.Time // of the next step; zero: no date
	at   time.Time
	fill func(string) string
	caseDocument
}

func (w *Writer) caseDocument(m CaseMail, at time.Time) *caseDocument {
	base, language := w.words(m.Case.Language)
	t := caseCatalogue[language]
	zone := w.cfg.Zone()
	instant := func(at time.Time) string { return base.instant(at.In(zone)) }
	day := func(at time.Time) string { return base.dated(t.Day, at.In(zone)) }
	x := &teller{w: w, CaseMail: m, t: t, due: m.Next.DueAt, at: at}
	h := &m.Case.Handling
	fill := strings.NewReplacer(
		"{number}", string(m.Case.Number), "{other}", string(h.DuplicateOf), "{organisation}", oneLine(w.cfg.Organisation.Name),
		"{touchpoint}", w.touchpoint(m.Case.Touchpoint, language), "{team}", w.team(h.Team, language),
		"{due}", instant(x.due), "{resolved}", day(later(h.ResolvedAt, h.LastResolvedAt)),
		"{callback}", instant(x.callbackBy()), "{files}", strconv.Itoa(w.cfg.Complaints.Attachments), "{name}", oneLine(m.Said.Name),
	).Replace
	x.fill = func(s string) string { return elided(language, fill(s)) }
	until := func(s string, at time.Time) string {
		return x.fill(strings.ReplaceAll(s, "{until}", instant(at)))
	}
	x.says = t.says(m.Step, h)
	title := x.fill(x.says.Title)
	x.caseDocument = caseDocument{
		language: language, organisation: oneLine(w.cfg.Organisation.Name), title: title,
		subject: strings.NewReplacer("{title}", title, "{number}", string(m.Case.Number)).Replace(t.Subject),
	}
	x.greet()
	x.paragraph(x.fill(x.says.Opening))
	x.facts(language, instant)
	x.words()
	x.outcome()
	x.next(until)
	x.page(day)
	return &x.caseDocument
}

// says is what is told first of a step of a case that was handled so far as h says.
func (t *caseTexts) says(e *casefile.Entry, h *casefile.Handling) *telling {
	byCustomer, bySystem := e.By.Kind == casefile.Customer, e.By.Kind == casefile.System
	switch e.Action {
	case casefile.Acknowledging, casefile.Registered, casefile.Opened:
		return &t.Acknowledged
	case casefile.Assessing:
		return &t.Assessed
	case casefile.Investigating:
		if e.From == casefile.AwaitingCustomer {
			return &t.Resumed
		}
		return &t.Investigating
	case casefile.Replying:
		return &t.Replied
	case casefile.Asking:
		return &t.Asked
	case casefile.Answering:
		return &t.Answered
	case casefile.Deciding:
		return &t.Decided
	case casefile.Resolving:
		return &t.Resolved
	case casefile.Closing:
		switch {
		case byCustomer, !h.AcceptedAt.IsZero() && !h.AcceptedAt.Before(h.LastResolvedAt):
			return &t.Accepted
		case bySystem:
			return &t.Lapsed
		}
		return &t.Closed
	case casefile.Reopening:
		if byCustomer {
			return &t.ReopenedByYou
		}
		return &t.Reopened
	case casefile.Withdrawing:
		if byCustomer {
			return &t.WithdrawnByYou
		}
		return &t.Withdrawn
	case casefile.Duplicating:
		return &t.Duplicate
	}
	return &t.Updated
}

func (x *teller) greet() {
	if isName(oneLine(x.Said.Name)) {
		x.paragraph(x.fill(x.t.Hello))
		return
	}
	x.paragraph(x.t.HelloAll)
}

// longestName is how long a name is that a greeting repeats, in characters.
const longestName = 100

// isName reports whether s reads as a name: letters, and what stands between
// them. Anybody can enter anything with anybody's address, and a greeting is said
// in our voice: an address of the web in it would look like ours.
func isName(s string) bool {
	r := []rune(s)
	for i, c := range r {
		switch {
		case unicode.IsLetter(c), unicode.IsMark(c), strings.ContainsRune(" -'’,", c):
		case c == '.' && (i == len(r)-1 || r[i+1] == ' ' || r[i+1] == '-'): // Dr. A.-B. Muster
		default:
			return false
		}
	}
	return len(r) > 0 && len(r) <= longestName
}

// facts are what the customer recognises the complaint by, and who handles it.
func (x *teller) facts(l feedback.Language, instant func(time.Time) string) {
	c := x.Case
	about := x.w.touchpoint(c.Touchpoint, l)
	if c.Category != "" {
		about = oneLine(category.Name(x.w.cfg, c.Category, l)) + " · " + about
	}
	received := x.Said.ReceivedAt
	if received.IsZero() {
		received = c.OpenedAt
	}
	x.rows(
		fact{x.t.Number, string(c.Number)}, fact{x.t.About, about},
		fact{x.t.Received, instant(received)}, fact{x.t.Team, x.w.team(c.Handling.Team, l)},
	)
}

// words are what was written: by the customer to start with, by staff later.
func (x *teller) words() {
	written := ""
	if x.Step.Words != nil {
		written = x.Step.Words.Text
	}
	yours, remedy := x.t.YourWords, x.t.YourRemedy
	if x.Said.Assisted {
		yours, remedy = x.t.TakenDown, x.t.TakenDownRemedy
	}
	switch x.says {
	case &x.t.Acknowledged:
		one, cutOne := cut(x.Said.Comment, longest)
		two, cutTwo := cut(x.Said.Remedy, longest)
		x.quote(yours, one)
		x.quote(remedy, two)
		if cutOne || cutTwo {
			x.paragraph(x.t.Cut)
		}
		if notice := x.w.cfg.In(x.w.cfg.Escalation.Crisis.Notice, x.language); x.Crisis && notice != "" {
			x.notice(x.t.Crisis, notice)
		}
		if x.Said.Assisted {
			x.paragraph(x.t.Check)
		}
		x.attach()
	case &x.t.Replied, &x.t.ReopenedByYou, &x.t.WithdrawnByYou:
		one, wasCut := cut(written, longest)
		x.quote(x.t.YourWords, one)
		if wasCut {
			x.paragraph(x.t.Cut)
		}
	case &x.t.Asked:
		x.letter(x.t.OurQuestion, written)
		x.attach()
	case &x.t.Answered, &x.t.Resolved:
		x.letter(x.t.OurWords, written)
	}
}

// attach says that files can be added, where they can still.
func (x *teller) attach() {
	if x.w.cfg.Complaints.Attachments > 0 && !x.Case.Status.Ended() {
		x.paragraph(x.fill(x.t.Attach))
	}
}

// outcome is what was decided, why, who answers for it, and what was promised.
func (x *teller) outcome() {
	h := &x.Case.Handling
	decision, reasons := h.Decision, x.Reasons
	switch x.says {
	case &x.t.Decided:
		reasons = ""
		if x.Step.Words != nil {
			reasons = x.Step.Words.Text
		}
		if x.Step.Set != nil && x.Step.Set.Decision != nil {
			decision = x.Step.Set.Decision // h may hold a later one
		}
	case &x.t.Resolved:
	case &x.t.Accepted, &x.t.Closed, &x.t.Lapsed:
		reasons = "" // they were told with the outcome
	default:
		return
	}
	if decision != nil {
		x.heading(x.t.Decision)
		x.paragraph(x.t.outcomeOf(decision.Outcome))
	}
	if x.says == &x.t.Decided || x.says == &x.t.Resolved {
		x.letter(x.t.Reasons, reasons)
		x.paragraph(x.fill(x.t.AnsweredFor))
	}
	var promised []string
	for i := range h.Compensations {
		if c := &h.Compensations[i]; c.State == casefile.Promised {
			promised = append(promised, x.compensation(c))
		}
	}
	x.list(x.t.Promised, promised)
	if !h.ApologyAt.IsZero() && x.says == &x.t.Resolved {
		x.paragraph(x.t.Apology)
	}
}

func (t *caseTexts) outcomeOf(o casefile.DecisionOutcome) string {
	switch o {
	case casefile.Accepted:
		return t.Outcomes.Accepted
	case casefile.Partly:
		return t.Outcomes.Partly
	case casefile.Goodwill:
		return t.Outcomes.Goodwill
	}
	return t.Outcomes.Rejected
}

func (x *teller) compensation(c *casefile.Compensation) string {
	name := map[string]string{
		"refund": x.t.Kinds.Refund, "discount": x.t.Kinds.Discount, "voucher": x.t.Kinds.Voucher,
		"replacement": x.t.Kinds.Replacement, "repair": x.t.Kinds.Repair, "gift": x.t.Kinds.Gift,
		"apology": x.t.Kinds.Apology, "explanation": x.t.Kinds.Explanation, "priority_service": x.t.Kinds.PriorityService,
	}[c.Kind]
	if c.Cents == 0 {
		return name
	}
	return strings.NewReplacer("{kind}", name, "{amount}", money.Format(c.Cents, x.w.cfg.Complaints.Currency, x.language)).Replace(x.t.Amount)
}

// team is who handles a complaint as customers read it: the organisation itself
// where no team is configured.
func (w *Writer) team(id string, l feedback.Language) string {
	for i := range w.cfg.Teams {
		if t := &w.cfg.Teams[i]; t.ID == id && id != "" {
			if name := oneLine(w.cfg.In(t.Name, l)); name != "" {
				return name
			}
		}
	}
	return oneLine(w.cfg.Organisation.Name)
}

// touchpoint is its name, or its id once it is not configured any more.
func (w *Writer) touchpoint(id feedback.Touchpoint, l feedback.Language) string {
	if t := w.cfg.Touchpoint(id); t != nil {
		if name := oneLine(w.cfg.In(t.Name, l)); name != "" {
			return name
		}
	}
	return string(id)
}

// callbackBy is when a call that was asked for has been promised.
func (x *teller) callbackBy() time.Time {
	return x.Said.ReceivedAt.Add(time.Duration(x.w.cfg.Escalation.CallbackDueHours) * time.Hour)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
