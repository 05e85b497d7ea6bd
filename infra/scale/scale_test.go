package main

import (
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"resonanz/infra/scale/growth"
	"resonanz/shared/throttle"
)

const root = "../.."

func TestThePaperSaysWhatComesOutAndEveryBoundHolds(t *testing.T) {
	var out strings.Builder
	if err := run(t.Context(), []string{"-root", root}, &out); err != nil {
		t.Errorf("%v\n(go run ./infra/scale -update)", err)
	}
}

func TestABrokenBoundIsNamed(t *testing.T) {
	p := new(paper)
	p.hold(1200, 1000, "writes of one key in a second")
	p.hold(1000, 1000, "exactly as many")
	if len(p.broken) != 1 || !strings.Contains(p.broken[0].Error(), "writes of one key in a second: 1,200, at most 1,000") {
		t.Errorf("got %v", p.broken)
	}
}

func TestAPartWithoutItsPlaceIsNamed(t *testing.T) {
	page := "a\n<!-- begin x -->\nold\n<!-- end x -->\nb"
	got, err := fill(page, []part{{"x", "new"}})
	if err != nil || got != "a\n<!-- begin x -->\nnew\n<!-- end x -->\nb" {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := fill(page, []part{{"y", "new"}}); err == nil {
		t.Error("a part without a place was put nowhere")
	}
	if _, err := fill(page, nil); err == nil {
		t.Error("a place without a part was left as it was")
	}
}

func TestNumbersAreReadable(t *testing.T) {
	for v, want := range map[float64]string{0: "0", 0.004: "< 0.01", 1: "1", 0.145: "0.14", 9.5: "9.5", 12.34: "12.3", 156: "156", 1234567: "1,234,567"} {
		if got := figure(v); got != want {
			t.Errorf("%v: got %s, want %s", v, got, want)
		}
	}
}

func TestALimitIsReadWhereItIsSet(t *testing.T) {
	got, err := limit(root, "functions/rating/device.go", "singlesOfDevice")
	if err != nil || got.Burst == 0 || got.Every == 0 {
		t.Errorf("got %+v, %v", got, err)
	}
	if got, err := limit(root, "functions/rating/device.go", "noSuchLimit"); err == nil || got != (throttle.Limit{}) {
		t.Errorf("got %+v, %v", got, err)
	}
	if _, err := limit(t.TempDir(), "gone.go", "x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestFiguresOfTooFewSizesAreNotKept(t *testing.T) {
	dir := t.TempDir()
	from, to := dir+"/figures.json", dir+"/kept.json"
	if err := os.WriteFile(from, []byte(`{"runs":[{"facts":1000000,"cpu_seconds":1},{"facts":2000000,"cpu_seconds":2}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := copied(from, to); !errors.Is(err, growth.ErrTooFew) {
		t.Errorf("got %v", err)
	}
	if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
		t.Error("they were kept")
	}
}
