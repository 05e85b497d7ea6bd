package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"resonanz/infra/caller"
	"resonanz/shared/intake"
)

// beat is how often a long run says how far it is.
const beat = 2 * time.Second

// roomy leaves space in a body for what stands around its events.
const roomy = intake.MaxBatch - 1024

var errChanged = errors.New("the file was changed while it was sent")

// import run of one file.
type shipment struct {
	p   *caller.Caller
	out io.Writer

	events, done int
	count        map[intake.Status]int
	listed       int
	said         time.Time
}

// send sends the events of a file in batches. Errors: errPartial, wrapping the
// cause, when some are left over; errRefused when some will never be taken.
func send(ctx context.Context, p *caller.Caller, again func() (*reading, error), n *count, out io.Writer) (err error) {
	r, err := again()
	if err != nil {
		return errors.Join(err, errChanged)
	}
	defer r.file.Close()
	next := func() (row, error) {
		one, err := r.next()
		if err == nil && len(one.errors) > 0 {
			err = fmt.Errorf("line %d: %w", one.line, errChanged)
		}
		return one, err
	}
	return ship(ctx, p, next, n.events, out)
}

// ship sends what next gives until io.EOF.
func ship(ctx context.Context, p *caller.Caller, next func() (row, error), events int, out io.Writer) (err error) {
	s := &shipment{p: p, out: out, events: events, count: map[intake.Status]int{}, said: time.Now()}
	fmt.Fprintf(out, "sending to %s\n", p.Base)
	defer s.summary()
	var chunk []row
	size := 0
	for {
		one, err := next()
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		last := err != nil
		full := len(chunk) == intake.MaxBatchEvents || !last && size+len(one.event)+1 > roomy
		if len(chunk) > 0 && (last || full) {
			if err := s.batch(ctx, chunk); err != nil {
				return err
			}
			chunk, size = chunk[:0], 0
		}
		if last {
			break
		}
		if one.skip == "" {
			chunk = append(chunk, one)
			size += len(one.event) + 1
		}
	}
	switch {
	case s.count[intake.Retry] > 0:
		return fmt.Errorf("%w (%s to send again)", errPartial, countOf(s.count[intake.Retry], "row"))
	case s.count[intake.Rejected] > 0:
		return fmt.Errorf("%w: %s; the others are stored", errRefused, countOf(s.count[intake.Rejected], "row"))
	}
	return nil
}

// batch sends rows. What could not be stored is sent again a few times.
func (s *shipment) batch(ctx context.Context, rows []row) error {
	todo := make([]int, len(rows)) // places in rows
	for i := range todo {
		todo[i] = i
	}
	results := make([]result, len(rows))
	for attempt := 0; len(todo) > 0; attempt++ {
		events := make([][]byte, len(todo))
		for i, at := range todo {
			events[i] = rows[at].event
		}
		got, err := post(ctx, s.p, events)
		var no *caller.Refusal
		if errors.As(err, &no) {
			return fmt.Errorf("stopped: %w; once that is mended run the same command again, nothing is stored twice", no)
		}
		if err != nil {
			return fmt.Errorf("%w (%w)", errPartial, err)
		}
		var again []int
		for i, r := range got {
			if results[todo[i]] = r; r.Status == intake.Retry {
				again = append(again, todo[i])
			}
		}
		if todo = again; len(todo) == 0 || attempt+1 == caller.Attempts {
			break
		}
		if err := s.p.Pause(ctx, attempt); err != nil {
			return fmt.Errorf("%w (%w)", errPartial, err)
		}
	}
	for i, r := range results {
		s.count[r.Status]++
		if r.Status == intake.Rejected {
			s.refused(&rows[i], r)
		}
	}
	s.done += len(rows)
	if now := time.Now(); now.Sub(s.said) >= beat && s.done < s.events {
		s.said = now
		fmt.Fprintf(s.out, "%s of %s sent\n", countOf(s.done, "event"), thousands(s.events))
	}
	return nil
}

// refused says why the interface did not take a row that is right by itself: it was
// imported before with other content, or the deployed configuration is another.
func (s *shipment) refused(one *row, r result) {
	if s.listed++; s.listed > maxListed || r.Problem == nil {
		return
	}
	fmt.Fprintf(s.out, "line %d: %s%s (%s)\n", one.line, one.id, r.Problem.Detail, r.Problem.Code)
	for _, e := range r.Problem.Errors {
		fmt.Fprintf(s.out, "line %d: %s%s: %s (%s)\n", one.line, one.id, e.Field, e.Detail, e.Code)
	}
}

// summary says how the run ended.
func (s *shipment) summary() {
	said := []string{thousands(s.count[intake.Accepted]) + " stored", thousands(s.count[intake.Duplicate]) + " here before"}
	for _, more := range []struct {
		status intake.Status
		word   string
	}{{intake.Rejected, "refused"}, {intake.Retry, "to send again"}} {
		if n := s.count[more.status]; n > 0 {
			said = append(said, thousands(n)+" "+more.word)
		}
	}
	if left := s.events - s.done; left > 0 {
		said = append(said, thousands(left)+" not sent")
	}
	fmt.Fprintf(s.out, "%s: %s\n", countOf(s.events, "event"), strings.Join(said, ", "))
}
