package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// scope is all that the token permits.
const scope = "resonanz/canary"

// spare is how long before its end a token is no longer used.
const spare = 5 * time.Minute

// tokens asks for access tokens by client credentials, each as long as it is valid:
// every one costs.
type tokens struct {
	client  *http.Client
	url, id string
	secret  func(context.Context) (string, error)
	now     func() time.Time

	token string
	until time.Time
}

// get is the token, a new one where there is none or its time is up.
func (t *tokens) get(ctx context.Context) (string, error) {
	if t.token != "" && t.now().Before(t.until) {
		return t.token, nil
	}
	secret, err := t.secret(ctx)
	if err != nil {
		return "", err
	}
	form := url.Values{"grant_type": {"client_credentials"}, "scope": {scope}}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, t.url, strings.NewReader(form.Encode()))
	if err != nil {
		return "", errors.New("asking for a token: TOKEN_URL is no address")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(url.QueryEscape(t.id), url.QueryEscape(secret))
	status, body, _, err := send(t.client, req)
	if err != nil {
		return "", fmt.Errorf("asking for a token: %w", err)
	}
	if status != http.StatusOK {
		return "", fmt.Errorf("asking for a token: %w", statusError(status))
	}
	var answer struct {
		Token   string `json:"access_token"`
		Seconds int64  `json:"expires_in"`
	}
	if err := json.Unmarshal([]byte(body), &answer); err != nil || answer.Token == "" {
		return "", errors.New("asking for a token: the answer holds none")
	}
	t.token, t.until = answer.Token, t.now().Add(time.Duration(answer.Seconds)*time.Second-spare)
	return t.token, nil
}

// forget makes the next get ask anew.
func (t *tokens) forget() { t.token = "" }
