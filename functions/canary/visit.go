package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// A visit waits as long for an answer as a patient customer, and reads no more of
// it than any of our pages has.
const (
	patience = 10 * time.Second
	longest  = 256 << 10
)

// visitor follows no redirect: where an answer sends to is looked at.
func visitor() *http.Client {
	return &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// statusError is an answer of another status than wanted.
type statusError int

func (e statusError) Error() string { return "answered with " + strconv.Itoa(int(e)) }

// send gets an answer. Its errors hold no address: that of a link is a secret.
func send(client *http.Client, req *http.Request) (status int, body, location string, err error) {
	res, err := client.Do(req)
	if err != nil {
		if at := new(url.Error); errors.As(err, &at) {
			err = at.Err
		}
		return 0, "", "", err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, longest))
	return res.StatusCode, string(b), res.Header.Get("Location"), err
}

// link is what the canary is issued.
type link struct {
	URL         string `json:"url"`
	ResponseKey string `json:"response_key"`
	fresh       bool   // it was issued now, not before
}

// issue asks for a link. The same event id is the same link.
func (h *handler) issue(ctx context.Context, token, event string) (*link, error) {
	body, err := json.Marshal(map[string]string{"event_id": event, "touchpoint": "canary", "channel": "chat_link"})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, h.public+"/v1/invitations", strings.NewReader(string(body)))
	if err != nil {
		return nil, errors.New("PUBLIC_URL is no address")
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+token)
	status, answer, _, err := send(h.client, req)
	if err != nil {
		return nil, err
	}
	if status != http.StatusCreated && status != http.StatusOK {
		return nil, statusError(status)
	}
	l := &link{fresh: status == http.StatusCreated}
	if err := json.Unmarshal([]byte(answer), l); err != nil || !strings.HasPrefix(l.URL, h.public+"/r/") || l.ResponseKey == "" {
		return nil, errors.New("the answer holds no link of this stack")
	}
	return l, nil
}

// open is the page of a link.
func (h *handler) open(ctx context.Context, address string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return "", errors.New("the link is no address")
	}
	req.Header.Set("Accept", "text/html")
	status, page, _, err := send(h.client, req)
	if err != nil {
		return "", err
	}
	if status != http.StatusOK {
		return "", statusError(status)
	}
	return page, nil
}

var nonce = regexp.MustCompile(`name="nonce" value="([^"]+)"`)

// stars is what the canary says, each time.
const stars = 5

// form is what the page of a link sends, as a customer fills it in.
func form(page string) (url.Values, error) {
	m := nonce.FindStringSubmatch(page)
	if m == nil || !strings.Contains(page, "<form") {
		return nil, errors.New("the page has no form to rate by")
	}
	return url.Values{"stars": {strconv.Itoa(stars)}, "nonce": {html.UnescapeString(m[1])}}, nil
}

// rate sends a form as a browser does, and wants to be sent on to the same link.
func (h *handler) rate(ctx context.Context, address string, values url.Values) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(values.Encode()))
	if err != nil {
		return errors.New("the link is no address")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if at, err := url.Parse(h.public); err == nil {
		req.Header.Set("Origin", at.Scheme+"://"+at.Host)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	status, _, location, err := send(h.client, req)
	if err != nil {
		return err
	}
	if status != http.StatusSeeOther {
		return statusError(status)
	}
	if !strings.Contains(location, "done=1") {
		return errors.New("a stored vote leads elsewhere")
	}
	return nil
}

// chosen reports whether a page shows the vote that was stored: without asking for a
// score in its address, only that one is chosen.
func chosen(page string) bool {
	return strings.Contains(page, fmt.Sprintf(`checked value="%d"`, stars))
}

// arrived is what the stack knows of a vote of the canary beyond the table.
type arrived struct {
	Votes  int `json:"votes"`
	Report struct {
		Responses int64    `json:"n"`
		Average   *float64 `json:"average"`
	} `json:"report"`
}

func (h *handler) look(ctx context.Context, token, key string) (*arrived, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.public+"/v1/canary/"+url.PathEscape(key), nil)
	if err != nil {
		return nil, errors.New("PUBLIC_URL is no address")
	}
	req.Header.Set("Authorization", "Bearer "+token)
	status, body, _, err := send(h.client, req)
	if err != nil {
		return nil, err
	}
	if status != http.StatusOK {
		return nil, statusError(status)
	}
	a := new(arrived)
	if err := json.Unmarshal([]byte(body), a); err != nil {
		return nil, errors.New("the answer is no JSON of ours")
	}
	return a, nil
}
