// Package coldstart measures what a cold start costs before the first request:
// process start to first poll of the runtime API, beside a hello-world function
// built with the same flags. What Lambda adds (placing and unpacking the
// package) is the same for all but for its size, which is shown as well.
package coldstart

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"resonanz/infra/local/runtimeapi"
)

// Bounds of every function.
const (
	MaxRatio = 2.0      // of the median to hello's
	MaxBytes = 11 << 20 // of the binary
)

// Figure is what was measured of one function.
type Figure struct {
	Name        string
	Median, P90 time.Duration
	Ratio       float64 // of the medians, to hello's
	Bytes       int64
}

// Within reports whether a figure keeps the bounds.
func (f Figure) Within() bool { return f.Ratio <= MaxRatio && f.Bytes <= MaxBytes }

// BuildHello builds the hello-world function as `make build` builds functions.
func BuildHello(ctx context.Context, root, into string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-buildvcs=false", "-tags", "lambda.norpc", "-ldflags", "-s -w",
		"-o", into, "./infra/local/coldstart/hello")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("building the hello-world function: %w\n%s", err, out)
	}
	return nil
}

// Functions are the built functions under dir: name → path of bootstrap.
func Functions(dir string) (map[string]string, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "*", "bootstrap"))
	if err != nil || len(paths) == 0 {
		return nil, fmt.Errorf("finding function binaries: none in %s", dir)
	}
	found := make(map[string]string, len(paths))
	for _, p := range paths {
		found[filepath.Base(filepath.Dir(p))] = p
	}
	return found, nil
}

// hello is the name of the reference among the figures.
const hello = "hello"

// Measure starts hello and every function runs times, in turn, so that what
// else the machine does meets all alike. One start of each goes before, unmeasured.
func Measure(ctx context.Context, helloBinary string, functions map[string]string, runs int) ([]Figure, error) {
	names := make([]string, 0, len(functions)+1)
	for name := range functions {
		names = append(names, name)
	}
	slices.Sort(names)
	names = append([]string{hello}, names...)
	path := func(name string) string {
		if name == hello {
			return helloBinary
		}
		return functions[name]
	}
	times := make(map[string][]time.Duration, len(names))
	for i := range runs + 1 {
		for _, name := range names {
			var log strings.Builder
			d, err := runtimeapi.Init(ctx, runtimeapi.Function{Binary: path(name), Name: name, Env: environment()}, &log)
			if err != nil {
				return nil, fmt.Errorf("starting %s: %w\n%s", name, err, log.String())
			}
			if i > 0 {
				times[name] = append(times[name], d)
			}
		}
	}
	figures := make([]Figure, len(names))
	for i, name := range names {
		info, err := os.Stat(path(name))
		if err != nil {
			return nil, fmt.Errorf("measuring %s: %w", name, err)
		}
		median, p90 := quantiles(times[name])
		figures[i] = Figure{Name: name, Median: median, P90: p90, Bytes: info.Size()}
		figures[i].Ratio = float64(median) / float64(figures[0].Median)
	}
	return figures, nil
}

// quantiles are the median and the 90th percentile, each an observed value
// (nearest rank).
func quantiles(d []time.Duration) (median, p90 time.Duration) {
	d = slices.Clone(d)
	slices.Sort(d)
	rank := func(percent int) time.Duration { return d[(len(d)*percent+99)/100-1] }
	return rank(50), rank(90)
}

// environment satisfies the functions' demand for settings; none is used
// before the first event.
func environment() []string {
	env := []string{
		"AWS_REGION=eu-central-1", "AWS_ACCESS_KEY_ID=test", "AWS_SECRET_ACCESS_KEY=test",
		"AWS_ENDPOINT_URL=http://127.0.0.1:9", "STAGE=dev", "MAIL_CONFIGURATION_SET=cold-start",
		"TOKEN_ISSUER=https://id.example.com", "TOKEN_AUDIENCE=cold-start", "TOKEN_JWKS_URL=https://id.example.com/.well-known/jwks.json",
		"TOKEN_URL=https://id.example.com/token", "CLIENT_ID=cold-start", "USER_POOL_ID=eu-central-1_coldstart", "PUBLIC_URL=https://feedback.example.com",
	}
	for _, name := range []string{"TABLE_NAME", "BUCKET_NAME", "ATTACHMENTS_BUCKET"} {
		env = append(env, name+"=cold-start")
	}
	for _, name := range []string{"DLQ_URLS", "TELLING_DLQ_URLS", "ESCALATION_QUEUE_URL", "REPORTING_QUEUE_URL", "NOTIFY_QUEUE_URL", "MAIL_QUEUE_URL", "REPORT_QUEUE_URL", "STREAM_DLQ_URL", "DLQ_URL"} {
		env = append(env, name+"=http://127.0.0.1:9/000000000000/cold-start")
	}
	for _, name := range []string{"LINK_SECRET_ARN", "DEVICE_SECRET_ARN", "WEBHOOK_SECRET_ARN", "ALERT_TOPIC_ARN"} {
		env = append(env, name+"=arn:aws:service:eu-central-1:000000000000:cold-start")
	}
	return env
}

// Beyond names the functions that are allowed to be larger and slower to start,
// and why. No customer waits for them.
var Beyond = map[string]string{
	"attachment": "links the clients of three AWS services and decoders of images; runs behind a queue",
	"canary":     "links the client of Cognito; nobody waits for it",
	"compact":    "as facts; runs once a night",
	"courier":    "links the clients of four AWS services, which takes about twice hello to start; runs behind a queue",
	"customers":  "links the clients of three AWS services; staff ask it a few times a year, and no customer waits",
	"facts":      "links the Parquet library, 8 MB and more with what it keeps of the S3 client; runs behind a queue",
	"notify":     "links the clients of five AWS services, which takes about twice hello to start; runs behind a queue",
	"report":     "as facts; runs once a month and on demand",
	"sweep":      "keeps of the S3 client what deletes versions; runs once a night",
	"watch":      "as facts; runs every half hour",
}

// Print writes the figures as a table and returns whether all keep the bounds,
// those in Beyond excepted.
func Print(out io.Writer, figures []Figure) bool {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintf(w, "function\tmedian ms\tp90 ms\t× hello (≤ %.1f)\tMB (≤ %d)\t\t\n", MaxRatio, MaxBytes>>20)
	all := true
	var notes []string
	for _, f := range figures {
		verdict := "ok"
		if !f.Within() {
			verdict = "over"
			reason, allowed := Beyond[f.Name]
			if allowed {
				notes = append(notes, f.Name+": "+reason)
			}
			all = all && allowed
		}
		fmt.Fprintf(w, "%s\t%.2f\t%.2f\t%.2f\t%.2f\t%s\t\n", f.Name, ms(f.Median), ms(f.P90), f.Ratio, float64(f.Bytes)/(1<<20), verdict)
	}
	_ = w.Flush()
	for _, n := range notes {
		fmt.Fprintln(out, "allowed over,", n)
	}
	return all
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
