// Command notify tells staff and the owner's systems what alerts say: by mail,
// on the topic and by webhooks, each once. A new report goes to its recipients by
// role: with the PDF attached, or a link that expires, as the press left them in
// the bucket.
//
// Besides what alerts need it may GetObject of reports/* of the bucket BUCKET_NAME,
// and send mail as it is (ses:SendRawEmail), for attachments.
package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/sns"

	"resonanz/shared/awsenv"
	"resonanz/shared/category"
	"resonanz/shared/config"
	"resonanz/shared/consume"
	"resonanz/shared/feedback"
	"resonanz/shared/notice"
	"resonanz/shared/observe"
	"resonanz/shared/once"
	"resonanz/shared/outbox"
	"resonanz/shared/secret"
	"resonanz/shared/store"
)

const (
	envTable  = "TABLE_NAME"
	envTopic  = "ALERT_TOPIC_ARN"
	envSecret = "WEBHOOK_SECRET_ARN"
	envURLs   = "WEBHOOK_URLS_SECRET_ARN" // where the configuration leaves out an address
	envPublic = "PUBLIC_URL"
	envDLQ    = "DLQ_URL"
	envBucket = "BUCKET_NAME" // where reports are
)

func main() {
	log := observe.Logger("notify")
	h, err := wire()
	if err != nil {
		log.Error("not started", "error", err.Error())
		os.Exit(1)
	}
	h.once.Log, h.consumer.Log = log, log
	lambda.Start(h.Handle)
}

func wire() (*handler, error) {
	env, err := awsenv.Require(envTable, envTopic, envSecret, envPublic, envDLQ, envBucket)
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load()
	if err != nil {
		return nil, fmt.Errorf("starting the function: %w", err)
	}
	client := awsenv.Config()
	client.Retryer = onceUnlessThrottled
	table := store.New(dynamodb.NewFromConfig(awsenv.Config()), env[0])
	words := writer(cfg, env[3])
	effects := []effect{
		&topic{api: sns.NewFromConfig(client), arn: env[1], words: words},
	}
	var reports *office
	if cfg.Notify.MailFrom != "" {
		mails := ses.NewFromConfig(client)
		effects = append(effects, &mail{api: mails, from: cfg.Notify.MailFrom, chain: cfg.Chain, ledger: table, words: words})
		reports = newOffice(mails, cfg, &bucket{cfg: awsenv.Config(), name: env[5]}, table, func(l feedback.Language) *notice.Writer {
			in := *words
			in.Language = l
			return &in
		})
	}
	h := &handler{
		consumer: consume.Consumer{Sender: outbox.NewQueues(awsenv.Config()), DLQ: env[4], Reserve: reserve},
		once:     once.Runner{Markers: table, Now: time.Now, Timeout: effectTimeout},
		effects:  effects,
		office:   reports,
		shelf:    table,
		metrics:  observe.NewMetrics("notify"),
		now:      time.Now,
	}
	secrets := secret.NewManager(awsenv.Config())
	h.post(endpoints(cfg.Notify, &endpoint{
		keys: secret.New(secrets, env[2]), words: words, shelf: table, now: time.Now,
	}, &addresses{api: secrets, arn: os.Getenv(envURLs)}))
	return h, nil
}

// writer words notices by the configuration.
func writer(cfg *config.Config, public string) *notice.Writer {
	return &notice.Writer{
		Organisation: cfg.Organisation.Name,
		Language:     cfg.Notify.Language,
		Zone:         cfg.Zone(),
		PublicURL:    public,
		Touchpoint: func(id feedback.Touchpoint, l feedback.Language) string {
			if tp := cfg.Touchpoint(id); tp != nil {
				return tp.Name[l]
			}
			return ""
		},
		Team: func(id string, l feedback.Language) string {
			if t := cfg.Team(id); t != nil {
				return t.Name[l]
			}
			return ""
		},
		Category: func(code string, l feedback.Language) string { return category.Name(cfg, code, l) },
		Card:     cfg.Card,
		Group: func(id string, l feedback.Language) string {
			if g := cfg.Group(id); g != nil {
				return cfg.In(g.Name, l)
			}
			return ""
		},
	}
}

// endpoints are those of the configuration, each like the given one.
func endpoints(n config.Notify, like *endpoint, secrets *addresses) []*endpoint {
	var out []*endpoint
	add := func(w config.Webhook) {
		address := func(context.Context, time.Time) (string, error) { return w.URL, nil }
		if w.URL == "" {
			address = func(ctx context.Context, now time.Time) (string, error) { return secrets.of(ctx, w.ID, now) }
		}
		out = append(out, &endpoint{
			id: w.ID, format: cmp.Or(w.Format, formatStandard), reasons: w.Reasons, address: address,
			keys: like.keys, words: like.words, shelf: like.shelf, now: like.now,
		})
	}
	if n.WebhookURL != "" {
		add(config.Webhook{ID: notice.DefaultEndpoint, URL: n.WebhookURL})
	}
	for _, w := range n.Webhooks {
		add(w)
	}
	return out
}

// post adds endpoints to the effects.
func (h *handler) post(all []*endpoint) {
	h.hooks = all
	for _, e := range all {
		h.effects = append(h.effects, e)
	}
}

// onceUnlessThrottled repeats a call only where the service said that it did
// not take it. A mail whose answer was lost may have been sent: whether to send
// it again is for the queue's next delivery, not for the client.
func onceUnlessThrottled() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.Retryables = []retry.IsErrorRetryable{retry.RetryableErrorCode{Codes: retry.DefaultThrottleErrorCodes}}
	})
}
