package configure

import (
	"fmt"
	"strconv"
	"strings"

	"resonanz/shared/config"
	"resonanz/shared/notice"
)

// checkWebhooks refuses addresses that a webhook must not go to, and two
// endpoints of one name. The address that stands alone is the endpoint "default".
func checkWebhooks(c *config.Config) (found []finding) {
	refuse := func(text string, path ...string) {
		found = append(found, finding{path: append([]string{"notify"}, path...), text: text})
	}
	check := func(address string, path ...string) {
		if address == "" {
			return
		}
		if err := notice.CheckURL(address); err != nil {
			refuse("is refused: "+strings.TrimPrefix(err.Error(), "webhook: "), path...)
		}
	}
	check(c.Notify.WebhookURL, "webhook_url")
	named := map[string]string{}
	if c.Notify.WebhookURL != "" {
		named[notice.DefaultEndpoint] = "notify.webhook_url"
	}
	for i, w := range c.Notify.Webhooks {
		at := strconv.Itoa(i)
		if other, taken := named[w.ID]; taken {
			refuse(fmt.Sprintf("is %q, like %s", w.ID, other), "webhooks", at, "id")
		} else {
			named[w.ID] = "notify.webhooks[" + at + "].id"
		}
		check(w.URL, "webhooks", at, "url")
	}
	return found
}
