// Package problem is the error that a caller of the HTTP interface sees: a
// stable code to branch on, a sentence to read, and the fields concerned
// (RFC 9457, application/problem+json). Nothing of the inside ever enters one.
package problem

import (
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
)

// ContentType is the media type of a problem document (RFC 9457, section 3).
const ContentType = "application/problem+json"

// Code names one kind of error for ever: callers branch on it, never on text.
type Code string

// The codes about a request as a whole.
const (
	Internal             Code = "internal"
	Unavailable          Code = "unavailable"
	NotFound             Code = "not_found"
	MethodNotAllowed     Code = "method_not_allowed"
	BodyTooLarge         Code = "body_too_large"
	UnsupportedMediaType Code = "unsupported_media_type"
	InvalidEncoding      Code = "invalid_encoding"
	InvalidUTF8          Code = "invalid_utf8"
	MalformedJSON        Code = "malformed_json"
	MalformedForm        Code = "malformed_form"
	TooManyRequests      Code = "too_many_requests"
	ForeignOrigin        Code = "foreign_origin" // a form that was sent from the page of somebody else
	TooManyEvents        Code = "too_many_events"
	NoEvents             Code = "no_events"
	EventConflict        Code = "event_conflict"
	TooManyVersions      Code = "too_many_versions" // of one answer
	CardNumberTaken      Code = "card_number_taken" // the paper card was keyed in before
	FatigueLimit         Code = "fatigue_limit"     // the customer was asked not long ago
	OptedOut             Code = "opted_out"         // the customer unsubscribed, or the address bounced
	MalformedCSV         Code = "malformed_csv"
	TooManyRows          Code = "too_many_rows"
	TooManyErrors        Code = "too_many_errors" // the last of a list that goes on
)

// The codes about a case.
const (
	PreconditionRequired Code = "precondition_required" // If-Match is missing
	StaleVersion         Code = "stale_version"         // the case has changed since it was read
	IllegalTransition    Code = "illegal_transition"    // not from where the case stands; Allowed says what is
	AlreadyExists        Code = "already_exists"
	InvalidCursor        Code = "invalid_cursor"
	InvalidCase          Code = "invalid_case_number"
	UnknownCase          Code = "unknown_case"
	UnknownAction        Code = "unknown_corrective_action"
)

// The codes about who asks.
const (
	Unauthenticated  Code = "unauthenticated"
	DeviceUnknown    Code = "device_unknown"
	DeviceRevoked    Code = "device_revoked"
	DeviceKeyStale   Code = "device_key_stale"
	DeviceKeyInvalid Code = "device_key_invalid"
	ScopeMissing     Code = "scope_missing"
	TokenInvalid     Code = "token_invalid"
	SubjectInvalid   Code = "subject_invalid" // the token's subject is no code that may stand in a timeline
)

// The codes about one field.
const (
	UnknownField       Code = "unknown_field"
	DuplicateField     Code = "duplicate_field"
	MissingField       Code = "missing_field"
	WrongType          Code = "wrong_type"
	OutOfRange         Code = "out_of_range"
	InvalidValue       Code = "invalid_value"
	TooLong            Code = "too_long"
	ControlCharacter   Code = "control_character"
	InvalidEventID     Code = "invalid_event_id"
	InvalidResponseKey Code = "invalid_response_key"
	ResponseKeyMonth   Code = "response_key_month"
	InvalidTime        Code = "invalid_time"
	MissingOffset      Code = "missing_offset"
	EventTooOld        Code = "event_too_old"
	UnknownTouchpoint  Code = "unknown_touchpoint"
	TouchpointMismatch Code = "touchpoint_mismatch"
	ChannelMismatch    Code = "channel_mismatch"
	ScaleMismatch      Code = "scale_mismatch"
	ContactMissing     Code = "contact_missing"
	CallbackMissing    Code = "callback_missing"
	UnknownReason      Code = "unknown_reason"
	UnknownCategory    Code = "unknown_category"
	UnknownCard        Code = "unknown_card"
	UnknownItem        Code = "unknown_item"
	InvalidEmail       Code = "invalid_email"
	MissingColumn      Code = "missing_column"
	UnknownColumn      Code = "unknown_column"
)

// Field is what is wrong with one field. Detail never repeats what was sent,
// since that may be personal.
type Field struct {
	Line   int    `json:"line,omitempty"` // of a CSV file, from 1; the header is line 1
	Field  string `json:"field"`
	Code   Code   `json:"code"`
	Detail string `json:"detail"`
}

// Problem is the document. Type is "about:blank": Code carries the meaning, and
// Title is then the phrase of the status (RFC 9457, section 4.2.1).
type Problem struct {
	Type   string  `json:"type"`
	Title  string  `json:"title"`
	Status int     `json:"status"`
	Code   Code    `json:"code"`
	Detail string  `json:"detail"`
	Errors []Field `json:"errors,omitempty"`
	// Allowed are the commands that a case takes where it stands, for one that it
	// does not take.
	Allowed []string `json:"allowed,omitempty"`

	RetryAfter int      `json:"-"` // seconds; sent as Retry-After when positive
	Allow      []string `json:"-"` // methods; sent as Allow with 405
	Scheme     string   `json:"-"` // sent as WWW-Authenticate with 401
}

// New returns a problem about a whole request.
func New(status int, code Code, detail string) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: detail}
}

// Invalid returns the 422 problem about one or more fields. Its code and detail
// are those of the first field in error.
func Invalid(fields ...Field) *Problem {
	p := New(http.StatusUnprocessableEntity, fields[0].Code, fields[0].Field+": "+fields[0].Detail)
	p.Errors = fields
	return p
}

// Error makes a Problem an error.
func (p *Problem) Error() string { return string(p.Code) + ": " + p.Detail }

// JSON is the document as it goes over the wire.
func (p *Problem) JSON() []byte {
	b, err := json.Marshal(p)
	if err != nil { // cannot happen: strings and an integer
		return []byte(`{"type":"about:blank","status":` + strconv.Itoa(p.Status) + `}`)
	}
	return b
}

// Of returns the problem that err is or wraps; any other error becomes
// "internal" and none of its text survives.
func Of(err error) *Problem {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	return New(http.StatusInternalServerError, Internal, "Internal error. Please try again later.")
}
