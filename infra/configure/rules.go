package configure

import (
	"fmt"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/link"
)

// longestPublicURL is how long the base of links may be, in characters (42): with
// "/r/" and a token a link then fits into 100, which leaves words around it in an
// SMS.
const longestPublicURL = 100 - len("/r/") - link.Len

// CheckPublicURL says what is wrong with the base of links, "" when nothing is;
// an empty one stands for the address of the deployed API.
func CheckPublicURL(base string) string {
	if text := checkURL(base); text != "" {
		return text
	}
	if strings.HasSuffix(base, "/") || strings.ContainsAny(base, "?#") {
		return "is the base of links; want neither a trailing slash nor ? or #"
	}
	if n := utf8.RuneCountInString(base); n > longestPublicURL {
		return fmt.Sprintf("is %d characters long; at most %d, so that a link fits into 100", n, longestPublicURL)
	}
	return ""
}

// checkRules lists what no schema can say: values that must fit each other or
// the world.
func checkRules(c *config.Config) (found []finding) {
	refuse := func(text string, path ...string) { found = append(found, finding{path: path, text: text}) }

	if _, err := time.LoadLocation(c.Organisation.TimeZone); err != nil || c.Organisation.TimeZone == "Local" {
		refuse(fmt.Sprintf("is %q; want an IANA time zone, such as Europe/Berlin", c.Organisation.TimeZone), "organisation", "time_zone")
	}
	if !slices.Contains(c.Organisation.Languages, c.Organisation.DefaultLanguage) {
		refuse(fmt.Sprintf("is %q, which is not among organisation.languages", c.Organisation.DefaultLanguage), "organisation", "default_language")
	}
	for _, a := range []struct {
		url  string
		path []string
	}{
		{c.OIDC.Issuer, []string{"oidc", "issuer"}},
		{c.Organisation.PrivacyURL, []string{"organisation", "privacy_url"}},
	} {
		if text := checkURL(a.url); text != "" {
			refuse(text, a.path...)
		}
	}
	if text := CheckPublicURL(c.PublicURL); text != "" {
		refuse(text, "public_url")
	}
	if c.Rules.IndicativeN < c.Rules.MinimumN {
		refuse(fmt.Sprintf("is %d, less than rules.minimum_n (%d)", c.Rules.IndicativeN, c.Rules.MinimumN), "rules", "indicative_n")
	}
	if c.OIDC.Issuer != "" && len(c.OIDC.Audience) == 0 {
		refuse("is needed with oidc.issuer: a token for somebody else must not be taken", "oidc", "audience")
	}
	return slices.Concat(found, checkInvitations(c), checkQuestions(c), checkTouchpoints(c), checkDevices(c), checkComplaints(c), checkWebhooks(c), checkReports(c), checkRetention(c), checkOperations(c))
}

func checkTouchpoints(c *config.Config) (found []finding) {
	at := map[feedback.Touchpoint]int{}
	codes := map[link.Code]feedback.Touchpoint{link.CodeOf(feedback.Canary): feedback.Canary}
	for i, t := range c.Touchpoints {
		path := func(field ...string) []string { return append([]string{"touchpoints", strconv.Itoa(i)}, field...) }
		if j, taken := at[t.ID]; taken {
			found = append(found, finding{path: path("id"), text: fmt.Sprintf("is %q, like touchpoints[%d].id", t.ID, j)})
			continue
		}
		at[t.ID] = i
		if t.ID == feedback.Canary {
			found = append(found, finding{path: path("id"), text: fmt.Sprintf("is %q, which is kept for the canary: choose another id", t.ID)})
		}
		if other, taken := codes[link.CodeOf(t.ID)]; taken && other != t.ID {
			found = append(found, finding{path: path("id"), text: fmt.Sprintf("is %q, whose short code in links equals that of %q; choose another id", t.ID, other)})
		}
		codes[link.CodeOf(t.ID)] = t.ID
		k := checker{c: c}
		k.text(t.Name, path("name")...)
		found = append(found, k.found...)
	}
	return found
}

func checkDevices(c *config.Config) (found []finding) {
	scales := map[feedback.Touchpoint]feedback.Scale{}
	for _, t := range c.Touchpoints {
		scales[t.ID] = t.Scale
	}
	k := &checker{c: c}
	at := map[feedback.Device]int{}
	for i, d := range c.Devices {
		path := func(field string) []string { return []string{"devices", strconv.Itoa(i), field} }
		if j, taken := at[d.ID]; taken {
			found = append(found, finding{path: path("id"), text: fmt.Sprintf("is %q, like devices[%d].id", d.ID, j)})
		} else {
			at[d.ID] = i
		}
		scale, known := scales[d.Touchpoint]
		if !known {
			found = append(found, finding{path: path("touchpoint"), text: fmt.Sprintf("is %q, which is no touchpoint", d.Touchpoint)})
		}
		k.checkLook(i, &c.Devices[i], scale)
	}
	return append(found, k.found...)
}

// checkURL says what is wrong with an address that may be empty: https, or http
// on this machine.
func checkURL(s string) string {
	if s == "" {
		return ""
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil {
		return fmt.Sprintf("is %q; want an address such as https://feedback.example.com", s)
	}
	if u.Scheme == "https" || u.Scheme == "http" && onLoopback(u.Hostname()) {
		return ""
	}
	return fmt.Sprintf("is %q; want https (http only on this machine)", s)
}

func onLoopback(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
