package intake

import (
	"net/http"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/problem"
)

// Source is who sends events: an enrolled device, or a system when there is none.
type Source struct {
	Device *config.Device
	// OnlyComplaints: staff with a token for cases, who write down what customers
	// tell them, and nothing else.
	OnlyComplaints bool
}

// Mixed stands for the kind of an event that says itself which it is: in a
// batch.
const Mixed feedback.Kind = ""

// ParseEvent reads one JSON event of a kind: a rating, a card or a complaint.
// With Mixed the event may name its kind; without one it is a rating. Its errors
// are problems: 400 for what is no proper JSON object, 422 with the fields in
// error.
func ParseEvent(cfg *config.Config, from Source, kind feedback.Kind, body []byte, now time.Time) (*Submission, error) {
	p := parser{}
	if err := p.take(body); err != nil {
		return nil, err
	}
	if kind == Mixed {
		kind = p.kind()
	}
	if from.OnlyComplaints && kind != feedback.KindComplaint {
		return nil, problem.New(http.StatusForbidden, problem.ScopeMissing, "This access token sends complaints only.")
	}
	for _, m := range p.members {
		p.event(kind, m.name, m.value)
	}
	p.require("event_id", "touchpoint", "channel", "submitted_at")
	switch kind {
	case feedback.KindComplaint:
		p.require("category")
		if !p.s.Imported() { // elsewhere nobody may have written down what happened
			p.require("comment")
		}
	case feedback.KindCard:
		p.require("card", "scale", "rating")
	default:
		p.require("scale", "rating")
	}
	p.belongs(cfg, from)
	if len(p.errors) > 0 {
		return nil, problem.Invalid(p.errors...)
	}
	return p.seal(cfg, from, now)
}

// seal fills in what the client left to us.
func (p *parser) seal(cfg *config.Config, from Source, now time.Time) (*Submission, error) {
	s := &p.s
	r := &s.Rating
	if from.Device != nil {
		r.Device = from.Device.ID
	}
	switch {
	case s.Card != nil:
		r.HasText = s.Card.HasText
	case s.Complaint == nil:
		r.HasText = s.Personal.Comment != ""
	}
	if r.CollectionMode == "" {
		r.CollectionMode = feedback.Self
		if r.Channel == feedback.Phone || r.Channel == feedback.InPerson || s.Personal.KeyedBy != "" ||
			s.Complaint != nil && r.Channel == feedback.Letter {
			r.CollectionMode = feedback.Assisted
		}
	}
	if cfg.Anonymous(r.Touchpoint) {
		s.CustomerKey = "" // neither kept nor part of the digest
	}
	if err := s.sealDigest(); err != nil {
		return nil, err
	}
	s.sealPaper()
	if s.Complaint != nil {
		s.known()
	}
	if f := s.sealTimes(cfg, now); f != nil {
		return nil, problem.Invalid(*f)
	}
	return s, nil
}

// Identify tells the id, or "", and the kind of an event that was refused, so
// that its result can be told apart and counted. Nothing else of it is believed.
func Identify(body []byte) (feedback.EventID, feedback.Kind) {
	p := parser{}
	_ = p.take(body)
	kind := p.kind()
	for _, m := range p.members {
		if m.name == "event_id" {
			p.event(kind, m.name, m.value)
		}
	}
	return p.s.Rating.EventID, kind
}

// take takes an object apart.
func (p *parser) take(body []byte) error {
	p.members = p.room[:0]
	return p.object(body, func(name string, v jsontext.Value) { p.members = append(p.members, member{name, v}) })
}

// kind is that which an event names, else rating. The field is taken out.
func (p *parser) kind() feedback.Kind {
	i := slices.IndexFunc(p.members, func(m member) bool { return m.name == "kind" })
	if i < 0 {
		return feedback.KindRating
	}
	s, ok := p.string("kind", p.members[i].value)
	p.members = slices.Delete(p.members, i, i+1)
	switch k := feedback.Kind(s); k {
	case feedback.KindRating, feedback.KindCard, feedback.KindComplaint:
		return k
	}
	if ok {
		p.fail("kind", problem.InvalidValue, "want rating, card or complaint")
	}
	return feedback.KindRating
}

// event reads one field of an event.
func (p *parser) event(kind feedback.Kind, name string, v jsontext.Value) {
	known := p.every(name, v)
	if !known {
		switch kind {
		case feedback.KindComplaint:
			known = p.complaint(name, v)
		case feedback.KindCard:
			known = p.vote(name, v) || p.card(name, v)
		default:
			known = p.vote(name, v) || p.more(name, v)
		}
	}
	if !known {
		p.fail(shorten(name), problem.UnknownField, "is not a field of a "+string(kind))
		return
	}
	p.meet(name)
}

// every reads a field that every event may have.
func (p *parser) every(name string, v jsontext.Value) bool {
	r := &p.s.Rating
	switch name {
	case "event_id":
		read(p, name, v, problem.InvalidEventID, &r.EventID, feedback.ParseEventID)
	case "response_key":
		read(p, name, v, problem.InvalidResponseKey, &r.ResponseKey, feedback.ParseResponseKey)
	case "touchpoint":
		read(p, name, v, problem.UnknownTouchpoint, &r.Touchpoint, feedback.ParseTouchpoint)
	case "channel":
		read(p, name, v, problem.InvalidValue, &r.Channel, feedback.ParseChannel)
	case "submitted_at":
		if s, ok := p.string(name, v); ok {
			var c problem.Code
			var detail string
			r.SubmittedAt, c, detail = instant(s)
			p.fail(name, c, detail)
		}
	case "language":
		read(p, name, v, problem.InvalidValue, &r.Language, feedback.ParseLanguage)
	case "collection_mode":
		read(p, name, v, problem.InvalidValue, &r.CollectionMode, feedback.ParseCollectionMode)
	case "topic":
		p.check(name, v, &r.Topic, code)
	case "customer_key":
		p.check(name, v, &p.s.CustomerKey, customerKey)
	case "callback_requested":
		switch v.Kind() {
		case 't', 'f':
			r.CallbackRequested = v.Kind() == 't'
		default:
			p.fail(name, problem.WrongType, "want true or false")
		}
	case "callback_contact":
		p.text(name, v, &p.s.Personal.CallbackContact, MaxContact, false)
	default:
		return false
	}
	return true
}

// vote reads the vote of a rating or a card.
func (p *parser) vote(name string, v jsontext.Value) bool {
	r := &p.s.Rating
	switch name {
	case "scale":
		read(p, name, v, problem.InvalidValue, &r.Scale, feedback.ParseScale)
	case "rating":
		r.Rating, p.rating = p.integer(name, v, -1<<31, 1<<31-1)
	default:
		return false
	}
	return true
}

// more reads what only a rating may say besides.
func (p *parser) more(name string, v jsontext.Value) bool {
	r := &p.s.Rating
	switch name {
	case "reason":
		p.check(name, v, &r.Reason, code)
	case "comment":
		p.text(name, v, &p.s.Personal.Comment, MaxText, true)
	case "suggestion":
		p.text(name, v, &p.s.Personal.Suggestion, MaxText, true)
	case "nps":
		p.optional(name, v, &r.NPS, 0, 10)
	case "ces":
		p.optional(name, v, &r.CES, 1, 7)
	case "expectation":
		p.optional(name, v, &r.Expectation, 1, 5)
	case "fcr":
		p.yesNo(name, v, &r.FCR)
	default:
		return false
	}
	return true
}

// belongs checks what only configuration can tell.
func (p *parser) belongs(cfg *config.Config, from Source) {
	r := &p.s.Rating
	tp := cfg.Touchpoint(r.Touchpoint)
	switch {
	case r.Touchpoint == "": // reported before
	case tp == nil:
		p.fail("touchpoint", problem.UnknownTouchpoint, "is not configured")
	case from.Device != nil && r.Touchpoint != from.Device.Touchpoint:
		p.fail("touchpoint", problem.TouchpointMismatch, "is not the touchpoint of this device")
	default:
		p.offered(cfg, tp)
	}
	if why := p.notSent(from); why != "" {
		p.fail("channel", problem.ChannelMismatch, why)
	}
	if p.s.Imported() {
		p.importable(from)
	}
	if p.rating && r.Scale != "" && !r.Scale.Valid(r.Rating) {
		min, max := r.Scale.Bounds()
		p.fail("rating", problem.OutOfRange, between(min, max))
	}
	if p.s.Personal.CallbackContact != "" && !r.CallbackRequested {
		p.fail("callback_contact", problem.CallbackMissing, "is given without callback_requested")
	}
	p.cardBelongs(cfg, tp)
	p.complaintBelongs(cfg)
}

// offered checks what a touchpoint says of its votes. Where it has reasons, any
// that is configured will do: a device that was offline for days may send one
// that was offered then, and its vote must not be lost.
func (p *parser) offered(cfg *config.Config, tp *config.Touchpoint) {
	r := &p.s.Rating
	if r.Scale != "" && r.Scale != tp.Scale {
		p.fail("scale", problem.ScaleMismatch, "this touchpoint is rated on "+string(tp.Scale))
	}
	if r.Reason != "" && len(tp.Reasons) > 0 && cfg.Reason(r.Reason) == nil && !p.failed("reason") {
		p.fail("reason", problem.UnknownReason, "is not configured")
	}
}

// notSent says why an event cannot have come over its channel, or nothing.
func (p *parser) notSent(from Source) string {
	c := p.s.Rating.Channel
	if c == "" { // reported before
		return ""
	}
	paper := p.s.Card != nil && p.s.Card.Number != ""
	switch {
	case p.s.Imported(): // it did not come to us
	case paper && c != feedback.ResponseCard:
		return "a card with a number is of paper: " + string(feedback.ResponseCard)
	case paper:
	case from.Device != nil:
		if c != from.Device.Channel {
			return "this device sends " + string(from.Device.Channel)
		}
	case c == feedback.Kiosk || c == feedback.EmailLink || c == feedback.SMSLink || c == feedback.ChatLink:
		return "a system sends every channel but kiosk, email_link, sms_link and chat_link"
	}
	return ""
}
