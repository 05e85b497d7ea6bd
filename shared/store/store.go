// Package store keeps the ledger of events, the cases with their timelines,
// the markers of effects that happen once, and the versions of reports: in one
// DynamoDB table (Table), or in memory for tests (Memory). Both run the
// contract suite in storetest.
package store

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// The errors callers branch on.
var (
	ErrConflict = errors.New("the event id was used for another event")
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("exists already")
	ErrVersion  = errors.New("changed meanwhile: read again and retry")
	ErrInvalid  = errors.New("not a storable value")
)

// Outcome says what Put found.
type Outcome int

// The outcomes of Put.
const (
	Accepted  Outcome = iota + 1 // stored now
	Duplicate                    // the same event was stored before
)

func (o Outcome) String() string {
	switch o {
	case Accepted:
		return "accepted"
	case Duplicate:
		return "duplicate"
	}
	return "no outcome"
}

// Digest tells bodies apart: the first 16 bytes of the SHA-256 of what the
// client sent, personal part included. Zero after an erasure.
type Digest [16]byte

// DigestOf is the digest of a canonical body.
func DigestOf(body []byte) Digest {
	sum := sha256.Sum256(body)
	return Digest(sum[:16])
}

// Entry is one event of the ledger.
type Entry struct {
	Kind        feedback.Kind
	ResponseKey feedback.ResponseKey
	EventID     feedback.EventID
	ReceivedAt  time.Time       // UTC, milliseconds
	Event       json.RawMessage // of package feedback, as Kind says; nothing personal
	Personal    json.RawMessage // feedback.Personal; nil when nothing was given
	CustomerKey string          // empty: the item enters no index
	Digest      Digest
}

// same reports whether e is a replay of what is stored. An erased entry has no
// digest left to compare; its id is enough.
func (e *Entry) same(stored *Entry) bool {
	return e.Kind == stored.Kind && (e.Digest == stored.Digest || stored.Digest == Digest{})
}

// check refuses what could not be found again.
func (e *Entry) check() error {
	if e.ResponseKey.Month().IsZero() || e.EventID == "" || e.Kind == "" || len(e.Event) == 0 {
		return ErrInvalid
	}
	return nil
}

// OnceState is what Begin found.
type OnceState int

// The states of an effect.
const (
	Started    OnceState = iota + 1 // ours now: do it, then Finish, or Release when it failed
	InProgress                      // another worker holds the lease: come again later
	Done                            // happened before: do nothing
	TakenOver                       // ours now, from one who began and was never heard of again: it may have happened
)

func (s OnceState) String() string {
	switch s {
	case Started:
		return "started"
	case InProgress:
		return "in progress"
	case Done:
		return "done"
	case TakenOver:
		return "taken over"
	}
	return "no state"
}

// doneFor is how long a finished effect is remembered: longer than any queue
// (14 days) and dead-letter queue keeps a message.
const doneFor = 90 * 24 * time.Hour

// ReportStatus says what a report version is.
type ReportStatus string

// The statuses.
const (
	Preliminary ReportStatus = "preliminary" // before the freeze
	Final       ReportStatus = "final"       // at the freeze
	Restated    ReportStatus = "restated"    // after it, with the late events
)

// ReportVersion is the manifest of one version of a period's report, without the
// lists that the object "manifest" holds besides.
type ReportVersion struct {
	Period    period.Period     `json:"period"`
	Group     string            `json:"group,omitempty"` // of touchpoints; empty: the whole
	Version   int               `json:"version"`         // 1, 2, 3, …: the writer takes the latest + 1 and retries on ErrExists
	Status    ReportStatus      `json:"status"`
	CreatedAt time.Time         `json:"created_at"`
	Cutoff    time.Time         `json:"cutoff"`     // events received before it were counted
	InputHash string            `json:"input_hash"` // of the facts that were counted
	Responses int               `json:"responses"`
	Objects   map[string]string `json:"objects"` // form (json, inputs, html.de, pdf.de, …) → key in the report bucket

	GivenHash  string `json:"given_hash,omitempty"`         // of what was given besides the facts
	CodeHash   string `json:"code_version,omitempty"`       // SHA-256 of the program that made it
	ConfigHash string `json:"configuration_hash,omitempty"` // SHA-256 of the configuration
	Files      int    `json:"fact_files,omitempty"`
	Facts      int64  `json:"facts,omitempty"`        // rows read, duplicates included
	Unread     int    `json:"unread_files,omitempty"` // files of facts that could not be read
	Gap        bool   `json:"evidence_gap,omitempty"` // table and facts did not add up
}

func (v *ReportVersion) check() error {
	if v.Period.IsZero() || v.Version < 1 || strings.Contains(v.Group, "#") {
		return ErrInvalid
	}
	return nil
}
