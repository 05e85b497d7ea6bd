package configure

import (
	"strings"
	"testing"
)

func TestWebhooksToPrivateAddressesAreRefusedByName(t *testing.T) {
	for name, tc := range map[string]struct {
		yaml string // under notify
		want string // of the error, without the file; empty: accepted
	}{
		"public":               {"webhook_url: https://crm.example.com/hook", ""},
		"this machine":         {"webhook_url: http://127.0.0.1:9999/hook", ""},
		"kept as a secret":     {"webhooks: [{id: chat, format: slack}]", ""},
		"several":              {"webhooks: [{id: chat, format: slack}, {id: crm, url: 'https://crm.example.com/hook', reasons: [case_opened]}]", ""},
		"private":              {"webhook_url: https://10.1.2.3/hook", "notify.webhook_url: is refused: use a public host: private addresses and names are refused"},
		"private of several":   {"webhooks: [{id: crm, url: 'https://192.168.1.9/hook'}]", "notify.webhooks[0].url: is refused: use a public host: private addresses and names are refused"},
		"the address of roles": {"webhook_url: http://169.254.169.254/latest", "notify.webhook_url: is refused: use https (http is for this machine only)"},
		"a private name":       {"webhook_url: https://crm.internal/hook", "notify.webhook_url: is refused: use a public host: private addresses and names are refused"},
		"plain":                {"webhook_url: http://crm.example.com/hook", "notify.webhook_url: is refused: use https (http is for this machine only)"},
		"with a password":      {"webhook_url: https://u:p@crm.example.com/hook", "notify.webhook_url: is refused: leave out user, password and fragment"},
		"one name twice":       {"webhooks: [{id: crm}, {id: crm}]", `notify.webhooks[1].id: is "crm", like notify.webhooks[0].id`},
		"the name of the first": {"webhook_url: https://crm.example.com/hook\n  webhooks: [{id: default}]",
			`notify.webhooks[0].id: is "default", like notify.webhook_url`},
		"a form that is none":   {"webhooks: [{id: crm, format: carrier_pigeon}]", "notify.webhooks[0].format: is"},
		"a reason that is none": {"webhooks: [{id: crm, reasons: [birthday]}]", "notify.webhooks[0].reasons[0]: is"},
	} {
		t.Run(name, func(t *testing.T) {
			yaml := strings.Replace(valid, "  mail_from: feedback@example.com", "  mail_from: feedback@example.com\n  "+tc.yaml, 1)
			_, err := Check("f.yaml", []byte(yaml))
			switch {
			case tc.want == "" && err != nil:
				t.Error(err)
			case tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "/hook")):
				t.Errorf("got  %v\nwant %s", err, tc.want)
			}
		})
	}
}
