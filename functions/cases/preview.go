package main

import (
	"context"
	"errors"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/letter"
	"resonanz/shared/lifecycle"
	"resonanz/shared/store"
)

// previewed is what a command would make of its case, and the mail of which its
// customer would hear.
type previewed struct {
	Status   casefile.Status   `json:"status"` // of the case after it
	Next     lifecycle.Step    `json:"next"`
	Informed bool              `json:"informed"` // a mail goes out; else none of the following
	Language feedback.Language `json:"language,omitempty"`
	Subject  string            `json:"subject,omitempty"`
	Text     string            `json:"text,omitempty"`
	HTML     string            `json:"html,omitempty"`
}

// linkLeftOut stands where the mail has the key to the customer's page: nobody
// else gets one.
const linkLeftOut = "…"

// preview answers what a command would do, and does nothing: refused is what the
// command would be refused for.
func (h *handler) preview(ctx context.Context, c *call, n casefile.Number, name string) (httpapi.Response, error) {
	o, err := h.ordered(ctx, c, n, name)
	if err != nil {
		return httpapi.Response{}, err
	}
	next, entries, err := h.decided(ctx, c, &o)
	if err != nil {
		return httpapi.Response{}, err
	}
	out := previewed{Status: next.Status, Next: lifecycle.Next(*next, h.rules)}
	mail, err := h.mail(ctx, c, next, entries)
	switch {
	case err != nil:
		return httpapi.Response{}, busy(err)
	case mail != nil:
		out.Informed, out.Language, out.Subject, out.Text, out.HTML = true, mail.Language, mail.Subject, mail.Text, mail.HTML
	}
	return tagged(out, o.k.Version)
}

// mail is what the customer would get of entries that are stored nowhere yet;
// nil: nothing.
func (h *handler) mail(ctx context.Context, c *call, next *casefile.Case, entries []*casefile.Entry) (*letter.Content, error) {
	timeline, err := h.ledger.Timeline(ctx, next.Number)
	if err != nil {
		return nil, err
	}
	made := make([]casefile.Entry, len(entries))
	for i, e := range entries {
		made[i] = *e
	}
	m, ok := letter.Preview(next, timeline, made, h.rules)
	if !ok {
		return nil, nil
	}
	about, also, err := h.said(ctx, next)
	if err != nil {
		return nil, err
	}
	if about != nil {
		also = append(also, *about)
	}
	if m.Hear(complaints(also), append(timeline, made...)) == "" {
		return nil, nil // no address is known any more
	}
	if m.Step.Action == casefile.Acknowledging {
		if m.Crisis, err = h.crisis(ctx); err != nil {
			return nil, err
		}
	}
	m.Token, m.Until = linkLeftOut, c.At.AddDate(0, 0, h.cfg.Complaints.LinkDays)
	w, err := letter.New(h.cfg, h.public(c))
	if err != nil {
		return nil, err
	}
	content := w.Case(m, c.At)
	return &content, nil
}

// complaints are what a customer complained of among all that was said.
func complaints(all []said) (out []letter.Complained) {
	for i := range all {
		if s := &all[i]; s.Kind == feedback.KindComplaint {
			out = append(out, letter.Complained{EventID: s.EventID, Email: s.Email, Said: letter.Said{
				Name: s.Name, Comment: s.Comment, Remedy: s.Remedy, ReceivedAt: s.ReceivedAt,
				Assisted: s.CollectionMode == feedback.Assisted, Callback: s.CallbackRequested,
			}})
		}
	}
	return out
}

// public is where customers' links begin: as configured, else where this request
// came to.
func (h *handler) public(c *call) string {
	if base := h.cfg.Address(); base != "" {
		return base
	}
	return "https://" + c.RequestContext.DomainName
}

// crisis reports whether one is on: until its case is closed.
func (h *handler) crisis(ctx context.Context) (bool, error) {
	k, err := h.ledger.Crisis(ctx)
	if err != nil || k.Case == "" {
		return false, err
	}
	c, err := h.ledger.GetCase(ctx, k.Case)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && !c.Status.Ended(), err
}
