package notice

import "time"

// Digest is what a mail says of one version of a report in one language: the
// press leaves it beside the version, so that whoever writes the mail needs
// neither the report nor the words of its sections.
type Digest struct {
	Title     string     `json:"title"`           // "Monatsbericht März 2026"
	Group     string     `json:"group,omitempty"` // name of the part it is of; empty: the whole
	Status    string     `json:"status"`          // in words
	AsOf      string     `json:"as_of"`           // until when it counts, in words
	Headlines []Headline `json:"headlines"`       // three: page 1
	Link      string     `json:"link"`            // to the version, for whoever has it, until LinkUntil
	LinkUntil time.Time  `json:"link_until"`
}

// Headline is one of the headlines of page 1.
type Headline struct {
	Label  string `json:"label"`            // "CSAT"
	Value  string `json:"value"`            // "82,4 %"
	Beside string `json:"beside,omitempty"` // n and interval
	Change string `json:"change,omitempty"` // verdict in words
}
