package intake

import (
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"resonanz/shared/casefile"
	"resonanz/shared/problem"
)

// MaxAssigned is the most cases one request may assign.
const MaxAssigned = 100

// Assignment gives several cases to a team, to somebody, or both.
type Assignment struct {
	Command // assign
	Cases   []Versioned
}

// Versioned is a case as its reader knows it.
type Versioned struct {
	Number  casefile.Number
	Version int
}

// ParseAssignment reads the JSON body of an assignment: cases, and what the
// command assign takes. Its errors are problems, as those of ParseEvent; a case
// named twice is one of them.
func ParseAssignment(body []byte) (*Assignment, error) {
	a := &Assignment{Command: Command{Do: casefile.Assigning}}
	p := parser{}
	var list jsontext.Value
	err := p.object(body, func(field string, v jsontext.Value) {
		switch field {
		case "cases":
			list = v
		case "team", "owner", "text":
			p.command(&a.Command, field, v)
		default:
			p.fail(shorten(field), problem.UnknownField, "is not a field of an assignment")
			return
		}
		p.meet(field)
	})
	if err != nil {
		return nil, err
	}
	p.require("cases")
	if err := p.versioned(list, a); err != nil {
		return nil, err
	}
	p.commandFits("assign", &a.Command)
	if len(p.errors) > 0 {
		return nil, problem.Invalid(p.errors...)
	}
	return a, nil
}

// versioned reads the list of cases: objects of a number and a version.
func (p *parser) versioned(list jsontext.Value, a *Assignment) error {
	if list == nil {
		return nil
	}
	rows, err := elementsOf(list, "cases", MaxAssigned)
	if err != nil {
		return err
	}
	seen := make(map[casefile.Number]bool, len(rows))
	for i, row := range rows {
		at := "cases[" + strconv.Itoa(i) + "]"
		c := p.versionedCase(at, row)
		if c.Number != "" && seen[c.Number] {
			p.fail(at+".number", problem.DuplicateField, "is there before")
		}
		seen[c.Number] = true
		a.Cases = append(a.Cases, c)
	}
	if len(a.Cases) == 0 {
		p.fail("cases", problem.NoEvents, "want at least one")
	}
	return nil
}

// versionedCase reads {"number": …, "version": …} at its place in the list.
func (p *parser) versionedCase(at string, v jsontext.Value) (c Versioned) {
	if v.Kind() != '{' {
		p.fail(at, problem.WrongType, "want an object")
		return c
	}
	q := parser{}
	err := q.object(v, func(field string, v jsontext.Value) {
		switch field {
		case "number":
			read(&q, field, v, problem.InvalidCase, &c.Number, casefile.ParseNumber)
		case "version":
			c.Version, _ = q.integer(field, v, 1, 1<<31-1)
		default:
			q.fail(shorten(field), problem.UnknownField, "is not a field of a case to be assigned")
			return
		}
		q.meet(field)
	})
	if err != nil { // the whole body was read before: cannot happen
		p.fail(at, problem.MalformedJSON, "is not readable")
		return c
	}
	q.require("number", "version")
	for _, f := range q.errors {
		p.fail(at+"."+f.Field, f.Code, f.Detail)
	}
	return c
}
