package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/responses"
)

func objects() *s3.Client {
	return s3.NewFromConfig(deployed.AWS(), func(o *s3.Options) { o.UsePathStyle = true })
}

// keys are the objects of the bucket below a folder.
func keys(t *testing.T, folder string) (all []string) {
	t.Helper()
	pages := s3.NewListObjectsV2Paginator(objects(), &s3.ListObjectsV2Input{Bucket: &deployed.Bucket, Prefix: &folder})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page.Contents {
			all = append(all, *o.Key)
		}
	}
	return all
}

func object(t *testing.T, key string) []byte {
	t.Helper()
	o, err := objects().GetObject(t.Context(), &s3.GetObjectInput{Bucket: &deployed.Bucket, Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	defer o.Body.Close()
	b, err := io.ReadAll(o.Body)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// putObject lays an object into the bucket.
func putObject(ctx context.Context, t *testing.T, key string, content []byte) {
	t.Helper()
	if _, err := objects().PutObject(ctx, &s3.PutObjectInput{Bucket: &deployed.Bucket, Key: &key, Body: bytes.NewReader(content)}); err != nil {
		t.Fatal(err)
	}
}

// without takes an object out of the bucket for the rest of the test.
func without(t *testing.T, key string) {
	t.Helper()
	b := object(t, key)
	if _, err := objects().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &deployed.Bucket, Key: &key}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { putObject(context.WithoutCancel(t.Context()), t, key, b) })
}

// factsOf reads the facts of one kind and month.
func factsOf(t *testing.T, p period.Period, kind feedback.Kind) *responses.Batch {
	t.Helper()
	b := new(responses.Batch)
	for _, key := range keys(t, factfile.Prefix(p, kind)) {
		if err := factfile.Read(kind, object(t, key), b); err != nil {
			t.Fatalf("%s: %v", key, err)
		}
	}
	return b
}

// made is what is answered to an order.
type made struct {
	Version string            `json:"version"`
	Status  string            `json:"status"`
	Created bool              `json:"created"`
	Late    int               `json:"late_events"`
	Changed bool              `json:"facts_changed"` // since the version was made
	Links   map[string]string `json:"links"`
}

func (m made) number(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(m.Version)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// reportAt is the address of the report of a month and, where named, a group.
func reportAt(p period.Period, ending, group string, more ...string) string {
	at := "/v1/reports/" + p.String() + ending
	if group != "" {
		more = append([]string{"group=" + group}, more...)
	}
	if len(more) > 0 {
		at += "?" + strings.Join(more, "&")
	}
	return at
}

// ordered orders a report and waits for the answer.
func ordered(t *testing.T, p period.Period, group, body string) made {
	t.Helper()
	a := do(t, http.MethodPost, reportAt(p, "", group), body, "Authorization", token(t, "reports"), "Content-Type", "application/json")
	if a.Status != http.StatusCreated && a.Status != http.StatusOK {
		t.Fatalf("ordering the report of %s %s: %d %.600s", p, group, a.Status, a.Body)
	}
	var m made
	a.json(t, &m)
	return m
}

// read gets the report as JSON.
func read(t *testing.T, p period.Period, group string, more ...string) (report.Report, string) {
	t.Helper()
	a := do(t, http.MethodGet, reportAt(p, ".json", group, more...), "", "Authorization", token(t, "reports"))
	if a.Status != http.StatusOK {
		t.Fatalf("reading the report of %s %s: %d %.600s", p, group, a.Status, a.Body)
	}
	var r report.Report
	if err := json.Unmarshal([]byte(a.Body), &r); err != nil {
		t.Fatalf("the report of %s: %v", p, err)
	}
	return r, a.Body
}

// send has a terminal send ratings of a time.
func send(t *testing.T, at time.Time, ratings ...int) {
	t.Helper()
	events := make([]any, len(ratings))
	for i, r := range ratings {
		events[i] = rating("repair", "terminal", "csat_1_10", r, at.Add(time.Duration(i)*time.Minute))
	}
	a := do(t, http.MethodPost, "/v1/batch", marshal(t, map[string]any{"events": events}), "Authorization", deviceKey(t, "terminal-repair-1"), "Content-Type", "application/json")
	if got := statuses(t, a); got["accepted"] != len(ratings) {
		t.Fatalf("sending %d ratings: %v", len(ratings), got)
	}
}

// arrived waits until so many ratings of a month are facts.
func arrived(t *testing.T, p period.Period, n int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d facts of %s", n, p), 90*time.Second, func() (bool, string) {
		got := len(factsOf(t, p, feedback.KindRating).Votes)
		return got >= n, fmt.Sprint(got)
	})
}

// Two months ago is closed: what comes in now for it is late. A restatement counts
// it and says what differs; the version before stays what it was.
func TestLateEventsAreCountedByARestatementOnly(t *testing.T) {
	then := month().Add(-2)
	begins, _ := then.Bounds(cfg.Zone())
	first := ordered(t, then, "", "")
	if first.Status != "final" {
		t.Fatalf("the report of a closed month is %s", first.Status)
	}
	_, before := read(t, then, "", "version="+first.Version)

	send(t, begins.Add(100*time.Hour), 10, 9, 10, 2, 9, 10)
	arrived(t, then, 6)
	same := ordered(t, then, "", "")
	if same.Created || same.Version != first.Version || same.Late != 6 {
		t.Errorf("after six late events: version %s, created %t, late %d; want the final version as it is, and to hear of six", same.Version, same.Created, same.Late)
	}
	restated := ordered(t, then, "", `{"restate":true}`)
	if restated.Status != "restated" || restated.number(t) != first.number(t)+1 {
		t.Fatalf("restating made version %s, %s", restated.Version, restated.Status)
	}
	r, _ := read(t, then, "")
	if len(r.Header.LateEvents) != 6 || r.Header.Restates != first.number(t) || r.Total.N != 6 {
		t.Errorf("the restatement lists %d late events, restates version %d, counts %d; want 6, %d, 6", len(r.Header.LateEvents), r.Header.Restates, r.Total.N, first.number(t))
	}
	differs := map[string]bool{}
	for _, d := range r.Header.Differences {
		differs[d.Path] = true
	}
	if !differs["total.n"] {
		t.Errorf("the differences to the version before do not say that it counted none: %v", r.Header.Differences)
	}
	if _, still := read(t, then, "", "version="+first.Version); still != before {
		t.Error("the version before has changed")
	}
	page := do(t, http.MethodGet, reportAt(then, ".html", ""), "", "Authorization", token(t, "reports"), "Accept-Language", "en")
	if page.Status != http.StatusOK || !strings.Contains(page.Body, string(r.Header.LateEvents[0].EventID)) {
		t.Errorf("the page: %d, names the late events: %t", page.Status, strings.Contains(page.Body, string(r.Header.LateEvents[0].EventID)))
	}
	versions := do(t, http.MethodGet, reportAt(then, "/versions", ""), "", "Authorization", token(t, "reports"))
	if versions.Status != http.StatusOK || !strings.Contains(versions.Body, `"restated"`) || !strings.Contains(versions.Body, r.Header.DataHash) {
		t.Errorf("the list of versions: %d %.400s", versions.Status, versions.Body)
	}
}

// Small files become one at night, and nothing else happens: the report of a month
// is the same to the byte, and so are its facts.
func TestCompactionChangesNoByteOfAReport(t *testing.T) {
	then := month().Add(-3)
	begins, _ := then.Bounds(cfg.Zone())
	folder := factfile.Prefix(then, feedback.KindRating)
	for i := range 3 {
		send(t, begins.Add(time.Duration(100+i)*time.Hour), 10, 9, 3)
		arrived(t, then, 3*(i+1))
	}
	if n := len(keys(t, folder)); n < 3 {
		t.Fatalf("%d files to compact", n)
	}
	before := ordered(t, then, "", `{"restate":`+strconv.FormatBool(ordered(t, then, "", "").Status == "final")+`}`)
	_, is := read(t, then, "")
	for range 2 { // the second finds nothing to do
		if _, err := deployed.Invoke(t.Context(), "compact", []byte(`{"schedule":"compact","all":true}`)); err != nil {
			t.Fatal(err)
		}
	}
	if got := keys(t, folder); len(got) != 1 {
		t.Errorf("after compaction there are %d files: %v", len(got), got)
	}
	if got := factsOf(t, then, feedback.KindRating); len(got.Votes) != 9 {
		t.Errorf("after compaction there are %d facts, want 9", len(got.Votes))
	}
	after := ordered(t, then, "", "") // built anew, and compared with what is there
	if after.Created || after.Changed || after.Version != before.Version {
		t.Errorf("after compaction the report says something else: %+v", after)
	}
	if again := ordered(t, then, "", `{"restate":true}`); again.Created {
		t.Errorf("a restatement after compaction says something else: %+v", again)
	}
	if _, now := read(t, then, ""); now != is {
		t.Error(cmp.Diff(is, now))
	}
}

// A file that nobody can read is named in the report, and stops nothing.
func TestAFileThatCannotBeReadIsNamed(t *testing.T) {
	then := month().Add(-4)
	folder := factfile.Prefix(then, feedback.KindRating)
	broken := folder + strings.Repeat("0", 32) + ".parquet"
	putObject(t.Context(), t, broken, []byte("PAR1 this is no Parquet file"))
	begins, _ := then.Bounds(cfg.Zone())
	send(t, begins.Add(100*time.Hour), 10, 9, 10, 9, 8)
	eventually(t, "the facts beside the broken file", 90*time.Second, func() (bool, string) {
		n := len(keys(t, folder))
		return n > 1, fmt.Sprint(n)
	})
	ordered(t, then, "", "")
	ordered(t, then, "", `{"restate":true}`)
	r, text := read(t, then, "")
	if r.Total.N != 5 {
		t.Errorf("%d responses of the other files, want 5", r.Total.N)
	}
	if !strings.Contains(text, broken) {
		t.Error("the report does not name the file")
	}
	page := do(t, http.MethodGet, reportAt(then, ".html", ""), "", "Authorization", token(t, "reports"))
	if page.Status != http.StatusOK || !strings.Contains(page.Body, strings.Repeat("0", 32)) {
		t.Errorf("the page: %d, names the file: %t", page.Status, strings.Contains(page.Body, strings.Repeat("0", 32)))
	}
	if _, err := objects().DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &deployed.Bucket, Key: aws.String(broken)}); err != nil {
		t.Fatal(err)
	}
}

// What was done about a complaint is a fact for each step, and a figure.
func TestEachStepOfAComplaintIsAFact(t *testing.T) {
	k := complain(t, "hotline", nil)
	k.does(t, "assign", map[string]any{"owner": "desk-7"})
	k.does(t, "assess", map[string]any{"severity": "high", "urgency": "urgent", "category": "billing.refund_delay"})
	k.does(t, "investigate", nil)
	k.does(t, "answer", map[string]any{"text": "Merci. Nous vérifions le paiement."})
	version := k.state(t).Version
	eventually(t, "a fact for each step", 90*time.Second, func() (bool, string) {
		b := factsOf(t, month(), factfile.KindTransition)
		seen := map[uint32]bool{}
		for i := range b.Transitions {
			if x := &b.Transitions[i]; b.Text(x.Case) == string(k.number) {
				seen[x.Seq] = true
			}
		}
		return len(seen) == version, fmt.Sprintf("%d of %d", len(seen), version)
	})
	ordered(t, month(), "", "")
	r, _ := read(t, month(), "")
	if c := r.Complaints; c.Received == 0 || c.OpenEnd == 0 || c.WithoutCase != 0 {
		t.Errorf("%d complaints received, %d of them without steps; %d open", c.Received, c.WithoutCase, c.OpenEnd)
	}
}
