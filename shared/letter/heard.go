package letter

import (
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
)

// Complained is what a customer said with one complaint of a response, and where
// they can be reached.
type Complained struct {
	EventID feedback.EventID
	Email   string
	Said
}

// Hear takes into m what the complaint behind timeline said, the entries up to
// the step that m tells of, and returns the address to write to: the one that
// was given last with a complaint of the response; "" when none is known any
// more.
func (m *CaseMail) Hear(all []Complained, timeline []casefile.Entry) (to string) {
	said := make(map[feedback.EventID]Said, len(all))
	name, last := "", -1
	for i := range all {
		said[all[i].EventID] = all[i].Said
		if all[i].Email != "" && (last < 0 || !all[i].ReceivedAt.Before(all[last].ReceivedAt)) {
			last, to, name = i, all[i].Email, all[i].Name
		}
	}
	m.Said = Said{Name: name}
	for i := len(timeline) - 1; i >= 0; i-- {
		if s, ok := said[timeline[i].Cause]; ok {
			m.Said = s
			break
		}
	}
	if m.Said.Name == "" {
		m.Said.Name = name
	}
	if s, ok := said[m.Step.Cause]; ok && m.Step.Words == nil && s.Comment != "" {
		step := *m.Step // told by a complaint of its own, not on the status page
		step.Words = &casefile.Words{Text: s.Comment}
		m.Step = &step
	}
	return to
}
