package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"

	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/lifecycle"
	"resonanz/shared/problem"
)

// maxEarlier is how many earlier cases of a customer are shown.
const maxEarlier = 20

// whole is a case with everything that staff need to answer it.
type whole struct {
	Case     state  `json:"case"`
	Customer *said  `json:"customer"` // what the case is about; null: nobody said anything, as with a silent device
	Also     []said `json:"also"`     // what the same customer said about the same contact besides, in order of receipt
	Timeline []line `json:"timeline"`
	Chain    string `json:"chain"`   // intact, or broken: the timeline is not the one that was written
	Earlier  []item `json:"earlier"` // other cases of the same customer, the newest first
}

// read answers with a case; 304 to who has it as it is.
func (h *handler) read(ctx context.Context, c *call, n casefile.Number) (httpapi.Response, error) {
	k, err := h.find(ctx, n)
	if err != nil {
		return httpapi.Response{}, err
	}
	if known(c.Request, k.Version) {
		res := httpapi.Text(http.StatusNotModified, "", "")
		delete(res.Headers, "Content-Type")
		res.Headers["ETag"] = etag(k.Version)
		return res, nil
	}
	w, err := h.whole(ctx, c, k)
	if err != nil {
		return httpapi.Response{}, busy(err)
	}
	return tagged(w, k.Version)
}

// tagged is an answer with the entity tag of the case it shows.
func tagged(v any, version int) (httpapi.Response, error) {
	res, err := httpapi.JSON(http.StatusOK, v)
	if err == nil {
		res.Headers["ETag"] = etag(version)
	}
	return res, err
}

// whole reads what belongs to k: its timeline, what the customer said, and other
// cases of the same customer, at the same time.
func (h *handler) whole(ctx context.Context, c *call, k *casefile.Case) (*whole, error) {
	w := &whole{Case: h.state(c, k)}
	var reads sync.WaitGroup
	var timeline []casefile.Entry
	var errs [3]error
	reads.Go(func() { timeline, errs[0] = h.ledger.Timeline(ctx, k.Number) })
	reads.Go(func() { w.Customer, w.Also, errs[1] = h.said(ctx, k) })
	reads.Go(func() { w.Earlier, errs[2] = h.earlier(ctx, c, k) })
	reads.Wait()
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	timeline = timeline[:min(len(timeline), k.Version)] // it may have grown since the case was read
	w.Timeline, w.Chain = lines(timeline), "intact"
	if err := casefile.Check(k, timeline); err != nil {
		w.Chain = "broken"
		c.Cause = err // a person must look at it: the log has an error
	}
	return w, nil
}

// said reads what the customer said: what the case is about, nil where it is
// about no response, and the rest of that response.
func (h *handler) said(ctx context.Context, k *casefile.Case) (about *said, also []said, _ error) {
	also = []said{}
	if k.ResponseKey == "" || k.EventID == "" {
		return nil, also, nil
	}
	all, err := h.ledger.Response(ctx, k.ResponseKey)
	if err != nil {
		return nil, nil, err
	}
	for i := range all {
		if kind := all[i].Kind; kind != feedback.KindRating && kind != feedback.KindCard && kind != feedback.KindComplaint {
			continue
		}
		s, err := saidIn(&all[i])
		if err != nil {
			return nil, nil, fmt.Errorf("reading event %s: %w", all[i].EventID, err)
		}
		if all[i].EventID == k.EventID {
			about = s
		} else {
			also = append(also, *s)
		}
	}
	slices.SortStableFunc(also, func(a, b said) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	return about, also, nil
}

// earlier lists other cases of the same customer.
func (h *handler) earlier(ctx context.Context, c *call, k *casefile.Case) ([]item, error) {
	out := []item{}
	if k.CustomerKey == "" {
		return out, nil
	}
	all, err := h.ledger.CustomerCases(ctx, k.CustomerKey, maxEarlier+1)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Number != k.Number && len(out) < maxEarlier {
			out = append(out, h.item(&all[i], c.At))
		}
	}
	return out, nil
}

// attachment sends the caller to the address of a file, which works for a
// minute; who accepts JSON gets the address.
func (h *handler) attachment(ctx context.Context, c *call, n casefile.Number, id string) (httpapi.Response, error) {
	k, err := h.find(ctx, n)
	if err != nil {
		return httpapi.Response{}, err
	}
	i := slices.IndexFunc(k.Handling.Attachments, func(a casefile.Attachment) bool { return a.ID == id })
	if i < 0 {
		return httpapi.Response{}, problem.New(http.StatusNotFound, problem.NotFound, "The case has no such attachment.")
	}
	gone, err := h.gone(ctx, k, k.Handling.Attachments[i])
	if err != nil {
		return httpapi.Response{}, busy(err)
	}
	if gone {
		return httpapi.Response{}, problem.New(http.StatusNotFound, problem.NotFound, "The attachment was erased, or its time was over.")
	}
	url, err := h.files.Download(ctx, n, k.Handling.Attachments[i])
	if err != nil {
		return httpapi.Response{}, busy(err)
	}
	if prefersJSON(c.Request) {
		return httpapi.JSON(http.StatusOK, struct {
			URL  string `json:"url"`
			Type string `json:"type"` // as found in the content; it is handed out as a download
		}{url, k.Handling.Attachments[i].Type})
	}
	res := httpapi.SeeOther(url)
	res.StatusCode = http.StatusFound
	return res, nil
}

// gone reports whether a file was deleted, though its case tells of it: with its
// customer, or since the case ended too long ago.
func (h *handler) gone(ctx context.Context, k *casefile.Case, a casefile.Attachment) (bool, error) {
	if k.Status.Ended() && k.EndedAt.Before(config.Before(h.now(), h.cfg.Retention.CasesDays)) {
		return true, nil
	}
	timeline, err := h.ledger.Timeline(ctx, k.Number)
	return err == nil && !a.At.After(lifecycle.ErasedAt(timeline)), err
}
