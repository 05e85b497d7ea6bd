package intake

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/problem"
)

// Lengths of what staff write, in characters, and of a body, in bytes.
const (
	MaxWords   = lifecycle.MaxWords
	MaxCommand = 64 << 10
	maxPerson  = 128 // a token's subject
)

// maxCents bounds an amount so that sums cannot overflow: ten million.
const maxCents = 1_000_000_000

// Command is what staff ask of a case. What a command needs beyond its form,
// and where a case takes it, is decided by package lifecycle.
type Command struct {
	Do               casefile.Action
	EventID          feedback.EventID // optional: the same id is the same command, however often it is sent
	Text             string
	Severity         casefile.Severity
	Urgency          casefile.Urgency
	Category         string
	Team, Owner      string
	Reason           string
	RootCause        string
	CorrectiveAction string
	ID               string // of a compensation
	Rule, Clock      string // of an escalation
	Outcome          casefile.DecisionOutcome
	Type, Kind       string // of a compensation
	Cents            int64
	Of               casefile.Number // which the case is a duplicate of
}

// form says which fields a command has: those it cannot go without, and others.
type form struct {
	do       casefile.Action
	required string // names, separated by spaces
	optional string
}

// forms are the commands by name. Every one may have an event_id.
var forms = map[string]form{
	"register":    {casefile.Registered, "category", "severity urgency text"},
	"dismiss":     {casefile.Dismissing, "reason", "text"},
	"acknowledge": {casefile.Acknowledging, "", "text"},
	"assess":      {casefile.Assessing, "", "severity urgency category root_cause text"},
	"assign":      {casefile.Assigning, "", "team owner text"},
	"investigate": {casefile.Investigating, "", "root_cause text"},
	"ask":         {casefile.Asking, "text", ""},
	"resume":      {casefile.Investigating, "", "root_cause text"},
	"answer":      {casefile.Answering, "text", "clock"},
	"note":        {casefile.Noting, "text", ""},
	"decide":      {casefile.Deciding, "outcome text", "reason owner root_cause"},
	"compensate":  {casefile.Compensating, "type kind", "cents text"},
	"approve":     {casefile.Approving, "id", "text"},
	"decline":     {casefile.Declining, "id", "text"},
	"apologise":   {casefile.Apologising, "", "text"},
	"resolve":     {casefile.Resolving, "text", "root_cause"},
	"close":       {casefile.Closing, "", "root_cause text"},
	"reopen":      {casefile.Reopening, "text", ""},
	"withdraw":    {casefile.Withdrawing, "text", ""},
	"duplicate":   {casefile.Duplicating, "of", "text"},
	"link":        {casefile.Linking, "corrective_action", "text"},
	"see":         {casefile.Seeing, "", "rule clock text"},
	"handle":      {casefile.Handled, "", "rule clock text"},
}

// Commands are the names of all commands, in order.
func Commands() []string { return slices.Sorted(maps.Keys(forms)) }

// KnowsCommand reports whether name is that of a command.
func KnowsCommand(name string) bool {
	_, ok := forms[name]
	return ok
}

// ParseCommand reads the JSON body of the command called name, one of Commands;
// an empty body is an empty object. Its errors are problems, as those of
// ParseEvent; a field that another command has is unknown to this one.
func ParseCommand(name string, body []byte) (*Command, error) {
	f := forms[name]
	c := &Command{Do: f.do}
	p := parser{}
	if len(body) == 0 {
		body = []byte("{}")
	}
	required, fields := strings.Fields(f.required), strings.Fields(f.required+" "+f.optional)
	err := p.object(body, func(field string, v jsontext.Value) {
		if field != "event_id" && !slices.Contains(fields, field) {
			p.fail(shorten(field), problem.UnknownField, "is not a field of this command")
			return
		}
		p.meet(field)
		p.command(c, field, v)
	})
	if err != nil {
		return nil, err
	}
	p.require(required...)
	p.commandFits(name, c)
	if len(p.errors) > 0 {
		return nil, problem.Invalid(p.errors...)
	}
	return c, nil
}

// command reads one field.
func (p *parser) command(c *Command, name string, v jsontext.Value) {
	switch name {
	case "event_id":
		read(p, name, v, problem.InvalidEventID, &c.EventID, feedback.ParseEventID)
	case "text":
		p.text(name, v, &c.Text, MaxWords, true)
	case "severity":
		choose(p, name, v, &c.Severity, casefile.Severities[:]...)
	case "urgency":
		choose(p, name, v, &c.Urgency, casefile.Normal, casefile.Urgent, casefile.Immediate)
	case "outcome":
		choose(p, name, v, &c.Outcome, casefile.Accepted, casefile.Partly, casefile.Goodwill, casefile.Rejected)
	case "type":
		choose(p, name, v, &c.Type, slices.Sorted(maps.Keys(casefile.CompensationKinds))...)
	case "category":
		p.check(name, v, &c.Category, code)
	case "kind":
		p.check(name, v, &c.Kind, code)
	case "reason":
		p.check(name, v, &c.Reason, code)
	case "root_cause":
		p.check(name, v, &c.RootCause, code)
	case "clock":
		p.check(name, v, &c.Clock, name40)
	case "rule":
		p.check(name, v, &c.Rule, name40)
	case "id":
		p.check(name, v, &c.ID, name40)
	case "team":
		p.check(name, v, &c.Team, id)
	case "corrective_action":
		p.check(name, v, &c.CorrectiveAction, id)
	case "owner":
		p.check(name, v, &c.Owner, person)
	case "of":
		read(p, name, v, problem.InvalidCase, &c.Of, casefile.ParseNumber)
	case "cents":
		n, _ := p.integer(name, v, 1, maxCents)
		c.Cents = int64(n)
	}
}

// commandFits checks what is wrong with fields together.
func (p *parser) commandFits(name string, c *Command) {
	if p.has("text") && c.Text == "" && !p.failed("text") && strings.Contains(forms[name].required, "text") {
		p.fail("text", problem.MissingField, "is required: it is empty")
	}
	switch name {
	case "assign":
		if !p.has("team") && !p.has("owner") {
			p.fail("team", problem.MissingField, "is required, or owner")
		}
	case "compensate":
		kinds := casefile.CompensationKinds[c.Type]
		if c.Type != "" && c.Kind != "" && !slices.Contains(kinds, c.Kind) && !p.failed("kind") {
			p.fail("kind", problem.InvalidValue, "want one of "+strings.Join(kinds, ", "))
		}
		if c.Type == "financial" && !p.has("cents") {
			p.fail("cents", problem.MissingField, "is required of a financial compensation")
		}
		if c.Type == "immaterial" && p.has("cents") {
			p.fail("cents", problem.InvalidValue, "an immaterial compensation has no amount")
		}
	}
}

// choose reads one of a few values.
func choose[T ~string](p *parser, name string, v jsontext.Value, to *T, all ...T) {
	s, ok := p.string(name, v)
	if !ok {
		return
	}
	if !slices.Contains(all, T(s)) {
		words := make([]string, len(all))
		for i := range all {
			words[i] = string(all[i])
		}
		p.fail(name, problem.InvalidValue, "want one of "+strings.Join(words, ", "))
		return
	}
	*to = T(s)
}

// name40 checks a name such as SLA_BREACH, first_response or 1.
func name40(s string) (problem.Code, string) {
	if s == "" || len(s) > maxCode || strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_'
	}) {
		return problem.InvalidValue, fmt.Sprintf("want 1 to %d of A-Z, a-z, 0-9 and '_'", maxCode)
	}
	return "", ""
}

// id checks the id of something that is configured, or of a corrective action.
func id(s string) (problem.Code, string) {
	ok := s != "" && len(s) <= maxCode
	for i := 0; ok && i < len(s); i++ {
		c := s[i]
		ok = c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' && i > 0 && i < len(s)-1
	}
	if !ok {
		return problem.InvalidValue, fmt.Sprintf("want 1 to %d of a-z, 0-9 and '-'", maxCode)
	}
	return "", ""
}

// person checks the subject of a token, or the owner's code of somebody. An
// e-mail address is none: '@' is refused, as is anything a name would need.
func person(s string) (problem.Code, string) {
	ok := s != "" && len(s) <= maxPerson
	for i := 0; ok && i < len(s); i++ {
		c := s[i]
		ok = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._:|-", c) >= 0
	}
	if !ok {
		return problem.InvalidValue, "want a code: 1 to " + strconv.Itoa(maxPerson) + " of A-Z, a-z, 0-9, '.', '_', ':', '|' and '-'"
	}
	return "", ""
}

// ID reports whether s has the shape of an id, such as that of a team.
func ID(s string) bool {
	c, _ := id(s)
	return c == ""
}

// Code reports whether s has the shape of a code, such as that of a category.
func Code(s string) bool {
	c, _ := code(s)
	return c == ""
}

// Person reports whether s may stand for somebody in a timeline: a token's
// subject, or a code of the owner's; never an address or a name.
func Person(s string) bool {
	c, _ := person(s)
	return c == ""
}
