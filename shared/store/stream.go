package store

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// Targets is the set of queues a message goes to.
type Targets uint8

// The queues.
const (
	ToEscalation Targets = 1 << iota
	ToReporting
	ToNotify
)

// Has reports whether all of q are in t.
func (t Targets) Has(q Targets) bool { return t&q == q }

// Image is the new image of a stream record.
type Image = map[string]lambdaevents.DynamoDBAttributeValue

// FromStream turns the image of a newly inserted item into the message that the
// queues get: a ledger entry is Stored (escalation and reporting), a timeline
// entry with an alert is that alert, a report version is an alert of its own
// (notify). OK is false for every other item. Nothing personal is read. An
// error means that the item is not one this store wrote: poison.
func FromStream(image Image) (m events.Message, to Targets, ok bool, err error) {
	pk, sk := imageText(image, AttrPK), imageText(image, AttrSK)
	m.Version = events.Version
	switch {
	case strings.HasPrefix(pk, pkCase) && strings.HasPrefix(sk, skEntry):
		var e casefile.Entry
		if err := imageJSON(image, attrEntry, &e); err != nil {
			return events.Message{}, 0, false, err
		}
		if e.Alert == nil {
			return events.Message{}, 0, false, nil
		}
		m.Type, m.Alert = events.TypeAlert, e.Alert
		return m, ToNotify, true, nil
	case strings.HasPrefix(pk, pkReport):
		var v ReportVersion
		if err := imageJSON(image, attrReport, &v); err != nil {
			return events.Message{}, 0, false, err
		}
		m.Type, m.Alert = events.TypeAlert, reportReady(&v)
		return m, ToNotify, true, nil
	case strings.HasPrefix(pk, pkCase), strings.HasPrefix(pk, pkOnce):
		return events.Message{}, 0, false, nil
	}
	kind, err := feedback.ParseKind(imageText(image, attrKind))
	event := imageText(image, attrEvent)
	if err != nil || !json.Valid([]byte(event)) {
		return events.Message{}, 0, false, fmt.Errorf("reading a stream record: no ledger entry, case, marker or report: %w", ErrInvalid)
	}
	m.Type, m.Stored = events.TypeStored, &events.Stored{Kind: kind, Event: json.RawMessage(event)}
	return m, ToEscalation | ToReporting, true, nil
}

func reportReady(v *ReportVersion) *events.Alert {
	version := fourDigits(v.Version)
	return &events.Alert{
		ID:     "report#" + v.Period.String() + "#" + version,
		Reason: events.ReportReady,
		At:     v.CreatedAt.UTC().Truncate(time.Millisecond),
		Period: v.Period.String(),
		Report: version,
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
