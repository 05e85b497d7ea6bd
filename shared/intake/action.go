package intake

import (
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"resonanz/shared/config"
	"resonanz/shared/problem"
)

const maxTitle = 200 // of a corrective action, in characters

// A corrective action is told of when it is taken, planned or looked back upon:
// it starts within these times of now.
const (
	actionPast   = 366 * 24 * time.Hour
	actionFuture = 366 * 24 * time.Hour
)

// CorrectiveAction is something done so that complaints of a category do not
// come again. Its title is the organisation's own and names no customer.
type CorrectiveAction struct {
	ID       string
	Category string
	Title    string
	Owner    string
	StartsAt time.Time // zero: not said
}

// ParseAction reads the JSON body of a new corrective action: id, category,
// title, and optionally owner and starts_at.
// Its errors are problems, as those of ParseEvent.
func ParseAction(cfg *config.Config, body []byte, now time.Time) (*CorrectiveAction, error) {
	a := &CorrectiveAction{}
	p := parser{}
	err := p.object(body, func(field string, v jsontext.Value) {
		switch field {
		case "id":
			p.check(field, v, &a.ID, id)
		case "category":
			p.check(field, v, &a.Category, code)
		case "title":
			p.text(field, v, &a.Title, maxTitle, false)
		case "owner":
			p.check(field, v, &a.Owner, person)
		case "starts_at":
			p.moment(field, v, &a.StartsAt)
		default:
			p.fail(shorten(field), problem.UnknownField, "is not a field of a corrective action")
			return
		}
		p.meet(field)
	})
	if err != nil {
		return nil, err
	}
	p.require("id", "category", "title")
	if p.has("title") && a.Title == "" && !p.failed("title") {
		p.fail("title", problem.MissingField, "is required: it is empty")
	}
	if p.has("category") && !p.failed("category") && !slices.Contains(cfg.Categories, a.Category) {
		p.fail("category", problem.UnknownCategory, "is not configured")
	}
	if p.has("starts_at") && !p.failed("starts_at") {
		switch {
		case a.StartsAt.Before(now.Add(-actionPast)):
			p.fail("starts_at", problem.OutOfRange, "is more than a year ago")
		case a.StartsAt.After(now.Add(actionFuture)):
			p.fail("starts_at", problem.OutOfRange, "is more than a year ahead")
		}
	}
	if len(p.errors) > 0 {
		return nil, problem.Invalid(p.errors...)
	}
	return a, nil
}

// ParseDone reads the JSON body that says when a corrective action was done:
// done_at, which is now where it is absent; never before its start nor ahead.
func ParseDone(body []byte, started, now time.Time) (time.Time, error) {
	at := Instant(now)
	p := parser{}
	if len(body) == 0 {
		body = []byte("{}")
	}
	err := p.object(body, func(field string, v jsontext.Value) {
		if field != "done_at" {
			p.fail(shorten(field), problem.UnknownField, "is not a field of this request")
			return
		}
		p.moment(field, v, &at)
	})
	if err != nil {
		return at, err
	}
	switch {
	case p.failed("done_at"):
	case at.After(now):
		p.fail("done_at", problem.OutOfRange, "lies ahead")
	case at.Before(started):
		p.fail("done_at", problem.OutOfRange, "lies before the start of the action")
	}
	if len(p.errors) > 0 {
		return at, problem.Invalid(p.errors...)
	}
	return at, nil
}

// moment reads a time.
func (p *parser) moment(name string, v jsontext.Value, to *time.Time) {
	if s, ok := p.string(name, v); ok {
		t, c, detail := instant(s)
		p.fail(name, c, detail)
		*to = t
	}
}

// ParseInstant reads RFC 3339 with an offset, as UTC in whole milliseconds; else
// it says what is wrong.
func ParseInstant(s string) (time.Time, problem.Code, string) { return instant(s) }
