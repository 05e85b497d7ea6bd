package pages

import (
	"slices"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/category"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/lifecycle"
	"resonanz/shared/money"
	"resonanz/shared/problem"
)

// Status is what the page of a complaint shows its customer.
type Status struct {
	Language   feedback.Language
	Chosen     bool // the customer chose the language: links and forms keep it
	Case       *casefile.Case
	Timeline   []casefile.Entry   // with words
	Touchpoint *config.Touchpoint // nil when it is no longer configured
	Said       feedback.Personal  // what the customer wrote
	Assisted   bool               // staff wrote it down
	Callback   bool               // a call was asked for
	Erased     bool               // it was erased
	Now        time.Time
	Link       string    // address of this page
	ExpiresAt  time.Time // of the link
	New        bool      // it was sent just now: the page acknowledges it
	Notice     string    // of a crisis; empty: none
	Next       lifecycle.Step
	Allowed    []casefile.Action // of the customer
	Upload     *Upload           // nil: no file can be added
	Checking   int               // files that were sent and are not looked at yet
	Reload     string            // query of this page while they are looked at
	Form       intake.CaseForm   // what is typed; the nonce goes with it
	Errors     []problem.Field
	Done       string // what the customer did just now, as CaseForm.Do
	Late       bool   // what the form asked for cannot be done any more
}

// Upload is a form that sends a file elsewhere.
type Upload struct {
	URL      string
	Fields   map[string]string
	Accept   string // media types
	MaxBytes int64
}

func (v *Status) allows(a casefile.Action) bool { return slices.Contains(v.Allowed, a) }

// keep is the query that keeps a language that the customer chose.
func (v *Status) keep() string {
	if v.Chosen {
		return "l=" + string(v.Language)
	}
	return ""
}

// statusPage is the page of a case being written.
type statusPage struct {
	complaintPage
	c *Complaints
	v *Status
}

// Status writes the page of a complaint: where it stands, what happens next and
// by when, what the customer can do, and what happened so far.
func (c *Complaints) Status(v *Status) string {
	base := c.p.text(v.Language)
	t := c.text(base)
	title := t.titles[v.Case.Status]
	if v.New {
		title = t.NewTitle
	}
	window := title
	if len(v.Errors) > 0 {
		window = base.ErrorTitle + title
	}
	return c.p.write(v.Language, window, func(p *page) {
		w := &statusPage{complaintPage{p, t, v.Errors}, c, v}
		w.summary("text", "stars")
		w.told()
		if v.New {
			w.raw(checkMark)
		}
		w.el("h1", "h1", title)
		w.el(`p class="no"`, "p", string(v.Case.Number))
		if v.New {
			w.el("p", "p", t.NewText)
			if v.Callback {
				w.el("p", "p", base.CallbackSoon(c.p.cfg.Escalation.CallbackDueHours))
			}
		}
		w.progress()
		w.next()
		w.question()
		w.decision()
		w.keepLink()
		w.actions()
		w.facts()
		w.files()
		w.log()
		if k := v.Case.Status; (k == casefile.Withdrawn || k == casefile.Duplicate) && v.Touchpoint != nil {
			w.raw(`<a class="btn"`)
			w.attr("href", "/complain/"+string(v.Touchpoint.ID)+"?l="+string(base.Lang))
			w.raw(">")
			w.esc(t.Anew)
			w.raw("</a>")
		}
		if v.allows(casefile.Withdrawing) {
			w.raw(`<p class="end"><a`)
			w.attr("href", "?do="+intake.DoWithdraw+"&"+v.keep())
			w.raw(">")
			w.esc(t.WithdrawLink)
			w.raw("</a></p>")
		}
	}, func(w *page) {
		keep := ""
		if v.New {
			keep = "new=1&"
		}
		c.p.foot(w, base, keep, len(v.Errors) == 0)
	})
}

// told says that what the customer did has arrived, or that it came too late.
func (w *statusPage) told() {
	switch {
	case w.v.Late:
		w.raw(`<div class="sum" role="alert" tabindex="-1" autofocus>`)
		w.el("p", "p", w.t.TooLate)
		w.raw("</div>")
		if w.v.Form.Text != "" && !w.typedElsewhere() {
			w.el("h2", "h2", w.t.YourText)
			w.el(`p class="w" dir="auto"`, "p", w.v.Form.Text)
		}
	case w.t.done[w.v.Done] != "":
		w.raw(`<div class="note" role="status" tabindex="-1" autofocus>`)
		w.el("p", "p", w.t.done[w.v.Done])
		w.raw("</div>")
	}
}

// typedElsewhere reports whether a field on the page takes what was typed for
// something that cannot be done any more.
func (w *statusPage) typedElsewhere() bool {
	return w.v.allows(casefile.Replying) || w.v.allows(casefile.Reopening)
}

// phases are where a case can stand, as its customer sees it.
func phase(s casefile.Status) int {
	switch s {
	case casefile.Received, casefile.Acknowledged, casefile.Draft:
		return 0
	case casefile.Assessed, casefile.InInvestigation, casefile.AwaitingCustomer, casefile.Reopened:
		return 1
	case casefile.Decided, casefile.Resolved:
		return 2
	case casefile.Closed:
		return 3
	}
	return -1
}

// progress shows how far the case is; one that ended otherwise is on no way.
func (w *statusPage) progress() {
	at := phase(w.v.Case.Status)
	if at < 0 {
		return
	}
	w.raw(`<ol class="steps"`)
	w.attr("aria-label", w.t.StepsAre)
	w.raw(">")
	for i, name := range w.t.steps {
		switch {
		case i < at:
			w.el(`li class="done"`, "li", name)
		case i == at:
			w.el(`li aria-current="step"`, "li", name)
		default:
			w.el("li", "li", name)
		}
	}
	w.raw("</ol>")
}

// next says what happens next and by when. What was promised for a time that has
// passed is said to be late.
func (w *statusPage) next() {
	due := w.v.Next.DueAt
	said := w.t.nextSometime[w.v.Next.Name]
	switch {
	case !due.IsZero() && due.Before(w.v.Now) && w.t.nextMissed[w.v.Next.Name] != "":
		said = w.t.nextMissed[w.v.Next.Name]
	case !due.IsZero() && w.t.nextBy[w.v.Next.Name] != "":
		said = w.t.nextBy[w.v.Next.Name]
	}
	switch w.v.Case.Status {
	case casefile.Duplicate:
		said = fill(w.t.OtherCase, "other", string(w.v.Case.Handling.DuplicateOf))
	case casefile.Closed, casefile.Withdrawn, casefile.Dismissed:
		said = "" // what can be done is said where it is done
	}
	if said == "" && w.v.Notice == "" {
		return
	}
	w.raw(`<div class="note">`)
	if said != "" {
		w.el("h2", "h2", w.t.NextTitle)
		w.el("p", "p", w.t.dated(w.text, said, "due", w.c.local(due)))
	}
	if w.v.Notice != "" {
		w.raw("<p><strong>")
		w.esc(w.t.Crisis)
		w.raw("</strong> ")
		w.esc(w.v.Notice)
		w.raw("</p>")
	}
	w.raw("</div>")
}

// last is the last entry of an action, or nil.
func (v *Status) last(a casefile.Action) *casefile.Entry {
	for i := len(v.Timeline) - 1; i >= 0; i-- {
		if v.Timeline[i].Action == a {
			return &v.Timeline[i]
		}
	}
	return nil
}

// question shows what the customer was asked.
func (w *statusPage) question() {
	if w.v.Case.Status != casefile.AwaitingCustomer {
		return
	}
	if e := w.v.last(casefile.Asking); e != nil && e.Words != nil {
		w.el("h2", "h2", w.t.Question)
		w.el(`p class="w" dir="auto"`, "p", e.Words.Text)
	}
}

// decision shows what was decided, why, and what was promised.
func (w *statusPage) decision() {
	d := w.v.Case.Handling.Decision
	if d == nil || !w.decided() {
		return
	}
	w.el("h2", "h2", w.t.Decision)
	w.raw("<p><strong>")
	w.esc(w.t.outcomes[d.Outcome])
	w.raw("</strong></p>")
	for _, a := range [...]casefile.Action{casefile.Deciding, casefile.Resolving} {
		if e := w.v.last(a); e != nil && e.Words != nil && (a == casefile.Deciding || w.v.Case.Status != casefile.Decided) {
			w.el(`p class="w" dir="auto"`, "p", e.Words.Text)
		}
	}
	if !w.v.Case.Handling.ApologyAt.IsZero() {
		w.el("p", "p", w.t.Apology)
	}
	w.promised()
	if text := w.c.p.cfg.In(w.c.p.cfg.Complaints.Redress, w.text.Lang); text != "" && d.Outcome != casefile.Accepted {
		w.el("h2", "h2", w.t.Redress)
		w.el("p", "p", text)
	}
}

// decided reports whether the last decision still stands.
func (w *statusPage) decided() bool {
	switch w.v.Case.Status {
	case casefile.Decided, casefile.Resolved, casefile.Closed:
		return true
	}
	return false
}

func (w *statusPage) promised() {
	first := true
	for _, c := range w.v.Case.Handling.Compensations {
		if c.State != casefile.Promised {
			continue
		}
		if first {
			w.raw("<p><strong>")
			w.esc(w.t.Promised)
			w.raw("</strong></p><ul>")
			first = false
		}
		said := w.t.kinds[c.Kind]
		if c.Cents > 0 {
			said = fill(w.t.Amount, "kind", said, "amount", money.Format(c.Cents, w.c.p.cfg.Complaints.Currency, w.v.Language))
		}
		w.el("li", "li", said)
	}
	if !first {
		w.raw("</ul>")
	}
}

// keepLink says, right after the complaint, how the customer finds back.
func (w *statusPage) keepLink() {
	if !w.v.New {
		return
	}
	w.el("h2", "h2", w.t.KeepLink)
	switch {
	case !w.v.Case.Notifiable:
		w.el("p", "p", w.t.NoAddress+" "+w.t.Keep)
	case w.c.p.cfg.Notify.MailFrom == "": // no mail is sent to anybody
		w.el("p", "p", w.t.Keep)
	default:
		w.el("p", "p", w.t.KeepMailed)
	}
	w.raw(`<p><a class="link"`)
	w.attr("href", w.v.Link)
	w.raw(">")
	w.esc(w.v.Link)
	w.raw("</a></p>")
	if !w.v.ExpiresAt.IsZero() {
		w.el("p class=opt", "p", w.text.ValidUntil(w.c.local(w.v.ExpiresAt)))
	}
}

// facts say what the case is about, in the customer's words as well.
func (w *statusPage) facts() {
	k := w.v.Case
	l := w.text.Lang
	w.raw("<dl>")
	w.fact(w.t.Received, w.t.time(w.c.local(k.OpenedAt)))
	if w.v.Touchpoint != nil {
		w.fact(w.t.Place, w.c.p.touchpoint(w.v.Touchpoint, w.text))
	}
	if k.Category != "" {
		w.fact(w.t.About, category.Name(w.c.p.cfg, k.Category, l))
	}
	w.fact(w.t.Team, w.who())
	w.raw("</dl>")
	if w.v.Erased {
		w.el("p", "p", w.t.Erased)
		return
	}
	if w.v.Assisted {
		w.said(w.t.TakenDown, w.v.Said.Comment)
		w.said(w.t.TakenDownWish, w.v.Said.Remedy)
		return
	}
	w.said(w.t.Yours, w.v.Said.Comment)
	w.said(w.t.YourWish, w.v.Said.Remedy)
}

func (w *statusPage) said(heading, words string) {
	if words == "" {
		return
	}
	w.el("h2", "h2", heading)
	w.el(`p class="w" dir="auto"`, "p", words)
}

func (w *statusPage) fact(name, said string) {
	w.el("dt", "dt", name)
	w.el("dd", "dd", said)
}

// who answers: the team by its name, else the organisation.
func (w *statusPage) who() string {
	if t := w.c.p.cfg.Team(w.v.Case.Handling.Team); t != nil {
		if s := w.c.p.cfg.In(t.Name, w.text.Lang); s != "" {
			return s
		}
	}
	return w.c.p.cfg.Organisation.Name
}
