package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/lifecycle"
	"resonanz/shared/link"
	"resonanz/shared/pages"
	"resonanz/shared/site"
	"resonanz/shared/store"
)

// status shows where the complaint stands. Nothing is written, and nothing read
// for HEAD.
func (h *handler) status(ctx context.Context, c *site.Call, token string, t *link.Case) httpapi.Response {
	if err := h.Hold(c, t.Number); err != nil {
		return h.Refuse(c, err)
	}
	p, err := h.Pages()
	if err != nil {
		return h.Refuse(c, err)
	}
	if httpapi.Method(c.Request) == http.MethodHead {
		return httpapi.Page(http.StatusOK, "", p.Policy())
	}
	v, err := h.view(ctx, c, token, t)
	if err != nil {
		return h.Refuse(c, err)
	}
	v.Done = done(v, c.Query.Get("done"))
	if c.Query.Get("do") == intake.DoWithdraw && allows(v, casefile.Withdrawing) {
		return httpapi.Page(http.StatusOK, p.Withdraw(v), p.Policy())
	}
	if err := h.upload(ctx, c, v); err != nil {
		c.Cause = err // everything else of the page is there
	}
	return h.page(p, http.StatusOK, v)
}

// page is the page of a case; one that takes a file may send it to the bucket.
func (h *handler) page(p *pages.Complaints, status int, v *pages.Status) httpapi.Response {
	policy := p.Policy()
	if v.Upload != nil {
		policy = p.UploadPolicy(h.files.Origin(), origin(h.public))
	}
	return httpapi.Page(status, p.Status(v), policy)
}

// origin is that of an address: a browser that comes from the bucket may have
// opened the page at another one.
func origin(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return u.Scheme + "://" + u.Host
}

func allows(v *pages.Status, a casefile.Action) bool {
	for _, allowed := range v.Allowed {
		if allowed == a {
			return true
		}
	}
	return false
}

// view reads what the page shows. Errors: 404 where the case is gone, 503 where
// it cannot be read now.
func (h *handler) view(ctx context.Context, c *site.Call, token string, t *link.Case) (*pages.Status, error) {
	n := casefile.Number(t.Number)
	book, err := h.book()
	if err != nil {
		return nil, err
	}
	k, err := h.cases.GetCase(ctx, n)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil, httpapi.NotFound()
	case err != nil:
		return nil, unavailable(err)
	}
	now := intake.Instant(c.At)
	v := &pages.Status{
		Language: c.Language, Chosen: c.Chosen != "", Case: k, Touchpoint: h.cfg.Touchpoint(k.Touchpoint), Now: now,
		Link: h.public + "/k/" + token, ExpiresAt: t.ExpiresAt,
		New:  c.Query.Get("new") == "1" && k.Status == casefile.Acknowledged,
		Next: lifecycle.Next(*k, book.Lifecycle), Allowed: lifecycle.Allowed(*k, casefile.Customer, now, book.Lifecycle),
	}
	v.Form.Nonce = h.Nonce(ctx, c, h.links, link.NoPlace)
	var entry, lines, crisis error
	var wg sync.WaitGroup
	wg.Go(func() { entry = h.said(ctx, v) })
	wg.Go(func() { v.Timeline, lines = h.cases.Timeline(ctx, n) })
	if v.New {
		wg.Go(func() { v.Notice, crisis = h.notice(ctx, c) })
	}
	wg.Wait()
	if err := errors.Join(entry, lines); err != nil {
		return nil, unavailable(err)
	}
	if crisis != nil {
		c.Cause = crisis // the acknowledgement does not wait for it
	}
	return v, nil
}

// said reads what the customer wrote. It is gone after an erasure.
func (h *handler) said(ctx context.Context, v *pages.Status) error {
	e, err := h.cases.Get(ctx, v.Case.ResponseKey, v.Case.EventID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		v.Erased = true
		return nil
	case err != nil:
		return err
	case len(e.Personal) == 0:
		v.Erased = true
		return nil
	}
	var w feedback.Complaint
	if err := errors.Join(json.Unmarshal(e.Personal, &v.Said), json.Unmarshal(e.Event, &w)); err != nil {
		return fmt.Errorf("reading what was said in case %s: %w", v.Case.Number, err)
	}
	v.Assisted, v.Callback = w.CollectionMode == feedback.Assisted, w.CallbackRequested
	return nil
}

// notice is what is said while a crisis is on; empty: none is.
func (h *handler) notice(ctx context.Context, c *site.Call) (string, error) {
	text := h.cfg.In(h.cfg.Escalation.Crisis.Notice, c.Language)
	if text == "" {
		return "", nil
	}
	crisis, err := h.cases.Crisis(ctx)
	if err != nil || crisis.Case == "" {
		return "", err
	}
	k, err := h.cases.GetCase(ctx, crisis.Case)
	if err != nil || k.Status.Ended() {
		return "", err
	}
	return text, nil
}

// lately is how long it is said that something was done just now.
const lately = time.Hour

// did are the entries that tell what a customer did.
var did = map[string][]casefile.Action{
	intake.DoReply:    {casefile.Replying},
	intake.DoAccept:   {casefile.Accepting, casefile.Closing},
	intake.DoReopen:   {casefile.Reopening},
	intake.DoWithdraw: {casefile.Withdrawing},
	intake.DoRate:     {casefile.Rating},
}

// done is what the query says was done just now, if the timeline says so too: no
// link makes the page thank for what never arrived.
func done(v *pages.Status, said string) string {
	for i := len(v.Timeline) - 1; i >= 0; i-- {
		e := &v.Timeline[i]
		if e.By.Kind != casefile.Customer || v.Now.Sub(e.At) > lately {
			continue
		}
		for _, a := range did[said] {
			if e.Action == a {
				return said
			}
		}
	}
	return ""
}

// unavailable keeps the cause for the log and shows the caller a 503.
func unavailable(cause error) error {
	return fmt.Errorf("%w (%w)", httpapi.Unavailable(2), cause)
}
