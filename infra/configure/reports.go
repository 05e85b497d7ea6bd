package configure

import (
	"fmt"
	"slices"
	"strconv"

	"resonanz/shared/config"
)

// wholeGroup is the name under which the reports of the whole organisation lie.
const wholeGroup = "all"

// checkReports lists what is wrong with groups of touchpoints and with who hears
// of their reports.
func checkReports(c *config.Config) []finding {
	k := &checker{c: c}
	groups := map[string]int{}
	for i, g := range c.Groups {
		path := []string{"groups", strconv.Itoa(i)}
		unique(k, groups, g.ID, "groups", i, "id", path...)
		if g.ID == wholeGroup {
			k.refuse(fmt.Sprintf("is %q, which stands for the report of the whole; choose another id", g.ID), below(path, "id")...)
		}
		k.text(g.Name, below(path, "name")...)
		for j, id := range g.Touchpoints {
			if !slices.ContainsFunc(c.Touchpoints, func(t config.Touchpoint) bool { return t.ID == id }) {
				k.refuse(fmt.Sprintf("is %q, which is no touchpoint", id), below(path, "touchpoints", strconv.Itoa(j))...)
			}
		}
	}
	roles := map[string]int{}
	for i, r := range c.Report.Recipients {
		path := []string{"report", "recipients", strconv.Itoa(i)}
		unique(k, roles, r.Role, "report.recipients", i, "role", path...)
		for j, id := range r.Groups {
			if _, known := groups[id]; !known {
				k.refuse(fmt.Sprintf("is %q, which is none of groups", id), below(path, "groups", strconv.Itoa(j))...)
			}
		}
	}
	if len(c.Report.Recipients) > 0 && c.Notify.MailFrom == "" {
		k.refuse("is for mail, and notify.mail_from names no sender", "report", "recipients")
	}
	return k.found
}
