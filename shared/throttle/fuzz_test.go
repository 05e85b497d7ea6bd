package throttle_test

import (
	"net/netip"
	"strings"
	"testing"

	"resonanz/shared/throttle"
)

// An address is told to nobody: what is kept of it is a network.
func FuzzNetwork(f *testing.F) {
	for _, s := range []string{"203.0.113.7", "2001:db8::1", "::ffff:203.0.113.7", "fe80::1%eth0", "127.0.0.1", "", "203.0.113.7, 10.0.0.1", "1.2.3.4:80"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := throttle.Network(s)
		if got == "" {
			return
		}
		p, err := netip.ParsePrefix(got)
		if err != nil || p.Masked() != p || strings.Contains(got, "%") {
			t.Errorf("%q becomes %q", s, got)
		}
	})
}
