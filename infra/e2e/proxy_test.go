package e2e

import (
	"bytes"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
)

// call is one call of a function to AWS, as seen on the wire.
type call struct {
	By      string // folder of the function
	Service string // dynamodb, sqs, s3, ses, sns, secretsmanager, …
	Action  string // the API's own name: PutItem, SendMessageBatch, PutObject, SendEmail, Publish, …
	Path    string
	Body    string
	// Needs are the permissions that AWS asks for the call.
	Needs []string
}

// failure is what happens to a call that a fault hits.
type failure int

const (
	refuse failure = iota // it never reaches AWS; the function reads the error
	lose                  // it takes effect, but the function reads an error: the crash after the effect
	hang                  // it never reaches AWS and is never answered: the timeout
)

// fault makes matching calls fail, up to times of them.
type fault struct {
	what   failure
	match  func(call) bool
	times  int
	status int
	body   string

	hit atomic.Int32
}

// proxy stands between the functions and the emulator. Without faults it only
// counts.
type proxy struct {
	*httptest.Server
	target atomic.Pointer[url.URL]

	mu     sync.Mutex
	names  map[string]string // folder by deployed name
	calls  map[seen]int
	needs  map[need]int
	faults []*fault
	twice  map[string]int // what messages hold that are sent twice
	raw    []string       // mail handed to SES, as MIME
}

// seen is a call and the function that made it.
type seen struct{ function, service, action string }

// need is a permission and the function that needed it.
type need struct{ function, permission string }

func newProxy() *proxy {
	p := &proxy{calls: make(map[seen]int), needs: make(map[need]int), names: make(map[string]string), twice: make(map[string]int)}
	p.Server = httptest.NewServer(p)
	return p
}

// inject adds a fault for the rest of the test, which fails if it never struck.
func (p *proxy) inject(t *testing.T, f *fault) {
	t.Helper()
	if f.status == 0 {
		f.status, f.body = http.StatusForbidden, `{"__type":"AccessDeniedException","message":"injected"}`
	}
	p.mu.Lock()
	p.faults = append(p.faults, f)
	p.mu.Unlock()
	t.Cleanup(func() {
		p.mu.Lock()
		for i := range p.faults {
			if p.faults[i] == f {
				p.faults = append(p.faults[:i], p.faults[i+1:]...)
				break
			}
		}
		p.mu.Unlock()
		if f.hit.Load() == 0 {
			t.Error("the injected fault never struck: nothing was tested")
		}
	})
}

// repeat has every message that a function sends about a subject be sent twice,
// for the rest of the test.
func (p *proxy) repeat(t *testing.T, subject string) {
	t.Helper()
	p.mu.Lock()
	p.twice[subject] = 0
	p.mu.Unlock()
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.twice[subject] == 0 {
			t.Error("no message was sent twice: nothing was tested")
		}
		delete(p.twice, subject)
	})
}

// again reports whether a call is to be made twice.
func (p *proxy) again(c call) bool {
	if c.Service != "sqs" || !strings.HasPrefix(c.Action, "SendMessage") {
		return false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for subject := range p.twice {
		if strings.Contains(c.Body, subject) {
			p.twice[subject]++
			return true
		}
	}
	return false
}

// made are the calls since the start.
func (p *proxy) made() map[seen]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.calls)
}

// sent are the mails that SES took since the start, or took unseen by the function.
func (p *proxy) sent() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.raw)
}

// needed are the permissions needed since the start.
func (p *proxy) needed() map[need]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.needs)
}

func (p *proxy) note(c call) *fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.Service != "" { // else it is none to AWS: the public keys of the issuer are everybody's
		p.calls[seen{c.By, c.Service, c.Action}]++
		for _, n := range c.Needs {
			p.needs[need{c.By, n}]++
		}
	}
	for _, f := range p.faults {
		if int(f.hit.Load()) < f.times && f.match(c) {
			f.hit.Add(1)
			return f
		}
	}
	return nil
}

// caller is the folder of the function that calls: the user agent holds
// "app/<deployed name>".
func (p *proxy) caller(r *http.Request) string {
	_, rest, _ := strings.Cut(r.UserAgent(), "app/")
	name, _, _ := strings.Cut(rest, " ")
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.names[name]
}

func (p *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	c := callOf(r, body)
	c.By = p.caller(r)
	f := p.note(c)
	if f != nil && f.what == hang {
		<-r.Context().Done()
		return
	}
	if f == nil || f.what == lose {
		answer, err := p.forward(r, body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadGateway)
			return
		}
		defer answer.Body.Close()
		if p.again(c) {
			if second, err := p.forward(r, body); err == nil {
				second.Body.Close()
			}
		}
		if raw := rawOf(c); c.Service == "ses" && raw != "" {
			p.mu.Lock()
			p.raw = append(p.raw, raw)
			p.mu.Unlock()
		}
		if f == nil {
			for k, v := range answer.Header {
				w.Header()[k] = v
			}
			w.WriteHeader(answer.StatusCode)
			_, _ = io.Copy(w, answer.Body) // a reader that left is no concern of ours
			return
		}
	}
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	w.WriteHeader(f.status)
	_, _ = io.WriteString(w, f.body)
}

func (p *proxy) forward(r *http.Request, body []byte) (*http.Response, error) {
	u := *r.URL
	u.Scheme, u.Host = "http", p.target.Load().Host
	req, err := http.NewRequestWithContext(r.Context(), r.Method, u.String(), bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header = r.Header.Clone()
	if r.URL.Query().Has("X-Amz-Signature") {
		req.Host = r.Host // an address that was signed holds for its host
	}
	req.Header.Del("Accept-Encoding")
	return http.DefaultTransport.RoundTrip(req)
}

// callOf reads service and action from the signature's scope and the protocol's
// own marks.
func callOf(r *http.Request, body []byte) call {
	c := call{Path: r.URL.Path, Body: string(body)}
	// Credential=<key>/<date>/<region>/<service>/aws4_request
	if _, scope, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
		if parts := strings.Split(scope, "/"); len(parts) > 3 {
			c.Service = parts[3]
		}
	}
	c.Action = actionOf(r, c.Service, body)
	c.Needs = permissions(c)
	return c
}

func actionOf(r *http.Request, service string, body []byte) string {
	if _, action, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		return action
	}
	if form, err := url.ParseQuery(string(body)); err == nil && form.Get("Action") != "" {
		return form.Get("Action")
	}
	switch {
	case strings.Contains(r.URL.Path, "/operation/"): // RPC v2 CBOR: /service/<name>/operation/<action>
		return r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	case service == "ses":
		return "SendEmail"
	case service == "s3" && r.Method == http.MethodPost && r.URL.Query().Has("delete"):
		return "DeleteObjects"
	case service == "s3" && r.URL.Query().Has("list-type"):
		return "ListObjectsV2"
	case service == "s3" && r.Header.Get("X-Amz-Copy-Source") != "":
		return "CopyObject"
	case service == "s3":
		return map[string]string{
			http.MethodPut: "PutObject", http.MethodGet: "GetObject", http.MethodHead: "HeadObject", http.MethodDelete: "DeleteObject",
		}[r.Method]
	}
	return ""
}

// permissions are what AWS asks for a call: mostly one of the call's own name.
func permissions(c call) []string {
	switch c.Action {
	case "TransactWriteItems":
		var body struct {
			TransactItems []map[string]json.RawMessage
		}
		if err := json.Unmarshal([]byte(c.Body), &body); err != nil {
			return []string{"dynamodb:TransactWriteItems"}
		}
		var all []string
		for _, item := range body.TransactItems {
			for what := range item {
				all = append(all, map[string]string{
					"Put": "dynamodb:PutItem", "Update": "dynamodb:UpdateItem", "Delete": "dynamodb:DeleteItem", "ConditionCheck": "dynamodb:ConditionCheckItem",
				}[what])
			}
		}
		return all
	case "TransactGetItems":
		return []string{"dynamodb:GetItem"}
	case "SendMessageBatch":
		return []string{"sqs:SendMessage"}
	case "ListObjectsV2":
		return []string{"s3:ListBucket"}
	case "DeleteObjects":
		return []string{"s3:DeleteObject"}
	case "HeadObject":
		return []string{"s3:GetObject"}
	case "CopyObject":
		return []string{"s3:GetObject", "s3:PutObject"}
	case "SendEmail":
		if strings.Contains(c.Body, `"Raw"`) { // by the second version of the interface
			return []string{"ses:SendRawEmail"}
		}
	}
	if c.Service == "monitoring" { // the name of CloudWatch in signatures
		return []string{"cloudwatch:" + c.Action}
	}
	return []string{c.Service + ":" + c.Action}
}
