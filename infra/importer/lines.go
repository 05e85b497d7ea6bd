package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sort"
	"unicode/utf8"
)

var errLongRow = errors.New("a row or value is too long")

// encodingError says in which line the first bytes are that are no UTF-8.
type encodingError struct{ line int }

func (e *encodingError) Error() string { return fmt.Sprintf("line %d: not UTF-8", e.line) }

// lines passes UTF-8 on, remembers where its lines end, and stops at the first
// bytes that are none, or where no line ends for too long.
type lines struct {
	r     io.Reader
	most  int64 // bytes without the end of a line
	cells bool  // of a CSV: a line that ends within quotes goes on

	read   int64
	ends   []int64
	since  int64 // where the present line began
	quoted bool
	tail   []byte // the first bytes of a rune that is cut in two
}

// Read implements io.Reader.
func (l *lines) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	held := len(l.tail)
	text := append(l.tail, p[:n]...)
	good := valid(text)
	if rest := text[good:]; len(rest) > 0 && (utf8.FullRune(rest) || err != nil) {
		return 0, &encodingError{1 + len(l.ends) + bytes.Count(text[:good], []byte("\n"))}
	}
	l.tail = bytes.Clone(text[good:])
	for i, c := range text[held:] {
		switch c {
		case '"':
			l.quoted = !l.quoted
		case '\n':
			l.ends = append(l.ends, l.read+int64(i))
			if !l.cells || !l.quoted {
				l.since = l.read + int64(i)
			}
		}
	}
	if l.read += int64(n); l.read-l.since > l.most {
		return 0, errLongRow
	}
	return n, err
}

// valid is how many of the first bytes are whole runes of UTF-8.
func valid(text []byte) (n int) {
	for n < len(text) {
		r, size := utf8.DecodeRune(text[n:])
		if r == utf8.RuneError && size == 1 {
			return n
		}
		n += size
	}
	return n
}

// at is the line of an offset, from 1.
func (l *lines) at(offset int64) int {
	return 1 + sort.Search(len(l.ends), func(i int) bool { return l.ends[i] >= offset })
}
