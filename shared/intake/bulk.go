package intake

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/observe"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// MaxInvitationRows is the most invitations one request may ask for.
const MaxInvitationRows = 500

// maxListed bounds what is said about a list; one more says that it goes on.
const maxListed = 100

// capped ends a list that is too long.
func capped(errors []problem.Field) []problem.Field {
	if len(errors) <= maxListed {
		return errors
	}
	last := errors[maxListed]
	last.Code, last.Detail = problem.TooManyErrors, "is in error too, and maybe more: only the first "+strconv.Itoa(maxListed)+" errors are listed"
	return append(errors[:maxListed:maxListed], last)
}

// eventIDs are those of the rows of one request or file: each has its own.
type eventIDs struct {
	seen  map[store.Digest]int
	place string // of a row, for a %d
}

func newEventIDs(place string) *eventIDs {
	return &eventIDs{make(map[store.Digest]int), place}
}

// check adds to the errors of the row at a place, and returns all of them.
func (e *eventIDs) check(f *fields, id feedback.EventID, at int) []problem.Field {
	if id == "" {
		if !f.failed(atEventID) {
			f.fail("event_id", problem.MissingField, "is required where several are invited")
		}
		return f.errors
	}
	key := store.DigestOf([]byte(id))
	if other, ok := e.seen[key]; ok {
		f.fail("event_id", problem.EventConflict, "is the same as in "+fmt.Sprintf(e.place, other))
		return f.errors
	}
	e.seen[key] = at
	return f.errors
}

// IsBulk reports whether a JSON body asks for several invitations: it is an
// object with the member "invitations".
func IsBulk(body []byte) bool {
	d := jsontext.NewDecoder(bytes.NewReader(body), jsontext.AllowInvalidUTF8(true), jsontext.AllowDuplicateNames(true))
	if t, err := d.ReadToken(); err != nil || t.Kind() != '{' {
		return false
	}
	for d.PeekKind() == '"' {
		t, err := d.ReadToken()
		if err != nil || t.String() == "invitations" {
			return err == nil
		}
		if d.SkipValue() != nil {
			return false
		}
	}
	return false
}

// ParseInvitations reads {"invitations": [...]}, all of it or nothing: its
// errors are problems that name every field in error, such as
// "invitations[3].email", of the first hundred.
func ParseInvitations(cfg *config.Config, body []byte, now time.Time) ([]*Invitation, error) {
	rows, err := list(body, "invitations", MaxInvitationRows)
	if err != nil {
		return nil, err
	}
	var wrong []problem.Field
	var all []*Invitation
	ids := newEventIDs("invitations[%d]")
	for i, row := range rows {
		name := fmt.Sprintf("invitations[%d]", i)
		f, err := jsonFields(row)
		if err != nil {
			p := problem.Of(err)
			wrong = append(wrong, problem.Field{Field: name, Code: p.Code, Detail: p.Detail})
			continue
		}
		in, _ := f.invitation(cfg)
		for _, e := range ids.check(f, in.EventID, i) {
			e.Field = name + "." + e.Field
			wrong = append(wrong, e)
		}
		if w := in.when(cfg, now); w != nil {
			w.Field = name + "." + w.Field
			wrong = append(wrong, *w)
		}
		if err := in.seal(cfg, now); err != nil {
			return nil, err
		}
		all = append(all, in)
	}
	if len(wrong) > 0 {
		return nil, problem.Invalid(capped(wrong)...)
	}
	return all, nil
}

// list reads {"<name>": [...]} and returns the elements unread.
func list(body []byte, name string, most int) ([][]byte, error) {
	var rows [][]byte
	var refused error
	met := false
	p := parser{}
	err := p.object(body, func(field string, v jsontext.Value) {
		if field != name {
			p.fail(shorten(field), problem.UnknownField, "is not a field beside "+name)
			return
		}
		met = true
		rows, refused = elementsOf(v, name, most)
	})
	switch {
	case err != nil:
		return nil, err
	case len(p.errors) > 0:
		return nil, problem.Invalid(capped(p.errors)...)
	case refused != nil:
		return nil, refused
	case !met || len(rows) == 0:
		return nil, problem.Invalid(problem.Field{Field: name, Code: problem.NoEvents, Detail: "want at least one"})
	}
	return rows, nil
}

func elementsOf(array jsontext.Value, name string, most int) ([][]byte, error) {
	if array.Kind() != '[' {
		return nil, problem.Invalid(problem.Field{Field: name, Code: problem.WrongType, Detail: "want an array"})
	}
	d := jsontext.NewDecoder(bytes.NewReader(array))
	if _, err := d.ReadToken(); err != nil {
		return nil, malformed(err)
	}
	var rows [][]byte
	for d.PeekKind() != ']' {
		v, err := d.ReadValue()
		if err != nil {
			return nil, malformed(err)
		}
		if len(rows) == most {
			return nil, tooMany(problem.Field{Field: name}, fmt.Sprintf("%s[%d]", name, most), most)
		}
		rows = append(rows, bytes.Clone(v)) // the decoder reuses its buffer
	}
	return rows, nil
}

func tooMany(f problem.Field, first string, most int) error {
	f.Code, f.Detail = problem.TooManyRows, fmt.Sprintf("at most %d in one request: %s is one too many", most, first)
	return problem.Invalid(f)
}

// ParseInvitationsCSV reads a CSV of invitations, all of it or nothing: its
// errors are problems that name every field in error with its line, of the
// first hundred.
func ParseInvitationsCSV(cfg *config.Config, body []byte, now time.Time) ([]*Invitation, error) {
	c := NewInvitationCSV(cfg, bytes.NewReader(body), now)
	wrong, err := c.Header()
	if err != nil {
		return nil, err
	}
	if len(wrong) > 0 {
		return nil, problem.Invalid(capped(wrong)...)
	}
	var all []*Invitation
	for n, more := 0, true; more && len(wrong) <= maxListed; n++ {
		var row InvitationRow
		row, more, err = c.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		if n == MaxInvitationRows {
			return nil, tooMany(problem.Field{Line: row.Line, Field: csvField}, "line "+strconv.Itoa(row.Line), MaxInvitationRows)
		}
		if wrong = append(wrong, row.Errors...); row.Invitation != nil {
			if err := row.Invitation.seal(cfg, now); err != nil {
				return nil, err
			}
			all = append(all, row.Invitation)
		}
	}
	if len(wrong) > 0 {
		return nil, problem.Invalid(capped(wrong)...)
	}
	if len(all) == 0 {
		return nil, problem.Invalid(problem.Field{Line: c.line, Field: csvField, Code: problem.NoEvents, Detail: "has a header and no row"})
	}
	return all, nil
}

// Writers bounds the writes of one request that run at the same time: enough to
// keep 500 rows within a second or two, few enough for one connection pool.
const Writers = 16

// Issued is what became of one invitation of several.
type Issued struct {
	Status  Status           // accepted, duplicate, skipped or retry
	Problem *problem.Problem // why it was skipped or is to be sent again
	Cause   error            // of a retry, for the log
}

// Skipped says that nothing was stored and sending it again changes nothing.
const Skipped Status = "skipped"

// IssueAll is Issue for many; results stand where the invitations do. What one
// customer is sent is stored in order, so that of two invitations to one
// customer the first is issued. What is not stored when ctx ends is to be sent
// again.
func IssueAll(ctx context.Context, cfg *config.Config, l Invitations, all []*Invitation) []Issued {
	results := make([]Issued, len(all))
	lanes := lanesOf(all)
	var next atomic.Int32
	var wg sync.WaitGroup
	for range min(Writers, len(lanes)) {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(lanes); i = int(next.Add(1)) - 1 {
				for _, at := range lanes[i] {
					results[at] = issueOne(ctx, cfg, l, all[at])
				}
			}
		})
	}
	wg.Wait()
	return results
}

// lanesOf groups invitations by who is asked; the order is kept within a group,
// and that of the groups is that of their first.
func lanesOf(all []*Invitation) [][]int {
	lanes := make([][]int, 0, len(all))
	of := make(map[string]int, len(all))
	for i, in := range all {
		who := in.CustomerKey
		if who == "" {
			who = string(store.AddressContact(in.Email))
		}
		lane, known := of[who]
		if who == "" || !known {
			lane = len(lanes)
			of[who] = lane
			lanes = append(lanes, nil)
		}
		lanes[lane] = append(lanes[lane], i)
	}
	return lanes
}

// issueOne answers whatever happens: one that breaks us must not take the
// others with it.
func issueOne(ctx context.Context, cfg *config.Config, l Invitations, in *Invitation) (r Issued) {
	defer func() {
		if p := recover(); p != nil {
			cause := observe.Recovered(p)
			r = Issued{Retry, problem.Of(cause), cause}
		}
	}()
	if err := ctx.Err(); err != nil {
		err = unavailable(err)
		return Issued{Retry, problem.Of(err), err}
	}
	status, err := Issue(ctx, cfg, l, in)
	switch p := problem.Of(err); {
	case err == nil:
		return Issued{Status: status}
	case p.Status < http.StatusInternalServerError:
		return Issued{Status: Skipped, Problem: p}
	default:
		return Issued{Retry, p, err}
	}
}
