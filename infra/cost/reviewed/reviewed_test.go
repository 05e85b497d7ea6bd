package reviewed

import (
	"math"
	"testing"
)

func template(t *testing.T) *Stack {
	t.Helper()
	s, err := Read("../../testdata/dev.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestARequestTakesTheRouteThatNamesItBest(t *testing.T) {
	s := template(t)
	for _, c := range []struct{ method, path, route, function string }{
		{"GET", "/r/abc", "GET /r/{token}", "rating"},
		{"POST", "/v1/ratings", "POST /v1/ratings", "rating"},
		{"GET", "/c/visit/checkout", "GET /c/{card}/{touchpoint}", "card"},
		{"POST", "/v1/cases/4711/assess", "POST /v1/cases/{number}/{command}", "cases"},
		{"GET", "/nowhere/at/all", "", ""},
	} {
		if route, function := s.Route(c.method, c.path); route != c.route || function != c.function {
			t.Errorf("%s %s: %q of %q, want %q of %q", c.method, c.path, route, function, c.route, c.function)
		}
	}
}

func TestEveryMappingFunctionAndScheduleIsFound(t *testing.T) {
	s := template(t)
	mappings := s.Mappings()
	if len(mappings) != s.Count("AWS::Lambda::EventSourceMapping") || mappings["fanout"].Source != Stream || mappings["facts"].Source != "ReportingQueue" {
		t.Errorf("mappings: %+v", mappings)
	}
	functions := s.Functions()
	if len(functions) != s.Count("AWS::Lambda::Function") || functions["rating"].Memory < 128 {
		t.Errorf("functions: %+v", functions)
	}
	calls := s.Schedules()
	for name, want := range map[string]float64{"clock": 43800, "watch": 1460, "canary": 2920, "compact": 365.0 / 12, "sweep": 365.0 / 12, "report": 2} {
		if math.Abs(calls[name]-want) > 1e-6 {
			t.Errorf("%s is called %v times a month, want %v", name, calls[name], want)
		}
	}
	if format, _ := s.AccessLog(); format == "" || s.MachineClients() == 0 {
		t.Errorf("access log %q, %d clients for machines", format, s.MachineClients())
	}
}

func TestADeployedQueueHasTheNameOfTheTemplate(t *testing.T) {
	s := template(t)
	for physical, want := range map[string]string{
		"Resonanz-dev-ReportingQueue126C54C1-x": "ReportingQueue", "Resonanz-dev-ReportQueueEBFFFAE8-y": "ReportQueue", "stranger": "",
	} {
		if got := s.Queue(physical); got != want {
			t.Errorf("%s: %q, want %q", physical, got, want)
		}
	}
}
