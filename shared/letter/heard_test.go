package letter

import (
	"testing"
	"time"

	"resonanz/shared/casefile"
)

// Who complained twice is written to where they said last, about what the step is
// about.
func TestTheAddressGivenLastCountsAndTheComplaintBehindTheStep(t *testing.T) {
	at := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	first := Complained{EventID: "a", Email: "old@example.com", Said: Said{Name: "Karla Beispiel", Comment: "one", ReceivedAt: at}}
	second := Complained{EventID: "b", Email: "new@example.com", Said: Said{Comment: "two", ReceivedAt: at.Add(time.Hour)}}
	for _, all := range [][]Complained{{first, second}, {second, first}} {
		m := CaseMail{Step: &casefile.Entry{}}
		if to := m.Hear(all, []casefile.Entry{{Cause: "a"}, {Cause: "x"}}); to != "new@example.com" || m.Said.Comment != "one" || m.Said.Name != "Karla Beispiel" {
			t.Errorf("%s: %+v", to, m.Said)
		}
	}
	m := CaseMail{Step: &casefile.Entry{}}
	if to := m.Hear(nil, nil); to != "" {
		t.Errorf("nobody complained, and %q is written to", to)
	}
}
