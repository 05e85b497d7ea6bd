package casefile

import (
	"time"

	"resonanz/shared/feedback"
)

// Crisis is what is known of spikes lately, and of the crisis they made, if one
// is on. There is one of it; the rules are in package escalate.
type Crisis struct {
	Version int     `json:"version"`          // 0: never written
	Spikes  []Spike `json:"spikes,omitempty"` // within the window, in order of time
	// Case is the alarm case of the last crisis, which exists; empty: there was
	// none. Closing the case ends the crisis, so whoever asks whether one is on
	// reads the case as well.
	Case Number `json:"case,omitempty"`
	// Next is the number that the case of a crisis which has just begun will have;
	// empty: none is to be made.
	Next  Number    `json:"next,omitempty"`
	Since time.Time `json:"since,omitzero"` // when the crisis of Next, else that of Case, began
}

// Spike is one spike of low ratings at a touchpoint, or of complaints of a
// category. Rule and Subject are its identity.
type Spike struct {
	Rule       string              `json:"rule"`
	Subject    string              `json:"subject"`
	Touchpoint feedback.Touchpoint `json:"touchpoint,omitempty"`
	Category   string              `json:"category,omitempty"` // of complaints, where they spike
	// Critical: not a spike, but a complaint of critical severity and of this
	// category, which makes a spike of its category a crisis.
	Critical bool      `json:"critical,omitempty"`
	At       time.Time `json:"at"`
}
