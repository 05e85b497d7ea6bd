package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/monthly"
	"resonanz/shared/report"
	"resonanz/shared/responses"
)

const (
	canaryPrefix = "/v1/canary/"
	canaryScope  = "resonanz/canary" // what the canary's access token carries, and nothing else
	// canaryBack is how far back facts of the canary are read: some dozens of files.
	canaryBack = 3 * time.Hour
)

// arrival is what became of a link of the canary.
type arrival struct {
	ResponseKey feedback.ResponseKey `json:"response_key"`
	// Votes are the facts that there are of its votes; the same one written twice
	// is one.
	Votes int `json:"votes"`
	// Report are the headline figures of a report of the canary alone, over what
	// was stored in the last three hours.
	Report canaryReport `json:"report"`
}

type canaryReport struct {
	Responses int64    `json:"n"`
	Average   *float64 `json:"average"`
}

// canary tells the canary whether its vote has become a fact, and what a report makes
// of it. What customers said is not looked at.
func (h *handler) canary(ctx context.Context, r *httpapi.Request) (httpapi.Response, error) {
	if m := httpapi.Method(r); m != http.MethodGet {
		return httpapi.Response{}, httpapi.MethodNotAllowed(http.MethodGet)
	}
	if err := httpapi.RequireScope(r, canaryScope); err != nil {
		return httpapi.Response{}, err
	}
	own := h.cfg.OfCanary()
	key, err := feedback.ParseResponseKey(strings.TrimPrefix(httpapi.Path(r), canaryPrefix))
	if own == nil || err != nil {
		return httpapi.Response{}, httpapi.NotFound()
	}
	wanted, err := responses.ParseKey(key)
	if err != nil {
		return httpapi.Response{}, httpapi.NotFound()
	}
	now := h.now().UTC()
	asked := monthly.Asked{Cutoff: now}
	in, err := monthly.Prepare(ctx, monthly.Canary(h.objects, now.Add(-canaryBack)), own, key.Month(), asked)
	if err != nil {
		return httpapi.Response{}, fmt.Errorf("looking for the canary: %w", err)
	}
	out := arrival{ResponseKey: key}
	events := map[[16]byte]bool{}
	for i := range in.Facts.Votes {
		if v := &in.Facts.Votes[i]; v.Key == wanted && !events[v.Event] {
			events[v.Event] = true
			out.Votes++
		}
	}
	built, err := report.Build(in)
	if err != nil {
		return httpapi.Response{}, fmt.Errorf("reporting of the canary: %w", err)
	}
	out.Report.Responses, out.Report.Average = built.Total.N, built.Total.Mean
	return httpapi.JSON(http.StatusOK, out)
}
