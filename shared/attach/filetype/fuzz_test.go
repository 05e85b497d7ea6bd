package filetype_test

import (
	"errors"
	"slices"
	"testing"

	"resonanz/shared/attach/filetype"
)

// What is taken is of a kind that we know, ends within the file, and is taken again
// as the same when the rest is cut off: that is what staff fetch.
func FuzzOf(f *testing.F) {
	for _, b := range files(f) {
		f.Add(b)
	}
	f.Add([]byte("%PDF-1.7\n"))
	f.Add([]byte("RIFF\x04\x00\x00\x00WEBP"))
	f.Fuzz(func(t *testing.T, b []byte) {
		media, n, err := filetype.Of(b)
		if err != nil {
			if !errors.Is(err, filetype.ErrUnknown) && !errors.Is(err, filetype.ErrBroken) && !errors.Is(err, filetype.ErrAmbiguous) && !errors.Is(err, filetype.ErrTooLarge) {
				t.Errorf("%v", err)
			}
			return
		}
		if n <= 0 || n > len(b) || !slices.Contains([]string{"image/jpeg", "image/png", "image/webp", "application/pdf"}, media) {
			t.Fatalf("%s of %d bytes in %d", media, n, len(b))
		}
		if again, m, err := filetype.Of(b[:n]); err != nil || again != media || m != n {
			t.Errorf("%s of %d, cut off %s of %d, %v", media, n, again, m, err)
		}
	})
}
