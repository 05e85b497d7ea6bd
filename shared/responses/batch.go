package responses

import (
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"sync"
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

	names *names // nil: none yet
}

// names are the texts that facts name by number.
type names struct {
	sync.Mutex
	texts   []string // texts[i] is the text of Name i+1
	numbers map[string]Name
}

// Beside is an empty Batch whose names are those of b, so that facts of both come
// together as they are. Batches of the same names may be filled by several
// goroutines, but no text be asked for meanwhile.
func (b *Batch) Beside() *Batch {
	if b.names == nil {
		b.names = new(names)
	}
	return &Batch{names: b.names}
}

// Name interns s.
func (b *Batch) Name(s string) Name {
	if s == "" {
		return 0
	}
	if b.names == nil {
		b.names = new(names)
	}
	t := b.names
	t.Lock()
	defer t.Unlock()
	if n, ok := t.numbers[s]; ok {
		return n
	}
	if t.numbers == nil {
		t.numbers = make(map[string]Name)
	}
	t.texts = append(t.texts, s)
	n := Name(len(t.texts))
	t.numbers[s] = n
	return n
}

// Text is the text of n, which must come from this Batch.
func (b *Batch) Text(n Name) string {
	if n == 0 {
		return ""
	}
	return b.names.texts[n-1]
}

// texts are the texts of the names from 1 on.
func (b *Batch) texts() []string {
	if b.names == nil {
		return nil
	}
	return b.names.texts
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
	const digits = "0123456789abcdef"
	for i, c := range b {
		switch i {
		case 4, 6, 8, 10:
			dst = append(dst, '-', digits[c>>4], digits[c&15])
		default:
			dst = append(dst, digits[c>>4], digits[c&15])
		}
	}
	return dst
}

var idText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// ResponseKey is the text form of k.
func (k Key) ResponseKey() feedback.ResponseKey {
	return feedback.NewResponseKey(k.Period(), k.ID)
}

// At is the instant of a fact's milliseconds, in UTC.
func At(ms int64) time.Time { return time.UnixMilli(ms).UTC() }
