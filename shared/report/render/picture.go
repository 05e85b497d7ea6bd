package render

import (
	"resonanz/shared/satisfaction"
)

// whisker draws a share and its interval on the range from 0 to 100. What it
// shows stands in words beside it.
func (d *document) whisker(f *satisfaction.Figures, class raw) {
	if f.CSATPct == nil || f.CSATCI95Pct == nil {
		return
	}
	lo, hi := f.CSATCI95Pct.Lo(), f.CSATCI95Pct.Hi()
	d.raw("<svg class=\"whisker ", class, "\" aria-hidden=true focusable=false><line class=axis x1=0 x2=100% y1=50% y2=50% />")
	for _, tick := range [...]raw{"0%", "25%", "50%", "75%", "100%"} {
		d.raw("<line class=axis x1=", tick, " x2=", tick, " y1=30% y2=70% />")
	}
	d.raw("<rect class=ci y=25% height=50% rx=3 x=")
	d.number(lo)
	d.raw("% width=")
	d.number(max(hi-lo, 0.5))
	d.raw("% /><circle class=dot cy=50% r=5 cx=")
	d.number(*f.CSATPct)
	d.raw("% /></svg>")
	if class == "wide" {
		d.raw("<p class=axisnames aria-hidden=true><span>0</span><span>50</span><span>")
		d.text("100" + d.PercentSign)
		d.raw("</span></p>")
	}
}

// shade is the colour class of a rating: 0 the worst of its scale, 4 the best.
func shade(rating int, of satisfaction.Distribution) raw {
	lo, hi := of[0].Rating, of[len(of)-1].Rating
	if hi == lo {
		return "c4"
	}
	return [...]raw{"c0", "c1", "c2", "c3", "c4"}[min(5*(rating-lo)/(hi-lo+1), 4)]
}

// stacked draws a distribution as one bar; its label tells the counts.
func (d *document) stacked(of satisfaction.Distribution, label string) {
	shares := of.Shares(1)
	if shares == nil {
		return
	}
	d.raw("<svg class=stacked role=img aria-label=\"")
	d.text(label)
	d.raw("\"><title>")
	d.text(label)
	d.raw("</title>")
	at := 0.0
	for _, s := range shares {
		share := s.Percent(1)
		if share == 0 {
			continue
		}
		d.raw("<rect class=", shade(s.Rating, of), " height=100% x=")
		d.number(at)
		d.raw("% width=")
		d.number(share)
		d.raw("% />")
		at += share
	}
	d.raw("</svg>")
}

// spread draws the distributions of a row: one, or one for each scale.
func (d *document) spread(f *satisfaction.Figures) {
	if !f.Mixed {
		d.stacked(f.Distribution, d.tell(f.Distribution))
		return
	}
	for _, s := range f.ByScale {
		d.stacked(s.Distribution, d.ScaleNames[s.Scale]+": "+d.tell(s.Distribution))
	}
}

// tell says a distribution in words: "1: 12, 2: 7, …".
func (d *document) tell(of satisfaction.Distribution) string {
	s := ""
	for i, c := range of {
		if i > 0 {
			s += ", "
		}
		s += integer(c.Rating) + ": " + d.count(c.N)
	}
	return s
}

// bars draws a distribution with a line for each rating, the best first.
func (d *document) bars(caption string, of satisfaction.Distribution, rating func(int) string) {
	shares := of.Shares(1)
	if shares == nil {
		return
	}
	widest := 0.0
	for _, s := range shares {
		widest = max(widest, s.Percent(1))
	}
	d.raw("<table class=bars><caption>")
	d.text(caption)
	d.raw("</caption><tbody>")
	for i := len(shares) - 1; i >= 0; i-- {
		s := shares[i]
		d.raw("<tr><th scope=row>")
		d.text(rating(s.Rating))
		d.raw("</th><td class=bar><svg aria-hidden=true focusable=false><rect class=", shade(s.Rating, of), " height=100% rx=2 width=")
		d.number(100 * s.Percent(1) / widest)
		d.raw("% /></svg></td><td class=num>")
		d.text(d.decimal(s.Percent(1), 1) + d.PercentSign)
		d.raw("</td><td class=\"num soft\">")
		d.text(d.count(of[i].N))
		d.raw("</td></tr>")
	}
	d.raw("</tbody></table>")
}
