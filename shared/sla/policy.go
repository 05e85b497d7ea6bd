// Package sla holds service levels: business calendars, policies and the clock
// of a complaint.
package sla

import (
	"time"

	"resonanz/shared/casefile"
)

// Calendar is when business is done.
type Calendar struct{}

// Policy is a service level.
type Policy struct {
	ID            string
	Calendar      *Calendar
	FirstResponse time.Duration // business time
	Resolution    time.Duration // business time
	AtRiskPercent int           // of the time allowed
	CloseDays     int           // after resolving
	Presets       []string
	Print         string // fingerprint of policy and calendar
}

// Start is the clock of a complaint received at that time.
func (p *Policy) Start(received time.Time) *casefile.Clock { return &casefile.Clock{Policy: p.ID} }

// Stop ends the run of c, which is changed. Deadlines that are not met lose their
// times, those of presets excepted. Stopping a clock that stands changes nothing.
func (p *Policy) Stop(c *casefile.Clock, now time.Time) {}

// Resume begins a run of c, which is changed, and works out the deadlines that
// are not met. Resuming a clock that runs changes nothing.
func (p *Policy) Resume(c *casefile.Clock, now time.Time) {}

// Retime works out the deadlines of c that are not met anew from its runs; c is
// changed, Policy and Print with it. Levels stay.
func (p *Policy) Retime(c *casefile.Clock, received time.Time) {}

// Hold records a holding reply for the preset of that name (PSD2_101) and moves
// its deadline. False: c has no such deadline open, or it cannot be held.
func (p *Policy) Hold(c *casefile.Clock, name string, received, now time.Time) bool { return false }
