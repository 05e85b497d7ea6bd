package main

import (
	"context"
	"log/slog"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/httpapi"
	"resonanz/shared/observe"
	"resonanz/shared/store"
)

// handler answers every request of the cases function.
type handler struct {
	cfg     *config.Config
	ledger  *store.Table
	metrics *observe.Metrics
	log     *slog.Logger
	now     func() time.Time
}

func newHandler(cfg *config.Config, l *store.Table, metrics *observe.Metrics, log *slog.Logger, now func() time.Time) *handler {
	return &handler{cfg: cfg, ledger: l, metrics: metrics, log: log, now: now}
}

// Handle answers a request, whatever happens.
func (h *handler) Handle(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
	begin := h.now()
	note := httpapi.Note{Route: "other"}
	res := httpapi.Problem(httpapi.NotFound())
	note.Took = h.now().Sub(begin)
	note.Log(ctx, h.log, r, res.StatusCode)
	return res, nil
}
