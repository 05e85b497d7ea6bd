package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
)

func TestSamplesAreSignedForTheRunningStack(t *testing.T) {
	own := credentials{
		link: func(card bool) (string, error) {
			if card {
				return "NEWCARDTOKEN", nil
			}
			return "NEWTOKEN", nil
		},
		complaint: func() (string, string, error) { return "NEWPAGE", "NEWNUMBER", nil },
		deviceKey: func(id feedback.Device) (string, bool, error) {
			return string(id) + ".1.NEWKEY", strings.HasPrefix(string(id), "kiosk-"), nil
		},
	}
	for sample, want := range map[string][]string{
		"rating-get.json":       {"link token"},
		"rating-post.json":      {"link token"},
		"ratings-post.json":     {"device key"},
		"batch-post.json":       {"device key"},
		"card-link-get.json":    {"link token"},
		"unsubscribe-post.json": {"link token"},
		"cards-post.json":       {"device key"},
		"beats-post.json":       {"device key"},
		"status-get.json":       {"link token"},
		"case-get.json":         {"case number"},
		"case-post.json":        {"case number"},
		"cases-get.json":        nil,
		"card-get.json":         nil,
		"kiosk-get.json":        nil,
		"healthz-get.json":      nil,
		"clock-schedule.json":   nil,
		"facts-batch.json":      nil,
		"invitation-post.json":  nil, // its claims are the API's word already
	} {
		t.Run(sample, func(t *testing.T) {
			b, err := os.ReadFile(filepath.Join("..", "..", "events", "samples", sample))
			if err != nil {
				t.Fatal(err)
			}
			fresh, replaced, err := freshen(b, own)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, replaced); diff != "" {
				t.Error(diff)
			}
			if card := strings.Contains(string(fresh), "/c/NEWCARD"); card != (sample == "card-link-get.json") {
				t.Errorf("a link to a card: %v", card)
			}
			if got := strings.Contains(string(fresh), "NEW"); got != (want != nil) {
				t.Errorf("new credentials inside: %v", got)
			}
			if want == nil && string(fresh) != string(b) {
				t.Error("a payload without credentials was changed")
			}
		})
	}
}

func TestAStackThatGivesNoLinkIsAnError(t *testing.T) {
	down := errors.New("down")
	_, _, err := freshen([]byte(`{"requestContext":{"http":{}},"pathParameters":{"token":"x"}}`),
		credentials{link: func(bool) (string, error) { return "", down }})
	if !errors.Is(err, down) {
		t.Errorf("%v", err)
	}
}
