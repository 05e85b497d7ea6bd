package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
)

// FormComplaint is one customer who fills in the form of a touchpoint.
type FormComplaint struct {
	Place     *config.Touchpoint
	Language  feedback.Language
	Category  string
	Comment   string
	Remedy    string
	Annoyance int
	Email     string // empty: anonymous
	Twice     bool   // presses the button twice
	Worked    bool   // the case is taken to its closure
}

// complainants is how the addresses of customers who complain begin.
const complainants = "demo-complainant-"

// formComplaints fills in the form at each touchpoint in turn, in each language;
// the first is worked on to its end, the last stays anonymous.
func (p *planner) formComplaints() (all []FormComplaint) {
	if len(p.cfg.Categories) == 0 {
		return nil
	}
	languages := p.cfg.Organisation.Languages
	for i := range formComplaints {
		c := FormComplaint{
			Place: &p.cfg.Touchpoints[i%len(p.cfg.Touchpoints)], Language: languages[i%len(languages)], Category: p.cfg.Categories[i*7%len(p.cfg.Categories)],
			Annoyance: 3 + p.rand.IntN(3), Twice: i == 1, Worked: i == 0,
		}
		c.Comment, c.Remedy = p.words(dissatisfied, c.Language), p.words(suggestions, c.Language)
		if i < formComplaints-1 {
			c.Email = complainants + string(p.id("complainant", strconv.Itoa(i)))[:8] + "@example.com"
		}
		all = append(all, c)
	}
	return all
}

// opened is a complaint that was taken: its case, and the page where it stands.
type opened struct {
	number casefile.Number
	page   string
}

var caseNumber = regexp.MustCompile(`\b\d{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b`)

// complainByForm fills in the form and has the case worked on where that is planned.
func (p *player) complainByForm(ctx context.Context, cfg *config.Config, c *FormComplaint) error {
	address := p.client.public + "/complain/" + string(c.Place.ID)
	page, err := p.client.get(ctx, address+"?l="+string(c.Language), "")
	if err != nil {
		return fmt.Errorf("opening the complaint form: %w", err)
	}
	form := url.Values{
		"comment": {c.Comment}, "remedy": {c.Remedy}, "category": {c.Category}, "annoyance": {strconv.Itoa(c.Annoyance)},
		"email": {c.Email}, "l": {string(c.Language)}, "nonce": {nonceOf(string(page))},
	}
	times := 1
	if c.Twice {
		times = 2
	}
	var k opened
	for range times {
		if k, err = p.client.complain(ctx, address, form); err != nil {
			return err
		}
	}
	// The page says nothing about the event, whose id follows from what was typed.
	typed, _, err := intake.ParseComplaint(cfg, []byte(form.Encode()))
	if err != nil {
		return fmt.Errorf("complaining: %w", err)
	}
	key := intake.Complain(cfg, c.Place, &typed, c.Language, time.Now()).Rating.ResponseKey
	p.note(func(s *Sent) {
		s.FormComplaints++
		s.Accepted++
		s.DuplicatesSent += times - 1
		s.complained(key, k.number)
		if !c.Worked && c.Email != "" {
			s.statusPage = k.page
		}
	})
	if !c.Worked {
		return nil
	}
	if err := p.closeCase(ctx, cfg, k); err != nil {
		return err
	}
	p.note(func(s *Sent) { s.CasesClosed++ })
	return nil
}

// complained notes a complaint that was taken under a number.
func (s *Sent) complained(key feedback.ResponseKey, n casefile.Number) {
	s.keys[key]++
	s.expected.cases[string(key)+" complaint"] = true
	s.expected.numbers = append(s.expected.numbers, n)
}

// complain sends the form and reads the acknowledgement to which it leads.
func (c *client) complain(ctx context.Context, address string, form url.Values) (k opened, err error) {
	a, err := c.do(ctx, http.MethodPost, address, "", "application/x-www-form-urlencoded", []byte(form.Encode()))
	if err != nil {
		return k, fmt.Errorf("complaining: %w", err)
	}
	if a.status != http.StatusSeeOther {
		return k, a.unexpected("POST of the complaint form")
	}
	next, err := url.Parse(address)
	if err == nil {
		next, err = next.Parse(a.header.Get("Location"))
	}
	if err != nil {
		return k, fmt.Errorf("complaining: %w", err)
	}
	page, err := c.get(ctx, next.String(), "")
	if err != nil {
		return k, fmt.Errorf("opening the acknowledgement: %w", err)
	}
	k.number = casefile.Number(caseNumber.FindString(string(page)))
	k.page, _, _ = strings.Cut(next.String(), "?")
	if k.number == "" {
		return k, errors.New("complaining: the acknowledgement names no case")
	}
	return k, nil
}

// closeCase takes a case from its acknowledgement to its end, as staff and
// customer do it together.
func (p *player) closeCase(ctx context.Context, cfg *config.Config, k opened) error {
	staff := func(name string, body map[string]any) error { return p.client.work(ctx, k, name, body) }
	customer := func(what string, more url.Values) error { return p.client.act(ctx, k, what, more) }
	for _, step := range []func() error{
		func() error { return staff("assign", map[string]any{"owner": "desk-7"}) },
		func() error { return staff("assess", map[string]any{"severity": "medium", "urgency": "normal"}) },
		func() error { return staff("investigate", nil) },
		func() error {
			return staff("ask", map[string]any{"text": "Wann war das ungefähr? / When was that, roughly?"})
		},
		func() error {
			return customer(intake.DoReply, url.Values{"text": {"Am Montag gegen zehn Uhr. / On Monday, at about ten."}})
		},
		func() error {
			return staff("decide", map[string]any{"outcome": "accepted", "text": "Sie haben recht. / You are right.", "root_cause": cfg.Complaints.RootCauses[0]})
		},
		func() error {
			return staff("compensate", map[string]any{"type": "immaterial", "kind": "priority_service"})
		},
		func() error { return staff("apologise", nil) },
		func() error {
			return staff("resolve", map[string]any{"text": "Beim nächsten Mal kommen Sie sofort an die Reihe. / Next time it will be your turn at once."})
		},
		func() error { return customer(intake.DoAccept, nil) },
		func() error { return customer(intake.DoRate, url.Values{"stars": {"5"}}) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// work gives one command to the version that was just read.
func (c *client) work(ctx context.Context, k opened, name string, body map[string]any) error {
	address := c.base + "/v1/cases/" + string(k.number)
	read, err := c.do(ctx, http.MethodGet, address, c.jwt, "", nil)
	if err != nil {
		return fmt.Errorf("reading a case: %w", err)
	}
	if read.status != http.StatusOK {
		return read.unexpected("GET /v1/cases/{number}")
	}
	b, err := json.Marshal(body)
	if err != nil {
		return err
	}
	if body == nil {
		b = []byte("{}")
	}
	a, err := c.request(ctx, http.MethodPost, address+"/"+name, b, http.Header{
		"Authorization": {"Bearer " + c.jwt}, "Content-Type": {"application/json"}, "If-Match": {read.header.Get("ETag")},
	})
	if err != nil {
		return fmt.Errorf("working on a case: %w", err)
	}
	if a.status != http.StatusOK {
		return a.unexpected("POST /v1/cases/{number}/" + name)
	}
	return nil
}

// act does one thing on the status page.
func (c *client) act(ctx context.Context, k opened, what string, more url.Values) error {
	page, err := c.get(ctx, k.page, "")
	if err != nil {
		return fmt.Errorf("opening a status page: %w", err)
	}
	form := url.Values{"do": {what}, "nonce": {nonceOf(string(page))}}
	for name, v := range more {
		form[name] = v
	}
	a, err := c.do(ctx, http.MethodPost, k.page, "", "application/x-www-form-urlencoded", []byte(form.Encode()))
	if err != nil {
		return fmt.Errorf("on a status page: %w", err)
	}
	if a.status != http.StatusSeeOther {
		return a.unexpected("POST of a status page")
	}
	return nil
}
