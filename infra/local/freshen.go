package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"strings"
	"time"

	"resonanz/infra/local/stack"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

// credentials are what only a running stack can give: its keys sign them.
type credentials struct {
	link      func(card bool) (token string, err error)              // of a new invitation, to a card or to a rating
	complaint func() (token string, number string, err error)        // of a new complaint: of its page, and of its case
	deviceKey func(feedback.Device) (key string, ok bool, err error) // not ok: no such device
}

// freshen puts the running stack's own link token and device key where a
// payload of the HTTP API has another's: those in events/samples are signed by
// nobody's keys. It says what it replaced; other payloads stay as they are.
func freshen(payload []byte, c credentials) (fresh []byte, replaced []string, err error) {
	var request struct {
		Headers        map[string]string
		RawPath        string
		PathParameters map[string]string
		RequestContext struct{ HTTP *struct{} }
	}
	readable := json.Unmarshal(payload, &request) == nil
	if !readable || request.RequestContext.HTTP == nil {
		return payload, nil, nil // of another trigger
	}
	text := string(payload)
	switch old, number := request.PathParameters["token"], request.PathParameters["number"]; {
	case number != "" || strings.HasPrefix(request.RawPath, "/k/"):
		token, known, err := c.complaint()
		if err != nil {
			return nil, nil, fmt.Errorf("complaining: %w", err)
		}
		if number != "" {
			text = strings.ReplaceAll(text, number, known)
			replaced = append(replaced, "case number")
		} else {
			text = strings.ReplaceAll(text, old, token)
			replaced = append(replaced, "link token")
		}
	case old != "":
		token, err := c.link(strings.HasPrefix(request.RawPath, "/c/"))
		if err != nil {
			return nil, nil, fmt.Errorf("signing a link: %w", err)
		}
		text = strings.ReplaceAll(text, old, token)
		replaced = append(replaced, "link token")
	}
	old, bearer := strings.CutPrefix(request.Headers["authorization"], "Bearer ")
	if id, _, dotted := strings.Cut(old, "."); bearer && dotted {
		key, ok, err := c.deviceKey(feedback.Device(id))
		if err != nil {
			return nil, nil, err
		}
		if ok {
			text = strings.ReplaceAll(text, old, key)
			replaced = append(replaced, "device key")
		}
	}
	return []byte(text), replaced, nil
}

// signer gives credentials of the running stack.
func signer(ctx context.Context, o *stack.Outputs, p stack.Project) credentials {
	return credentials{
		link: func(card bool) (string, error) {
			cfg, err := p.Config()
			if err != nil {
				return "", err
			}
			return newLink(ctx, o, cfg, card)
		},
		complaint: func() (string, string, error) {
			cfg, err := p.Config()
			if err != nil {
				return "", "", err
			}
			return newComplaint(ctx, o, cfg)
		},
		deviceKey: func(id feedback.Device) (string, bool, error) {
			cfg, err := p.Config()
			if err != nil || cfg.Device(id) == nil {
				return "", false, err
			}
			key, err := o.DeviceKey(ctx, cfg, id)
			return key, true, err
		},
	}
}

// newComplaint complains and returns the token of the complaint's page and its
// number.
func newComplaint(ctx context.Context, o *stack.Outputs, cfg *config.Config) (token, number string, err error) {
	if len(cfg.Categories) == 0 {
		return "", "", errors.New("no category of complaints is configured")
	}
	body, err := json.Marshal(map[string]string{
		"event_id": string(feedback.NewEventID()), "touchpoint": string(cfg.Touchpoints[0].ID), "channel": "phone",
		"category": cfg.Categories[0], "comment": "A sample complaint.", "submitted_at": time.Now().Format(time.RFC3339),
	})
	if err != nil {
		return "", "", err
	}
	var answer struct {
		Number string `json:"case_number"`
		Page   string `json:"status_url"`
	}
	if err := ask(ctx, o, "intake", "/v1/complaints", string(body), &answer); err != nil {
		return "", "", err
	}
	if answer.Number == "" || answer.Page == "" {
		return "", "", errors.New("the stack's answer names no case")
	}
	return path.Base(answer.Page), answer.Number, nil
}

// ask sends JSON to the interface with a token of a scope.
func ask(ctx context.Context, o *stack.Outputs, scope, at, body string, into any) error {
	jwt, err := o.Token(ctx, scope)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.PublicURL+at, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+jwt)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<16))
	if err != nil {
		return err
	}
	if res.StatusCode != http.StatusCreated || json.Unmarshal(b, into) != nil {
		return fmt.Errorf("the stack answered %s: %s", res.Status, b)
	}
	return nil
}

// newLink asks the stack for an invitation, to the card of a touchpoint that has
// one or to a rating, and returns its token.
func newLink(ctx context.Context, o *stack.Outputs, cfg *config.Config, card bool) (string, error) {
	at := &cfg.Touchpoints[0]
	for i := range cfg.Touchpoints {
		if card && cfg.Touchpoints[i].Card != "" {
			at = &cfg.Touchpoints[i]
			break
		}
	}
	var answer struct{ Token string }
	body := fmt.Sprintf(`{"touchpoint":%q,"channel":"sms_link","card":%t}`, at.ID, card && at.Card != "")
	if err := ask(ctx, o, "invite", "/v1/invitations", body, &answer); err != nil {
		return "", err
	}
	if answer.Token == "" {
		return "", errors.New("the stack's answer has no token")
	}
	return answer.Token, nil
}
