// Package config is the configuration as functions see it: feedback.yaml,
// checked against its schema at build, written as feedback.json beside each
// binary, and read once at start.
package config

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
	_ "time/tzdata" // zones do not depend on the machine

	"resonanz/shared/feedback"
)

// Config is the whole configuration. Field names in JSON and YAML are the same.
type Config struct {
	Organisation Organisation `json:"organisation"`
	PublicURL    string       `json:"public_url,omitempty"` // base of customer links, no trailing slash; empty: the API's own address
	Links        Links        `json:"links"`
	Touchpoints  []Touchpoint `json:"touchpoints"`
	Devices      []Device     `json:"devices"`
	Rules        Rules        `json:"rules"`
	Escalation   Escalation   `json:"escalation"`
	Notify       Notify       `json:"notify"`
	Report       Report       `json:"report"`
	Retention    Retention    `json:"retention"`
	OIDC         OIDC         `json:"oidc"`
	Alarms       Alarms       `json:"alarms"`

	zone        *time.Location
	touchpoints map[feedback.Touchpoint]*Touchpoint
	devices     map[feedback.Device]*Device
}

// Organisation is who asks.
type Organisation struct {
	Name            string              `json:"name"`
	TimeZone        string              `json:"time_zone"` // IANA name; periods and business hours
	Languages       []feedback.Language `json:"languages"`
	DefaultLanguage feedback.Language   `json:"default_language"`
	Accent          string              `json:"accent"` // brand colour, #rrggbb
}

// Links governs the rating links.
type Links struct {
	ValidDays int `json:"valid_days"` // 1..28: a link never outlives the month after its issue
}

// Touchpoint is a place or occasion of contact.
type Touchpoint struct {
	ID    feedback.Touchpoint          `json:"id"`
	Name  map[feedback.Language]string `json:"name"`
	Scale feedback.Scale               `json:"scale"` // stars_1_5 or csat_1_10
}

// Device is an enrolled kiosk or terminal. Its key derives from the master
// secret, its id and its generation: raising the generation revokes the old key.
type Device struct {
	ID         feedback.Device     `json:"id"`
	Touchpoint feedback.Touchpoint `json:"touchpoint"`
	Channel    feedback.Channel    `json:"channel"` // kiosk or terminal
	Generation int                 `json:"generation"`
	Revoked    bool                `json:"revoked,omitempty"`
}

// Rules are the thresholds of folding and reporting.
type Rules struct {
	EditWindowHours      int `json:"edit_window_hours"`       // last vote within this time of the first wins (48)
	KioskDebounceSeconds int `json:"kiosk_debounce_seconds"`  // a tap sooner after the previous one is left out (3)
	MaxFutureSkewMinutes int `json:"max_future_skew_minutes"` // a device clock further ahead is not believed (5)
	MaxAgeDays           int `json:"max_age_days"`            // an event older than this is refused (400)
	TopBox10             int `json:"top_box_10"`              // 2: 9–10 count as satisfied on csat_1_10; 3: 8–10, labelled
	MinimumN             int `json:"minimum_n"`               // fewer: ratio suppressed in displays (5)
	IndicativeN          int `json:"indicative_n"`            // fewer: marked indicative (30)
}

// Escalation are the thresholds and deadlines of the escalation rules.
type Escalation struct {
	LowRatingMax     int `json:"low_rating_max"`     // stars; 2
	CallbackDueHours int `json:"callback_due_hours"` // 24
	TriageDueHours   int `json:"triage_due_hours"`   // 24
	StepHours        int `json:"step_hours"`         // after a missed deadline the next recipient hears after this time (24)
	// Chain holds the e-mail addresses that hear of a case: the first when it
	// opens, the next each time a deadline is missed.
	Chain []string `json:"chain"`
}

// Notify says how staff are told.
type Notify struct {
	MailFrom   string            `json:"mail_from"`             // a verified SES identity; empty: no mail
	WebhookURL string            `json:"webhook_url,omitempty"` // https (http on loopback only); empty: no webhook
	Language   feedback.Language `json:"language"`              // of staff mail
	ReportTo   []string          `json:"report_to"`             // who hears of a new report
}

// Report governs the monthly report.
type Report struct {
	FreezeDay int `json:"freeze_day"` // day of the following month, 00:00 local, at which a report becomes final (6)
}

// Retention is how long things are kept.
type Retention struct {
	LogDays int `json:"log_days"` // one of CloudWatch's values, such as 30
}

// OIDC names the issuer of staff and CRM tokens; empty: the stack's own user pool.
type OIDC struct {
	Issuer   string   `json:"issuer,omitempty"`
	Audience []string `json:"audience,omitempty"`
}

// Alarms says who hears of operational alarms.
type Alarms struct {
	Email string `json:"email,omitempty"`
}

// Parse reads the JSON form and checks what every function relies on. The full
// check, with line numbers, happens at build.
func Parse(b []byte) (*Config, error) {
	c := new(Config)
	if err := json.Unmarshal(b, c); err != nil {
		return nil, fmt.Errorf("reading configuration: %w", err)
	}
	zone, err := time.LoadLocation(c.Organisation.TimeZone)
	if err != nil || c.Organisation.TimeZone == "" {
		return nil, fmt.Errorf("reading configuration: organisation.time_zone %q: not an IANA time zone", c.Organisation.TimeZone)
	}
	c.zone = zone
	c.touchpoints = make(map[feedback.Touchpoint]*Touchpoint, len(c.Touchpoints))
	for i := range c.Touchpoints {
		c.touchpoints[c.Touchpoints[i].ID] = &c.Touchpoints[i]
	}
	c.devices = make(map[feedback.Device]*Device, len(c.Devices))
	for i := range c.Devices {
		c.devices[c.Devices[i].ID] = &c.Devices[i]
	}
	return c, nil
}

// Load reads feedback.json beside the running binary.
func Load() (*Config, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding configuration: %w", err)
	}
	b, err := os.ReadFile(filepath.Join(filepath.Dir(exe), "feedback.json"))
	if err != nil {
		return nil, fmt.Errorf("reading configuration: %w", err)
	}
	return Parse(b)
}

// Zone is the organisation's time zone.
func (c *Config) Zone() *time.Location { return c.zone }

// Touchpoint returns the configured touchpoint, or nil.
func (c *Config) Touchpoint(id feedback.Touchpoint) *Touchpoint { return c.touchpoints[id] }

// Device returns the configured device, or nil.
func (c *Config) Device(id feedback.Device) *Device { return c.devices[id] }
