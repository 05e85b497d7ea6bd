package lifecycle

import (
	"slices"
	"time"

	"resonanz/shared/casefile"
)

// edges are the legal changes of status, beside withdrawing, which every open
// complaint can be. A case that is no complaint is open or closed. That a
// dismissed draft becomes a complaint takes a complaint of the customer's: see
// Register.
var edges = map[casefile.Status][]casefile.Status{
	casefile.Draft:            {casefile.Received, casefile.Dismissed},
	casefile.Dismissed:        {casefile.Received},
	casefile.Received:         {casefile.Acknowledged, casefile.Duplicate, casefile.Withdrawn},
	casefile.Acknowledged:     {casefile.Assessed, casefile.Withdrawn},
	casefile.Assessed:         {casefile.InInvestigation, casefile.Withdrawn},
	casefile.InInvestigation:  {casefile.AwaitingCustomer, casefile.Decided, casefile.Withdrawn},
	casefile.AwaitingCustomer: {casefile.InInvestigation, casefile.Withdrawn},
	casefile.Decided:          {casefile.Resolved, casefile.Withdrawn},
	casefile.Resolved:         {casefile.Closed, casefile.Reopened, casefile.Withdrawn},
	casefile.Closed:           {casefile.Reopened},
	casefile.Reopened:         {casefile.InInvestigation, casefile.Withdrawn},
	casefile.Open:             {casefile.Closed},
}

// Sets of statuses in which something may be done.
var (
	// told are those in which somebody may write to the customer.
	told = []casefile.Status{
		casefile.Acknowledged, casefile.Assessed, casefile.InInvestigation, casefile.AwaitingCustomer,
		casefile.Decided, casefile.Resolved, casefile.Reopened,
	}
	unresolved = []casefile.Status{
		casefile.Acknowledged, casefile.Assessed, casefile.InInvestigation, casefile.AwaitingCustomer,
		casefile.Decided, casefile.Reopened,
	}
	open       = append([]casefile.Status{casefile.Received}, told...) // complaints in which something is owed
	assignable = append([]casefile.Status{casefile.Draft, casefile.Open}, open...)
	ended      = []casefile.Status{casefile.Closed, casefile.Withdrawn, casefile.Duplicate}
	complaints = append(slices.Clone(open), ended...)
	any        = append(append([]casefile.Status{casefile.Dismissed}, assignable...), ended...)
)

// command is one row of the table of commands: who may give it, when, and what
// it may say. Its first field that is not named in uses is refused.
type command struct {
	do   casefile.Action
	by   []casefile.ActorKind
	from []casefile.Status
	uses string // names of fields, separated by spaces
	// can says whether the case has what the command is about; nil: always.
	can func(c *casefile.Case, now time.Time, r *Rules) *Refusal
	run func(m *move) *Refusal
}

var (
	staff    = []casefile.ActorKind{casefile.Staff}
	customer = []casefile.ActorKind{casefile.Customer}
	reporter = []casefile.ActorKind{casefile.Customer, casefile.System} // of what became of a file
)

// commands are those of staff, then those of customers and of the system. An
// action may have a row for each.
func commands() []command {
	return []command{
		{casefile.Registered, staff, []casefile.Status{casefile.Draft}, "text category severity urgency", nil, (*move).register},
		{casefile.Dismissing, staff, []casefile.Status{casefile.Draft}, "text reason", nil, (*move).dismiss},
		{casefile.Acknowledging, staff, []casefile.Status{casefile.Received}, "text", nil, (*move).acknowledge},
		{casefile.Duplicating, staff, []casefile.Status{casefile.Draft, casefile.Received}, "text of", nil, (*move).duplicate},
		{casefile.Duplicating, staff, told, "text of", nil, (*move).join},
		{casefile.Assessing, staff, told, "text severity urgency category root_cause", nil, (*move).assess},
		{casefile.Assigning, staff, assignable, "text team owner", nil, (*move).assign},
		{casefile.Investigating, staff, []casefile.Status{casefile.Assessed, casefile.AwaitingCustomer, casefile.Reopened}, "text root_cause", nil, (*move).investigate},
		{casefile.Asking, staff, []casefile.Status{casefile.InInvestigation}, "text", nil, (*move).ask},
		{casefile.Answering, staff, told, "text clock", nil, (*move).answer},
		{casefile.Noting, staff, any, "text", nil, (*move).note},
		{casefile.Deciding, staff, []casefile.Status{casefile.InInvestigation}, "text outcome reason owner root_cause", nil, (*move).decide},
		{casefile.Compensating, staff, unresolved, "text type kind cents", nil, (*move).compensate},
		{casefile.Approving, staff, unresolved, "text id", hasWaiting, (*move).approve},
		{casefile.Declining, staff, unresolved, "text id", hasWaiting, (*move).decline},
		{casefile.Apologising, staff, told, "text", nil, (*move).apologise},
		{casefile.Resolving, staff, []casefile.Status{casefile.Decided}, "text root_cause", settled, (*move).resolve},
		{casefile.Closing, staff, []casefile.Status{casefile.Resolved, casefile.Open}, "text root_cause", nil, (*move).close},
		{casefile.Reopening, staff, []casefile.Status{casefile.Resolved, casefile.Closed}, "text", isComplaint, (*move).reopen},
		{casefile.Withdrawing, staff, open, "text", nil, (*move).withdraw},
		{casefile.Linking, staff, complaints, "text corrective_action", isComplaint, (*move).link},
		{casefile.Seeing, staff, any, "text rule clock", hasUnseen, (*move).see},
		{casefile.Handled, staff, any, "text rule clock", hasUnhandled, (*move).handle},

		{casefile.Replying, customer, open, "text", hasRoom, (*move).reply},
		{casefile.Accepting, customer, []casefile.Status{casefile.Resolved}, "text", notAccepted, (*move).accept},
		{casefile.Reopening, customer, []casefile.Status{casefile.Resolved, casefile.Closed}, "text", reopenable, (*move).reopen},
		{casefile.Rating, customer, []casefile.Status{casefile.Closed}, "text stars", ratable, (*move).rate},
		{casefile.Withdrawing, customer, open, "text", nil, (*move).withdraw},
		{casefile.Attaching, reporter, open, "attachment", nil, (*move).attach},
		{casefile.Refusing, reporter, complaints, "reason bytes", isComplaint, (*move).refuseFile},
	}
}

// Apply carries out a command, or says in a *Refusal why not. On success there
// is at least one entry, and the case is a new one; c stays as it is.
func Apply(c casefile.Case, cmd Command, by casefile.Actor, now time.Time, r Rules) (casefile.Case, []casefile.Entry, error) {
	m := begin(c, by, now, r)
	m.cmd = cmd
	if err := m.carryOut(); err != nil {
		return c, nil, err
	}
	return m.c, m.entries, nil
}

// carryOut finds the row of the command and runs it. The interface it returns is
// nil when the command was carried out.
func (m *move) carryOut() error {
	if f := m.cmd.malformed(); f != nil {
		return f
	}
	known, allowed := false, false
	for _, row := range commands() {
		if row.do != m.cmd.Do {
			continue
		}
		known = true
		if !slices.Contains(row.by, m.by.Kind) {
			continue
		}
		allowed = true
		if !slices.Contains(row.from, m.c.Status) {
			continue
		}
		if f := m.cmd.beyond(row.uses); f != nil {
			return f
		}
		if row.can != nil {
			if f := row.can(&m.c, m.now, &m.r); f != nil {
				return f
			}
		}
		if m.by.Kind == casefile.Staff && row.do != casefile.Seeing {
			m.seen("", "")                  // whoever does something about a case has seen why it came up
			if row.do != casefile.Handled { // which asks what is left to handle
				m.handled(StillOpen, "")
			}
		}
		if f := row.run(m); f != nil {
			return f
		}
		return nil
	}
	switch {
	case !known:
		return refuse(Unknown, "command", "There is no such command.")
	case !allowed:
		return refuse(Forbidden, "", "This is not for "+string(m.by.Kind)+" to do.")
	}
	return refuse(IllegalTransition, "", "A case that is "+string(m.c.Status)+" does not allow this.")
}

// Allowed lists the commands that an actor of this kind may give now, in the
// order in which they come up in a lifecycle. Whether their fields hold is for
// Apply to say.
func Allowed(c casefile.Case, kind casefile.ActorKind, now time.Time, r Rules) []casefile.Action {
	var out []casefile.Action
	for _, row := range commands() {
		if slices.Contains(row.by, kind) && slices.Contains(row.from, c.Status) && (row.can == nil || row.can(&c, now, &r) == nil) {
			out = append(out, row.do)
		}
	}
	return out
}
