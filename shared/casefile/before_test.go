package casefile_test

import (
	"encoding/json"
	"testing"

	"resonanz/shared/casefile"
)

// What was written before complaints had a lifecycle: state and lines as they
// stand in tables.
const (
	stateOfBefore = `{"number":"2603-7K2M-Q4XA","family":"complaint","subject":"2026-03-abcdefghijklmn27","rule":"COMPLAINT_RECEIVED","status":"received",
		"touchpoint":"hotline","response_key":"2026-03-abcdefghijklmn27","event_id":"018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f",
		"opened_at":"2026-03-15T12:00:00Z","due_at":"2026-03-15T13:00:00Z","step":1,"next_at":"9999-12-31T00:00:00Z","version":2,
		"head":"eca8a8d7e38b51e33cbcfea6cc0e36f7d3c86aa44904018057e3d6e3dd1dafaa"}`
	linesOfBefore = `[{"case":"2603-7K2M-Q4XA","seq":1,"at":"2026-03-15T12:00:00Z","action":"opened","cause":"018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f",
		"rule":"COMPLAINT_RECEIVED","category":"delivery.late","status":"received","due_at":"2026-03-15T13:00:00Z","step":0,
		"alert":{"id":"2603-7K2M-Q4XA#1","reason":"case_opened","at":"2026-03-15T12:00:00Z","case":"2603-7K2M-Q4XA","rule":"COMPLAINT_RECEIVED",
		"priority":"normal","touchpoint":"hotline","response_key":"2026-03-abcdefghijklmn27","event_id":"018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0f",
		"category":"delivery.late","due_at":"2026-03-15T13:00:00Z","step":0},
		"prev":"0000000000000000000000000000000000000000000000000000000000000000","hash":"ea043d24d11a9588066285a9043a1d8adbc91e0106ae58442d084fa2b6eac90a"},
		{"case":"2603-7K2M-Q4XA","seq":2,"at":"2026-03-15T13:00:00Z","action":"overdue","rule":"COMPLAINT_RECEIVED","rating":2,"scale":"stars_1_5",
		"status":"received","due_at":"2026-03-15T13:00:00Z","step":1,
		"prev":"ea043d24d11a9588066285a9043a1d8adbc91e0106ae58442d084fa2b6eac90a","hash":"eca8a8d7e38b51e33cbcfea6cc0e36f7d3c86aa44904018057e3d6e3dd1dafaa"}]`
)

func TestATimelineOfBeforeIsStillWhole(t *testing.T) {
	var c casefile.Case
	var timeline []casefile.Entry
	if err := json.Unmarshal([]byte(stateOfBefore), &c); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(linesOfBefore), &timeline); err != nil {
		t.Fatal(err)
	}
	if err := casefile.Check(&c, timeline); err != nil {
		t.Error(err)
	}
	timeline[0].Category = "delivery.lost"
	if casefile.Check(&c, timeline) == nil {
		t.Error("a change is not found")
	}
}
