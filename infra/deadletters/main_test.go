package main

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/infra/local/stack"
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
		{"drop --yes --queue mail --only m1", order{command: drop, stage: "dev", queue: "mail", only: "m1", max: redriven}},
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
		{"redrive", "QUEUE=name, --queue name): escalation, reporting, notify, mail, mailevents, attachments, report, stream, schedule"},
		{"redrive --queue escalations", `no queue "escalations": there are escalation, reporting, notify, mail, mailevents, attachments, report, stream, schedule`},
		{"list --queue letters", `no queue "letters"`},
		{"list --only m1", "REDRIVE=1"},
		{"list --yes", "DROP=1"},
		{"list --max 0", "--max"},
		{"list extra", "extra"},
		{"list --nonsense", "nonsense"},
		{"drop --queue notify --yes", "ONLY=id"},
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
		"NotifyDlqUrl": "nd", "NotifyQueueUrl": "n", "MailDlqUrl": "md", "MailQueueUrl": "m",
		"MailEventsDlqUrl": "vd", "MailEventsQueueUrl": "v", "AttachmentsDlqUrl": "ad", "AttachmentsQueueUrl": "a", "ReportDlqUrl": "od", "ReportQueueUrl": "o", "StreamFailureQueueUrl": "s", "ScheduleDlqUrl": "c", "TableName": "t",
	}
	got, err := queuesOf(values)
	want := []queue{{"escalation", "ed", "e"}, {"reporting", "rd", "r"}, {"notify", "nd", "n"}, {"mail", "md", "m"}, {"mailevents", "vd", "v"}, {"attachments", "ad", "a"}, {"report", "od", "o"}, {"stream", "s", ""}, {"schedule", "c", ""}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(queue{})); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	delete(values, "NotifyDlqUrl")
	delete(values, "TableName")
	if _, err := queuesOf(values); err == nil || !strings.Contains(err.Error(), "NotifyDlqUrl, TableName") {
		t.Errorf("got %v, want every missing output named", err)
	}
}

func TestWithoutALocalStackTheWayToOneIsTold(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module resonanz\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	if err := run(t.Context(), []string{"--local"}, io.Discard); !errors.Is(err, stack.ErrNotUp) {
		t.Errorf("got %v", err)
	}
}

// cloud answers every call of AWS with status and body.
func cloud(t *testing.T, status int, body string) {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(s.Close)
	nothing := filepath.Join(t.TempDir(), "nothing")
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL": s.URL, "AWS_REGION": "eu-central-1", "AWS_DEFAULT_REGION": "", "AWS_PROFILE": "",
		"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_CONFIG_FILE": nothing, "AWS_SHARED_CREDENTIALS_FILE": nothing,
	} {
		t.Setenv(name, value)
	}
}

func TestAStackThatCannotBeReadIsNamed(t *testing.T) {
	cloud(t, http.StatusBadRequest, `<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id Resonanz-prod does not exist</Message></Error></ErrorResponse>`)
	if err := run(t.Context(), []string{"--stage", "prod"}, io.Discard); err == nil || !strings.Contains(err.Error(), "finding stack Resonanz-prod: it is not deployed in eu-central-1: run make deploy STAGE=prod") {
		t.Errorf("no such stack: %v", err)
	}
	cloud(t, http.StatusOK, `<DescribeStacksResponse><DescribeStacksResult><Stacks><member><StackName>Resonanz-dev</StackName><Outputs>`+
		`<member><OutputKey>TableName</OutputKey><OutputValue>t</OutputValue></member></Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`)
	if err := run(t.Context(), nil, io.Discard); err == nil || !strings.Contains(err.Error(), "stack Resonanz-dev: EscalationDlqUrl, EscalationQueueUrl, ") || strings.Contains(err.Error(), "TableName") {
		t.Errorf("an older stack: %v", err)
	}
	t.Setenv("AWS_REGION", "")
	if err := run(t.Context(), nil, io.Discard); err == nil || !strings.Contains(err.Error(), "set AWS_REGION") {
		t.Errorf("no region: %v", err)
	}
}
