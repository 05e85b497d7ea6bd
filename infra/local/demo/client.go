package demo

import (
	"bytes"
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

	"resonanz/shared/feedback"
)

// client speaks to the public endpoints as browsers, scanners, the CRM and
// devices do.
type client struct {
	base   string // the address of the API
	public string // what links begin with
	jwt    string
	http   *http.Client
}

func newClient(base, public, jwt string) *client {
	return &client{base: base, public: public, jwt: jwt, http: &http.Client{
		Timeout:       60 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: workers},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is a status with its body.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (c *client) do(ctx context.Context, method, address, bearer, contentType string, body []byte) (*answer, error) {
	header := http.Header{}
	if contentType != "" {
		header.Set("Content-Type", contentType)
	}
	if bearer != "" {
		header.Set("Authorization", "Bearer "+bearer)
	}
	return c.request(ctx, method, address, body, header)
}

// request is do with any header.
func (c *client) request(ctx context.Context, method, address string, body []byte, header http.Header) (*answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = header
	res, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	return &answer{res.StatusCode, res.Header, b}, nil
}

// get is do with GET, for an address that must answer 200.
func (c *client) get(ctx context.Context, address, bearer string) ([]byte, error) {
	a, err := c.do(ctx, http.MethodGet, address, bearer, "", nil)
	if err != nil {
		return nil, err
	}
	if a.status != http.StatusOK {
		return nil, a.unexpected("GET " + withoutToken(address))
	}
	return a.body, nil
}

func (a *answer) unexpected(what string) error {
	return fmt.Errorf("%s answers %d: %.300s", what, a.status, a.body)
}

// withoutToken keeps links out of messages.
func withoutToken(address string) string {
	for _, kind := range []string{"/r/", "/u/", "/k/"} {
		if before, _, ok := strings.Cut(address, kind); ok {
			return before + kind + "…"
		}
	}
	return address
}

// issued is the part of an invitation's answer that is used.
type issued struct {
	URL         string               `json:"url"`
	EventID     feedback.EventID     `json:"event_id"`
	ResponseKey feedback.ResponseKey `json:"response_key"`
}

func (c *client) invite(ctx context.Context, in Invite) (*issued, error) {
	body, err := json.Marshal(in)
	if err != nil {
		return nil, err
	}
	a, err := c.do(ctx, http.MethodPost, c.base+"/v1/invitations", c.jwt, "application/json", body)
	if err != nil {
		return nil, fmt.Errorf("inviting: %w", err)
	}
	if a.status != http.StatusCreated {
		return nil, a.unexpected("POST /v1/invitations")
	}
	out := new(issued)
	if err := json.Unmarshal(a.body, out); err != nil {
		return nil, fmt.Errorf("inviting: %w", err)
	}
	if !strings.HasPrefix(out.URL, c.public+"/r/") {
		return nil, fmt.Errorf("inviting: the link does not begin with %s/r/", c.public)
	}
	return out, nil
}

// tell tells of a contact of a customer who was asked too lately: the contact is
// recorded, and nobody asked.
func (c *client) tell(ctx context.Context, in Invite) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	a, err := c.do(ctx, http.MethodPost, c.base+"/v1/invitations", c.jwt, "application/json", body)
	if err != nil {
		return fmt.Errorf("telling of a contact: %w", err)
	}
	if a.status != http.StatusConflict || !bytes.Contains(a.body, []byte("fatigue_limit")) {
		return a.unexpected("POST /v1/invitations of a customer asked lately")
	}
	return nil
}

// scan opens every star of a link by GET and HEAD, as a mail scanner does.
func (c *client) scan(ctx context.Context, link string, least, greatest int) error {
	for stars := least; stars <= greatest; stars++ {
		for _, method := range []string{http.MethodHead, http.MethodGet} {
			a, err := c.do(ctx, method, link+"?s="+strconv.Itoa(stars), "", "", nil)
			if err != nil {
				return fmt.Errorf("scanning: %w", err)
			}
			if a.status != http.StatusOK {
				return a.unexpected(method + " of a rating page")
			}
		}
	}
	return nil
}

// open loads the rating page with a star preselected and returns its nonce.
func (c *client) open(ctx context.Context, link string, stars int) (nonce string, err error) {
	page, err := c.get(ctx, link+"?s="+strconv.Itoa(stars), "")
	if err != nil {
		return "", fmt.Errorf("opening a rating page: %w", err)
	}
	if nonce = nonceOf(string(page)); nonce == "" {
		return "", errors.New("opening a rating page: it has no nonce")
	}
	return nonce, nil
}

var (
	inputTag  = regexp.MustCompile(`(?i)<input\b[^>]*>`)
	nonceName = regexp.MustCompile(`(?i)\bname="?nonce"?[\s/>]`)
	valueAttr = regexp.MustCompile(`(?i)\bvalue="?([^"\s>]*)`)
)

// nonceOf finds the hidden field of the form.
func nonceOf(page string) string {
	for _, tag := range inputTag.FindAllString(page, -1) {
		if nonceName.MatchString(tag) {
			if m := valueAttr.FindStringSubmatch(tag); m != nil {
				return html.UnescapeString(m[1])
			}
		}
	}
	return ""
}

// vote sends the form and follows to the thank-you page.
func (c *client) vote(ctx context.Context, link, nonce string, v Vote) error {
	form := url.Values{"stars": {strconv.Itoa(v.Stars)}, "nonce": {nonce}, "comment": {v.Comment}, "suggestion": {v.Suggestion}, "contact": {v.Contact}}
	if v.Contact != "" {
		form.Set("callback", "1")
	}
	for name, said := range map[string]string{"reason": v.Reason, "fcr": v.FCR, "nps": v.NPS, "ces": v.CES} {
		if said != "" {
			form.Set(name, said)
		}
	}
	return c.submit(ctx, link, form)
}

// submit sends the form of a page and follows to the thank-you page.
func (c *client) submit(ctx context.Context, page string, form url.Values) error {
	a, err := c.do(ctx, http.MethodPost, page, "", "application/x-www-form-urlencoded", []byte(form.Encode()))
	if err != nil {
		return fmt.Errorf("sending a form: %w", err)
	}
	if a.status != http.StatusSeeOther {
		return a.unexpected("POST of a form")
	}
	next, err := url.Parse(page)
	if err != nil {
		return fmt.Errorf("sending a form: %w", err)
	}
	if next, err = next.Parse(a.header.Get("Location")); err != nil {
		return fmt.Errorf("sending a form: %w", err)
	}
	if _, err := c.get(ctx, next.String(), ""); err != nil {
		return fmt.Errorf("opening the thank-you page: %w", err)
	}
	return nil
}

// result is what became of one event of a batch.
type result struct {
	EventID     feedback.EventID     `json:"event_id"`
	ResponseKey feedback.ResponseKey `json:"response_key"`
	Status      string               `json:"status"`
}

// batch sends events of devices or cards, by a device's key or a token.
func batch[E any](ctx context.Context, c *client, key string, events []E) ([]result, error) {
	body, err := json.Marshal(map[string]any{"events": events})
	if err != nil {
		return nil, err
	}
	a, err := c.do(ctx, http.MethodPost, c.base+"/v1/batch", key, "application/json", body)
	if err != nil {
		return nil, fmt.Errorf("sending a batch: %w", err)
	}
	if a.status != http.StatusOK {
		return nil, a.unexpected("POST /v1/batch")
	}
	var out struct {
		Results []result `json:"results"`
	}
	if err := json.Unmarshal(a.body, &out); err != nil {
		return nil, fmt.Errorf("sending a batch: %w", err)
	}
	if len(out.Results) != len(events) {
		return nil, fmt.Errorf("sending a batch: %d results for %d events", len(out.Results), len(events))
	}
	return out.Results, nil
}

// report asks for a report to be made now: period, and "?group=" where it is of
// one. Given is what the organisation knows besides.
func (c *client) report(ctx context.Context, period string, given any) error {
	body, err := json.Marshal(given)
	if err != nil {
		return err
	}
	a, err := c.do(ctx, http.MethodPost, c.base+"/v1/reports/"+period, c.jwt, "application/json", body)
	if err != nil {
		return fmt.Errorf("making the report: %w", err)
	}
	if a.status < 200 || a.status > 299 {
		return a.unexpected("POST /v1/reports/" + period)
	}
	return nil
}
