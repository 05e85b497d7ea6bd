package world

import (
	"context"
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/infra/configure"
	"resonanz/infra/load/cloud"
	"resonanz/infra/load/fleet"
	"resonanz/infra/load/traffic"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/store"
)

func source(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile("../../" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestRoutesAreThoseOfTheStack(t *testing.T) {
	var deployed []route
	for _, m := range regexp.MustCompile(`\{"(\w+)", "(/[^"]*)", "`).FindAllStringSubmatch(source(t, "api.go"), -1) {
		deployed = append(deployed, route{m[1], m[2]})
	}
	for _, r := range routes {
		if !slices.Contains(deployed, r) {
			t.Errorf("the stack has no route %v", r)
		}
		if !slices.Contains(Functions, r.function) {
			t.Errorf("%s is not built for a load", r.function)
		}
	}
}

func TestConsumersAreThoseOfTheStack(t *testing.T) {
	in := source(t, "mappings.go")
	constants := map[string]string{"escalationWindow": "1", "s.factsWindow()": "1"}
	for _, c := range consumers {
		m := regexp.MustCompile(`addQueueMapping\("` + c.function + `", s\.\w+, (\d+), ([\w.()]+), (\d+)\)`).FindStringSubmatch(in)
		if m == nil {
			t.Errorf("the stack has no consumer %s", c.function)
			continue
		}
		if v, ok := constants[m[2]]; ok {
			m[2] = v
		}
		if m[1] != strconv.Itoa(c.batch) || m[2] != strconv.Itoa(int(c.window.Seconds())) || m[3] != strconv.Itoa(c.concurrency) {
			t.Errorf("%s: the stack has batch %s, window %s s, concurrency %s", c.function, m[1], m[2], m[3])
		}
	}
}

func TestARequestBecomesTheEventOfItsRoute(t *testing.T) {
	name, payload, err := event(&traffic.Request{
		Method: "POST", Path: "/c/visit/checkout-cologne?l=de", Body: []byte("stars=4"), Type: "application/x-www-form-urlencoded", From: "10.1.2.3", Scopes: "cases",
	})
	if err != nil {
		t.Fatal(err)
	}
	var e events.APIGatewayV2HTTPRequest
	if err := json.Unmarshal(payload, &e); err != nil {
		t.Fatal(err)
	}
	if name != "card" || e.RouteKey != "POST /c/{card}/{touchpoint}" || e.PathParameters["touchpoint"] != "checkout-cologne" || e.QueryStringParameters["l"] != "de" ||
		e.RequestContext.HTTP.SourceIP != "10.1.2.3" || e.Body != "stars=4" || e.RequestContext.Authorizer.JWT.Scopes[0] != "resonanz/cases" {
		t.Errorf("%s gets %s", name, payload)
	}
	if _, _, err := event(&traffic.Request{Method: "GET", Path: "/desk"}); err == nil {
		t.Error("a path that nobody answers is an error")
	}
}

// kept is a world of which only the table is real.
type kept struct {
	view View
	dead int
}

func (k *kept) Do(context.Context, *traffic.Request) (*traffic.Answer, error) { return nil, nil }
func (k *kept) View() View                                                    { return k.view }
func (k *kept) Queues(context.Context) (waiting, dead int, err error)         { return 0, k.dead, nil }
func (k *kept) Processes() ([]fleet.Process, error)                           { return nil, nil }
func (k *kept) Close() error                                                  { return nil }

func TestEveryLossIsNamed(t *testing.T) {
	c, err := cloud.Start(cloud.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Stop)
	cfg, err := configure.Load("../../feedback.yaml")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	w := &kept{view: View{
		AWS:   aws.Config{Region: "eu-central-1", BaseEndpoint: &c.ObserverURL, Credentials: credentials.NewStaticCredentialsProvider("test", "test", "")},
		Table: "t", Bucket: "b", Config: cfg,
	}}
	key := feedback.NewResponseKey(period.Of(now, w.view.Config.Zone()), feedback.ResponseIDOf(feedback.NewEventID()))
	stored, lost := feedback.NewEventID(), feedback.NewEventID()
	table := store.New(dynamodb.NewFromConfig(w.view.AWS), "t")
	put := func(id feedback.EventID) {
		t.Helper()
		if _, _, err := table.Put(t.Context(), &store.Entry{Kind: feedback.KindRating, ResponseKey: key, EventID: id, ReceivedAt: now.UTC().Truncate(time.Millisecond), Event: json.RawMessage(`{}`)}); err != nil {
			t.Fatal(err)
		}
	}
	put(stored)
	r := traffic.NewRecorder()
	a := r.Accepted()
	a.Events[stored] = feedback.KindRating
	look := func() *Outcome {
		t.Helper()
		o, err := Settle(t.Context(), w, r, now, 0)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	if o := look(); o.Accepted != 1 || o.Stored != 1 || o.NotStored != 0 || o.NotFacts != 1 || o.Breach() == nil {
		t.Errorf("stored, and no fact yet: %+v", o)
	}
	a.Events[lost] = feedback.KindRating
	a.Cases[traffic.Escalated{ResponseKey: key, Family: "callback"}] = true
	w.dead = 1
	if o := look(); o.NotStored != 1 || o.CasesMissing != 1 || o.Dead != 1 || o.Lost() != 3 {
		t.Errorf("accepted, and not in the table: %+v", o)
	}
	delete(a.Events, lost)
	put(feedback.NewEventID())
	if o := look(); o.Unaccepted != 1 {
		t.Errorf("stored, and nobody was told: %+v", o)
	}
}
