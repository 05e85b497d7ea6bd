package effort

import (
	"math"
	"testing"

	"resonanz/infra/load/cloud"
	"resonanz/infra/scale/settings"
)

func TestWhatAFunctionSpendsBecomesTime(t *testing.T) {
	d, err := cloud.Published(1)
	if err != nil {
		t.Fatal(err)
	}
	d.Calls["s3.PutObject"] = cloud.Delay{P50: 80}
	d.Calls["sqs."] = cloud.Delay{P50: 10}
	e := &Efforts{Functions: map[string]Effort{"facts": {Fixed: 1, Each: 0.02}, "fanout": {Fixed: 0.4, Each: 0.06}, "rating": {Fixed: 0.5}}}
	// Half a vCPU takes twice the processor time; one file waits once, whatever it holds.
	fixed, each, err := e.Time("facts", settings.Function{Memory: 1769 / 2}, d, 5000)
	if err != nil || math.Abs(fixed-0.082) > 1e-4 || math.Abs(each-0.00004) > 1e-6 {
		t.Errorf("facts: %v s and %v s a record, %v", fixed, each, err)
	}
	// Two queues, fifty messages at a time: a hundred records wait four times.
	fixed, each, err = e.Time("fanout", settings.Function{Memory: 1769}, d, 100)
	if got := fixed + 100*each; err != nil || math.Abs(got-(0.0004+0.006+0.040)) > 1e-6 {
		t.Errorf("fanout: %v s for a hundred, %v", got, err)
	}
	for name, f := range map[string]settings.Function{"nobody": {Memory: 128}, "rating": {}} {
		if _, _, err := e.Time(name, f, d, 1); err == nil {
			t.Errorf("%s with %d MB takes no time", name, f.Memory)
		}
	}
}

func TestTheKeptFiguresAreOfEveryFunctionThatWaits(t *testing.T) {
	e, err := Kept()
	if err != nil {
		t.Fatal(err)
	}
	for name := range calls {
		if own := e.Functions[name]; own.Fixed <= 0 {
			t.Errorf("%s: %+v", name, own)
		}
	}
	if e.Functions[Evidence].Each <= 0 || e.Date == "" || e.Machine == "" {
		t.Errorf("%+v", e)
	}
}
