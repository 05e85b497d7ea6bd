package main

import (
	"bufio"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"resonanz/shared/config"
	"resonanz/shared/problem"
)

const byteOrderMark = "\uFEFF"

// table is a CSV: comma separated, in UTF-8, a byte order mark at its beginning
// allowed.
type table struct {
	csv     *csv.Reader
	names   []string
	columns map[string]int
	line    int
}

// peeked is how much of a file is looked at to tell what it is.
const peeked = 4 << 10

// openTable reads the first line of a CSV. known counts the names among some that
// show that the file is cut up rightly.
func openTable(r io.Reader) (*table, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if mark, err := in.Peek(len(byteOrderMark)); err == nil && string(mark) == byteOrderMark {
		_, _ = in.Discard(len(byteOrderMark))
	}
	start, err := in.Peek(peeked)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading the file: %w", err)
	}
	if wrong := foreign(start); wrong != "" {
		return nil, unreadable(1, problem.MalformedCSV, "%s", wrong)
	}
	t := &table{csv: csv.NewReader(&lines{r: in, most: maxRow, cells: true}), columns: map[string]int{}}
	if t.names, err = t.csv.Read(); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, unreadable(1, problem.NoEvents, "is empty; the first line names the columns")
		}
		return nil, t.broken(err)
	}
	t.csv.ReuseRecord = true
	t.line = 1
	for i, name := range t.names {
		if _, twice := t.columns[name]; !twice {
			t.columns[name] = i
		}
	}
	return t, nil
}

// foreign says what the first bytes of a file show to be another format.
func foreign(start []byte) string {
	text := strings.TrimLeft(string(start), " \t\r\n")
	line, _, _ := strings.Cut(text, "\n")
	line = strings.TrimRight(line, "\r")
	switch {
	case len(start) >= 2 && (start[0] == 0xff && start[1] == 0xfe || start[0] == 0xfe && start[1] == 0xff) || len(start) >= 4 && (start[1] == 0 || start[0] == 0) && start[2] != 'K':
		return "is UTF-16: save or export it as CSV in UTF-8"
	case strings.HasPrefix(text, "PK\x03\x04"):
		return "is a workbook or an archive: save it as CSV in UTF-8, or unpack it"
	case strings.HasPrefix(text, "\xd0\xcf\x11\xe0"):
		return "is an old workbook: save it as CSV in UTF-8"
	case strings.HasPrefix(text, "\x1f\x8b"):
		return "is compressed: unpack it first"
	case strings.HasPrefix(text, "%PDF"), strings.HasPrefix(text, "PAR1"):
		return "is no CSV"
	case strings.IndexByte(text, 0) >= 0:
		return "is binary, no CSV"
	case strings.HasPrefix(text, "{"), strings.HasPrefix(text, "["):
		return "is JSON, no CSV: is it a file of another format?"
	case strings.HasPrefix(text, "<"):
		return "is XML or HTML, no CSV"
	case strings.Contains(line, "\r"):
		return "has lines that end with a lone carriage return: save it as CSV in UTF-8"
	}
	for _, s := range [...][2]string{{";", "semicolons"}, {"\t", "tabs"}, {"|", "bars"}} {
		if n := strings.Count(line, s[0]); n > 1 && n > strings.Count(line, ",") {
			return "separates its columns with " + s[1] + "; they must be separated with commas"
		}
	}
	return ""
}

// next reads the next row; the cells are valid until the one after.
func (t *table) next() ([]string, int, error) {
	cells, err := t.csv.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, 0, io.EOF
	case errors.Is(err, csv.ErrFieldCount):
		line, _ := t.csv.FieldPos(0)
		return nil, line, unreadable(line, problem.MalformedCSV, "has %s, the first line has %d", countOf(len(cells), "column"), len(t.names))
	case err != nil:
		return nil, 0, t.broken(err)
	}
	t.line, _ = t.csv.FieldPos(0)
	return cells, t.line, nil
}

// broken names what makes a file no CSV.
func (t *table) broken(err error) error {
	var bad *encodingError
	var syntax *csv.ParseError
	switch {
	case errors.As(err, &bad):
		return unreadable(bad.line, problem.InvalidUTF8, "is not UTF-8: save the file as CSV in UTF-8")
	case errors.Is(err, errLongRow):
		return unreadable(t.line+1, problem.MalformedCSV, "a row begins that is longer than %d KiB: is a quote never closed?", maxRow>>10)
	case errors.Is(err, csv.ErrBareQuote) && errors.As(err, &syntax):
		return unreadable(syntax.Line, problem.MalformedCSV, `has a " in a cell without quotes around it`)
	case errors.Is(err, csv.ErrFieldCount) && errors.As(err, &syntax):
		return unreadable(syntax.Line, problem.MalformedCSV, "has another number of columns than the first line")
	case errors.As(err, &syntax):
		return unreadable(syntax.StartLine, problem.MalformedCSV, `has a quoted cell that is not closed, or goes on after its closing "`)
	}
	return fmt.Errorf("reading the file: %w", err)
}

// maxRow bounds the distance of two line ends outside of quotes, in bytes: a quote
// that is never closed must not take a large file into memory.
const maxRow = 1 << 20

// plainTable is our own CSV, or that of anybody with a map.
type plainTable struct {
	*table
	m *mapping
}

func openPlain(r io.Reader, m *mapping) (source, error) {
	t, err := openTable(r)
	if err != nil {
		return nil, err
	}
	for i, name := range t.names {
		if t.columns[name] != i {
			return nil, unreadable(1, problem.DuplicateField, "names column %d as an earlier one", i+1)
		}
		ours := fieldOf(name) != nil || slices.Contains(exported, name)
		if !ours && len(m.Columns) == 0 && t.columns["ResponseId"] > 0 {
			return nil, unreadable(1, problem.MalformedCSV, "is an export of Qualtrics: say so by its format")
		}
		if !ours && len(m.Columns) == 0 {
			return nil, unreadable(1, problem.UnknownColumn, "names column %d, which is none of %s; a map says what other columns mean", i+1, strings.Join(fieldNames(), ", "))
		}
	}
	return &plainTable{t, m}, nil
}

func (p *plainTable) next() (*record, error) {
	cells, line, err := p.table.next()
	if err != nil {
		return nil, err
	}
	return &record{line: line, at: func(column string) string {
		if i, ok := p.columns[column]; ok {
			return bare(cells[i])
		}
		return ""
	}}, nil
}

// bare takes off the apostrophe by which an export keeps a spreadsheet from taking
// a cell for a formula.
func bare(s string) string {
	rest := strings.TrimLeft(s, "'")
	if r, _ := utf8.DecodeRuneInString(rest); len(rest) < len(s) && strings.ContainsRune("=+-@\t\r\n＝＋－＠", r) {
		return s[1:]
	}
	return s
}

func (p *plainTable) defaults() map[string]string {
	columns := map[string]string{}
	for i := range known {
		if name := known[i].name; p.has(name) {
			columns[name] = name
		}
	}
	return columns
}

func (p *plainTable) has(column string) bool { _, ok := p.columns[column]; return ok }
func (p *plainTable) zone() *time.Location   { return nil }
func (p *plainTable) settle(_, value string, _ *config.Touchpoint) string {
	return value
}
