package intake

import (
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// complaint reads what only a complaint may say.
func (p *parser) complaint(name string, v jsontext.Value) bool {
	if p.s.Complaint == nil {
		p.s.Complaint = new(feedback.Complaint)
	}
	c := p.s.Complaint
	switch name {
	case "category":
		p.check(name, v, &c.Category, code)
	case "comment":
		p.text(name, v, &p.s.Personal.Comment, MaxText, true)
	case "remedy":
		p.text(name, v, &p.s.Personal.Remedy, MaxText, true)
	case "annoyance":
		p.optional(name, v, &c.Annoyance, 1, 5)
	case "email":
		p.check(name, v, &p.s.Personal.Email, email)
	case "name":
		p.text(name, v, &p.s.Personal.Name, MaxName, false)
	default:
		return false
	}
	return true
}

// complaintBelongs checks what only configuration can tell, and that something
// is told.
func (p *parser) complaintBelongs(cfg *config.Config) {
	c := p.s.Complaint
	if c == nil {
		return
	}
	if c.Category != "" && !slices.Contains(cfg.Categories, c.Category) && !p.failed("category") {
		p.fail("category", problem.UnknownCategory, "is not configured")
	}
	if p.has("comment") && p.s.Personal.Comment == "" && !p.failed("comment") {
		p.fail("comment", problem.MissingField, "is required: what happened")
	}
}

// known makes who complains with an address, and without the owner's key, known
// by the address: so earlier complaints are found.
func (s *Submission) known() {
	if s.CustomerKey == "" {
		s.CustomerKey = string(store.AddressContact(s.Personal.Email))
	}
}

// complaint is the complaint that s is: what every event has comes from Rating.
func (s *Submission) complaint() *feedback.Complaint {
	c, r := *s.Complaint, &s.Rating
	c.EventID, c.ResponseKey = r.EventID, r.ResponseKey
	c.Touchpoint, c.Channel, c.Device = r.Touchpoint, r.Channel, r.Device
	c.SubmittedAt, c.ReceivedAt = r.SubmittedAt, r.ReceivedAt
	c.Language, c.Topic, c.CollectionMode = r.Language, r.Topic, r.CollectionMode
	c.CallbackRequested = r.CallbackRequested
	return &c
}
