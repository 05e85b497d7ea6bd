package notice

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/feedback"
)

func TestSlackReadsABlockOfEachPart(t *testing.T) {
	b, err := writer(t, "en").Slack(handled(events.CaseAtRisk, "SLA_AT_RISK"))
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Text   string
		Blocks []struct {
			Type   string
			Text   *struct{ Type, Text string }
			Fields []struct{ Type, Text string }
		}
	}
	if err := json.Unmarshal(b, &got); err != nil {
		t.Fatal(err)
	}
	if got.Text != "Deadline at risk · Checkout Cologne · 2603-7K2M-Q4XA" || len(got.Blocks) != 4 ||
		got.Blocks[0].Type != "header" || got.Blocks[0].Text.Type != "plain_text" || got.Blocks[0].Text.Text != got.Text ||
		got.Blocks[1].Text.Text != "Most of the time until a deadline is used up. The deadline is 11 Mar 2026, 10:00 (CET)." ||
		got.Blocks[2].Fields[0].Text != "*Case*\n2603-7K2M-Q4XA" || got.Blocks[2].Fields[0].Type != "mrkdwn" ||
		got.Blocks[3].Text.Text != "<https://feedback.example.com/desk#/cases/2603-7K2M-Q4XA|Open the case>" {
		t.Errorf("got %s", b)
	}
}

func TestTeamsReadsAnAdaptiveCard(t *testing.T) {
	b, err := writer(t, "de").Teams(opened())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"type":"message","attachments":[{"contentType":"application/vnd.microsoft.card.adaptive","content":{` +
		`"$schema":"http://adaptivecards.io/schemas/adaptive-card.json","type":"AdaptiveCard","version":"1.4","body":[` +
		`{"type":"TextBlock","text":"Niedrige Bewertung mit Rückrufwunsch · Kasse Köln · 2603-7K2M-Q4XA","size":"Large","weight":"Bolder","wrap":true},` +
		`{"type":"TextBlock","text":"Eine Rückmeldung braucht eine Antwort. Rückruf zugesagt bis 11.03.2026, 10:00 Uhr (CET).","wrap":true},` +
		`{"type":"FactSet","facts":[{"title":"Vorgang","value":"2603-7K2M-Q4XA"},{"title":"Priorität","value":"hoch"},{"title":"Kontaktpunkt","value":"Kasse Köln"},` +
		`{"title":"Bewertung","value":"2 von 5 Sternen"},{"title":"Fällig","value":"11.03.2026, 10:00 Uhr (CET)"},{"title":"Gemeldet","value":"10.03.2026, 10:00 Uhr (CET)"}]}],` +
		`"actions":[{"type":"Action.OpenUrl","title":"Vorgang öffnen","url":"https://feedback.example.com/desk#/cases/2603-7K2M-Q4XA"}]}}]}`
	if diff := cmp.Diff(want, string(b)); diff != "" {
		t.Error(diff)
	}
}

// TestChatsTakeWhateverTheConfigurationNames: names of places must neither break
// the form of a message nor call a channel together.
func TestChatsTakeWhateverTheConfigurationNames(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		name := rapid.OneOf(rapid.String(), rapid.Just("<!channel> & <https://example.com|here>"), rapid.StringN(300, 400, -1)).Draw(rt, "name")
		w := writer(t, "en")
		w.Touchpoint = func(feedback.Touchpoint, feedback.Language) string { return name }
		a := handled(events.CaseOpened, "SPIKE")
		a.Device = "kiosk-1"
		a.Signal = &events.Signal{Subject: name, Observed: 3}
		for i, word := range []func(*events.Alert) ([]byte, error){w.Slack, w.Teams} {
			b, err := word(a)
			if err != nil || !json.Valid(b) {
				rt.Fatalf("%v: %s", err, b)
			}
			if i == 0 && (strings.Contains(string(b), "<!channel") || strings.Contains(string(b), `\u003c!channel`)) {
				rt.Fatalf("calls the channel: %s", b)
			}
		}
		var got struct {
			Blocks []struct {
				Text   struct{ Text string }
				Fields []any
			}
		}
		b, _ := w.Slack(a)
		if err := json.Unmarshal(b, &got); err != nil {
			rt.Fatal(err)
		}
		if n := len([]rune(got.Blocks[0].Text.Text)); n == 0 || n > slackHeader {
			rt.Fatalf("a header of %d characters", n)
		}
		for _, k := range got.Blocks {
			if len(k.Fields) > slackFields {
				rt.Fatalf("%d fields", len(k.Fields))
			}
		}
	})
}

func TestChatsHoldNothingPersonal(t *testing.T) {
	a := handled(events.CustomerActed, "COMPLAINT_RECEIVED")
	a.Action = "replied"
	w := writer(t, "de")
	for _, word := range []func(*events.Alert) ([]byte, error){w.Slack, w.Teams} {
		b, err := word(a)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), string(a.EventID)) || strings.Contains(string(b), string(a.ResponseKey)) {
			t.Errorf("got %s", b)
		}
	}
}
