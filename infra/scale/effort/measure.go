package effort

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/infra/lambdaenv"
	"resonanz/infra/load/cloud"
	"resonanz/infra/load/fleet"
	"resonanz/infra/local/emulator"
	"resonanz/infra/scale/heat"
	"resonanz/infra/scale/settings"
	"resonanz/shared/awsenv"
	"resonanz/shared/link"
	"resonanz/shared/store"
)

const (
	tableName = "scale-table"
	queueBase = "https://sqs.example.com/000000000000/"
	rounds    = 7
)

// Measure has the functions that are built in dir handle batches of one record and of
// many, and takes the difference. AWS answers from memory, at once: processor time is
// what counts, and means nearly the same on a busy machine.
func Measure(ctx context.Context, dir string, s *settings.Settings) (*Efforts, error) {
	var changes []cloud.Change
	c, err := cloud.Start(cloud.Options{Secrets: map[string]string{"link": secret("l"), "device": secret("d")}, Changed: func(ch cloud.Change) { changes = append(changes, ch) }})
	if err != nil {
		return nil, err
	}
	defer c.Stop()
	temp, err := os.MkdirTemp("", "scale-")
	if err != nil {
		return nil, fmt.Errorf("measuring: %w", err)
	}
	defer func() { _ = os.RemoveAll(temp) }()
	f := fleet.New(fleet.Options{Dir: dir, Concurrency: 1, Env: func(name string) []string { return environment(name, c.FunctionsURL, temp, s) }})
	defer f.Stop()

	const most = 2000
	table := store.New(dynamodb.New(dynamodb.Options{
		Region: emulator.Region, BaseEndpoint: &c.ObserverURL, HTTPClient: awsenv.HTTPClient(),
		Credentials: credentials.NewStaticCredentialsProvider(emulator.AccessKey, emulator.SecretKey, ""),
	}), tableName)
	run := heat.NewRun(1, 1, uint64(os.Getpid())) //nolint:gosec // ids that no run before had
	at := time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)
	for range most {
		if _, _, err := table.Put(ctx, run.Rating(at)); err != nil {
			return nil, fmt.Errorf("measuring: %w", err)
		}
	}
	e := &Efforts{
		Machine: fmt.Sprintf("%s/%s, %d cores", runtime.GOOS, runtime.GOARCH, runtime.NumCPU()), Date: time.Now().UTC().Format(time.DateOnly),
		Command: "make scale MEASURE=1", Functions: make(map[string]Effort),
	}
	e.Functions["rating"], err = single(ctx, f, run)
	if err != nil {
		return nil, err
	}
	stream := func(n int) any { return cloud.StreamEvent(changes[:n], 0) }
	if e.Functions["fanout"], err = difference(ctx, f, "fanout", 100, stream); err != nil {
		return nil, err
	}
	messages := c.Receive(ctx, queueBase+"reporting", most, 0)
	for len(messages) > 0 && len(messages) < most { // what fanout made of the records, over and over
		messages = append(messages, messages...)
	}
	if len(messages) == 0 {
		return nil, errors.New("measuring: fanout sent nothing to reporting")
	}
	queue := func(n int) any { return queueEvent(messages[:n]) }
	if e.Functions["facts"], err = difference(ctx, f, "facts", most, queue); err != nil {
		return nil, err
	}
	if e.Functions["escalation"], err = difference(ctx, f, "escalation", 50, queue); err != nil {
		return nil, err
	}
	e.Functions[Evidence], err = reading(ctx, c.ObserverURL, at)
	return e, err
}

func secret(letter string) string { return strings.Repeat(letter, 64) }

// single is what rating spends on one rating of a device: the median of some rounds,
// as many as the device may send at once.
func single(ctx context.Context, f *fleet.Fleet, run *heat.Run) (Effort, error) {
	const device, generation = "kiosk-cologne-1", 1
	var all []float64
	for range rounds {
		before := cpuOf(f, "rating")
		const times = 12
		for range times {
			now := time.Now().UTC()
			body, err := json.Marshal(map[string]any{
				"event_id": run.Rating(now).EventID, "touchpoint": "checkout-cologne", "channel": "kiosk", "scale": "stars_1_5", "rating": 4, "submitted_at": now,
			})
			if err != nil {
				return Effort{}, fmt.Errorf("measuring rating: %w", err)
			}
			r := events.APIGatewayV2HTTPRequest{
				Version: "2.0", RouteKey: "POST /v1/ratings", RawPath: "/v1/ratings", Body: string(body), Headers: map[string]string{
					"accept": "*/*", "host": "feedback.example.com", "content-type": "application/json", "x-forwarded-for": "192.0.2.10",
					"authorization": "Bearer " + link.DeviceKey([]byte(secret("d")), device, generation),
				},
			}
			r.RequestContext.RequestID, r.RequestContext.RouteKey, r.RequestContext.TimeEpoch = "LV7fzho-liAEJPw=", r.RouteKey, now.UnixMilli()
			r.RequestContext.HTTP.Method, r.RequestContext.HTTP.Path, r.RequestContext.HTTP.SourceIP = "POST", r.RawPath, "192.0.2.10"
			payload, err := json.Marshal(r)
			if err != nil {
				return Effort{}, fmt.Errorf("measuring rating: %w", err)
			}
			out, _, err := f.Invoke(ctx, "rating", payload)
			if err == nil && !strings.Contains(string(out), `"statusCode":201`) {
				err = fmt.Errorf("it answered %.300s", out)
			}
			if err != nil {
				return Effort{}, fmt.Errorf("measuring rating: %w", err)
			}
		}
		all = append(all, (cpuOf(f, "rating")-before)/times)
	}
	slices.Sort(all[1:]) // the first has the start in it
	return Effort{Fixed: rounded(all[1:][(len(all)-1)/2])}, nil
}

// difference is what a function spends by itself and on each of many records: the
// medians of some rounds.
func difference(ctx context.Context, f *fleet.Fleet, name string, many int, payload func(n int) any) (Effort, error) {
	spent := func(n, times int) (float64, error) {
		b, err := json.Marshal(payload(n))
		if err != nil {
			return 0, fmt.Errorf("measuring %s: %w", name, err)
		}
		var all []float64
		for range rounds {
			before := cpuOf(f, name)
			for range times {
				out, _, err := f.Invoke(ctx, name, b)
				if err != nil {
					return 0, fmt.Errorf("measuring %s: %w", name, err)
				}
				if strings.Contains(string(out), "itemIdentifier") {
					return 0, fmt.Errorf("measuring %s: it failed records: %.200s", name, out)
				}
			}
			all = append(all, (cpuOf(f, name)-before)/float64(times))
		}
		slices.Sort(all[1:]) // the first has the start in it
		return all[1:][(len(all)-1)/2], nil
	}
	one, err := spent(1, 50)
	if err != nil {
		return Effort{}, err
	}
	all, err := spent(many, 5)
	if err != nil {
		return Effort{}, err
	}
	each := (all - one) / float64(many-1)
	return Effort{Fixed: rounded(max(0, one-each)), Each: rounded(each)}, nil
}

// rounded is to a tenth of a microsecond.
func rounded(ms float64) float64 { return math.Round(ms*1e4) / 1e4 }

// cpuOf is the processor time of a function's processes so far, in milliseconds, by
// the kernel's scheduler, to the nanosecond.
func cpuOf(f *fleet.Fleet, name string) (ms float64) {
	for _, p := range f.Processes() {
		if p.Function != name {
			continue
		}
		threads, err := filepath.Glob("/proc/" + strconv.Itoa(p.PID) + "/task/*/schedstat")
		if err != nil {
			continue
		}
		for _, t := range threads {
			b, err := os.ReadFile(t)
			if err != nil {
				continue // the thread has ended
			}
			ns, _, _ := strings.Cut(string(b), " ")
			if n, err := strconv.ParseFloat(ns, 64); err == nil {
				ms += n / 1e6
			}
		}
	}
	return ms
}

func environment(name, url, temp string, s *settings.Settings) []string {
	env := []string{
		"AWS_REGION=" + emulator.Region, "AWS_ACCESS_KEY_ID=" + emulator.AccessKey, "AWS_SECRET_ACCESS_KEY=" + emulator.SecretKey,
		"AWS_ENDPOINT_URL=" + url, "STAGE=dev", "TABLE_NAME=" + tableName, "BUCKET_NAME=scale-bucket",
		"LINK_SECRET_ARN=link", "DEVICE_SECRET_ARN=device", "PUBLIC_URL=https://feedback.example.com", "TMPDIR=" + temp,
	}
	for _, q := range []string{"ESCALATION", "REPORTING", "NOTIFY", "MAIL"} {
		env = append(env, q+"_QUEUE_URL="+queueBase+strings.ToLower(q))
	}
	for k, v := range lambdaenv.Environment(s.Functions[name].Memory) {
		env = append(env, k+"="+v)
	}
	return append(env, "STREAM_DLQ_URL="+queueBase+"stream-dead", "DLQ_URL="+queueBase+name+"-dead")
}

func queueEvent(messages []cloud.Message) any {
	var e events.SQSEvent
	for i := range messages {
		id := strconv.Itoa(i)
		e.Records = append(e.Records, events.SQSMessage{
			MessageId: id, ReceiptHandle: id, Body: messages[i].Body, EventSource: "aws:sqs", AWSRegion: emulator.Region,
			EventSourceARN: "arn:aws:sqs:" + emulator.Region + ":000000000000:queue",
			Attributes:     map[string]string{"ApproximateReceiveCount": "1", "SentTimestamp": "1773576000000"},
		})
	}
	return e
}
