package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// letter is a message in a dead-letter queue.
type letter struct {
	queue   string // name of the queue it lies in
	id      string
	receipt string
	body    string
	// reason is why a function put it aside; empty where the queue gave up after
	// too many attempts.
	reason   string
	source   string // the message or record it was before it was put aside; may be empty
	schedule string // name of the schedule whose run failed; mostly empty
	sent     time.Time
	received int // attempts of the consumer and looks of this tool together
}

func letterOf(queue string, m *types.Message) letter {
	attribute := func(name string) string { return aws.ToString(m.MessageAttributes[name].StringValue) }
	l := letter{
		queue:   queue,
		id:      aws.ToString(m.MessageId),
		receipt: aws.ToString(m.ReceiptHandle),
		body:    aws.ToString(m.Body),
		reason:  attribute("reason"),
		source:  attribute("source"),
	}
	if code := attribute("ERROR_CODE"); l.reason == "" && code != "" { // as EventBridge Scheduler writes it
		l.reason = code + ": " + attribute("ERROR_MESSAGE")
	}
	if arn := attribute("SCHEDULE_ARN"); arn != "" {
		l.schedule = arn[strings.LastIndexByte(arn, '/')+1:]
	}
	l.received, _ = strconv.Atoi(m.Attributes[string(types.MessageSystemAttributeNameApproximateReceiveCount)])
	if ms, err := strconv.ParseInt(m.Attributes[string(types.MessageSystemAttributeNameSentTimestamp)], 10, 64); err == nil {
		l.sent = time.UnixMilli(ms).UTC()
	}
	if b, err := readBatch(l.body); err == nil && queue == streamFailures && l.reason == "" {
		l.reason = fmt.Sprintf("%s after %d calls", b.Context.Condition, b.Context.Calls)
	}
	return l
}

// about says what a letter is by its type and ids alone. Ids are shown only
// where they are of the shape ours have: a malformed message may hold anything.
func (l *letter) about() string {
	var m events.Message
	err := json.Unmarshal([]byte(l.body), &m)
	switch {
	case l.queue == scheduleFailures:
		return "a run of schedule " + cmp.Or(l.schedule, "?")
	case l.queue == streamFailures:
		return aboutStream(l.body)
	case l.queue == mailEvents:
		return aboutMail(l.body)
	case l.queue == attachments:
		return aboutUpload(l.body)
	case err != nil:
		return fmt.Sprintf("no message of ours, %d bytes", len(l.body))
	case m.Type == events.TypeStored && m.Stored != nil:
		var e struct {
			EventID     string `json:"event_id"`
			ResponseKey string `json:"response_key"`
		}
		_ = json.Unmarshal(m.Stored.Event, &e) // what cannot be read is shown as such
		return fmt.Sprintf("stored %s %s of response %s",
			shown(string(m.Stored.Kind), feedback.ParseKind), shown(e.EventID, feedback.ParseEventID), shown(e.ResponseKey, feedback.ParseResponseKey))
	case m.Type == events.TypeDeadline && m.Deadline != nil:
		return fmt.Sprintf("deadline of case %s, step %d", shown(m.Deadline.Case, casefile.ParseNumber), m.Deadline.Step)
	case m.Type == events.TypeSilence && m.Silence != nil:
		return fmt.Sprintf("silence of device %s since %s", shown(string(m.Silence.Device), feedback.ParseDevice), m.Silence.LastAt.UTC().Format(time.RFC3339))
	case m.Type == events.TypeInvite && m.Invite != nil:
		what := "invitation"
		if m.Invite.Reminder {
			what = "reminder"
		}
		return fmt.Sprintf("mail of %s %s of response %s", what,
			shown(string(m.Invite.EventID), feedback.ParseEventID), shown(string(m.Invite.ResponseKey), feedback.ParseResponseKey))
	case m.Type == events.TypeInform && m.Inform != nil:
		return fmt.Sprintf("mail of step %d of case %s", m.Inform.Seq, shown(m.Inform.Case, casefile.ParseNumber))
	case m.Type == events.TypeSignal && m.Signal != nil:
		return fmt.Sprintf("signal %s of %s", shown(m.Signal.Rule, matching(ruleName)), m.Signal.At.UTC().Format(time.RFC3339))
	case m.Type == events.TypeHook && m.Hook != nil:
		return fmt.Sprintf("attempt %d of webhook %s for alert %s", m.Hook.Attempt, shown(m.Hook.Endpoint, matching(endpointID)), shown(m.Hook.Alert.ID, parseAlertID))
	case m.Type == events.TypeStep && m.Step != nil:
		return fmt.Sprintf("step %d of case %s", m.Step.Seq, shown(m.Step.Case, casefile.ParseNumber))
	case m.Type == events.TypeOrder && m.Order != nil:
		of := "the whole"
		if m.Order.Group != "" {
			of = "group " + shown(m.Order.Group, matching(endpointID))
		}
		return fmt.Sprintf("order of the report of %s, %s", shown(m.Order.Period, period.Parse), of)
	case m.Type == events.TypeAlert && m.Alert != nil:
		of := "case " + shown(m.Alert.Case, casefile.ParseNumber)
		if m.Alert.Reason == events.ReportReady {
			of = "period " + shown(m.Alert.Period, period.Parse)
		}
		return fmt.Sprintf("alert %s %s of %s", shown(string(m.Alert.Reason), parseReason), shown(m.Alert.ID, parseAlertID), of)
	}
	return fmt.Sprintf("message of version %d and of no known shape, %d bytes", m.Version, len(l.body))
}

// aboutMail says what SES told of which mail; never of whose.
func aboutMail(body string) string {
	var e struct {
		Type string `json:"eventType"`
		Mail struct {
			Tags map[string][]string `json:"tags"`
		} `json:"mail"`
	}
	if err := json.Unmarshal([]byte(body), &e); err != nil || e.Type == "" {
		return fmt.Sprintf("no event of SES, %d bytes", len(body))
	}
	response := ""
	if tags := e.Mail.Tags["response"]; len(tags) > 0 {
		response = tags[0]
	}
	return fmt.Sprintf("%s of mail of response %s", shown(e.Type, parseMailEvent), shown(response, feedback.ParseResponseKey))
}

// aboutUpload says what S3 told of which case; the rest of a file's name is of no
// use to anybody.
func aboutUpload(body string) string {
	var e struct {
		Records []struct {
			S3 struct{ Object struct{ Key string } }
		}
	}
	if err := json.Unmarshal([]byte(body), &e); err != nil || len(e.Records) == 0 {
		return fmt.Sprintf("no event of S3, %d bytes", len(body))
	}
	key, err := url.QueryUnescape(e.Records[0].S3.Object.Key)
	if err != nil {
		key = ""
	}
	folder, rest, _ := strings.Cut(key, "/")
	number, _, _ := strings.Cut(rest, "/")
	if folder != "quarantine" {
		number = ""
	}
	return fmt.Sprintf("upload to case %s", shown(number, casefile.ParseNumber))
}

func parseMailEvent(s string) (string, error) {
	switch s {
	case "Bounce", "Complaint", "Reject", "Rendering Failure", "Delivery", "Send":
		return s, nil
	}
	return "", feedback.ErrInvalid
}

// aboutStream says which stream records a letter stands for.
func aboutStream(body string) string {
	if k, err := readKeys(body); err == nil {
		return fmt.Sprintf("stream record of item %s / %s", k.PK, k.SK)
	}
	if b, err := readBatch(body); err == nil {
		return fmt.Sprintf("%d stream records %s to %s of %s, kept by the stream until %s",
			b.Batch.Size, b.Batch.First, b.Batch.Last, b.Batch.Shard, b.until().Format(time.RFC3339))
	}
	return fmt.Sprintf("no stream record, %d bytes", len(body))
}

// shown is s where it parses, and a question mark where it does not.
func shown[T any](s string, parse func(string) (T, error)) string {
	if _, err := parse(s); err != nil {
		return "?"
	}
	return s
}

var alertID = regexp.MustCompile(`^[0-9A-Za-z#-]{1,40}$`)

func parseAlertID(s string) (string, error) {
	if !alertID.MatchString(s) {
		return "", feedback.ErrInvalid
	}
	return s, nil
}

func parseReason(s string) (events.AlertReason, error) {
	switch r := events.AlertReason(s); r {
	case events.CaseOpened, events.CaseChanged, events.CaseOverdue, events.ReportReady,
		events.CaseAtRisk, events.CaseBreached, events.CaseEscalated, events.CustomerActed:
		return r, nil
	}
	return "", feedback.ErrInvalid
}

// A rule is written in capitals, an endpoint's id in small letters.
var (
	ruleName   = regexp.MustCompile(`^[A-Z][A-Z_]{2,39}$`)
	endpointID = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,39}$`)
)

func matching(pattern *regexp.Regexp) func(string) (string, error) {
	return func(s string) (string, error) {
		if !pattern.MatchString(s) {
			return "", feedback.ErrInvalid
		}
		return s, nil
	}
}

// why is the reason in words.
func (l *letter) why() string {
	return cmp.Or(l.reason, "none given: the queue gave up; the function's log tells more, under this id")
}

// plain is s as a terminal may show it: what could steer the terminal is
// replaced.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, s)
}

// age is how long ago something was, in its largest sensible unit.
func age(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%d s", int(max(d, 0)/time.Second))
	case d < 2*time.Hour:
		return fmt.Sprintf("%d min", int(d/time.Minute))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d/time.Hour))
	}
	return fmt.Sprintf("%d days", int(d/(24*time.Hour)))
}
