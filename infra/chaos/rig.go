package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"resonanz/infra/fault"
	"resonanz/infra/local/stack"
	"resonanz/shared/bucket"
	"resonanz/shared/config"
	"resonanz/shared/store"
)

// Functions that make mail and webhooks happen once hold a lease while they do:
// the rest of their invocation and five seconds. As in the cloud a message is
// hidden for longer than that, only that both are shorter here, so that what
// died is taken up again within seconds.
const (
	effectTimeout    = 15 // seconds, of functions that hold leases; no effect is begun with less than 13
	effectVisibility = "21"
	otherVisibility  = "6"
)

// rig is a deployed stack with everything that what left it is read back by.
type rig struct {
	*stack.Stack
	proxy  *fault.Proxy
	cfg    *config.Config
	table  *store.Table
	facts  *bucket.S3
	hooks  *receiver
	alerts string // URL of a queue that hears what the alert topic tells
	names  []string
}

// newRig starts a stack whose functions take the proxy for AWS.
func newRig(ctx context.Context, progress io.Writer) (*rig, error) {
	r := &rig{proxy: fault.New(), hooks: newReceiver()}
	if err := r.start(ctx, progress); err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

func (r *rig) start(ctx context.Context, progress io.Writer) (err error) {
	if r.Stack, err = stack.Start(ctx, stack.Options{Progress: progress, Env: []string{"AWS_ENDPOINT_URL=" + r.proxy.URL}}); err != nil {
		return err
	}
	return r.ready(ctx)
}

// ready prepares what was deployed.
func (r *rig) ready(ctx context.Context) (err error) {
	if err := r.proxy.Forward(r.EndpointURL); err != nil {
		return err
	}
	if r.cfg, err = r.Project.Config(); err != nil {
		return err
	}
	r.table = store.New(dynamodb.NewFromConfig(r.AWS()), r.Table)
	r.facts = bucket.New(s3.NewFromConfig(r.AWS()), r.Bucket)
	for _, prepare := range []func(context.Context) error{r.introduce, r.connect, r.hurry, r.listen} {
		if err := prepare(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (r *rig) close() error {
	var err error
	if r.Stack != nil {
		err = r.Stop()
	}
	r.proxy.Close()
	r.hooks.Close()
	return err
}

// introduce tells the proxy the names under which the functions are deployed.
func (r *rig) introduce(ctx context.Context) error {
	folders, err := filepath.Glob(filepath.Join(r.Project.Root, "functions", "*", "main.go"))
	if err != nil {
		return err
	}
	for _, main := range folders {
		name := filepath.Base(filepath.Dir(main))
		f, err := r.Function(ctx, name)
		if err != nil {
			continue // not deployed here
		}
		r.proxy.Introduce(f.Name, name)
		r.names = append(r.names, name)
	}
	return nil
}

// connect configures a webhook in the functions that must know of it, as its
// owner would in feedback.yaml.
func (r *rig) connect(ctx context.Context) error {
	for _, name := range []string{"notify", "cases"} {
		code, err := reconfigured(filepath.Join(r.Project.BuildDir(), stack.Arch(), name), config.Webhook{
			ID: "crm", URL: r.hooks.URL + "/hook", Format: "standard", Reasons: []string{"customer_acted", "report_ready"},
		})
		if err != nil {
			return err
		}
		f, err := r.Function(ctx, name)
		if err != nil {
			return err
		}
		if _, err := lambda.NewFromConfig(r.AWS()).UpdateFunctionCode(ctx, &lambda.UpdateFunctionCodeInput{FunctionName: &f.Name, ZipFile: code}); err != nil {
			return fmt.Errorf("configuring a webhook in %s: %w", name, err)
		}
	}
	return nil
}

// reconfigured is the package of a function with a webhook in its configuration.
func reconfigured(dir string, hook config.Webhook) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, name := range []string{"bootstrap", config.File} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("packing a function anew: %w", err)
		}
		if name == config.File {
			cfg, err := config.Unpack(string(b))
			if err != nil {
				return nil, fmt.Errorf("packing a function anew: %w", err)
			}
			cfg.Notify.Webhooks = []config.Webhook{hook}
			if b, err = config.Pack(cfg); err != nil {
				return nil, fmt.Errorf("packing a function anew: %w", err)
			}
		}
		h := &zip.FileHeader{Name: name, Method: zip.Deflate}
		h.SetMode(0o755)
		w, err := z.CreateHeader(h)
		if err == nil {
			_, err = w.Write(b)
		}
		if err != nil {
			return nil, fmt.Errorf("packing a function anew: %w", err)
		}
	}
	err := z.Close()
	return out.Bytes(), err
}

// hurry shortens what a message that failed waits.
func (r *rig) hurry(ctx context.Context) error {
	for _, name := range []string{"notify", "courier"} {
		f, err := r.Function(ctx, name)
		if err != nil {
			return err
		}
		_, err = lambda.NewFromConfig(r.AWS()).UpdateFunctionConfiguration(ctx, &lambda.UpdateFunctionConfigurationInput{FunctionName: &f.Name, Timeout: aws.Int32(effectTimeout)})
		if err != nil {
			return fmt.Errorf("shortening the time of %s: %w", name, err)
		}
	}
	for _, q := range r.Queues() {
		visible := otherVisibility
		if q.Name == "notify" || q.Name == "mail" {
			visible = effectVisibility
		}
		_, err := r.sqs().SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{QueueUrl: &q.URL, Attributes: map[string]string{"VisibilityTimeout": visible}})
		if err != nil {
			return fmt.Errorf("shortening the time of queue %s: %w", q.Name, err)
		}
	}
	return nil
}

// listen subscribes a queue of our own to the alert topic.
func (r *rig) listen(ctx context.Context) error {
	q, err := r.sqs().CreateQueue(ctx, &sqs.CreateQueueInput{QueueName: aws.String("chaos-alerts")})
	if err != nil {
		return fmt.Errorf("listening to the alert topic: %w", err)
	}
	r.alerts = *q.QueueUrl
	arn, err := r.sqs().GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &r.alerts, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn}})
	if err != nil {
		return fmt.Errorf("listening to the alert topic: %w", err)
	}
	_, err = sns.NewFromConfig(r.AWS()).Subscribe(ctx, &sns.SubscribeInput{TopicArn: &r.AlertTopicARN, Protocol: aws.String("sqs"), Endpoint: aws.String(arn.Attributes["QueueArn"])})
	if err != nil {
		return fmt.Errorf("listening to the alert topic: %w", err)
	}
	return nil
}

func (r *rig) sqs() *sqs.Client { return sqs.NewFromConfig(r.AWS()) }

// receiver is the owner's system that is told by webhook.
type receiver struct {
	*httptest.Server

	mu  sync.Mutex
	got map[string]map[string]int // deliveries by webhook-id, by what they said
}

func newReceiver() *receiver {
	h := &receiver{got: make(map[string]map[string]int)}
	h.Server = httptest.NewServer(h)
	return h
}

func (h *receiver) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	id := r.Header.Get("Webhook-Id")
	if h.got[id] == nil {
		h.got[id] = make(map[string]int)
	}
	h.got[id][string(body)]++
	w.WriteHeader(http.StatusNoContent)
}

// delivered are the deliveries so far: by webhook-id, how many there were, and how
// many different things they said.
func (h *receiver) delivered() map[string][2]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := make(map[string][2]int, len(h.got))
	for id, said := range h.got {
		n := 0
		for _, times := range said {
			n += times
		}
		all[id] = [2]int{n, len(said)}
	}
	return all
}
