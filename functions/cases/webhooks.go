package main

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"resonanz/events"
	"resonanz/shared/config"
	"resonanz/shared/httpapi"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// delivery is what became of one alert at one endpoint.
type delivery struct {
	Alert     string             `json:"alert"` // id
	Reason    events.AlertReason `json:"reason"`
	Case      string             `json:"case,omitempty"`
	Rule      string             `json:"rule,omitempty"`
	Status    store.HookStatus   `json:"status"`
	Attempts  int                `json:"attempts"` // made so far
	NextAt    time.Time          `json:"next_at,omitzero"`
	ChangedAt time.Time          `json:"changed_at"`
	Log       []store.HookTry    `json:"log"`
}

// deliveries answers with a page of the delivery log of a webhook.
func (h *handler) deliveries(ctx context.Context, c *call, id string) (httpapi.Response, error) {
	known := slices.ContainsFunc(h.cfg.Notify.Webhooks, func(w config.Webhook) bool { return w.ID == id })
	if !known && (id != "default" || h.cfg.Notify.WebhookURL == "") {
		return httpapi.Response{}, problem.New(http.StatusNotFound, problem.NotFound, "No webhook with this id is configured.")
	}
	values, wrong := c.parameters("limit", "cursor")
	limit := 50
	if v, ok := values["limit"]; ok {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > store.MaxHooks {
			wrong = append(wrong, problem.Field{Field: "limit", Code: problem.OutOfRange, Detail: "want a whole number from 1 to " + strconv.Itoa(store.MaxHooks)})
		}
		limit = n
	}
	if len(wrong) > 0 {
		return httpapi.Response{}, problem.Invalid(wrong...)
	}
	page, err := h.ledger.Hooks(ctx, id, values["cursor"], limit)
	switch {
	case errors.Is(err, store.ErrInvalid):
		return httpapi.Response{}, problem.Invalid(problem.Field{Field: "cursor", Code: problem.InvalidCursor, Detail: "is not that of a page of this list: begin again without one"})
	case err != nil:
		return httpapi.Response{}, busy(err)
	}
	out := struct {
		Deliveries []delivery `json:"deliveries"`
		Cursor     string     `json:"cursor,omitempty"`
	}{make([]delivery, len(page.Hooks)), page.Cursor}
	for i, k := range page.Hooks {
		out.Deliveries[i] = delivery{
			Alert: k.Alert.ID, Reason: k.Alert.Reason, Case: k.Alert.Case, Rule: k.Alert.Rule,
			Status: k.Status, Attempts: len(k.Log), NextAt: k.NextAt, ChangedAt: k.Now, Log: append([]store.HookTry{}, k.Log...),
		}
	}
	res, err := httpapi.JSON(http.StatusOK, out)
	if err == nil {
		linkNext(c, res, page.Cursor)
	}
	return res, err
}
