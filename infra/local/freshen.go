package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"

	"resonanz/infra/local/stack"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

// credentials are what only a running stack can give: its keys sign them.
type credentials struct {
	link      func(card bool) (token string, err error)              // of a new invitation, to a card or to a rating
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
	if old := request.PathParameters["token"]; old != "" {
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
	jwt, err := o.Token(ctx, "invite")
	if err != nil {
		return "", err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.PublicURL+"/v1/invitations",
		strings.NewReader(fmt.Sprintf(`{"touchpoint":%q,"channel":"sms_link","card":%t}`, at.ID, card && at.Card != "")))
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+jwt)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 1<<16))
	if err != nil {
		return "", err
	}
	var answer struct{ Token string }
	if err := json.Unmarshal(body, &answer); err != nil || answer.Token == "" {
		return "", fmt.Errorf("the stack answered %s: %s", res.Status, body)
	}
	return answer.Token, nil
}
