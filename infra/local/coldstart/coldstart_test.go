package coldstart

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestQuantilesAreObservedValues(t *testing.T) {
	var d []time.Duration
	for i := range 20 {
		d = append(d, time.Duration(20-i)*time.Millisecond)
	}
	median, p90 := quantiles(d)
	if median != 10*time.Millisecond || p90 != 18*time.Millisecond {
		t.Errorf("got %v and %v", median, p90)
	}
	if median, p90 = quantiles(d[:1]); median != d[0] || p90 != d[0] {
		t.Errorf("of one: %v and %v", median, p90)
	}
}

func TestHelloBesideItselfIsWithinTheBounds(t *testing.T) {
	dir := t.TempDir()
	binary := filepath.Join(dir, "same", "bootstrap")
	if err := BuildHello(t.Context(), "../../..", binary); err != nil {
		t.Fatal(err)
	}
	functions, err := Functions(dir)
	if err != nil {
		t.Fatal(err)
	}
	figures, err := Measure(t.Context(), binary, functions, 3)
	if err != nil {
		t.Fatal(err)
	}
	if len(figures) != 2 || figures[0].Name != "hello" || figures[1].Name != "same" || figures[0].Ratio != 1 {
		t.Fatalf("got %+v", figures)
	}
	if figures[1].Bytes == 0 || figures[1].Median <= 0 || figures[1].P90 < figures[1].Median {
		t.Errorf("got %+v", figures[1])
	}
}

func TestWhatIsOverABoundIsSaid(t *testing.T) {
	var out bytes.Buffer
	ok := Print(&out, []Figure{
		{Name: "hello", Median: time.Millisecond, P90: time.Millisecond, Ratio: 1, Bytes: 5 << 20},
		{Name: "slow", Median: 3 * time.Millisecond, P90: 4 * time.Millisecond, Ratio: 3, Bytes: 5 << 20},
		{Name: "big", Median: time.Millisecond, P90: time.Millisecond, Ratio: 1, Bytes: 12 << 20},
	})
	if ok || strings.Count(out.String(), "over") != 2 {
		t.Errorf("got %t:\n%s", ok, out.String())
	}
}

func TestAnEmptyFolderIsNamed(t *testing.T) {
	dir := t.TempDir()
	if _, err := Functions(dir); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("got %v", err)
	}
	if err := os.WriteFile(filepath.Join(dir, "bootstrap"), nil, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := Functions(dir); err == nil {
		t.Error("a binary outside a function's folder is none")
	}
}
