package emulator

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
)

// Mail is a message that a function sent by SES.
type Mail struct {
	ID      string   `json:"MessageId"`
	From    string   `json:"Source"`
	To      []string `json:"To"`
	Subject string   `json:"Subject"`
	Text    string   `json:"BodyText"`
	HTML    string   `json:"BodyHtml"`
}

// Mails reads back all mail sent since the emulator started, oldest first.
func Mails(ctx context.Context, endpoint string) ([]Mail, error) {
	var answer struct {
		Messages map[string][]Mail `json:"messages"`
	}
	if err := inspect(ctx, endpoint+"/_ministack/ses/messages", &answer); err != nil {
		return nil, fmt.Errorf("reading sent mail: %w", err)
	}
	return answer.Messages[Account], nil
}

// Message is a message that waits in a queue.
type Message struct {
	ID         string `json:"MessageId"`
	Body       string `json:"Body"`
	Received   int    `json:"ReceiveCount"`
	Attributes map[string]struct {
		StringValue string `json:"StringValue"`
	} `json:"MessageAttributes"`
}

// Peek reads a queue's messages, visible and in flight, without receiving them.
func Peek(ctx context.Context, endpoint, queueURL string) ([]Message, error) {
	var answer struct {
		Messages map[string]map[string]map[string][]Message `json:"messages"`
	}
	if err := inspect(ctx, endpoint+"/_ministack/sqs/messages?QueueUrl="+url.QueryEscape(queueURL), &answer); err != nil {
		return nil, fmt.Errorf("looking into queue %s: %w", queueURL, err)
	}
	return answer.Messages[Account][Region][queueURL], nil
}

func inspect(ctx context.Context, address string, into any) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return err
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("the emulator answers %s", res.Status)
	}
	return json.NewDecoder(res.Body).Decode(into)
}
