package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"resonanz/events"
	"resonanz/infra/bench/reference"
	"resonanz/shared/link"
)

// play is one kind of invocation of a function, repeated.
type play struct {
	name     string // function, or function/what else it does
	function string
	as       string // whose settings it runs with; empty: its own, or those of the runtime
	want     string // a part of every answer
	refused  bool   // its calls are not answered
	warm     int    // invocations of a warm process, where the usual number takes too long
	next     func(ctx context.Context, w *world) ([]byte, error)
	// begin makes what the first invocation finds; nil: nothing.
	begin func(ctx context.Context, w *world) error
}

const (
	ok      = `"statusCode":200`
	created = `"statusCode":201`
	see     = `"statusCode":303`
	allDone = `"batchItemFailures":[]`
)

// helloAsRating is hello-world with the settings that our small functions have.
const helloAsRating = reference.Hello + "/as-rating"

// hello under the settings of another function is what its platform costs.
func hello(as string) play {
	p := play{name: reference.Hello, function: reference.Hello, as: as, want: "hello", next: oneRating}
	if as != "" {
		p.name += "/as-" + as
	}
	return p
}

// plays are all that is measured, references first; the first of a function is its
// usual work.
func plays() []play {
	return []play{
		hello(""), hello("rating"),
		{name: reference.Plain, function: reference.Plain, want: created, next: oneRating},
		{name: "rating", want: created, next: oneRating},
		{name: "rating/batch", want: ok, next: fiveRatings},
		{name: "rating/page", want: ok, next: func(_ context.Context, w *world) ([]byte, error) {
			return w.request(request{sample: "rating-get.json", path: "/r/" + token(w)})
		}},
		{name: "rating/vote", want: see, next: func(_ context.Context, w *world) ([]byte, error) {
			path := "/r/" + token(w)
			return w.request(request{sample: "rating-post.json", path: path, form: form(path, url.Values{"stars": {"4"}, "reason": {""}, "comment": {""}, "suggestion": {""}, "contact": {""}})})
		}},
		{name: "card", want: see, next: func(_ context.Context, w *world) ([]byte, error) {
			const path = "/c/visit/checkout-cologne"
			return w.request(request{sample: "card-post.json", form: form(path, url.Values{"stars": {"4"}, "q-friendliness": {"4"}, "q-found": {"yes"}, "q-remark": {""}})})
		}},
		{name: "card/page", want: ok, next: request{sample: "card-get.json"}.again},
		{name: "complaint", want: see, next: func(_ context.Context, w *world) ([]byte, error) {
			return w.request(request{sample: "complain-post.json", form: form("/complain/hotline", url.Values{
				"comment": {"Das Gerät wurde heiß."}, "category": {"billing.refund_delay"}, "annoyance": {"4"}, "email": {fmt.Sprintf("kunde-%d@example.com", w.made)},
			})})
		}},
		{name: "complaint/page", want: ok, next: request{sample: "complain-get.json"}.again},
		{name: "kiosk", want: ok, next: request{sample: "kiosk-get.json"}.again},
		{name: "desk", want: ok, next: request{sample: "desk-get.json"}.again},
		{name: "signin", want: "claimsAndScopeOverrideDetails", next: as("signin-token.json")},
		{name: "invitation", want: created, next: func(_ context.Context, w *world) ([]byte, error) {
			return w.request(request{sample: "invitation-post.json", body: contact(w)})
		}},
		{name: "cases", want: ok, next: request{sample: "cases-get.json"}.again, begin: someCases},
		{name: "customers", want: ok, next: request{sample: "customer-get.json"}.again},
		{name: "fanout", want: allDone, next: afresh("stream-batch.json")},
		{name: "fanout/full", want: allDone, warm: 50, next: many("stream-batch.json", 100)},
		{name: "escalation", want: allDone, next: afresh("escalation-batch.json")},
		{name: "escalation/full", want: allDone, warm: 50, next: many("escalation-batch.json", 50)},
		{name: "clock", want: "null", next: as("clock-schedule.json")},
		{name: "notify", want: allDone, next: func(_ context.Context, w *world) ([]byte, error) {
			b, err := w.fresh("notify-batch.json")
			return firstRecords(b, 2, err) // the third is of a report that nobody made
		}},
		{name: "courier", want: allDone, next: func(ctx context.Context, w *world) ([]byte, error) {
			body := contact(w)
			body["send"], body["email"], body["consent"] = true, fmt.Sprintf("kunde-%d@example.com", w.made), "contract"
			id, key, err := w.invited(ctx, body)
			if err != nil {
				return nil, err
			}
			return queued(events.Message{Version: events.Version, Type: events.TypeInvite, Invite: &events.Invite{ResponseKey: key, EventID: id}})
		}},
		{name: "bounce", want: allDone, next: afresh("bounce-batch.json")},
		{name: "attachment", want: allDone, next: afresh("attachment-batch.json")},
		{name: "facts", want: allDone, warm: 100, next: afresh("facts-batch.json")},
		{name: "facts/full", want: allDone, warm: 5, next: many("facts-batch.json", 5000)},
		{name: "report", want: "null", warm: 20, next: as("report-schedule.json")},
		{name: "watch", want: "null", warm: 50, next: as("watch-schedule.json")},
		{name: "compact", want: "null", warm: 50, next: schedule("compact")},
		{name: "sweep", want: "null", warm: 50, next: as("sweep-schedule.json")},
		{name: "canary", want: "null", warm: 20, refused: true, next: schedule("canary")},
	}
}

// again is the same request, from another network each time.
func (r request) again(_ context.Context, w *world) ([]byte, error) { return w.request(r) }

func as(sample string) func(context.Context, *world) ([]byte, error) {
	return func(_ context.Context, w *world) ([]byte, error) { return w.sample(sample) }
}

func afresh(sample string) func(context.Context, *world) ([]byte, error) {
	return func(_ context.Context, w *world) ([]byte, error) { return w.fresh(sample) }
}

// many is a batch as large as a mapping makes it.
func many(sample string, records int) func(context.Context, *world) ([]byte, error) {
	return func(_ context.Context, w *world) ([]byte, error) {
		var e, one struct{ Records []json.RawMessage }
		for len(e.Records) < records {
			b, err := w.fresh(sample)
			if err != nil {
				return nil, err
			}
			if err := json.Unmarshal(b, &one); err != nil {
				return nil, fmt.Errorf("reading sample %s: %w", sample, err)
			}
			e.Records = append(e.Records, one.Records...)
		}
		e.Records = e.Records[:records]
		b, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("writing records: %w", err)
		}
		return b, nil
	}
}

func oneRating(_ context.Context, w *world) ([]byte, error) {
	return w.request(request{sample: "ratings-post.json", bearer: w.deviceKey(), body: rating()})
}

func fiveRatings(_ context.Context, w *world) ([]byte, error) {
	all := make([]map[string]any, 5)
	for i := range all {
		all[i] = rating()
	}
	return w.request(request{sample: "batch-post.json", bearer: w.deviceKey(), body: map[string]any{"events": all}})
}

// form is one with the hidden field that its page would have had.
func form(path string, values url.Values) url.Values {
	values.Set("nonce", link.NewNonce(ring(), 0, path, time.Now()))
	return values
}

func contact(w *world) map[string]any {
	return map[string]any{"touchpoint": "hotline", "channel": "email_link", "language": "de", "segment": "A", "customer_key": fmt.Sprintf("K-%d", w.made)}
}

// someCases has escalation open two dozen.
func someCases(ctx context.Context, w *world) error {
	for range 24 {
		payload, err := w.fresh("escalation-batch.json")
		if err != nil {
			return err
		}
		if _, err := w.invoke(ctx, "escalation", payload); err != nil {
			return err
		}
	}
	return nil
}

func schedule(name string) func(context.Context, *world) ([]byte, error) {
	return func(context.Context, *world) ([]byte, error) { return []byte(`{"schedule":"` + name + `"}`), nil }
}
