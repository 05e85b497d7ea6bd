package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"resonanz/events"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/monthly"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/period"
	"resonanz/shared/responses"
	"resonanz/shared/signal"
)

// objects hold facts by name and know which of them are new.
type objects interface {
	monthly.Source
	ListSince(ctx context.Context, prefix string, since time.Time, yield func(key string) error) error
}

// days keep the counts of days.
type days interface {
	Days(ctx context.Context, from, to string) ([]signal.Day, error)
	PutDay(context.Context, signal.Day) error
}

// queue sends messages and says for each whether it was taken.
type queue interface {
	Send(ctx context.Context, queueURL string, messages []outbox.Message) []error
}

type handler struct {
	objects    objects
	days       days
	queue      queue
	escalation string // URL
	rules      signal.Rules
	reading    signal.Reading
	kiosks     func(feedback.Device) feedback.Touchpoint // where a kiosk stands
	log        *slog.Logger
	metrics    *observe.Metrics
	now        func() time.Time
}

// Tick is what the schedule sends. Its content is of no interest: the time is.
type Tick struct {
	Schedule string `json:"schedule"`
}

// grace is how long after its end a day is still looked at as today: facts take
// some minutes to the bucket.
const grace = 15 * time.Minute

// Handle looks at what came in since the day began, and on the first look of a
// day also at each day before it that was not looked at as a whole, and tells
// escalation of what asks for attention. The same signal told again opens no second case, so a look that is
// missed, repeated or cut short does no harm: the next one sees more.
//
// Facts that come late count on their day as long as it is looked at; they do not
// change the counts of a day that is kept.
func (h *handler) Handle(ctx context.Context, _ Tick) error {
	now := h.now().UTC().Truncate(time.Millisecond)
	today := dateOf(now.Add(-grace).In(h.reading.Zone))
	from := today.AddDate(0, 0, -h.rules.BaselineDays-1)
	past, err := h.days.Days(ctx, name(from), name(today.AddDate(0, 0, -1)))
	if err != nil {
		return fmt.Errorf("looking at figures: %w", err)
	}
	since := from // nothing is kept yet: the facts of the past tell what is usual
	if n := len(past); n > 0 {
		if since, err = time.Parse(time.DateOnly, past[n-1].Date); err != nil {
			return fmt.Errorf("looking at figures: reading a date: %w", err)
		}
		since = since.AddDate(0, 0, 1)
	}
	taken, facts, err := h.take(ctx, since, today, len(past) > 0)
	if err != nil {
		return fmt.Errorf("looking at figures: %w", err)
	}
	closed := finished(taken, since, today, len(past) > 0)
	known := append(past, closed...)

	var found []events.Signal
	over := closed
	if len(past) == 0 { // on the very first look all but yesterday is history
		over = closed[max(0, len(closed)-1):]
	}
	for i, d := range over { // more than one where looks were missed for a day or longer
		until := h.begin(today.AddDate(0, 0, i+1-len(over)))
		found = append(found, h.rules.Spikes(known, d, until)...)
		found = append(found, h.rules.Gaps(known, d, until)...)
		found = append(found, h.rules.Suspicious(taken.Taps[d.Date], h.kiosks, until)...)
	}
	found = append(found, h.rules.Spikes(known, taken.Of(name(today)), now)...)
	found = append(found, h.rules.Suspicious(taken.Taps[name(today)], h.kiosks, now)...)

	told, err := h.tell(ctx, found)
	h.metrics.Emit(
		observe.Value{Name: "SignalsSent", Unit: observe.Count, N: told},
		observe.Value{Name: "SignalsFailed", Unit: observe.Count, N: int64(len(found)) - told},
		observe.Value{Name: "FactsWatched", Unit: observe.Count, N: facts},
	)
	if err != nil {
		return fmt.Errorf("telling of figures, %d signals failed: %w", int64(len(found))-told, err)
	}
	for _, d := range closed { // after the signals: until it is kept, a day is looked at again
		if err := h.days.PutDay(ctx, d); err != nil {
			return fmt.Errorf("looking at figures: %w", err)
		}
	}
	return nil
}

// take reads and counts the facts of the days from since up to and with today.
// A link may be used in the month after its issue, so that a day's facts lie in
// its own month or the one before. While days before are kept, only objects that
// were stored since are read.
func (h *handler) take(ctx context.Context, since, today time.Time, kept bool) (*signal.Taken, int64, error) {
	var stored time.Time
	if kept {
		stored = h.begin(since)
	}
	var months []period.Period
	last := period.Of(h.begin(today), h.reading.Zone)
	for m := period.Of(h.begin(since), h.reading.Zone).Add(-1); !last.Before(m); m = m.Add(1) {
		months = append(months, m)
	}
	// Merged files hold what was stored days before them: they are read only when
	// the days before yesterday are looked at.
	lately := kept && !stored.Before(h.begin(today.AddDate(0, 0, -1)))
	batch, err := monthly.Read(ctx, recent{h.objects, stored, lately}, months)
	if err != nil {
		return nil, 0, err
	}
	facts := int64(len(batch.Votes) + len(batch.Complaints))
	return signal.Take(responses.NewSet(batch, months[0], last), h.reading), facts, nil
}

// recent shows of the ratings and complaints those stored since.
type recent struct {
	objects
	since  time.Time
	lately bool // merged files hold nothing of that time
}

// List hides invitations and deliveries, which say nothing of satisfaction.
func (r recent) List(ctx context.Context, prefix string, yield func(key string) error) error {
	return r.ListSince(ctx, prefix, r.since, func(key string) error {
		if r.lately && factfile.IsMerged(key) {
			return nil
		}
		if _, kind, ok := factfile.ParseKey(key); !ok || kind != feedback.KindRating && kind != feedback.KindComplaint {
			return nil
		}
		return yield(key)
	})
}

// finished are the days from since to before today, in order. Where nothing is
// kept yet they begin with the first on which anything came in: before it there
// was nobody to be silent.
func finished(t *signal.Taken, since, today time.Time, kept bool) (days []signal.Day) {
	for d := since; d.Before(today); d = d.AddDate(0, 0, 1) {
		if kept || len(days) > 0 || t.Days[name(d)] != nil {
			days = append(days, t.Of(name(d)))
		}
	}
	return days
}

// tell sends the signals and says how many were taken.
func (h *handler) tell(ctx context.Context, found []events.Signal) (told int64, err error) {
	if len(found) == 0 {
		return 0, nil
	}
	messages := make([]outbox.Message, len(found))
	for i := range found {
		b, err := json.Marshal(events.Message{Version: events.Version, Type: events.TypeSignal, Signal: &found[i]})
		if err != nil {
			return 0, fmt.Errorf("wording a signal: %w", err)
		}
		messages[i].Body = string(b)
	}
	var failures []error
	for i, err := range h.queue.Send(ctx, h.escalation, messages) {
		if err != nil {
			failures = append(failures, err)
			continue
		}
		told++
		h.log.InfoContext(ctx, "signal", slog.String("rule", found[i].Rule), slog.String("subject", found[i].Subject),
			slog.Int("observed", found[i].Observed), slog.Int("of", found[i].Of), slog.Float64("expected", found[i].Expected))
	}
	return told, errors.Join(failures...)
}

// begin is the instant at which a date begins in the organisation's zone.
func (h *handler) begin(date time.Time) time.Time {
	y, m, d := date.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, h.reading.Zone)
}

// dateOf is the date of t, for counting days with.
func dateOf(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

func name(date time.Time) string { return date.Format(time.DateOnly) }
