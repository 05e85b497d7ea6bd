package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"resonanz/infra/configure"
	"resonanz/shared/config"
)

// reserved are names that lead nowhere by agreement (RFC 2606): examples that were
// never replaced.
var reserved = regexp.MustCompile(`(^|[@./])example\.(com|org|net)\b`)

// shown is how many fields one line names.
const shown = 6

// configuration looks at feedback.yaml as it is for one stage; the configuration is
// nil where it cannot be used.
func configuration(path, name, stage string) (*config.Config, []line) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, []line{bad("run it within the project", "%v", err)}
	}
	cfg, err := configure.CheckStage(name, text, stage)
	var wrong *configure.Error
	switch {
	case errors.As(err, &wrong):
		lines := make([]line, len(wrong.Problems))
		for i, p := range wrong.Problems {
			lines[i] = bad("mend "+name+" there; configure/feedback.schema.json documents each field", "%s:%d: %s: %s", name, p.Line, p.Field, p.Text)
		}
		return nil, lines
	case err != nil:
		return nil, []line{bad("mend "+name, "%v", err)}
	}
	lines := append([]line{good("fits its schema, in every stage")}, advice(cfg)...)
	return cfg, append(lines, shared(path, name, text, stage, cfg)...)
}

// shared tells what this stage claims and another does, too, though only one can
// have it: stages take from the file what their sections do not say.
func shared(path, name string, text []byte, stage string, c *config.Config) (lines []line) {
	stages, err := configure.Stages(path)
	if err != nil {
		return nil // it was read before
	}
	for _, other := range stages {
		o, err := configure.CheckStage(name, text, other)
		if err != nil || other == stage {
			continue
		}
		if d := c.Domain.Name; d != "" && d == o.Domain.Name {
			lines = append(lines, mind("before you deploy both, put domain into the section of one of them: stages."+stage+".domain",
				"stage %s is to answer at %s, too: a name leads to one stage", other, d))
		}
		if d := c.Notify.Identity.Domain; d != "" && d == o.Notify.Identity.Domain {
			lines = append(lines, mind("before you deploy both in one account and region, put notify.identity into the section of one of them: stages."+stage+".notify.identity",
				"stage %s is to have SES verify %s, too: an account and region has one identity of a domain", other, d))
		}
	}
	return lines
}

// advice says what is allowed and yet unlikely to be meant.
func advice(c *config.Config) (lines []line) {
	tell := func(condition bool, l line) {
		if condition {
			lines = append(lines, l)
		}
	}
	if fields := examples(c); len(fields) > 0 {
		l := mind("put your own in: nobody reads what is sent there", "addresses of examples: %s", strings.Join(fields, ", "))
		if c.Keep { // where it is earnest, mail to nobody is no slip
			l.mark = Bad
		}
		lines = append(lines, l)
	}
	tell(c.Organisation.Name == "Beispiel GmbH", mind("name yours: organisation.name", "customers read the name of the example, Beispiel GmbH"))
	tell(c.Organisation.PrivacyURL == "", mind("publish a privacy notice and name it: organisation.privacy_url", "pages link no privacy notice"))
	tell(c.Notify.MailFrom == "", mind("name a sender: notify.mail_from", "no mail is sent, neither to customers nor to staff"))
	tell(len(c.Escalation.Chain) == 0, mind("name who is told: escalation.chain", "nobody hears of a case that no team handles"))
	tell(c.Alarms.Email == "", mind("name an address: alarms.email", "nobody hears of alarms"))
	tell(c.Address() == "" && !c.Edge.Enabled, mind("set up a domain before the first link leaves the house: domain.name",
		"links bear the address of the API: longer than 100 characters, and another one when the stack is made anew"))
	tell(c.Budget.USDPerMonth == 0, mind("set a bound: budget.usd_per_month", "nobody hears when the account costs more than thought"))
	tell(c.OIDC.Issuer != "" && c.OIDC.Desk.ClientID == "", mind("register a public client at your issuer and name it: oidc.desk",
		"nobody can sign in at the desk"))
	if len(lines) == 0 {
		return []line{good("nothing is left of the examples")}
	}
	return lines
}

// examples lists the fields that still hold an address of an example.
func examples(c *config.Config) (fields []string) {
	b, err := json.Marshal(c)
	if err != nil {
		return nil
	}
	var value any
	if err := json.Unmarshal(b, &value); err != nil {
		return nil
	}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch n := v.(type) {
		case map[string]any:
			for k, child := range n {
				walk(strings.TrimPrefix(path+"."+k, "."), child)
			}
		case []any:
			for i, child := range n {
				walk(path+"["+strconv.Itoa(i)+"]", child)
			}
		case string:
			if reserved.MatchString(n) {
				fields = append(fields, path)
			}
		}
	}
	walk("", value)
	slices.Sort(fields)
	if len(fields) > shown {
		fields = append(fields[:shown:shown], fmt.Sprintf("and %d more", len(fields)-shown))
	}
	return fields
}
