package responses

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/feedback"
)

// hashHeader names the form of the hashed lines; another form gets another number.
const hashHeader = "resonanz facts 1\n"

// Hash is the SHA-256 of the distinct facts received before cutoff, as
// "sha256:" and 64 hex digits, and their number. What is hashed is a text that
// any tool can make again: the line "resonanz facts 1", then one line per vote,
// one per invitation, one per complaint and one per delivery, each kind in order
// of (response key, event id), ratings and cards together; then one per contact
// in that order, which is part of its invitation and counts as no fact; then one
// per transition in order of (case, seq) and one per state of an escalation in
// order of (event id, at, handled or not, seen or not). Fields are separated
// by tabs; times are milliseconds since 1970 UTC; an absent field is empty;
// backslash, tab, line feed and carriage return inside a text are written \\,
// \t, \n and \r.
//
//	rating: "rating", event_id, response_key, touchpoint, channel, scale, rating,
//	  submitted_at, received_at, device, language, reason, nps, ces, fcr
//	  (yes, no), expectation, callback_requested (1, 0), has_text (1, 0),
//	  segment, topic, collection_mode
//	card: "card", then as a rating, then card, phase, answers (a JSON object in
//	  order of the questions)
//	invitation: "invitation", event_id, response_key, touchpoint, channel,
//	  issued_at, received_at, expires_at, language, segment
//	complaint: "complaint", event_id, response_key, touchpoint, channel, category,
//	  submitted_at, received_at, device, language, annoyance, callback_requested
//	  (1, 0), topic, collection_mode
//	delivery: "delivery", event_id, response_key, outcome, at, received_at
//	contact: "contact", event_id, response_key, touchpoint, at, received_at, topic,
//	  resolved (1, 0), beyond_first_level (1, 0), known (1, 0), previous,
//	  previous_at
//	transition: "transition", case, seq, at, action, by, rule, from, status,
//	  informed (1, 0), notifiable (1, 0), family, touchpoint, channel, category,
//	  severity, segment, response_key, received_at, policy, acknowledged_at,
//	  first_response_at, resolved_at, last_resolved_at, closed_at, reopened_at,
//	  apology_at, decision, decision_reason, owned (1, 0), root_cause,
//	  corrective_action, satisfaction, compensations (a JSON list)
//	escalation: "escalation", event_id, case, rule, clock, family, touchpoint,
//	  category, raised_at, seen_at, handled_at, at
//
// An invitation by which nobody was asked begins with "not_asked" in place of
// "invitation".
func (s *Set) Hash(cutoff time.Time) (sum string, events int64) {
	before := milliseconds(cutoff)
	w := lineWriter{texts: make([]string, len(s.batch.texts())+1)}
	for i, t := range s.batch.texts() {
		w.texts[i+1] = escape.Replace(t)
	}
	h := hashing{Hash: sha256.New(), before: before, buf: append(make([]byte, 0, 64<<10), hashHeader...)}
	events += hashed(&h, s.votes, func(v *Vote) int64 { return v.Received }, w.vote)
	events += hashed(&h, s.invitations, func(i *Invitation) int64 { return i.Received }, w.invitation)
	events += hashed(&h, s.complaints, func(c *Complaint) int64 { return c.Received }, w.complaint)
	events += hashed(&h, s.deliveries, func(d *Delivery) int64 { return d.Received }, w.delivery)
	hashed(&h, s.contacts, func(c *Contact) int64 { return c.Received }, w.contact) // told with their invitations
	events += hashed(&h, s.transitions, func(t *Transition) int64 { return t.At }, w.transition)
	events += hashed(&h, s.escalations, func(e *Escalation) int64 { return e.At }, w.escalation)
	h.Write(h.buf)
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), events
}

// hashing is a hash with the lines that are not in it yet.
type hashing struct {
	hash.Hash
	before int64 // what was known then or later is left out
	buf    []byte
}

// hashed adds the lines of the facts that were known before, and counts them.
func hashed[F any](h *hashing, facts []F, known func(*F) int64, line func([]byte, *F) []byte) (n int64) {
	for i := range facts {
		if known(&facts[i]) >= h.before {
			continue
		}
		if n++; len(h.buf) > 63<<10 {
			h.Write(h.buf)
			h.buf = h.buf[:0]
		}
		h.buf = line(h.buf, &facts[i])
	}
	return n
}

var escape = strings.NewReplacer("\\", `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`)

type lineWriter struct {
	texts []string // escaped, by Name
	month uint16   // of the last key written …
	stem  []byte   // … and its text
}

func (w *lineWriter) key(b []byte, k Key) []byte {
	if k.Month != w.month || w.stem == nil {
		w.month, w.stem = k.Month, []byte(k.Period().String()+"-")
	}
	return idText.AppendEncode(append(b, w.stem...), k.ID[:])
}

func (w *lineWriter) vote(b []byte, v *Vote) []byte {
	kind := "rating"
	if v.Card != 0 {
		kind = "card"
	}
	b = w.head(b, kind, v.Event, v.Key, v.Touchpoint, v.Channel)
	b = field(b, string(Scales[v.Scale]))
	b = number(b, int64(v.Rating))
	b = number(b, v.Submitted)
	b = number(b, v.Received)
	b = field(b, w.texts[v.Device])
	b = short(b, v.Language[:])
	b = field(b, w.texts[v.Reason])
	b = optional(b, v.NPS)
	b = optional(b, v.CES)
	switch {
	case v.Flags&FCRAsked == 0:
		b = field(b, "")
	case v.Flags&FCRYes != 0:
		b = field(b, "yes")
	default:
		b = field(b, "no")
	}
	b = optional(b, v.Expect)
	b = flag(b, v.Flags&CallbackRequested != 0)
	b = flag(b, v.Flags&HasText != 0)
	b = short(b, []byte{v.Segment})
	b = field(b, w.texts[v.Topic])
	b = mode(b, v.Flags)
	if v.Card != 0 {
		b = field(b, w.texts[v.Card])
		b = field(b, w.texts[v.Phase])
		b = field(b, w.texts[v.Answers])
	}
	return append(b, '\n')
}

func (w *lineWriter) complaint(b []byte, c *Complaint) []byte {
	b = w.head(b, "complaint", c.Event, c.Key, c.Touchpoint, c.Channel)
	b = field(b, w.texts[c.Category])
	b = number(b, c.Submitted)
	b = number(b, c.Received)
	b = field(b, w.texts[c.Device])
	b = short(b, c.Language[:])
	b = optional(b, c.Annoyance)
	b = flag(b, c.Flags&CallbackRequested != 0)
	b = field(b, w.texts[c.Topic])
	return append(mode(b, c.Flags), '\n')
}

func (w *lineWriter) delivery(b []byte, d *Delivery) []byte {
	b = w.ids(b, "delivery", d.Event, d.Key)
	b = field(b, string(Outcomes[d.Outcome]))
	b = number(b, d.At)
	return append(number(b, d.Received), '\n')
}

func (w *lineWriter) invitation(b []byte, v *Invitation) []byte {
	kind := "invitation"
	if v.Skipped {
		kind = "not_asked"
	}
	b = w.head(b, kind, v.Event, v.Key, v.Touchpoint, v.Channel)
	b = number(b, v.Issued)
	b = number(b, v.Received)
	b = number(b, v.Expires)
	b = short(b, v.Language[:])
	b = short(b, []byte{v.Segment})
	return append(b, '\n')
}

func (w *lineWriter) head(b []byte, kind string, event [16]byte, key Key, touchpoint Name, channel uint8) []byte {
	b = w.ids(b, kind, event, key)
	b = field(b, w.texts[touchpoint])
	return field(b, string(feedback.Channels[channel]))
}

func (w *lineWriter) ids(b []byte, kind string, event [16]byte, key Key) []byte {
	b = append(b, kind...)
	b = append(b, '\t')
	b = appendEventID(b, event)
	b = append(b, '\t')
	return w.key(b, key)
}

func field(b []byte, s string) []byte { return append(append(b, '\t'), s...) }

func number(b []byte, n int64) []byte { return strconv.AppendInt(append(b, '\t'), n, 10) }

// short writes the bytes up to the first zero byte.
func short(b, s []byte) []byte {
	b = append(b, '\t')
	for _, c := range s {
		if c == 0 {
			break
		}
		b = append(b, c)
	}
	return b
}

func optional(b []byte, o Opt) []byte {
	if n, ok := o.Get(); ok {
		return number(b, int64(n))
	}
	return append(b, '\t')
}

func mode(b []byte, f Flags) []byte {
	return field(b, string(f.Mode()))
}

func flag(b []byte, on bool) []byte {
	if on {
		return append(b, '\t', '1')
	}
	return append(b, '\t', '0')
}
