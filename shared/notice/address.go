package notice

import (
	"errors"
	"net/netip"
	"net/url"
	"strings"
	"sync"
)

// CheckURL refuses an address that a webhook must not go to. It is https, names a
// public host, and holds neither user and password nor a fragment. The one
// exception is plain http on this machine, for a receiver that is being built.
// What a name leads to is seen when it is called: see Public. The errors quote
// nothing of the address, which may be a secret.
func CheckURL(address string) error {
	u, err := url.Parse(address)
	if err != nil {
		return errors.New("webhook: not an address") // the cause would quote it
	}
	host := u.Hostname()
	switch {
	case host == "":
		return errors.New("webhook: names no host")
	case u.User != nil || u.Fragment != "":
		return errors.New("webhook: leave out user, password and fragment")
	case u.Scheme == "http" && IsLoopback(host):
		return nil
	case u.Scheme != "https":
		return errors.New("webhook: use https (http is for this machine only)")
	case !publicHost(host):
		return errors.New("webhook: use a public host: private addresses and names are refused")
	}
	return nil
}

// IsLoopback reports whether a host is this machine by its name.
func IsLoopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// privateNames end the names of hosts that are never public: RFC 6761, 6762, 7686
// and 8375, and the names that ICANN and providers keep for private use.
var privateNames = []string{
	".localhost", ".local", ".internal", ".intranet", ".private", ".corp", ".home", ".lan", ".home.arpa", ".onion", ".invalid",
}

// publicHost reports whether a host can be public: an address that is, or a name
// of several labels. A name whose last label is a number is another spelling of
// an address, such as 0x7f.1 or 2130706433, and refused.
func publicHost(host string) bool {
	if ip, err := netip.ParseAddr(host); err == nil {
		return Public(ip)
	}
	name := "." + strings.ToLower(strings.TrimSuffix(host, "."))
	for _, end := range privateNames {
		if strings.HasSuffix(name, end) {
			return false
		}
	}
	last := name[strings.LastIndexByte(name, '.')+1:]
	return strings.Count(name, ".") > 1 && last != "" && !strings.Contains(name, "..") &&
		strings.Trim(last, "0123456789") != "" && !strings.HasPrefix(last, "0x")
}

// special are the networks that are not public, beside those that netip tells:
// IANA's registries of special-purpose addresses.
var special = sync.OnceValue(func() []netip.Prefix {
	return prefixes(
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "198.18.0.0/15",
		"198.51.100.0/24", "203.0.113.0/24", "240.0.0.0/4",
		"::/96", "::ffff:0:0:0/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16", "fec0::/10",
	)
})

func prefixes(all ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(all))
	for i, p := range all {
		out[i] = netip.MustParsePrefix(p)
	}
	return out
}

// Public reports whether an address is one of the public internet: not of this
// machine, of a private, shared or local network, of a group of hosts, reserved,
// or such an address in the clothes of another.
func Public(ip netip.Addr) bool {
	ip = ip.Unmap().WithZone("")
	if b := ip.As16(); [12]byte(b[:12]) == [12]byte{0, 0x64, 0xff, 0x9b} { // 64:ff9b::/96 holds an IPv4 address
		return Public(netip.AddrFrom4([4]byte(b[12:])))
	}
	if !ip.IsGlobalUnicast() || ip.IsPrivate() {
		return false
	}
	for _, p := range special() {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}
