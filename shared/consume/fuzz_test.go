package consume_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/consume"
)

// A message is read whole, and then comes back the same when it is written again, or
// is poison: never worth another try.
func FuzzDecode(f *testing.F) {
	batches, err := filepath.Glob("../../events/samples/*-batch.json")
	if err != nil || len(batches) == 0 {
		f.Fatal(err)
	}
	for _, file := range batches {
		b, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		var batch lambdaevents.SQSEvent
		if err := json.Unmarshal(b, &batch); err != nil {
			f.Fatal(err)
		}
		for i := range batch.Records {
			f.Add(batch.Records[i].Body)
		}
	}
	f.Add(`{"version":1,"type":"stored","stored":{}}`)
	f.Fuzz(func(t *testing.T, body string) {
		m, err := consume.Decode(body)
		if err != nil {
			if !consume.IsPoison(err) {
				t.Errorf("%q is tried again: %v", body, err)
			}
			return
		}
		b, err := json.Marshal(m)
		if err != nil {
			t.Fatalf("%q cannot be written: %v", body, err)
		}
		again, err := consume.Decode(string(b))
		if err != nil {
			t.Fatalf("%q, written again %s: %v", body, b, err)
		}
		c, err := json.Marshal(again)
		if diff := cmp.Diff(string(b), string(c)); err != nil || diff != "" {
			t.Errorf("%v %s", err, diff)
		}
	})
}
