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
			if len(b.List) > 0 { // the first list are the headlines
				out.Headlines = b.List
				break
			}
		}
	}
	return out
}
