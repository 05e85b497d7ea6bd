package world

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"resonanz/infra/load/fleet"
	"resonanz/infra/load/traffic"
	"resonanz/infra/local/emulator"
	"resonanz/infra/local/stack"
	"resonanz/shared/feedback"
)

// Whole is the deployed stack on the emulator, by its public address.
type Whole struct {
	Stack *stack.Stack

	view  View
	http  *http.Client
	dir   string
	names map[string]string // of functions, by the name under which they are deployed
}

// StartWhole brings up a stack of its own.
func StartWhole(ctx context.Context, progress io.Writer) (*Whole, error) {
	dir, err := os.MkdirTemp("", "resonanz-load-")
	if err != nil {
		return nil, fmt.Errorf("making a folder for the stack: %w", err)
	}
	s, err := stack.Start(ctx, stack.Options{Dir: dir, Progress: progress})
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	w := &Whole{Stack: s, dir: dir, http: &http.Client{
		Timeout:       60 * time.Second,
		Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
	if err := w.access(ctx); err != nil {
		return nil, errors.Join(err, w.Close())
	}
	return w, nil
}

func (w *Whole) access(ctx context.Context) error {
	cfg, err := w.Stack.Project.Config()
	if err != nil {
		return err
	}
	w.view = View{AWS: w.Stack.AWS(), Table: w.Stack.Table, Bucket: w.Stack.Bucket, Config: cfg, Devices: make(map[feedback.Device]string)}
	if w.names, err = w.deployed(ctx); err != nil {
		return err
	}
	if w.view.Token, err = w.Stack.Token(ctx, "invite", "cases"); err != nil {
		return err
	}
	for i := range cfg.Devices {
		if d := &cfg.Devices[i]; !d.Revoked {
			if w.view.Devices[d.ID], err = w.Stack.DeviceKey(ctx, cfg, d.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// hashLength is how many characters the CDK adds to a construct's name.
const hashLength = 8

// deployed are the folders of functions by the names under which they are deployed.
func (w *Whole) deployed(ctx context.Context) (map[string]string, error) {
	names := make(map[string]string)
	pages := cloudformation.NewListStackResourcesPaginator(cloudformation.NewFromConfig(w.Stack.AWS()), &cloudformation.ListStackResourcesInput{StackName: &w.Stack.StackName})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("listing what is deployed: %w", err)
		}
		for _, r := range page.StackResourceSummaries {
			if logical := aws.ToString(r.LogicalResourceId); aws.ToString(r.ResourceType) == "AWS::Lambda::Function" && len(logical) > hashLength {
				names[aws.ToString(r.PhysicalResourceId)] = strings.ToLower(logical[:len(logical)-hashLength])
			}
		}
	}
	return names, nil
}

// Do sends a request as a browser, a device or a system would.
func (w *Whole) Do(ctx context.Context, r *traffic.Request) (*traffic.Answer, error) {
	req, err := http.NewRequestWithContext(ctx, r.Method, w.Stack.PublicURL+r.Path, bytes.NewReader(r.Body))
	if err != nil {
		return nil, withoutAddress(err)
	}
	if r.Type != "" {
		req.Header.Set("Content-Type", r.Type)
	}
	if r.Bearer != "" {
		req.Header.Set("Authorization", "Bearer "+r.Bearer)
	}
	res, err := w.http.Do(req)
	if err != nil {
		return nil, withoutAddress(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	return &traffic.Answer{Status: res.StatusCode, Location: res.Header.Get("Location"), Body: body}, nil
}

// withoutAddress keeps links out of messages.
func withoutAddress(err error) error {
	var with *url.Error
	if errors.As(err, &with) {
		return with.Err
	}
	return err
}

// View is where to look.
func (w *Whole) View() View { return w.view }

// Queues counts the messages that wait for a consumer, and those given up.
func (w *Whole) Queues(ctx context.Context) (waiting, dead int, err error) {
	given := []string{w.Stack.StreamFailureURL}
	for _, q := range w.Stack.Queues() {
		m, err := w.Stack.Peek(ctx, q.URL)
		if err != nil {
			return 0, 0, err
		}
		waiting += len(m)
		given = append(given, q.DeadURL)
	}
	for _, q := range given {
		m, err := w.Stack.Peek(ctx, q)
		if err != nil {
			return 0, 0, err
		}
		dead += len(m)
	}
	return waiting, dead, nil
}

// TheEmulator is the name of its own process among those of the functions.
const TheEmulator = "emulator"

// Processes are those of functions that run now, and the emulator's own. Each bears
// the stack's folder in its environment.
func (w *Whole) Processes() ([]fleet.Process, error) {
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	var all []fleet.Process
	for _, dir := range dirs {
		b, err := os.ReadFile(filepath.Join(dir, "environ"))
		pid, wrong := strconv.Atoi(filepath.Base(dir))
		if err != nil || wrong != nil || !strings.Contains(string(b), emulator.Marker+"="+w.dir+"\x00") {
			continue // gone, not ours to read, or of another environment
		}
		name := TheEmulator
		for v := range strings.SplitSeq(string(b), "\x00") {
			if f, is := strings.CutPrefix(v, "AWS_LAMBDA_FUNCTION_NAME="); is {
				name = cmp.Or(w.names[f], f)
			}
		}
		all = append(all, fleet.Process{Function: name, PID: pid})
	}
	return all, nil
}

// Folder is where the stack keeps its temporary files.
func (w *Whole) Folder() string { return w.dir }

// Close ends the stack.
func (w *Whole) Close() error { return errors.Join(w.Stack.Stop(), os.RemoveAll(w.dir)) }
