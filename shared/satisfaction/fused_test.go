package satisfaction_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// A fused multiply-add rounds once where two operations round twice: a report
// built on arm64 would differ in the last bit from one built on amd64, and so
// in its bytes. The compiler fuses across assignments, not across conversions.
func TestNoFusedArithmeticOnARM64(t *testing.T) {
	// Reading the sources makes them inputs of this test: on amd64 the binary is
	// the same either way, and a cached pass would hide the difference.
	for _, pattern := range []string{"*.go", "../report/*.go", "../handling/*.go", "../frap/*.go", "../signal/*.go", "../fcr/*.go", "../benefit/*.go", "../evidence/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("sources %s: %d files, %v", pattern, len(files), err)
		}
		for _, f := range files {
			if _, err := os.ReadFile(f); err != nil {
				t.Fatal(err)
			}
		}
	}
	// The machine code itself is read: a listing printed by the compiler (-S) is
	// kept by the build cache apart from the code, and may be gone while that stays.
	list := exec.Command("go", "list", "-export", "-f", "{{.Export}}", "resonanz/shared/satisfaction", "resonanz/shared/report",
		"resonanz/shared/handling", "resonanz/shared/frap", "resonanz/shared/signal",
		"resonanz/shared/fcr", "resonanz/shared/benefit", "resonanz/shared/evidence")
	list.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0")
	list.Stderr = os.Stderr
	archives, err := list.Output()
	if err != nil {
		t.Fatalf("compiling for arm64: %v", err)
	}
	var listing []byte
	for _, archive := range strings.Fields(string(archives)) {
		code, err := exec.Command("go", "tool", "objdump", archive).CombinedOutput()
		if err != nil {
			t.Fatalf("reading %s: %v\n%s", archive, err, code)
		}
		if !bytes.HasPrefix(code, []byte("TEXT ")) {
			t.Fatalf("no function in %s: %.200s", archive, code)
		}
		listing = append(listing, code...)
	}
	if !regexp.MustCompile(`(?m)^\s*interval\.go:\d+\t.*\tFMULD `).Match(listing) {
		t.Fatal("the listing shows no multiplication of interval.go: is it a listing at all?")
	}
	for _, line := range regexp.MustCompile(`(?m)^.*\tFN?M(ADD|SUB)[DS] .*$`).FindAll(listing, -1) {
		t.Errorf("fused: %s", line)
	}
}
