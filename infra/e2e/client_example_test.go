package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
)

// terminal is a complete client: it keeps what is not stored yet and sends it
// again, each event with the id it got when the customer answered.
type terminal struct {
	url, key string // base of the interface; device key or access token
	queue    []map[string]any
}

// Answer notes one answer. On a real device the queue is on disk.
func (c *terminal) Answer(touchpoint, channel string, rating int, at time.Time) {
	c.queue = append(c.queue, map[string]any{
		"event_id": uuid.NewString(), "touchpoint": touchpoint, "channel": channel, "scale": "stars_1_5",
		"rating": rating, "submitted_at": at.Format(time.RFC3339),
	})
}

// Send sends up to 500 answers and keeps those that are to be sent again. It
// returns how long to wait before the next try; 0: nothing is left.
func (c *terminal) Send(ctx context.Context) (wait time.Duration, err error) {
	n := min(len(c.queue), 500)
	if n == 0 {
		return 0, nil
	}
	body, _ := json.Marshal(map[string]any{"events": c.queue[:n]})
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url+"/v1/batch", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return time.Minute, err // nothing is lost: the same ids again later
	}
	defer res.Body.Close()
	wait = time.Minute
	if s, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil {
		wait = time.Duration(s) * time.Second
	}
	if res.StatusCode != http.StatusOK {
		return wait, fmt.Errorf("not taken: %s", res.Status) // 401 and 403: this device must be enrolled again
	}
	var answer struct{ Results []struct{ Status string } }
	if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
		return wait, err
	}
	rest := c.queue[n:]
	for i, event := range c.queue[:n] { // accepted, duplicate and rejected are final
		if i >= len(answer.Results) || answer.Results[i].Status == "retry" {
			rest = append(rest, event)
		}
	}
	if c.queue = rest; len(rest) == 0 {
		wait = 0
	}
	return wait, nil
}

// Whatever answers in place of the interface, nothing is lost.
func TestTheExampleOfATerminalKeepsWhatIsNotStored(t *testing.T) {
	for name, c := range map[string]struct {
		status     int
		retryAfter string
		body       string
		kept       int
		wait       time.Duration
	}{
		"all stored":        {200, "", `{"results":[{"status":"accepted"},{"status":"duplicate"},{"status":"rejected"}]}`, 0, 0},
		"one to come again": {200, "", `{"results":[{"status":"accepted"},{"status":"retry"},{"status":"accepted"}]}`, 1, time.Minute},
		"throttled":         {429, "7", `{"code":"too_many_requests"}`, 3, 7 * time.Second},
		"not stored now":    {503, "2", `{"code":"unavailable"}`, 3, 2 * time.Second},
		"revoked":           {403, "", `{"code":"device_revoked"}`, 3, time.Minute},
		"a hotel's network": {200, "", `<h1>Welcome</h1>`, 3, time.Minute},
		"somebody else":     {200, "", `{}`, 3, time.Minute},
		"too few results":   {200, "", `{"results":[{"status":"accepted"}]}`, 2, time.Minute},
	} {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if c.retryAfter != "" {
				w.Header().Set("Retry-After", c.retryAfter)
			}
			w.WriteHeader(c.status)
			_, _ = w.Write([]byte(c.body))
		}))
		client := &terminal{url: srv.URL, key: "key"}
		for range 3 {
			client.Answer("checkout-cologne", "kiosk", 4, time.Now())
		}
		wait, _ := client.Send(t.Context())
		srv.Close()
		if len(client.queue) != c.kept || wait != c.wait {
			t.Errorf("%s: %d kept, again in %v; want %d, %v", name, len(client.queue), wait, c.kept, c.wait)
		}
	}
}

// A terminal posts two answers; the second time nothing is left to send.
func Example_terminal() {
	ctx := context.Background()
	key, err := deployed.DeviceKey(ctx, cfg, "kiosk-cologne-2")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	c := &terminal{url: deployed.PublicURL, key: key}
	c.Answer("checkout-cologne", "kiosk", 5, time.Now().Add(-time.Minute))
	c.Answer("checkout-cologne", "kiosk", 2, time.Now())
	wait, err := c.Send(ctx)
	fmt.Println(wait, err, len(c.queue))
	// Output: 0s <nil> 0
}
