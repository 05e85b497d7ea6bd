package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"resonanz/shared/openapi"
)

// undescribed are the apps that browsers load, and HEAD, which is as GET.
var undescribed = []string{"GET /desk", "GET /desk/{file}", "GET /kiosk/{device}/{file}"}

// What the API lets through is described, and what is described is let through.
func TestRoutesAndTheDescriptionAgree(t *testing.T) {
	var doc struct {
		Paths map[string]map[string]json.RawMessage
	}
	if err := json.Unmarshal([]byte(openapi.Document), &doc); err != nil {
		t.Fatal(err)
	}
	met := map[string]bool{}
	for _, r := range routes() {
		for _, method := range r.methods {
			if method == "HEAD" {
				continue
			}
			at := regexp.MustCompile("^" + regexp.MustCompile(`\\\{\w+\\\}`).ReplaceAllString(regexp.QuoteMeta(r.path), "[^/]+") + "$")
			found := false
			for path, operations := range doc.Paths {
				if _, ok := operations[strings.ToLower(string(method))]; ok && at.MatchString(path) {
					found = true
					met[string(method)+" "+path] = true
				}
			}
			if route := string(method) + " " + r.path; found == slices.Contains(undescribed, route) {
				t.Errorf("%s: described %t", route, found)
			}
		}
	}
	for path, operations := range doc.Paths {
		for method := range operations {
			if o := strings.ToUpper(method) + " " + path; !met[o] {
				t.Errorf("%s has no route", o)
			}
		}
	}
}
