package tablefile

import (
	"bytes"
	"compress/gzip"
	"errors"
	"testing"
)

// What is read of a line is written as a line that reads the same: nothing is lost,
// nothing is made up. All else is refused.
func FuzzUnmarshal(f *testing.F) {
	for _, line := range []string{
		`{"Item":{"PK":{"S":"CASE#2603-7K2M-Q4XA"},"SK":{"S":"CASE"},"version":{"N":"3"}}}`,
		`{"Item":{"b":{"B":"AAEC"},"t":{"BOOL":true},"n":{"NULL":true},"ss":{"SS":["a","b"]},"ns":{"NS":["1"]},"bs":{"BS":["AA=="]}}}`,
		`{"Item":{"m":{"M":{"l":{"L":[{"S":""},{"M":{}}]}}}}}`, `{"Item":{}}`, `{"Item":null}`, `{"Item":{"a":{"S":null}}}`, `{"Item":{"a":{"S":"x","N":"1"}}}`, `{"Item":{"a":{"X":1}}}`, `[]`, "",
	} {
		f.Add([]byte(line))
	}
	f.Fuzz(func(t *testing.T, line []byte) {
		it, err := Unmarshal(line)
		if err != nil {
			if !errors.Is(err, ErrFormat) || it != nil {
				t.Fatalf("refused as %v, with %v", err, it)
			}
			return
		}
		one, err := Marshal(it)
		if err != nil {
			t.Fatalf("%q is read, and cannot be written: %v", line, err)
		}
		again, err := Unmarshal(one)
		if err != nil {
			t.Fatalf("%q is written as %q: %v", line, one, err)
		}
		if two, err := Marshal(again); err != nil || !bytes.Equal(one, two) {
			t.Fatalf("%q is written as %q, then as %q: %v", line, one, two, err)
		}
	})
}

// A file of any bytes, compressed or not, whole or cut: every item that is handed
// out is counted, and none is after an error.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	w := NewWriter(&b)
	for range 3 {
		if err := w.Write(Item{}); err != nil {
			f.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		f.Fatal(err)
	}
	f.Add(b.Bytes(), false)
	f.Add(b.Bytes()[:b.Len()-9], false)
	f.Add([]byte("{\"Item\":{}}\n\n{\"Item\":{\"a\":{\"S\":\"b\"}}}"), true)
	f.Add([]byte("{\"Item\":{}}\n{"), true)
	f.Fuzz(func(t *testing.T, file []byte, plain bool) {
		if plain {
			var b bytes.Buffer
			zip := gzip.NewWriter(&b)
			_, _ = zip.Write(file)
			_ = zip.Close()
			file = b.Bytes()
		}
		n := 0
		rows, err := Read(t.Context(), bytes.NewReader(file), func(it Item) error {
			if n++; it == nil {
				t.Error("no item")
			}
			return nil
		})
		if err == nil && rows != n || err != nil && n > rows {
			t.Errorf("%d rows, %d items, %v", rows, n, err)
		}
	})
}
