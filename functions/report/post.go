package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/httpapi"
	"resonanz/shared/outbox"
	"resonanz/shared/period"
	"resonanz/shared/store"
)

func isNotFound(err error) bool { return errors.Is(err, store.ErrNotFound) }

// summary answers a POST: which version holds the report now.
type summary struct {
	Period     period.Period     `json:"period"`
	Group      string            `json:"group,omitempty"`
	Version    string            `json:"version"`
	Status     string            `json:"status"`
	Created    bool              `json:"created"` // by this request
	CreatedAt  time.Time         `json:"created_at"`
	Cutoff     time.Time         `json:"cutoff"`
	DataHash   string            `json:"data_hash"`
	GivenHash  string            `json:"given_hash,omitempty"`
	Responses  int               `json:"responses"`
	LateEvents int               `json:"late_events"`   // received after the close, so far
	Changed    bool              `json:"facts_changed"` // facts reached the bucket too late for this version: restate
	Unread     int               `json:"unread_files"`  // files of facts that could not be read
	Gap        bool              `json:"evidence_gap"`  // table and facts did not add up
	Links      map[string]string `json:"links"`
}

// ordered answers a POST that is carried out later.
type ordered struct {
	Period period.Period     `json:"period"`
	Group  string            `json:"group,omitempty"`
	Status string            `json:"status"` // "accepted"
	Links  map[string]string `json:"links"`
}

// post makes a version where there is something new to say: 201, else 200. With
// "Prefer: respond-async" (RFC 7240) it only takes the order: 202.
func (h *handler) post(ctx context.Context, r *httpapi.Request, month period.Period) (httpapi.Response, error) {
	o, err := h.parseOrder(r)
	if err != nil {
		return httpapi.Response{}, err
	}
	o.period = month
	if prefersLater(httpapi.Header(r, "prefer")) {
		return h.postpone(ctx, o)
	}
	o.last = true
	m, err := h.make(ctx, o)
	if err != nil {
		return httpapi.Response{}, err
	}
	status := http.StatusOK
	if m.created {
		status = http.StatusCreated
	}
	version := strconv.Itoa(m.Version)
	links := map[string]string{"versions": address(o, "/versions", ""), "manifest": address(o, "/manifest", version)}
	for _, f := range formats() {
		links[f] = address(o, "."+f, version)
	}
	res, err := httpapi.JSON(status, summary{
		Period: month, Group: o.group, Version: versionName(m.Version), Status: string(m.Status), Created: m.created,
		CreatedAt: m.CreatedAt, Cutoff: m.Cutoff, DataHash: m.InputHash, GivenHash: m.GivenHash, Responses: m.Responses,
		LateEvents: m.late, Changed: m.changed, Unread: m.Unread, Gap: m.Gap, Links: links,
	})
	if err == nil && m.created {
		res.Headers["Location"] = address(o, "", version)
	}
	return res, err
}

// postpone sends an order to the report queue, if it can be carried out as things
// stand.
func (h *handler) postpone(ctx context.Context, o order) (httpapi.Response, error) {
	latest, err := h.latest(ctx, o.period, o.group)
	if err != nil {
		return httpapi.Response{}, err
	}
	if err := h.restatable(o, latest, h.now().UTC()); err != nil {
		return httpapi.Response{}, err
	}
	if err := h.send(ctx, []order{o}); err != nil {
		return httpapi.Response{}, fmt.Errorf("%w (%w)", httpapi.Unavailable(2), err)
	}
	res, err := httpapi.JSON(http.StatusAccepted, ordered{
		Period: o.period, Group: o.group, Status: "accepted",
		Links: map[string]string{"report": address(o, "", ""), "versions": address(o, "/versions", "")},
	})
	if err == nil {
		res.Headers["Location"] = address(o, "/versions", "")
		res.Headers["Preference-Applied"] = "respond-async"
	}
	return res, err
}

// send puts orders into the report queue.
func (h *handler) send(ctx context.Context, orders []order) error {
	var messages []outbox.Message
	for i := range orders {
		m, err := orders[i].message()
		if err != nil {
			return err
		}
		body, err := json.Marshal(m)
		if err != nil {
			return fmt.Errorf("writing an order: %w", err)
		}
		messages = append(messages, outbox.Message{Body: string(body)})
	}
	return errors.Join(h.queue.Send(ctx, h.orders, messages)...)
}

// prefersLater reports whether a Prefer header asks for an answer before the work is done.
func prefersLater(prefer string) bool {
	for p := range strings.SplitSeq(prefer, ",") {
		name, _, _ := strings.Cut(p, ";")
		if strings.EqualFold(strings.TrimSpace(name), "respond-async") {
			return true
		}
	}
	return false
}

// address is where a report is, or a part of it.
func address(o order, suffix, version string) string {
	q := url.Values{}
	if o.group != "" {
		q.Set("group", o.group)
	}
	if version != "" {
		q.Set("version", version)
	}
	a := prefix + o.period.String() + suffix
	if len(q) > 0 {
		a += "?" + q.Encode()
	}
	return a
}
