package main

import (
	"time"

	"resonanz/shared/notice"
	"resonanz/shared/report/doc"
)

// headlines is the number of the section that page 1 shows.
const headlines = 2

// digestOf is what a mail says of a document: its title, page 1, and a link.
func digestOf(d *doc.Document, address string, until time.Time) notice.Digest {
	out := notice.Digest{Title: d.Title, Group: d.Group, Status: d.Badge, AsOf: d.AsOf, Link: address, LinkUntil: until.UTC()}
	for i := range d.Sections {
		if d.Sections[i].Number != headlines {
			continue
		}
		for _, b := range d.Sections[i].Blocks {
			for _, f := range b.Figures {
				out.Headlines = append(out.Headlines, notice.Headline{Label: f.Label, Value: f.Value, Beside: f.Beside, Change: f.Change})
			}
		}
	}
	return out
}
