// Package present says a monthly report in words: it makes of the figures a
// document in one language, which the renderings write as HTML, PDF and tables.
// Beside every share stand the number it rests on and the interval; what is too
// small to show is withheld, not hidden; what has no data says so and why.
package present

import (
	"resonanz/shared/report"
	"resonanz/shared/report/doc"
)

// Document is r in the language of the options: a pure function of both.
func Document(r *report.Report, o Options) *doc.Document {
	return &doc.Document{Language: string(o.Language), Organisation: r.Header.Organisation, Accent: o.Accent, Hash: r.Header.DataHash}
}
