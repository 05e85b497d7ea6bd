package emulatortest

import (
	"testing"

	"resonanz/infra/local/emulator"
)

func TestARunningEmulatorIsUsedAsItIs(t *testing.T) {
	t.Setenv(Variable, "http://127.0.0.1:1")
	if got := URL(t); got != "http://127.0.0.1:1" {
		t.Error(got)
	}
}

func TestATestGetsAnEmulatorThatEndsWithIt(t *testing.T) {
	t.Setenv(Variable, "")
	var url string
	t.Run("running", func(t *testing.T) {
		if url = URL(t); !emulator.Healthy(t.Context(), url) {
			t.Errorf("%s does not answer", url)
		}
	})
	if emulator.Healthy(t.Context(), url) {
		t.Errorf("%s still answers", url)
	}
}
