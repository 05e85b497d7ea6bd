package factfile

import (
	"errors"
	"fmt"
)

// ErrFormat says that bytes are no fact file this package reads. The error that
// wraps it names what is wrong, never a value; ReasonOf sorts it.
var ErrFormat = errors.New("not a readable fact file")

// Reason says in one word why a file cannot be read.
type Reason string

// The reasons.
const (
	Corrupt       Reason = "corrupt"        // no Parquet, a damaged one, or values that no fact has
	Truncated     Reason = "truncated"      // the beginning of a file
	OtherSchema   Reason = "schema_version" // of a version that this package does not know
	MissingColumn Reason = "missing_column" // a required one
)

// unreadable is an error of a reason.
type unreadable struct {
	reason Reason
	what   string
}

func (u *unreadable) Error() string { return u.what + ": " + ErrFormat.Error() }

func (u *unreadable) Unwrap() error { return ErrFormat }

// ReasonOf is the reason of an error of Read; empty for any other.
func ReasonOf(err error) Reason {
	if u := (*unreadable)(nil); errors.As(err, &u) {
		return u.reason
	}
	if errors.Is(err, ErrFormat) {
		return Corrupt
	}
	return ""
}

func broken(what string, args ...any) error { return refused(Corrupt, what, args...) }

func refused(r Reason, what string, args ...any) error {
	return &unreadable{r, fmt.Sprintf(what, args...)}
}
