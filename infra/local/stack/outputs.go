package stack

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Outputs is what outputs.json holds: where the deployed stack is.
type Outputs struct {
	PublicURL           string    `json:"public_url"`   // customer pages and JSON interface, a plain localhost address
	APIURL              string    `json:"api_url"`      // the same API
	APIID               string    `json:"api_id"`       // of the HTTP API inside the emulator
	TokenURL            string    `json:"token_url"`    // OAuth 2 token endpoint of the stack's user pool
	EndpointURL         string    `json:"endpoint_url"` // the emulator: AWS_ENDPOINT_URL of any AWS tool
	Region              string    `json:"region"`
	Stage               string    `json:"stage"`
	StackName           string    `json:"stack_name"`
	UserPoolID          string    `json:"user_pool_id"`
	ClientID            string    `json:"client_id"`
	DeskURL             string    `json:"desk_url"`       // where staff work
	DeskClientID        string    `json:"desk_client_id"` // empty where feedback.yaml names an issuer of the owner's
	Table               string    `json:"table"`
	Bucket              string    `json:"bucket"`
	EscalationQueueURL  string    `json:"escalation_queue_url"`
	ReportingQueueURL   string    `json:"reporting_queue_url"`
	NotifyQueueURL      string    `json:"notify_queue_url"`
	MailQueueURL        string    `json:"mail_queue_url"`
	MailEventsQueueURL  string    `json:"mail_events_queue_url"`
	EscalationDLQURL    string    `json:"escalation_dlq_url"`
	ReportingDLQURL     string    `json:"reporting_dlq_url"`
	NotifyDLQURL        string    `json:"notify_dlq_url"`
	MailDLQURL          string    `json:"mail_dlq_url"`
	MailEventsDLQURL    string    `json:"mail_events_dlq_url"`
	AttachmentsBucket   string    `json:"attachments_bucket"`
	AttachmentsQueueURL string    `json:"attachments_queue_url"`
	AttachmentsDLQURL   string    `json:"attachments_dlq_url"`
	ReportQueueURL      string    `json:"report_queue_url"`
	ReportDLQURL        string    `json:"report_dlq_url"`
	StreamFailureURL    string    `json:"stream_failure_queue_url"`
	AlertTopicARN       string    `json:"alert_topic_arn"`
	MailEventsTopicARN  string    `json:"mail_events_topic_arn"` // empty where feedback.yaml names no sender (notify.mail_from)
	LinkSecretARN       string    `json:"link_secret_arn"`
	DeviceSecretARN     string    `json:"device_secret_arn"`
	WebhookSecretARN    string    `json:"webhook_secret_arn"`
	DeployedAt          time.Time `json:"deployed_at"`
	Sources             string    `json:"sources"` // fingerprint of what was deployed
}

// ErrNotUp says that no deployed stack is kept in a folder.
var ErrNotUp = errors.New("the local stack is not up: run `make up` first")

func outputsFile(dir string) string { return filepath.Join(dir, "outputs.json") }

// ReadOutputs reads outputs.json of an environment's folder. Errors: ErrNotUp.
func ReadOutputs(dir string) (*Outputs, error) {
	b, err := os.ReadFile(outputsFile(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotUp
	}
	if err != nil {
		return nil, fmt.Errorf("reading outputs: %w", err)
	}
	o := new(Outputs)
	if err := json.Unmarshal(b, o); err != nil {
		return nil, fmt.Errorf("reading %s: %w", outputsFile(dir), err)
	}
	return o, nil
}

func (o *Outputs) write(dir string) error {
	return WriteJSON(outputsFile(dir), o)
}

// WriteJSON writes v readably and in one step: a reader sees the old file or
// the new one, never half of it.
func WriteJSON(path string, v any) error {
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	half := path + ".part"
	if err := os.WriteFile(half, append(b, '\n'), 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.Rename(half, path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}

// fromCDK fills the outputs from what `cdk deploy --outputs-file` wrote: one
// object per stack, output name → value.
func (o *Outputs) fromCDK(b []byte) error {
	var stacks map[string]map[string]string
	if err := json.Unmarshal(b, &stacks); err != nil {
		return fmt.Errorf("reading the stack's outputs: %w", err)
	}
	values, ok := stacks[o.StackName]
	if !ok {
		return fmt.Errorf("reading the stack's outputs: none of stack %s", o.StackName)
	}
	var missing []string
	o.MailEventsTopicARN = values["MailEventsTopicArn"]
	// None of these where the owner's own issuer is configured.
	o.UserPoolID, o.ClientID, o.DeskClientID = values["UserPoolId"], values["ClientId"], values["DeskClientId"]
	o.DeskURL = o.PublicURL + "/desk"
	for name, into := range map[string]*string{
		"ApiUrl":    &o.APIURL,
		"TableName": &o.Table, "BucketName": &o.Bucket,
		"EscalationQueueUrl": &o.EscalationQueueURL, "ReportingQueueUrl": &o.ReportingQueueURL, "NotifyQueueUrl": &o.NotifyQueueURL,
		"EscalationDlqUrl": &o.EscalationDLQURL, "ReportingDlqUrl": &o.ReportingDLQURL, "NotifyDlqUrl": &o.NotifyDLQURL,
		"MailQueueUrl": &o.MailQueueURL, "MailDlqUrl": &o.MailDLQURL,
		"MailEventsQueueUrl": &o.MailEventsQueueURL, "MailEventsDlqUrl": &o.MailEventsDLQURL,
		"AttachmentsBucketName": &o.AttachmentsBucket, "AttachmentsQueueUrl": &o.AttachmentsQueueURL, "AttachmentsDlqUrl": &o.AttachmentsDLQURL,
		"ReportQueueUrl": &o.ReportQueueURL, "ReportDlqUrl": &o.ReportDLQURL,
		"StreamFailureQueueUrl": &o.StreamFailureURL, "AlertTopicArn": &o.AlertTopicARN,
		"LinkSecretArn": &o.LinkSecretARN, "DeviceSecretArn": &o.DeviceSecretARN, "WebhookSecretArn": &o.WebhookSecretARN,
	} {
		if *into = values[name]; *into == "" {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return fmt.Errorf("reading the stack's outputs: missing %s", strings.Join(missing, ", "))
	}
	// The emulator says http://<id>.execute-api.localhost:port, a host that
	// not every machine resolves; the front serves the same API.
	_, host, _ := strings.Cut(o.APIURL, "://")
	id, _, ok := strings.Cut(host, ".execute-api.")
	if !ok {
		return fmt.Errorf("reading the stack's outputs: ApiUrl %q names no API", o.APIURL)
	}
	o.APIID, o.APIURL = id, o.PublicURL
	o.TokenURL = o.EndpointURL + "/oauth2/token"
	return nil
}

// Queue is a work queue with the place for its failures.
type Queue struct{ Name, URL, DeadURL string }

// Queues are the stack's work queues.
func (o *Outputs) Queues() []Queue {
	return []Queue{
		{"escalation", o.EscalationQueueURL, o.EscalationDLQURL},
		{"reporting", o.ReportingQueueURL, o.ReportingDLQURL},
		{"notify", o.NotifyQueueURL, o.NotifyDLQURL},
		{"mail", o.MailQueueURL, o.MailDLQURL},
		{"mailevents", o.MailEventsQueueURL, o.MailEventsDLQURL},
		{"attachments", o.AttachmentsQueueURL, o.AttachmentsDLQURL},
		{"report", o.ReportQueueURL, o.ReportDLQURL},
	}
}
