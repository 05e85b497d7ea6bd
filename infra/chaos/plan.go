package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"resonanz/infra/fault"
)

// call names a call of a round: the n-th by a function that looks like this.
// Queues mix the order of calls from run to run, what a call looks like they do
// not.
type call struct {
	fn    string
	looks string
	n     int
}

func (c call) String() string { return fmt.Sprintf("%s %s #%d", c.fn, c.looks, c.n) }

// target is a call that is to fail, and how.
type target struct {
	call
	what fault.Failure
}

func (t target) String() string { return t.what.String() + " " + t.call.String() }

// strike is a fault that struck.
type strike struct{ target }

// script sees every call and decides which of them fail.
type script struct {
	mu      sync.Mutex
	seen    map[[2]string]int // by function and looks
	now     call              // the call that is under way: the proxy asks about one at a time
	hits    []strike
	told    int // of the hits, by fresh
	decide  func(call) (fault.Failure, bool)
	chosen  fault.Failure
	failing bool
}

func newScript(p *fault.Proxy) *script {
	s := &script{seen: make(map[[2]string]int)}
	p.Watch(s.watch)
	for what := fault.Refuse; what <= fault.KillAfter; what++ {
		p.Inject(&fault.Fault{What: what, Match: func(fault.Call) bool { return s.strikes(what) }, Times: 1 << 30, Delay: 700 * time.Millisecond})
	}
	return s
}

// begin begins a round.
func (s *script) begin(decide func(call) (fault.Failure, bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.seen)
	s.hits, s.told, s.decide = nil, 0, decide
}

// end ends the faults of a round, and says which calls it saw and which failed.
func (s *script) end() (seen []call, hits []strike) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.decide = nil
	for k, n := range s.seen {
		for i := range n {
			seen = append(seen, call{k[0], k[1], i + 1})
		}
	}
	slices.SortFunc(seen, compareCalls)
	return seen, s.hits
}

func compareCalls(a, b call) int {
	return cmp.Or(cmp.Compare(a.fn, b.fn), cmp.Compare(a.looks, b.looks), cmp.Compare(a.n, b.n))
}

func (s *script) watch(c fault.Call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.failing = false
	if c.By == "" || c.Service == "" || s.decide == nil {
		return
	}
	k := [2]string{c.By, looks(c)}
	s.seen[k]++
	s.now = call{k[0], k[1], s.seen[k]}
	s.chosen, s.failing = s.decide(s.now)
}

func (s *script) strikes(what fault.Failure) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.failing || s.chosen != what {
		return false
	}
	s.hits = append(s.hits, strike{target{s.now, what}})
	return true
}

// fresh are the faults that struck since it was asked before.
func (s *script) fresh() []strike {
	s.mu.Lock()
	defer s.mu.Unlock()
	since := s.hits[s.told:]
	s.told = len(s.hits)
	return since
}

// nothing fails.
func nothing(call) (fault.Failure, bool) { return 0, false }

// exactly has the targets fail and nothing else.
func exactly(targets []target) func(call) (fault.Failure, bool) {
	at := make(map[call]fault.Failure, len(targets))
	for _, t := range targets {
		at[t.call] = t.what
	}
	return func(c call) (fault.Failure, bool) {
		what, ok := at[c]
		return what, ok
	}
}

// weather is how often each failure strikes in a random round, of 10,000 calls.
var weather = []struct {
	what fault.Failure
	rate int
}{
	{fault.Throttle, 150}, {fault.Break, 100}, {fault.Delay, 100}, {fault.Cut, 60}, {fault.CutAfter, 60}, {fault.Half, 40},
	{fault.Twice, 100}, {fault.Partial, 150}, {fault.KillBefore, 60}, {fault.KillAfter, 60}, {fault.Hang, 4},
}

// alikeAtRandom is how many of the calls that look alike may fail in a random
// round: the hundreds by which a month is read would else have most of the faults.
const alikeAtRandom = 30

// random has calls fail as the seed wants: the same call of the same round
// always in the same way. Only: of these functions; empty: of all.
func random(seed uint64, round int, only string) func(call) (fault.Failure, bool) {
	return func(c call) (fault.Failure, bool) {
		if only != "" && c.fn != only || c.n > alikeAtRandom {
			return 0, false
		}
		h := fnv.New64a()
		fmt.Fprintf(h, "%d %d %s", seed, round, c)
		dice := rand.New(rand.NewPCG(h.Sum64(), seed)).IntN(10_000)
		for _, w := range weather {
			if dice -= w.rate; dice < 0 {
				return w.what, true
			}
		}
		return 0, false
	}
}

var (
	month     = regexp.MustCompile(`^\d{4}-\d{2}#`)
	variable  = regexp.MustCompile(`[0-9A-Fa-f]{8}-[0-9A-Fa-f-]{27}|\d{4}-[0-9A-Z]{4}-[0-9A-Z]{4}|\d{4}-\d{2}-[0-9A-Za-z_-]{16}|[0-9a-z]{24,}|\d[\d.:TZ-]*`)
	hashed    = regexp.MustCompile(`[0-9A-F]{8}-?.*$`)
	collapsed = regexp.MustCompile(`…(?:[#-]?…)+`)
)

// looks says what a call looks like, without what differs from run to run.
func looks(c fault.Call) string {
	what := c.Service + "." + c.Action
	switch c.Service {
	case "dynamodb":
		return what + " " + strings.Join(itemsOf(c.Body), "+")
	case "sqs":
		var body struct {
			QueueURL string `json:"QueueUrl"`
		}
		_ = json.Unmarshal([]byte(c.Body), &body)
		name := body.QueueURL[strings.LastIndexByte(body.QueueURL, '/')+1:]
		return what + " " + hashed.ReplaceAllString(name, "")
	case "s3":
		parts := strings.Split(strings.Trim(c.Path, "/"), "/")
		kept := []string{}
		for i, p := range parts {
			if i > 0 && i < len(parts)-1 {
				kept = append(kept, general(p))
			}
		}
		return what + " " + strings.Join(kept, "/")
	}
	return what
}

// general leaves of a key what is the same for all of its kind.
func general(key string) string {
	if month.MatchString(key) {
		return "LEDGER"
	}
	return collapsed.ReplaceAllString(variable.ReplaceAllString(key, "…"), "…")
}

// itemsOf are the items that a call to the table is about.
func itemsOf(body string) []string {
	var request any
	if json.Unmarshal([]byte(body), &request) != nil {
		return nil
	}
	var found []string
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			if pk := textOf(v["PK"]); pk != "" {
				name := general(pk)
				if kind := textOf(v["kind"]); kind != "" {
					name += "(" + kind + ")"
				}
				if state := textOf(v["state"]); state != "" {
					name += "(" + state + ")"
				}
				if sk := textOf(v["SK"]); strings.HasPrefix(sk, "T#") || sk == "STATE" {
					name += "/" + sk[:1]
				}
				found = append(found, name)
				return
			}
			if index, ok := v["IndexName"].(string); ok {
				found = append(found, index)
			}
			if pk := textOf(v[":pk"]); pk != "" {
				found = append(found, general(pk))
			}
			for _, name := range slices.Sorted(maps.Keys(v)) {
				walk(v[name])
			}
		}
	}
	walk(request)
	slices.Sort(found)
	return slices.Compact(found)
}

// textOf is the text of an attribute, or "".
func textOf(v any) string {
	if m, ok := v.(map[string]any); ok {
		s, _ := m["S"].(string)
		return s
	}
	return ""
}
