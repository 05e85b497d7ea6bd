package rotate

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"resonanz/shared/config"
)

const day = 24 * time.Hour

// Names are the secrets that can be rotated.
var Names = []string{"link", "device", "webhook"}

// receivers is how long those who check webhooks have to take the new key; a
// message that failed is repeated for a day and a half.
const receivers = 7 * day

// enrolling is how long a house has to enrol its devices anew.
const enrolling = 30 * day

// reportLinks is the default of report.link_days.
const reportLinks = 14

// Plan says how long the key of a secret has to count after the next one signs,
// and what is to do meanwhile.
func Plan(secret string, cfg *config.Config) (overlap time.Duration, then string, err error) {
	switch secret {
	case "link": // until the longest link expired
		days := slices.Max([]int{cfg.Links.ValidDays, cfg.Complaints.LinkDays, cfg.Report.LinkDays, reportLinks})
		return time.Duration(days)*day + time.Hour, "", nil
	case "device":
		var ids []string
		for i := range cfg.Devices {
			if !cfg.Devices[i].Revoked {
				ids = append(ids, string(cfg.Devices[i].ID))
			}
		}
		if ids == nil {
			return 0, "no device is configured", nil
		}
		return enrolling, "enrol each device anew, make device-key DEVICE=…: " + strings.Join(ids, ", "), nil
	case "webhook":
		return receivers, "webhooks bear the signatures of both keys within the hour; then give every receiver the new one", nil
	}
	return 0, "", fmt.Errorf("no secret %q: these can be rotated: %s", secret, strings.Join(Names, ", "))
}
