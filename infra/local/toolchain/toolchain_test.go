package toolchain

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestAMissingToolIsNamedWithTheWayToGetIt(t *testing.T) {
	err := Check(t.Context(), []Tool{
		{Name: "no-such-program", Install: "install it from example.com"},
		{Name: "go", Version: []string{"version"}, Major: 99, Install: "install Go"},
		{Name: "go", Version: []string{"version"}, Major: 1, Minor: 26, Install: "install Go"},
	})
	if err == nil {
		t.Fatal("want an error")
	}
	for _, want := range []string{"no-such-program is missing: install it from example.com", "go is too old (", "needed: 99.0"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in %q", want, err)
		}
	}
	if n := strings.Count(err.Error(), "\n") + 1; n != 2 {
		t.Errorf("one line per problem, got %d:\n%v", n, err)
	}
}

func TestVersionsCompareByNumber(t *testing.T) {
	for _, c := range []struct {
		out          string
		major, minor int
		want         bool
	}{
		{"Python 3.11.7", 3, 11, true},
		{"Python 3.9.2", 3, 11, false},
		{"v20.20.2", 20, 0, true},
		{"go version go1.26.8 linux/amd64", 1, 26, true},
		{"10.8.2", 9, 0, true},
		{"Python 4.0.0", 3, 11, true},
		{"garbage", 1, 0, false},
	} {
		if got := atLeast(c.out, c.major, c.minor); got != c.want {
			t.Errorf("%q at least %d.%d: got %t", c.out, c.major, c.minor, got)
		}
	}
}

func TestRootIsTheFolderOfOurModule(t *testing.T) {
	dir := t.TempDir()
	inner := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Root(inner); err == nil {
		t.Error("want an error outside the project")
	}
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module resonanz\n\ngo 1.26\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got, err := Root(inner); err != nil || got != dir {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestWhatIsUpToDateIsNotMadeAgain(t *testing.T) {
	dir := t.TempDir()
	source, product, stamp := filepath.Join(dir, "source"), filepath.Join(dir, "made", "product"), filepath.Join(dir, "made", "stamp")
	write := func(path, text string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	made := 0
	again := func() {
		t.Helper()
		if err := once(stamp, product, []string{source}, func() error { made++; write(product, "x"); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	write(source, "1")
	again()
	again()
	if made != 1 {
		t.Errorf("unchanged: made %d times", made)
	}
	write(source, "2")
	again()
	if made != 2 {
		t.Errorf("changed source: made %d times", made)
	}
	if err := os.Remove(product); err != nil {
		t.Fatal(err)
	}
	again()
	if made != 3 {
		t.Errorf("missing product: made %d times", made)
	}
}

func TestAFailedProgramShowsItsLastWords(t *testing.T) {
	err := run(t.Context(), new(Tail), "", "sh", "-c", "echo no space left; exit 3")
	if err == nil || !strings.Contains(err.Error(), "no space left") {
		t.Errorf("got %v", err)
	}
}
