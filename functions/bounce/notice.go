package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"resonanz/shared/feedback"
)

// notice is what is read of an event that SES publishes: nothing that names the
// recipient. The tags are those that courier gives each mail.
type notice struct {
	EventType string `json:"eventType"`
	Bounce    *struct {
		BounceType    string    `json:"bounceType"`
		BounceSubType string    `json:"bounceSubType"`
		Timestamp     time.Time `json:"timestamp"`
	} `json:"bounce,omitempty"`
	Complaint *struct {
		SubType   string    `json:"complaintSubType"`
		Timestamp time.Time `json:"timestamp"`
	} `json:"complaint,omitempty"`
	Mail struct {
		Timestamp time.Time           `json:"timestamp"`
		Tags      map[string][]string `json:"tags"`
	} `json:"mail"`
}

// greeting is how what SES sends begins when it is first allowed to publish. It
// is no event, and no JSON.
const greeting = "Successfully validated SNS topic"

// errNoNotice says that a body is none of SES's events.
var errNoNotice = errors.New("not an event of the mail service")

func parse(body string) (*notice, error) {
	n := new(notice)
	if err := json.Unmarshal([]byte(body), n); err != nil || n.EventType == "" {
		return nil, errNoNotice // the cause could quote an address
	}
	return n, nil
}

// without is body without whom it is about: what is put aside is looked at by
// people. What is no event is not shown at all.
func without(body string) string {
	if strings.HasPrefix(body, greeting) {
		return body
	}
	n, err := parse(body)
	if err != nil {
		return "{}"
	}
	for name := range n.Mail.Tags {
		if !slices.Contains(known, name) {
			delete(n.Mail.Tags, name)
		}
	}
	b, err := json.Marshal(n)
	if err != nil {
		return "{}"
	}
	return string(b)
}

// The tags of a mail.
const (
	tagResponse = "response"
	tagEvent    = "event"
	tagMail     = "mail" // invite, reminder or case
	reminder    = "reminder"
	tagCase     = "case"  // of mail about a complaint: its number,
	tagEntry    = "entry" // and the step that it told
)

var known = []string{tagResponse, tagEvent, tagMail, tagCase, tagEntry}

func (n *notice) tag(name string) string {
	if all := n.Mail.Tags[name]; len(all) == 1 {
		return all[0]
	}
	return ""
}

// about says which invitation n is about; ours is false for mail that courier
// did not send.
func (n *notice) about() (key feedback.ResponseKey, invitation feedback.EventID, ours bool, err error) {
	response, event := n.tag(tagResponse), n.tag(tagEvent)
	if response == "" && event == "" {
		return "", "", false, nil
	}
	key, errKey := feedback.ParseResponseKey(response)
	invitation, errID := feedback.ParseEventID(event)
	if err := errors.Join(errKey, errID); err != nil {
		return "", "", false, fmt.Errorf("reading the tags of a mail: %w", err)
	}
	return key, invitation, true, nil
}

// verdict is what follows from a notice.
type verdict struct {
	outcome feedback.Outcome // empty: nothing
	at      time.Time
	dead    bool // the address takes no mail, now or later
	unasked bool // the customer does not want our mail
}

// notSent is what SES says of an address that it knew and did not send to.
const notSent = "OnAccountSuppressionList"

// away is the bounce that SES takes an absence notice for, which says that the mail
// arrived.
const away = "General"

// judge says what follows. SES tells of a bounce that is not permanent when it tries
// no more: a full mailbox, a server that was away for too long. That mail did not
// arrive, the next one may. Source: "Understand soft bounces in Amazon SES", AWS
// Knowledge Center.
func (n *notice) judge() (verdict, error) {
	switch n.EventType {
	case "Bounce":
		if n.Bounce == nil {
			return verdict{}, fmt.Errorf("%w: a bounce that says nothing", errNoNotice)
		}
		if n.Bounce.BounceType == "Transient" && n.Bounce.BounceSubType == away {
			return verdict{}, nil
		}
		if n.Bounce.BounceType != "Permanent" {
			return verdict{outcome: feedback.Bounced, at: n.Bounce.Timestamp}, nil
		}
		v := verdict{outcome: feedback.Bounced, at: n.Bounce.Timestamp, dead: true}
		if sub := n.Bounce.BounceSubType; sub == "Suppressed" || sub == notSent {
			v.outcome = feedback.Suppressed
		}
		return v, nil
	case "Complaint":
		if n.Complaint == nil {
			return verdict{}, fmt.Errorf("%w: a complaint that says nothing", errNoNotice)
		}
		v := verdict{outcome: feedback.Reported, at: n.Complaint.Timestamp, unasked: true}
		if n.Complaint.SubType == notSent {
			v.outcome = feedback.Suppressed
		}
		return v, nil
	case "Reject":
		return verdict{outcome: feedback.Bounced, at: n.Mail.Timestamp}, nil // SES took it for harmful; the address may be good
	}
	return verdict{}, nil
}
