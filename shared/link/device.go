package link

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"

	"resonanz/shared/feedback"
)

// DeviceKey is what an enrolled device sends as its Bearer token:
// "<device>.<generation>.<base64url of HMAC-SHA-256>" under the master secret.
// Raising the generation in the configuration revokes it.
func DeviceKey(master []byte, id feedback.Device, generation int) string {
	b := make([]byte, 0, len(id)+60)
	b = append(append(b, id...), '.')
	b = append(strconv.AppendInt(b, int64(generation), 10), '.')
	return string(strict.AppendEncode(b, deviceMAC(master, id, generation)))
}

func deviceMAC(master []byte, id feedback.Device, generation int) []byte {
	m := make([]byte, 0, 96)
	m = append(append(append(m, "device\x00"...), id...), 0)
	m = strconv.AppendInt(m, int64(generation), 10)
	return mac(make([]byte, 0, sha256.Size), master, sha256.Size, m)
}

// maxDeviceKey bounds what VerifyDevice looks at, in characters.
const maxDeviceKey = 120

// VerifyDevice says which device and which generation a key was made for. The
// caller checks both against the configuration: an older generation, a revoked
// or an unknown device is no longer enrolled. A key does not name the master it
// was made with, so every one of the ring is tried. Errors: ErrMalformed,
// ErrForged (also when the ring is out of date), ErrUnknownKey for an empty ring.
func VerifyDevice(r Keyring, s string) (id feedback.Device, generation int, err error) {
	name, rest, ok := strings.Cut(s, ".")
	number, code, ok2 := strings.Cut(rest, ".")
	if !ok || !ok2 || len(s) > maxDeviceKey {
		return "", 0, fmt.Errorf("reading a device key: %w", ErrMalformed)
	}
	id, err = feedback.ParseDevice(name)
	if err != nil {
		return "", 0, fmt.Errorf("reading a device key: %w", ErrMalformed)
	}
	generation, err = strconv.Atoi(number)
	if err != nil || generation < 0 || strconv.Itoa(generation) != number {
		return "", 0, fmt.Errorf("reading a device key: %w", ErrMalformed)
	}
	got, err := strict.DecodeString(code)
	if err != nil || len(got) != sha256.Size {
		return "", 0, fmt.Errorf("reading a device key: %w", ErrMalformed)
	}
	if r.IsZero() {
		return "", 0, fmt.Errorf("verifying a device key: %w", ErrUnknownKey)
	}
	for _, k := range [2]*key{&r.current, &r.previous} {
		if k.secret != nil && hmac.Equal(deviceMAC(k.secret, id, generation), got) {
			return id, generation, nil
		}
	}
	return "", 0, fmt.Errorf("verifying a device key: %w", ErrForged)
}
