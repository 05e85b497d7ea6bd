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

// TestNoFunctionDoesMoreThanItsRolePermits holds the roles against what the
// functions were seen to do in all other tests, after one journey of its own.
func TestNoFunctionDoesMoreThanItsRolePermits(t *testing.T) {
	last(t)
	once(t, unhappy(t, 1))
	settled(t)
	makeReport(t)
	granted := grants(t)
	needed := functionsToAWS.needed()
	for n := range needed {
		if n.function == "" {
			t.Errorf("somebody unknown calls %s", n.permission)
			continue
		}
		if !slices.Contains(granted[n.function], n.permission) {
			sort.Strings(granted[n.function])
			t.Errorf("%s needs %s, its role permits %v", n.function, n.permission, granted[n.function])
		}
	}
	for key := range unseen {
		name, permission, _ := strings.Cut(key, " ")
		if needed[need{name, permission}] > 0 || !slices.Contains(granted[name], permission) {
			t.Errorf("the exception %q is not needed: take it away", key)
		}
	}
	for _, name := range functions {
		did := func(permission string) bool { return needed[need{name, permission}] > 0 }
		if !slices.ContainsFunc(granted[name], did) {
			t.Errorf("%s was never seen to call AWS: nothing was tested", name)
		}
		for _, permission := range granted[name] {
			if !did(permission) && !byLambda(permission) && unseen[name+" "+permission] == "" {
				t.Errorf("%s may %s and was never seen to need it", name, permission)
			}
		}
	}
}

// byLambda reports whether Lambda itself uses a permission on the function's
// behalf: to poll, and to write its log.
func byLambda(permission string) bool {
	for _, p := range []string{"logs:", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator", "dynamodb:ListStreams"} {
		if strings.HasPrefix(permission, p) {
			return true
		}
	}
	return false
}

// unseen says why a permission that no test here needs is given all the same.
var unseen = map[string]string{
	"complaint s3:PutObject":   "it signs for what the browser sends",
	"attachment s3:ListBucket": "by it S3 says of a file that is gone that it is gone",
	"customers s3:ListBucket":  "by it S3 says of an entry of the log of erasures that there is none",
	"cases s3:GetObject":       "it signs for what the browser fetches",
	"card dynamodb:GetItem":    "a second click right after the turn of a month finds the first one there",
}
