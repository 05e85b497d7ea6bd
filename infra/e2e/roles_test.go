package e2e

import (
	"encoding/json"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"
)

// grants are the actions each function's role permits, read from the template
// that was deployed. The emulator permits everything; AWS will not.
func grants(t *testing.T) map[string][]string {
	t.Helper()
	b, err := os.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	var deployed struct {
		Resources map[string]struct {
			Type       string
			Properties json.RawMessage
		}
	}
	if err := json.Unmarshal(b, &deployed); err != nil {
		t.Fatal(err)
	}
	all := make(map[string][]string)
	for id, r := range deployed.Resources {
		if r.Type != "AWS::IAM::Role" {
			continue
		}
		var role struct {
			Policies []struct {
				PolicyDocument struct {
					Statement []struct{ Action any }
				}
			}
		}
		if err := json.Unmarshal(r.Properties, &role); err != nil {
			t.Fatal(err)
		}
		for _, name := range functions {
			if !strings.HasPrefix(strings.ToLower(id), name+"role") {
				continue
			}
			for _, p := range role.Policies {
				for _, s := range p.PolicyDocument.Statement {
					switch a := s.Action.(type) {
					case string:
						all[name] = append(all[name], a)
					case []any:
						for _, one := range a {
							all[name] = append(all[name], one.(string))
						}
					}
				}
			}
		}
	}
	return all
}

// permission is what AWS asks for a call.
func permission(s seen) string {
	switch s.action {
	case "TransactWriteItems":
		return "dynamodb:PutItem" // all that our transactions do
	case "SendMessageBatch":
		return "sqs:SendMessage"
	case "ListObjectsV2":
		return "s3:ListBucket"
	}
	return s.service + ":" + s.action
}

// TestNoFunctionDoesMoreThanItsRolePermits holds the roles against what the
// functions were seen to do in all the tests before this one (Go runs the files
// of a package in the order of their names), after one journey of its own.
func TestNoFunctionDoesMoreThanItsRolePermits(t *testing.T) {
	once(t, unhappy(t, 1))
	settled(t)
	makeReport(t)
	granted := grants(t)
	made := functionsToAWS.made()
	for s := range made {
		if s.function == "" {
			t.Errorf("somebody unknown calls %s", permission(s))
			continue
		}
		if !slices.Contains(granted[s.function], permission(s)) {
			sort.Strings(granted[s.function])
			t.Errorf("%s calls %s, its role permits %v", s.function, permission(s), granted[s.function])
		}
	}
	for _, name := range functions {
		if !slices.ContainsFunc(keys(made), func(s seen) bool { return s.function == name }) {
			t.Errorf("%s was never seen to call AWS: nothing was tested", name)
		}
	}
}

func keys(m map[seen]int) []seen {
	var all []seen
	for s := range m {
		all = append(all, s)
	}
	return all
}
