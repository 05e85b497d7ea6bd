package intake

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
	"resonanz/shared/feedback"
	"resonanz/shared/problem"
)

// InvitationRow is one row of a CSV of invitations, checked.
type InvitationRow struct {
	Line       int                           // where it begins, from 1; the header is line 1
	Values     [len(InvitationFields)]string // by field; empty: not given
	Invitation *Invitation                   // not sealed; nil when Errors are given
	Errors     []problem.Field
}

// InvitationCSV reads a CSV of invitations row by row: comma separated, in
// UTF-8, a byte order mark at the start allowed, with a header that names the
// columns. It holds one row at a time, and 16 bytes of every event id.
type InvitationCSV struct {
	// MintID makes the event id of a row that names none; nil: the column is
	// required.
	MintID func(*InvitationRow) feedback.EventID

	cfg     *config.Config
	now     time.Time // contacts are not later, nor too long before
	source  *utf8Reader
	csv     *csv.Reader
	columns []int // the field of each column
	ids     *eventIDs
	line    int // of the last row
}

// csvField is what an error is about that is about no column.
const csvField = "csv"

// NewInvitationCSV reads from r, at the instant now; nothing is read yet.
func NewInvitationCSV(cfg *config.Config, r io.Reader, now time.Time) *InvitationCSV {
	source := &utf8Reader{r: bufio.NewReader(r)}
	c := &InvitationCSV{cfg: cfg, now: now, source: source, csv: csv.NewReader(source), ids: newEventIDs("line %d")}
	c.csv.ReuseRecord = true
	return c
}

// Header reads the first line. Its errors say what is wrong with it, or with
// the file as a whole: then no row can be read. The error beside them is that
// of the reader.
func (c *InvitationCSV) Header() ([]problem.Field, error) {
	start, err := c.source.start()
	if err != nil {
		return nil, fmt.Errorf("reading the CSV: %w", err)
	}
	if wrong := foreign(start); wrong != "" {
		return []problem.Field{{Line: 1, Field: csvField, Code: problem.MalformedCSV, Detail: wrong}}, nil
	}
	names, err := c.csv.Read()
	if errors.Is(err, io.EOF) {
		return []problem.Field{{Line: 1, Field: csvField, Code: problem.NoEvents, Detail: "is empty; the first line names the columns"}}, nil
	}
	if err != nil {
		return c.broken(err)
	}
	return c.header(names), nil
}

// header reads the names of the columns. A name that is none of ours is not
// repeated unless it looks like a name: it may be a customer's.
func (c *InvitationCSV) header(names []string) (wrong []problem.Field) {
	line, _ := c.csv.FieldPos(0)
	c.line = line
	fail := func(field string, code problem.Code, detail string) {
		wrong = append(wrong, problem.Field{Line: line, Field: field, Code: code, Detail: detail})
	}
	for i, name := range names {
		at := slices.Index(InvitationFields[:], name)
		switch {
		case at < 0 && !isColumn(name):
			fail(fmt.Sprintf("column %d", i+1), problem.UnknownColumn, "is not the name of a column")
		case at < 0:
			fail(shorten(name), problem.UnknownColumn, "is not a column of invitations")
		case slices.Contains(c.columns, at):
			fail(name, problem.DuplicateField, "names two columns")
		}
		c.columns = append(c.columns, at)
	}
	if len(wrong) == len(names) {
		return []problem.Field{{Line: line, Field: csvField, Code: problem.MissingColumn,
			Detail: "the first line must name the columns, such as " + strings.Join(InvitationFields[:4], ",")}}
	}
	for at, name := range InvitationFields {
		required := at == atTouchpoint || at == atChannel || at == atEventID && c.MintID == nil
		if required && !slices.Contains(c.columns, at) {
			fail(name, problem.MissingColumn, "is required as a column")
		}
	}
	return wrong
}

// isColumn reports whether s could be the name of a column.
func isColumn(s string) bool {
	return s != "" && len(s) <= maxCode && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz_") == ""
}

// Next reads the next row; io.EOF after the last. A row with errors is followed
// by others, unless more is false: then the rest cannot be told apart. Any
// other error is that of the reader.
func (c *InvitationCSV) Next() (row InvitationRow, more bool, err error) {
	c.source.since = 0
	cells, err := c.csv.Read()
	if errors.Is(err, io.EOF) {
		return InvitationRow{}, false, io.EOF
	}
	if err != nil && !errors.Is(err, csv.ErrFieldCount) {
		wrong, err := c.broken(err)
		if err != nil {
			return InvitationRow{}, false, err
		}
		return InvitationRow{Line: wrong[0].Line, Errors: wrong}, false, nil
	}
	row.Line, _ = c.csv.FieldPos(0)
	c.line = row.Line
	if len(cells) == len(c.columns) {
		c.check(&row, cells)
	} else {
		row.Errors = []problem.Field{{Line: row.Line, Field: csvField, Code: problem.MalformedCSV,
			Detail: fmt.Sprintf("has %d columns, the header has %d", len(cells), len(c.columns))}}
	}
	return row, true, nil
}

// check reads the cells of a row.
func (c *InvitationCSV) check(row *InvitationRow, cells []string) {
	var f fields
	for i, at := range c.columns {
		row.Values[at], f.values[at], f.given[at] = cells[i], cells[i], cells[i] != ""
		if strings.Contains(cells[i], byteOrderMark) {
			f.fail(InvitationFields[at], problem.MalformedCSV, "contains a byte order mark: were files joined?")
		}
	}
	in, wrong := f.invitation(c.cfg)
	if w := in.when(c.cfg, c.now); w != nil {
		f.errors = append(f.errors, *w)
		wrong = f.errors
	}
	if in.EventID == "" && len(wrong) == 0 && c.MintID != nil {
		in.EventID = c.MintID(row)
		row.Values[atEventID] = string(in.EventID)
	}
	if in.EventID != "" || c.MintID == nil {
		wrong = c.ids.check(&f, in.EventID, row.Line)
	}
	for i := range wrong {
		wrong[i].Line = row.Line
	}
	row.Errors = wrong
	if len(wrong) == 0 {
		row.Invitation = in
	}
}

// broken names what makes a file no CSV.
func (c *InvitationCSV) broken(err error) ([]problem.Field, error) {
	name := func(line int, code problem.Code, detail string) ([]problem.Field, error) {
		return []problem.Field{{Line: line, Field: csvField, Code: code, Detail: detail}}, nil
	}
	var bad *encodingError
	var syntax *csv.ParseError
	switch {
	case errors.As(err, &bad):
		return name(bad.line, problem.InvalidUTF8, "is not UTF-8: save the file as CSV in UTF-8")
	case errors.Is(err, errLongRow):
		return name(c.line+1, problem.MalformedCSV, fmt.Sprintf("a row begins that is longer than %d bytes: is a quote never closed?", maxRow))
	case errors.Is(err, csv.ErrBareQuote):
		errors.As(err, &syntax)
		return name(syntax.Line, problem.MalformedCSV, `has a " in a cell without quotes around it`)
	case errors.As(err, &syntax):
		return name(syntax.StartLine, problem.MalformedCSV, `has a quoted cell that is not closed, or goes on after its closing "`)
	}
	return nil, fmt.Errorf("reading the CSV: %w", err)
}

const byteOrderMark = "\uFEFF"

// foreign says what the first bytes of a file show to be another format.
func foreign(start []byte) string {
	if len(start) >= 2 && (start[0] == 0xff && start[1] == 0xfe || start[0] == 0xfe && start[1] == 0xff || start[0] == 0 || start[1] == 0) {
		return "is UTF-16: save the file as CSV in UTF-8"
	}
	if strings.HasPrefix(string(start), "PK\x03\x04") {
		return "is a workbook: save it as CSV in UTF-8"
	}
	line, _, _ := strings.Cut(string(start), "\n")
	line = strings.TrimRight(line, "\r")
	if strings.Contains(line, "\r") {
		return "has lines that end with a lone carriage return: save the file as CSV in UTF-8"
	}
	known := func(separator string) (n int) {
		for name := range strings.SplitSeq(line, separator) {
			if slices.Contains(InvitationFields[:], strings.Trim(name, ` "`)) {
				n++
			}
		}
		return n
	}
	for _, s := range [...][2]string{{";", "semicolons"}, {"\t", "tabs"}, {"|", "bars"}} {
		if known(s[0]) > known(",") {
			return "separates its columns with " + s[1] + "; they must be separated with commas"
		}
	}
	return ""
}

// maxRow bounds one row, in bytes: a quote that is never closed must not take
// the whole of a large file into memory.
const maxRow = 64 << 10

var errLongRow = errors.New("a row is too long")

// encodingError says in which line the first bytes are that are no UTF-8.
type encodingError struct{ line int }

func (e *encodingError) Error() string { return fmt.Sprintf("line %d: not UTF-8", e.line) }

// utf8Reader passes UTF-8 on, without a byte order mark at the start, and stops
// at the first byte that is none.
type utf8Reader struct {
	r     *bufio.Reader
	lines int   // ended so far
	since int   // bytes since it was last set to 0
	good  int   // bytes known to be UTF-8 that are still to be read
	err   error // what comes after them
}

// window is how much is looked at ahead, in bytes.
const window = 2 << 10

// start peeks at the beginning and skips a byte order mark.
func (u *utf8Reader) start() ([]byte, error) {
	if mark, err := u.r.Peek(len(byteOrderMark)); err == nil && string(mark) == byteOrderMark {
		if _, err := u.r.Discard(len(byteOrderMark)); err != nil {
			return nil, err
		}
	}
	start, err := u.r.Peek(window)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return start, nil
}

// Read implements io.Reader.
func (u *utf8Reader) Read(p []byte) (int, error) {
	if u.since > maxRow {
		return 0, errLongRow
	}
	if u.good == 0 && u.err == nil {
		u.look()
	}
	if u.good == 0 {
		return 0, u.err
	}
	n, err := u.r.Read(p[:min(len(p), u.good)])
	u.good -= n
	u.since += n
	return n, err
}

// look checks what comes next. A rune that the window cuts in two is left for
// the next look.
func (u *utf8Reader) look() {
	ahead, end := u.r.Peek(window)
	for u.good < len(ahead) {
		r, size := utf8.DecodeRune(ahead[u.good:])
		if r == utf8.RuneError && size == 1 {
			if end != nil || u.good == 0 || utf8.FullRune(ahead[u.good:]) {
				u.err = &encodingError{u.lines + 1}
			}
			return
		}
		if r == '\n' {
			u.lines++
		}
		u.good += size
	}
	u.err = end
}
