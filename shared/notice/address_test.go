package notice

import (
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestAWebhookGoesToAPublicAddressOnly(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://hooks.example.com/resonanz":       true,
		"https://hooks.example.com:8443/resonanz?": true,
		"https://93.184.215.14/hook":               true,
		"https://[2606:4700::1111]/hook":           true,
		"https://xn--bcher-kva.example.com/":       true,
		"http://127.0.0.1:8080/hook":               true, // a receiver on this machine
		"http://[::1]:8080/hook":                   true,
		"http://localhost:8080/hook":               true,

		"http://hooks.example.com/resonanz":            false,
		"http://127.0.0.1.example.com/":                false,
		"https:///path":                                false,
		"https://user:pass@hooks.example.com":          false,
		"https://hooks.example.com/#part":              false,
		"ftp://hooks.example.com":                      false,
		"hooks.example.com":                            false,
		"//hooks.example.com":                          false,
		"":                                             false,
		"https://hooks.example.com/%zz":                false,
		"https://localhost/hook":                       false,
		"https://127.0.0.1/hook":                       false,
		"https://127.1/hook":                           false,
		"https://0x7f.0.0.1/hook":                      false,
		"https://0x7f000001/hook":                      false,
		"https://2130706433/hook":                      false,
		"https://017700000001/hook":                    false,
		"https://10.0.0.1/hook":                        false,
		"http://10.0.0.1/hook":                         false,
		"https://172.16.0.1/hook":                      false,
		"https://192.168.1.1/hook":                     false,
		"https://169.254.169.254/latest/meta-data":     false,
		"https://100.64.0.1/hook":                      false,
		"https://224.0.0.1/hook":                       false,
		"https://255.255.255.255/hook":                 false,
		"https://0.0.0.0/hook":                         false,
		"https://[::]/hook":                            false,
		"https://[::1]/hook":                           false,
		"https://[fe80::1]/hook":                       false,
		"https://[fe80::1%25eth0]/hook":                false,
		"https://[fd00::1]/hook":                       false,
		"https://[ff02::1]/hook":                       false,
		"https://[::ffff:10.0.0.1]/hook":               false,
		"https://[64:ff9b::a00:1]/hook":                false,
		"https://[::10.0.0.1]/hook":                    false,
		"https://[::ffff:0:10.0.0.1]/hook":             false,
		"https://[2002:a00:1::]/hook":                  false,
		"https://intranet/hook":                        false,
		"https://hooks.internal/hook":                  false,
		"https://printer.local/hook":                   false,
		"https://printer.local./hook":                  false,
		"https://api.LOCALHOST/hook":                   false,
		"https://metadata.google.internal/computeMeta": false,
		"https://router.home.arpa/":                    false,
		"https://hooks..example.com/":                  false,
	} {
		if err := CheckURL(address); (err == nil) != ok {
			t.Errorf("CheckURL(%q) = %v, want accepted %t", address, err, ok)
		}
	}
}

func TestARefusedAddressIsNotQuoted(t *testing.T) {
	for _, address := range []string{"http://secret-name.example.com/token", "https://secret.internal/", "https://u:secret@example.com", "https://a/%zzsecret"} {
		if err := CheckURL(address); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestWhatIsPublicInAnyClothesIsPublic(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		b := [4]byte(rapid.SliceOfN(rapid.Byte(), 4, 4).Draw(rt, "address"))
		four := netip.AddrFrom4(b)
		mapped := netip.AddrFrom16(four.As16())
		nat := netip.AddrFrom16([16]byte{0, 0x64, 0xff, 0x9b, 12: b[0], 13: b[1], 14: b[2], 15: b[3]})
		if Public(mapped) != Public(four) || Public(nat) != Public(four) {
			rt.Fatalf("%s: %v, mapped %v, translated %v", four, Public(four), Public(mapped), Public(nat))
		}
		if Public(four) && (four.IsPrivate() || four.IsLoopback() || four.IsLinkLocalUnicast() || four.IsMulticast() || four.IsUnspecified()) {
			rt.Fatalf("%s is public", four)
		}
	})
	if Public(netip.Addr{}) {
		t.Error("no address is public")
	}
}
