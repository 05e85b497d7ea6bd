package main

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/intake"
	"resonanz/shared/link"
	"resonanz/shared/observe"
	"resonanz/shared/problem"
)

// Scope is what a caller's access token must carry.
const scope = "resonanz/invite"

// maxBody is the largest request, in bytes.
const maxBody = 4 << 10

// keys is a secret's key ring; secret.Source is one.
type keys interface {
	Keyring(ctx context.Context, now time.Time) (link.Keyring, error)
}

// handler answers every request of the invitation function.
type handler struct {
	cfg       *config.Config
	ledger    intake.Ledger
	links     keys
	publicURL string // base of links, without a slash at its end
	metrics   *observe.Metrics
	log       *slog.Logger
	now       func() time.Time
}

// issued is the answer: the link and how to recognise what comes of it.
type issued struct {
	EventID     feedback.EventID     `json:"event_id"`
	URL         string               `json:"url"`
	Token       string               `json:"token"`
	ResponseKey feedback.ResponseKey `json:"response_key"`
	ExpiresAt   time.Time            `json:"expires_at"`
}

// Handle answers whatever happens and writes one line about it, without the
// token and without what was sent.
func (h *handler) Handle(ctx context.Context, r *httpapi.Request) (res httpapi.Response, _ error) {
	start := h.now()
	var err error
	defer func() {
		if p := recover(); p != nil {
			err = observe.Recovered(p)
		}
		if err != nil {
			res = httpapi.Problem(err)
		}
		h.note(ctx, r, res.StatusCode, h.now().Sub(start), err)
	}()
	res, err = h.issue(ctx, r, start)
	return res, nil
}

// issue stores the invitation and answers with its link: 201, or 200 with the
// same link when the same request came before.
func (h *handler) issue(ctx context.Context, r *httpapi.Request, now time.Time) (httpapi.Response, error) {
	if httpapi.Path(r) != "/v1/invitations" {
		return httpapi.Response{}, httpapi.NotFound()
	}
	if httpapi.Method(r) != http.MethodPost {
		return httpapi.Response{}, httpapi.MethodNotAllowed(http.MethodPost)
	}
	if err := httpapi.RequireScope(r, scope); err != nil {
		return httpapi.Response{}, err
	}
	if err := httpapi.RequireContentType(r, "application/json"); err != nil {
		return httpapi.Response{}, err
	}
	body, err := httpapi.Body(r, maxBody)
	if err != nil {
		return httpapi.Response{}, err
	}
	in, err := intake.ParseInvitation(h.cfg, body, now)
	if err != nil {
		return httpapi.Response{}, err
	}
	ring, err := h.links.Keyring(ctx, now) // before the write: a link that cannot be signed is not issued
	if err != nil {
		return httpapi.Response{}, err
	}
	status, err := intake.Issue(ctx, h.cfg, h.ledger, in)
	if err != nil {
		return httpapi.Response{}, err
	}
	token := link.Sign(ring, link.Token{
		ResponseKey: in.ResponseKey, Touchpoint: link.CodeOf(in.Touchpoint), Channel: in.Channel,
		Language: in.Language, Segment: in.Segment, ExpiresAt: in.ExpiresAt,
	})
	code, metric := http.StatusCreated, "InvitationIssued"
	if status == intake.Duplicate {
		code, metric = http.StatusOK, "InvitationDuplicate"
	}
	h.metrics.EmitAt(string(in.Touchpoint), observe.Value{Name: metric, Unit: observe.Count, N: 1})
	return httpapi.JSON(code, issued{in.EventID, h.publicURL + "/r/" + token, token, in.ResponseKey, in.ExpiresAt})
}

func (h *handler) note(ctx context.Context, r *httpapi.Request, status int, took time.Duration, err error) {
	level := slog.LevelInfo
	attrs := []slog.Attr{slog.String("method", httpapi.Method(r)), slog.Int("status", status), slog.Int64("us", took.Microseconds())}
	if err != nil {
		p := problem.Of(err)
		attrs = append(attrs, slog.String("code", string(p.Code)))
		if p.Status >= http.StatusInternalServerError {
			level = slog.LevelError
			attrs = append(attrs, slog.String("error", err.Error()))
		}
	}
	h.log.LogAttrs(ctx, level, "request", attrs...)
}
