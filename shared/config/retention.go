package config

import (
	"time"

	"resonanz/shared/feedback"
)

// Retention is how long things are kept, by class. Days are of 24 hours.
type Retention struct {
	LogDays int `json:"log_days"` // one of CloudWatch's values, such as 30
	// OwnWordsDays after a rating or card was received its words, its contact for a
	// call back and its customer key go (400); those of an open case stay until it
	// has ended. 0: only an erasure takes them.
	OwnWordsDays int `json:"own_words_days"`
	// CasesDays after its case ended a complaint's words, contact, customer key and
	// files go (1095). 0: only an erasure takes them.
	CasesDays int `json:"cases_days"`
	// InvitationsDays after its issue the address that an invitation was mailed to
	// goes (90).
	InvitationsDays int `json:"invitations_days"`
}

// LeastOwnWordsDays is the least that OwnWordsDays can be but 0: what customers
// wrote in a month is read when its report is frozen, early in the next.
const LeastOwnWordsDays = 62

// Before is the time before which something must have happened to be kept for
// days no longer; zero where it is kept for ever.
func Before(now time.Time, days int) time.Time {
	if days == 0 {
		return time.Time{}
	}
	return now.Add(-time.Duration(days) * 24 * time.Hour)
}

// Anonymous reports whether answers given at a touchpoint cannot be led back to
// who gave them: no customer key is stored with them, and the address of an
// invitation goes as soon as its mail is sent.
func (c *Config) Anonymous(id feedback.Touchpoint) bool {
	if t := c.Touchpoint(id); t != nil && t.Anonymous != nil {
		return *t.Anonymous
	}
	return c.Organisation.Anonymous
}
