package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"
)

// found is what a look into one queue showed.
type found struct {
	queue   queue
	count   int // of all, about
	letters []letter
	err     error
}

// list prints what lies in the queues.
func (o *office) list(ctx context.Context, ord order, out io.Writer) error {
	var all []found
	for _, q := range o.queues {
		if ord.queue == "" || ord.queue == q.name {
			all = append(all, found{queue: q})
		}
	}
	var looks sync.WaitGroup // at once: each waits for its queue to be silent
	for i := range all {
		f := &all[i]
		looks.Go(func() { f.count, f.letters, f.err = o.look(ctx, f.queue, ord.max) })
	}
	looks.Wait()
	total := 0
	for i := range all {
		f := &all[i]
		if f.err != nil {
			return f.err
		}
		total += f.count
	}
	if total == 0 {
		_, err := fmt.Fprintln(out, "no dead letters")
		return err
	}
	for i := range all {
		all[i].print(out, o.now(), ord.bodies)
	}
	where := "STAGE=" + ord.stage
	if ord.local {
		where = "LOCAL=1"
	}
	_, err := fmt.Fprintf(out, `
received counts the consumer's attempts and each look of this tool.
when the cause is mended:  make dlq %[1]s QUEUE=name [ONLY=id] REDRIVE=1
what can never succeed:    make dlq %[1]s QUEUE=name ONLY=id DROP=1
`, where)
	return err
}

// look counts the letters of a queue and reads up to most of them.
func (o *office) look(ctx context.Context, q queue, most int) (int, []letter, error) {
	n, err := o.count(ctx, q)
	if err != nil {
		return 0, nil, err
	}
	var letters []letter
	// Many letters take longer to read than few: none may show a second time
	// before the last has shown once.
	hidden := look + time.Duration(most/50)*time.Second
	_, err = o.each(ctx, q, most, hidden, func(some []letter) (bool, error) {
		letters = append(letters, some...)
		return false, nil
	})
	o.release(context.WithoutCancel(ctx), q, letters) // whoever saw it may want to send it back
	return max(n, len(letters)), letters, err
}

func (f *found) print(out io.Writer, now time.Time, bodies bool) {
	switch {
	case f.count == 0:
		fmt.Fprintf(out, "\n%s: none\n", f.queue.name)
		return
	case len(f.letters) == 0:
		fmt.Fprintf(out, "\n%s: %s, hidden for the moment: look again in two minutes\n", f.queue.name, letters(f.count))
		return
	case len(f.letters) < f.count:
		fmt.Fprintf(out, "\n%s: %s, %d shown (MAX=%d shows all)\n", f.queue.name, letters(f.count), len(f.letters), f.count)
	default:
		fmt.Fprintf(out, "\n%s: %s\n", f.queue.name, letters(f.count))
	}
	for i := range f.letters {
		l := &f.letters[i]
		fmt.Fprintf(out, "  %s\n    what      %s\n    reason    %s\n", plain(l.id), plain(l.about()), plain(l.why()))
		if l.source != "" {
			fmt.Fprintf(out, "    source    %s\n", plain(l.source))
		}
		fmt.Fprintf(out, "    sent      %s (%s ago), received %d×\n", l.sent.Format(time.RFC3339), age(now.Sub(l.sent)), l.received)
		if bodies {
			fmt.Fprintf(out, "    body      %s\n", plain(strings.TrimSpace(l.body)))
		}
	}
}

// letters is n in words.
func letters(n int) string {
	if n == 1 {
		return "1 dead letter"
	}
	return fmt.Sprintf("%d dead letters", n)
}
