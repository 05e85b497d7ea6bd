package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// maxListed is the most errors that are listed.
const maxListed = 100

// contacts reads a file of contacts, row by row.
type contacts struct {
	*intake.InvitationCSV
	file *os.File
}

// open opens a file of contacts, read at the instant now. Rows without an event id
// get one.
func open(cfg *config.Config, path string, now time.Time) (*contacts, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the contacts: %w", err)
	}
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		f.Close()
		return nil, errors.Join(err, fmt.Errorf("%w: %s is no file: it is read twice", errUsage, path))
	}
	c := &contacts{intake.NewInvitationCSV(cfg, f, now), f}
	c.MintID = newMinter().mint
	return c, nil
}

// minter makes the event ids of rows that name none: the same row gets the same
// id in every run. Of rows that name no customer the same may stand in a file
// several times, each is a link of its own; of others it may not.
type minter struct{ seen map[store.Digest]int }

func newMinter() *minter { return &minter{make(map[store.Digest]int)} }

// The places of some fields in a row.
var (
	atID         = slices.Index(intake.InvitationFields[:], "event_id")
	atTouchpoint = slices.Index(intake.InvitationFields[:], "touchpoint")
	atChannel    = slices.Index(intake.InvitationFields[:], "channel")
	atKey        = slices.Index(intake.InvitationFields[:], "customer_key")
	atEmail      = slices.Index(intake.InvitationFields[:], "email") // the last of the first version
	atResolved   = slices.Index(intake.InvitationFields[:], "resolved")
)

func (m *minter) mint(r *intake.InvitationRow) feedback.EventID {
	parts := append([]string{"invite"}, r.Values[:]...)
	for i, s := range parts {
		if s == "false" && i != atResolved+1 { // the same as not given
			parts[i] = ""
		}
	}
	for n := len(parts) - 1; n > atEmail+1 && parts[n] == ""; n-- {
		parts = parts[:n] // columns of later versions change no id of rows without them
	}
	id := feedback.DeriveEventID(parts...)
	if r.Values[atKey] != "" || r.Values[atEmail] != "" {
		return id
	}
	k := store.DigestOf([]byte(id))
	m.seen[k]++
	return feedback.DeriveEventID(string(id), strconv.Itoa(m.seen[k]))
}

// check reads all contacts and lists what is wrong with them, by line. Errors:
// errInvalid when anything is.
func check(cfg *config.Config, path string, now time.Time, out io.Writer) (rows int, err error) {
	c, err := open(cfg, path, now)
	if err != nil {
		return 0, err
	}
	defer c.file.Close()
	listed, lines := 0, 0
	list := func(wrong []problem.Field) {
		for _, w := range wrong {
			if listed++; listed <= maxListed {
				fmt.Fprintf(out, "%s:%d: %s: %s (%s)\n", filepath.Base(path), w.Line, w.Field, w.Detail, w.Code)
			}
		}
	}
	wrong, err := c.Header()
	if err != nil {
		return 0, err
	}
	if list(wrong); len(wrong) > 0 {
		return 0, errInvalid
	}
	for more := true; more; {
		var row intake.InvitationRow
		if row, more, err = c.Next(); errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return 0, err
		}
		rows++
		if list(row.Errors); len(row.Errors) > 0 {
			lines++
		}
	}
	switch {
	case lines > 0 && listed > maxListed:
		fmt.Fprintf(out, "… %s in all\n", countOf(listed, "error"))
		fallthrough
	case lines > 0:
		return 0, fmt.Errorf("%w: %s of %s in error", errInvalid, countOf(lines, "row"), filepath.Base(path))
	case rows == 0:
		fmt.Fprintf(out, "%s: has a header and no row\n", filepath.Base(path))
		return 0, errInvalid
	}
	return rows, nil
}
