package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"resonanz/infra/caller"
	"resonanz/shared/config"
	"resonanz/shared/intake"
)

// beat is how often a long run says how far it is.
const beat = 2 * time.Second

// mailing is one run of one file.
type mailing struct {
	p     *caller.Caller
	links *csv.Writer
	out   io.Writer
	now   time.Time

	rows, done int
	said       time.Time
	count      map[string]int // by status, and by status and reason
}

// send sends the contacts in chunks and writes what became of each, in their
// order. Errors: errPartial, wrapping the cause, when rows are left over.
func send(ctx context.Context, cfg *config.Config, p *caller.Caller, path, links string, rows int, now time.Time, out io.Writer) (err error) {
	c, err := open(cfg, path, now)
	if err != nil {
		return err
	}
	defer c.file.Close()
	if wrong, err := c.Header(); err != nil || len(wrong) > 0 {
		return errors.Join(err, errChanged)
	}
	part := links + ".part"
	f, err := os.OpenFile(part, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) // who holds a link can vote with it
	if err != nil {
		return fmt.Errorf("writing the links: %w", err)
	}
	m := &mailing{p: p, links: csv.NewWriter(f), out: out, now: now, rows: rows, said: p.Now(), count: make(map[string]int)}
	defer func() {
		m.links.Flush()
		err = errors.Join(err, m.links.Error(), f.Close(), m.keep(part, links))
		m.summary(links)
	}()
	m.write([]string{"line", "event_id", "customer_key", "touchpoint", "channel", "status", "code", "url", "response_key", "expires_at"})
	var chunk []intake.InvitationRow
	for more := true; more; {
		var row intake.InvitationRow
		if row, more, err = c.Next(); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		switch {
		case err != nil: // the end
			more = false
		case len(row.Errors) > 0:
			return fmt.Errorf("line %d: %w", row.Line, errChanged)
		default:
			chunk = append(chunk, row)
		}
		if len(chunk) == intake.MaxInvitationRows || !more && len(chunk) > 0 {
			if err := m.chunk(ctx, chunk); err != nil {
				return err
			}
			chunk = chunk[:0]
		}
	}
	if n := m.count[string(intake.Retry)]; n > 0 {
		return fmt.Errorf("%w (%s to send again)", errPartial, countOf(n, "row"))
	}
	return nil
}

// keep makes part the links, unless nothing was sent: then those of an earlier
// run stay.
func (m *mailing) keep(part, links string) error {
	if m.done == 0 {
		return os.Remove(part)
	}
	return os.Rename(part, links)
}

var errChanged = errors.New("the contacts were changed while they were sent")

// chunk sends rows and writes their results. What the interface could not
// store is sent again a few times.
func (m *mailing) chunk(ctx context.Context, rows []intake.InvitationRow) error {
	results := make([]result, len(rows))
	todo := make([]int, len(rows)) // places in rows
	for i := range todo {
		todo[i] = i
	}
	for attempt := 0; len(todo) > 0; attempt++ {
		got, err := post(ctx, m.p, table(rows, todo), len(todo))
		var no *caller.Refusal
		if errors.As(err, &no) {
			return m.refused(no, rows, todo)
		}
		if err != nil {
			return fmt.Errorf("%w (%w)", errPartial, err)
		}
		var again []int
		for i, r := range got {
			at := todo[i]
			if string(r.EventID) != rows[at].Values[atID] {
				return fmt.Errorf("%w (the interface answers out of order)", errPartial)
			}
			if results[at] = r; r.Status == intake.Retry {
				again = append(again, at)
			}
		}
		if todo = again; len(todo) == 0 || attempt+1 == caller.Attempts {
			break
		}
		if err := m.p.Pause(ctx, attempt); err != nil {
			return fmt.Errorf("%w (%w)", errPartial, err)
		}
	}
	for i, r := range results {
		m.result(&rows[i], r)
	}
	m.links.Flush()
	m.done += len(rows)
	if now := m.p.Now(); now.Sub(m.said) >= beat && m.done < m.rows {
		m.said = now
		fmt.Fprintf(m.out, "%s of %s sent\n", countOf(m.done, "row"), countOf(m.rows, "row"))
	}
	return m.links.Error()
}

// table writes the rows at some places as a CSV.
func table(rows []intake.InvitationRow, places []int) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write(intake.InvitationFields[:]) // a buffer takes everything
	for _, at := range places {
		_ = w.Write(rows[at].Values[:])
	}
	w.Flush()
	return b.Bytes()
}

// refused says what the interface refuses, with the lines of the file: its
// configuration is another than the one that the contacts were checked with.
func (m *mailing) refused(no *caller.Refusal, rows []intake.InvitationRow, places []int) error {
	for _, e := range no.Errors {
		line := e.Line
		if at := e.Line - 2; at >= 0 && at < len(places) {
			line = rows[places[at]].Line
		}
		fmt.Fprintf(m.out, "line %d: %s: %s (%s)\n", line, e.Field, e.Detail, e.Code)
	}
	return fmt.Errorf("stopped: %w; once that is mended run the same command again, nothing is sent twice", no)
}

func (m *mailing) result(row *intake.InvitationRow, r result) {
	code := ""
	if r.Problem != nil {
		code = string(r.Problem.Code)
	} else if until, err := time.Parse(time.RFC3339, r.ExpiresAt); err == nil && !until.After(m.now) {
		code = expired
	}
	if code != "" {
		m.count[string(r.Status)+" "+code]++
	}
	m.count[string(r.Status)]++
	v := &row.Values
	m.write([]string{
		fmt.Sprint(row.Line), v[atID], v[atKey], v[atTouchpoint], v[atChannel], string(r.Status), code, r.URL, string(r.ResponseKey), r.ExpiresAt,
	})
}

// expired is the code of a row whose link was issued so long ago that it leads
// nowhere any more: the row was taken for the contact of then.
const expired = "link_expired"

// write keeps its error for Flush.
func (m *mailing) write(record []string) { _ = m.links.Write(record) }

// summary says how the run ended.
func (m *mailing) summary(links string) {
	said := []string{
		fmt.Sprintf("%s issued", countOf(m.count["accepted"], "link")),
		thousands(m.count["duplicate"]) + " issued before",
	}
	for _, status := range []string{"skipped", "retry"} {
		n := m.count[status]
		if n == 0 {
			continue
		}
		var why []string
		for _, k := range slices.Sorted(maps.Keys(m.count)) {
			if code, ok := strings.CutPrefix(k, status+" "); ok {
				why = append(why, thousands(m.count[k])+" "+code)
			}
		}
		said = append(said, fmt.Sprintf("%s %s (%s)", thousands(n), map[string]string{"skipped": "skipped", "retry": "to send again"}[status], strings.Join(why, ", ")))
	}
	if left := m.rows - m.done; left > 0 {
		said = append(said, thousands(left)+" not sent")
	}
	see := ""
	if m.done > 0 {
		see = "; see " + links
	}
	fmt.Fprintf(m.out, "%s: %s%s\n", countOf(m.rows, "row"), strings.Join(said, ", "), see)
	if n := m.count[string(intake.Duplicate)+" "+expired]; n > 0 {
		fmt.Fprintf(m.out, "%s issued so long ago that the link has expired, and nobody was asked again: give a row that is a new contact an event_id of its own\n", countOf(n, "row"))
	}
}
