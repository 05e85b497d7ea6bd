package main

import (
	"context"
	"net/http"
	"slices"

	"resonanz/shared/casefile"
	"resonanz/shared/category"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
)

const deskPath = "/v1/desk"

// named is a code with what staff read for it.
type named struct {
	Code string      `json:"code"`
	Name config.Text `json:"name"` // in each of deskLanguages
}

// settings are what the desk must know of the configuration, and of who asks.
// Every text is in both languages of the desk.
type settings struct {
	Organisation    string              `json:"organisation"`
	TimeZone        string              `json:"time_zone"`
	Languages       []feedback.Language `json:"languages"` // of customers
	DefaultLanguage feedback.Language   `json:"default_language"`

	Touchpoints      []spot   `json:"touchpoints"`
	Groups           []part   `json:"groups"`
	Teams            []unit   `json:"teams"`
	Categories       []named  `json:"categories"`
	Reasons          []named  `json:"reasons"` // of votes
	RootCauses       []named  `json:"root_causes"`
	RejectionReasons []named  `json:"rejection_reasons"`
	DismissalReasons []named  `json:"dismissal_reasons"`
	Rules            []named  `json:"rules"`  // of escalation
	Clocks           []named  `json:"clocks"` // deadlines of complaints
	Policies         []policy `json:"policies"`

	Currency      string    `json:"currency"`      // of every amount
	Compensations []redress `json:"compensations"` // types with their kinds
	Limits        []limit   `json:"limits"`        // the first that fits counts; the last has no category and always fits

	Subject subject `json:"subject"`
}

type spot struct {
	ID    feedback.Touchpoint `json:"id"`
	Name  config.Text         `json:"name"`
	Scale feedback.Scale      `json:"scale"`
}

type part struct {
	ID          string                `json:"id"`
	Name        config.Text           `json:"name"`
	Touchpoints []feedback.Touchpoint `json:"touchpoints"`
}

type unit struct {
	ID   string      `json:"id"`
	Name config.Text `json:"name"`
}

type policy struct {
	ID                 string      `json:"id"`
	Name               config.Text `json:"name"`
	FirstResponseHours int         `json:"first_response_hours"` // business hours
	ResolutionHours    int         `json:"resolution_hours"`     // business hours
	CloseDays          int         `json:"close_days"`
	Presets            []string    `json:"presets"`
}

type redress struct {
	Type  string      `json:"type"`
	Name  config.Text `json:"name"`
	Kinds []named     `json:"kinds"`
}

type limit struct {
	Category     string `json:"category,omitempty"` // with its branches
	LimitCents   int64  `json:"limit_cents"`        // of the sum of a case
	ApproveCents int64  `json:"approve_cents"`      // a sum above it needs another person's approval
}

// subject is who asks.
type subject struct {
	ID     string   `json:"id,omitempty"` // under which timelines record them; absent: they cannot act
	Scopes []string `json:"scopes"`       // without the name of the interface before them
}

// deskLanguages are those that the desk speaks.
var deskLanguages = [...]feedback.Language{"de", "en"}

// deskScopes are those that say what somebody may do here.
var deskScopes = [...]string{"cases", "approve", "reports", "invite", "privacy", "intake"}

// desk answers with the settings.
func (h *handler) desk(_ context.Context, c *call) (httpapi.Response, error) {
	s := h.settings()
	s.Subject = subject{Scopes: []string{}}
	if by, err := actor(c); err == nil {
		s.Subject.ID = by.ID
	}
	for _, name := range deskScopes {
		if httpapi.RequireScope(c.Request, "resonanz/"+name) == nil {
			s.Subject.Scopes = append(s.Subject.Scopes, name)
		}
	}
	return httpapi.JSON(http.StatusOK, s)
}

// settingsOf is all but the subject.
func settingsOf(cfg *config.Config) settings {
	s := settings{
		Organisation: cfg.Organisation.Name, TimeZone: cfg.Organisation.TimeZone,
		Languages: cfg.Organisation.Languages, DefaultLanguage: cfg.Organisation.DefaultLanguage,
		Touchpoints: []spot{}, Groups: []part{}, Teams: []unit{}, Categories: []named{}, Reasons: []named{}, Policies: []policy{},
		RootCauses:       namesOf(rootCauses, cfg.Complaints.RootCauses),
		RejectionReasons: namesOf(rejectionReasons, cfg.Complaints.RejectionReasons),
		DismissalReasons: namesOf(dismissalReasons, cfg.Complaints.DismissalReasons),
		Rules:            namesOf(ruleNames, codesOf(ruleNames)),
		Clocks:           namesOf(clockNames, codesOf(clockNames)),
		Currency:         cfg.Complaints.Currency,
	}
	both := func(t config.Text) config.Text {
		out := config.Text{}
		for _, l := range deskLanguages {
			out[l] = cfg.In(t, l)
		}
		return out
	}
	for i := range cfg.Touchpoints {
		t := &cfg.Touchpoints[i]
		s.Touchpoints = append(s.Touchpoints, spot{t.ID, both(t.Name), t.Scale})
	}
	for i := range cfg.Groups {
		g := &cfg.Groups[i]
		s.Groups = append(s.Groups, part{g.ID, both(g.Name), g.Touchpoints})
	}
	for i := range cfg.Teams {
		s.Teams = append(s.Teams, unit{cfg.Teams[i].ID, both(cfg.Teams[i].Name)})
	}
	for _, code := range cfg.Categories {
		name := config.Text{}
		for _, l := range deskLanguages {
			name[l] = category.Name(cfg, code, l)
		}
		s.Categories = append(s.Categories, named{code, name})
	}
	for i := range cfg.Reasons {
		s.Reasons = append(s.Reasons, named{cfg.Reasons[i].Code, both(cfg.Reasons[i].Name)})
	}
	for i := range cfg.Policies {
		p := &cfg.Policies[i]
		s.Policies = append(s.Policies, policy{
			p.ID, nameIn(policyNames, p.ID), p.FirstResponseHours, p.ResolutionHours, p.CloseDays, append([]string{}, p.Presets...),
		})
	}
	for _, kind := range []string{"financial", "material", "immaterial"} {
		s.Compensations = append(s.Compensations, redress{
			kind, nameIn(compensationNames, kind), namesOf(compensationNames, casefile.CompensationKinds[kind]),
		})
	}
	for _, l := range cfg.Complaints.Limits {
		s.Limits = append(s.Limits, limit(l))
	}
	s.Limits = append(s.Limits, limit{"", cfg.Complaints.LimitCents, cfg.Complaints.ApproveCents})
	return s
}

// namesOf gives each code its name.
func namesOf(names map[string][2]string, codes []string) []named {
	out := make([]named, len(codes))
	for i, code := range codes {
		out[i] = named{code, nameIn(names, code)}
	}
	return out
}

// codesOf are those that have names, in order.
func codesOf(names map[string][2]string) []string {
	codes := make([]string, 0, len(names))
	for code := range names {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}
