package responses

import (
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"time"

	"resonanz/shared/feedback"
)

// Batch is a bag of facts: any order, duplicates welcome. The zero value is
// empty and ready. A Batch is for one goroutine; readers fill one each and
// Append them.
type Batch struct {
	Votes       []Vote
	Invitations []Invitation
	Contacts    []Contact // of the invitations that have a topic
	Complaints  []Complaint
	Deliveries  []Delivery
	Transitions []Transition
	Escalations []Escalation

	texts []string // texts[i] is the text of Name i+1
	names map[string]Name
}

// Name interns s.
func (b *Batch) Name(s string) Name {
	if s == "" {
		return 0
	}
	if n, ok := b.names[s]; ok {
		return n
	}
	if b.names == nil {
		b.names = make(map[string]Name)
	}
	b.texts = append(b.texts, s)
	n := Name(len(b.texts))
	b.names[s] = n
	return n
}

// Text is the text of n, which must come from this Batch.
func (b *Batch) Text(n Name) string {
	if n == 0 {
		return ""
	}
	return b.texts[n-1]
}

func opt(p *int) Opt {
	if p == nil || *p < 0 || *p > 100 {
		return 0
	}
	return Some(*p)
}

func segment(s string) uint8 {
	if len(s) == 1 && s[0] >= 'A' && s[0] <= 'Z' {
		return s[0]
	}
	return 0
}

func language(l feedback.Language) (b [2]byte) {
	if len(l) == 2 {
		b[0], b[1] = l[0], l[1]
	}
	return b
}

// ParseEventID reads a UUID in its 36-character text form.
func ParseEventID(id feedback.EventID) (b [16]byte, err error) {
	s := string(id)
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return b, fmt.Errorf("event id: %w: want a UUID", feedback.ErrInvalid)
	}
	var h [32]byte
	n := copy(h[:], s[:8])
	n += copy(h[n:], s[9:13])
	n += copy(h[n:], s[14:18])
	n += copy(h[n:], s[19:23])
	copy(h[n:], s[24:])
	if _, err := hex.Decode(b[:], h[:]); err != nil {
		return b, fmt.Errorf("event id: %w: want a UUID", feedback.ErrInvalid)
	}
	return b, nil
}

// EventID is the text form of a UUID, lower case.
func EventID(b [16]byte) feedback.EventID {
	return feedback.EventID(appendEventID(make([]byte, 0, 36), b))
}

func appendEventID(dst []byte, b [16]byte) []byte {
	dst = hex.AppendEncode(dst, b[0:4])
	dst = hex.AppendEncode(append(dst, '-'), b[4:6])
	dst = hex.AppendEncode(append(dst, '-'), b[6:8])
	dst = hex.AppendEncode(append(dst, '-'), b[8:10])
	return hex.AppendEncode(append(dst, '-'), b[10:16])
}

var idText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ResponseKey is the text form of k.
func (k Key) ResponseKey() feedback.ResponseKey {
	return feedback.NewResponseKey(k.Period(), k.ID)
}

// At is the instant of a fact's milliseconds, in UTC.
func At(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
