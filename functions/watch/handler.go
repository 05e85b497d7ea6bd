package main

import (
	"context"
	"log/slog"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/monthly"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
)

// queue sends messages and says for each whether it was taken.
type queue interface {
	Send(ctx context.Context, queueURL string, messages []outbox.Message) []error
}

type handler struct {
	cfg        *config.Config
	objects    monthly.Source
	table      any
	queue      queue
	escalation string // URL
	log        *slog.Logger
	metrics    *observe.Metrics
	now        func() time.Time
}

// Tick is what the schedule sends. Its content is of no interest: the time is.
type Tick struct {
	Schedule string `json:"schedule"`
}

// Handle looks at what came in since the day began.
func (h *handler) Handle(context.Context, Tick) error { return nil }
