package lambdaenv

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEveryFunctionHasItsMemoryAndAReason(t *testing.T) {
	folders, err := os.ReadDir("../../functions")
	if err != nil {
		t.Fatal(err)
	}
	var want, got []string
	for _, f := range folders {
		if f.IsDir() {
			want = append(want, f.Name())
		}
	}
	for _, m := range Memories {
		got = append(got, m.Function)
		if m.MiB < 128 || m.MiB > 10240 || m.Why == "" {
			t.Errorf("%s: %d MiB, %q", m.Function, m.MiB, m.Why)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("functions, in order (-folders +memories):\n%s", diff)
	}
	if mib, err := MemoryOf("nothing"); err == nil {
		t.Errorf("a function that is not there has %d MiB", mib)
	}
}

func TestOneProcessorBelowAVCPU(t *testing.T) {
	for memory, want := range map[int]map[string]string{
		128:  {"GOMAXPROCS": "1", "GOGC": "400", "GOMEMLIMIT": "102MiB"},
		1024: {"GOMAXPROCS": "1", "GOGC": "400", "GOMEMLIMIT": "819MiB"},
		1769: {"GOMEMLIMIT": "1415MiB"},
		2048: {"GOMEMLIMIT": "1638MiB"},
	} {
		if diff := cmp.Diff(want, Environment(memory)); diff != "" {
			t.Errorf("%d MiB (-want +got):\n%s", memory, diff)
		}
	}
}
