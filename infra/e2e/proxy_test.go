package e2e

import (
	"testing"

	faults "resonanz/infra/fault" // a fault is one of a test
)

// call is one call of a function to AWS, as seen on the wire.
type call = faults.Call

const (
	refuse = faults.Refuse // it never reaches AWS; the function reads the error
	lose   = faults.Lose   // it takes effect, but the function reads an error: the crash after the effect
	hang   = faults.Hang   // it never reaches AWS and is never answered: the timeout
)

// fault makes matching calls fail, up to times of them.
type fault struct {
	what   faults.Failure
	match  func(call) bool
	times  int
	status int
	body   string

	struck func() int // how often so far, once it is injected
}

// proxy stands between the functions and the emulator for a test, which fails
// if a fault of its never struck. Without faults it only counts.
type proxy struct{ *faults.Proxy }

// seen is a call and the function that made it.
type seen struct{ function, service, action string }

// need is a permission and the function that needed it.
type need struct{ function, permission string }

// inject adds a fault for the rest of the test.
func (p proxy) inject(t *testing.T, f *fault) {
	t.Helper()
	injected := &faults.Fault{What: f.what, Match: f.match, Times: f.times, Status: f.status, Body: f.body}
	f.struck = injected.Hits
	remove := p.Inject(injected)
	t.Cleanup(func() {
		remove()
		if f.struck() == 0 {
			t.Error("the injected fault never struck: nothing was tested")
		}
	})
}

// repeat has every message that a function sends about a subject be sent twice,
// for the rest of the test.
func (p proxy) repeat(t *testing.T, subject string) {
	t.Helper()
	end := p.Repeat(subject)
	t.Cleanup(func() {
		if end() == 0 {
			t.Error("no message was sent twice: nothing was tested")
		}
	})
}

// made are the calls since the start.
func (p proxy) made() map[seen]int {
	calls := make(map[seen]int)
	for s, n := range p.Made() {
		calls[seen{s.Function, s.Service, s.Action}] = n
	}
	return calls
}

// sent are the mails that SES took since the start, or took unseen by the function.
func (p proxy) sent() []string { return p.Sent() }

// needed are the permissions needed since the start.
func (p proxy) needed() map[need]int {
	needs := make(map[need]int)
	for s, n := range p.Needed() {
		needs[need{s.Function, s.Permission}] = n
	}
	return needs
}

// rawOf is the MIME message that a call hands to SES, or "".
func rawOf(c call) string { return c.Mail() }
