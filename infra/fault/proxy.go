package fault

import (
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Proxy stands between the functions and the emulator. Without faults it only
// counts.
type Proxy struct {
	*httptest.Server
	target atomic.Pointer[url.URL]

	mu       sync.Mutex
	names    map[string]string // folder by deployed name
	calls    map[Seen]int
	needs    map[Need]int
	watchers []func(Call)
	readers  []func(Call, int, []byte)
	faults   []*Fault
	twice    map[string]int // what messages hold that are sent twice
	raw      []string       // mail handed to SES, as MIME
}

// Seen is a call and the function that made it.
type Seen struct{ Function, Service, Action string }

// Need is a permission and the function that needed it.
type Need struct{ Function, Permission string }

// New starts a proxy on a port of its own. Its URL is what functions take for
// AWS; Forward says where that is.
func New() *Proxy {
	p := &Proxy{calls: make(map[Seen]int), needs: make(map[Need]int), names: make(map[string]string), twice: make(map[string]int)}
	p.Server = httptest.NewServer(p)
	return p
}

// Forward names the address of the emulator. Before it is named, calls fail.
func (p *Proxy) Forward(address string) error {
	u, err := url.Parse(address)
	if err == nil {
		p.target.Store(u)
	}
	return err
}

// Introduce tells the folder of a function by the name under which it is deployed.
func (p *Proxy) Introduce(deployed, folder string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.names[deployed] = folder
}

// Watch has every call told before anything is done about it, one at a time.
func (p *Proxy) Watch(watcher func(Call)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.watchers = append(p.watchers, watcher)
}

// Read has every answer of AWS told with its call, status and body, in the order in
// which they come, one at a time.
func (p *Proxy) Read(reader func(c Call, status int, body []byte)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.readers = append(p.readers, reader)
}

// Inject adds a fault until it is removed. Of several that match a call the
// oldest strikes.
func (p *Proxy) Inject(f *Fault) (remove func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.faults = append(p.faults, f)
	return func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.faults = slices.DeleteFunc(p.faults, func(other *Fault) bool { return other == f })
	}
}

// Repeat has every message that a function sends about a subject be sent twice,
// until it is ended, which tells how many were.
func (p *Proxy) Repeat(subject string) (end func() int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.twice[subject] = 0
	return func() int {
		p.mu.Lock()
		defer p.mu.Unlock()
		n := p.twice[subject]
		delete(p.twice, subject)
		return n
	}
}

// Made are the calls since the start.
func (p *Proxy) Made() map[Seen]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.calls)
}

// Sent are the mails that SES took since the start, or took unseen by the function.
func (p *Proxy) Sent() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.raw)
}

// Needed are the permissions needed since the start.
func (p *Proxy) Needed() map[Need]int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.needs)
}

// again reports whether a call is to be made twice.
func (p *Proxy) again(c Call) bool {
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

func (p *Proxy) note(c Call) *Fault {
	p.mu.Lock()
	defer p.mu.Unlock()
	if c.Service != "" { // else it is none to AWS: the public keys of the issuer are everybody's
		p.calls[Seen{c.By, c.Service, c.Action}]++
		for _, n := range c.Needs {
			p.needs[Need{c.By, n}]++
		}
	}
	for _, w := range p.watchers {
		w(c)
	}
	for _, f := range p.faults {
		if f.Hits() < f.Times && f.Match(c) {
			f.hits.Add(1)
			return f
		}
	}
	return nil
}

// caller is the folder of the function that calls: the user agent holds
// "app/<deployed name>".
func (p *Proxy) caller(r *http.Request) string {
	_, rest, _ := strings.Cut(r.UserAgent(), "app/")
	name, _, _ := strings.Cut(rest, " ")
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.names[name]
}

func (p *Proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	c := callOf(r, body)
	c.By = p.caller(r)
	f := p.note(c)
	if f == nil {
		p.pass(w, r, c, body)
		return
	}
	switch f.What {
	case Hang:
		<-r.Context().Done()
	case Refuse:
		f.answer().write(w)
	case Throttle:
		throttled(c).write(w)
	case Break:
		broken(c).write(w)
	case Cut:
		cut(w)
	case Delay:
		timer := time.NewTimer(f.Delay)
		defer timer.Stop()
		select {
		case <-timer.C:
			p.pass(w, r, c, body)
		case <-r.Context().Done():
		}
	case Partial:
		p.partly(w, r, c, body)
	case KillBefore:
		f.kill(r)
		cut(w)
	default:
		p.after(w, r, f, c, body)
	}
}

// pass lets a call through.
func (p *Proxy) pass(w http.ResponseWriter, r *http.Request, c Call, body []byte) {
	answer, err := p.effect(r, c, body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	for k, v := range answer.Header {
		w.Header()[k] = v
	}
	w.WriteHeader(answer.StatusCode)
	_, _ = io.Copy(w, answer.Body) // a reader that left is no concern of ours
}

// after lets a call take effect and spoils what follows.
func (p *Proxy) after(w http.ResponseWriter, r *http.Request, f *Fault, c Call, body []byte) {
	answer, err := p.effect(r, c, body)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer answer.Body.Close()
	switch f.What {
	case Twice:
		p.pass(w, r, c, body)
	case CutAfter:
		cut(w)
	case Half:
		half(w, answer)
	case KillAfter:
		f.kill(r)
		cut(w)
	default: // Lose
		f.answer().write(w)
	}
}

// effect makes the call, or twice where that was asked for.
func (p *Proxy) effect(r *http.Request, c Call, body []byte) (*http.Response, error) {
	answer, err := p.forward(r, body)
	if err != nil {
		return nil, err
	}
	if p.again(c) {
		if second, err := p.forward(r, body); err == nil {
			_ = second.Body.Close()
		}
	}
	if err := p.read(c, answer); err != nil {
		return nil, err
	}
	if raw := c.Mail(); c.Service == "ses" && raw != "" && answer.StatusCode < http.StatusMultipleChoices {
		p.mu.Lock()
		p.raw = append(p.raw, raw)
		p.mu.Unlock()
	}
	return answer, nil
}

// read tells of an answer, where somebody wants to know.
func (p *Proxy) read(c Call, answer *http.Response) error {
	p.mu.Lock()
	wanted := len(p.readers) > 0
	p.mu.Unlock()
	if !wanted {
		return nil
	}
	body, err := io.ReadAll(answer.Body)
	_ = answer.Body.Close()
	if err != nil {
		return err
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, reader := range p.readers {
		reader(c, answer.StatusCode, body)
	}
	return nil
}

func (p *Proxy) forward(r *http.Request, body []byte) (*http.Response, error) {
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
	req.Header.Del("Content-Length") // a part of a batch is shorter than what was sent
	return http.DefaultTransport.RoundTrip(req)
}
