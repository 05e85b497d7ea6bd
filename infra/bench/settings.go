package main

import (
	"encoding/json"
	"fmt"
	"strings"
)

// setting is what the stack gives a function: memory in MiB and its environment.
// What only a deployment knows of the environment, an address or a name, is one of
// the world in which it is measured.
type setting struct {
	memory int
	env    map[string]string
}

// settingsOf reads the settings of all functions from the template that the tests
// of the stack hold against what it synthesises (infra/testdata/dev.json). So what
// is measured runs as what is deployed.
func settingsOf(template []byte) (map[string]setting, error) {
	var t struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				MemorySize  int
				Description any
				Environment struct{ Variables map[string]json.RawMessage }
			}
		}
	}
	if err := json.Unmarshal(template, &t); err != nil {
		return nil, fmt.Errorf("reading the template of the stack: %w", err)
	}
	all := make(map[string]setting)
	for id, r := range t.Resources {
		text, _ := r.Properties.Description.(string)
		if r.Type != "AWS::Lambda::Function" || !strings.HasPrefix(text, "Resonanz: ") {
			continue
		}
		const hash = 8 // characters that CloudFormation's logical ids end in
		name := strings.ToLower(id[:max(0, len(id)-hash)])
		s := setting{memory: r.Properties.MemorySize, env: make(map[string]string)}
		for k, raw := range r.Properties.Environment.Variables {
			if json.Unmarshal(raw, &text) == nil {
				s.env[k] = text
			} else {
				s.env[k] = measured(k)
			}
		}
		all[name] = s
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("reading the template of the stack: it holds no function")
	}
	return all, nil
}

// Names of what the world holds.
const (
	account    = "000000000000"
	region     = "eu-central-1"
	publicURL  = "https://feedback.example.com"
	bucketName = "bench-bucket"
)

// measured is what stands in for a value that only a deployment knows.
func measured(name string) string {
	short := strings.ToLower(strings.ReplaceAll(name, "_", "-"))
	switch {
	case name == "PUBLIC_URL":
		return publicURL
	case name == "TABLE_NAME":
		return "bench-table"
	case name == "BUCKET_NAME":
		return bucketName
	case name == "ATTACHMENTS_BUCKET":
		return "bench-attachments"
	case name == "ALERT_TOPIC_ARN":
		return "arn:aws:sns:" + region + ":" + account + ":bench"
	case strings.HasSuffix(name, "_SECRET_ARN"):
		return strings.ToLower(strings.TrimSuffix(name, "_SECRET_ARN"))
	case strings.HasSuffix(name, "QUEUE_URL"), strings.HasSuffix(name, "DLQ_URL"), strings.HasSuffix(name, "DLQ_URLS"):
		return "https://sqs." + region + ".example.com/" + account + "/" + short
	case strings.HasSuffix(name, "_URL"), name == "TOKEN_ISSUER":
		return "https://id.example.com/" + short
	}
	return "bench-" + short
}
