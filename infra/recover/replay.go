package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"resonanz/shared/outbox"
	"resonanz/shared/store"
)

// everything is all queues that the stream feeds.
const everything = store.ToEscalation | store.ToReporting | store.ToNotify | store.ToMail

// window is what is sent again.
type window struct {
	since, until time.Time
	to           store.Targets
}

// message is a body on its way.
type message struct {
	body string
	to   store.Targets
}

// targets reads the names of queues; none: all of them.
func targets(names string) (to store.Targets, err error) {
	if names == "" {
		return everything, nil
	}
	for _, name := range strings.Fields(names) {
		known := false
		for _, q := range targetQueues {
			if q.name == name {
				to, known = to|q.target, true
			}
		}
		if !known {
			return 0, fmt.Errorf("there is no queue %q: want some of escalation reporting notify mail", name)
		}
	}
	return to, nil
}

// replay sends again what the items of a window of time had to set off. Each consumer
// knows by the table what it has done, for 90 days.
func replay(ctx context.Context, p *place, w window, out io.Writer) error {
	var all []message
	unread := 0
	if err := scan(ctx, p.items, p.table, func(it store.Raw) error {
		at, err := store.StoredAt(it)
		if err != nil {
			unread++
			return nil //nolint:nilerr // counted, and no reason to stop
		}
		if at.IsZero() || at.Before(w.since) || at.After(w.until) {
			return nil
		}
		messages, err := messagesOf(it, w.to)
		if err != nil {
			unread++
			return nil //nolint:nilerr // counted, and no reason to stop
		}
		all = append(all, messages...)
		return nil
	}); err != nil {
		return err
	}
	if unread > 0 {
		fmt.Fprintf(out, "left out: %d items that nobody of ours wrote, or that are broken\n", unread)
	}
	return send(ctx, p, all, out)
}

// messagesOf are the messages of an item to some queues.
func messagesOf(it store.Raw, to store.Targets) (all []message, err error) {
	parcels, err := store.MessagesOf(it)
	if err != nil {
		return nil, err
	}
	for i := range parcels {
		if parcels[i].To &= to; parcels[i].To == 0 {
			continue
		}
		body, err := json.Marshal(parcels[i].Message)
		if err != nil {
			return nil, fmt.Errorf("writing a message: %w", err)
		}
		all = append(all, message{string(body), parcels[i].To})
	}
	return all, nil
}

// send sends all messages and counts them.
func send(ctx context.Context, p *place, all []message, out io.Writer) error {
	for _, q := range p.queues {
		var bodies []outbox.Message
		for _, m := range all {
			if m.to.Has(q.target) {
				bodies = append(bodies, outbox.Message{Body: m.body})
			}
		}
		failed := 0
		var why error
		for _, err := range p.sender.Send(ctx, q.url, bodies) {
			if err != nil {
				failed, why = failed+1, err
			}
		}
		if failed > 0 {
			return fmt.Errorf("sending to %s: %d of %d messages were not taken; repeat it: %w", q.name, failed, len(bodies), why)
		}
		if len(bodies) > 0 {
			fmt.Fprintf(out, "%d messages sent to %s\n", len(bodies), q.name)
		}
	}
	return nil
}
