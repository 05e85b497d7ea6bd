package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestNothingPutAsideIsSaidPlainly(t *testing.T) {
	if got, err := do(t, officeOn(newBroker()), "list"); err != nil || got != "no dead letters\n" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestALetterIsShownByItsIdsAndNeverWhole(t *testing.T) {
	for _, c := range []struct{ name, queue, body, what string }{
		{"rating", "escalation", `{"v":1,"type":"stored","stored":{"kind":"rating","event":{"event_id":"018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e01","response_key":"2026-03-zp4oewb2bd2h333y","topic":"SECRET"}}}`,
			"stored rating 018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e01 of response 2026-03-zp4oewb2bd2h333y"},
		{"other version", "reporting", `{"v":7,"type":"stored","stored":{"kind":"rating","event":{"event_id":"018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e01","response_key":"2026-03-zp4oewb2bd2h333y"}},"x":"SECRET"}`,
			"stored rating 018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e01 of response 2026-03-zp4oewb2bd2h333y"},
		{"ids that are none", "reporting", `{"v":1,"type":"stored","stored":{"kind":"SECRET","event":{"event_id":"SECRET","response_key":"SECRET"}}}`, "stored ? ? of response ?"},
		{"deadline", "escalation", `{"v":1,"type":"deadline","deadline":{"case":"2603-V1FW-52KT","step":2,"note":"SECRET"}}`, "deadline of case 2603-V1FW-52KT, step 2"},
		{"alert", "notify", `{"v":1,"type":"alert","alert":{"id":"2603-V1FW-52KT#1","reason":"case_opened","case":"2603-V1FW-52KT","rule":"SECRET"}}`,
			"alert case_opened 2603-V1FW-52KT#1 of case 2603-V1FW-52KT"},
		{"report", "notify", `{"v":1,"type":"alert","alert":{"id":"report#2026-03#0001","reason":"report_ready","period":"2026-03"},"x":"SECRET"}`,
			"alert report_ready report#2026-03#0001 of period 2026-03"},
		{"alert of nothing", "notify", `{"v":1,"type":"alert","alert":{"id":"SECRET value","reason":"SECRET","case":"SECRET"}}`, "alert ? ? of case ?"},
		{"invitation by mail", "mail", `{"v":1,"type":"invite","invite":{"response_key":"2026-03-zp4oewb2bd2h333y","event_id":"018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e01","to":"SECRET"}}`,
			"mail of invitation 018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e01 of response 2026-03-zp4oewb2bd2h333y"},
		{"reminder of nobody", "mail", `{"v":1,"type":"invite","invite":{"response_key":"SECRET","event_id":"SECRET","reminder":true}}`, "mail of reminder ? of response ?"},
		{"silence", "escalation", `{"v":1,"type":"silence","silence":{"device":"kiosk-cologne-1","last_at":"2026-03-15T08:00:00Z","x":"SECRET"}}`,
			"silence of device kiosk-cologne-1 since 2026-03-15T08:00:00Z"},
		{"bounce", "mailevents", `{"eventType":"Bounce","bounce":{"bouncedRecipients":[{"emailAddress":"SECRET"}]},"mail":{"destination":["SECRET"],"tags":{"response":["2026-03-zp4oewb2bd2h333y"]}}}`,
			"Bounce of mail of response 2026-03-zp4oewb2bd2h333y"},
		{"event of another mail", "mailevents", `{"eventType":"SECRET","mail":{"tags":{"response":["SECRET"]}}}`, "? of mail of response ?"},
		{"no event of SES", "mailevents", `SECRET`, "no event of SES, 6 bytes"},
		{"step of a case", "mail", `{"v":1,"type":"inform","inform":{"case":"2603-V1FW-52KT","seq":4,"x":"SECRET"}}`, "mail of step 4 of case 2603-V1FW-52KT"},
		{"signal", "escalation", `{"v":1,"type":"signal","signal":{"rule":"SPIKE","subject":"SECRET","at":"2026-03-15T08:00:00Z"}}`, "signal SPIKE of 2026-03-15T08:00:00Z"},
		{"webhook", "notify", `{"v":1,"type":"hook","hook":{"endpoint":"crm","attempt":3,"alert":{"id":"2603-V1FW-52KT#1","rule":"SECRET"}}}`,
			"attempt 3 of webhook crm for alert 2603-V1FW-52KT#1"},
		{"step", "reporting", `{"v":1,"type":"step","step":{"case":"2603-V1FW-52KT","seq":4,"category":"SECRET"}}`, "step 4 of case 2603-V1FW-52KT"},
		{"order", "report", `{"v":1,"type":"order","order":{"period":"2026-03","given":{"contacts":{"SECRET":1}}}}`, "order of the report of 2026-03, the whole"},
		{"order of a group", "report", `{"v":1,"type":"order","order":{"period":"2026-03","group":"cologne"}}`, "order of the report of 2026-03, group cologne"},
		{"order of nothing", "report", `{"v":1,"type":"order","order":{"period":"SECRET","group":"SECRET"}}`, "order of the report of ?, group ?"},
		{"upload", "attachments", `{"Records":[{"eventName":"ObjectCreated:Post","s3":{"object":{"key":"quarantine/2603-V1FW-52KT/1/SECRET"}}}]}`, "upload to case 2603-V1FW-52KT"},
		{"upload to nothing", "attachments", `{"Records":[{"s3":{"object":{"key":"SECRET"}}}]}`, "upload to case ?"},
		{"no event of S3", "attachments", `SECRET`, "no event of S3, 6 bytes"},
		{"unknown type", "notify", `{"v":1,"type":"SECRET"}`, "message of version 1 and of no known shape, 23 bytes"},
		{"no JSON", "notify", `SECRET`, "no message of ours, 6 bytes"},
		{"keys where no stream is", "notify", `{"pk":"SECRET","sk":"SECRET"}`, "message of version 0 and of no known shape, 29 bytes"},
		{"stream record", "stream", `{"pk":"2026-03#00","sk":"2026-03-zp4oewb2bd2h333y#e1","event_name":"INSERT","sequence_number":"7"}`,
			"stream record of item 2026-03#00 / 2026-03-zp4oewb2bd2h333y#e1"},
		{"stream range", "stream", rangeBody("100", "105"),
			"6 stream records 100 to 105 of shardId-1, kept by the stream until 2026-03-16T09:00:00Z"},
		{"nothing of the stream", "stream", `{"x":"SECRET"}`, "no stream record, 14 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBroker()
			b.put(c.queue+"-dead", c.body)
			got, err := do(t, officeOn(b), "list")
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range []string{
				c.queue + ": 1 dead letter\n  id-1\n    what      " + c.what + "\n    reason    because\n    source    was-1\n",
				"sent      2026-03-15T09:00:00Z (3 h ago), received 1×\n",
				"make dlq STAGE=dev QUEUE=name [ONLY=id] REDRIVE=1\n", "make dlq STAGE=dev QUEUE=name ONLY=id DROP=1\n",
			} {
				if !strings.Contains(got, want) {
					t.Errorf("lacks %q:\n%s", want, got)
				}
			}
			if strings.Contains(got, "SECRET") {
				t.Errorf("shows contents:\n%s", got)
			}
			if got := len(b.bodies(c.queue + "-dead")); got != 1 {
				t.Errorf("%d letters after a look, want it left", got)
			}
			if with, err := do(t, officeOn(b), "list --bodies"); err != nil || !strings.Contains(with, "body      "+c.body) {
				t.Errorf("--bodies: %v\n%s", err, with)
			}
		})
	}
}

// rangeBody is how Lambda puts stream records aside.
func rangeBody(first, last string) string {
	return `{"requestContext":{"condition":"RetryAttemptsExhausted","approximateInvokeCount":31},"version":"1.0","DDBStreamBatchInfo":{` +
		`"shardId":"shardId-1","startSequenceNumber":"` + first + `","endSequenceNumber":"` + last + `","batchSize":6,` +
		`"approximateArrivalOfFirstRecord":"2026-03-15T09:00:00Z","streamArn":"arn:aws:dynamodb:eu-central-1:000000000000:table/t/stream/s"}}`
}

func TestWhatTheServicesPutAsideHasAReasonToo(t *testing.T) {
	b := newBroker()
	b.put("stream-dead", rangeBody("1", "2"))
	b.put("schedule-dead", "{}")
	b.put("escalation-dead", "{}")
	b.queues["stream-dead"][0].attributes = nil
	b.queues["schedule-dead"][0].attributes = map[string]string{"ERROR_CODE": "ThrottlingException", "ERROR_MESSAGE": "Rate\x1b[31m exceeded",
		"SCHEDULE_ARN": "arn:aws:scheduler:eu-central-1:000000000000:schedule/default/Resonanz-clock"}
	b.queues["escalation-dead"][0].attributes = nil
	got, err := do(t, officeOn(b), "list")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"RetryAttemptsExhausted after 31 calls", "a run of schedule Resonanz-clock", "ThrottlingException: Rate·[31m exceeded",
		"the queue gave up", "reporting: none", "notify: none",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q:\n%s", want, got)
		}
	}
	if strings.Contains(got, "source") || strings.Contains(got, "\x1b") {
		t.Errorf("got\n%s", got)
	}
}

func TestManyLettersAreReadPageByPageAndEachOnce(t *testing.T) {
	for _, c := range []struct {
		args  string
		twice bool
		shown int
	}{
		{"list", false, 10},
		{"list", true, 10},
		{"list --max 3", false, 3},
		{"list --max 100", false, 25},
		{"list --max 100", true, 25},
		{"list --queue escalation --max 25", true, 25},
		{"list --queue notify", false, 0},
	} {
		t.Run(fmt.Sprintf("%s, twice %t", c.args, c.twice), func(t *testing.T) {
			b := newBroker()
			b.twice = c.twice
			for i := range 25 {
				b.put("escalation-dead", fmt.Sprintf("body %d", i))
			}
			got, err := do(t, officeOn(b), c.args)
			if err != nil {
				t.Fatal(err)
			}
			ids := map[string]bool{}
			lines := 0
			for line := range strings.Lines(got) {
				if strings.HasPrefix(line, "  id-") {
					lines++
					ids[line] = true
				}
			}
			if lines != c.shown || len(ids) != c.shown {
				t.Errorf("%d letters, %d of them distinct, want %d:\n%s", lines, len(ids), c.shown, got)
			}
			if c.shown > 0 && !strings.Contains(got, "escalation: 25 dead letters") {
				t.Errorf("does not tell how many there are:\n%s", got)
			}
			if n := b.hidden("escalation-dead"); n != 0 {
				t.Errorf("%d letters are hidden after a look", n)
			}
			for _, s := range b.asked {
				if time.Duration(s)*time.Second > 5*time.Second {
					t.Errorf("hides letters for %d s", s)
				}
			}
		})
	}
}

func TestALookEndsWhereNothingNewComes(t *testing.T) {
	b := newBroker()
	b.shown = true
	b.put("escalation-dead", numbered(10)...)
	got, err := do(t, officeOn(b), "list --max 100")
	if err != nil || strings.Count(got, "\n  id-") != 10 || len(b.asked) > 20 {
		t.Errorf("%v, %d reads\n%s", err, len(b.asked), got)
	}
}

func TestAgesAreInTheirLargestUnit(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-time.Second: "0 s", 90 * time.Second: "90 s", 119 * time.Minute: "119 min", 47 * time.Hour: "47 h", 13 * 24 * time.Hour: "13 days",
	} {
		if got := age(d); got != want {
			t.Errorf("%s: %q, want %q", d, got, want)
		}
	}
}
