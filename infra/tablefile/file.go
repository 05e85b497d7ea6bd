package tablefile

import (
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
)

// Name is the file of a table in an export of this project.
const Name = "table.jsonl.gz"

// Writer writes items into a compressed file.
type Writer struct {
	zip *gzip.Writer
	buf *bufio.Writer
	n   int
}

// NewWriter writes items to w until Close.
func NewWriter(w io.Writer) *Writer {
	zip := gzip.NewWriter(w)
	return &Writer{zip: zip, buf: bufio.NewWriterSize(zip, 64<<10)}
}

// Write adds an item.
func (w *Writer) Write(it Item) error {
	line, err := Marshal(it)
	if err != nil {
		return err
	}
	w.n++
	_, err = w.buf.Write(append(line, '\n'))
	return err
}

// Rows is the number of items written.
func (w *Writer) Rows() int { return w.n }

// Close ends the file, and not what it is written to.
func (w *Writer) Close() error { return errors.Join(w.buf.Flush(), w.zip.Close()) }

// longest is the longest line that is read: an item has up to 400 KB, each byte of
// which takes up to six characters of JSON.
const longest = 4 << 20

// Read calls each with every item of a compressed file, in its order. It stops at
// the first error, that of each included; a file that was cut short is one.
func Read(ctx context.Context, r io.Reader, each func(Item) error) (rows int, err error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return 0, fmt.Errorf("reading items: %w", err)
	}
	lines := bufio.NewScanner(zip)
	lines.Buffer(make([]byte, 64<<10), longest)
	for lines.Scan() {
		if err := ctx.Err(); err != nil {
			return rows, err
		}
		if len(lines.Bytes()) == 0 {
			continue
		}
		rows++
		it, err := Unmarshal(lines.Bytes())
		if err != nil {
			return rows, fmt.Errorf("line %d: %w", rows, err)
		}
		if err := each(it); err != nil {
			return rows, err
		}
	}
	if err := lines.Err(); err != nil {
		return rows, fmt.Errorf("reading items after line %d: %w", rows, err)
	}
	return rows, zip.Close()
}
