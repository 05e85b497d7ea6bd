// Package demo plays a month of plainly synthetic customers through the public
// endpoints of a deployed stack, waits until everything has gone its way, and
// counts what arrived where.
package demo

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// Sizes of the play. A few hundred customers: the emulator starts processes
// for what runs at the same time, and a newcomer waits.
const (
	customers    = 260
	tapsOfDevice = 90 // at most; early in a month fewer fit
	batchSize    = 30
	slot         = 15 * time.Second // taps of one device are at least this far apart, but for the planned ones
)

// Plan is what all customers and devices will do: a pure function of the
// configuration, the time and the seed.
type Plan struct {
	Period         period.Period
	Customers      []Customer
	Devices        []DeviceLoad
	Mailed         []Mailed
	Visits         []CardVisit
	Paper          []PaperCard
	Complaints     []Complaint
	FormComplaints []FormComplaint
	Measures       []Measure
	Past           []PastMonth
}

// Customer is one contact by link.
type Customer struct {
	Invite  Invite
	Scanned bool // a mail scanner opens every star of the link; the customer does not vote
	Opened  bool // the page is opened without a vote
	Votes   []Vote
	Twice   bool // the first vote is sent by a double click
	Place   *config.Touchpoint
	Again   *Invite // the same customer comes again about the same topic, too soon to be asked
}

// Invite is the body of POST /v1/invitations.
type Invite struct {
	EventID     feedback.EventID    `json:"event_id"`
	Touchpoint  feedback.Touchpoint `json:"touchpoint"`
	Channel     feedback.Channel    `json:"channel"`
	Language    feedback.Language   `json:"language"`
	Segment     string              `json:"segment,omitempty"`
	CustomerKey string              `json:"customer_key,omitempty"`
	Consent     feedback.Consent    `json:"consent,omitempty"`
	Send        bool                `json:"send,omitempty"`
	Email       string              `json:"email,omitempty"`

	Topic     string `json:"topic,omitempty"`
	ContactAt string `json:"contact_at,omitempty"`
	Resolved  *bool  `json:"resolved,omitempty"`
	Beyond    bool   `json:"beyond_first_level,omitempty"`
}

// Vote is what a customer chooses and types on the page.
type Vote struct {
	Stars      int
	Comment    string
	Suggestion string
	Contact    string // set: wishes to be called back
	Reason     string
	FCR        string // yes or no; empty: no answer, like the next two
	NPS, CES   string
}

// DeviceLoad is what one device sends.
type DeviceLoad struct {
	Device  feedback.Device
	Batches []Batch
}

// Batch is one body of POST /v1/batch.
type Batch struct {
	Events []Event
	Resend bool // the answer got lost on the way: the device sends all of it again
	Again  int  // events that occur twice within the batch
	Bad    int  // events that must be refused
}

// Event is one event of a device as JSON. Rating is of any type: some are wrong.
type Event struct {
	EventID           feedback.EventID    `json:"event_id"`
	Touchpoint        feedback.Touchpoint `json:"touchpoint"`
	Channel           feedback.Channel    `json:"channel"`
	Scale             feedback.Scale      `json:"scale"`
	Rating            any                 `json:"rating"`
	SubmittedAt       string              `json:"submitted_at"`
	Comment           string              `json:"comment,omitempty"`
	CallbackRequested bool                `json:"callback_requested,omitempty"`
	CallbackContact   string              `json:"callback_contact,omitempty"`
	Expectation       int                 `json:"expectation,omitempty"`

	expect kind
}

// kind says what an event of a plan is there for.
type kind int

const (
	plain     kind = iota
	debounced      // stored, but left out of figures: a tap too soon after another
	skewed         // stored, placed by its arrival
	bad            // refused
)

// NewPlan makes the plan for the month of now. Runs with another salt on the
// same stack do not repeat each other's events.
func NewPlan(cfg *config.Config, now time.Time, seed uint64, salt string) Plan {
	p := planner{cfg: cfg, now: now, salt: salt, rand: rand.New(rand.NewPCG(seed, seed))}
	plan := Plan{Period: period.Of(now, cfg.Zone())}
	for i := range customers {
		plan.Customers = append(plan.Customers, p.customer(i))
	}
	start, _ := plan.Period.Bounds(cfg.Zone())
	for i := range cfg.Devices {
		if d := &cfg.Devices[i]; !d.Revoked {
			plan.Devices = append(plan.Devices, p.device(d, start))
		}
	}
	if cfg.Notify.MailFrom != "" {
		for i := range mailed {
			plan.Mailed = append(plan.Mailed, p.mailed(i))
		}
	}
	plan.Visits = p.visits()
	plan.Paper = p.paper(start)
	plan.Complaints = p.complaints()
	plan.FormComplaints = p.formComplaints()
	plan.Measures = p.measures()
	plan.Past = p.past(plan.Period)
	return plan
}

type planner struct {
	cfg  *config.Config
	now  time.Time
	salt string
	rand *rand.Rand
}

func (p *planner) id(parts ...string) feedback.EventID {
	return feedback.DeriveEventID(append([]string{"demo", p.salt}, parts...)...)
}

// chance is true in percent of a hundred cases.
func (p *planner) chance(percent int) bool { return p.rand.IntN(100) < percent }

func pick[T any](p *planner, from []T) T { return from[p.rand.IntN(len(from))] }

func (p *planner) customer(i int) Customer {
	tp := &p.cfg.Touchpoints[i%len(p.cfg.Touchpoints)]
	c := Customer{
		Place: tp,
		Invite: Invite{
			EventID:    p.id("invitation", strconv.Itoa(i)),
			Touchpoint: tp.ID,
			Channel:    pick(p, []feedback.Channel{feedback.EmailLink, feedback.EmailLink, feedback.SMSLink, feedback.ChatLink}),
			Language:   pick(p, p.cfg.Organisation.Languages),
			Segment:    pick(p, []string{"", "A", "B", "C"}),
		},
	}
	if p.chance(60) {
		c.Invite.CustomerKey = "demo-" + string(p.id("customer", strconv.Itoa(i)))[:8]
	}
	p.contact(&c, i)
	switch n := p.rand.IntN(100); {
	case n < 12: // a scanner, no customer
		c.Scanned = true
	case n < 22: // looked, did not vote
		c.Opened = true
	case n < 32: // never came
	default:
		c.Votes = append(c.Votes, p.vote(tp, c.Invite.Language))
		c.Twice = p.chance(12)
		if p.chance(10) {
			c.Votes = append(c.Votes, p.other(tp, c.Invite.Language, c.Votes[0].Stars))
		}
	}
	return c
}

// vote leans to the better end, differently by touchpoint.
func (p *planner) vote(tp *config.Touchpoint, l feedback.Language) Vote {
	v := Vote{Stars: p.stars(tp)}
	low := isLow(tp.Scale, v.Stars)
	switch {
	case low && p.chance(60):
		v.Comment = p.words(dissatisfied, l)
	case p.chance(15):
		v.Comment = p.words(praise, l)
	}
	if p.chance(8) {
		v.Suggestion = p.words(suggestions, l)
	}
	p.followUps(tp, &v)
	if low && p.chance(40) || p.chance(3) {
		v.Contact = fmt.Sprintf("demo%04d@example.com", p.rand.IntN(10000))
	}
	return v
}

// other is a vote for another number of stars.
func (p *planner) other(tp *config.Touchpoint, l feedback.Language, not int) Vote {
	for {
		if v := p.vote(tp, l); v.Stars != not {
			return v
		}
	}
}

// stars draws a rating: mostly from the upper part of the scale, sometimes from
// its middle, sometimes from its lower end.
func (p *planner) stars(tp *config.Touchpoint) int {
	least, greatest := tp.Scale.Bounds()
	upper := 68 + 7*(len(tp.ID)%3) // percent; touchpoints differ
	end := (greatest-least)/4 + 1  // ratings at either end: 2 of 5, 3 of 10
	switch n := p.rand.IntN(100); {
	case n < upper:
		return greatest - min(p.rand.IntN(end), p.rand.IntN(end))
	case n < upper+(100-upper)/2:
		return least + end + p.rand.IntN(greatest-least+1-2*end)
	default:
		return least + p.rand.IntN(end)
	}
}

// words are a customer's own, in English where none are at hand.
func (p *planner) words(some map[feedback.Language][]string, l feedback.Language) string {
	if len(some[l]) == 0 {
		l = "en"
	}
	return pick(p, some[l])
}

// isLow is the escalation threshold of feedback.yaml's defaults written out a
// second time, on purpose: two stars of five, three of ten.
func isLow(s feedback.Scale, stars int) bool {
	if s == feedback.CSAT10 {
		return stars <= 3
	}
	return stars <= 2
}

// isFair is the threshold for valued customers, likewise: three stars of five,
// five of ten.
func isFair(s feedback.Scale, stars int) bool {
	if s == feedback.CSAT10 {
		return stars <= 5
	}
	return stars <= 3
}

var (
	dissatisfied = map[feedback.Language][]string{
		"de": {"Ich habe sehr lange gewartet.", "Mein Anliegen wurde nicht gelöst.", "Der Ton war unfreundlich."},
		"en": {"I waited for a very long time.", "My problem was not solved.", "The tone was unfriendly."},
		"fr": {"J'ai attendu très longtemps.", "Mon problème n'a pas été résolu."},
		"it": {"Ho aspettato molto a lungo.", "Il mio problema non è stato risolto."},
	}
	praise = map[feedback.Language][]string{
		"de": {"Schnell und freundlich!", "Alles bestens.", "Sehr kompetent – danke 🙂"},
		"en": {"Quick and friendly!", "All went well.", "Very competent – thank you 🙂"},
		"fr": {"Rapide et aimable !", "Très compétent – merci 🙂"},
		"it": {"Veloce e cortese!", "Molto competente – grazie 🙂"},
	}
	suggestions = map[feedback.Language][]string{
		"de": {"Bitte auch samstags öffnen.", "Ein Rückruf zum Wunschtermin wäre schön."},
		"en": {"Please open on Saturdays, too.", "Calling back at a chosen time would be nice."},
		"fr": {"Ouvrez aussi le samedi, s'il vous plaît."},
		"it": {"Aprite anche il sabato, per favore."},
	}
)
