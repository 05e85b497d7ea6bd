package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"resonanz/shared/outbox"
)

// errSome says that not every letter could be dealt with; which, and why, has
// been printed.
var errSome = errors.New("not all of them")

// errNoSource refuses to send back what no queue can take.
var errNoSource = errors.New("a failed run of a schedule cannot be sent back: the clock runs again within a minute, " +
	"and a report is made by POST /v1/reports/{period}; then drop the letter")

// errHidden says that letters are there and cannot be had now.
var errHidden = errors.New("dead letters are hidden for the moment, as someone else reads them: try again in two minutes")

// carryOut does what the order says.
func (o *office) carryOut(ctx context.Context, ord order, out io.Writer) error {
	if ord.command == list {
		return o.list(ctx, ord, out)
	}
	for _, q := range o.queues {
		if q.name == ord.queue {
			return o.deal(ctx, q, ord, out)
		}
	}
	return fmt.Errorf("%w: no queue %q", errUsage, ord.queue)
}

// deal redrives or drops letters of one queue: what was done is deleted, what
// was not stays and is named. Sending comes before deleting: a letter may be
// sent twice and never not at all; consumers recognise what they have seen.
func (o *office) deal(ctx context.Context, q queue, ord order, out io.Writer) error {
	sent := &recorder{api: o.send, ids: map[string]bool{}}
	var handle func([]letter) []error
	done := "dropped"
	switch {
	case ord.command == drop:
		handle = func(some []letter) []error { return make([]error, len(some)) }
	case q.name == streamFailures:
		done = "published again"
		handle = func(some []letter) []error { return o.stream.publish(ctx, o.sender(sent), some) }
	case q.source == "":
		return errNoSource
	default:
		done = "sent back"
		handle = func(some []letter) []error { return sendBack(ctx, o.sender(sent), q, some) }
	}

	var kept []letter // to be shown again
	ok, failed, back := 0, 0, 0
	seen, err := o.each(ctx, q, ord.max, work, func(some []letter) (bool, error) {
		var todo []letter
		hit := false
		for _, l := range some {
			switch {
			case ord.only != "" && l.id != ord.only:
				kept = append(kept, l)
			case sent.ids[l.id] || sent.ids[l.source]:
				// Sent in this run and dead again: more of it would never end.
				back++
				kept = append(kept, l)
				fmt.Fprintf(out, "  %s came back at once: %s\n", plain(l.id), plain(l.why()))
			default:
				todo = append(todo, l)
				hit = hit || l.id == ord.only
			}
		}
		results := handle(todo)
		var handled []letter
		for i, err := range results {
			if err != nil {
				failed++
				kept = append(kept, todo[i])
				fmt.Fprintf(out, "  %s stays: %s\n", plain(todo[i].id), plain(err.Error()))
				continue
			}
			handled = append(handled, todo[i])
		}
		for i, err := range o.remove(ctx, q, handled) {
			if err != nil {
				failed++
				fmt.Fprintf(out, "  %s was %s and could not be deleted, so it may be a second time: %s\n", plain(handled[i].id), done, plain(err.Error()))
				continue
			}
			ok++
			fmt.Fprintf(out, "  %s %s: %s\n", plain(handled[i].id), done, plain(handled[i].about()))
		}
		return hit, ctx.Err()
	})
	o.release(context.WithoutCancel(ctx), q, kept)
	if err != nil {
		return err
	}
	if seen == 0 || ord.only != "" && ok+failed+back == 0 {
		if n, err := o.count(ctx, q); err != nil {
			return err
		} else if n > seen {
			return fmt.Errorf("%w: %d of %s", errHidden, n-seen, q.name)
		}
	}
	switch {
	case seen == 0 && ord.only == "":
		fmt.Fprintf(out, "%s: no dead letters\n", q.name)
	case ord.only != "" && ok+failed+back == 0:
		return fmt.Errorf("no message %s among %s of %s", ord.only, letters(seen), q.name)
	default:
		fmt.Fprintf(out, "%s: %d %s\n", q.name, ok, done)
	}
	if ord.only == "" && seen >= ord.max {
		fmt.Fprintf(out, "stopped after %d: run it again for the rest\n", seen)
	}
	if failed+back > 0 {
		return fmt.Errorf("%w: %d of %s stay", errSome, failed+back, q.name)
	}
	return nil
}

// sendBack sends letters to the queue they came from, without the attributes
// that the dead-letter queue gave them.
func sendBack(ctx context.Context, to *outbox.Sender, q queue, some []letter) []error {
	messages := make([]outbox.Message, len(some))
	for i := range some {
		messages[i].Body = some[i].body
	}
	return to.Send(ctx, q.source, messages)
}

func (o *office) sender(api outbox.API) *outbox.Sender {
	s := outbox.New(api)
	if o.wait != nil {
		s = s.WithWait(o.wait)
	}
	return s
}

// recorder notes the ids under which messages were sent: a letter that bears one
// of them, as its own or as its source, has come back.
type recorder struct {
	api outbox.API
	ids map[string]bool
}

func (r *recorder) SendBatch(ctx context.Context, queueURL string, entries []outbox.Entry) (*outbox.Answer, error) {
	out, err := r.api.SendBatch(ctx, queueURL, entries)
	if err != nil {
		return nil, err
	}
	for i := range out.Successful {
		if id := out.Successful[i].MessageID; id != "" {
			r.ids[id] = true
		}
	}
	return out, nil
}
