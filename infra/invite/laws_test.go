package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"resonanz/shared/intake"
)

// large writes a file of n customers and returns its path.
func large(tb testing.TB, n int) string {
	tb.Helper()
	path := filepath.Join(tb.TempDir(), "large.csv")
	var b bytes.Buffer
	b.WriteString("touchpoint,channel,send,consent,customer_key,email,language\n")
	for i := range n {
		fmt.Fprintf(&b, "hotline,email_link,true,contract,K-%d,customer.%d@example.com,de\n", i, i)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

func TestAHundredThousandRowsAreCheckedInLittleMemory(t *testing.T) {
	path := large(t, 100_000)
	cfg := newRig(t).cfg
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	most := uint64(0)
	c, err := open(cfg, path, noon)
	if err != nil {
		t.Fatal(err)
	}
	defer c.file.Close()
	if wrong, err := c.Header(); err != nil || wrong != nil {
		t.Fatal(wrong, err)
	}
	rows := 0
	for {
		row, _, err := c.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || row.Errors != nil {
			t.Fatal(row.Errors, err)
		}
		if rows++; rows%25_000 == 0 {
			most = max(most, heap()-min(before, heap()))
		}
	}
	if rows != 100_000 || most > 16<<20 {
		t.Errorf("%d rows, %d MB", rows, most>>20)
	}
}

func BenchmarkCheckingAHundredThousandRows(b *testing.B) {
	path := large(b, 100_000)
	cfg := newRig(b).cfg
	for b.Loop() {
		if n, err := check(cfg, path, noon, io.Discard); err != nil || n != 100_000 {
			b.Fatal(n, err)
		}
	}
}

// Whatever fails and however often the command is run: each row is stored once,
// its link never changes, and after a run that worked every row has its result.
func TestAnyFaultsAndAnyRepetitionStoreEachRowOnce(t *testing.T) {
	base := newRig(t)
	rapid.Check(t, func(t *rapid.T) {
		r := newRig(base.tb)
		n := rapid.IntRange(1, 1100).Draw(t, "rows")
		named := rapid.IntRange(0, n).Draw(t, "named")
		file := customers(named) + strings.Repeat("repair,qr,\n", n-named)
		urls := make(map[string]string)
		for run := range rapid.IntRange(1, 3).Draw(t, "runs") {
			r.fault = func(_ int, rows []*intake.Invitation) (f fault) {
				switch rapid.IntRange(0, 9).Draw(t, "fault") {
				case 0:
					f.status = 503
				case 1:
					f.lost = true
				case 2:
					f.retry = map[int]bool{rapid.IntRange(0, len(rows)-1).Draw(t, "row"): true}
				case 3:
					f.status = 403
				}
				return f
			}
			_, links, err := r.invite(file)
			if err == nil && len(links) != n {
				t.Fatalf("run %d: %d links", run, len(links))
			}
			for i, l := range links {
				id, status, url := l[1], l[5], l[7]
				if l[0] != fmt.Sprint(i+2) || urls[id] != "" && url != "" && urls[id] != url || url == "" && status != "retry" {
					t.Fatalf("run %d: %q, before %s", run, l, urls[id])
				}
				if url != "" {
					urls[id] = url
				}
			}
		}
		r.fault = nil
		if _, links, err := r.invite(file); err != nil || len(links) != n || r.stored() != n {
			t.Fatalf("%v, %d links, %d stored", err, len(links), r.stored())
		}
	})
}
