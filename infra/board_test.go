package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"
)

// widget is one of the dashboard's.
type widget struct {
	Type          string
	X, Y          int
	Width, Height int
	Properties    struct {
		Title, Markdown, View string
		Metrics               []any
		YAxis                 struct {
			Left struct {
				Label string
				Min   *float64
			}
		}
		Annotations struct{ Horizontal []struct{ Label string } }
	}
}

func board(t *testing.T) []widget {
	t.Helper()
	var b struct{ Widgets []widget }
	if err := json.Unmarshal([]byte(written(synth(t, dev).one(t, "AWS::CloudWatch::Dashboard", "Dashboard").Properties["DashboardBody"])), &b); err != nil {
		t.Fatal(err)
	}
	return b.Widgets
}

func TestTheDashboardCanBeRead(t *testing.T) {
	rows := map[int]int{}
	titles := map[string]bool{}
	headed := 0 // graphs since the last heading
	for _, w := range board(t) {
		p := w.Properties
		if w.X+w.Width > wide {
			t.Errorf("%s leaves the page", p.Title)
		}
		switch {
		case w.Type == "text":
			if !strings.HasPrefix(p.Markdown, "## ") || !strings.Contains(p.Markdown, "/desk/runbook") || w.Width != wide {
				t.Errorf("a heading without a title or a way to the runbook: %q", p.Markdown)
			}
			headed = 0
			continue
		case p.Title == "" || titles[p.Title]:
			t.Errorf("%q is no title of its own", p.Title)
		case w.Type == "metric" && p.View == "timeSeries":
			if rows[w.Y]++; rows[w.Y] > 2 {
				t.Errorf("%s is the third in its row", p.Title)
			}
			if p.YAxis.Left.Label == "" || p.YAxis.Left.Min == nil {
				t.Errorf("%s does not say what it counts from nothing", p.Title)
			}
			if headed++; headed > 6 {
				t.Errorf("%s is the seventh graph under one heading", p.Title)
			}
		}
		titles[p.Title] = true
		for _, m := range p.Metrics {
			row, _ := m.([]any)
			o, _ := row[len(row)-1].(map[string]any)
			if label, _ := o["label"].(string); label == "" && o["visible"] != false {
				t.Errorf("%s: a line without a name: %v", p.Title, m)
			}
		}
	}
}

// Where an alarm has a bound that can be drawn, it is; and whatever a line or a
// heading names is an alarm.
func TestTheDashboardShowsWhereAlarmsRing(t *testing.T) {
	tmpl := synth(t, dev)
	alarms := map[string]bool{}
	for _, id := range tmpl.of("AWS::CloudWatch::Alarm") {
		alarms[name(id)] = true
	}
	drawn := 0
	for _, w := range board(t) {
		for _, id := range regexp.MustCompile(`\[([A-Za-z]+Alarm)\]`).FindAllStringSubmatch(w.Properties.Markdown, -1) {
			if !alarms[id[1]] {
				t.Errorf("%q leads to %s, which no alarm is", w.Properties.Markdown, id[1])
			}
		}
		for _, a := range w.Properties.Annotations.Horizontal {
			drawn++
			id := regexp.MustCompile(`[A-Za-z]+Alarm$`).FindString(a.Label)
			ends := false
			for alarm := range alarms {
				ends = ends || id != "" && strings.HasSuffix(alarm, id)
			}
			if !ends {
				t.Errorf("%s: the line %q is of no alarm", w.Properties.Title, a.Label)
			}
		}
	}
	if drawn < 8 {
		t.Errorf("%d bounds are drawn", drawn)
	}
}

// What the canary says is in its own graphs, and in no other.
func TestTheDashboardKeepsTheCanaryApart(t *testing.T) {
	body := written(synth(t, dev).one(t, "AWS::CloudWatch::Dashboard", "Dashboard").Properties["DashboardBody"])
	searches := regexp.MustCompile(`SEARCH\('\{[^}]*Touchpoint\}[^']*'`).FindAllString(body, -1)
	if len(searches) < 8 {
		t.Fatalf("%d searches at touchpoints", len(searches))
	}
	for _, s := range searches {
		if !strings.Contains(s, `NOT Touchpoint=\"canary\"`) {
			t.Errorf("%s finds the canary as well", s)
		}
	}
}
