package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// MaxInvitations is the largest request for links, in bytes.
const MaxInvitations = 1 << 20

// Invitation is one valid request for a link.
type Invitation struct {
	feedback.Invitation
	CustomerKey string
	Email       string `json:",omitempty"` // where we send it; empty unless Mailed

	minted    bool // the event id is ours: no earlier delivery can exist
	anonymous bool // what is answered leads to nobody: see entry
	digest    store.Digest
}

// InvitationFields are the fields of a request for a link: the members of its
// JSON and the columns of a CSV. Card, send, resolved and beyond_first_level are
// true or false.
var InvitationFields = [...]string{
	"event_id", "touchpoint", "channel", "language", "segment", "customer_key", "consent", "card", "send", "email",
	"topic", "contact_at", "resolved", "beyond_first_level",
}

// The places of fields.
const (
	atEventID = iota
	atTouchpoint
	atChannel
	atLanguage
	atSegment
	atCustomerKey
	atConsent
	atCard
	atSend
	atEmail
	atTopic
	atContactAt
	atResolved
	atBeyond
)

// linkChannels are the channels a link can travel on.
var linkChannels = []feedback.Channel{feedback.EmailLink, feedback.SMSLink, feedback.ChatLink, feedback.QR}

// ParseInvitation reads the JSON of a request for one link. Its errors are
// problems, as those of ParseEvent.
func ParseInvitation(cfg *config.Config, body []byte, now time.Time) (*Invitation, error) {
	f, err := jsonFields(body)
	if err != nil {
		return nil, err
	}
	in, wrong := f.invitation(cfg)
	if w := in.when(cfg, now); w != nil {
		wrong = append(wrong, *w)
	}
	if len(wrong) > 0 {
		return nil, problem.Invalid(capped(wrong)...)
	}
	if err := in.seal(cfg, now); err != nil {
		return nil, err
	}
	return in, nil
}

// fields are those of one request for a link, as text.
type fields struct {
	values [len(InvitationFields)]string
	given  [len(InvitationFields)]bool
	errors []problem.Field
}

func (f *fields) fail(name string, c problem.Code, detail string) {
	if c != "" {
		f.errors = append(f.errors, problem.Field{Field: name, Code: c, Detail: detail})
	}
}

func (f *fields) failed(at int) bool {
	return slices.ContainsFunc(f.errors, func(e problem.Field) bool { return e.Field == InvitationFields[at] })
}

// jsonFields reads one JSON object. The error is a problem with its syntax.
func jsonFields(body []byte) (*fields, error) {
	var p parser
	f := new(fields)
	err := p.object(body, func(name string, v jsontext.Value) {
		at := slices.Index(InvitationFields[:], name)
		switch kind := v.Kind(); {
		case at < 0:
			f.fail(shorten(name), problem.UnknownField, "is not a field of an invitation")
			return
		case at == atCard || at == atSend || at == atResolved || at == atBeyond:
			if kind != 't' && kind != 'f' {
				f.fail(name, problem.WrongType, "want true or false")
				return
			}
			f.values[at] = string(v)
		default:
			s, ok := p.string(name, v)
			if !ok {
				return
			}
			f.values[at] = s
		}
		f.given[at] = true
	})
	f.errors = append(f.errors, p.errors...)
	return f, err
}

// invitation makes the invitation that the fields are, or says what is wrong
// with them.
func (f *fields) invitation(cfg *config.Config) (*Invitation, []problem.Field) {
	in := new(Invitation)
	for _, at := range [...]int{atTouchpoint, atChannel} {
		if !f.given[at] && !f.failed(at) {
			f.fail(InvitationFields[at], problem.MissingField, "is required")
		}
	}
	value(f, atEventID, problem.InvalidEventID, &in.EventID, feedback.ParseEventID)
	value(f, atTouchpoint, problem.UnknownTouchpoint, &in.Touchpoint, feedback.ParseTouchpoint)
	value(f, atChannel, problem.InvalidValue, &in.Channel, feedback.ParseChannel)
	value(f, atLanguage, problem.InvalidValue, &in.Language, feedback.ParseLanguage)
	value(f, atSegment, problem.InvalidValue, &in.Segment, feedback.ParseSegment)
	value(f, atConsent, problem.InvalidValue, &in.Consent, feedback.ParseConsent)
	f.check(atCustomerKey, &in.CustomerKey, customerKey)
	f.check(atEmail, &in.Email, email)
	in.Card, in.Mailed = f.tick(atCard), f.tick(atSend)
	f.contact(in)

	tp := cfg.Touchpoint(in.Touchpoint)
	switch {
	case in.Touchpoint == "": // reported before
	case tp == nil:
		f.fail("touchpoint", problem.UnknownTouchpoint, "is not configured")
	case in.Card && tp.Card == "":
		f.fail("card", problem.UnknownCard, "this touchpoint has no card")
	}
	if in.Channel != "" && !slices.Contains(linkChannels, in.Channel) {
		f.fail("channel", problem.ChannelMismatch, "want a channel of links: email_link, sms_link, chat_link or qr")
	}
	if in.Language != "" && !slices.Contains(cfg.Organisation.Languages, in.Language) {
		f.fail("language", problem.InvalidValue, "is not configured")
	}
	f.sending(cfg, in)
	return in, f.errors
}

// contact reads what is told of the contact that is asked about.
func (f *fields) contact(in *Invitation) {
	f.check(atTopic, &in.Topic, code)
	resolved := f.tick(atResolved)
	in.Beyond = f.tick(atBeyond)
	if f.given[atContactAt] {
		at, wrong, detail := instant(f.values[atContactAt])
		in.ContactAt = at
		f.fail(InvitationFields[atContactAt], wrong, detail)
	}
	if f.given[atResolved] && f.values[atResolved] != "" && !f.failed(atResolved) {
		in.Resolved = &resolved
	}
	for _, at := range [...]int{atContactAt, atResolved, atBeyond} {
		if f.given[at] && f.values[at] != "" && !f.given[atTopic] && !f.failed(at) {
			f.fail(InvitationFields[at], problem.InvalidValue, "is given without a topic: contacts are linked by it")
		}
	}
	in.Known = in.Topic != "" && (in.CustomerKey != "" || in.Email != "")
}

// contactDays is how long ago a contact may have been: a link lives as long, so
// that its report reads what was told of it later.
const contactDays = 28

// when checks the time of the contact against the server's clock.
func (in *Invitation) when(cfg *config.Config, now time.Time) *problem.Field {
	switch at, skew := in.ContactAt, time.Duration(cfg.Rules.MaxFutureSkewMinutes)*time.Minute; {
	case at.IsZero():
	case at.After(now.Add(skew)):
		return &problem.Field{Field: "contact_at", Code: problem.OutOfRange, Detail: "lies in the future"}
	case at.Before(now.AddDate(0, 0, -contactDays)):
		return &problem.Field{Field: "contact_at", Code: problem.EventTooOld, Detail: fmt.Sprintf("lies more than %d days back", contactDays)}
	}
	return nil
}

// sending checks what belongs together when we send the mail.
func (f *fields) sending(cfg *config.Config, in *Invitation) {
	if !in.Mailed {
		if f.given[atEmail] && !f.failed(atEmail) && !f.failed(atSend) {
			f.fail("email", problem.InvalidValue, "is given without send: nothing would be sent there")
		}
		return
	}
	if in.Channel != "" && in.Channel != feedback.EmailLink {
		f.fail("channel", problem.ChannelMismatch, "what is sent by e-mail is an email_link")
	}
	for _, at := range [...]int{atEmail, atConsent} {
		if !f.given[at] && !f.failed(at) {
			f.fail(InvitationFields[at], problem.MissingField, "is required with send")
		}
	}
	if cfg.Notify.MailFrom == "" {
		f.fail("send", problem.InvalidValue, "no mail can be sent: notify.mail_from is not configured")
	}
}

// value reads one field with one of the Parse functions of package feedback,
// whose errors say what was expected and never repeat the value.
func value[T ~string](f *fields, at int, c problem.Code, to *T, parse func(string) (T, error)) {
	if !f.given[at] {
		return
	}
	got, err := parse(f.values[at])
	if err != nil {
		_, want, _ := strings.Cut(err.Error(), feedback.ErrInvalid.Error()+": ")
		f.fail(InvitationFields[at], c, want)
		return
	}
	*to = got
}

func (f *fields) check(at int, to *string, rule func(string) (problem.Code, string)) {
	if !f.given[at] {
		return
	}
	c, detail := rule(f.values[at])
	if c == "" {
		*to = f.values[at]
	}
	f.fail(InvitationFields[at], c, detail)
}

func (f *fields) tick(at int) bool {
	switch v := f.values[at]; {
	case !f.given[at] || v == "false":
		return false
	case v == "true":
		return true
	}
	f.fail(InvitationFields[at], problem.InvalidValue, "want true or false")
	return false
}

// seal makes the digest of what was asked for, and then fills in what was not.
func (in *Invitation) seal(cfg *config.Config, now time.Time) error {
	asked := *in
	if in.anonymous = cfg.Anonymous(in.Touchpoint); in.anonymous {
		in.Known = false
		asked.Known, asked.CustomerKey, asked.Email = false, "", "" // a digest of few words tells them
	}
	b, err := json.Marshal(&asked)
	if err != nil {
		return fmt.Errorf("reading an invitation: %w", err)
	}
	in.digest = store.DigestOf(b)
	if in.EventID == "" {
		in.EventID, in.minted = feedback.NewEventID(), true
	}
	in.IssuedAt = Instant(now)
	in.ReceivedAt = in.IssuedAt
	in.ExpiresAt = in.IssuedAt.AddDate(0, 0, cfg.Links.ValidDays).Add(time.Hour - time.Millisecond).Truncate(time.Hour)
	in.ResponseKey = feedback.KeyFor(in.EventID, in.IssuedAt, cfg.Zone())
	return nil
}

// Invitations is where invitations go. Both stores of package store are one.
type Invitations interface {
	Get(context.Context, feedback.ResponseKey, feedback.EventID) (*store.Entry, error)
	Invite(context.Context, *store.Entry, store.Contact) (store.Outcome, *store.Entry, error)
	Record(context.Context, *store.Entry, store.Contact) (store.Outcome, *store.Entry, error)
	LastContact(ctx context.Context, id store.ContactID, topic string) (store.Touch, error)
}

// Issue stores in, or finds that it was stored before; then in becomes what
// was stored first, so that the same request gets the same link, whatever its
// customer has said since. Errors: 409 problems event_conflict, opted_out and
// fatigue_limit; a 503 problem, wrapping the cause, when it could not be stored
// now.
func Issue(ctx context.Context, cfg *config.Config, l Invitations, in *Invitation) (Status, error) {
	if !in.minted {
		// A request repeated after the end of the month belongs to the month
		// of its first delivery.
		before := feedback.NewResponseKey(period.Of(in.IssuedAt, cfg.Zone()).Add(-1), in.ResponseKey.ID())
		switch _, err := l.Get(ctx, before, in.EventID); {
		case err == nil:
			in.ResponseKey = before
		case !errors.Is(err, store.ErrNotFound):
			return "", unavailable(err)
		}
	}
	outcome, stored, err := in.issue(ctx, cfg, l)
	switch {
	case errors.Is(err, store.ErrConflict):
		return "", problem.New(http.StatusConflict, problem.EventConflict,
			"This event_id was used for an event with other content. A new event needs a new id.")
	case errors.Is(err, store.ErrOptedOut):
		return "", optedOut()
	case errors.Is(err, store.ErrFatigue):
		return "", fatigued(cfg)
	case err != nil:
		return "", unavailable(err)
	case outcome == store.Accepted:
		return Accepted, nil
	}
	in.Invitation = feedback.Invitation{}
	if err := json.Unmarshal(stored.Event, &in.Invitation); err != nil {
		return "", fmt.Errorf("reading the stored event %s: %w", in.EventID, err)
	}
	switch in.Skipped { // it answers as the first time
	case feedback.SkippedFatigue:
		return "", fatigued(cfg)
	case feedback.SkippedOptedOut:
		return "", optedOut()
	}
	return Duplicate, nil
}

func optedOut() error {
	return problem.New(http.StatusConflict, problem.OptedOut,
		"This customer unsubscribed, or the address takes no mail: nobody is invited there.")
}

func fatigued(cfg *config.Config) error {
	return problem.New(http.StatusConflict, problem.FatigueLimit,
		fmt.Sprintf("This customer was invited less than %d days ago.", cfg.Invitations.FatigueDays))
}

// linkTries bounds how often a contact is linked anew because another one about
// the same topic came in between.
const linkTries = 6

// issue stores in, linked to the contact before. Where nobody may be asked, the
// contact alone is recorded, since first-contact resolution is counted over all
// of them; the error still says why nobody is.
func (in *Invitation) issue(ctx context.Context, cfg *config.Config, l Invitations) (outcome store.Outcome, stored *store.Entry, err error) {
	c := store.Contact{
		Key: store.KeyContact(in.CustomerKey), Address: store.AddressContact(in.Email),
		Fatigue: time.Duration(cfg.Invitations.FatigueDays) * 24 * time.Hour, Now: in.IssuedAt, Topic: in.Topic, At: in.ContactAt,
	}
	if c.At.IsZero() {
		c.At = in.IssuedAt
	}
	if in.anonymous {
		// The day is enough to ask nobody too often; the time would lead to the
		// invitation, and a topic does.
		c.Now, c.Topic = c.Now.Truncate(24*time.Hour), ""
	}
	who := c.Key
	if who == "" {
		who = c.Address
	}
	put := l.Invite
	var refusal error
	for try := 1; ; try++ {
		if in.Known {
			if c.Before, err = l.LastContact(ctx, who, in.Topic); err != nil {
				return 0, nil, err
			}
			in.Previous, in.PreviousAt = c.Before.Key, c.Before.At
		}
		e, err := in.entry()
		if err != nil {
			return 0, nil, err
		}
		outcome, stored, err := put(ctx, e, c)
		switch {
		case errors.Is(err, store.ErrMoved) && try < linkTries:
			continue
		case refusal == nil && in.Topic != "" && (errors.Is(err, store.ErrFatigue) || errors.Is(err, store.ErrOptedOut)):
			refusal, put, try = err, l.Record, 0
			in.skip(err)
			continue
		case err == nil && refusal != nil && outcome == store.Accepted:
			err = refusal
		}
		return outcome, stored, err
	}
}

// skip turns in into the record of a contact that nobody is asked about.
func (in *Invitation) skip(why error) {
	in.Skipped, in.Mailed, in.Email = feedback.SkippedOptedOut, false, ""
	if errors.Is(why, store.ErrFatigue) {
		in.Skipped = feedback.SkippedFatigue
	}
}

// entry is the ledger's form of in. The address is in its personal part only; an
// anonymous one has it until its mail is sent, and never its customer's key.
func (in *Invitation) entry() (*store.Entry, error) {
	e := &store.Entry{
		Kind: feedback.KindInvitation, ResponseKey: in.ResponseKey, EventID: in.EventID, ReceivedAt: in.ReceivedAt,
		CustomerKey: in.CustomerKey, Digest: in.digest,
	}
	if in.anonymous {
		e.CustomerKey = ""
	}
	var err error
	if e.Event, err = json.Marshal(&in.Invitation); err != nil {
		return nil, fmt.Errorf("writing event %s: %w", in.EventID, err)
	}
	if in.Email != "" {
		if e.Personal, err = json.Marshal(&feedback.Personal{Email: in.Email}); err != nil {
			return nil, fmt.Errorf("writing event %s: %w", in.EventID, err)
		}
	}
	return e, nil
}
