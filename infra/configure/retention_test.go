package configure

import (
	"os"
	"strings"
	"testing"
)

func TestWhatIsNeededIsKeptThatLong(t *testing.T) {
	for _, c := range []struct {
		name, field, put, want string
	}{
		{"words for ever", "own_words_days: 400", "own_words_days: 0", ""},
		{"words for two months", "own_words_days: 400", "own_words_days: 62", ""},
		{"words shorter than a report needs", "own_words_days: 400", "own_words_days: 61", "retention.own_words_days"},
		{"cases for ever", "cases_days: 1095", "cases_days: 0", ""},
		{"cases just longer than repeats are known", "cases_days: 1095", "cases_days: 91", ""},
		{"cases shorter than repeats are known", "cases_days: 1095", "cases_days: 90", "more than escalation.repeat_days (90)"},
		{"cases shorter than they can be reopened", "cases_days: 1095", "cases_days: 30", "more than complaints.reopen_days (30)"},
		{"addresses shorter than links work", "invitations_days: 90", "invitations_days: 29", "retention.invitations_days"},
		{"addresses for ever", "invitations_days: 90", "invitations_days: 0", "retention.invitations_days"},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := everyFieldText(t)
			if strings.Count(text, c.field) != 1 {
				t.Fatalf("%s is not in the file once", c.field)
			}
			_, err := Check("feedback.yaml", []byte(strings.Replace(text, c.field, c.put, 1)))
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func everyFieldText(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/every-field.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
