package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// runbook is the page that alarms refer to.
const runbook = "../functions/desk/app/runbook.md"

// sections are the headings of the runbook, each with its text.
func sections(t *testing.T) map[string]string {
	t.Helper()
	b, err := os.ReadFile(runbook)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, part := range regexp.MustCompile(`(?m)^#{1,3} `).Split(string(b), -1)[1:] {
		heading, text, _ := strings.Cut(part, "\n")
		if _, twice := found[heading]; twice {
			t.Errorf("two sections are headed %q", heading)
		}
		found[heading] = text
	}
	return found
}

func TestEveryAlarmEndsWithItsPlaceInTheRunbook(t *testing.T) {
	for _, c := range []struct {
		of   variant
		base string
	}{{dev, "Api.ApiEndpoint"}, {own, "https://feedback.example.com"}, {local, "http://localhost:8080"}} {
		tmpl := synth(t, c.of)
		for _, id := range tmpl.of("AWS::CloudWatch::Alarm") {
			text := written(tmpl.Resources[id].Properties["AlarmDescription"])
			if end := " " + c.base + "/desk/runbook#" + name(id); !strings.HasSuffix(text, end) {
				t.Errorf("%s: %s: %q does not end with %q", c.of.name, name(id), text, end)
			}
			if len(text) > 900 { // 1,024 is the most; what is filled in is longer than its name
				t.Errorf("%s: the description has %d characters", name(id), len(text))
			}
		}
	}
}

func TestTheRunbookHasASectionForEachAlarmAndForNoOther(t *testing.T) {
	book := sections(t)
	alarms := map[string]bool{}
	for _, v := range []variant{dev, own} {
		tmpl := synth(t, v)
		for _, id := range tmpl.of("AWS::CloudWatch::Alarm") {
			alarms[name(id)] = true
		}
	}
	for id := range alarms {
		text, ok := book[id]
		if !ok {
			t.Errorf("the runbook says nothing about %s", id)
			continue
		}
		for _, part := range []string{"**What it means.** ", "**Look.** ", "**Mend.** ", "**Over when** "} {
			if !strings.Contains(text, part) {
				t.Errorf("%s lacks %q", id, part)
			}
		}
	}
	for heading := range book {
		if strings.HasSuffix(heading, "Alarm") && !alarms[heading] {
			t.Errorf("the runbook tells of %s, which no stack has", heading)
		}
	}
}

func TestLinksWithinTheRunbookLeadSomewhere(t *testing.T) {
	book := sections(t)
	// An alarm's section bears its id, any other its heading in small letters.
	anchors := map[string]bool{}
	for heading := range book {
		if strings.HasSuffix(heading, "Alarm") {
			anchors[heading] = true
		} else {
			anchors[strings.ReplaceAll(strings.ToLower(heading), " ", "-")] = true
		}
	}
	for heading, text := range book {
		for _, link := range regexp.MustCompile(`\]\(([^)]*)\)`).FindAllStringSubmatch(text, -1) {
			if to, ok := strings.CutPrefix(link[1], "#"); !ok || !anchors[to] {
				t.Errorf("%s: the link %s leads nowhere", heading, link[1])
			}
		}
	}
}
