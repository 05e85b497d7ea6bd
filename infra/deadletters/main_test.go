package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestACommandLineIsReadOrRefusedByName(t *testing.T) {
	for _, c := range []struct {
		args string
		want order
	}{
		{"", order{command: list, stage: "dev", max: listed}},
		{"--local", order{command: list, stage: "dev", local: true, max: listed}},
		{"list --queue notify --max 50 --bodies", order{command: list, stage: "dev", queue: "notify", max: 50, bodies: true}},
		{"redrive --stage prod --queue escalation", order{command: redrive, stage: "prod", queue: "escalation", max: redriven}},
		{"redrive --queue stream --only m1", order{command: redrive, stage: "dev", queue: "stream", only: "m1", max: redriven}},
		{"drop --queue schedule --only m1 --yes", order{command: drop, stage: "dev", queue: "schedule", only: "m1", max: redriven}},
	} {
		got, err := read(strings.Fields(c.args))
		if diff := cmp.Diff(c.want, got, cmp.AllowUnexported(order{})); err != nil || diff != "" {
			t.Errorf("%q: %v %s", c.args, err, diff)
		}
	}
	for _, c := range []struct{ args, says string }{
		{"bury", `no command "bury"`},
		{"redrive", "escalation|reporting|notify|stream|schedule"},
		{"redrive --queue escalations", `no queue "escalations": there are escalation, reporting, notify, stream, schedule`},
		{"list --queue mail", `no queue "mail"`},
		{"list --only m1", "--only"},
		{"list --yes", "--yes"},
		{"list --max 0", "--max"},
		{"list extra", "extra"},
		{"list --nonsense", "nonsense"},
		{"drop --queue notify --yes", "--only ID"},
		{"drop --queue notify --only m1", "say --yes"},
	} {
		if _, err := read(strings.Fields(c.args)); !errors.Is(err, errUsage) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%q: %v, want it to say %q", c.args, err, c.says)
		}
	}
}

func TestQueuesAreFoundInTheOutputs(t *testing.T) {
	values := map[string]string{
		"EscalationDlqUrl": "ed", "EscalationQueueUrl": "e", "ReportingDlqUrl": "rd", "ReportingQueueUrl": "r",
		"NotifyDlqUrl": "nd", "NotifyQueueUrl": "n", "StreamFailureQueueUrl": "s", "ScheduleDlqUrl": "c", "TableName": "t",
	}
	got, err := queuesOf(values)
	want := []queue{{"escalation", "ed", "e"}, {"reporting", "rd", "r"}, {"notify", "nd", "n"}, {"stream", "s", ""}, {"schedule", "c", ""}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(queue{})); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	delete(values, "NotifyDlqUrl")
	delete(values, "TableName")
	if _, err := queuesOf(values); err == nil || !strings.Contains(err.Error(), "NotifyDlqUrl, TableName") {
		t.Errorf("got %v, want every missing output named", err)
	}
}
