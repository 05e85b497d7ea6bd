package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/casefile"
	"resonanz/shared/erasure"
	"resonanz/shared/feedback"
)

// Raw is an item as the client of DynamoDB has it.
type Raw = map[string]types.AttributeValue

// MessagesOf returns the messages of an item, whether it is new or was restored:
// what its insertion into a table would send.
func MessagesOf(it Raw) ([]Parcel, error) {
	image := make(Image, len(it))
	for name, v := range it {
		switch v := v.(type) {
		case *types.AttributeValueMemberS:
			image[name] = lambdaevents.NewStringAttribute(v.Value)
		case *types.AttributeValueMemberN:
			image[name] = lambdaevents.NewNumberAttribute(v.Value)
		}
	}
	return inserted(image)
}

// StoredAt is when an event was accepted, a step was taken or a report was made;
// the zero time for every other item.
func StoredAt(it Raw) (time.Time, error) {
	r := reader{it: it}
	switch pk, sk := r.text(AttrPK), r.text(AttrSK); {
	case r.err != nil:
		return time.Time{}, r.err
	case strings.HasPrefix(pk, pkCase) && sk != skState:
		var line struct {
			At time.Time `json:"at"`
		}
		r.json(attrEntry, &line)
		return line.At.UTC(), r.err
	case strings.HasPrefix(pk, pkReport):
		var v ReportVersion
		r.json(attrReport, &v)
		return v.CreatedAt.UTC(), r.err
	case isEntry(pk):
		return r.time(attrAt).UTC(), r.err
	}
	return time.Time{}, nil
}

// isEntry reports whether a partition is one of the ledger: "2026-03#1f".
func isEntry(pk string) bool {
	return len(pk) == len("2026-03#1f") && pk[4] == '-' && pk[7] == '#' && pk[0] >= '0' && pk[0] <= '9'
}

// made are the items that a stack makes that nobody has used yet, or that belong to
// one stack and no other.
var made = []string{pkOnce, pkWatch, pkPrint, pkSwept}

// Restoration brings the items of a backup into the table of another stack. It sees
// all of them twice: Survey first, since what is erased and what belongs together
// is known only at the end, then Item. Neither is safe for concurrent use.
type Restoration struct {
	// Backup names the backup; every item says from which it came.
	Backup string
	// Erased is who was erased, before or after the backup was made.
	Erased erasure.Log
	// Now is when items that have expired are left out.
	Now time.Time

	cases     map[casefile.Number]*surveyed
	responses map[feedback.ResponseKey]time.Time // erased until then
	contacts  map[ContactID]time.Time
	resolved  bool
}

// surveyed is what is known of a case.
type surveyed struct {
	version, lines int
	open           bool
	openedAt       time.Time
	response       feedback.ResponseKey
	erased         bool
}

// Survey takes note of an item.
func (r *Restoration) Survey(it Raw) error {
	if r.cases == nil {
		r.cases = map[casefile.Number]*surveyed{}
		r.responses, r.contacts = map[feedback.ResponseKey]time.Time{}, map[ContactID]time.Time{}
	}
	at := reader{it: it}
	pk, sk := at.text(AttrPK), at.text(AttrSK)
	if at.err != nil {
		return at.err
	}
	number, ofCase := strings.CutPrefix(pk, pkCase)
	switch {
	case ofCase && sk == skState:
		c, err := unmarshalState(it)
		if err != nil {
			return fmt.Errorf("surveying case %s: %w", number, err)
		}
		s := r.caseOf(number)
		s.version, s.open, s.openedAt, s.response = c.Version, !c.Status.Ended(), c.OpenedAt, c.ResponseKey
		s.erased = c.CustomerKey != "" && r.Erased.Covers(erasure.Customer(c.CustomerKey), c.OpenedAt) || r.Erased.Covers(erasure.Case(number), c.OpenedAt)
	case ofCase:
		r.caseOf(number).lines++
	case isEntry(pk):
		return r.surveyEntry(it)
	}
	return nil
}

func (r *Restoration) caseOf(number string) *surveyed {
	s := r.cases[casefile.Number(number)]
	if s == nil {
		s = new(surveyed)
		r.cases[casefile.Number(number)] = s
	}
	return s
}

func (r *Restoration) surveyEntry(it Raw) error {
	e, err := unmarshalEntry(it)
	if err != nil {
		return fmt.Errorf("surveying an event: %w", err)
	}
	for _, s := range []erasure.Subject{erasure.Customer(e.CustomerKey), erasure.Response(string(e.ResponseKey))} {
		if s == erasure.Customer("") || !r.Erased.Covers(s, e.ReceivedAt) {
			continue
		}
		until := r.Erased[s]
		later(r.responses, e.ResponseKey, until)
		later(r.contacts, KeyContact(e.CustomerKey), until)
		later(r.contacts, AddressContact(EmailOf(e)), until)
	}
	return nil
}

func later[K comparable](m map[K]time.Time, k K, at time.Time) {
	if m[k].Before(at) {
		m[k] = at
	}
}

// The reasons for which an item is left out.
const (
	LeftExpired = "items whose time was over"
	LeftErased  = "contacts and reminders of erased customers"
	LeftLater   = "timeline entries that are later than the state of their case"
	LeftMade    = "states of the machinery that belong to one stack"
)

// Item is the item as it is written into the other table; it is the caller's. Nil:
// it is left out, for the reason given. Erased: what was personal is gone from it.
func (r *Restoration) Item(it Raw) (out Raw, left string, erased bool, err error) {
	r.resolve()
	at := reader{it: it}
	pk, sk := at.text(AttrPK), at.text(AttrSK)
	if at.err != nil {
		return nil, "", false, at.err
	}
	if it[AttrTTL] != nil && at.number(AttrTTL) < r.Now.Unix() {
		return nil, LeftExpired, false, at.err
	}
	if strings.HasPrefix(pk, pkSwept) { // what comes back has to be swept again
		return nil, LeftMade, false, nil
	}
	out = maps.Clone(it)
	out[AttrRestored] = text(r.Backup)
	number, ofCase := strings.CutPrefix(pk, pkCase)
	switch {
	case ofCase && sk == skState:
		if r.caseOf(number).erased {
			erased = strip(out, AttrCustomerKey)
		}
	case ofCase:
		line, err := unmarshalLine(it)
		if err != nil {
			return nil, "", false, fmt.Errorf("restoring a timeline entry of case %s: %w", number, err)
		}
		s := r.caseOf(number)
		if line.Seq > s.version {
			return nil, LeftLater, false, nil
		}
		if s.erased {
			erased = strip(out, attrPersonal)
		}
	case strings.HasPrefix(pk, pkRemind):
		if _, gone := r.responses[feedback.ResponseKey(strings.TrimPrefix(pk, pkRemind))]; gone {
			return nil, LeftErased, false, nil
		}
	case strings.HasPrefix(pk, pkContact):
		until, gone := r.contacts[ContactID(strings.TrimPrefix(pk, pkContact))]
		if last := (&reader{it: it}).optional(attrLastAt); gone && it[attrOptedOutAt] == nil && last <= formatTime(until) {
			return nil, LeftErased, false, nil
		}
	case isEntry(pk):
		e, err := unmarshalEntry(it)
		if err != nil {
			return nil, "", false, fmt.Errorf("restoring an event: %w", err)
		}
		if until, gone := r.responses[e.ResponseKey]; gone && !e.ReceivedAt.After(until) {
			erased = strip(out, attrPersonal, AttrCustomerKey, attrDigest)
		}
	}
	return out, "", erased, nil
}

// resolve takes the cases of erased responses along, once.
func (r *Restoration) resolve() {
	if r.resolved {
		return
	}
	r.resolved = true
	for _, s := range r.cases {
		if until, gone := r.responses[s.response]; gone && s.response != "" && !s.openedAt.After(until) {
			s.erased = true
		}
	}
}

// strip takes attributes out and reports whether it has one of them left to take.
func strip(it Raw, names ...string) (any bool) {
	for _, name := range names {
		if name != attrDigest && it[name] != nil {
			any = true
		}
	}
	if any {
		for _, name := range names {
			delete(it, name)
		}
	}
	return any
}

// Findings are what a survey says of a backup.
type Findings struct {
	Broken     []casefile.Number        // no state, or fewer timeline entries than it tells of
	ErasedOpen []casefile.Number        // open, and of an erased customer
	Cases      map[casefile.Number]bool // those of erased customers
}

// Findings are what was found, in the order of the numbers.
func (r *Restoration) Findings() Findings {
	r.resolve()
	f := Findings{Cases: map[casefile.Number]bool{}}
	for _, n := range slices.Sorted(maps.Keys(r.cases)) {
		s := r.cases[n]
		if s.lines < s.version || s.version == 0 {
			f.Broken = append(f.Broken, n)
		}
		if s.erased {
			f.Cases[n] = true
			if s.open {
				f.ErasedOpen = append(f.ErasedOpen, n)
			}
		}
	}
	return f
}

// Last reports whether an item is written after the others: the clock acts on it as
// soon as it is there, and finds all that it needs.
func Last(it Raw) bool {
	return it[AttrDueShard] != nil || (&reader{it: it}).optional(AttrPK) == pkPrint
}

// Replaces reports whether an item replaces the one of the other stack: by which
// rules the restored deadlines were worked out is known from the backup alone.
func Replaces(it Raw) bool { return (&reader{it: it}).optional(AttrPK) == pkPrint }

// Machinery reports whether a stack makes such an item that nobody has used yet.
func Machinery(it Raw) bool {
	r := reader{it: it}
	pk := r.optional(AttrPK)
	if slices.ContainsFunc(made, func(prefix string) bool { return strings.HasPrefix(pk, prefix) }) {
		return true
	}
	return isEntry(pk) && feedback.OfCanary(json.RawMessage(r.optional(attrEvent)))
}

// SweepNote reports whether an item says how far a sweep got: after a restore there
// is to sweep again.
func SweepNote(it Raw) bool {
	return strings.HasPrefix((&reader{it: it}).optional(AttrPK), pkSwept)
}
