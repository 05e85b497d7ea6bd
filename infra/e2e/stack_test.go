// Package e2e drives the whole deployed stack through its public endpoints: the
// real templates, the real binaries, the emulator beneath them, and a proxy
// between the functions and the emulator that can make any call fail.
package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/uuid"

	faults "resonanz/infra/fault"
	"resonanz/infra/local/stack"
	"resonanz/shared/config"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/responses"
	"resonanz/shared/store"
)

// The stack under test, shared by all tests: each works on responses of its own.
var (
	deployed       *stack.Stack
	functionsToAWS proxy
	cfg            *config.Config
	template       string // the file that was deployed
)

func TestMain(m *testing.M) {
	flag.Parse()
	// Tests beside each other wait for the same queues and clocks; the processors
	// have little to do with it.
	if err := flag.Set("test.parallel", "16"); err != nil {
		panic(err)
	}
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	functionsToAWS = proxy{faults.New()}
	functionsToAWS.Watch(told.overhear)
	functionsToAWS.Read(costs.meter.Note)
	functionsToAWS.Read(costs.clock.Note)
	defer functionsToAWS.Close()
	dir, err := os.MkdirTemp("", "resonanz-e2e-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	template = filepath.Join(dir, "tmp", "cdk.out", "Resonanz-"+stack.Stage+".template.json")
	go programs.build(ctx, filepath.Join(dir, "programs"))
	s, err := stack.Start(ctx, stack.Options{
		Dir: dir, Progress: os.Stderr,
		Env: []string{"AWS_ENDPOINT_URL=" + functionsToAWS.URL},
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "starting the stack:", err)
		return 1
	}
	defer func() {
		if err := s.Stop(); err != nil {
			fmt.Fprintln(os.Stderr, "ending the stack:", err)
		}
	}()
	if err := functionsToAWS.Forward(s.EndpointURL); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	deployed = s
	if err := introduce(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	if err := reached.introduce(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	functionsToAWS.Watch(reached.note)
	if err := configureHooks(ctx, s); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer hooks.Close()
	if cfg, err = s.Project.Config(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	// A failed message comes back after the visibility timeout: minutes in the
	// cloud, seconds here, so that a fault is over within the patience of a test;
	// still longer than any one try.
	for _, q := range s.Queues() {
		seconds := "8"
		if q.Name == "report" {
			seconds = "60"
		}
		_, err := queues().SetQueueAttributes(ctx, &sqs.SetQueueAttributesInput{QueueUrl: &q.URL, Attributes: map[string]string{"VisibilityTimeout": seconds}})
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
	}
	return m.Run()
}

// functions are the folders of functions/, but for kiosk, which calls nothing.
var functions = []string{
	"attachment", "bounce", "canary", "card", "cases", "clock", "compact", "complaint", "courier", "customers", "escalation", "facts", "fanout", "invitation", "notify", "rating", "report", "sweep", "watch",
}

// introduce tells the proxy the names under which the functions are deployed.
func introduce(ctx context.Context) error {
	for _, name := range functions {
		f, err := deployed.Function(ctx, name)
		if err != nil {
			return err
		}
		functionsToAWS.Introduce(f.Name, name)
	}
	return nil
}

func queues() *sqs.Client { return sqs.NewFromConfig(deployed.AWS()) }

func table() *store.Table {
	return store.New(dynamodb.NewFromConfig(deployed.AWS()), deployed.Table)
}

// now is the month in which everything here happens.
func month() period.Period { return period.Of(time.Now(), cfg.Zone()) }

// answer is what an HTTP request came back with.
type answer struct {
	Status int
	Header http.Header
	Body   string
}

func (a answer) json(t *testing.T, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.Body), into); err != nil {
		t.Fatalf("status %d, no JSON: %v: %.300s", a.Status, err, a.Body)
	}
}

var client = &http.Client{
	Timeout:       40 * time.Second,
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func do(t *testing.T, method, target, body string, header ...string) answer {
	t.Helper()
	if !strings.HasPrefix(target, "http") {
		target = deployed.PublicURL + target
	}
	req, err := http.NewRequestWithContext(t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	said := told.hear(target, body, header)
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	a := answer{res.StatusCode, res.Header, string(b)}
	told.answered(method, target, said, a)
	costs.asked(method, target, len(body), a)
	return a
}

func token(t *testing.T, scopes ...string) string {
	t.Helper()
	jwt, err := deployed.Token(t.Context(), scopes...)
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + jwt
}

func deviceKey(t *testing.T, id feedback.Device) string {
	t.Helper()
	key, err := deployed.DeviceKey(t.Context(), cfg, id)
	if err != nil {
		t.Fatal(err)
	}
	return "Bearer " + key
}

type invitation struct {
	EventID     feedback.EventID     `json:"event_id"`
	URL         string               `json:"url"`
	Token       string               `json:"token"`
	ResponseKey feedback.ResponseKey `json:"response_key"`
}

func invite(t *testing.T, language string) invitation {
	t.Helper()
	a := do(t, http.MethodPost, "/v1/invitations",
		fmt.Sprintf(`{"event_id":%q,"touchpoint":"hotline","channel":"email_link","language":%q}`, uuid.NewString(), language),
		"Authorization", token(t, "invite"), "Content-Type", "application/json")
	if a.Status != http.StatusCreated {
		t.Fatalf("inviting: %d %s", a.Status, a.Body)
	}
	var i invitation
	a.json(t, &i)
	return i
}

var nonceField = regexp.MustCompile(`name="nonce"[^>]*value="([^"]+)"`)

// open gets the rating page as a browser would, and returns the nonce in it.
func open(t *testing.T, link string) (nonce string) {
	t.Helper()
	a := do(t, http.MethodGet, link, "", "Accept", "text/html")
	if a.Status != http.StatusOK {
		t.Fatalf("opening the link: %d %.300s", a.Status, a.Body)
	}
	m := nonceField.FindStringSubmatch(a.Body)
	if m == nil {
		t.Fatalf("the page has no nonce: %.600s", a.Body)
	}
	return html.UnescapeString(m[1])
}

// vote opens the link and presses the button.
func vote(t *testing.T, link string, form url.Values) answer {
	t.Helper()
	form.Set("nonce", open(t, link))
	return post(t, link, form)
}

func post(t *testing.T, link string, form url.Values) answer {
	t.Helper()
	return do(t, http.MethodPost, link, form.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Accept", "text/html")
}

func mustVote(t *testing.T, link string, form url.Values) {
	t.Helper()
	if a := vote(t, link, form); a.Status != http.StatusSeeOther {
		t.Fatalf("voting: %d %.300s", a.Status, a.Body)
	}
}

// rating is a device event; at most one a device within three seconds counts.
func rating(touchpoint, channel, scale string, stars int, at time.Time) map[string]any {
	return map[string]any{
		"event_id": uuid.NewString(), "touchpoint": touchpoint, "channel": channel, "scale": scale,
		"rating": stars, "submitted_at": at.UTC().Format(time.RFC3339),
	}
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// ratingsStored are the ids of the votes in the ledger, those by card among them.
func ratingsStored(t *testing.T) map[feedback.EventID]store.Entry {
	t.Helper()
	all := make(map[feedback.EventID]store.Entry)
	for _, p := range []period.Period{month().Add(-1), month()} {
		err := table().Month(t.Context(), p, func(e store.Entry) error {
			if e.Kind == feedback.KindRating || e.Kind == feedback.KindCard {
				all[e.EventID] = e
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// ratingFacts are the ids of the rating facts in the bucket, with how many
// times each is there.
func ratingFacts(t *testing.T) map[feedback.EventID]int {
	t.Helper()
	bucket := s3.NewFromConfig(deployed.AWS(), func(o *s3.Options) { o.UsePathStyle = true })
	found := make(map[feedback.EventID]int)
	for _, p := range []period.Period{month().Add(-1), month()} {
		pages := s3.NewListObjectsV2Paginator(bucket, &s3.ListObjectsV2Input{
			Bucket: &deployed.Bucket, Prefix: aws.String(factfile.Prefix(p, feedback.KindRating)),
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range page.Contents {
				object, err := bucket.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &deployed.Bucket, Key: o.Key})
				if err != nil {
					t.Fatal(err)
				}
				b, err := io.ReadAll(object.Body)
				object.Body.Close()
				if err != nil {
					t.Fatal(err)
				}
				var batch responses.Batch
				if err := factfile.Read(feedback.KindRating, b, &batch); err != nil {
					t.Fatalf("%s: %v", *o.Key, err)
				}
				for i := range batch.Votes {
					found[responses.EventID(batch.Votes[i].Event)]++
				}
			}
		}
	}
	return found
}

// mailsAbout are the sent mails whose text holds what.
func mailsAbout(t *testing.T, what string) int {
	t.Helper()
	mails, err := deployed.Mails(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range mails {
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(what)) {
			n++
		}
	}
	return n
}

// waiting are the messages in a queue that hold what, visible or not.
func waiting(t *testing.T, queue, what string) int {
	t.Helper()
	messages, err := deployed.Peek(t.Context(), queue)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, m := range messages {
		if strings.Contains(m.Body, what) {
			n++
		}
	}
	return n
}
