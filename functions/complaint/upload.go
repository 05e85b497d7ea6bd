package main

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/attach"
	"resonanz/shared/casefile"
	"resonanz/shared/pages"
	"resonanz/shared/site"
)

// patience is how long a file that was sent is said to be looked at: longer than
// that it takes only when something is wrong with us.
const patience = 10 * time.Minute

// sent are the files that came from this page: their places, and when the first
// of them was asked for. It travels in the address to which an upload returns.
type sent struct {
	slots string // digits
	since time.Time
}

// sentBefore reads what the address says.
func sentBefore(c *site.Call) sent {
	s := digits(c.Query.Get("up"))
	t, err := strconv.ParseInt(c.Query.Get("t"), 10, 64)
	at := time.Unix(t, 0)
	if s == "" || len(s) > attach.MaxSlots || err != nil || at.After(c.At) || c.At.Sub(at) > patience+attach.FormFor {
		return sent{since: c.At}
	}
	return sent{s, at}
}

func (s sent) query(c *site.Call) string {
	q := url.Values{"up": {s.slots}, "t": {strconv.FormatInt(s.since.Unix(), 10)}}
	if c.Chosen != "" {
		q.Set("l", string(c.Chosen))
	}
	return q.Encode()
}

// upload offers to add a file, where there is room for one: into the first place
// that is neither taken nor waiting for a file to be looked at.
func (h *handler) upload(ctx context.Context, c *site.Call, v *pages.Status) error {
	if h.files == nil {
		return nil
	}
	before := sentBefore(c)
	settled := 0
	for i := range v.Timeline {
		e := &v.Timeline[i]
		if (e.Action == casefile.Attaching || e.Action == casefile.Refusing) && !e.At.Before(before.since.Truncate(time.Second)) {
			settled++
		}
	}
	v.Checking = max(0, len(before.slots)-settled)
	v.Reload = before.query(c)
	if v.Checking == 0 {
		before = sent{since: c.At}
	}
	room := min(h.cfg.Complaints.Attachments, attach.MaxSlots)
	if !allows(v, casefile.Attaching) || len(v.Case.Handling.Attachments)+v.Checking >= room {
		return nil
	}
	for slot := 1; slot <= room; slot++ {
		id := strconv.Itoa(slot)
		taken := slices.ContainsFunc(v.Case.Handling.Attachments, func(a casefile.Attachment) bool { return a.ID == id })
		if taken || strings.Contains(before.slots, id) {
			continue
		}
		after := sent{before.slots + id, before.since}
		u, err := h.files.Form(ctx, v.Case.Number, slot, v.Link+"?"+after.query(c))
		if err != nil {
			return err
		}
		v.Upload = &pages.Upload{URL: u.URL, Fields: u.Fields, Accept: attach.Accept, MaxBytes: int64(h.cfg.Complaints.AttachmentMB) << 20}
		return nil
	}
	return nil
}
