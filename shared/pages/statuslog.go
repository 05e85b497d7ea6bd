package pages

import (
	"slices"
	"time"

	"resonanz/shared/casefile"
)

// log tells what happened so far in plain words, the latest first: the steps, what
// the customer wrote and what the customer was written. What staff note among
// themselves, and who does what, is not told.
func (w *statusPage) log() {
	first := true
	for i := range slices.Backward(w.v.Timeline) {
		e := &w.v.Timeline[i]
		said, own := line(e)
		text := w.t.entries[said]
		if text == "" {
			continue
		}
		if first {
			w.el("h2", "h2", w.t.Log)
			w.raw(`<ol class="log" reversed>`)
			first = false
		}
		w.raw("<li><time")
		w.attr("datetime", e.At.UTC().Format(time.RFC3339))
		w.raw(">")
		w.esc(w.t.time(w.c.local(e.At)))
		w.raw("</time><b>")
		w.esc(fill(text, "n", numeral(grade(e)), "other", string(w.v.Case.Handling.DuplicateOf)))
		w.raw("</b>")
		if own && e.Words != nil && e.Words.Text != "" && !w.shown(e) {
			w.el(`p class="w" dir="auto"`, "p", e.Words.Text)
		}
		w.raw("</li>")
	}
	if !first {
		w.raw("</ol>")
	}
}

// grade is how the customer rated the handling in an entry.
func grade(e *casefile.Entry) int {
	if e.Set == nil {
		return 0
	}
	return e.Set.Satisfaction
}

// line is what customers are told of an entry, empty for nothing, and whether
// its words are theirs or to them.
func line(e *casefile.Entry) (said casefile.Action, own bool) {
	byCustomer := e.By.Kind == casefile.Customer
	switch e.Action {
	case casefile.Asking, casefile.Answering, casefile.Deciding, casefile.Resolving:
		return e.Action, true
	case casefile.Acknowledging, casefile.Duplicating:
		return e.Action, false
	case casefile.Assessing, casefile.Investigating: // told where it moves the case
		if e.From == "" || e.From == e.Status {
			return "", false
		}
		return e.Action, false
	case casefile.Attaching, casefile.Apologising:
		return e.Action, false
	case casefile.Refusing:
		return refused(e.Reason), false
	case casefile.Annotated:
		if !byCustomer {
			return "", false
		}
		return e.Action, false
	case casefile.Replying, casefile.Accepting, casefile.Rating:
		return e.Action, true
	case casefile.Closing:
		if byCustomer {
			return closedByYou, true
		}
		return e.Action, false
	case casefile.Reopening:
		if byCustomer {
			return reopenedByYou, true
		}
		return e.Action, false
	case casefile.Withdrawing:
		if byCustomer {
			return withdrawnByYou, true
		}
		return e.Action, false
	}
	return "", false
}

// refused is what customers are told of a file that was not taken for a reason of
// package attach: of what is none of the types that are, which those are.
func refused(reason string) casefile.Action {
	switch reason {
	case "broken", "ambiguous":
		return refusedBroken
	case "too_large":
		return refusedLarge
	case "empty":
		return refusedEmpty
	case "too_many":
		return refusedMany
	case "case_ended":
		return refusedLate
	}
	return casefile.Refusing
}

// shown reports whether the words of an entry stand further up.
func (w *statusPage) shown(e *casefile.Entry) bool {
	switch e.Action {
	case casefile.Asking:
		return w.v.Case.Status == casefile.AwaitingCustomer && w.v.last(e.Action).Seq == e.Seq
	case casefile.Deciding:
		return w.decided() && w.v.last(e.Action).Seq == e.Seq
	case casefile.Resolving:
		return w.decided() && w.v.Case.Status != casefile.Decided && w.v.last(e.Action).Seq == e.Seq
	}
	return false
}
