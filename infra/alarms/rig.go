package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"resonanz/infra/local/stack"
)

// rig is the deployed stack, with what CloudWatch does and an emulator does not.
type rig struct {
	*stack.Stack
	watch  *cloudwatch.Client
	lambda *lambda.Client
	sqs    *sqs.Client
	inbox  string // URL of a queue that hears the operations topic
	told   map[string]string
	read   map[string]bool // ids of log lines that were taken
	names  map[string]string
	past   bool // lines of logs are taken as read
}

func newRig(ctx context.Context, s *stack.Stack) (*rig, error) {
	cfg := s.AWS()
	r := &rig{
		Stack: s, watch: cloudwatch.NewFromConfig(cfg), lambda: lambda.NewFromConfig(cfg), sqs: sqs.NewFromConfig(cfg),
		told: map[string]string{}, read: map[string]bool{}, names: map[string]string{},
	}
	alarms, err := r.alarms(ctx)
	if err != nil {
		return nil, err
	}
	if len(alarms) == 0 || len(alarms[0].AlarmActions) != 1 {
		return nil, errors.New("the stack has no alarms that tell somebody")
	}
	q, err := r.sqs.CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("alarms-that-rang")})
	if err != nil {
		return nil, fmt.Errorf("making an inbox: %w", err)
	}
	r.inbox = *q.QueueUrl
	attributes, err := r.sqs.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: q.QueueUrl, AttributeNames: []sqstypes.QueueAttributeName{"QueueArn"}})
	if err != nil {
		return nil, fmt.Errorf("making an inbox: %w", err)
	}
	_, err = sns.NewFromConfig(cfg).Subscribe(ctx, &sns.SubscribeInput{
		TopicArn: &alarms[0].AlarmActions[0], Protocol: aws.String("sqs"), Endpoint: aws.String(attributes.Attributes["QueueArn"]),
		Attributes: map[string]string{"RawMessageDelivery": "true"},
	})
	if err != nil {
		return nil, fmt.Errorf("hearing the operations topic: %w", err)
	}
	return r, nil
}

// alarms are those of the stack, as deployed.
func (r *rig) alarms(ctx context.Context) (all []types.MetricAlarm, err error) {
	pages := cloudwatch.NewDescribeAlarmsPaginator(r.watch, &cloudwatch.DescribeAlarmsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing the alarms: %w", err)
		}
		all = append(all, page.MetricAlarms...)
	}
	return all, nil
}

// id is an alarm's in the template and the runbook: the end of its description.
func id(a *types.MetricAlarm) string {
	_, name, _ := strings.Cut(aws.ToString(a.AlarmDescription), "#")
	return name
}

// dimension is the value of the alarm's only dimension.
func dimension(a *types.MetricAlarm) string {
	if len(a.Dimensions) != 1 {
		return ""
	}
	return aws.ToString(a.Dimensions[0].Value)
}

// put writes a point of exactly the metric that an alarm watches, of a time ago.
func (r *rig) put(ctx context.Context, a *types.MetricAlarm, value float64, old time.Duration) error {
	_, err := r.watch.PutMetricData(ctx, &cloudwatch.PutMetricDataInput{Namespace: a.Namespace, MetricData: []types.MetricDatum{
		{MetricName: a.MetricName, Dimensions: a.Dimensions, Timestamp: aws.Time(time.Now().Add(-old)), Value: &value},
	}})
	return err
}

// age is how old points are that make an alarm ring, and soon leave it alone: an
// alarm over half an hour need not ring for half an hour here.
func age(a *types.MetricAlarm) time.Duration { return window(a) - lead }

// lead is how long an alarm still looks at them.
const lead = 2 * time.Minute

// line is one of the embedded metric format: what CloudWatch makes metrics of.
type line struct {
	AWS struct {
		CloudWatchMetrics []struct {
			Namespace  string
			Dimensions [][]string
			Metrics    []struct{ Name, Unit string }
		}
	} `json:"_aws"`
}

// extract does what CloudWatch Logs does with a line of a function's log, and an
// emulator does not: it makes metrics of it, with the dimensions that it names.
func (r *rig) extract(ctx context.Context, text string, old time.Duration) error {
	var l line
	var values map[string]any
	if json.Unmarshal([]byte(text), &l) != nil || json.Unmarshal([]byte(text), &values) != nil {
		return nil //nolint:nilerr // any other line
	}
	at := time.Now().Add(-old)
	for _, set := range l.AWS.CloudWatchMetrics {
		for _, names := range set.Dimensions {
			var dimensions []types.Dimension
			for _, n := range names {
				v, _ := values[n].(string)
				dimensions = append(dimensions, types.Dimension{Name: aws.String(n), Value: aws.String(v)})
			}
			var data []types.MetricDatum
			for _, m := range set.Metrics {
				v, ok := values[m.Name].(float64)
				if !ok {
					return fmt.Errorf("a line of metrics lacks %s", m.Name)
				}
				data = append(data, types.MetricDatum{MetricName: aws.String(m.Name), Unit: types.StandardUnit(m.Unit), Value: &v, Dimensions: dimensions, Timestamp: &at})
			}
			if _, err := r.watch.PutMetricData(ctx, &cloudwatch.PutMetricDataInput{Namespace: aws.String(set.Namespace), MetricData: data}); err != nil {
				return fmt.Errorf("writing metrics: %w", err)
			}
		}
	}
	return nil
}

// harvest extracts what a function has logged since it was last looked at, and
// returns the lines.
func (r *rig) harvest(ctx context.Context, function string, old time.Duration) ([]string, error) {
	name, err := r.function(ctx, function)
	if err != nil {
		return nil, err
	}
	cfg, err := r.lambda.GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: &name})
	if err != nil {
		return nil, fmt.Errorf("finding the log of %s: %w", function, err)
	}
	var out struct {
		Events []struct{ EventID, Message string } `json:"events"`
	}
	if err := r.logs(ctx, "FilterLogEvents", map[string]any{"logGroupName": aws.ToString(cfg.LoggingConfig.LogGroup)}, &out); err != nil {
		return nil, fmt.Errorf("reading the log of %s: %w", function, err)
	}
	var fresh []string
	for i, e := range out.Events {
		key := fmt.Sprint(function, i, e.EventID)
		if r.read[key] {
			continue
		}
		r.read[key] = true
		if r.past {
			continue
		}
		fresh = append(fresh, e.Message)
		if err := r.extract(ctx, e.Message, old); err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

// logs calls CloudWatch Logs of the emulator, which checks no signature.
func (r *rig) logs(ctx context.Context, action string, in, out any) error {
	b, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.EndpointURL, bytes.NewReader(b))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-amz-json-1.1")
	req.Header.Set("X-Amz-Target", "Logs_20140328."+action)
	req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=test/20260101/"+r.Region+"/logs/aws4_request, SignedHeaders=host, Signature=0")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if b, err = io.ReadAll(res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %.200s", res.Status, b)
	}
	return json.Unmarshal(b, out)
}

// function is the physical name of one.
func (r *rig) function(ctx context.Context, name string) (string, error) {
	if r.names[name] == "" {
		f, err := r.Function(ctx, name)
		if err != nil {
			return "", err
		}
		r.names[name] = f.Name
	}
	return r.names[name], nil
}

// listen takes what the operations topic was told.
func (r *rig) listen(ctx context.Context) error {
	for {
		out, err := r.sqs.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &r.inbox, MaxNumberOfMessages: 10})
		if err != nil {
			return fmt.Errorf("reading the inbox: %w", err)
		}
		if len(out.Messages) == 0 {
			return nil
		}
		for _, m := range out.Messages {
			var n struct{ AlarmName, AlarmDescription, NewStateValue string }
			if err := json.Unmarshal([]byte(aws.ToString(m.Body)), &n); err != nil {
				return fmt.Errorf("reading the inbox: %w", err)
			}
			r.told[n.AlarmName] = n.NewStateValue + " " + n.AlarmDescription
			if _, err := r.sqs.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &r.inbox, ReceiptHandle: m.ReceiptHandle}); err != nil {
				return fmt.Errorf("reading the inbox: %w", err)
			}
		}
	}
}

// settle is beyond now: a time is asked for in whole seconds, and what was written in
// this one counts.
const settle = 2 * time.Second

// ringing are the ids of the alarms that ring by CloudWatch's rule.
func (r *rig) ringing(ctx context.Context) (map[string]bool, error) {
	alarms, err := r.alarms(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for i := range alarms {
		rings, err := rings(ctx, cloudWatch{r.watch}, &alarms[i], time.Now().Add(settle))
		if err != nil {
			return nil, err
		}
		if rings {
			found[id(&alarms[i])] = true
		}
	}
	return found, nil
}

// soon waits until something holds, for a minute at most.
func soon(ctx context.Context, what string, holds func() (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errors.New("waited for a minute until "+what))
	defer cancel()
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok, err := holds(); err != nil || ok {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}
