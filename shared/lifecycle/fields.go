package lifecycle

import (
	"slices"
	"strings"
	"unicode/utf8"

	"resonanz/shared/casefile"
)

// MaxWords bounds what is written with one entry, in characters.
const MaxWords = 5000

// maxCode bounds ids and codes, in bytes.
const maxCode = 128

// refuse makes a refusal.
func refuse(code Code, field, detail string) *Refusal {
	return &Refusal{Code: code, Field: field, Detail: detail}
}

// said reports whether words were given.
func (c *Command) said() bool { return c.Words != nil && c.Words.Text != "" }

// malformed says what no command may hold, whatever it is.
func (c *Command) malformed() *Refusal {
	if c.said() {
		if !utf8.ValidString(c.Words.Text) || strings.ContainsRune(c.Words.Text, 0) {
			return refuse(Invalid, "text", "The text is not valid UTF-8, or holds a NUL.")
		}
		if utf8.RuneCountInString(c.Words.Text) > MaxWords {
			return refuse(Invalid, "text", "The text is longer than 5000 characters.")
		}
	}
	for field, code := range map[string]string{
		"owner": c.Owner, "reason": c.Reason, "corrective_action": c.CorrectiveAction,
		"id": c.ID, "rule": c.Rule, "clock": c.Clock,
	} {
		if !isCode(code) {
			return refuse(Invalid, field, "This is not a code: want letters, digits and . _ : | - only.")
		}
	}
	if c.Severity != "" && !slices.Contains(casefile.Severities[:], c.Severity) {
		return refuse(Invalid, "severity", "Want low, medium, high or critical.")
	}
	if c.Urgency != "" && c.Urgency != casefile.Normal && c.Urgency != casefile.Urgent && c.Urgency != casefile.Immediate {
		return refuse(Invalid, "urgency", "Want normal, urgent or immediate.")
	}
	return nil
}

// isCode reports whether s is empty or can stand in a timeline: never a name or
// an address.
func isCode(s string) bool {
	return len(s) <= maxCode && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && !strings.ContainsRune("._:|-", r)
	})
}

// beyond refuses the first field that is set and not among uses.
func (c *Command) beyond(uses string) *Refusal {
	names := strings.Fields(uses)
	for _, f := range [...]struct {
		name string
		set  bool
	}{
		{"text", c.said()},
		{"severity", c.Severity != ""},
		{"urgency", c.Urgency != ""},
		{"category", c.Category != ""},
		{"team", c.Team != ""},
		{"owner", c.Owner != ""},
		{"reason", c.Reason != ""},
		{"root_cause", c.RootCause != ""},
		{"corrective_action", c.CorrectiveAction != ""},
		{"id", c.ID != ""},
		{"rule", c.Rule != ""},
		{"clock", c.Clock != ""},
		{"outcome", c.Outcome != ""},
		{"type", c.Compensation != nil},
		{"of", c.Duplicate != ""},
		{"stars", c.Stars != 0},
		{"attachment", c.Attachment != nil},
		{"bytes", c.Bytes != 0},
	} {
		if f.set && !slices.Contains(names, f.name) {
			return refuse(Unexpected, f.name, "This field is not for this command.")
		}
	}
	return nil
}

// needWords refuses a command without words.
func (c *Command) needWords() *Refusal {
	if !c.said() || strings.TrimSpace(c.Words.Text) == "" {
		return refuse(Missing, "text", "Say it in words.")
	}
	return nil
}
