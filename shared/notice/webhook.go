package notice

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"resonanz/events"
	"resonanz/shared/feedback"
)

// DefaultEndpoint is the id of the endpoint that notify.webhook_url names.
const DefaultEndpoint = "default"

// payload is the body of a webhook in the form Standard Webhooks recommends.
// Fields are added, never renamed.
type payload struct {
	// Type is case.opened, case.changed, case.overdue, case.at_risk, case.breached,
	// case.escalated, customer.acted or report.ready.
	Type      string    `json:"type"`
	Timestamp time.Time `json:"timestamp"`
	Data      data      `json:"data"`
}

type data struct {
	Case        string               `json:"case,omitempty"`
	Rule        string               `json:"rule,omitempty"`
	Priority    string               `json:"priority,omitempty"`
	Touchpoint  feedback.Touchpoint  `json:"touchpoint,omitempty"`
	Device      feedback.Device      `json:"device,omitempty"`       // that is silent, or heard of again
	Category    string               `json:"category,omitempty"`     // of a complaint
	ResponseKey feedback.ResponseKey `json:"response_key,omitempty"` // known to whoever asked for the invitation
	Rating      *int                 `json:"rating,omitempty"`
	Scale       feedback.Scale       `json:"scale,omitempty"`
	DueAt       *time.Time           `json:"due_at,omitempty"`
	Step        *int                 `json:"step,omitempty"`
	Team        string               `json:"team,omitempty"`
	Status      string               `json:"status,omitempty"`   // of a complaint, after what is told; of a report
	Severity    string               `json:"severity,omitempty"` // of a complaint
	Action      string               `json:"action,omitempty"`   // what the customer did
	Clock       string               `json:"clock,omitempty"`    // the deadline concerned
	Signal      *events.Signal       `json:"signal,omitempty"`   // the figures behind an alarm
	Period      string               `json:"period,omitempty"`
	Version     string               `json:"version,omitempty"`
	Group       string               `json:"group,omitempty"`     // that the report is of; none: the whole
	DataHash    string               `json:"data_hash,omitempty"` // of the facts behind the report
	Links       map[string]string    `json:"links,omitempty"`     // to the report by format, below the address of the interface; a token is needed
}

// Payload is the webhook body for a: nothing personal, the same bytes for the
// same alert.
func Payload(a *events.Alert) ([]byte, error) {
	p := payload{
		Type:      strings.Replace(string(a.Reason), "_", ".", 1),
		Timestamp: a.At.UTC(),
		Data: data{
			Case: a.Case, Rule: a.Rule, Priority: a.Priority, Touchpoint: a.Touchpoint, ResponseKey: a.ResponseKey,
			Device: a.Device, Category: a.Category,
			Team: a.Team, Status: a.Status, Severity: a.Severity, Action: a.Action, Clock: a.Clock, Signal: a.Signal,
			Scale: a.Scale, DueAt: a.DueAt, Period: a.Period, Version: a.Report,
			Group: a.Group, DataHash: a.Hash, Links: links(a),
		},
	}
	if a.Scale != "" {
		p.Data.Rating = &a.Rating
	}
	if a.Case != "" {
		p.Data.Step = &a.Step
	}
	b, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("wording a webhook: %w", err)
	}
	return b, nil
}

// Sign returns the headers of a webhook as Standard Webhooks 1.0 has them. The
// id names the message over all its deliveries: receivers deduplicate on it.
// Each key gives one signature, so that during a rotation a receiver holding
// either key can verify. Receivers configure a key as "whsec_" and its base64.
func Sign(id string, at time.Time, body []byte, keys ...[]byte) (http.Header, error) {
	signatures := make([]string, 0, len(keys))
	for _, k := range keys {
		if len(k) == 0 {
			continue
		}
		wh, err := standardwebhooks.NewWebhookRaw(k)
		if err != nil {
			return nil, fmt.Errorf("signing a webhook: %w", err)
		}
		s, err := wh.Sign(id, at, body)
		if err != nil {
			return nil, fmt.Errorf("signing a webhook: %w", err)
		}
		signatures = append(signatures, s)
	}
	if len(signatures) == 0 {
		return nil, errors.New("signing a webhook: no key")
	}
	h := http.Header{}
	h.Set(standardwebhooks.HeaderWebhookID, id)
	h.Set(standardwebhooks.HeaderWebhookTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(standardwebhooks.HeaderWebhookSignature, strings.Join(signatures, " "))
	h.Set("Content-Type", "application/json")
	return h, nil
}
