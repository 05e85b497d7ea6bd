package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestDashboardAndAlarmsShowWhatFunctionsReport(t *testing.T) {
	var sources strings.Builder
	for _, pattern := range []string{"../functions/*/*.go", "../shared/*/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !strings.HasSuffix(file, "_test.go") {
				sources.Write(b)
			}
		}
	}
	body := written(synth(t, dev).one(t, "AWS::CloudWatch::Dashboard", "Dashboard").Properties["DashboardBody"])
	shown := regexp.MustCompile(`MetricName=\\\\*"([A-Za-z]+)`).FindAllStringSubmatch(body, -1)
	if len(shown) < 4 {
		t.Fatalf("the dashboard shows %d of the functions' own metrics: %s", len(shown), body)
	}
	for _, m := range shown {
		if !strings.Contains(sources.String(), strconv.Quote(m[1])) {
			t.Errorf("the dashboard shows %s, which no function reports", m[1])
		}
	}
	for _, id := range synth(t, dev).of("AWS::CloudWatch::Alarm") {
		p := synth(t, dev).Resources[id].Properties
		if metric, _ := p["MetricName"].(string); p["Namespace"] == "Resonanz/dev" && !strings.Contains(sources.String(), strconv.Quote(metric)) {
			t.Errorf("%s watches %s, which no function reports", name(id), metric)
		}
	}
}
