package responses_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	. "resonanz/shared/responses"
)

// The compact form is read here, what a key is says package feedback.
func TestKeysAreReadAsTheirPackageReadsThem(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var id feedback.ResponseID
		copy(id[:], rapid.SliceOfN(rapid.Byte(), 10, 10).Draw(t, "id"))
		text := []byte(feedback.NewResponseKey(period.FromIndex(rapid.IntRange(0, 256*12-1).Draw(t, "month")), id))
		for range rapid.IntRange(0, 2).Draw(t, "errors") {
			text[rapid.IntRange(0, len(text)-1).Draw(t, "place")] = rapid.SampledFrom([]byte("a7018-Az{/:\x00\xff")).Draw(t, "character")
		}
		text = text[:len(text)-rapid.SampledFrom([]int{0, 0, 0, 1}).Draw(t, "missing")]
		key, err := ParseKey(feedback.ResponseKey(text))
		want, wrong := feedback.ParseResponseKey(string(text))
		if (err == nil) != (wrong == nil) || err != nil && !errors.Is(err, feedback.ErrInvalid) {
			t.Fatalf("%q: %v; package feedback says %v", text, err, wrong)
		}
		if err == nil && (key.ResponseKey() != want || key.Period() != want.Month() || key.ID != want.ID()) {
			t.Fatalf("%q became %v", text, key)
		}
	})
}
