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
	Way       string // how the case is worked on; empty: nobody has yet
	Stars     int    // how the customer rates that; 0: not at all
}

// complainants is how the addresses of customers who complain begin.
const complainants = "demo-complainant-"

// ways are how cases are worked on, and how their customers rate that.
var ways = []struct {
	way   string
	stars int
}{{"apologised", 5}, {"partly", 4}, {"rejected", 2}, {"goodwill", 5}, {"apologised", 4}, {"reopened", 0}, {"rejected", 3}, {"goodwill", 5}, {"asked", 0}}

// formComplaints fills in the form at each touchpoint in turn, in each language;
// most are worked on, the last stays anonymous.
func (p *planner) formComplaints() (all []FormComplaint) {
	if len(p.cfg.Categories) == 0 {
		return nil
	}
	languages := p.cfg.Organisation.Languages
	for i := range formComplaints {
		c := FormComplaint{
			Place: &p.cfg.Touchpoints[i%len(p.cfg.Touchpoints)], Language: languages[i%len(languages)], Category: p.cfg.Categories[i*7%len(p.cfg.Categories)],
			Annoyance: 1 + p.rand.IntN(5), Twice: i == 1,
		}
		if i < len(ways) {
			c.Way, c.Stars = ways[i].way, ways[i].stars
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
		if c.Way == "" && c.Email != "" {
			s.statusPage = k.page
		}
	})
	if c.Way == "" {
		return nil
	}
	if err := p.work(ctx, cfg, c, k); err != nil {
		return fmt.Errorf("a case worked on (%s): %w", c.Way, err)
	}
	if c.Stars > 0 {
		p.note(func(s *Sent) { s.CasesClosed++ })
	}
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

// errMeant ends a case where the demo wants it to stand.
var errMeant = errors.New("as far as the case is taken")

// work takes a case from its acknowledgement as far as its way goes, as staff and
// customer do it together.
func (p *player) work(ctx context.Context, cfg *config.Config, c *FormComplaint, k opened) error {
	staff := func(name string, body map[string]any) func() error {
		return func() error { return p.client.work(ctx, k, name, body) }
	}
	customer := func(what string, more url.Values) func() error {
		return func() error { return p.client.act(ctx, k, what, more) }
	}
	until := func(way string) func() error {
		return func() error {
			if c.Way == way {
				return errMeant
			}
			return nil
		}
	}
	steps := append([]func() error{
		staff("assign", map[string]any{"owner": "desk-7"}),
		staff("assess", map[string]any{"severity": "high", "urgency": "normal", "text": "Ein Fall, kein Schaden. / One case, no damage."}),
		staff("investigate", nil),
		staff("ask", map[string]any{"text": "Wann war das ungefähr? / When was that, roughly?"}),
		until("asked"),
		customer(intake.DoReply, url.Values{"text": {"Am Montag gegen zehn Uhr. / On Monday, at about ten."}}),
	}, p.decision(cfg, c, staff)...)
	steps = append(steps, staff("resolve", map[string]any{"text": "So haben wir entschieden. / This is what we decided."}))
	if c.Way == "reopened" {
		steps = append(steps, customer(intake.DoReopen, url.Values{"text": {"Das löst es nicht. / This does not solve it."}}), until("reopened"))
	}
	steps = append(steps, customer(intake.DoAccept, nil), customer(intake.DoRate, url.Values{"stars": {strconv.Itoa(c.Stars)}}))
	for _, step := range steps {
		if err := step(); errors.Is(err, errMeant) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

// decision is what staff decide, say and promise.
func (p *player) decision(cfg *config.Config, c *FormComplaint, staff func(string, map[string]any) func() error) []func() error {
	cause := cfg.Complaints.RootCauses[len(c.Category)%len(cfg.Complaints.RootCauses)]
	decide := map[string]any{"outcome": "accepted", "text": "Sie haben recht. / You are right.", "root_cause": cause}
	apology := staff("apologise", nil)
	paid := func(kind string, cents int64) func() error {
		if needsApproval(cfg, c.Category, cents) { // nobody else is at the desk
			return staff("compensate", map[string]any{"type": "immaterial", "kind": "explanation"})
		}
		return staff("compensate", map[string]any{"type": "financial", "kind": kind, "cents": cents})
	}
	switch c.Way {
	case "partly":
		decide["outcome"], decide["text"] = "partly", "Zum Teil lag es an uns. / In part it was our fault."
		return []func() error{staff("decide", decide), paid("voucher", 1500), apology}
	case "goodwill":
		decide["outcome"], decide["text"] = "goodwill", "Aus Kulanz. / As a goodwill gesture."
		return []func() error{staff("decide", decide), paid("refund", 2490)}
	case "rejected", "reopened":
		decide["outcome"], decide["text"] = "rejected", "Die Ware war wie vereinbart. / The goods were as agreed."
		decide["reason"] = cfg.Complaints.RejectionReasons[0]
		return []func() error{staff("decide", decide)}
	}
	return []func() error{staff("decide", decide), staff("compensate", map[string]any{"type": "immaterial", "kind": "priority_service"}), apology}
}

// needsApproval reports whether another person would have to agree to an amount.
func needsApproval(cfg *config.Config, category string, cents int64) bool {
	for _, l := range cfg.Complaints.Limits {
		if category == l.Category || strings.HasPrefix(category, l.Category+".") {
			return cents > l.ApproveCents
		}
	}
	return cents > cfg.Complaints.ApproveCents
}

// maxCalled is how many customers staff call back.
const maxCalled = 6

// callBack sees and ends some of the open callbacks, as staff do.
func (p *player) callBack(ctx context.Context, keys map[feedback.ResponseKey]int) error {
	body, err := p.client.get(ctx, p.client.base+"/v1/cases?family=callback&limit=50", p.client.jwt)
	if err != nil {
		return fmt.Errorf("listing callbacks: %w", err)
	}
	var list struct {
		Cases []struct {
			Number      casefile.Number      `json:"number"`
			ResponseKey feedback.ResponseKey `json:"response_key"`
		} `json:"cases"`
	}
	if err := json.Unmarshal(body, &list); err != nil {
		return fmt.Errorf("listing callbacks: %w", err)
	}
	bodies := map[string]map[string]any{"assign": {"owner": "desk-7"}, "close": {"text": "Zurückgerufen. / Called back."}}
	called := 0
	for _, c := range list.Cases {
		if called == maxCalled {
			break
		}
		if keys[c.ResponseKey] == 0 {
			continue // of an earlier play
		}
		for _, command := range []string{"assign", "close"} {
			if err := p.client.work(ctx, opened{number: c.Number}, command, bodies[command]); err != nil {
				return err
			}
		}
		called++
	}
	p.note(func(s *Sent) { s.CalledBack = called })
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
