package main

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
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"resonanz/infra/local/emulator"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// patience is how long whoever uses the stack goes on trying: longer than any
// sequence of faults lasts.
const patience = 150 * time.Second

// journey is somebody who uses the stack and tries again where something went
// wrong, as people, browsers and devices do. The first error ends it: what
// follows does nothing.
type journey struct {
	*rig
	ctx  context.Context //nolint:containedctx // that of the journey
	name string
	err  error
	owed *owed
}

// owed is what was accepted, so what must have become of it.
type owed struct {
	mu         sync.Mutex
	responses  map[feedback.ResponseKey]map[feedback.Kind]int // events stored of a response: exactly these
	events     map[feedback.EventID]bool                      // events of devices and systems
	marks      map[string]bool                                // words that exactly one entry of the ledger holds
	complaints map[casefile.Number]string                     // address of the customer of a case
	callbacks  map[casefile.Number]bool                       // cases that must be there
	invited    map[string]int                                 // mails of invitations and reminders, by address
	optedOut   map[string]bool                                // addresses that want no more
	gone       map[string]bool                                // what must stand nowhere any more
	askedAt    map[feedback.ResponseKey]string                // address that a response was asked for at
	files      map[casefile.Number]int                        // files that were let through
	aged       map[casefile.Number]bool                       // cases whose times were moved into the past
}

func newOwed() *owed {
	return &owed{
		responses: make(map[feedback.ResponseKey]map[feedback.Kind]int), events: make(map[feedback.EventID]bool), marks: make(map[string]bool),
		complaints: make(map[casefile.Number]string), callbacks: make(map[casefile.Number]bool), invited: make(map[string]int), optedOut: make(map[string]bool), gone: make(map[string]bool), askedAt: make(map[feedback.ResponseKey]string),
		files: make(map[casefile.Number]int), aged: make(map[casefile.Number]bool),
	}
}

// owe notes what must have become of something that was accepted.
func (j *journey) owe(note func(*owed)) {
	if j.err != nil {
		return
	}
	j.owed.mu.Lock()
	defer j.owed.mu.Unlock()
	note(j.owed)
}

// answer is what an HTTP request came back with.
type answer struct {
	status int
	header http.Header
	body   string
}

var browser = &http.Client{
	Timeout:       35 * time.Second,
	Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func send(ctx context.Context, method, address, body string, header ...string) (a answer, err error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return a, err
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := browser.Do(req)
	if err != nil {
		return a, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return answer{res.StatusCode, res.Header, string(b)}, err
}

// ask sends a request, and the very same again while the answer is lost or says
// that something went wrong, until it has one of the statuses.
func (j *journey) ask(want []int, method, address, body string, header ...string) answer {
	if j.err != nil {
		return answer{}
	}
	if !strings.HasPrefix(address, "http") {
		address = j.PublicURL + address
	}
	var a answer
	j.until(method+" "+general(strings.TrimPrefix(address, j.PublicURL)), func() (bool, error) {
		var err error
		a, err = send(j.ctx, method, address, body, header...)
		if err != nil || a.status >= http.StatusInternalServerError || a.status == http.StatusTooManyRequests {
			return false, errors.Join(err, fmt.Errorf("status %d %.200s", a.status, a.body))
		}
		for _, s := range want {
			if a.status == s {
				return true, nil
			}
		}
		return true, fmt.Errorf("%d, want %v: %.300s", a.status, want, a.body)
	})
	return a
}

// until tries until it is done; an error of what is done ends the journey, of what
// is not it says what is missing.
func (j *journey) until(what string, try func() (done bool, err error)) {
	if j.err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(j.ctx, patience)
	defer cancel()
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		done, err := try()
		if done {
			if err != nil {
				j.err = fmt.Errorf("%s: %s: %w", j.name, what, err)
			}
			return
		}
		select {
		case <-ctx.Done():
			j.err = fmt.Errorf("%s: %s: not within %s: %w", j.name, what, patience, err)
			return
		case <-tick.C:
		}
	}
}

func (j *journey) token(scopes ...string) string {
	var jwt string
	j.until("a token", func() (done bool, err error) {
		jwt, err = j.Token(j.ctx, scopes...)
		return err == nil, err
	})
	return "Bearer " + jwt
}

func (j *journey) json(v any) string {
	b, err := json.Marshal(v)
	if err != nil && j.err == nil {
		j.err = err
	}
	return string(b)
}

func (j *journey) read(a answer, into any) {
	if j.err == nil {
		if err := json.Unmarshal([]byte(a.body), into); err != nil {
			j.err = fmt.Errorf("%s: no JSON: %w", j.name, err)
		}
	}
}

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

var (
	nonceField = regexp.MustCompile(`name="nonce"[^>]*value="([^"]+)"`)
	caseNumber = regexp.MustCompile(`\b\d{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b`)
)

// open gets a page with a form and returns its nonce.
func (j *journey) open(address string) string {
	a := j.ask([]int{http.StatusOK}, http.MethodGet, address, "", "Accept", "text/html")
	m := nonceField.FindStringSubmatch(a.body)
	if m == nil {
		if j.err == nil {
			j.err = fmt.Errorf("%s: a page without a nonce: %.300s", j.name, a.body)
		}
		return ""
	}
	return html.UnescapeString(m[1])
}

// submit opens a page, fills in its form and presses the button until it is taken.
// It returns where that leads.
func (j *journey) submit(address string, form url.Values) string {
	page, _, _ := strings.Cut(address, "?")
	form.Set("nonce", j.open(address))
	a := j.ask([]int{http.StatusSeeOther}, http.MethodPost, page, form.Encode(), "Content-Type", formType, "Accept", "text/html")
	if j.err != nil {
		return ""
	}
	base, err := url.Parse(page)
	if err == nil {
		base, err = base.Parse(a.header.Get("Location"))
	}
	if err != nil {
		j.err = err
		return ""
	}
	return base.String()
}

// customer is somebody whom nobody else knows.
type customer struct{ key, address string }

func newCustomer() customer {
	id := uuid.NewString()
	return customer{"chaos-" + id, "chaos-" + id + "@example.com"}
}

type invitation struct {
	EventID     feedback.EventID     `json:"event_id"`
	URL         string               `json:"url"`
	Token       string               `json:"token"`
	ResponseKey feedback.ResponseKey `json:"response_key"`
}

// invite asks for a link, by mail where there is a customer.
func (j *journey) invite(c *customer) (i invitation) {
	body := map[string]any{"event_id": uuid.NewString(), "touchpoint": "hotline", "channel": "email_link", "language": "de"}
	if c != nil {
		body["customer_key"], body["consent"], body["send"], body["email"] = c.key, "contract", true, c.address
	}
	a := j.ask([]int{http.StatusCreated, http.StatusOK}, http.MethodPost, "/v1/invitations", j.json(body),
		"Authorization", j.token("invite"), "Content-Type", jsonType)
	j.read(a, &i)
	j.owe(func(o *owed) {
		o.responses[i.ResponseKey] = map[feedback.Kind]int{feedback.KindInvitation: 1}
		if c != nil {
			o.invited[c.address]++
			o.askedAt[i.ResponseKey] = c.address
		}
	})
	return i
}

// vote rates by the link and notes it.
func (j *journey) vote(i invitation, form url.Values) {
	j.submit(i.URL, form)
	j.owe(func(o *owed) { o.responses[i.ResponseKey][feedback.KindRating]++ })
}

// mailsTo are the mails to an address.
func (j *journey) mailsTo(address string) ([]emulator.Mail, error) {
	all, err := j.Mails(j.ctx)
	if err != nil {
		return nil, err
	}
	var found []emulator.Mail
	for i := range all {
		if strings.Contains(strings.Join(all[i].To, ","), address) {
			found = append(found, all[i])
		}
	}
	return found, nil
}

// mailed waits until n mails have gone to an address.
func (j *journey) mailed(address string, n int) {
	j.until(fmt.Sprintf("%d mails to a customer", n), func() (bool, error) {
		found, err := j.mailsTo(address)
		if err == nil && len(found) < n {
			err = fmt.Errorf("%d mails", len(found))
		}
		return err == nil, err
	})
}

// call has a function run, as its schedule would and again as the next would.
func (j *journey) call(fn, payload string) {
	j.until("run of "+fn, func() (bool, error) {
		_, err := j.Invoke(j.ctx, fn, []byte(payload))
		return err == nil, err
	})
}

// upload sends a file by the form of a status page.
func (j *journey) upload(page, name string, content []byte) {
	a := j.ask([]int{http.StatusOK}, http.MethodGet, page, "", "Accept", "text/html")
	form := uploadForm.FindString(a.body)
	action := actionField.FindStringSubmatch(form)
	if action == nil {
		if j.err == nil {
			j.err = fmt.Errorf("%s: the status page takes no file", j.name)
		}
		return
	}
	var body bytes.Buffer
	kind := writeForm(&body, hiddenField.FindAllStringSubmatch(form, -1), name, content)
	j.ask([]int{http.StatusSeeOther, http.StatusNoContent, http.StatusCreated}, http.MethodPost, html.UnescapeString(action[1]), body.String(), "Content-Type", kind)
}
