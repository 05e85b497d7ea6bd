package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
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
	for i, r := range answer.Results {
		if r.Status == "retry" { // accepted, duplicate and rejected are final
			rest = append(rest, c.queue[i])
		}
	}
	if c.queue = rest; len(rest) == 0 {
		wait = 0
	}
	return wait, nil
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
