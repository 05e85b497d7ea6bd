// Package throttle holds back who asks too often: token buckets in the memory of a
// warm function, for links, devices and classes of addresses. It calls nothing,
// writes nothing down and starts with nothing: memory is taken when the first
// bucket is. What it counts is what one instance of a function sees; a function
// that runs a hundred times side by side lets a hundred times as much through. The
// hard limit is that of the API, which counts everything; this one keeps a single
// link, device or network from using it up, and makes guessing slow.
package throttle

import (
	"hash/maphash"
	"math"
	"net/netip"
	"sync"
	"time"
)

// Limit is how often something may happen: Burst times at once, and once more each
// Every.
type Limit struct {
	Burst int
	Every time.Duration
}

// The buckets of a limiter: sets of some, of which the one that lost least is
// given up for a new one. All of it is 256 KiB, and that only once it is used.
const (
	sets = 2048
	ways = 4
)

// bucket is the state of one key: until empty of what it took at full.
type bucket struct {
	key  uint64
	full int64 // when it will hold its burst again, nanoseconds of Unix time
}

// Limiter keeps one limit for each key. The zero value with a Limit is ready. It
// is safe for concurrent use.
type Limiter struct {
	Limit Limit

	mu      sync.Mutex
	seed    maphash.Seed // of this process: what a key was cannot be told from the memory
	buckets []bucket
}

// Take takes one from the bucket of key: 0, or how long to wait until there is one
// again. Refused attempts take nothing. An empty key is always let through.
func (l *Limiter) Take(key string, now time.Time) (wait time.Duration) {
	if key == "" || l.Limit.Burst <= 0 {
		return 0
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.buckets == nil {
		l.seed, l.buckets = maphash.MakeSeed(), make([]bucket, sets*ways)
	}
	b := l.find(maphash.String(l.seed, key))
	at, every := now.UnixNano(), int64(l.Limit.Every)
	full := max(b.full, at) + every
	if over := full - at - int64(l.Limit.Burst)*every; over > 0 {
		return time.Duration(over)
	}
	b.full = full
	return 0
}

// find is the bucket of a key. One that is new takes the place of the fullest of
// its set, which is the one of which least is forgotten.
func (l *Limiter) find(key uint64) *bucket {
	set := l.buckets[key%sets*ways:][:ways]
	least := &set[0]
	for i := range set {
		b := &set[i]
		if b.key == key && b.full != 0 {
			return b
		}
		if b.full < least.full {
			least = b
		}
	}
	*least = bucket{key: key}
	return least
}

// Seconds is a wait as Retry-After says it: whole seconds, at least one.
func Seconds(wait time.Duration) int {
	return max(1, int(math.Ceil(wait.Seconds())))
}

// Network is the class of a source address: the /24 of an IPv4 address, the /56 of
// an IPv6 address, which is what one household or office has. It is "" for what is
// no address, and for one of this machine or of a private network: there it says
// where the function stands, not who asks.
func Network(source string) string {
	ip, err := netip.ParseAddr(source)
	if err != nil {
		return ""
	}
	ip = ip.Unmap().WithZone("")
	if ip.IsLoopback() || ip.IsPrivate() || ip.IsUnspecified() || ip.IsLinkLocalUnicast() {
		return ""
	}
	bits := 56
	if ip.Is4() {
		bits = 24
	}
	p, err := ip.Prefix(bits)
	if err != nil {
		return ""
	}
	return p.String()
}
