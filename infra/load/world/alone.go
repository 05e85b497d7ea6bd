package world

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"resonanz/infra/lambdaenv"
	"resonanz/infra/load/cloud"
	"resonanz/infra/load/fleet"
	"resonanz/infra/load/traffic"
	"resonanz/infra/local/emulator"
	"resonanz/shared/awsenv"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/link"
)

// Functions are those that a load needs.
var Functions = []string{"card", "cases", "complaint", "courier", "escalation", "facts", "fanout", "invitation", "notify", "rating"}

// Alone are the function binaries under our own invoker, with AWS in memory.
type Alone struct {
	Cloud *cloud.Cloud
	Fleet *fleet.Fleet

	view    View
	temp    string
	stop    context.CancelFunc
	mapping *mappings
}

// AloneOptions says what runs.
type AloneOptions struct {
	Dir         string // holds <function>/bootstrap with its configuration
	Config      *config.Config
	Concurrency int
	Delays      *cloud.Delays
	Temp        string // folder of the functions' temporary files
}

const (
	tableName  = "load-table"
	bucketName = "load-bucket"
	public     = "https://feedback.example.com"
)

// secretOf is as long as a generated one.
func secretOf(name string) string { return strings.Repeat(name[:1], 64) }

// StartAlone begins with an empty table and no process.
func StartAlone(ctx context.Context, o AloneOptions) (*Alone, error) {
	life, stop := context.WithCancel(ctx)
	a := &Alone{temp: o.Temp, stop: stop, mapping: newMappings()}
	secrets := make(map[string]string)
	for _, name := range []string{"link", "device"} {
		secrets[name] = secretOf(name)
	}
	secrets["webhook"] = fmt.Sprintf(`{"-":%q}`, secretOf("webhook"))
	var err error
	a.Cloud, err = cloud.Start(cloud.Options{Secrets: secrets, Delays: o.Delays, Changed: a.mapping.changed})
	if err != nil {
		stop()
		return nil, err
	}
	a.Fleet = fleet.New(fleet.Options{Dir: o.Dir, Concurrency: o.Concurrency, Env: a.env})
	a.view = View{
		AWS: aws.Config{
			Region: emulator.Region, BaseEndpoint: &a.Cloud.ObserverURL, HTTPClient: awsenv.HTTPClient(),
			Credentials: credentials.NewStaticCredentialsProvider(emulator.AccessKey, emulator.SecretKey, ""),
		},
		Table: tableName, Bucket: bucketName, Config: o.Config, Devices: make(map[feedback.Device]string),
	}
	for i := range o.Config.Devices {
		if d := &o.Config.Devices[i]; !d.Revoked {
			a.view.Devices[d.ID] = link.DeviceKey([]byte(secrets["device"]), d.ID, d.Generation)
		}
	}
	a.mapping.start(life, a)
	return a, nil
}

func queueURL(name string) string { return "https://sqs.example.com/" + emulator.Account + "/" + name }

// deadOf names the queue for what a consumer gives up, as malformed or after many tries.
func deadOf(name string) string { return queueURL(name + "-dead") }

// env is what the stack would set, of every function alike: each reads its own.
func (a *Alone) env(name string) []string {
	env := []string{
		"AWS_REGION=" + emulator.Region, "AWS_ACCESS_KEY_ID=" + emulator.AccessKey, "AWS_SECRET_ACCESS_KEY=" + emulator.SecretKey,
		"AWS_ENDPOINT_URL=" + a.Cloud.FunctionsURL, "STAGE=dev", "PUBLIC_URL=" + public,
		"TABLE_NAME=" + tableName, "BUCKET_NAME=" + bucketName, "ATTACHMENTS_BUCKET=load-attachments",
		"LINK_SECRET_ARN=link", "DEVICE_SECRET_ARN=device", "WEBHOOK_SECRET_ARN=webhook",
		"ALERT_TOPIC_ARN=arn:aws:sns:" + emulator.Region + ":" + emulator.Account + ":load",
		"ESCALATION_QUEUE_URL=" + queueURL("escalation"), "REPORTING_QUEUE_URL=" + queueURL("reporting"),
		"NOTIFY_QUEUE_URL=" + queueURL("notify"), "MAIL_QUEUE_URL=" + queueURL("mail"),
		"STREAM_DLQ_URL=" + deadOf("stream"), "DLQ_URL=" + deadOf(name), "MAIL_CONFIGURATION_SET=load", "TMPDIR=" + a.temp,
	}
	if mib, err := lambdaenv.MemoryOf(name); err == nil { // of a function of ours
		for k, v := range lambdaenv.Environment(mib) {
			env = append(env, k+"="+v)
		}
	}
	return env
}

// Do has the function of a request's route answer it. The time for a process counts.
func (a *Alone) Do(ctx context.Context, r *traffic.Request) (*traffic.Answer, error) {
	name, payload, err := event(r)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second) // API Gateway waits no longer
	defer cancel()
	response, _, err := a.Fleet.Invoke(ctx, name, payload)
	if err != nil {
		return nil, err
	}
	return answerOf(response)
}

// View is where to look.
func (a *Alone) View() View { return a.view }

// Queues counts the messages that wait for a consumer, and those given up.
func (a *Alone) Queues(context.Context) (waiting, dead int, err error) {
	for url, n := range a.Cloud.Waiting() {
		if strings.HasSuffix(url, "-dead") {
			dead += n
		} else {
			waiting += n
		}
	}
	return waiting + a.mapping.underWay(), dead, nil
}

// Processes are those of functions that run now.
func (a *Alone) Processes() ([]fleet.Process, error) { return a.Fleet.Processes(), nil }

// Close ends all processes.
func (a *Alone) Close() error {
	a.stop()
	a.mapping.all.Wait()
	a.Fleet.Stop()
	a.Cloud.Stop()
	return nil
}
