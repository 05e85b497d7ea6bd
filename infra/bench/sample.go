package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/link"
	"resonanz/shared/period"
)

// sample reads a payload of events/samples.
func (w *world) sample(name string) ([]byte, error) {
	b, err := os.ReadFile(filepath.Join(w.bench.root, "events", "samples", name))
	if err != nil {
		return nil, fmt.Errorf("reading a sample: %w", err)
	}
	return b, nil
}

// request is a sample of API Gateway with another path, body or caller. Each comes
// from a network of its own, of those for benchmarks (RFC 2544), as long as they
// last: 512, then again.
type request struct {
	sample string
	path   string // empty: the sample's
	bearer string
	form   url.Values // or
	body   any        // as JSON
}

func (w *world) request(r request) ([]byte, error) {
	b, err := w.sample(r.sample)
	if err != nil {
		return nil, err
	}
	var e map[string]any
	if err := json.Unmarshal(b, &e); err != nil {
		return nil, fmt.Errorf("reading sample %s: %w", r.sample, err)
	}
	headers, _ := e["headers"].(map[string]any)
	about, _ := e["requestContext"].(map[string]any)
	call, _ := about["http"].(map[string]any)
	if headers == nil || call == nil {
		return nil, fmt.Errorf("reading sample %s: it is no request", r.sample)
	}
	w.made++
	from := fmt.Sprintf("198.%d.%d.7", 18+w.made/256%2, w.made%256)
	headers["x-forwarded-for"], call["sourceIp"] = from, from
	// The domain of customers' pages stands before API Gateway.
	headers["host"], about["domainName"] = strings.TrimPrefix(publicURL, "https://"), strings.TrimPrefix(publicURL, "https://")
	about["timeEpoch"] = time.Now().UnixMilli()
	if r.path != "" {
		e["rawPath"], call["path"] = r.path, r.path
		if in, ok := e["pathParameters"].(map[string]any); ok && len(in) == 1 {
			for name := range in {
				in[name] = r.path[strings.LastIndexByte(r.path, '/')+1:]
			}
		}
	}
	if r.bearer != "" {
		headers["authorization"] = "Bearer " + r.bearer
	}
	switch {
	case r.form != nil: // API Gateway hands forms on as base64
		e["body"], e["isBase64Encoded"] = base64.StdEncoding.EncodeToString([]byte(r.form.Encode())), true
	case r.body != nil:
		text, err := json.Marshal(r.body)
		if err != nil {
			return nil, fmt.Errorf("writing a body: %w", err)
		}
		e["body"], e["isBase64Encoded"] = string(text), false
	}
	b, err = json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("writing a request: %w", err)
	}
	return b, nil
}

var (
	eventIDs     = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)
	responseKeys = regexp.MustCompile(`20\d\d-\d\d-[a-z2-7]{16}`)
	caseNumbers  = regexp.MustCompile(`\b(26\d\d)-[0-9A-Z]{4}-[0-9A-Z]{4}\b`)
)

// fresh is a sample of a queue or of the stream with event ids, response keys and
// case numbers that never were: the same stays the same within one payload.
func (w *world) fresh(name string) ([]byte, error) {
	b, err := w.sample(name)
	if err != nil {
		return nil, err
	}
	w.made++
	known := make(map[string]string)
	replace := func(text []byte, what *regexp.Regexp, by func(string) string) []byte {
		return what.ReplaceAllFunc(text, func(old []byte) []byte {
			if known[string(old)] == "" {
				known[string(old)] = by(string(old))
			}
			return []byte(known[string(old)])
		})
	}
	b = replace(b, eventIDs, func(string) string { return string(feedback.NewEventID()) })
	b = replace(b, responseKeys, func(old string) string { return old[:len("2026-03")] + string(newKey())[len("2026-03"):] })
	return replace(b, caseNumbers, func(old string) string {
		const digits = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
		n := w.made*8 + len(known)
		var tail [8]byte
		for i := range tail {
			tail[i] = digits[n%len(digits)]
			n /= len(digits)
		}
		return old[:5] + string(tail[:4]) + "-" + string(tail[4:])
	}), nil
}

func newKey() feedback.ResponseKey {
	return feedback.NewResponseKey(period.Of(time.Now(), time.UTC), feedback.ResponseIDOf(feedback.NewEventID()))
}

// devices of the configuration under which warm functions are measured: so many
// that no limit of a device is reached.
const devices = 60

func deviceName(i int) string { return "bench-kiosk-" + strconv.Itoa(i%devices) }

// manyDevices adds them to the text of a configuration.
func manyDevices(text []byte) ([]byte, error) {
	before, after, found := strings.Cut(string(text), "\ndevices:\n")
	if !found {
		return nil, fmt.Errorf("adding devices: the configuration has no line %q", "devices:")
	}
	var b strings.Builder
	b.WriteString(before + "\ndevices:\n")
	for i := range devices {
		fmt.Fprintf(&b, "  - {id: %s, touchpoint: checkout-cologne, channel: kiosk, generation: 1}\n", deviceName(i))
	}
	return []byte(b.String() + after), nil
}

// deviceKey is that of one of many devices, of the next each time, or of a device
// of the configuration that ships.
func (w *world) deviceKey() string {
	name := deviceName(w.made)
	if w.shipped {
		name = "kiosk-cologne-1"
	}
	return link.DeviceKey([]byte(secretOf("device")), feedback.Device(name), 1)
}

// ring holds the key of links.
func ring() link.Keyring {
	r, err := link.NewKeyring([]byte(secretOf("link")), nil)
	if err != nil {
		panic(err) // the key is long enough
	}
	return r
}

// token is a link for a contact of its own.
func token(w *world) string {
	tp := w.bench.config.Touchpoint("hotline")
	return link.Sign(ring(), link.Token{ResponseKey: newKey(), Touchpoint: link.CodeOf(tp.ID), Channel: "email_link", Language: "de", ExpiresAt: time.Now().Add(24 * time.Hour)})
}

// rating is one as a kiosk sends it.
func rating() map[string]any {
	return map[string]any{
		"event_id": feedback.NewEventID(), "touchpoint": "checkout-cologne", "channel": "kiosk", "scale": "stars_1_5", "rating": 4,
		"submitted_at": time.Now().UTC().Format(time.RFC3339), "language": "de",
	}
}

// invited asks for a link and says to whom it was given.
func (w *world) invited(ctx context.Context, body map[string]any) (id feedback.EventID, key feedback.ResponseKey, err error) {
	id = feedback.NewEventID()
	body["event_id"] = id
	payload, err := w.request(request{sample: "invitation-post.json", body: body})
	if err != nil {
		return "", "", err
	}
	response, err := w.invoke(ctx, "invitation", payload)
	if err != nil {
		return "", "", err
	}
	var out struct {
		StatusCode int
		Body       string
	}
	if err := json.Unmarshal(response, &out); err != nil {
		return "", "", fmt.Errorf("reading what invitation answers: %w", err)
	}
	var issued struct {
		Key feedback.ResponseKey `json:"response_key"`
	}
	if err := json.Unmarshal([]byte(out.Body), &issued); err != nil || out.StatusCode != http.StatusCreated {
		return "", "", fmt.Errorf("invitation answers %s", response)
	}
	return id, issued.Key, nil
}

// firstRecords leaves so many records of an event of SQS.
func firstRecords(payload []byte, n int, err error) ([]byte, error) {
	if err != nil {
		return nil, err
	}
	var e struct{ Records []json.RawMessage }
	if err := json.Unmarshal(payload, &e); err != nil || len(e.Records) < n {
		return nil, fmt.Errorf("leaving %d records: there are %d (%w)", n, len(e.Records), err)
	}
	e.Records = e.Records[:n]
	b, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("writing records: %w", err)
	}
	return b, nil
}

// queued is an event of SQS with these bodies.
func queued(bodies ...any) ([]byte, error) {
	type record struct {
		ID         string            `json:"messageId"`
		Handle     string            `json:"receiptHandle"`
		Body       string            `json:"body"`
		Attributes map[string]string `json:"attributes"`
		Source     string            `json:"eventSource"`
		ARN        string            `json:"eventSourceARN"`
		Region     string            `json:"awsRegion"`
	}
	var e struct{ Records []record }
	for i, body := range bodies {
		text, err := json.Marshal(body)
		if err != nil {
			return nil, fmt.Errorf("writing a message: %w", err)
		}
		e.Records = append(e.Records, record{
			strconv.Itoa(i), strings.Repeat("r", 300), string(text), map[string]string{"ApproximateReceiveCount": "1", "SentTimestamp": strconv.FormatInt(time.Now().UnixMilli(), 10)},
			"aws:sqs", "arn:aws:sqs:" + region + ":" + account + ":bench", region,
		})
	}
	b, err := json.Marshal(e)
	if err != nil {
		return nil, fmt.Errorf("writing messages: %w", err)
	}
	return b, nil
}
