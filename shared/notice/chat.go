package notice

import (
	"encoding/json"
	"fmt"
	"strings"

	"resonanz/events"
)

// slackFields is how many fields a section of a Slack message may have, and
// slackHeader how many characters its header.
const (
	slackFields = 10
	slackHeader = 150
)

type slackText struct {
	Type string `json:"type"` // plain_text or mrkdwn
	Text string `json:"text"`
}

type slackBlock struct {
	Type   string      `json:"type"` // header or section
	Text   *slackText  `json:"text,omitempty"`
	Fields []slackText `json:"fields,omitempty"`
}

// Slack is the body of an incoming webhook of Slack: nothing personal, the same
// bytes for the same alert.
func (w *Writer) Slack(a *events.Alert) ([]byte, error) {
	escape := strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace
	title := w.subject(a)
	header := []rune(title)
	if len(header) > slackHeader {
		header = header[:slackHeader]
	}
	blocks := []slackBlock{
		{Type: "header", Text: &slackText{"plain_text", string(header)}},
		{Type: "section", Text: &slackText{"mrkdwn", escape(w.intro(a))}},
	}
	facts := w.facts(a)
	for len(facts) > 0 {
		n := min(len(facts), slackFields)
		section := slackBlock{Type: "section"}
		for _, f := range facts[:n] {
			section.Fields = append(section.Fields, slackText{"mrkdwn", "*" + escape(f.name) + "*\n" + escape(f.value)})
		}
		blocks, facts = append(blocks, section), facts[n:]
	}
	if address := w.desk(a); address != "" {
		blocks = append(blocks, slackBlock{Type: "section", Text: &slackText{"mrkdwn", "<" + escape(address) + "|" + w.texts().open + ">"}})
	}
	b, err := json.Marshal(struct {
		Text   string       `json:"text"` // for notifications
		Blocks []slackBlock `json:"blocks"`
	}{escape(title), blocks})
	if err != nil {
		return nil, fmt.Errorf("wording a message for Slack: %w", err)
	}
	return b, nil
}

type teamsFact struct {
	Title string `json:"title"`
	Value string `json:"value"`
}

type teamsElement struct {
	Type   string      `json:"type"` // TextBlock or FactSet
	Text   string      `json:"text,omitempty"`
	Size   string      `json:"size,omitempty"`
	Weight string      `json:"weight,omitempty"`
	Wrap   bool        `json:"wrap,omitempty"`
	Facts  []teamsFact `json:"facts,omitempty"`
}

type teamsAction struct {
	Type  string `json:"type"` // Action.OpenUrl
	Title string `json:"title"`
	URL   string `json:"url"`
}

type teamsCard struct {
	Schema  string         `json:"$schema"`
	Type    string         `json:"type"`
	Version string         `json:"version"`
	Body    []teamsElement `json:"body"`
	Actions []teamsAction  `json:"actions,omitempty"`
}

type teamsAttachment struct {
	ContentType string    `json:"contentType"`
	Content     teamsCard `json:"content"`
}

// Teams is the body of a workflow of Microsoft Teams that posts what a webhook
// brings: one adaptive card. Nothing personal, the same bytes for the same alert.
func (w *Writer) Teams(a *events.Alert) ([]byte, error) {
	facts := make([]teamsFact, 0, 12)
	for _, f := range w.facts(a) {
		facts = append(facts, teamsFact{f.name, f.value})
	}
	card := teamsCard{
		Schema: "http://adaptivecards.io/schemas/adaptive-card.json", Type: "AdaptiveCard", Version: "1.4",
		Body: []teamsElement{
			{Type: "TextBlock", Text: w.subject(a), Size: "Large", Weight: "Bolder", Wrap: true},
			{Type: "TextBlock", Text: w.intro(a), Wrap: true},
			{Type: "FactSet", Facts: facts},
		},
	}
	if address := w.desk(a); address != "" {
		card.Actions = []teamsAction{{"Action.OpenUrl", w.texts().open, address}}
	}
	b, err := json.Marshal(struct {
		Type        string            `json:"type"`
		Attachments []teamsAttachment `json:"attachments"`
	}{"message", []teamsAttachment{{"application/vnd.microsoft.card.adaptive", card}}})
	if err != nil {
		return nil, fmt.Errorf("wording a message for Teams: %w", err)
	}
	return b, nil
}
