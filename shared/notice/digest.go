package notice

import "time"

// Digest is what a mail says of one version of a report in one language: the
// press leaves it beside the version, so that whoever writes the mail needs
// neither the report nor the words of its sections.
type Digest struct {
	Title     string    `json:"title"`           // "Monatsbericht März 2026"
	Group     string    `json:"group,omitempty"` // name of the part it is of; empty: the whole
	Status    string    `json:"status"`          // in words
	AsOf      string    `json:"as_of"`           // until when it counts, in words
	Headlines []string  `json:"headlines"`       // page 1
	Link      string    `json:"link"`            // to the version, for whoever has it, until LinkUntil
	LinkUntil time.Time `json:"link_until"`
}
