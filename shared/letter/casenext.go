package letter

import (
	"strings"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
)

// next is what happens now, and what the customer can do. Where the case has
// moved on since the step, nothing is promised by it.
func (x *teller) next(until func(string, time.Time) string) {
	if x.says == &x.t.Acknowledged && x.Said.Callback {
		if x.callbackBy().After(x.at) {
			x.paragraph(x.fill(x.t.Callback))
		} else {
			x.paragraph(x.t.CallbackLate)
		}
	}
	c := x.Case
	if x.Step.Status != "" && x.Step.Status != c.Status {
		x.heading(x.t.NextHeading)
		x.paragraph(x.t.MovedOn)
		return
	}
	switch c.Status {
	case casefile.Withdrawn, casefile.Duplicate:
		x.heading(x.t.NextHeading)
		x.paragraph(x.fill(x.t.Anew))
		x.button(x.t.AnewGo, x.w.public+"/complain/"+string(c.Touchpoint))
	case casefile.Closed:
		x.closed(until)
	case casefile.Resolved:
		if h := &c.Handling; !h.AcceptedAt.IsZero() && !h.AcceptedAt.Before(h.LastResolvedAt) {
			return // the customer has said so
		}
		x.heading(x.t.NextHeading)
		x.paragraph(x.t.Agree)
		if x.Next.Name == lifecycle.Acceptance && x.due.After(x.at) {
			x.paragraph(x.fill(x.t.AgreeBy))
		}
		x.redress()
	default:
		if s := x.open(); s != "" {
			x.heading(x.t.NextHeading)
			x.paragraph(x.fill(s))
		}
	}
}

// open is the next step of a case that is not resolved yet. A date that has
// passed is not hidden.
func (x *teller) open() string {
	list := &x.t.NextBy
	switch {
	case x.due.IsZero():
		list = &x.t.NextSometime
	case !x.due.After(x.at):
		list = &x.t.NextMissed
	}
	switch x.Next.Name {
	case lifecycle.FirstAnswer, lifecycle.Acknowledgement:
		return list.FirstAnswer
	case lifecycle.DecisionStep:
		return list.Decision
	case lifecycle.CustomerAnswer:
		return list.YourReply
	case lifecycle.Communication:
		return list.Communication
	}
	return ""
}

// closed asks how the complaint was handled and says how long it can be
// reopened.
func (x *teller) closed(until func(string, time.Time) string) {
	h := &x.Case.Handling
	if x.Next.Name == lifecycle.Survey && x.due.After(x.at) && h.Satisfaction == 0 {
		x.heading(x.t.Survey)
		x.paragraph(until(x.t.SurveyAsk, x.due))
		x.button(x.t.SurveyGo, x.status())
	}
	if end := h.ClosedAt.AddDate(0, 0, x.w.cfg.Complaints.ReopenDays); !h.ClosedAt.IsZero() && end.After(x.at) {
		x.heading(x.t.NextHeading)
		x.paragraph(until(x.t.Again, end))
	}
	if x.says != &x.t.Accepted {
		x.redress()
	}
}

// redress says where else a customer can turn who was not given all that was
// asked for.
func (x *teller) redress() {
	d := x.Case.Handling.Decision
	if d != nil && d.Outcome != casefile.Accepted {
		x.notice(x.t.Redress, x.w.cfg.In(x.w.cfg.Complaints.Redress, x.language))
	}
}

// page is the link to the status page, and what stands at the foot.
func (x *teller) page(day func(time.Time) string) {
	name := x.t.See
	if x.Case.Status == x.Step.Status && (x.says == &x.t.Asked || x.says == &x.t.Answered) {
		name = x.t.Reply
	}
	x.button(name, x.status())
	if x.Case.Status.Ended() {
		x.paragraph(x.t.PageEnded)
	} else {
		x.paragraph(x.t.Page)
	}
	if !x.Until.IsZero() {
		x.paragraph(elided(x.language, strings.ReplaceAll(x.t.PageUntil, "{until}", day(x.Until))))
	}
	x.foot = []string{x.fill(x.t.WhyCase)}
	if a := oneLine(x.w.cfg.Organisation.Address); a != "" {
		x.foot = append(x.foot, a)
	}
	if url := x.w.cfg.Organisation.PrivacyURL; url != "" {
		x.privacy = action{x.t.Privacy, url}
	}
}

// status is the address of the status page.
func (x *teller) status() string { return x.w.public + "/k/" + x.Token }
