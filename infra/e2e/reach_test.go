package e2e

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
)

// touch is a permission that a function needed on one resource: the name that the
// template has for it, with what follows, such as "Table/index/due".
type touch struct{ function, permission, resource string }

// reach is what the functions were seen to touch since the start.
type reach struct {
	mu      sync.Mutex
	logical map[string]string         // name in the template, without its hash, by the physical one
	touched map[touch]map[string]bool // the partition keys in question, where a table has them
}

var reached = &reach{touched: map[touch]map[string]bool{}}

var hashOfCDK = regexp.MustCompile(`[0-9A-F]{8}$`)

// introduce learns what the template calls each resource.
func (r *reach) introduce(ctx context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.logical = map[string]string{}
	pages := cloudformation.NewListStackResourcesPaginator(cloudformation.NewFromConfig(deployed.AWS()), &cloudformation.ListStackResourcesInput{StackName: &deployed.StackName})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("reading the resources of the stack: %w", err)
		}
		for _, s := range page.StackResourceSummaries {
			r.logical[shortOf(aws.ToString(s.PhysicalResourceId))] = hashOfCDK.ReplaceAllString(aws.ToString(s.LogicalResourceId), "")
		}
	}
	return nil
}

// shortOf is the last part of an address or ARN.
func shortOf(physical string) string {
	physical = physical[strings.LastIndexByte(physical, '/')+1:]
	return physical[strings.LastIndexByte(physical, ':')+1:]
}

// note is told every call.
func (r *reach) note(c call) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, one := range touches(c) {
		name, rest, _ := strings.Cut(one.resource, "\x00")
		if known := r.logical[shortOf(name)]; known != "" {
			name = known
		}
		t := touch{c.By, one.permission, name + rest}
		if r.touched[t] == nil {
			r.touched[t] = map[string]bool{}
		}
		r.touched[t][one.key] = true
	}
}

// touching is a permission, a physical resource and what follows it behind a zero
// byte, and the partition key of an item.
type touching struct{ permission, resource, key string }

type value struct{ S string }

// aim is what a call of DynamoDB is aimed at.
type aim struct {
	TableName, IndexName, KeyConditionExpression string
	Item, Key                                    map[string]value
	ExpressionAttributeNames                     map[string]string
	ExpressionAttributeValues                    map[string]value
}

var ofPartition = regexp.MustCompile(`([#\w]+)\s*=\s*(:\w+)`)

func (a aim) at(permission string) touching {
	t := touching{permission: permission, resource: a.TableName + "\x00"}
	if a.IndexName != "" {
		t.resource += "/index/" + a.IndexName
	}
	t.key = a.Item["PK"].S + a.Key["PK"].S
	for _, m := range ofPartition.FindAllStringSubmatch(a.KeyConditionExpression, -1) {
		if name := m[1]; name == "PK" || a.ExpressionAttributeNames[name] == "PK" {
			t.key = a.ExpressionAttributeValues[m[2]].S
		}
	}
	return t
}

// loose reads what is JSON; what does not fit, such as a number for a text, stays empty.
func loose(body string, into any) { _ = json.Unmarshal([]byte(body), into) }

// touches says what a call is aimed at; nothing for what has no resource.
func touches(c call) []touching {
	var all []touching
	switch c.Service {
	case "dynamodb":
		switch c.Action {
		case "TransactWriteItems", "TransactGetItems":
			var body struct{ TransactItems []map[string]aim }
			loose(c.Body, &body)
			for _, item := range body.TransactItems {
				for what, a := range item {
					all = append(all, a.at(map[string]string{
						"Put": "dynamodb:PutItem", "Update": "dynamodb:UpdateItem", "Delete": "dynamodb:DeleteItem", "ConditionCheck": "dynamodb:ConditionCheckItem", "Get": "dynamodb:GetItem",
					}[what]))
				}
			}
		case "BatchGetItem":
			var body struct {
				RequestItems map[string]struct{ Keys []map[string]value }
			}
			loose(c.Body, &body)
			for table, of := range body.RequestItems {
				for _, k := range of.Keys {
					all = append(all, aim{TableName: table, Key: k}.at("dynamodb:BatchGetItem"))
				}
			}
		default:
			var a aim
			loose(c.Body, &a)
			all = append(all, a.at("dynamodb:"+c.Action))
		}
	case "s3":
		bucket, key, _ := strings.Cut(strings.TrimPrefix(c.Path, "/"), "/")
		rest := "\x00"
		if key != "" {
			rest += "/" + key
		}
		if c.Action == "DeleteObjects" {
			for _, m := range deletedKey.FindAllStringSubmatch(c.Body, -1) {
				for _, p := range c.Needs {
					all = append(all, touching{permission: p, resource: bucket + "\x00/" + m[1]})
				}
			}
			return all
		}
		for _, p := range c.Needs {
			all = append(all, touching{permission: p, resource: bucket + rest})
		}
	case "sqs", "secretsmanager", "sns":
		var body struct{ QueueUrl, SecretId, TopicArn string } //nolint:revive // as AWS spells them
		loose(c.Body, &body)
		if form, err := url.ParseQuery(c.Body); err == nil && body.TopicArn == "" {
			body.TopicArn = form.Get("TopicArn")
		}
		for _, p := range c.Needs {
			all = append(all, touching{permission: p, resource: body.QueueUrl + body.SecretId + body.TopicArn + "\x00"})
		}
	}
	return all
}

var deletedKey = regexp.MustCompile(`<Key>([^<]*)</Key>`)

// grant is one action on one resource of the template, with what keys of the table it
// is bound to.
type grant struct {
	permission, resource string
	keys                 []string
}

// allowed reads the grants of every function's role from what was deployed.
func allowed(t *testing.T) map[string][]grant {
	t.Helper()
	b, err := os.ReadFile(template)
	if err != nil {
		t.Fatal(err)
	}
	var deployed struct {
		Resources map[string]struct {
			Type       string
			Properties struct {
				Policies []struct {
					PolicyDocument struct {
						Statement []struct {
							Action, Resource any
							Condition        map[string]map[string]any
						}
					}
				}
			}
		}
	}
	if err := json.Unmarshal(b, &deployed); err != nil && len(deployed.Resources) == 0 {
		t.Fatal(err)
	}
	all := map[string][]grant{}
	for id, r := range deployed.Resources {
		i := slices.IndexFunc(functions, func(name string) bool { return strings.HasPrefix(strings.ToLower(id), name+"role") })
		if r.Type != "AWS::IAM::Role" || i < 0 {
			continue
		}
		for _, p := range r.Properties.Policies {
			for _, s := range p.PolicyDocument.Statement {
				var keys []string
				for _, condition := range s.Condition {
					for _, k := range several(condition["dynamodb:LeadingKeys"]) {
						keys = append(keys, spelled(k))
					}
				}
				for _, a := range several(s.Action) {
					for _, on := range several(s.Resource) {
						all[functions[i]] = append(all[functions[i]], grant{spelled(a), spelled(on), keys})
					}
				}
			}
		}
	}
	return all
}

func several(v any) []any {
	switch v := v.(type) {
	case nil:
		return nil
	case []any:
		return v
	}
	return []any{v}
}

// spelled writes what the template says of a resource as its name, without the hash,
// and what follows.
func spelled(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		if name, ok := v["Ref"].(string); ok {
			return hashOfCDK.ReplaceAllString(name, "")
		}
		if of, ok := v["Fn::GetAtt"].([]any); ok {
			name := hashOfCDK.ReplaceAllString(of[0].(string), "")
			if of[1] == "Arn" {
				return name
			}
			return name + "." + of[1].(string)
		}
		if of, ok := v["Fn::Join"].([]any); ok {
			var parts []string
			for _, p := range several(of[1]) {
				parts = append(parts, spelled(p))
			}
			return strings.Join(parts, of[0].(string))
		}
	}
	return fmt.Sprint(v)
}

// covers reports whether g permits t on every one of its keys.
func (g grant) covers(t touch, keys map[string]bool) bool {
	if g.permission != t.permission || !matches(g.resource, t.resource) {
		return false
	}
	for key := range keys {
		if len(g.keys) > 0 && !slices.ContainsFunc(g.keys, func(pattern string) bool { return matches(pattern, key) }) {
			return false
		}
	}
	return true
}

// matches is for patterns with stars, as IAM has them: a star covers slashes, too.
func matches(pattern, s string) bool {
	if pattern == s {
		return true
	}
	ok, err := path.Match(strings.ReplaceAll(pattern, "/", "\x01"), strings.ReplaceAll(s, "/", "\x01"))
	return err == nil && ok
}

// TestNoFunctionReachesFurtherThanItsRole is the test before it by resources: each
// call is permitted on the very table, index, keys, queue, folder or secret that it
// was aimed at, and each of those that a role names was needed.
func TestNoFunctionReachesFurtherThanItsRole(t *testing.T) {
	last(t)
	once(t, unhappy(t, 1))
	settled(t)
	granted := allowed(t)
	reached.mu.Lock()
	defer reached.mu.Unlock()
	for touched, keys := range reached.touched {
		if touched.function == "" {
			continue // the test before names it
		}
		each := map[string]map[string]bool{} // one key may be permitted by one statement, the next by another
		for key := range keys {
			each[key] = map[string]bool{key: true}
		}
		for key, one := range each {
			if !slices.ContainsFunc(granted[touched.function], func(g grant) bool { return g.covers(touched, one) }) {
				t.Errorf("%s needs %s on %s %.24q, which no statement of its role permits", touched.function, touched.permission, touched.resource, key)
			}
		}
	}
	used := map[string]bool{}
	for name, all := range granted {
		for _, g := range all {
			did := func() bool {
				for touched, keys := range reached.touched {
					for key := range keys {
						if touched.function == name && g.covers(touched, map[string]bool{key: true}) {
							return true
						}
					}
				}
				return false
			}
			on := name + " " + g.permission + " " + g.resource
			switch {
			case byLambda(g.permission) || noResource(g) || unseen[name+" "+g.permission] != "" || did():
			case untouched[on] != "":
				used[on] = true
			default:
				t.Errorf("%s may %s on %s and was never seen to need it there", name, g.permission, g.resource)
			}
		}
	}
	for on := range untouched {
		if !used[on] {
			t.Errorf("the exception %q is not needed: take it away", on)
		}
	}
}

// noResource are permissions whose calls name none, or not the one that AWS checks:
// mail is checked against the identity of its sender; the pool is there once.
func noResource(g grant) bool {
	return strings.HasPrefix(g.permission, "ses:") || strings.HasPrefix(g.permission, "cognito-idp:") || g.resource == "*"
}

// untouched says why a resource is named in a role and no test here needs it there.
var untouched = map[string]string{
	"customers s3:GetObject Attachments/clean/*":                "it signs for what the caller fetches",
	"customers s3:DeleteObjectVersion Attachments/quarantine/*": "a file leaves quarantine once it was looked at: one is left there by a failure only",
	"sweep s3:DeleteObjectVersion Attachments/quarantine/*":     "as above",
}

func TestWhatACallIsAimedAtIsRead(t *testing.T) {
	for name, c := range map[string]struct {
		call call
		want touching
	}{
		"query":  {call{Service: "dynamodb", Action: "Query", Body: `{"TableName":"t","IndexName":"due","KeyConditionExpression":"#0 = :0 AND SK > :1","ExpressionAttributeNames":{"#0":"PK"},"ExpressionAttributeValues":{":0":{"S":"A"},":1":{"S":"B"}}}`}, touching{"dynamodb:Query", "t\x00/index/due", "A"}},
		"put":    {call{Service: "dynamodb", Action: "PutItem", Body: `{"TableName":"t","Item":{"PK":{"S":"P"},"n":{"N":"1"},"l":{"L":[{"S":"x"}]}}}`}, touching{"dynamodb:PutItem", "t\x00", "P"}},
		"object": {call{Service: "s3", Action: "GetObject", Path: "/b/facts/x/y", Needs: []string{"s3:GetObject"}}, touching{"s3:GetObject", "b\x00/facts/x/y", ""}},
		"queue":  {call{Service: "sqs", Action: "SendMessage", Body: `{"QueueUrl":"http://h/0/q"}`, Needs: []string{"sqs:SendMessage"}}, touching{"sqs:SendMessage", "http://h/0/q\x00", ""}},
		"topic":  {call{Service: "sns", Action: "Publish", Body: "Action=Publish&TopicArn=arn%3Aaws%3Asns%3Ax%3A0%3At", Needs: []string{"sns:Publish"}}, touching{"sns:Publish", "arn:aws:sns:x:0:t\x00", ""}},
	} {
		if got := touches(c.call); len(got) != 1 || got[0] != c.want {
			t.Errorf("%s: %q", name, got)
		}
	}
	if !matches("Reports/facts/*", "Reports/facts/a/b") || matches("Reports/facts/*", "Reports/reports/a") || !matches("WATCH#*", "WATCH#a/b") {
		t.Error("patterns do not match as IAM's do")
	}
}
