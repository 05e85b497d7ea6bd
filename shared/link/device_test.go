package link_test

import (
	"errors"
	"strings"
	"testing"

	"resonanz/shared/link"
)

func TestADeviceKeyNamesItsDeviceAndGeneration(t *testing.T) {
	master := keyOf('m')
	s := link.DeviceKey(master, "kiosk-cologne-1", 12)
	if !strings.HasPrefix(s, "kiosk-cologne-1.12.") {
		t.Errorf("got %s", s)
	}
	for name, r := range map[string]link.Keyring{"current": ring(t, master, nil), "previous": ring(t, keyOf('n'), master)} {
		id, generation, err := link.VerifyDevice(r, s)
		if err != nil || id != "kiosk-cologne-1" || generation != 12 {
			t.Errorf("%s master: got %s, %d, %v", name, id, generation, err)
		}
	}
}

func TestADeviceKeyIsFixed(t *testing.T) {
	// Keys are typed into kiosks: what was enrolled once must stay enrolled.
	const enrolled = "kiosk-cologne-1.1.1faHSZMrVp9kj8F0rO4veP2M9cRoIo9qyo5DHndmbZg"
	if got := link.DeviceKey(keyOf('m'), "kiosk-cologne-1", 1); got != enrolled {
		t.Errorf("got %s", got)
	}
}

func TestAForeignDeviceKeyIsRefused(t *testing.T) {
	r := ring(t, keyOf('m'), keyOf('n'))
	s := link.DeviceKey(keyOf('m'), "kiosk-1", 1)
	code := s[strings.LastIndex(s, ".")+1:]
	for name, c := range map[string]struct {
		key  string
		want error
	}{
		"another device":     {"kiosk-2.1." + code, link.ErrForged},
		"another generation": {"kiosk-1.2." + code, link.ErrForged},
		"another master":     {link.DeviceKey(keyOf('x'), "kiosk-1", 1), link.ErrForged},
		"moved separator":    {"kiosk.11." + code, link.ErrForged},
		"empty":              {"", link.ErrMalformed},
		"no code":            {"kiosk-1.1", link.ErrMalformed},
		"short code":         {"kiosk-1.1." + code[:42], link.ErrMalformed},
		"long code":          {s + "AA", link.ErrMalformed},
		"huge":               {"kiosk-1.1." + strings.Repeat("A", 200), link.ErrMalformed},
		"name":               {"Kiosk 1.1." + code, link.ErrMalformed},
		"generation":         {"kiosk-1.one." + code, link.ErrMalformed},
		"second spelling":    {"kiosk-1.01." + code, link.ErrMalformed},
		"negative":           {"kiosk-1.-1." + code, link.ErrMalformed},
	} {
		if id, _, err := link.VerifyDevice(r, c.key); !errors.Is(err, c.want) || id != "" {
			t.Errorf("%s: got %q, %v", name, id, err)
		}
	}
	if _, _, err := link.VerifyDevice(link.Keyring{}, s); !errors.Is(err, link.ErrUnknownKey) {
		t.Errorf("no master: %v", err)
	}
}

func TestADeviceKeyIsNoLinkAndALinkNoDeviceKey(t *testing.T) {
	r := ring(t, keyOf('a'), nil)
	if _, err := link.Verify(r, link.DeviceKey(keyOf('a'), "kiosk-1", 1), now); !errors.Is(err, link.ErrMalformed) {
		t.Errorf("got %v", err)
	}
	if _, _, err := link.VerifyDevice(r, link.Sign(r, token())); !errors.Is(err, link.ErrMalformed) {
		t.Errorf("got %v", err)
	}
}

func FuzzVerifyDevice(f *testing.F) {
	r := ring(f, keyOf('m'), nil)
	f.Add(link.DeviceKey(keyOf('m'), "kiosk-1", 1))
	f.Add("a.1.")
	f.Fuzz(func(t *testing.T, s string) {
		id, generation, err := link.VerifyDevice(r, s)
		if err == nil && link.DeviceKey(keyOf('m'), id, generation) != s {
			t.Errorf("%q verifies but was never made", s)
		}
	})
}

func BenchmarkVerifyDevice(b *testing.B) {
	r := ring(b, keyOf('m'), nil)
	s := link.DeviceKey(keyOf('m'), "kiosk-cologne-1", 1)
	b.ReportAllocs()
	for b.Loop() {
		if _, _, err := link.VerifyDevice(r, s); err != nil {
			b.Fatal(err)
		}
	}
}
