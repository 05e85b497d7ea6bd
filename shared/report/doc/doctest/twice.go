package doctest

import (
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"testing"

	"resonanz/shared/report/doc"
)

// printHash asks a test binary to print the hash of its file and nothing else.
const printHash = "PRINT_HASH"

// renderer writes a document as a file.
type renderer func(*doc.Document) ([]byte, error)

func (r renderer) hash() string {
	b, err := r(Sample("de", 40))
	return fmt.Sprintf("%x %v\n", sha256.Sum256(b), err)
}

// Main is a package's TestMain: it runs the tests, or prints the hash of a sample
// where SameInEveryProcess asks for it.
func Main(m *testing.M, render func(*doc.Document) ([]byte, error)) {
	if os.Getenv(printHash) != "" {
		fmt.Print(renderer(render).hash())
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// SameInEveryProcess holds that two other processes, with other orders of maps,
// write the sample as this one does. The package's TestMain is Main.
func SameInEveryProcess(t *testing.T, render func(*doc.Document) ([]byte, error)) {
	t.Helper()
	if b, err := render(Sample("de", 40)); err != nil || len(b) == 0 {
		t.Fatalf("%d bytes, %v", len(b), err)
	}
	want := renderer(render).hash()
	for range 2 {
		c := exec.Command(os.Args[0]) //nolint:gosec // this test itself
		c.Env = append(os.Environ(), printHash+"=1")
		if out, err := c.Output(); err != nil || string(out) != want {
			t.Errorf("%s, %v, want %s", out, err, want)
		}
	}
}
