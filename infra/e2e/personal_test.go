package e2e

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/uuid"
	"github.com/parquet-go/parquet-go"

	"resonanz/infra/local/emulator"
)

// personalFields are the fields of forms, of JSON and of CSV in which customers, and
// systems that speak of them, tell who somebody is or what somebody wrote.
var personalFields = []string{
	"comment", "suggestion", "remedy", "text", "contact", "callback_contact", "phone", "name", "email", "customer_key", "filename",
}

// leastLetters is how long a value is that is looked for: shorter ones are words
// that stand elsewhere by chance.
const leastLetters = 8

// told are the personal values that any test sent, and where they must not be.
var told = &privacy{values: map[string]string{}, texts: map[string][]string{}}

type privacy struct {
	mu     sync.Mutex
	values map[string]string   // by value: the field it was sent in
	texts  map[string][]string // by kind of place: what was seen there
	leaks  []string
}

// hear remembers what a request says of somebody.
func (p *privacy) hear(target, body string, header []string) (said []string) {
	contentType := ""
	for i := 0; i+1 < len(header); i += 2 {
		if strings.EqualFold(header[i], "Content-Type") {
			contentType = header[i+1]
		}
	}
	add := func(field, value string) {
		if value = strings.TrimSpace(value); len(value) >= leastLetters && len(value) < 20000 && slices.Contains(personalFields, field) {
			said = append(said, value)
			p.mu.Lock()
			p.values[value] = field
			p.mu.Unlock()
		}
	}
	media, _, _ := mime.ParseMediaType(contentType)
	switch media {
	case "application/x-www-form-urlencoded":
		values, _ := url.ParseQuery(body)
		for field, all := range values {
			for _, v := range all {
				add(field, v)
			}
		}
	case "multipart/form-data":
		for _, m := range regexp.MustCompile(`filename="([^"]*)"`).FindAllStringSubmatch(body, -1) {
			add("filename", m[1])
		}
	case "text/csv":
		rows, err := csv.NewReader(strings.NewReader(body)).ReadAll()
		for i := 1; err == nil && i < len(rows); i++ {
			for j, v := range rows[i] {
				add(rows[0][j], v)
			}
		}
	case "application/json":
		var v any
		if json.Unmarshal([]byte(body), &v) == nil {
			walk("", v, add)
		}
	}
	p.see("addresses", target)
	return said
}

// walk calls each for every text in a JSON value, with the field it stands in; own
// words of a card stand under "answers".
func walk(field string, v any, each func(field, value string)) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if field == "answers" {
				name = "text"
			}
			walk(name, inner, each)
		}
	case []any:
		for _, inner := range v {
			walk(field, inner, each)
		}
	case string:
		each(field, v)
	}
}

// see keeps what was seen in a kind of place.
func (p *privacy) see(place, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.texts[place] = append(p.texts[place], text)
}

// answered looks at once at what comes back: a refusal must not repeat what it
// refuses. A page that shows a form again to who typed it is none.
func (p *privacy) answered(method, target string, said []string, a answer) {
	p.see("addresses", a.Header.Get("Location"))
	if a.Status < 400 || strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
		return
	}
	for _, v := range said {
		if strings.Contains(a.Body, v) {
			p.mu.Lock()
			p.leaks = append(p.leaks, fmt.Sprintf("%s %s: %d repeats %q: %.300s", method, target, a.Status, v, a.Body))
			p.mu.Unlock()
		}
	}
}

// overhear keeps the messages that functions send.
func (p *privacy) overhear(c call) {
	if (c.Service == "sqs" || c.Service == "sns") && (strings.HasPrefix(c.Action, "SendMessage") || strings.HasPrefix(c.Action, "Publish")) {
		p.see("messages", c.Body)
	}
}

// forms are the ways a value may be written.
func forms(value string) []string {
	escape := func(s string) string {
		b, _ := json.Marshal(s) // of a string never fails
		return strings.Trim(string(b), `"`)
	}
	once := escape(value)
	all := []string{value, once, escape(once), url.QueryEscape(value), url.PathEscape(value)}
	slices.Sort(all)
	return slices.Compact(all)
}

// leaked are the values that stand in the texts of a place.
func (p *privacy) leaked(place string, exempt func(value string) bool) (all []string) {
	text := strings.Join(p.texts[place], "\n")
	for _, value := range slices.Sorted(maps.Keys(p.values)) {
		if exempt != nil && exempt(value) {
			continue
		}
		for _, form := range forms(value) {
			if at := strings.Index(text, form); at >= 0 {
				all = append(all, fmt.Sprintf("%s: %s %q in …%.160s…", place, p.values[value], value, text[max(0, at-60):]))
				break
			}
		}
	}
	return all
}

// TestNothingPersonalIsWhereItDoesNotBelong looks for every personal value that any
// other test sent, and for those of a journey of its own, wherever none may be: in
// logs and metrics, in messages, facts, names of objects and addresses, and in what
// refuses. What SES tells of mail holds addresses, and its queue is left out: only
// function bounce reads it.
func TestNothingPersonalIsWhereItDoesNotBelong(t *testing.T) {
	last(t)
	c := newCustomer()
	words := "Vertraulich " + uuid.NewString()
	in := inviteByMail(t, c, nil)
	mustVote(t, in.URL, url.Values{"stars": {"1"}, "callback": {"1"}, "contact": {"0221 " + c.key}})
	callbackCase(t, in.ResponseKey)
	complain(t, "hotline", url.Values{"comment": {words}})
	if a := do(t, http.MethodPost, "/v1/ratings", `{"comment":"`+words+`","email":"`+c.address+`"}`, "Authorization", deviceKey(t, "kiosk-cologne-1"), "Content-Type", "application/json"); a.Status < 400 {
		t.Errorf("what is no rating: %d", a.Status)
	}
	settled(t)

	told.see("logs", strings.Join(logs(t), "\n"))
	for _, row := range factRows(t) {
		told.see("facts", row)
	}
	for _, bucket := range []string{deployed.Bucket, deployed.AttachmentsBucket} {
		for _, key := range objectsIn(t, bucket) {
			told.see("names of objects", key)
		}
	}
	for _, q := range deployed.Queues() {
		if q.URL == deployed.MailEventsQueueURL {
			continue
		}
		waiting, err := deployed.Peek(t.Context(), q.URL)
		if err != nil {
			t.Fatal(err)
		}
		for i := range waiting {
			told.see("messages", fmt.Sprintf("%+v", waiting[i]))
		}
	}

	told.mu.Lock()
	defer told.mu.Unlock()
	// The scan finds what is there: else it would find nothing anywhere.
	for place, want := range map[string]string{
		"logs": `"request_id"`, "messages": string(in.ResponseKey), "facts": string(in.ResponseKey), "names of objects": "facts/month=", "addresses": in.URL,
	} {
		if !strings.Contains(strings.Join(told.texts[place], "\n"), want) {
			t.Errorf("%s: %q is not among %d texts: nothing was looked at", place, want, len(told.texts[place]))
		}
	}
	for _, v := range []string{words, c.key, c.address} {
		if told.values[v] == "" {
			t.Errorf("%q was not noticed", v)
		}
	}
	found := told.leaks
	// The one address that names a customer is the owner's own way to a customer, by the
	// owner's key; what is logged of it is the pattern of the route.
	told.texts["addresses"] = slices.DeleteFunc(told.texts["addresses"], func(a string) bool { return strings.Contains(a, "/v1/customers/") })
	for _, place := range []string{"logs", "messages", "facts", "names of objects", "addresses"} {
		found = append(found, told.leaked(place, nil)...)
	}
	for _, leak := range found {
		t.Error(leak)
	}
	t.Logf("%d personal values of all tests looked for in %d log lines, %d messages, %d facts, %d names of objects, %d addresses",
		len(told.values), strings.Count(strings.Join(told.texts["logs"], "\n"), "\n"), len(told.texts["messages"]), len(told.texts["facts"]),
		len(told.texts["names of objects"]), len(told.texts["addresses"]))
}

// logs are the lines of all functions' logs, metrics among them.
func logs(t *testing.T) (lines []string) {
	t.Helper()
	for _, group := range logGroups(t, time.Time{}) {
		lines = append(lines, group...)
	}
	return lines
}

// logGroups are the lines of all functions' logs since a time, by log group.
func logGroups(t *testing.T, since time.Time) map[string][]string {
	t.Helper()
	all := make(map[string][]string)
	ask := func(action string, in, out any) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, deployed.EndpointURL, bytes.NewReader([]byte(marshal(t, in))))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-amz-json-1.1")
		req.Header.Set("X-Amz-Target", "Logs_20140328."+action)
		req.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+emulator.AccessKey+"/20260101/"+emulator.Region+"/logs/aws4_request, SignedHeaders=host, Signature=0")
		res, err := client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if err := json.NewDecoder(res.Body).Decode(out); err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("%s: %d, %v", action, res.StatusCode, err)
		}
	}
	var groups struct {
		LogGroups []struct {
			LogGroupName string `json:"logGroupName"`
		} `json:"logGroups"`
	}
	ask("DescribeLogGroups", map[string]any{}, &groups)
	for _, g := range groups.LogGroups {
		var token *string
		for page := 0; page == 0 || token != nil; page++ {
			var events struct {
				Events []struct {
					Message string `json:"message"`
				} `json:"events"`
				NextToken *string `json:"nextToken"`
			}
			in := map[string]any{"logGroupName": g.LogGroupName, "limit": 10000}
			if !since.IsZero() {
				in["startTime"] = since.UnixMilli()
			}
			if token != nil {
				in["nextToken"] = *token
			}
			ask("FilterLogEvents", in, &events)
			for _, e := range events.Events {
				all[g.LogGroupName] = append(all[g.LogGroupName], strings.TrimSpace(e.Message))
			}
			if token = events.NextToken; token != nil && len(events.Events) == 0 {
				break
			}
		}
	}
	return all
}

// factRows are the rows of all facts of any kind, each as text.
func factRows(t *testing.T) (rows []string) {
	t.Helper()
	bucket := s3.NewFromConfig(deployed.AWS(), func(o *s3.Options) { o.UsePathStyle = true })
	for _, key := range objectsIn(t, deployed.Bucket) {
		if !strings.HasSuffix(key, ".parquet") {
			continue
		}
		object, err := bucket.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &deployed.Bucket, Key: &key})
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		_, err = b.ReadFrom(object.Body)
		object.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		f, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil {
			t.Fatalf("%s: %v", key, err)
		}
		for _, group := range f.RowGroups() {
			r := group.Rows()
			some := make([]parquet.Row, 64)
			for n := 1; n > 0; {
				n, err = r.ReadRows(some)
				for _, row := range some[:n] {
					rows = append(rows, fmt.Sprint(row)) // as text, ids too
				}
			}
			if err != nil && !errors.Is(err, io.EOF) {
				t.Fatalf("%s: %v", key, err)
			}
			_ = r.Close()
		}
	}
	return rows
}

func objectsIn(t *testing.T, name string) (keys []string) {
	t.Helper()
	bucket := s3.NewFromConfig(deployed.AWS(), func(o *s3.Options) { o.UsePathStyle = true })
	pages := s3.NewListObjectsV2Paginator(bucket, &s3.ListObjectsV2Input{Bucket: aws.String(name)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page.Contents {
			keys = append(keys, *o.Key)
		}
	}
	return keys
}
