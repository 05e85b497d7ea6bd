// Package attach lets customers add files to a case, and staff fetch them,
// without a file ever passing through a function that answers requests: a browser
// posts a file to the bucket under a policy that is signed here, into quarantine;
// function attachment looks at it there, and what it lets through is fetched by a
// link of one minute, as a download.
//
// It signs with the rights of the function that runs it and calls nothing: a
// function needs no client of S3 for it.
package attach

import (
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// Prefixes of the bucket.
const (
	Quarantine = "quarantine/" // <case>/<slot>/<random>: as the customer sent it; nobody gets it to see
	Clean      = "clean/"      // <case>/<object>: was looked at
)

// MaxSlots is how many files a case can have at most, whatever is configured.
const MaxSlots = 3

// ErrInvalid says that a case, a slot, a redirection or a file cannot be one of
// ours.
var ErrInvalid = errors.New("not an attachment of ours")

// Key names a file in quarantine.
type Key struct {
	Case   casefile.Number
	Slot   int // 1 to MaxSlots: the attachment that the customer added it as
	Random string
}

// randomLen is the length of the random part: crypto/rand.Text, 128 bits and more.
const randomLen = 26

func (k Key) String() string {
	return Quarantine + string(k.Case) + "/" + strconv.Itoa(k.Slot) + "/" + k.Random
}

// ParseKey reads what String writes, and nothing else: keys are believed only
// because we signed each as a whole. Errors: ErrInvalid.
func ParseKey(s string) (Key, error) {
	rest, ok := strings.CutPrefix(s, Quarantine)
	parts := strings.Split(rest, "/")
	if !ok || len(parts) != 3 {
		return Key{}, fmt.Errorf("reading the key of a file: %w", ErrInvalid)
	}
	n, err := casefile.ParseNumber(parts[0])
	slot, no := strconv.Atoi(parts[1])
	k := Key{n, slot, parts[2]}
	if err != nil || no != nil || k.check() != nil || k.String() != s {
		return Key{}, fmt.Errorf("reading the key of a file: %w", ErrInvalid)
	}
	return k, nil
}

func (k Key) check() error {
	if _, err := casefile.ParseNumber(string(k.Case)); err != nil || k.Slot < 1 || k.Slot > MaxSlots || len(k.Random) != randomLen {
		return ErrInvalid
	}
	for _, c := range []byte(k.Random) {
		if (c < 'A' || c > 'Z') && (c < '2' || c > '7') {
			return ErrInvalid
		}
	}
	return nil
}

var lower = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// Object names the checked file that came as k, with this entity tag: the same
// upload always gets the same name, another one another.
func (k Key) Object(etag string) string {
	sum := sha256.Sum256([]byte("attachment\x00" + k.String() + "\x00" + strings.Trim(etag, `"`)))
	return lower.EncodeToString(sum[:15])
}

// Cause is the event that the upload is in the timeline of its case.
func (k Key) Cause(etag string) feedback.EventID {
	return feedback.DeriveEventID("attachment", k.String(), strings.Trim(etag, `"`))
}

// objectLen is the length of what Object makes.
const objectLen = 24

// CleanKey is where a checked file of a case is. Errors: ErrInvalid.
func CleanKey(n casefile.Number, object string) (string, error) {
	if _, err := casefile.ParseNumber(string(n)); err != nil || len(object) != objectLen {
		return "", fmt.Errorf("naming a file of case %s: %w", n, ErrInvalid)
	}
	for _, c := range []byte(object) {
		if (c < 'a' || c > 'z') && (c < '2' || c > '7') {
			return "", fmt.Errorf("naming a file of case %s: %w", n, ErrInvalid)
		}
	}
	return Clean + string(n) + "/" + object, nil
}

// extensions are the types of file that are taken, each with the end of the name
// that a download gets.
var extensions = map[string]string{
	"image/jpeg": "jpg", "image/png": "png", "image/webp": "webp", "application/pdf": "pdf",
}

// Accept is what the file field of a form says it takes.
const Accept = "image/jpeg,image/png,image/webp,application/pdf"

// FileName is what a download of a file is called: "2603-7K2M-Q4XA-1.jpg".
func FileName(n casefile.Number, a casefile.Attachment) string {
	end := extensions[a.Type]
	if end == "" {
		end = "bin"
	}
	return string(n) + "-" + url.PathEscape(a.ID) + "." + end
}
