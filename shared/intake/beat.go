package intake

import (
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"resonanz/shared/problem"
)

// maxApp bounds the version that a device tells, in characters, and maxQueued
// the events that it says wait.
const (
	maxApp    = 40
	maxQueued = 10_000_000
)

// Beat is a device's sign of life.
type Beat struct {
	Queued int       // events that wait on the device
	Oldest time.Time // when the oldest of them was submitted, by its clock; zero: none
	App    string    // version of what runs there; empty: not told
}

// ParseBeat reads the JSON of a sign of life: queued, oldest, app, all of them
// voluntary. Its errors are problems, as those of ParseEvent.
func ParseBeat(body []byte) (Beat, error) {
	var b Beat
	p := parser{}
	err := p.object(body, func(name string, v jsontext.Value) {
		switch name {
		case "queued":
			b.Queued, _ = p.integer(name, v, 0, maxQueued)
		case "oldest":
			if s, ok := p.string(name, v); ok {
				var c problem.Code
				var detail string
				b.Oldest, c, detail = instant(s)
				p.fail(name, c, detail)
			}
		case "app":
			p.text(name, v, &b.App, maxApp, false)
		default:
			p.fail(shorten(name), problem.UnknownField, "is not a field of a sign of life")
		}
	})
	if err == nil && len(p.errors) > 0 {
		err = problem.Invalid(p.errors...)
	}
	if err != nil {
		return Beat{}, err
	}
	return b, nil
}
