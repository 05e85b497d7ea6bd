package store

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
)

// Targets is the set of queues a message goes to.
type Targets uint8

// The queues.
const (
	ToEscalation Targets = 1 << iota
	ToReporting
	ToNotify
	ToMail
)

// Has reports whether all of q are in t.
func (t Targets) Has(q Targets) bool { return t&q == q }

// Image is the new image of a stream record.
type Image = map[string]lambdaevents.DynamoDBAttributeValue

// Parcel is a message and the queues that get it.
type Parcel struct {
	Message events.Message
	To      Targets
}

// silent are the items that nobody is told of: states, markers, contacts, what
// is kept of figures and configuration, and what only the due index shows.
var silent = []string{pkOnce, pkDevice, pkContact, pkRemind, pkHook, pkWatch, pkAction, pkCrisis, pkPrint, pkErased, pkSwept}

// FromStream turns the image of a newly inserted item into the messages that the
// queues get. A ledger entry is Stored, for reporting and, where a customer said
// something that a rule may look at, for escalation; one of an invitation that we
// send asks for its mail as well. A timeline entry is the alert it has, asks for the mail that it
// informs the customer by, and is a step for reporting, unless it was written
// before there were any; a report version is an alert of its own. There is none
// for other items. What was restored is for reporting only: whatever else had to
// be done about it was done, or its time comes again. Nothing personal is read. An
// error means that the item is not one this store wrote: poison.
func FromStream(image Image) ([]Parcel, error) {
	all, err := inserted(image)
	if imageText(image, AttrRestored) == "" {
		return all, err
	}
	counted := all[:0]
	for _, p := range all {
		if p.To &= ToReporting; p.To != 0 {
			counted = append(counted, p)
		}
	}
	return counted, err
}

// inserted is FromStream of an item, wherever it came from.
func inserted(image Image) ([]Parcel, error) {
	pk, sk := imageText(image, AttrPK), imageText(image, AttrSK)
	switch {
	case strings.HasPrefix(pk, pkCase):
		if !strings.HasPrefix(sk, skEntry) {
			return nil, nil
		}
		var e casefile.Entry
		if err := imageJSON(image, attrEntry, &e); err != nil {
			return nil, err
		}
		all := happened(&e)
		if imageText(image, attrFact) == "" { // of before there were facts of steps
			return all, nil
		}
		step := new(events.Step)
		if err := imageJSON(image, attrFact, step); err != nil {
			return nil, err
		}
		if step.Case != string(e.Case) || step.Seq != e.Seq {
			return nil, fmt.Errorf("reading a stream record: the fact is not that of its timeline entry: %w", ErrInvalid)
		}
		return append(all, Parcel{events.Message{Version: events.Version, Type: events.TypeStep, Step: step}, ToReporting}), nil
	case strings.HasPrefix(pk, pkReport):
		var v ReportVersion
		if err := imageJSON(image, attrReport, &v); err != nil {
			return nil, err
		}
		return []Parcel{told(reportReady(&v))}, nil
	case slices.ContainsFunc(silent, func(prefix string) bool { return strings.HasPrefix(pk, prefix) }):
		return nil, nil
	}
	return stored(image)
}

// happened is a timeline entry on its way; none when nobody is told.
func happened(e *casefile.Entry) (all []Parcel) {
	if e.Alert != nil {
		all = append(all, told(e.Alert))
	}
	if e.Inform {
		all = append(all, Parcel{events.Message{
			Version: events.Version, Type: events.TypeInform, Inform: &events.Inform{Case: string(e.Case), Seq: e.Seq},
		}, ToMail})
	}
	if e.Action == casefile.Registered || e.Action == casefile.Assessing {
		// What staff say of a case, such as its category, may make a rule hold that
		// looks at other cases: it need not wait for the next deadline.
		all = append(all, Parcel{events.Message{
			Version: events.Version, Type: events.TypeDeadline, Deadline: &events.Deadline{Case: string(e.Case), Step: e.Step, DueAt: e.At.UTC()},
		}, ToEscalation})
	}
	return all
}

// told is an alert on its way.
func told(a *events.Alert) Parcel {
	return Parcel{events.Message{Version: events.Version, Type: events.TypeAlert, Alert: a}, ToNotify}
}

// stored is a ledger entry on its way.
func stored(image Image) ([]Parcel, error) {
	kind, err := feedback.ParseKind(imageText(image, attrKind))
	event := imageText(image, attrEvent)
	if err != nil || !json.Valid([]byte(event)) {
		return nil, fmt.Errorf("reading a stream record: no item of this store: %w", ErrInvalid)
	}
	all := []Parcel{{events.Message{
		Version: events.Version, Type: events.TypeStored, Stored: &events.Stored{Kind: kind, Event: json.RawMessage(event)},
	}, ToReporting}}
	if feedback.OfCanary([]byte(event)) { // it becomes a fact apart, and nobody is bothered
		return all, nil
	}
	switch kind {
	case feedback.KindRating, feedback.KindCard: // a card is a vote with more to it
		var v feedback.Rating
		if err := imageJSON(image, attrEvent, &v); err != nil {
			return nil, err
		}
		said := escalate.Vote(&v)
		if v.CollectionMode != feedback.Imported && escalate.Concerns(&said) {
			all[0].To |= ToEscalation
		}
	case feedback.KindComplaint:
		var c feedback.Complaint
		if err := imageJSON(image, attrEvent, &c); err != nil {
			return nil, err
		}
		if c.CollectionMode != feedback.Imported { // of the past: it is counted, and nothing is done about it
			all[0].To |= ToEscalation
		}
	case feedback.KindInvitation:
		var in feedback.Invitation
		if err := imageJSON(image, attrEvent, &in); err != nil {
			return nil, err
		}
		if in.Mailed {
			all = append(all, Parcel{events.Message{
				Version: events.Version, Type: events.TypeInvite, Invite: &events.Invite{ResponseKey: in.ResponseKey, EventID: in.EventID},
			}, ToMail})
		}
	}
	return all, nil
}

func reportReady(v *ReportVersion) *events.Alert {
	version := fourDigits(v.Version)
	id := "report#" + v.Period.String() + "#"
	if v.Group != "" {
		id += v.Group + "#"
	}
	return &events.Alert{
		ID:     id + version,
		Reason: events.ReportReady,
		At:     v.CreatedAt.UTC().Truncate(time.Millisecond),
		Period: v.Period.String(),
		Report: version,
		Group:  v.Group,
		Status: string(v.Status),
		Hash:   v.InputHash,
	}
}

func imageText(image Image, name string) string {
	if v, ok := image[name]; ok && v.DataType() == lambdaevents.DataTypeString {
		return v.String()
	}
	return ""
}

func imageJSON(image Image, name string, into any) error {
	if err := json.Unmarshal([]byte(imageText(image, name)), into); err != nil {
		return fmt.Errorf("reading attribute %s of a stream record: %w", name, err)
	}
	return nil
}
