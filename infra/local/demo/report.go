package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

// What is played so that each section of the report has something to tell of.
const (
	pastMonths = 12
	pastTaps   = 48                  // in each of them
	matured    = 8 * 24 * time.Hour  // contacts are older: their window is over
	earliest   = 20 * 24 * time.Hour // and younger
)

// topics are what contacts are about.
var topics = []string{"billing", "delivery", "product"}

// contact tells of the contact that most customers are asked about; some come
// again about it.
func (p *planner) contact(c *Customer, i int) {
	if p.chance(30) {
		return
	}
	resolved := p.chance(80)
	start, _ := period.Of(p.now, p.cfg.Zone()).Bounds(p.cfg.Zone())
	at := p.now.Add(-matured - time.Duration(p.rand.Int64N(int64(earliest-matured)))).Truncate(time.Second)
	if at.Before(start) { // early in a month: its window is not over yet
		at = start
	}
	in := &c.Invite
	in.Topic, in.Resolved, in.Beyond = pick(p, topics), &resolved, p.chance(8)
	in.ContactAt = at.In(p.cfg.Zone()).Format(time.RFC3339)
	if in.CustomerKey == "" || !p.chance(12) {
		return
	}
	again := *in
	again.EventID = p.id("again", strconv.Itoa(i))
	if at = at.Add(time.Duration(1+p.rand.IntN(9)) * 24 * time.Hour); at.After(p.now) {
		at = p.now
	}
	again.ContactAt = at.In(p.cfg.Zone()).Format(time.RFC3339)
	c.Again = &again
}

// followUps are what some customers answer after their vote.
func (p *planner) followUps(tp *config.Touchpoint, v *Vote) {
	least, greatest := tp.Scale.Bounds()
	happy := float64(v.Stars-least) / float64(greatest-least) // 0 to 1
	around := func(least, greatest int) string {
		n := least + int(happy*float64(greatest-least)+0.5) + p.rand.IntN(3) - 1
		return strconv.Itoa(max(least, min(greatest, n)))
	}
	if len(tp.Reasons) > 0 && p.chance(60) {
		for _, code := range tp.Reasons {
			good := happy >= 0.75
			if r := p.cfg.Reason(code); r != nil && (r.Mood == config.Any || (r.Mood == config.Good) == good) && p.chance(50) {
				v.Reason = code
				break
			}
		}
	}
	if tp.Asks("fcr") && p.chance(60) {
		v.FCR = map[bool]string{true: "yes", false: "no"}[p.chance(25+int(happy*65))]
	}
	if tp.Asks("nps") && p.chance(60) {
		v.NPS = around(0, 10)
	}
	if tp.Asks("ces") && p.chance(60) {
		v.CES = around(1, 7)
	}
}

// Measure is a corrective action: the body of POST /v1/actions.
type Measure struct {
	ID       string `json:"id"`
	Category string `json:"category"`
	Title    string `json:"title"`
	StartsAt string `json:"starts_at"`
}

// measures is one that was taken some days ago.
func (p *planner) measures() []Measure {
	if len(p.cfg.Categories) == 0 {
		return nil
	}
	return []Measure{{
		ID: "demo-" + string(p.id("measure"))[:8], Category: p.cfg.Categories[0], Title: "Prüfung vor dem Versand / Check before dispatch",
		StartsAt: p.now.AddDate(0, 0, -3).In(p.cfg.Zone()).Format(time.RFC3339),
	}}
}

// PastMonth is what one device tells of an earlier month: only taps, which are no
// reason to call anybody.
type PastMonth struct {
	Device feedback.Device
	Period period.Period
	Events []Event
}

// past are the twelve months before, so that trends have a past. A device may
// tell of taps as long ago as rules.max_age_days.
func (p *planner) past(now period.Period) (all []PastMonth) {
	for i := range p.cfg.Devices {
		d := &p.cfg.Devices[i]
		tp := p.cfg.Touchpoint(d.Touchpoint)
		if d.Revoked || tp == nil {
			continue
		}
		for n := -pastMonths; n < 0; n++ {
			month := now.Add(n)
			start, end := month.Bounds(p.cfg.Zone())
			if start.Before(p.now.AddDate(0, 0, 1-p.cfg.Rules.MaxAgeDays)) {
				continue
			}
			m := PastMonth{Device: d.ID, Period: month}
			for j := range pastTaps / len(p.cfg.Devices) {
				at := start.Add(end.Sub(start) / time.Duration(pastTaps) * time.Duration(j))
				m.Events = append(m.Events, Event{
					EventID: p.id("past", string(d.ID), month.String(), strconv.Itoa(j)), Touchpoint: tp.ID, Channel: d.Channel, Scale: tp.Scale,
					Rating: p.stars(tp), SubmittedAt: at.In(p.cfg.Zone()).Format(time.RFC3339),
				})
			}
			all = append(all, m)
		}
	}
	return all
}

// remember sends what devices tell of earlier months.
func (p *player) remember(ctx context.Context, all []PastMonth) error {
	for _, m := range all {
		results, err := batch(ctx, p.client, p.keys[m.Device], m.Events)
		if err != nil {
			return err
		}
		for _, r := range results {
			if r.Status != "accepted" {
				return fmt.Errorf("a tap of %s: %s, want accepted", m.Period, r.Status)
			}
		}
		p.note(func(s *Sent) {
			for _, r := range results {
				s.Past++
				s.past[uuid(r.EventID)] = true
			}
		})
	}
	return nil
}

// take takes a corrective action.
func (p *player) take(ctx context.Context, m *Measure) error {
	body, err := json.Marshal(m)
	if err != nil {
		return err
	}
	a, err := p.client.do(ctx, "POST", p.client.base+"/v1/actions", p.client.jwt, "application/json", body)
	if err != nil {
		return fmt.Errorf("taking a corrective action: %w", err)
	}
	if a.status != 201 {
		return a.unexpected("POST /v1/actions")
	}
	return nil
}

// given is what the organisation knows of the month besides its facts; the
// numbers are plainly made up.
func given(cfg *config.Config) map[string]any {
	contacts := make(map[feedback.Touchpoint]int)
	for i := range cfg.Touchpoints {
		contacts[cfg.Touchpoints[i].ID] = 600 * (i + 1)
	}
	return map[string]any{
		"contacts": contacts,
		"survey":   map[string]int{"respondents": 400, "dissatisfied": 80, "of_them_complained": 32, "of_complaints_found_in_register": 24},
	}
}

// formats are the renderings that are kept beside demo.json.
var formats = []string{"json", "html", "pdf", "xlsx", "csv"}

// fetchReport has the report made, for each group and for the whole, and keeps
// copies of the whole.
func (r *Result) fetchReport(ctx context.Context, c *client, o Options) error {
	month := r.Period.String()
	for i := range o.Config.Groups {
		if err := c.report(ctx, month+"?group="+o.Config.Groups[i].ID, struct{}{}); err != nil {
			return err
		}
		r.GroupReports++
	}
	if err := c.report(ctx, month, given(o.Config)); err != nil {
		return err
	}
	r.Links.Reports = make(map[string]string)
	for _, format := range formats {
		body, err := c.get(ctx, o.Outputs.APIURL+"/v1/reports/"+month+"."+format, c.jwt)
		if err != nil {
			return err
		}
		name := "report." + format
		if format == "csv" {
			name = "report.csv.zip"
		}
		path := filepath.Join(o.Dir, name)
		if err := os.WriteFile(path, body, 0o644); err != nil {
			return fmt.Errorf("keeping the report: %w", err)
		}
		r.Links.Reports[format] = path
		if format == "json" {
			if err := json.Unmarshal(body, &r.Report); err != nil {
				return fmt.Errorf("reading the report: %w", err)
			}
		}
	}
	r.Links.ReportHTML, r.Links.ReportJSON = r.Links.Reports["html"], r.Links.Reports["json"]
	return nil
}
