package httpapi_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/httpapi"
)

func TestANoteSaysWhatHappenedAndNoMore(t *testing.T) {
	q := &httpapi.Request{RawPath: "/c/secret-token", RawQueryString: "l=de", Body: "stars=5"}
	q.RequestContext.HTTP.Method = "POST"
	for name, c := range map[string]struct {
		note httpapi.Note
		want map[string]any
	}{
		"well":    {httpapi.Note{Route: "/c/{token}", Took: 1500 * time.Microsecond}, map[string]any{"level": "INFO"}},
		"refused": {httpapi.Note{Route: "/c/{token}", Code: "not_found", Took: 1500 * time.Microsecond}, map[string]any{"level": "INFO", "code": "not_found"}},
		"failed":  {httpapi.Note{Route: "/c/{token}", Cause: errors.New("no answer"), Took: 1500 * time.Microsecond}, map[string]any{"level": "ERROR", "error": "no answer"}},
	} {
		var b bytes.Buffer
		c.note.Log(t.Context(), slog.New(slog.NewJSONHandler(&b, nil)), q, 303)
		var got map[string]any
		if err := json.Unmarshal(b.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		delete(got, "time")
		c.want["msg"], c.want["route"], c.want["method"], c.want["status"], c.want["us"] = "request", "/c/{token}", "POST", 303.0, 1500.0
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}
