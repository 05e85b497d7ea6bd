// Package config is the configuration as functions see it: feedback.yaml,
// checked against its schema at build, packed into a file beside each binary, and
// read once at start.
package config

import (
	"slices"
	"time"

	"resonanz/shared/feedback"
)

// Config is the whole configuration. Field names in JSON and YAML are the same.
type Config struct {
	Organisation Organisation `json:"organisation"`
	PublicURL    string       `json:"public_url,omitempty"` // base of customer links, no trailing slash; empty: the API's own address
	Domain       Domain       `json:"domain"`
	Edge         Edge         `json:"edge"`
	Links        Links        `json:"links"`
	Invitations  Invitations  `json:"invitations"`
	Reasons      []Reason     `json:"reasons,omitempty"`
	Categories   []string     `json:"categories"` // of complaints, as a tree in dots: "billing.refund_delay"
	Cards        []Card       `json:"cards,omitempty"`
	Touchpoints  []Touchpoint `json:"touchpoints"`
	Groups       []Group      `json:"groups,omitempty"` // of touchpoints, each with reports of its own
	Devices      []Device     `json:"devices"`
	Rules        Rules        `json:"rules"`
	Escalation   Escalation   `json:"escalation"`

	CategoryNames map[string]Text `json:"category_names,omitempty"` // of categories beyond the usual ones, or in other words
	Complaints    Complaints      `json:"complaints"`
	Teams         []Team          `json:"teams,omitempty"`
	Routes        []Route         `json:"routes,omitempty"` // the first that fits counts
	Policies      []Policy        `json:"policies"`
	Calendars     []Calendar      `json:"calendars"`

	Notify    Notify    `json:"notify"`
	Report    Report    `json:"report"`
	Retention Retention `json:"retention"`
	OIDC      OIDC      `json:"oidc"`
	Alarms    Alarms    `json:"alarms"`
	Budget    Budget    `json:"budget"`
	Canary    Canary    `json:"canary"`
	Keep      bool      `json:"keep"` // of this stage: its data outlives the stack

	zone        *time.Location
	zones       map[string]*time.Location // of the organisation and of calendars, by their names
	touchpoints map[feedback.Touchpoint]*Touchpoint
	devices     map[feedback.Device]*Device
	cards       map[string]*Card
	reasons     map[string]*Reason
}

// Text is a text in several languages: one for each of organisation.languages.
type Text map[feedback.Language]string

// Organisation is who asks.
type Organisation struct {
	Name            string              `json:"name"`
	TimeZone        string              `json:"time_zone"` // IANA name; periods and business hours
	Languages       []feedback.Language `json:"languages"`
	DefaultLanguage feedback.Language   `json:"default_language"`
	Accent          string              `json:"accent"`                // brand colour, #rrggbb
	Anonymous       bool                `json:"anonymous"`             // answers, where a touchpoint does not say
	Address         string              `json:"address,omitempty"`     // postal, in one line: at the foot of mail to customers
	PrivacyURL      string              `json:"privacy_url,omitempty"` // of the privacy notice, linked from pages and mail
}

// Links governs the rating links.
type Links struct {
	ValidDays int `json:"valid_days"` // 1..28: a link never outlives the month after its issue
}

// Invitations governs how customers are asked.
type Invitations struct {
	FatigueDays  int `json:"fatigue_days"`  // one customer is asked at most once in this time (30); 0: no limit
	ReminderDays int `json:"reminder_days"` // one reminder by mail to who has not answered after this time; 0: none
}

// Touchpoint is a place or occasion of contact.
type Touchpoint struct {
	ID    feedback.Touchpoint `json:"id"`
	Name  Text                `json:"name"`
	Scale feedback.Scale      `json:"scale"` // stars_1_5 or csat_1_10
	// Reasons are the codes offered after a vote, those of Config.Reasons whose
	// mood fits the score.
	Reasons []string `json:"reasons,omitempty"`
	Ask     []string `json:"ask,omitempty"`  // further questions after a vote: fcr, nps, ces
	Card    string   `json:"card,omitempty"` // the card behind a personal link /c/{token}
	// Anonymous: answers cannot be led back to who gave them; nil: as
	// organisation.anonymous says.
	Anonymous *bool `json:"anonymous,omitempty"`
}

// Asks reports whether customers of t are asked q ("fcr", "nps" or "ces").
func (t *Touchpoint) Asks(q string) bool { return slices.Contains(t.Ask, q) }

// Reason is a reason code with its name.
type Reason struct {
	Code string `json:"code"` // goes into facts: lower-case, no free text
	Name Text   `json:"name"`
	Mood Mood   `json:"mood"`
}

// Mood says after which scores a reason is offered.
type Mood string

// The moods. Good is a satisfied score (4 and 5 of 5, 9 and 10 of 10).
const (
	Bad  Mood = "bad"  // offered after every score that is not satisfied
	Good Mood = "good" // offered after a satisfied score
	Any  Mood = "any"
)

// Card is a response card: a short questionnaire. Its first question is always
// the rating of the touchpoint; the sections hold the others.
type Card struct {
	ID       string        `json:"id"` // same shape as a touchpoint id
	Title    Text          `json:"title"`
	Phase    string        `json:"phase,omitempty"` // of a project, a code such as "commissioning"
	Sections []CardSection `json:"sections,omitempty"`
	// Touchpoints are where the card is laid out: /c/{card}/{touchpoint}.
	Touchpoints []feedback.Touchpoint `json:"touchpoints"`
}

// CardSection is a group of questions.
type CardSection struct {
	Title Text       `json:"title,omitempty"`
	Items []CardItem `json:"items"`
}

// CardItem is one question; every one is voluntary.
type CardItem struct {
	ID      string       `json:"id"` // goes into facts: a code, unique on its card
	Kind    ItemKind     `json:"kind"`
	Label   Text         `json:"label"`
	Options []CardOption `json:"options,omitempty"` // of a choice
	// Measures marks an indicator of loyalty: repurchase, recommend, prefer (over
	// competitors) or stay; empty: none.
	Measures string `json:"measures,omitempty"`
}

// CardOption is one answer of a choice.
type CardOption struct {
	Code string `json:"code"`
	Name Text   `json:"name"`
}

// ItemKind says how a question is answered.
type ItemKind string

// The kinds of questions.
const (
	ItemRating     ItemKind = "rating" // 1 to 5
	ItemChoice     ItemKind = "choice"
	ItemYesNo      ItemKind = "yes_no"
	ItemText       ItemKind = "text"       // own words: personal, never a fact
	ItemSuggestion ItemKind = "suggestion" // at most one on a card; own words too
)

// Item is the question id of the card, or nil.
func (c *Card) Item(id string) *CardItem {
	for i := range c.Sections {
		for j := range c.Sections[i].Items {
			if it := &c.Sections[i].Items[j]; it.ID == id {
				return it
			}
		}
	}
	return nil
}

// At reports whether the card is laid out at a touchpoint, or is the one behind
// its personal links.
func (c *Card) At(t *Touchpoint) bool { return t.Card == c.ID || slices.Contains(c.Touchpoints, t.ID) }

// Device is an enrolled kiosk or terminal. Its key derives from the master
// secret, its id and its generation: raising the generation revokes the old key.
type Device struct {
	ID         feedback.Device     `json:"id"`
	Touchpoint feedback.Touchpoint `json:"touchpoint"`
	Channel    feedback.Channel    `json:"channel"` // kiosk or terminal
	Generation int                 `json:"generation"`
	Revoked    bool                `json:"revoked,omitempty"`
	Look       string              `json:"look"` // of a kiosk: stars or faces
	// SilentMinutes after its last sign of life a device counts as dead, within
	// Hours: DATA_GAP. 0: it is not watched.
	SilentMinutes int    `json:"silent_minutes"`
	Hours         *Hours `json:"hours,omitempty"` // when it is switched on; nil: always
}

// Hours are opening hours in the organisation's zone, the same on each of Days.
type Hours struct {
	Days []string `json:"days"` // mon, tue, wed, thu, fri, sat, sun
	From string   `json:"from"` // hh:mm
	To   string   `json:"to"`   // hh:mm, later than From on the same day
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

	CriticalStepMinutes int      `json:"critical_step_minutes"` // the same in a critical case, which is due at once (60)
	CriticalCategories  []string `json:"critical_categories"`   // of complaints, each with its branches
	CriticalWords       []string `json:"critical_words"`        // of complaints: threats of law or media; a star at the end: any ending
	HighValueMax        int      `json:"high_value_max"`        // stars of segment A: HIGH_VALUE_LOW_RATING (3)
	RepeatDays          int      `json:"repeat_days"`           // REPEAT_COMPLAINT: same customer and category … (90)
	RepeatCount         int      `json:"repeat_count"`          // … so often (2)
	FollowUpCategories  []string `json:"follow_up_categories"`  // FOLLOW_UP_COMPLAINT: complaint_handling
	DisappointedMax     int      `json:"disappointed_max"`      // DISAPPOINTED_AFTER_CLOSURE: satisfaction 1 to 5 (2)
	Signals             Signals  `json:"signals"`
	Crisis              Crisis   `json:"crisis"`
}

// Signals are the thresholds by which figures ask for attention.
type Signals struct {
	MinimumLow   int     `json:"minimum_low"`   // low ratings below which nothing is a SPIKE (5)
	Alpha        float64 `json:"alpha"`         // Poisson probability of a burst, and of a silence (0.001)
	BaselineDays int     `json:"baseline_days"` // days before that say what is usual (28)
	BurstTaps    int     `json:"burst_taps"`    // SUSPICIOUS_VOTING: taps at one kiosk … (20)
	BurstSeconds int     `json:"burst_seconds"` // … within this time (60)
	RunLength    int     `json:"run_length"`    // … or equal ratings in a row at one kiosk (25)
}

// Crisis says when spikes are a crisis, and what customers are then told.
type Crisis struct {
	WindowHours int  `json:"window_hours"`     // spikes within this time count together (24)
	Touchpoints int  `json:"touchpoints"`      // CRISIS: spikes at so many (2)
	Notice      Text `json:"notice,omitempty"` // added to acknowledgements while a crisis lasts; empty: none
}

// Complaints governs how complaints are taken and handled.
type Complaints struct {
	Attachments      int      `json:"attachments"`       // files a customer may add, 0..3 (3)
	AttachmentMB     int      `json:"attachment_mb"`     // length of each (10)
	ReopenDays       int      `json:"reopen_days"`       // after closing, in which the customer may reopen (30)
	SurveyDays       int      `json:"survey_days"`       // after closing, in which the customer may rate the handling (30)
	LinkDays         int      `json:"link_days"`         // how long a link to a status page works (400)
	RootCauses       []string `json:"root_causes"`       // codes
	RejectionReasons []string `json:"rejection_reasons"` // codes
	DismissalReasons []string `json:"dismissal_reasons"` // codes, of drafts that are no complaint
	Redress          Text     `json:"redress,omitempty"` // where who disagrees can turn, such as an arbitration board; empty: nothing is said
	Currency         string   `json:"currency"`          // ISO 4217, of compensations (EUR)
	Limits           []Limit  `json:"limits,omitempty"`  // by category; the first that fits counts
	LimitCents       int64    `json:"limit_cents"`       // of one case where no limit fits (50000)
	ApproveCents     int64    `json:"approve_cents"`     // a case's sum above it needs another person's approval (10000)
	DefaultTeam      string   `json:"default_team"`      // where no route fits; empty: the organisation itself
	DefaultPolicy    string   `json:"default_policy"`    // DEFAULT
}

// Limit bounds the compensations of the cases of a category.
type Limit struct {
	Category     string `json:"category"` // with its branches
	LimitCents   int64  `json:"limit_cents"`
	ApproveCents int64  `json:"approve_cents"`
}

// Team answers complaints.
type Team struct {
	ID    string   `json:"id"`
	Name  Text     `json:"name"`            // as customers read it
	Chain []string `json:"chain,omitempty"` // of recipients; empty: escalation.chain
}

// Route says who handles which complaints, and by which policy.
type Route struct {
	Touchpoints []feedback.Touchpoint `json:"touchpoints,omitempty"` // empty: any
	Categories  []string              `json:"categories,omitempty"`  // each with its branches; empty: any
	Team        string                `json:"team,omitempty"`
	Owner       string                `json:"owner,omitempty"`
	Policy      string                `json:"policy,omitempty"`
}

// Policy is a service level.
type Policy struct {
	ID                 string   `json:"id"`
	Calendar           string   `json:"calendar"`
	FirstResponseHours int      `json:"first_response_hours"` // business hours (8)
	ResolutionHours    int      `json:"resolution_hours"`     // business hours (40)
	AtRiskPercent      int      `json:"at_risk_percent"`      // of the time allowed (80)
	CloseDays          int      `json:"close_days"`           // after resolving, when the customer says nothing (14)
	Presets            []string `json:"presets,omitempty"`    // regulatory: ENWG_111A, FCA_DISP, PSD2_101, GDPR_12_3
}

// Calendar is when business is done.
type Calendar struct {
	ID       string   `json:"id"`
	TimeZone string   `json:"time_zone,omitempty"` // empty: the organisation's
	Blocks   []Block  `json:"blocks"`
	Region   string   `json:"region,omitempty"` // of public holidays, such as DE-NW; empty: none
	Closed   []string `json:"closed,omitempty"` // further dates, yyyy-mm-dd
	// Holidays are those of Region, worked out at build, yyyy-mm-dd in order.
	Holidays Dates `json:"holidays,omitempty"`
}

// Block is a stretch of business time, the same on each of Days. A day may have
// several.
type Block struct {
	Days []string `json:"days"` // mon, tue, wed, thu, fri, sat, sun
	From string   `json:"from"` // hh:mm
	To   string   `json:"to"`   // hh:mm, later than From; 24:00 ends the day
}

// Notify says how staff are told.
type Notify struct {
	MailFrom   string            `json:"mail_from"` // a verified SES identity; empty: no mail
	Identity   Identity          `json:"identity"`
	WebhookURL string            `json:"webhook_url,omitempty"` // https (http on loopback only); empty: no webhook
	Webhooks   []Webhook         `json:"webhooks,omitempty"`
	Language   feedback.Language `json:"language"`  // of staff mail
	ReportTo   []string          `json:"report_to"` // who hears of a new report
}

// Webhook is an endpoint of the owner's that is told what staff are told.
type Webhook struct {
	ID string `json:"id"`
	// URL is https and public. Empty: it is kept in the stack's secret of webhook
	// addresses under ID, as an address that is a secret itself must be.
	URL    string `json:"url,omitempty"`
	Format string `json:"format"` // standard (signed, Standard Webhooks), slack or teams
	// Reasons of alerts that are told; empty: all.
	Reasons []string `json:"reasons,omitempty"`
}

// Report governs the monthly report.
type Report struct {
	FreezeDay int `json:"freeze_day"` // day of the following month, 00:00 local, at which a report becomes final (6)
	// Recipients hear of each new version, by role. notify.report_to are further
	// ones: of the whole, with the role "report".
	Recipients []Recipient `json:"recipients,omitempty"`
	Attach     bool        `json:"attach"`      // the PDF goes with the mail; else a link that expires (true)
	LinkDays   int         `json:"link_days"`   // how long such a link works (14)
	RepeatDays int         `json:"repeat_days"` // FCR: another contact within this time says that the first did not solve the matter (7)
	ActionDays int         `json:"action_days"` // a corrective action is judged by so many days before and after, at most (90)
	// Assumptions of cost and benefit; nil: that section says that there are none.
	Assumptions *Assumptions `json:"assumptions,omitempty"`
}

// Recipient gets reports.
type Recipient struct {
	Role     string            `json:"role"` // such as management, quality, site: shown in the mail
	Emails   []string          `json:"emails"`
	Language feedback.Language `json:"language,omitempty"` // de or en; empty: notify.language
	Groups   []string          `json:"groups,omitempty"`   // ids; empty: the report of the whole
	Statuses []string          `json:"statuses,omitempty"` // preliminary, final, restated; empty: all
}

// Group is a part of the organisation with a report of its own: a location, a
// product, a team.
type Group struct {
	ID          string                `json:"id"`
	Name        Text                  `json:"name"`
	Touchpoints []feedback.Touchpoint `json:"touchpoints"`
}

// Assumptions are what cost and benefit of handling complaints are estimated
// by. Shares are 0 to 1, money is cents.
type Assumptions struct {
	WouldHaveLeft   float64 `json:"would_have_left_share"`
	Retained        float64 `json:"retained_share_of_those"`
	MarginCents     int64   `json:"margin_per_customer_year_cents"`
	Years           float64 `json:"years"`
	Positive        float64 `json:"positive_word_of_mouth_contacts"`
	Conversion      float64 `json:"conversion"`
	Negative        float64 `json:"negative_word_of_mouth_contacts"`
	LossConversion  float64 `json:"loss_conversion"`
	PerHourCents    int64   `json:"cost_per_hour_cents"`
	HoursPerCase    float64 `json:"hours_per_complaint"`
	ITAdminCents    int64   `json:"it_admin_cents"`
	PerMessageCents int64   `json:"cost_per_message_cents"`
}

// Touchpoint returns the configured touchpoint, or nil.
func (c *Config) Touchpoint(id feedback.Touchpoint) *Touchpoint { return c.touchpoints[id] }

// Device returns the configured device, or nil.
func (c *Config) Device(id feedback.Device) *Device { return c.devices[id] }

// Card returns the configured card, or nil.
func (c *Config) Card(id string) *Card { return c.cards[id] }

// Group returns the configured group of touchpoints, or nil.
func (c *Config) Group(id string) *Group {
	for i := range c.Groups {
		if c.Groups[i].ID == id {
			return &c.Groups[i]
		}
	}
	return nil
}

// Reason returns the configured reason code, or nil.
func (c *Config) Reason(code string) *Reason { return c.reasons[code] }

// In is t in language l, else in the organisation's default language, else "".
func (c *Config) In(t Text, l feedback.Language) string {
	if s := t[l]; s != "" {
		return s
	}
	return t[c.Organisation.DefaultLanguage]
}
