package main

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"resonanz/shared/config"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/link"
	"resonanz/shared/pages"
	"resonanz/shared/problem"
	"resonanz/shared/site"
)

// form shows the form. Nothing is read or written.
func (h *handler) form(ctx context.Context, c *site.Call, tp *config.Touchpoint) httpapi.Response {
	if err := h.Hold(c, ""); err != nil {
		return h.Refuse(c, err)
	}
	p, err := h.Pages()
	if err != nil {
		return h.Refuse(c, err)
	}
	if httpapi.Method(c.Request) == http.MethodGet {
		c.Count(tp.ID, count("ComplaintOpened"))
	}
	res := httpapi.Page(http.StatusOK, p.Form(h.asked(c, tp, intake.ComplaintForm{Nonce: h.Nonce(ctx, c, h.links, link.NoPlace)}, nil)), p.Policy())
	// The page holds nothing of anybody's: a browser may keep it, and with it what
	// was typed, for who comes back to it.
	res.Headers["Cache-Control"] = "private, no-cache"
	return res
}

func (h *handler) asked(c *site.Call, tp *config.Touchpoint, f intake.ComplaintForm, wrong []problem.Field) *pages.Complain {
	return &pages.Complain{Language: c.Language, Chosen: c.Chosen != "", Touchpoint: tp, Form: f, Errors: wrong}
}

// submit stores the complaint with its case and sends the browser to its page.
// What cannot be stored comes back with everything that was typed.
func (h *handler) submit(ctx context.Context, c *site.Call, tp *config.Touchpoint) httpapi.Response {
	var f intake.ComplaintForm
	var wrong []problem.Field
	body, err := h.Form(c, intake.MaxComplaintForm)
	if err == nil {
		f, wrong, err = intake.ParseComplaint(h.cfg, body)
	}
	var unchecked error
	if err == nil {
		wrong, unchecked = h.CheckNonce(ctx, c, h.links, &f.Nonce, wrong)
	}
	if err != nil || len(wrong) > 0 {
		c.Count(tp.ID, count("ComplaintRejected"))
	}
	if err != nil {
		return h.Refuse(c, err)
	}
	h.Choose(c, f.Language)
	if len(wrong) > 0 {
		return h.again(c, tp, f, http.StatusUnprocessableEntity, wrong)
	}
	if unchecked != nil {
		c.Cause = unchecked
		return h.askLater(c, tp, f, unchecked)
	}
	if err := h.Hold(c, ""); err != nil {
		return h.askLater(c, tp, f, err)
	}
	token, receipt, err := h.store(ctx, c, tp, &f)
	if err != nil {
		c.Cause = err
		return h.askLater(c, tp, f, httpapi.Unavailable(2))
	}
	name := "ComplaintAccepted"
	if receipt.Status == intake.Duplicate {
		name = "ComplaintDuplicate"
	}
	c.Count(tp.ID, count(name))
	return httpapi.SeeOther(address(c, "/k/"+token, "new=1"))
}

// store stores the complaint and signs the link to its page. The key is had
// before anything is stored: no complaint is stored whose customer cannot be told
// where to find it.
func (h *handler) store(ctx context.Context, c *site.Call, tp *config.Touchpoint, f *intake.ComplaintForm) (string, intake.Receipt, error) {
	ring, err := h.links.Fresh(ctx, c.At)
	if err != nil {
		return "", intake.Receipt{}, err
	}
	book, err := h.book()
	if err != nil {
		return "", intake.Receipt{}, err
	}
	receipt, err := intake.AcceptComplaint(ctx, h.cases, intake.Complain(h.cfg, tp, f, c.Language, c.At), book.Lifecycle)
	if err == nil && receipt.Case == nil {
		err = errors.New("a complaint was stored without its case")
	}
	if err != nil {
		return "", intake.Receipt{}, err
	}
	k := receipt.Case
	return link.SignCase(ring, link.Case{
		Number: string(k.Number), Language: k.Language, ExpiresAt: intake.LinkUntil(k, h.cfg.Complaints.LinkDays),
	}), receipt, nil
}

// again shows the form with what was typed and what is wrong with it.
func (h *handler) again(c *site.Call, tp *config.Touchpoint, f intake.ComplaintForm, status int, wrong []problem.Field) httpapi.Response {
	c.Code = wrong[0].Code
	p, err := h.Pages()
	if err != nil {
		return h.Refuse(c, err)
	}
	return httpapi.Page(status, p.Form(h.asked(c, tp, f, wrong)), p.Policy())
}

// askLater shows the form with what was typed, to be sent again later: why says when.
func (h *handler) askLater(c *site.Call, tp *config.Touchpoint, f intake.ComplaintForm, why error) httpapi.Response {
	p := problem.Of(why)
	res := h.again(c, tp, f, p.Status, []problem.Field{{Field: "form", Code: p.Code}})
	httpapi.Decorate(res.Headers, p)
	return res
}

// digits are those of s, and nothing else.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}
