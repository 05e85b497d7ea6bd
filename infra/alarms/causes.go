package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"resonanz/infra/credential"
	"resonanz/shared/feedback"
	"resonanz/shared/observe"
)

// cause makes an alarm ring.
type cause struct {
	way  string // how
	what string
	fire func(ctx context.Context, r *rig, a *types.MetricAlarm) error
}

// The ways. What a service of AWS measures and the emulator does not is put in its
// place.
const (
	byCause = "cause"   // the thing itself happened, and what measures it told
	byCount = "counted" // the thing itself happened; that it did was counted here, as AWS does
	byLine  = "line"    // the line that the function writes, made a metric as CloudWatch does
	byPoint = "point"   // a point of exactly the metric that is watched
)

// causeOf is the cause of an alarm, by what it watches.
func causeOf(a *types.MetricAlarm) (cause, error) {
	metric := aws.ToString(a.MetricName)
	switch namespace := aws.ToString(a.Namespace); {
	case namespace == "AWS/Lambda" && metric == "Errors":
		return cause{byCause, "the function is called with what it cannot read", failed}, nil
	case namespace == "AWS/Lambda" && metric == "Throttles":
		return cause{byCount, "a function is called while it may not run", throttled}, nil
	case namespace == "AWS/Lambda" && metric == "IteratorAge":
		return cause{byPoint, "the stream waits for 10 minutes", atThreshold}, nil
	case namespace == "AWS/SQS" && metric == "ApproximateNumberOfMessagesVisible":
		return cause{byCount, "a malformed message is put aside by the consumer of its queue, or lies there", putAside}, nil
	case namespace == "AWS/SQS" && metric == "ApproximateAgeOfOldestMessage":
		return cause{byPoint, "a message waits for 30 minutes", atThreshold}, nil
	case namespace == "AWS/ApiGateway" && metric == "5xx":
		return cause{byPoint, "the API answers with 5xx", atThreshold}, nil
	}
	switch metric {
	case "FactFilesUnreadable":
		return cause{byCause, "a file of facts is damaged, and compaction finds it", unreadable}, nil
	case "WebhookGivenUp", "SweepLeft":
		return cause{byLine, "the function says so", said}, nil
	case "CanarySucceeded":
		return cause{byCause, "no rating can be given, and the canary flies", turnedAway}, nil
	case "CanaryLate":
		return cause{byCause, "a vote does not become a fact, and the canary looks", notArrived}, nil
	}
	return cause{}, fmt.Errorf("nobody knows what makes %s ring: it watches %s", id(a), metric)
}

func atThreshold(ctx context.Context, r *rig, a *types.MetricAlarm) error {
	return r.put(ctx, a, aws.ToFloat64(a.Threshold), age(a))
}

// failed calls a function with a payload that no trigger sends.
func failed(ctx context.Context, r *rig, a *types.MetricAlarm) error {
	out, err := r.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String(dimension(a)), Payload: []byte(`["nothing"]`)})
	if err != nil {
		return err
	}
	if out.FunctionError == nil {
		return fmt.Errorf("it took the payload: %.100s", out.Payload)
	}
	return r.nudge(ctx)
}

// throttled calls a function that may not run at all. The emulator measures that of
// the function, and not of the account.
func throttled(ctx context.Context, r *rig, a *types.MetricAlarm) error {
	f, err := r.Function(ctx, "rating")
	if err != nil {
		return err
	}
	err = r.while(ctx, f.Name, func() error {
		if _, err := r.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: &f.Name, Payload: []byte("{}")}); err == nil {
			return errors.New("it ran although it may not")
		}
		return nil
	})
	return errors.Join(err, r.put(ctx, a, 1, age(a)))
}

// while lets a function not run while something is done.
func (r *rig) while(ctx context.Context, function string, do func() error) error {
	if _, err := r.lambda.PutFunctionConcurrency(ctx, &lambda.PutFunctionConcurrencyInput{FunctionName: &function, ReservedConcurrentExecutions: aws.Int32(0)}); err != nil {
		return err
	}
	err := do()
	_, back := r.lambda.DeleteFunctionConcurrency(ctx, &lambda.DeleteFunctionConcurrencyInput{FunctionName: &function})
	return errors.Join(err, back)
}

// nudge makes the emulator look at its alarms, which it does when somebody writes a
// metric.
func (r *rig) nudge(ctx context.Context) error {
	return r.extract(ctx, `{"_aws":{"CloudWatchMetrics":[{"Namespace":"Nudge","Dimensions":[[]],"Metrics":[{"Name":"N","Unit":"Count"}]}]},"N":0}`, 0)
}

// putAside has a message put aside: a malformed one in the work queue, which its
// consumer sends on; into a queue that nobody consumes it is sent itself.
func putAside(ctx context.Context, r *rig, a *types.MetricAlarm) error {
	out, err := r.sqs.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String(dimension(a))})
	if err != nil {
		return err
	}
	at, ok := map[string]string{
		r.EscalationDLQURL: r.EscalationQueueURL, r.ReportingDLQURL: r.ReportingQueueURL, r.NotifyDLQURL: r.NotifyQueueURL, r.MailDLQURL: r.MailQueueURL,
		r.MailEventsDLQURL: r.MailEventsQueueURL, r.AttachmentsDLQURL: r.AttachmentsQueueURL, r.ReportDLQURL: r.ReportQueueURL,
	}[*out.QueueUrl]
	if !ok {
		at = *out.QueueUrl
	}
	if _, err := r.sqs.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &at, MessageBody: aws.String(`{"v":1,"type":"nonsense"}`)}); err != nil {
		return err
	}
	n := 0.0
	err = soon(ctx, "a message lies in "+dimension(a), func() (bool, error) {
		got, err := r.sqs.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: out.QueueUrl, AttributeNames: []sqstypes.QueueAttributeName{sqstypes.QueueAttributeNameApproximateNumberOfMessages}})
		if err != nil {
			return false, err
		}
		n, err = strconv.ParseFloat(got.Attributes["ApproximateNumberOfMessages"], 64)
		return n >= 1, err
	})
	return errors.Join(err, r.put(ctx, a, n, age(a)))
}

// unreadable damages a file of facts.
func unreadable(ctx context.Context, r *rig, a *types.MetricAlarm) error {
	bucket := s3.NewFromConfig(r.AWS(), func(o *s3.Options) { o.UsePathStyle = true })
	for _, name := range []string{"one", "two"} { // of one nothing is to be made
		if _, err := bucket.PutObject(ctx, &s3.PutObjectInput{
			Bucket: &r.Bucket, Key: aws.String("facts/month=2026-01/rating/" + name + ".parquet"), Body: bytes.NewReader([]byte("PAR1 damaged PAR1")),
		}); err != nil {
			return err
		}
	}
	if _, err := r.Invoke(ctx, "compact", []byte(`{"schedule":"compact","all":true}`)); err != nil {
		return err
	}
	return r.heard(ctx, "compact", "FactFilesUnreadable", age(a))
}

// heard waits until a function has logged a metric, and takes it.
func (r *rig) heard(ctx context.Context, function, metric string, old time.Duration) error {
	return soon(ctx, function+" has written "+metric, func() (bool, error) {
		lines, err := r.harvest(ctx, function, old)
		for _, l := range lines {
			if strings.Contains(l, `"`+metric+`":`) {
				return true, err
			}
		}
		return false, err
	})
}

// said has the line written that the function writes, by the same code.
func said(ctx context.Context, r *rig, a *types.MetricAlarm) error {
	var out bytes.Buffer
	function := dimension(a)
	observe.NewMetricsTo(&out, function, time.Now).Emit(observe.Value{Name: aws.ToString(a.MetricName), Unit: observe.Count, N: 1})
	return r.extract(ctx, out.String(), age(a))
}

func (r *rig) flight(ctx context.Context, metric string, old time.Duration) error {
	if _, err := r.Invoke(ctx, "canary", []byte(`{"schedule":"canary"}`)); err != nil {
		return err
	}
	return r.heard(ctx, "canary", metric, old)
}

// turnedAway lets the canary fly while the function of the rating page may not run.
func turnedAway(ctx context.Context, r *rig, a *types.MetricAlarm) error {
	name, err := r.function(ctx, "rating")
	if err != nil {
		return err
	}
	return r.while(ctx, name, func() error { return r.flight(ctx, "CanaryFailed", age(a)) })
}

// notArrived gives the canary's vote of an hour ago while no facts are written, and
// has it look twice.
func notArrived(ctx context.Context, r *rig, a *types.MetricAlarm) error {
	name, err := r.function(ctx, "facts")
	if err != nil {
		return err
	}
	return r.while(ctx, name, func() error {
		if err := r.voteOfAnHourAgo(ctx); err != nil {
			return err
		}
		return errors.Join(r.flight(ctx, "CanaryLate", age(a)), r.flight(ctx, "CanaryLate", age(a)))
	})
}

var nonce = regexp.MustCompile(`name="nonce" value="([^"]+)"`)

// voteOfAnHourAgo does what the canary would have done then.
func (r *rig) voteOfAnHourAgo(ctx context.Context) error {
	f, err := r.Function(ctx, "canary")
	if err != nil {
		return err
	}
	token, err := credential.Token(ctx, r.AWS(), credential.Pool{ID: r.UserPoolID, Client: f.Env["CLIENT_ID"], TokenURL: r.TokenURL}, "canary")
	if err != nil {
		return err
	}
	slot := time.Now().UTC().Truncate(15 * time.Minute).Add(-time.Hour)
	event := feedback.DeriveEventID("canary", r.PublicURL, slot.Format(time.RFC3339))
	body, err := json.Marshal(map[string]string{"event_id": string(event), "touchpoint": string(feedback.Canary), "channel": "chat_link"})
	if err != nil {
		return err
	}
	var link struct{ URL string }
	text, err := r.ask(ctx, http.MethodPost, r.PublicURL+"/v1/invitations", "application/json", "Bearer "+token, string(body))
	if err == nil {
		err = json.Unmarshal([]byte(text), &link)
	}
	if err != nil {
		return err
	}
	page, err := r.ask(ctx, http.MethodGet, link.URL, "", "", "")
	if err != nil {
		return err
	}
	m := nonce.FindStringSubmatch(page)
	if m == nil {
		return errors.New("the page of the canary's link has no form")
	}
	_, err = r.ask(ctx, http.MethodPost, link.URL, "application/x-www-form-urlencoded", "", url.Values{"stars": {"5"}, "nonce": {m[1]}}.Encode())
	return err
}

func (r *rig) ask(ctx context.Context, method, address, kind, authorization, body string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, address, strings.NewReader(body))
	if err != nil {
		return "", err
	}
	for name, v := range map[string]string{"Content-Type": kind, "Authorization": authorization} {
		if v != "" {
			req.Header.Set(name, v)
		}
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return "", err
	}
	defer res.Body.Close()
	var b bytes.Buffer
	if _, err := b.ReadFrom(res.Body); err != nil {
		return "", err
	}
	if res.StatusCode >= http.StatusBadRequest {
		return "", fmt.Errorf("%s: %.200s", res.Status, b.String())
	}
	return b.String(), nil
}
