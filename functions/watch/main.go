// Command watch looks every half hour at the facts of the day for what asks for
// attention: bursts of low ratings and of complaints, control charts out of
// bounds, touchpoints that fell silent, kiosks that somebody plays with. It tells
// the escalation queue.
//
// Environment: TABLE_NAME, BUCKET_NAME, ESCALATION_QUEUE_URL. It may list the
// bucket and GetObject below facts/, PutItem and Query in the table where the
// partition key is WATCH#days, and SendMessage to the escalation queue;
// nothing else. It wants 1024 MB and two minutes, and must not run twice at once.
package main

import (
	"os"
	"slices"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"resonanz/shared/awsenv"
	"resonanz/shared/bucket"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/observe"
	"resonanz/shared/outbox"
	"resonanz/shared/responses"
	"resonanz/shared/rulebook"
	"resonanz/shared/signal"
	"resonanz/shared/store"
)

const (
	envTable      = "TABLE_NAME"
	envBucket     = "BUCKET_NAME"
	envEscalation = "ESCALATION_QUEUE_URL"
)

func main() {
	log := observe.Logger("watch")
	h, err := wire()
	if err != nil {
		log.Error("not started", "error", err.Error())
		os.Exit(1)
	}
	h.log = log
	lambda.Start(h.Handle)
}

func wire() (*handler, error) {
	env, err := awsenv.Require(envTable, envBucket, envEscalation)
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load()
	if err != nil {
		return nil, err
	}
	book, err := rulebook.New(cfg)
	if err != nil {
		return nil, err
	}
	aws := awsenv.Config()
	return &handler{
		objects: bucket.New(s3.NewFromConfig(aws, func(o *s3.Options) {
			o.UsePathStyle = aws.BaseEndpoint != nil
		}), env[1]),
		days:       store.New(dynamodb.NewFromConfig(aws), env[0]),
		queue:      outbox.New(outbox.NewQueues(aws)),
		escalation: env[2],
		rules:      rules(cfg),
		reading:    reading(cfg, book.Escalate.IsLow),
		kiosks:     kiosks(cfg),
		metrics:    observe.NewMetrics("watch"),
		now:        time.Now,
	}, nil
}

// rules are the thresholds of the configuration as the domain takes them. A
// public holiday of any calendar is no day to judge a silence on.
func rules(c *config.Config) signal.Rules {
	s := &c.Escalation.Signals
	r := signal.Rules{
		MinimumLow: s.MinimumLow, Alpha: s.Alpha, BaselineDays: s.BaselineDays,
		BurstTaps: s.BurstTaps, BurstWithin: time.Duration(s.BurstSeconds) * time.Second, RunLength: s.RunLength,
		Zone: c.Zone(),
		Closed: func(date string) bool {
			return slices.ContainsFunc(c.Calendars, func(k config.Calendar) bool {
				return k.Holidays.Has(date) || slices.Contains(k.Closed, date)
			})
		},
	}
	for i := range c.Touchpoints {
		r.Touchpoints = append(r.Touchpoints, c.Touchpoints[i].ID)
	}
	return r
}

func reading(c *config.Config, low func(feedback.Scale, int) bool) signal.Reading {
	return signal.Reading{
		Zone: c.Zone(),
		Rules: responses.Rules{
			EditWindow: time.Duration(c.Rules.EditWindowHours) * time.Hour,
			Debounce:   time.Duration(c.Rules.KioskDebounceSeconds) * time.Second,
			MaxSkew:    time.Duration(c.Rules.MaxFutureSkewMinutes) * time.Minute,
		},
		Low: low,
	}
}

// kiosks says where a kiosk stands; empty: it is not configured any more.
func kiosks(c *config.Config) func(feedback.Device) feedback.Touchpoint {
	return func(id feedback.Device) feedback.Touchpoint {
		if d := c.Device(id); d != nil {
			return d.Touchpoint
		}
		return ""
	}
}
