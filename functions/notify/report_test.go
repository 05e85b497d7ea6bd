package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/google/go-cmp/cmp"

	"resonanz/events"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/notice"
	"resonanz/shared/period"
	"resonanz/shared/store"
)

// postOffice takes mail about reports; refuse is an address that it does not send
// to.
type postOffice struct {
	mu     sync.Mutex
	sent   []string // "<address> <language> <with|without>"
	raw    [][]byte
	refuse string
	takes  time.Duration // for one mail
}

func (p *postOffice) SendRawEmail(ctx context.Context, in *ses.SendRawEmailInput, _ ...func(*ses.Options)) (*ses.SendRawEmailOutput, error) {
	if p.takes > 0 {
		select {
		case <-time.After(p.takes):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	to, raw := in.Destinations[0], in.RawMessage.Data
	if to == p.refuse {
		return nil, errors.New("throttled")
	}
	language, attachment := "en", "without"
	if bytes.Contains(raw, []byte("Content-Language: de")) {
		language = "de"
	}
	if bytes.Contains(raw, []byte("application/pdf")) {
		attachment = "with"
	}
	p.sent, p.raw = append(p.sent, to+" "+language+" "+attachment), append(p.raw, raw)
	return new(ses.SendRawEmailOutput), nil
}

// shelf holds objects by key and counts how often each was fetched, by letters side
// by side.
type shelf struct {
	mu      sync.Mutex
	objects map[string][]byte
	fetched map[string]int
}

func (s *shelf) Get(_ context.Context, key string, most int) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fetched[key]++
	b, ok := s.objects[key]
	if !ok {
		return nil, fmt.Errorf("fetching object %s: not there", key)
	}
	if len(b) > most {
		return nil, fmt.Errorf("fetching object %s: %w", key, errTooLarge)
	}
	return b, nil
}

const recipients = `{
	"organisation": {"name": "Beispiel GmbH", "time_zone": "Europe/Berlin", "languages": ["de", "en"], "default_language": "de"},
	"groups": [{"id": "cologne", "name": {"de": "Köln", "en": "Cologne"}, "touchpoints": ["hotline"]}],
	"notify": {"mail_from": "feedback@example.com", "language": "de", "report_to": ["board@example.com", "Quality@example.com"]},
	"report": {"attach": true, "link_days": 14, "recipients": [
		{"role": "quality", "emails": ["quality@example.com", "audit@example.com"], "language": "en", "statuses": ["final", "restated"]},
		{"role": "site", "emails": ["cologne@example.com"], "groups": ["cologne"]}
	]}
}`

// reporting is the function with reports of March: the whole, version 1, and a
// group's, version 2.
func reporting(t *testing.T) (*rig, *postOffice, *shelf) {
	t.Helper()
	cfg, err := config.Parse([]byte(recipients))
	if err != nil {
		t.Fatal(err)
	}
	r, post, s := newRig(&deed{name: "sns"}), new(postOffice), &shelf{objects: map[string][]byte{}, fetched: map[string]int{}}
	march, err := period.Parse("2026-03")
	if err != nil {
		t.Fatal(err)
	}
	for version, group := range map[int]string{1: "", 2: "cologne"} {
		v := &store.ReportVersion{Period: march, Group: group, Version: version, Status: store.Final, Objects: map[string]string{}}
		for _, l := range []string{"de", "en"} {
			folder := fmt.Sprintf("reports/2026-03/%s/%d/", group, version)
			v.Objects["mail."+l], v.Objects["pdf."+l] = folder+"mail."+l+".json", folder+"report."+l+".pdf"
			b, err := json.Marshal(notice.Digest{
				Headlines: []notice.Headline{{Label: "CSAT", Value: "82 %"}}, Link: "https://feedback.example.com/p/" + group + l,
			})
			if err != nil {
				t.Fatal(err)
			}
			s.objects[v.Objects["mail."+l]], s.objects[v.Objects["pdf."+l]] = b, []byte("%PDF "+group+l)
		}
		if err := r.memory.PutReport(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
	r.office = newOffice(post, cfg, s, r.memory, func(l feedback.Language) *notice.Writer {
		w := words()
		w.Language, w.Zone = l, cfg.Zone()
		return w
	})
	return r, post, s
}

func reportAlert(group, version string, status store.ReportStatus) *events.Alert {
	return &events.Alert{
		ID: "report#2026-03#" + group + version, Reason: events.ReportReady, At: noon, Period: "2026-03", Group: group,
		Report: version, Status: string(status), Hash: "sha256:ab",
	}
}

func TestAReportGoesToWhomItIsFor(t *testing.T) {
	for name, c := range map[string]struct {
		alert *events.Alert
		want  []string
	}{
		"the whole": {reportAlert("", "0001", store.Final), []string{
			"audit@example.com en with", "board@example.com de with", "quality@example.com en with",
		}},
		"not yet final": {reportAlert("", "0001", store.Preliminary), []string{"Quality@example.com de with", "board@example.com de with"}},
		"of a group":    {reportAlert("cologne", "0002", store.Final), []string{"cologne@example.com de with"}},
	} {
		t.Run(name, func(t *testing.T) {
			r, post, s := reporting(t)
			for range 3 { // delivered again and again
				if failed := r.deliver(t, c.alert); failed != nil {
					t.Fatalf("failed: %s", r.log.String())
				}
			}
			slices.Sort(post.sent)
			if diff := cmp.Diff(c.want, post.sent); diff != "" {
				t.Errorf("mails (-want +got):\n%s", diff)
			}
			for key, n := range s.fetched {
				if n > 1 {
					t.Errorf("%s was fetched %d times", key, n)
				}
			}
		})
	}
}

func TestOneMailThatFailsRepeatsNoOther(t *testing.T) {
	r, post, _ := reporting(t)
	post.refuse = "audit@example.com"
	a := reportAlert("", "0001", store.Final)
	if failed := r.deliver(t, a); len(failed) != 1 || len(post.sent) != 2 {
		t.Fatalf("failed %v, sent %v", failed, post.sent)
	}
	if strings.Contains(r.log.String(), "@") {
		t.Errorf("the log names an address:\n%s", r.log.String())
	}
	post.refuse = ""
	if failed := r.deliver(t, a); failed != nil || len(post.sent) != 3 {
		t.Errorf("failed %v, sent %v", failed, post.sent)
	}
}

func TestManyRecipientsEachGetTheirMailThoughOnlyTwoAreInTheMakingAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r, post, _ := reporting(t)
		post.takes = time.Second
		var all []string
		for i := range 60 {
			all = append(all, fmt.Sprintf("member%02d@example.com", i))
		}
		r.office.cfg.Report.Recipients = []config.Recipient{{Role: "members", Emails: all}}
		body, err := json.Marshal(events.Message{Version: events.Version, Type: events.TypeAlert, Alert: reportAlert("", "0001", store.Final)})
		if err != nil {
			t.Fatal(err)
		}
		const timeout = 30 * time.Second // of an invocation
		for attempt, want := range []int{36, 62, 62} {
			ctx, cancel := context.WithTimeout(t.Context(), timeout)
			failed := r.deliverBodies(t, ctx, string(body))
			if ctx.Err() != nil || (len(failed) > 0) != (want < 62) || len(post.sent) < want {
				t.Errorf("attempt %d: %d mails, failed %v, %v; want at least %d mails", attempt+1, len(post.sent), failed, ctx.Err(), want)
			}
			cancel()
		}
		slices.Sort(post.sent)
		if n := len(slices.Compact(post.sent)); n != 62 || len(post.raw) != 62 {
			t.Errorf("%d mails to %d recipients, want one to each of 62", len(post.raw), n)
		}
	})
}

func TestALargePDFAndOneThatNobodyWantsAreLinked(t *testing.T) {
	for name, change := range map[string]func(*config.Config, *shelf){
		"too large": func(_ *config.Config, s *shelf) {
			s.objects["reports/2026-03/cologne/2/report.de.pdf"] = make([]byte, maxAttached+1)
		},
		"not wanted": func(c *config.Config, _ *shelf) { c.Report.Attach = false },
	} {
		t.Run(name, func(t *testing.T) {
			r, post, s := reporting(t)
			change(r.office.cfg, s)
			if failed := r.deliver(t, reportAlert("cologne", "0002", store.Final)); failed != nil {
				t.Fatalf("failed: %s", r.log.String())
			}
			if len(post.sent) != 1 || post.sent[0] != "cologne@example.com de without" || !bytes.Contains(post.raw[0], []byte("/p/cologne")) {
				t.Errorf("sent %v", post.sent)
			}
		})
	}
}

func TestAReportThatIsNotThereIsNotMailed(t *testing.T) {
	r, post, _ := reporting(t)
	if failed := r.deliver(t, reportAlert("", "0009", store.Final)); len(failed) != 1 || len(post.sent) != 0 {
		t.Errorf("failed %v, sent %v", failed, post.sent)
	}
	a := reportAlert("", "x", store.Final)
	if failed := r.deliver(t, a); failed != nil || len(r.dead.reasons) != 1 {
		t.Errorf("failed %v, dead %v: want an alert without a version put aside", failed, r.dead.reasons)
	}
}

func TestAnObjectIsFetchedWithASignature(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/") || r.Header.Get("X-Amz-Content-Sha256") == "" {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		switch r.URL.Path {
		case "/facts/reports/2026-03/all/a.pdf":
			_, _ = w.Write([]byte("0123456789"))
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer server.Close()
	b := &bucket{name: "facts", cfg: aws.Config{
		Region: "eu-central-1", BaseEndpoint: &server.URL, HTTPClient: server.Client(),
		Credentials: aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIDEXAMPLE", SecretAccessKey: "secret"}, nil
		}),
	}}
	if got, err := b.Get(t.Context(), "reports/2026-03/all/a.pdf", 10); err != nil || string(got) != "0123456789" {
		t.Errorf("%q, %v", got, err)
	}
	if _, err := b.Get(t.Context(), "reports/2026-03/all/a.pdf", 9); !errors.Is(err, errTooLarge) {
		t.Errorf("%v, want too large", err)
	}
	if _, err := b.Get(t.Context(), "reports/b.pdf", 9); err == nil || !strings.Contains(err.Error(), "404") {
		t.Errorf("%v, want an answer of 404", err)
	}
	b.cfg.BaseEndpoint = nil
	if got := b.address("reports/x y.pdf"); got != "https://facts.s3.eu-central-1.amazonaws.com/reports/x%20y.pdf" {
		t.Errorf("address %s", got)
	}
}
