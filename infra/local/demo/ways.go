package demo

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

// Sizes of what is played beside links and devices.
const (
	mailed     = 14 // invitations that we send
	cardVisits = 24 // cards filled in by QR
	paperCards = 30 // cards on paper, keyed in as one batch
	complaints = 8  // complaints by the CRM

	formComplaints = 12 // complaints by the form of a touchpoint
)

// Mailed is one customer who is invited by mail.
type Mailed struct {
	Customer
	Bounces     bool // the address is dead
	Unsubscribe bool // one click, and no vote
}

// CardVisit is one customer who scans the code of a card.
type CardVisit struct {
	Place    *config.Touchpoint
	Card     *config.Card
	Language feedback.Language
	Stars    int
	Answers  map[string]string // by question
	Contact  string            // set: wishes to be called back
}

// Complaint is the body of POST /v1/complaints.
type Complaint struct {
	EventID     feedback.EventID    `json:"event_id"`
	Touchpoint  feedback.Touchpoint `json:"touchpoint"`
	Channel     feedback.Channel    `json:"channel"`
	Category    string              `json:"category"`
	Comment     string              `json:"comment"`
	Annoyance   int                 `json:"annoyance"`
	SubmittedAt string              `json:"submitted_at"`
	Language    feedback.Language   `json:"language"`
	Email       string              `json:"email,omitempty"`
}

// PaperCard is one event of the batch in which staff key cards in.
type PaperCard struct {
	Kind        feedback.Kind       `json:"kind"`
	EventID     feedback.EventID    `json:"event_id"`
	Card        string              `json:"card"`
	Touchpoint  feedback.Touchpoint `json:"touchpoint"`
	Channel     feedback.Channel    `json:"channel"`
	Scale       feedback.Scale      `json:"scale"`
	Rating      int                 `json:"rating"`
	SubmittedAt string              `json:"submitted_at"`
	Answers     map[string]any      `json:"answers"`
	Number      string              `json:"card_number"`
	KeyedBy     string              `json:"keyed_by"`
}

// mailed is a customer of the first touchpoint, where mail is sent at all.
func (p *planner) mailed(i int) Mailed {
	tp := &p.cfg.Touchpoints[0]
	id := string(p.id("mailed", strconv.Itoa(i)))[:8]
	m := Mailed{Customer: Customer{
		Place: tp,
		Invite: Invite{
			EventID: p.id("mailed", strconv.Itoa(i)), Touchpoint: tp.ID, Channel: feedback.EmailLink, Language: pick(p, p.cfg.Organisation.Languages),
			CustomerKey: "demo-mail-" + id, Consent: feedback.Contract, Send: true, Email: mailbox + id + "@example.com",
		},
	}}
	switch {
	case i < 2:
		m.Bounces = true
	case i == 2:
		m.Unsubscribe = true
	case i == 3: // never came
	default:
		m.Votes = append(m.Votes, p.vote(tp, m.Invite.Language))
	}
	return m
}

// mailbox is how the addresses of customers begin: mail to any other is to staff.
const mailbox = "demo-customer-"

// visits are cards at every place where one is laid out, in turn.
func (p *planner) visits() (all []CardVisit) {
	for i := range cardVisits {
		card, tp := p.laidOut(i)
		if card == nil {
			return nil
		}
		v := CardVisit{Place: tp, Card: card, Language: pick(p, p.cfg.Organisation.Languages), Stars: p.stars(tp)}
		v.Answers = p.answers(card, v.Language)
		if isLow(tp.Scale, v.Stars) && p.chance(50) {
			v.Contact = "demo-card@example.com"
		}
		all = append(all, v)
	}
	return all
}

// laidOut is the i-th card and a place of it; nil where none is configured.
func (p *planner) laidOut(i int) (*config.Card, *config.Touchpoint) {
	if len(p.cfg.Cards) == 0 {
		return nil, nil
	}
	card := &p.cfg.Cards[i%len(p.cfg.Cards)]
	if len(card.Touchpoints) == 0 {
		return nil, nil
	}
	return card, p.cfg.Touchpoint(card.Touchpoints[i%len(card.Touchpoints)])
}

// answers are those to some of a card's questions.
func (p *planner) answers(card *config.Card, l feedback.Language) map[string]string {
	said := map[string]string{}
	for i := range card.Sections {
		for j := range card.Sections[i].Items {
			it := &card.Sections[i].Items[j]
			if p.chance(30) {
				continue
			}
			switch it.Kind {
			case config.ItemRating:
				said[it.ID] = strconv.Itoa(1 + p.rand.IntN(5))
			case config.ItemChoice:
				said[it.ID] = pick(p, it.Options).Code
			case config.ItemYesNo:
				said[it.ID] = pick(p, []string{"yes", "yes", "no"})
			case config.ItemText:
				if p.chance(40) {
					said[it.ID] = p.words(praise, l)
				}
			case config.ItemSuggestion:
				if p.chance(30) {
					said[it.ID] = p.words(suggestions, l)
				}
			}
		}
	}
	return said
}

// paper are cards of the last days, each with its number.
func (p *planner) paper(start time.Time) (all []PaperCard) {
	for i := range paperCards {
		card, tp := p.laidOut(0) // one pile: of the first card
		if card == nil {
			return nil
		}
		at := p.now.Add(-time.Duration(i+1) * time.Hour)
		if at.Before(start) {
			at = start
		}
		c := PaperCard{
			Kind: feedback.KindCard, EventID: p.id("paper", strconv.Itoa(i)), Card: card.ID, Touchpoint: tp.ID, Channel: feedback.ResponseCard,
			Scale: tp.Scale, Rating: p.stars(tp), SubmittedAt: at.In(p.cfg.Zone()).Format(time.RFC3339), Answers: map[string]any{},
			Number: "D-" + string(p.id("pile"))[:8] + "-" + strconv.Itoa(i), KeyedBy: "desk-7",
		}
		for id, said := range p.answers(card, "de") {
			c.Answers[id] = said
			if card.Item(id).Kind == config.ItemRating {
				c.Answers[id] = json.Number(said)
			}
		}
		all = append(all, c)
	}
	return all
}

// complaints are what the CRM wrote down on the phone.
func (p *planner) complaints() (all []Complaint) {
	for i := range complaints {
		if len(p.cfg.Categories) == 0 {
			return nil
		}
		l := pick(p, p.cfg.Organisation.Languages)
		all = append(all, Complaint{
			EventID: p.id("complaint", strconv.Itoa(i)), Touchpoint: pick(p, p.cfg.Touchpoints).ID, Channel: feedback.Phone,
			Category: pick(p, p.cfg.Categories), Comment: p.words(dissatisfied, l), Annoyance: 3 + p.rand.IntN(3),
			SubmittedAt: p.now.Add(-time.Duration(i) * time.Minute).In(p.cfg.Zone()).Format(time.RFC3339), Language: l,
			Email: complainants + string(p.id("caller", strconv.Itoa(i)))[:8] + "@example.com",
		})
	}
	return all
}

// ownWords reports whether answers to a card hold what the customer wrote.
func ownWords(card *config.Card, answers map[string]any) bool {
	for id, said := range answers {
		if it := card.Item(id); it != nil && it.Kind == config.ItemText && strings.TrimSpace(said.(string)) != "" {
			return true
		}
	}
	return false
}
