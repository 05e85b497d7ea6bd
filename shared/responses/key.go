package responses

import (
	"resonanz/shared/feedback"
)

// keyLen is the length of a response key as text: month, hyphen, 16 characters.
const keyLen = len("2026-03-") + 16

// digit5 are the five bits of each character of a response id, 0xff for none.
var digit5 = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i := range 32 {
		t["abcdefghijklmnopqrstuvwxyz234567"[i]] = byte(i)
	}
	return t
}()

// ParseKey turns a response key into its compact form. There are millions in a
// month, so what is no key is found out here; the error is the one of package
// feedback.
func ParseKey[S ~string | ~[]byte](k S) (Key, error) {
	key, ok := parseKey(k)
	if !ok {
		_, err := feedback.ParseResponseKey(string(k))
		return Key{}, err
	}
	return key, nil
}

func parseKey[S ~string | ~[]byte](k S) (key Key, ok bool) {
	if len(k) != keyLen || k[4] != '-' || k[7] != '-' {
		return key, false
	}
	var d [7]int
	for _, i := range [...]int{0, 1, 2, 3, 5, 6} {
		c := k[i]
		if c < '0' || c > '9' {
			return key, false
		}
		d[i] = int(c - '0')
	}
	year, month := d[0]*1000+d[1]*100+d[2]*10+d[3], d[5]*10+d[6]
	if year < 2000 || year > 2255 || month < 1 || month > 12 {
		return key, false
	}
	key.Month = uint16((year-2000)*12 + month - 1)
	for group := range 2 { // eight characters make five bytes
		var bits uint64
		for _, c := range []byte(k[8+8*group : 16+8*group]) {
			five := digit5[c]
			if five == 0xff {
				return key, false
			}
			bits = bits<<5 | uint64(five)
		}
		for i := range 5 {
			key.ID[5*group+i] = byte(bits >> (32 - 8*i))
		}
	}
	return key, true
}
