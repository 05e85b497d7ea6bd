// Package reviewed reads what the stack is made of from the template that was reviewed
// (infra/testdata/dev.json): memory sizes, batches, alarms, whatever costs something. The
// template is what the stack's tests hold it to, so no setting is written down twice.
package reviewed

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// Stack is a template.
type Stack struct {
	resources map[string]resource
}

type resource struct {
	Type       string
	Properties json.RawMessage
}

// Mapping is how Lambda takes from a queue or the stream for a function.
type Mapping struct {
	Function string // folder
	Source   string // name of the queue, "stream" for that of the table
	Batch    int    // events at most
	Window   int    // seconds
	Bound    bool   // the concurrency is
}

// Function is what a function is given.
type Function struct {
	Memory int // MiB
}

// Stream is the source of the mapping that reads the table's stream.
const Stream = "stream"

// Read reads a template.
func Read(path string) (*Stack, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the reviewed template: %w", err)
	}
	var t struct{ Resources map[string]resource }
	if err := json.Unmarshal(b, &t); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	return &Stack{t.Resources}, nil
}

// Count is how many resources of a type there are.
func (s *Stack) Count(kind string) (n int) {
	for _, r := range s.resources {
		if r.Type == kind {
			n++
		}
	}
	return n
}

// MachineClients are the clients of the stack's own pool that are issued tokens without a
// person.
func (s *Stack) MachineClients() (n int) {
	for _, r := range s.resources {
		if r.Type != "AWS::Cognito::UserPoolClient" {
			continue
		}
		var p struct{ AllowedOAuthFlows []string }
		r.read(&p)
		if slices.Contains(p.AllowedOAuthFlows, "client_credentials") {
			n++
		}
	}
	return n
}

// Functions are by folder.
func (s *Stack) Functions() map[string]Function {
	all := make(map[string]Function)
	for id, r := range s.resources {
		if r.Type == "AWS::Lambda::Function" {
			var p struct{ MemorySize int }
			r.read(&p)
			all[folder(id)] = Function{Memory: p.MemorySize}
		}
	}
	return all
}

// Mappings are by function.
func (s *Stack) Mappings() map[string]Mapping {
	all := make(map[string]Mapping)
	for _, r := range s.resources {
		if r.Type != "AWS::Lambda::EventSourceMapping" {
			continue
		}
		var p struct {
			FunctionName                   reference
			EventSourceArn                 reference
			BatchSize                      int
			MaximumBatchingWindowInSeconds int
			ScalingConfig                  struct{ MaximumConcurrency int }
		}
		r.read(&p)
		m := Mapping{Function: folder(string(p.FunctionName)), Batch: p.BatchSize, Window: p.MaximumBatchingWindowInSeconds, Source: Stream, Bound: p.ScalingConfig.MaximumConcurrency > 0}
		if s.resources[string(p.EventSourceArn)].Type == "AWS::SQS::Queue" {
			m.Source = trimmed(string(p.EventSourceArn))
		}
		all[m.Function] = m
	}
	return all
}

// Schedules are how often a month each function is called by the clock, by the
// expressions of the scheduler that are in use.
func (s *Stack) Schedules() map[string]float64 {
	const days = 365.0 / 12
	all := make(map[string]float64)
	for _, r := range s.resources {
		if r.Type != "AWS::Scheduler::Schedule" {
			continue
		}
		var p struct {
			ScheduleExpression string
			Target             struct{ Arn reference }
		}
		r.read(&p)
		each := 1.0 // a day of the month
		var n int
		switch e := p.ScheduleExpression; {
		case e == "rate(1 minute)":
			each = days * 24 * 60
		case scan(e, "rate(%d minutes)", &n):
			each = days * 24 * 60 / float64(n)
		case strings.HasSuffix(e, " * * ? *)") && strings.Count(e, "*") == 3:
			each = days
		case strings.Contains(e, "/"):
			if _, err := fmt.Sscanf(e[strings.IndexByte(e, '/'):], "/%d", &n); err == nil && n > 0 {
				each = days * 24 * 60 / float64(n)
			}
		}
		all[folder(string(p.Target.Arn))] += each
	}
	return all
}

func scan(text, format string, n *int) bool {
	_, err := fmt.Sscanf(text, format, n)
	return err == nil
}

// Route is the route that a request takes, and the function behind it; "" where there is
// none but the one for addresses that nobody knows.
func (s *Stack) Route(method, path string) (route, function string) {
	best := -1
	for _, r := range s.resources {
		if r.Type != "AWS::ApiGatewayV2::Route" {
			continue
		}
		var p struct {
			RouteKey string
			Target   reference
		}
		r.read(&p)
		m, pattern, _ := strings.Cut(p.RouteKey, " ")
		literal, fits := matches(pattern, path)
		if m != method && m != "ANY" || !fits || literal < best {
			continue
		}
		best, route = literal, p.RouteKey
		var integration struct {
			IntegrationURI reference `json:"IntegrationUri"`
		}
		s.resources[string(p.Target)].read(&integration)
		function = folder(string(integration.IntegrationURI))
	}
	return route, function
}

// matches tells how many parts of a pattern are literal.
func matches(pattern, path string) (literal int, fits bool) {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	for i, w := range want {
		switch {
		case strings.HasSuffix(w, "+}"):
			return literal, i < len(got)
		case i >= len(got):
			return 0, false
		case strings.HasPrefix(w, "{"):
		case w == got[i]:
			literal++
		default:
			return 0, false
		}
	}
	return literal, len(want) == len(got)
}

// Queue is the name of the queue that a deployed one was made of, "" of none.
func (s *Stack) Queue(physical string) string {
	var names []string
	for id, r := range s.resources {
		if r.Type == "AWS::SQS::Queue" && strings.Contains(physical, trimmed(id)) {
			names = append(names, trimmed(id))
		}
	}
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	if len(names) == 0 {
		return ""
	}
	return names[0]
}

// AccessLog is the format of the line that the HTTP API writes of each request, and
// whether it goes to a log that is paid for as one that is seldom read.
func (s *Stack) AccessLog() (format string, seldom bool) {
	for _, r := range s.resources {
		if r.Type != "AWS::ApiGatewayV2::Stage" {
			continue
		}
		var p struct {
			AccessLogSettings struct {
				Format         string
				DestinationArn reference
			}
		}
		r.read(&p)
		var group struct{ LogGroupClass string }
		s.resources[string(p.AccessLogSettings.DestinationArn)].read(&group)
		return p.AccessLogSettings.Format, group.LogGroupClass == "INFREQUENT_ACCESS"
	}
	return "", false
}

func (r resource) read(into any) {
	_ = json.Unmarshal(r.Properties, into) // what is not there stays empty
}

// trimmed is a logical id without the hash at its end.
func trimmed(id string) string { return id[:max(0, len(id)-8)] }

// folder is the folder of the function that a logical id names.
func folder(id string) string { return strings.ToLower(trimmed(id)) }

// reference is the logical id of the first resource that a value names.
type reference string

// UnmarshalJSON looks for Ref and Fn::GetAtt however deep.
func (r *reference) UnmarshalJSON(b []byte) error {
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		return err
	}
	*r = reference(found(v))
	return nil
}

func found(v any) string {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			if id := found(e); id != "" {
				return id
			}
		}
	case map[string]any:
		if id, ok := v["Ref"].(string); ok && !strings.HasPrefix(id, "AWS::") {
			return id
		}
		if of, ok := v["Fn::GetAtt"].([]any); ok {
			return of[0].(string)
		}
		for _, e := range v {
			if id := found(e); id != "" {
				return id
			}
		}
	}
	return ""
}
