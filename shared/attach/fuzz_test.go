package attach_test

import (
	"testing"

	"resonanz/shared/attach"
)

func FuzzParseKey(f *testing.F) {
	f.Add("quarantine/2603-7K2M-Q4XA/1/ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	f.Add("quarantine/../clean/1")
	f.Fuzz(func(t *testing.T, s string) {
		if k, err := attach.ParseKey(s); err == nil && k.String() != s {
			t.Errorf("%q is read as %q", s, k)
		}
	})
}
