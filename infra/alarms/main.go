// Command alarms proves the alarms of the stack: it deploys the stack into an
// emulator of its own, makes each alarm ring, by its cause wherever that can be had,
// and sees that it rings alone, that the operations topic is told and where the
// runbook tells what to do, and that it is quiet again when its cause is gone. It
// ends with an error when one does not.
//
// Usage:
//
//	go run ./infra/alarms [-only RatingErrorAlarm] [-at FOLDER]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"resonanz/infra/command"
	"resonanz/infra/local/stack"
)

const usage = `usage: go run ./infra/alarms [-only ID] [-at FOLDER]

Makes each alarm of the stack ring in an emulator of its own; -only makes one.
With -at it disturbs the local stack of a folder instead.`

func main() { command.Main(usage, run) }

func run(ctx context.Context, args []string, out io.Writer) (err error) {
	f := flag.NewFlagSet("alarms", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	only, at := f.String("only", "", ""), f.String("at", "", "")
	if err := f.Parse(args); err != nil || f.NArg() > 0 {
		return command.ErrUsage
	}
	s := new(stack.Stack)
	if *at != "" {
		s.Outputs, err = stack.ReadOutputs(*at)
	} else if s, err = stack.Start(ctx, stack.Options{Progress: out}); err == nil {
		defer func() { err = errors.Join(err, s.Stop()) }()
	}
	if err != nil {
		return err
	}
	if err := os.Setenv("STAGE", s.Stage); err != nil { // lines of metrics name it
		return err
	}
	r, err := newRig(ctx, s)
	if err != nil {
		return err
	}
	if *at != "" { // whatever happened there before
		fmt.Fprintln(out, "making the stack quiet first: five minutes")
		r.past = true
		for _, function := range []string{"canary", "compact"} {
			if _, err := r.harvest(ctx, function, 0); err != nil {
				return err
			}
		}
		r.past = false
		if err := r.quiet(ctx, 30*time.Minute-shortly); err != nil {
			return err
		}
	}
	return r.prove(ctx, *only, out)
}

// shortly is how long a flight still counts that only makes the canary's alarm quiet.
const shortly = 20 * time.Second

// prove makes alarms ring one after the other, and then be quiet.
func (r *rig) prove(ctx context.Context, only string, out io.Writer) error {
	alarms, err := r.alarms(ctx)
	if err != nil {
		return err
	}
	if only != "" {
		alarms = slices.DeleteFunc(alarms, func(a types.MetricAlarm) bool { return id(&a) != only })
	}
	if len(alarms) == 0 {
		return fmt.Errorf("%w: there is no alarm %s", command.ErrUsage, only)
	}
	slices.SortFunc(alarms, func(a, b types.MetricAlarm) int {
		if d := turn(&a) - turn(&b); d != 0 {
			return d
		}
		return strings.Compare(id(&a), id(&b))
	})
	ringing, err := r.ringing(ctx)
	if err != nil {
		return err
	}
	if names := slices.Sorted(maps.Keys(ringing)); len(names) > 1 || len(names) == 1 && names[0] != "CanaryAlarm" {
		return fmt.Errorf("before anything happened these ring: %v; want at most the one that tells of silence", names)
	}
	began := time.Now()
	ways := map[string]int{}
	var failures []error
	for i := range alarms {
		a := &alarms[i]
		c, err := r.ring(ctx, a, ringing)
		state := "rang"
		if err != nil {
			state = "FAILED"
			failures = append(failures, fmt.Errorf("%s: %w", id(a), err))
		}
		ways[c.way]++
		fmt.Fprintf(out, "%-26s %-8s %-6s %s\n", id(a), c.way, state, c.what)
		if err != nil {
			fmt.Fprintf(out, "%26s %v\n", "", err)
		}
		if ringing, err = r.ringing(ctx); err != nil {
			return err
		}
	}
	fmt.Fprintln(out, "waiting until no alarm looks at what happened any more: five minutes")
	if err := r.quiet(ctx, 0); err != nil {
		failures = append(failures, err)
	}
	fmt.Fprintf(out, "\n%d alarms, %d failures, %s; by their cause %d, counted here %d, by the function's line %d, by a point of the metric %d\n",
		len(alarms), len(failures), time.Since(began).Round(time.Second), ways[byCause], ways[byCount], ways[byLine], ways[byPoint])
	return errors.Join(failures...)
}

// turn orders alarms: those first that others make ring as well.
func turn(a *types.MetricAlarm) int {
	switch aws.ToString(a.MetricName) {
	case "Errors": // of which the emulator counts what it throttles as well
		return 0
	case "Throttles":
		return 1
	case "CanarySucceeded":
		return 3
	case "CanaryLate": // its flights get through
		return 4
	}
	return 2
}

// ring makes an alarm ring, and no other that did not before.
func (r *rig) ring(ctx context.Context, a *types.MetricAlarm, before map[string]bool) (cause, error) {
	c, err := causeOf(a)
	if err != nil {
		return c, err
	}
	if before[id(a)] && aws.ToString(a.TreatMissingData) != "breaching" {
		return c, errors.New("it rang before anything happened")
	}
	if err := c.fire(ctx, r, a); err != nil {
		return c, err
	}
	after, err := r.ringing(ctx)
	if err != nil {
		return c, err
	}
	for other := range after {
		// The emulator counts what it throttles among the errors, too; in a run of all
		// that alarm rings before.
		if !before[other] && other != id(a) && (id(a) != "ThrottleAlarm" || other != "RatingErrorAlarm") {
			return c, fmt.Errorf("%s rings as well", other)
		}
	}
	if !after[id(a)] {
		return c, errors.New("it does not ring: the metric that it watches is not the one that was written")
	}
	return c, soon(ctx, "the operations topic is told", func() (bool, error) {
		if err := r.listen(ctx); err != nil {
			return false, err
		}
		told := r.told[aws.ToString(a.AlarmName)]
		return strings.HasPrefix(told, "ALARM ") && strings.HasSuffix(told, "/desk/runbook#"+id(a)), nil
	})
}

// quiet takes the causes away, waits until what happened is past, and wants every
// alarm to be quiet. The flight that shows it is told as one of a time ago.
func (r *rig) quiet(ctx context.Context, old time.Duration) error {
	alarms, err := r.alarms(ctx)
	if err != nil {
		return err
	}
	bucket := s3.NewFromConfig(r.AWS(), func(o *s3.Options) { o.UsePathStyle = true })
	for _, name := range []string{"one", "two"} {
		if _, err := bucket.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &r.Bucket, Key: aws.String("facts/month=2026-01/rating/" + name + ".parquet")}); err != nil {
			return err
		}
	}
	for i := range alarms {
		if a := &alarms[i]; aws.ToString(a.Namespace) == "AWS/SQS" && strings.HasSuffix(aws.ToString(a.MetricName), "Visible") {
			at, err := r.sqs.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String(dimension(a))})
			if err != nil {
				return err
			}
			if _, err := r.sqs.PurgeQueue(ctx, &sqs.PurgeQueueInput{QueueUrl: at.QueueUrl}); err != nil {
				return err
			}
		}
	}
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(5*time.Minute + 5*time.Second):
	}
	if err := r.flight(ctx, "CanarySucceeded", old); err != nil {
		return err
	}
	if _, err := r.Invoke(ctx, "compact", []byte(`{"schedule":"compact","all":true}`)); err != nil {
		return err
	}
	if err := r.heard(ctx, "compact", "FactFilesUnreadable", 0); err != nil {
		return err
	}
	for i := range alarms { // as services of AWS go on to report
		if a := &alarms[i]; strings.HasPrefix(aws.ToString(a.Namespace), "AWS/") || aws.ToString(a.MetricName) != "CanarySucceeded" {
			if err := r.put(ctx, a, 0, 0); err != nil {
				return err
			}
		}
	}
	ringing, err := r.ringing(ctx)
	if err != nil {
		return err
	}
	if len(ringing) > 0 {
		return fmt.Errorf("still ringing: %v", slices.Sorted(maps.Keys(ringing)))
	}
	now, err := r.alarms(ctx)
	if err != nil {
		return err
	}
	for i := range now {
		if a := &now[i]; a.StateValue == types.StateValueAlarm {
			return fmt.Errorf("%s is in state %s: %s", id(a), a.StateValue, aws.ToString(a.StateReason))
		}
	}
	return nil
}
