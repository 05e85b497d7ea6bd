package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/events"
)

// Hook is the delivery of one alert to one endpoint for webhooks.
type Hook struct {
	Endpoint string       `json:"endpoint"` // configured id
	Alert    events.Alert `json:"alert"`
	Status   HookStatus   `json:"status"`
	// Attempt is the one that comes next (2, 3, …) while the hook waits, else the
	// last that was made.
	Attempt int       `json:"attempt"`
	NextAt  time.Time `json:"next_at,omitzero"` // of Attempt; zero unless the hook waits
	Now     time.Time `json:"now"`              // when this was kept
	Log     []HookTry `json:"log"`              // in order of time
}

// HookTry is one attempt.
type HookTry struct {
	At     time.Time `json:"at"`
	Status int       `json:"status,omitempty"` // HTTP status; 0: no answer
	Error  string    `json:"error,omitempty"`  // why there was no answer: a code, never an address or a body
	Millis int64     `json:"millis"`           // time to the answer
}

// HookStatus says where a delivery stands.
type HookStatus string

// The statuses.
const (
	HookWaiting   HookStatus = "waiting" // for another attempt
	HookDelivered HookStatus = "delivered"
	HookFailed    HookStatus = "failed" // given up
)

// HookPage is a page of the deliveries to an endpoint.
type HookPage struct {
	Hooks  []Hook
	Cursor string // of the next page; empty: this is the last
}

// MaxHooks is how many deliveries a page has at most.
const MaxHooks = 100

// hookFor is how long a delivery that is settled is remembered.
const hookFor = 30 * 24 * time.Hour

func (h *Hook) check() error {
	waits := h.Status == HookWaiting
	switch {
	case h.Endpoint == "" || h.Alert.ID == "" || h.Now.IsZero() || waits == h.NextAt.IsZero(),
		!waits && h.Status != HookDelivered && h.Status != HookFailed:
		return ErrInvalid
	}
	return nil
}

// PutHook keeps h, whatever was kept of the same delivery before. While it waits
// the due index shows it from NextAt on; settled it is remembered for 30 days.
// Errors: ErrInvalid.
func (t *Table) PutHook(ctx context.Context, h Hook) error {
	b, err := json.Marshal(&h)
	if invalid := h.check(); invalid != nil {
		err = invalid
	}
	if err == nil {
		it := key(pkHook+h.Endpoint, h.Alert.ID)
		it[attrHook] = text(string(b))
		if h.Status == HookWaiting {
			it[AttrDueShard] = text(dueShard(h.Endpoint + h.Alert.ID))
			it[AttrDueAt] = text(formatTime(h.NextAt))
		} else {
			it[AttrTTL] = number(h.Now.Add(hookFor).Unix())
		}
		_, err = t.api.PutItem(ctx, &dynamodb.PutItemInput{TableName: t.name, Item: it})
	}
	if err != nil {
		return fmt.Errorf("keeping the webhook of %s to %s: %w", h.Alert.ID, h.Endpoint, err)
	}
	return nil
}

// Hook reads the delivery of an alert to an endpoint, consistently, or
// ErrNotFound.
func (t *Table) Hook(ctx context.Context, endpoint, alertID string) (*Hook, error) {
	it, err := t.item(ctx, pkHook+endpoint, alertID)
	h := new(Hook)
	r := reader{it: it, err: err}
	if r.json(attrHook, h); r.err != nil {
		return nil, fmt.Errorf("reading the webhook of %s to %s: %w", alertID, endpoint, r.err)
	}
	return h, nil
}

// Hooks reads a page of the deliveries to an endpoint, consistently and with one
// call, in the opposite order of the ids of their alerts: the cases of the latest
// month first. Limit is 1 to MaxHooks. Errors: ErrInvalid for another limit or a
// cursor that is none.
func (t *Table) Hooks(ctx context.Context, endpoint, cursor string, limit int) (HookPage, error) {
	page, err := t.hooks(ctx, endpoint, cursor, limit)
	if err != nil {
		return HookPage{}, fmt.Errorf("reading the webhooks to %s: %w", endpoint, err)
	}
	return page, nil
}

func (t *Table) hooks(ctx context.Context, endpoint, cursor string, limit int) (page HookPage, err error) {
	after, err := hookStart(endpoint, cursor, limit)
	if err != nil {
		return page, err
	}
	in := &dynamodb.QueryInput{
		TableName:                 t.name,
		KeyConditionExpression:    aws.String("PK = :pk"),
		ExpressionAttributeValues: item{":pk": text(pkHook + endpoint)},
		ConsistentRead:            consistent,
		ScanIndexForward:          aws.Bool(false),
		Limit:                     aws.Int32(int32(limit)), //nolint:gosec // at most MaxHooks
	}
	if after != "" {
		in.ExclusiveStartKey = key(pkHook+endpoint, after)
	}
	out, err := t.api.Query(ctx, in)
	if err != nil {
		return page, err
	}
	for _, it := range out.Items {
		if t.gone(it) {
			continue
		}
		var h Hook
		r := reader{it: it}
		if r.json(attrHook, &h); r.err != nil {
			return page, r.err
		}
		page.Hooks = append(page.Hooks, h)
	}
	if len(out.LastEvaluatedKey) > 0 {
		r := reader{it: out.LastEvaluatedKey}
		page.Cursor = sealCursor(hookList(endpoint), r.text(AttrSK))
		err = r.err
	}
	return page, err
}

// hookStart reads the id of the alert that a page ended with; empty: the list
// begins.
func hookStart(endpoint, cursor string, limit int) (string, error) {
	if endpoint == "" || limit < 1 || limit > MaxHooks {
		return "", ErrInvalid
	}
	return openCursor(hookList(endpoint), cursor)
}

func hookList(endpoint string) []string { return []string{"hooks", endpoint} }
