package intake

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// Invitation is one valid request for a link.
type Invitation struct {
	feedback.Invitation
	CustomerKey string

	minted bool // the event id is ours: no earlier delivery can exist
	digest store.Digest
}

// linkChannels are the channels a link can travel on.
var linkChannels = []feedback.Channel{feedback.EmailLink, feedback.SMSLink, feedback.ChatLink, feedback.QR}

// ParseInvitation reads the JSON of a request for a link. Its errors are
// problems, as those of ParseEvent.
func ParseInvitation(cfg *config.Config, body []byte, now time.Time) (*Invitation, error) {
	var in Invitation
	p := parser{}
	if err := p.object(body, func(name string, v jsontext.Value) { p.invitation(&in, name, v) }); err != nil {
		return nil, err
	}
	p.require("touchpoint", "channel")
	if in.Touchpoint != "" && cfg.Touchpoint(in.Touchpoint) == nil {
		p.fail("touchpoint", problem.UnknownTouchpoint, "is not configured")
	}
	if in.Channel != "" && !slices.Contains(linkChannels, in.Channel) {
		p.fail("channel", problem.ChannelMismatch, "want a channel of links: email_link, sms_link, chat_link or qr")
	}
	if in.Language != "" && !slices.Contains(cfg.Organisation.Languages, in.Language) {
		p.fail("language", problem.InvalidValue, "is not configured")
	}
	if len(p.errors) > 0 {
		return nil, problem.Invalid(p.errors...)
	}
	b, err := json.Marshal(&in)
	if err != nil {
		return nil, fmt.Errorf("reading an invitation: %w", err)
	}
	in.digest = store.DigestOf(b)
	if in.EventID == "" {
		in.EventID, in.minted = feedback.NewEventID(), true
	}
	if in.Language == "" {
		in.Language = cfg.Organisation.DefaultLanguage
	}
	in.IssuedAt = Instant(now)
	in.ReceivedAt = in.IssuedAt
	in.ExpiresAt = in.IssuedAt.AddDate(0, 0, cfg.Links.ValidDays).Add(time.Hour - time.Millisecond).Truncate(time.Hour)
	in.ResponseKey = feedback.KeyFor(in.EventID, in.IssuedAt, cfg.Zone())
	return &in, nil
}

func (p *parser) invitation(in *Invitation, name string, v jsontext.Value) {
	switch name {
	case "event_id":
		read(p, name, v, problem.InvalidEventID, &in.EventID, feedback.ParseEventID)
	case "touchpoint":
		read(p, name, v, problem.UnknownTouchpoint, &in.Touchpoint, feedback.ParseTouchpoint)
	case "channel":
		read(p, name, v, problem.InvalidValue, &in.Channel, feedback.ParseChannel)
	case "language":
		read(p, name, v, problem.InvalidValue, &in.Language, feedback.ParseLanguage)
	case "segment":
		read(p, name, v, problem.InvalidValue, &in.Segment, feedback.ParseSegment)
	case "customer_key":
		p.check(name, v, &in.CustomerKey, customerKey)
	default:
		p.fail(shorten(name), problem.UnknownField, "is not a field of an invitation")
		return
	}
	p.meet(name)
}

// Issue stores in, or finds that it was stored before; then in becomes what
// was stored first, so that the same request gets the same link. Errors as
// those of Accept.
func Issue(ctx context.Context, cfg *config.Config, l Ledger, in *Invitation) (Status, error) {
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
	event, err := json.Marshal(&in.Invitation)
	if err != nil {
		return "", fmt.Errorf("writing event %s: %w", in.EventID, err)
	}
	r, stored, err := put(ctx, l, &store.Entry{
		Kind: feedback.KindInvitation, ResponseKey: in.ResponseKey, EventID: in.EventID, ReceivedAt: in.ReceivedAt,
		Event: event, CustomerKey: in.CustomerKey, Digest: in.digest,
	})
	if err != nil {
		return "", err
	}
	if stored != nil {
		if err := json.Unmarshal(stored.Event, &in.Invitation); err != nil {
			return "", fmt.Errorf("reading the stored event %s: %w", in.EventID, err)
		}
	}
	return r.Status, nil
}
