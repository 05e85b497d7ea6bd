package e2e

import (
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"resonanz/infra/cost/recording"
	"resonanz/infra/cost/reviewed"
	"resonanz/shared/casefile"
)

var update = flag.Bool("update", false, "record the calls that journeys cost anew")

// recorded is what `make cost` reckons with.
const recorded = "../cost/recorded.json"

// byTheClock are the functions that work whether anybody rates or not.
var byTheClock = []string{"canary", "clock", "compact", "sweep", "watch"}

// costs counts what the journeys of one test cost, from the start.
var costs = &counted{
	meter: recording.NewMeter(func(function string) bool { return slices.Contains(byTheClock, function) }),
	clock: recording.NewMeter(func(function string) bool { return function != "clock" }),
}

// counted are the calls to AWS and the requests to the HTTP API.
type counted struct {
	meter, clock *recording.Meter

	mu       sync.Mutex
	requests []asked
}

type asked struct {
	method, path   string
	sent, answered int // bytes
}

// asked notes a request.
func (c *counted) asked(method, target string, sent int, a answer) {
	u, err := url.Parse(target)
	if err != nil || !strings.HasPrefix(target, deployed.PublicURL) {
		return
	}
	answered := len(a.Body)
	for name, values := range a.Header {
		answered += len(values) * (len(name) + len(": \r\n"))
		for _, v := range values {
			answered += len(v)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = append(c.requests, asked{method, u.Path, sent, answered})
}

// take hands out the requests since it was last asked, by route.
func (c *counted) take(t *testing.T, stack *reviewed.Stack) map[string]recording.Request {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	all := make(map[string]recording.Request)
	for _, r := range c.requests {
		route, function := stack.Route(r.method, r.path)
		if function == "" {
			t.Errorf("%s %s is no route", r.method, r.path)
		}
		one := all[route]
		one.Function = function
		one.Count++
		one.Sent += r.sent
		one.Answered += r.answered
		all[route] = one
	}
	c.requests = nil
	return all
}

// drop forgets the requests so far: those of other tests, which ask for what is not
// there as well.
func (c *counted) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.requests = nil
}

// journeys are the ways whose costs are recorded, each told apart from what begins it.
var journeys = []struct {
	name, does string
	times      int
	before     func(t *testing.T) any
	play       func(t *testing.T, given any)
}{
	{"rating", "a device sends a rating", 5, device, rates},
	{"vote", "a customer opens a link, votes and reads the thanks", 3, invited, votes},
	{"card", "a customer fills in a response card and reads the thanks", 3, nothing, fillsIn},
	{"invitation", "a system has an invitation mailed", 3, bearer("invite"), invites},
	{"complaint", "a customer complains, staff work on it to its end, the customer accepts and rates that", 1, nothing, complains},
}

// TestJourneysCostWhatWasRecorded plays one journey of each kind and counts what the
// functions ask of AWS. Whoever changes it on purpose runs it with -update and reads what
// `make cost` says then.
func TestJourneysCostWhatWasRecorded(t *testing.T) {
	stack, err := reviewed.Read("../testdata/dev.json")
	if err != nil {
		t.Fatal(err)
	}
	settled(t)
	want := &recording.Recording{}
	if !*update {
		if want, err = recording.Read(recorded); err != nil {
			t.Fatal(err)
		}
	}
	got := &recording.Recording{Journeys: make(map[string]*recording.Journey)}
	for _, j := range journeys {
		got.Journeys[j.name] = recordedWay(t, stack, j.does, j.times, j.before, j.play)
		if *update || t.Failed() {
			continue
		}
		was := want.Journeys[j.name]
		if was == nil {
			t.Errorf("%s was never recorded", j.name)
			continue
		}
		for _, change := range recording.Drift(was, got.Journeys[j.name]) {
			t.Errorf("%s costs something else: %s", j.name, change)
		}
	}
	got.Clock = look(t)
	if diff := cmp.Diff(want.Clock, got.Clock); diff != "" && !*update {
		t.Errorf("a look of the clock costs something else (-recorded +seen):\n%s", diff)
	}
	if t.Failed() {
		t.Log("if it is meant: go test -count=1 ./infra/e2e -run TestJourneysCostWhatWasRecorded -update, then make cost")
		return
	}
	if *update {
		if err := got.Write(recorded); err != nil {
			t.Fatal(err)
		}
	}
}

// look has the clock look three times and takes the fewest calls: its schedule may call it
// at any moment.
func look(t *testing.T) (fewest map[string]int) {
	t.Helper()
	for range 3 {
		quiet(t)
		costs.clock.Take()
		tick(t)
		quiet(t)
		calls, sum := make(map[string]int), 0
		for _, w := range costs.clock.Take() {
			for action, c := range w.Calls {
				calls[action] = c.Count
				sum += c.Count
			}
		}
		if fewest == nil || sum < total(fewest) {
			fewest = calls
		}
	}
	return fewest
}

func total(calls map[string]int) (n int) {
	for _, c := range calls {
		n += c
	}
	return n
}

// recordedWay plays a journey once to warm up, since a start reads secrets once, and then
// as often as it is counted: anew if the clock, which looks each minute, told of something
// meanwhile, which is work that other tests left.
func recordedWay(t *testing.T, stack *reviewed.Stack, does string, times int, before func(*testing.T) any, play func(*testing.T, any)) *recording.Journey {
	t.Helper()
	play(t, before(t))
	for range 5 {
		given := make([]any, times)
		for i := range given {
			given[i] = before(t)
		}
		quiet(t)
		costs.meter.Take()
		costs.clock.Take()
		costs.drop()
		since := time.Now()
		for _, g := range given {
			play(t, g)
		}
		quiet(t)
		j := &recording.Journey{Does: does, Times: times, Requests: costs.take(t, stack), Work: costs.meter.Take()}
		if w := costs.clock.Take()["clock"]; w != nil && len(w.Sent) > 0 {
			t.Logf("%s: the clock told of %v; once more", does, w.Sent)
			continue
		}
		j.Logs, j.Metrics = logLines(t, since)
		for name, w := range j.Work {
			w.Sent = queuesByName(t, stack, w.Sent)
			forget(name, w)
		}
		return j
	}
	t.Fatalf("%s: the clock told of something each time", does)
	return nil
}

// forget leaves out what depends on how much comes at once, and on which process
// answers: files of facts, and secrets, which each process reads once.
func forget(function string, w *recording.Work) {
	maps.DeleteFunc(w.Calls, func(action string, _ recording.Call) bool {
		return strings.HasPrefix(action, "secretsmanager.") || function == "facts" && action == "s3.PutObject"
	})
}

// queuesByName gives queues the names of the template instead of those of this
// deployment.
func queuesByName(t *testing.T, stack *reviewed.Stack, sent map[string]recording.Message) map[string]recording.Message {
	t.Helper()
	all := make(map[string]recording.Message)
	for physical, m := range sent {
		name := stack.Queue(physical)
		if name == "" {
			t.Errorf("%s is no queue of the template", physical)
		}
		all[name] = m
	}
	return all
}

// quiet waits until the queues are empty and nobody has called AWS for three seconds.
func quiet(t *testing.T) {
	t.Helper()
	last, since := -1, time.Now()
	eventually(t, "all is quiet", 2*time.Minute, func() (bool, string) {
		if n := costs.meter.Seen(); n != last {
			last, since = n, time.Now()
		}
		if time.Since(since) < 3*time.Second {
			return false, "functions are at work"
		}
		for _, q := range deployed.Queues() {
			a, err := queues().GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{QueueUrl: &q.URL, AttributeNames: []types.QueueAttributeName{"All"}})
			if err != nil {
				t.Fatal(err)
			}
			for _, n := range []string{"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"} {
				if a.Attributes[n] != "0" {
					return false, fmt.Sprintf("%s: %s %s", q.Name, n, a.Attributes[n])
				}
			}
		}
		return true, ""
	})
}

// logLines are what functions wrote to their logs since then, and the metrics in them;
// what the platform writes is switched off in the cloud.
func logLines(t *testing.T, since time.Time) (map[string]recording.Log, []string) {
	t.Helper()
	all, metrics := make(map[string]recording.Log), make(map[string]bool)
	for group, lines := range logGroups(t, since) {
		for _, name := range functions {
			if slices.Contains(byTheClock, name) || !strings.Contains(strings.ToLower(path.Base(group)), name+"logs") {
				continue
			}
			for _, line := range lines {
				if !strings.HasPrefix(line, "{") || !json.Valid([]byte(line)) {
					continue
				}
				one := all[name]
				one.Lines++
				one.Bytes += len(line)
				all[name] = one
				for _, m := range metricsIn(line) {
					metrics[name+" "+m] = true
				}
			}
		}
	}
	return all, slices.Sorted(maps.Keys(metrics))
}

// metricsIn are the metrics of one line of the embedded metric format.
func metricsIn(line string) (all []string) {
	var in struct {
		AWS struct {
			CloudWatchMetrics []struct {
				Dimensions [][]string
				Metrics    []struct{ Name string }
			}
		} `json:"_aws"`
	}
	if json.Unmarshal([]byte(line), &in) != nil {
		return nil
	}
	for _, m := range in.AWS.CloudWatchMetrics {
		for _, by := range m.Dimensions {
			for _, metric := range m.Metrics {
				all = append(all, metric.Name+" by "+strings.Join(by, ", "))
			}
		}
	}
	return all
}

func nothing(*testing.T) any { return nil }

func device(t *testing.T) any { return deviceKey(t, "terminal-repair-1") }

func invited(t *testing.T) any { return invite(t, "en").URL }

func bearer(scopes ...string) func(*testing.T) any {
	return func(t *testing.T) any { return token(t, scopes...) }
}

func rates(t *testing.T, key any) {
	t.Helper()
	a := do(t, http.MethodPost, "/v1/ratings", marshal(t, rating("repair", "terminal", "csat_1_10", 9, time.Now())),
		"Authorization", key.(string), "Content-Type", "application/json")
	if a.Status != http.StatusCreated {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
}

func votes(t *testing.T, given any) {
	t.Helper()
	link := given.(string)
	a := vote(t, link, url.Values{"stars": {"4"}})
	if a.Status != http.StatusSeeOther {
		t.Fatalf("%d %.300s", a.Status, a.Body)
	}
	thanks(t, link, a)
}

// thanks reads the page that an accepted form leads to.
func thanks(t *testing.T, from string, a answer) {
	t.Helper()
	if page := do(t, http.MethodGet, resolve(t, from, a.Header.Get("Location")), "", "Accept", "text/html"); page.Status != http.StatusOK {
		t.Fatalf("thanks: %d", page.Status)
	}
}

func fillsIn(t *testing.T, _ any) {
	t.Helper()
	address := deployed.PublicURL + "/c/visit/checkout-cologne"
	page := do(t, http.MethodGet, address, "", "Accept", "text/html")
	a := post(t, address, url.Values{"stars": {"4"}, "nonce": {nonceOf(t, page)}, "q-friendliness": {"5"}, "q-found": {"yes"}, "q-how_often": {"weekly"}})
	if a.Status != http.StatusSeeOther {
		t.Fatalf("%d %.300s", a.Status, a.Body)
	}
	thanks(t, address, a)
}

func invites(t *testing.T, permit any) {
	t.Helper()
	c := newCustomer()
	a := do(t, http.MethodPost, "/v1/invitations", marshal(t, map[string]any{
		"event_id": uuid.NewString(), "touchpoint": "hotline", "channel": "email_link", "language": "en",
		"customer_key": c.key, "consent": "contract", "send": true, "email": c.address,
	}), "Authorization", permit.(string), "Content-Type", "application/json")
	if a.Status != http.StatusCreated {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	mailed(t, c.address, 1)
}

// complains goes the whole way of a complaint that nothing goes wrong with.
func complains(t *testing.T, _ any) {
	t.Helper()
	k := complain(t, "hotline", url.Values{"l": {"en"}})
	k.stands(t, casefile.Acknowledged)
	k.page = pageIn(t, mailed(t, k.address, 1))
	k.does(t, "assign", map[string]any{"owner": "desk-7"})
	k.does(t, "assess", map[string]any{"severity": "medium", "urgency": "normal", "category": "billing.refund_delay"})
	k.does(t, "investigate", nil)
	k.does(t, "ask", map[string]any{"text": "What is the number of your order?"})
	k.act(t, "reply", url.Values{"text": {"It is order 4711."}})
	k.does(t, "answer", map[string]any{"text": "Thank you. We look into the payment."})
	k.does(t, "decide", map[string]any{"outcome": "accepted", "text": "The refund was late indeed.", "root_cause": cfg.Complaints.RootCauses[0]})
	k.does(t, "resolve", map[string]any{"text": "You receive 60 euros within three days."})
	k.act(t, "accept", nil)
	k.act(t, "rate", url.Values{"stars": {"4"}})
	k.stands(t, casefile.Closed)
}
