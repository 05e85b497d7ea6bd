package demo

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

// workers bounds the customers that act at the same time.
const workers = 16

// Sent counts what the play did and what it was answered.
type Sent struct {
	Invitations    int `json:"invitations"`       // links issued
	Scanned        int `json:"scanned_only"`      // links that only scanners opened
	Opened         int `json:"opened_only"`       // links opened and not voted on
	Votes          int `json:"votes"`             // votes by form, each accepted once
	VotesChanged   int `json:"votes_changed"`     // of those, a second vote on the same link with other stars
	FollowUps      int `json:"follow_ups"`        // of those, the same stars with what is asked afterwards
	DeviceEvents   int `json:"device_events"`     // accepted device events
	Beats          int `json:"beats"`             // signs of life of devices
	Repeated       int `json:"contacts_repeated"` // contacts told of whose customers were asked too lately
	CalledBack     int `json:"called_back"`       // customers that staff called back
	Past           int `json:"past_events"`       // device events of earlier months, beside Accepted
	GroupReports   int `json:"group_reports"`     // reports of groups, beside that of the whole
	Cards          int `json:"cards"`             // response cards by QR
	PaperCards     int `json:"paper_cards"`       // response cards on paper, keyed in
	Complaints     int `json:"complaints"`        // complaints by API
	FormComplaints int `json:"form_complaints"`   // complaints by form
	CasesClosed    int `json:"cases_closed"`      // of those, worked on to their end
	// Of the invitations:
	MailedInvitations int `json:"mailed_invitations"` // sent by us
	Bounced           int `json:"bounced"`            // of those, to a dead address
	Unsubscribed      int `json:"unsubscribed"`       // of those, answered by one click to end them
	DuplicatesSent    int `json:"duplicates_sent"`    // double clicks, repeats within a batch, batches sent again
	Rejected          int `json:"rejected"`           // bad events refused by name
	Accepted          int `json:"accepted"`           // distinct events accepted: invitations, votes, cards, complaints, device events, bounces

	statusPage string                       // of a complaint that is open
	past       map[[16]byte]bool            // events of earlier months
	keys       map[feedback.ResponseKey]int // distinct events accepted, by response
	expected   expectation
}

// expectation is what the plan says must come of what was accepted.
type expectation struct {
	responses int // counted in the report
	assisted  int // keyed in by staff: counted apart
	debounced int
	skewed    int
	cases     map[string]bool   // response key + family
	numbers   []casefile.Number // of the complaints
}

// player plays a plan.
type player struct {
	client *client
	keys   map[feedback.Device]string
	zone   *time.Location

	mu   sync.Mutex
	sent Sent
}

func (p *player) play(ctx context.Context, plan Plan, o *Options) error {
	p.sent.keys = make(map[feedback.ResponseKey]int)
	p.sent.past = make(map[[16]byte]bool)
	p.sent.expected.cases = make(map[string]bool)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	group.Go(func() error { return p.mailed(ctx, o.Outputs, o.Config.Notify.MailFrom, plan.Mailed) })
	group.Go(func() error { return p.keyIn(ctx, o.Config, plan.Paper) })
	for _, d := range plan.Devices {
		group.Go(func() error { return p.device(ctx, d) })
	}
	group.Go(func() error { return p.remember(ctx, plan.Past) })
	for i := range plan.Measures {
		group.Go(func() error { return p.take(ctx, &plan.Measures[i]) })
	}
	for i := range plan.Customers {
		group.Go(func() error { return p.customer(ctx, &plan.Customers[i]) })
	}
	for i := range plan.Visits {
		group.Go(func() error { return p.visit(ctx, o.Config, &plan.Visits[i]) })
	}
	for i := range plan.FormComplaints {
		group.Go(func() error { return p.complainByForm(ctx, o.Config, &plan.FormComplaints[i]) })
	}
	for i := range plan.Complaints {
		group.Go(func() error { return p.complain(ctx, &plan.Complaints[i]) })
	}
	return group.Wait()
}

// note changes the counts.
func (p *player) note(change func(s *Sent)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change(&p.sent)
}

func (p *player) customer(ctx context.Context, c *Customer) error {
	link, err := p.invite(ctx, c.Invite)
	if err != nil {
		return err
	}
	if c.Again != nil {
		if err := p.again(ctx, c); err != nil {
			return err
		}
	}
	switch {
	case c.Scanned:
		least, greatest := c.Place.Scale.Bounds()
		if err := p.client.scan(ctx, link.URL, least, greatest); err != nil {
			return err
		}
		p.note(func(s *Sent) { s.Scanned++ })
	case c.Opened:
		if _, err := p.client.open(ctx, link.URL, 4); err != nil {
			return err
		}
		p.note(func(s *Sent) { s.Opened++ })
	}
	for i, v := range c.Votes {
		if err := p.vote(ctx, link, v, i == 0 && c.Twice); err != nil {
			return err
		}
		p.voted(c.Place, link.ResponseKey, v, i > 0, false)
		if c.Invite.Segment == "A" && isFair(c.Place.Scale, v.Stars) {
			p.note(func(s *Sent) { s.expected.cases[string(link.ResponseKey)+" attention"] = true })
		}
	}
	return nil
}

// invite issues one link and counts it.
func (p *player) invite(ctx context.Context, in Invite) (*issued, error) {
	link, err := p.client.invite(ctx, in)
	if err != nil {
		return nil, err
	}
	p.note(func(s *Sent) {
		s.Invitations++
		s.Accepted++
		s.keys[link.ResponseKey]++
	})
	return link, nil
}

// again tells of another contact; its response key follows from its event, as
// nobody is given a link.
func (p *player) again(ctx context.Context, c *Customer) error {
	if err := p.client.tell(ctx, *c.Again); err != nil {
		return err
	}
	key := feedback.KeyFor(c.Again.EventID, time.Now(), p.zone)
	p.note(func(s *Sent) {
		s.Repeated++
		s.Accepted++
		s.keys[key]++
	})
	return nil
}

// voted counts an accepted vote; changed and followUp say that its link had voted
// before, with other stars or with the same.
func (p *player) voted(at *config.Touchpoint, key feedback.ResponseKey, v Vote, changed, followUp bool) {
	p.note(func(s *Sent) {
		s.Votes++
		s.Accepted++
		s.keys[key]++
		switch {
		case changed:
			s.VotesChanged++
		case followUp:
			s.FollowUps++
		default:
			s.expected.responses++
		}
		s.expect(key, isLow(at.Scale, v.Stars), v.Comment != "", v.Contact != "")
	})
}

// expect notes the cases that a vote must open.
func (s *Sent) expect(key feedback.ResponseKey, low, text, callback bool) {
	if callback {
		s.expected.cases[string(key)+" callback"] = true
	}
	if low && text {
		s.expected.cases[string(key)+" complaint"] = true
	}
}

func (p *player) vote(ctx context.Context, link *issued, v Vote, twice bool) error {
	nonce, err := p.client.open(ctx, link.URL, v.Stars)
	if err != nil {
		return err
	}
	if !twice {
		return p.client.vote(ctx, link.URL, nonce, v)
	}
	p.note(func(s *Sent) { s.DuplicatesSent++ })
	group, ctx := errgroup.WithContext(ctx)
	for range 2 {
		group.Go(func() error { return p.client.vote(ctx, link.URL, nonce, v) })
	}
	return group.Wait()
}

func (p *player) device(ctx context.Context, d DeviceLoad) error {
	key, ok := p.keys[d.Device]
	if !ok {
		return fmt.Errorf("device %s has no key", d.Device)
	}
	if err := p.beat(ctx, key, len(d.Batches)); err != nil {
		return err
	}
	for _, b := range d.Batches {
		results, err := batch(ctx, p.client, key, b.Events)
		if err != nil {
			return err
		}
		if err := p.settle(b, results); err != nil {
			return fmt.Errorf("device %s: %w", d.Device, err)
		}
		if !b.Resend {
			continue
		}
		if results, err = batch(ctx, p.client, key, b.Events); err != nil {
			return err
		}
		n := 0
		for _, r := range results {
			if r.Status == "duplicate" {
				n++
			}
		}
		if n != len(b.Events)-b.Bad {
			return fmt.Errorf("device %s: a batch sent again: %d of %d events are duplicates", d.Device, n, len(b.Events)-b.Bad)
		}
		p.note(func(s *Sent) { s.DuplicatesSent += n; s.Rejected += b.Bad })
	}
	return nil
}

// settle counts the answers to a batch sent for the first time. A duplicate of
// nothing is an event whose first answer got lost between here and there, where a
// busy emulator asks a function twice: it is stored, and counts as accepted.
func (p *player) settle(b Batch, results []result) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	s := &p.sent
	accepted, duplicate, rejected := 0, 0, 0
	met := map[feedback.EventID]bool{}
	for i, r := range results {
		e := b.Events[i]
		if r.Status == "duplicate" && !met[e.EventID] {
			r.Status = "accepted"
		}
		met[e.EventID] = true
		if r.EventID != e.EventID {
			return fmt.Errorf("result %d is about event %s, not %s", i, r.EventID, e.EventID)
		}
		switch r.Status {
		case "accepted":
			accepted++
			s.keys[r.ResponseKey]++
			switch e.expect {
			case debounced:
				s.expected.debounced++
			case skewed:
				s.expected.skewed++
				s.expected.responses++
			default:
				s.expected.responses++
			}
			if stars, ok := e.Rating.(int); ok {
				s.expect(r.ResponseKey, isLow(e.Scale, stars), e.Comment != "", e.CallbackRequested)
			}
		case "duplicate":
			duplicate++
		case "rejected":
			if e.expect != bad {
				return fmt.Errorf("event %s is refused", e.EventID)
			}
			rejected++
		default:
			return fmt.Errorf("event %s: status %q", e.EventID, r.Status)
		}
	}
	if duplicate != b.Again || rejected != b.Bad {
		return fmt.Errorf("a batch: %d duplicates and %d refused, want %d and %d", duplicate, rejected, b.Again, b.Bad)
	}
	s.DeviceEvents += accepted
	s.Accepted += accepted
	s.DuplicatesSent += duplicate
	s.Rejected += rejected
	return nil
}
