package configure

import (
	"fmt"

	"resonanz/shared/config"
)

// checkRetention lists what would be gone while it is needed.
func checkRetention(c *config.Config) []finding {
	k := &checker{c: c}
	r := &c.Retention
	if n := r.OwnWordsDays; n != 0 && n < config.LeastOwnWordsDays {
		k.refuse(fmt.Sprintf("is %d; want 0 or at least %d: the report of a month shows what was written in it", n, config.LeastOwnWordsDays),
			"retention", "own_words_days")
	}
	for _, least := range []struct {
		what string
		days int
	}{
		{"complaints.reopen_days", c.Complaints.ReopenDays},
		{"complaints.survey_days", c.Complaints.SurveyDays},
		{"escalation.repeat_days", c.Escalation.RepeatDays},
	} {
		if n := r.CasesDays; n != 0 && n <= least.days {
			k.refuse(fmt.Sprintf("is %d; want 0 or more than %s (%d)", n, least.what, least.days), "retention", "cases_days")
			break
		}
	}
	return k.found
}
