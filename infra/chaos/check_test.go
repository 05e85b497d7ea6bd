package main

import (
	"strings"
	"testing"
	"time"

	"resonanz/events"
	"resonanz/infra/local/emulator"
	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

const (
	number = casefile.Number("2603-7K2M-Q4XA")
	told   = "chaos-1@example.com"
	staff  = "service@example.com"
	key    = feedback.ResponseKey("2026-03-aaaaaaaaaaaaaaaa")
	said   = feedback.EventID("0b0f4c7e-5f3e-4a64-9d6a-2f1f6f0f7b11")
)

// whole is a stack in which everything is as promised.
func whole(t *testing.T) (*found, *owed, *config.Config) {
	t.Helper()
	at := time.Date(2026, time.March, 2, 10, 0, 0, 0, time.UTC)
	c := &casefile.Case{Number: number, Family: casefile.Complaint, Status: casefile.Acknowledged, OpenedAt: at, DueAt: at.Add(time.Hour), NextAt: at.Add(time.Hour)}
	c.Handling.AcknowledgedAt = at
	e := casefile.Entry{
		At: at, Action: casefile.Acknowledging, Status: casefile.Acknowledged, DueAt: c.DueAt, Inform: true, Set: &casefile.Handling{AcknowledgedAt: at},
		Alert: &events.Alert{Reason: events.CustomerActed, At: at},
	}
	if err := casefile.Seal(c, &e); err != nil {
		t.Fatal(err)
	}
	f := &found{
		entries: []store.Entry{{Kind: feedback.KindRating, ResponseKey: key, EventID: said, Personal: []byte(`{"comment":"mark-1"}`)}},
		cases:   map[casefile.Number]*casefile.Case{number: c},
		lines:   map[casefile.Number][]casefile.Entry{number: {e}},
		optOuts: map[store.ContactID]bool{contact(told): true},
		due:     []dueItem{{"CASE#" + string(number), "STATE", "c", c.NextAt.Format(dueText)}},
		index:   map[[2]string]string{{"CASE#" + string(number), "STATE"}: "c " + c.NextAt.Format(dueText)},
		facts:   map[feedback.Kind]map[feedback.EventID]bool{feedback.KindRating: {said: true}},
		steps:   map[step]bool{{number, 1}: true},
		mails:   []emulator.Mail{{To: []string{told}, Subject: string(number)}, {To: []string{staff}, Subject: "Fall " + string(number)}},
		topic:   []string{"Fall " + string(number)},
		hooks:   map[string][2]int{string(number) + "#1": {1, 1}},
		waiting: map[string]int{}, dead: map[string][]string{},
	}
	o := newOwed()
	o.responses[key] = map[feedback.Kind]int{feedback.KindRating: 1}
	o.events[said], o.marks["mark-1"], o.complaints[number], o.optedOut[told] = true, true, told, true
	cfg := &config.Config{}
	cfg.Escalation.Chain = []string{staff}
	return f, o, cfg
}

func TestNothingIsBrokenWhereAllIsAsPromised(t *testing.T) {
	f, o, cfg := whole(t)
	if err := f.unsettled(); err != nil {
		t.Error(err)
	}
	broken, checked, _ := f.breaches(o, cfg, nil)
	if len(broken) > 0 || checked < 20 {
		t.Errorf("%d checks, broken:\n%s", checked, strings.Join(broken, "\n"))
	}
}

func TestWhateverIsLostOrCameTwiceIsTold(t *testing.T) {
	for name, spoil := range map[string]func(*found, *owed){
		"an event lost":                func(f *found, _ *owed) { f.entries = nil },
		"an event stored twice":        func(f *found, _ *owed) { f.entries = append(f.entries, f.entries[0]) },
		"an event nobody sent":         func(_ *found, o *owed) { o.responses[key] = map[feedback.Kind]int{} },
		"a fact lost":                  func(f *found, _ *owed) { clear(f.facts) },
		"a fact of nothing":            func(f *found, _ *owed) { f.facts[feedback.KindRating]["other"] = true },
		"a step without its fact":      func(f *found, _ *owed) { clear(f.steps) },
		"a case lost":                  func(f *found, _ *owed) { clear(f.cases) },
		"a line of a timeline lost":    func(f *found, _ *owed) { f.lines[number] = nil },
		"a line of a timeline changed": func(f *found, _ *owed) { f.lines[number][0].Step++ },
		"a state changed":              func(f *found, _ *owed) { f.cases[number].Handling.Satisfaction = 5 },
		"a timer lost":                 func(f *found, _ *owed) { f.due = nil; clear(f.index) },
		"a timer not in the index":     func(f *found, _ *owed) { clear(f.index) },
		"a timer at another time":      func(f *found, _ *owed) { f.cases[number].NextAt = f.cases[number].NextAt.Add(time.Hour) },
		"a timer passed over":          func(f *found, _ *owed) { f.overdue = 1 },
		"a mail lost":                  func(f *found, _ *owed) { f.mails = f.mails[:1] },
		"a mail to a customer lost":    func(f *found, _ *owed) { f.mails = f.mails[1:] },
		"a mail twice":                 func(f *found, _ *owed) { f.mails = append(f.mails, f.mails[0]) },
		"a mail to staff twice":        func(f *found, _ *owed) { f.mails = append(f.mails, f.mails[1]) },
		"a mail of nothing":            func(f *found, _ *owed) { f.mails = append(f.mails, emulator.Mail{To: []string{"chaos-2@example.com"}}) },
		"an alert lost":                func(f *found, _ *owed) { f.topic = nil },
		"an alert twice":               func(f *found, _ *owed) { f.topic = append(f.topic, f.topic[0]) },
		"a webhook lost":               func(f *found, _ *owed) { clear(f.hooks) },
		"a webhook that says two things": func(f *found, _ *owed) {
			f.hooks[string(number)+"#1"] = [2]int{2, 2}
		},
		"a webhook of nothing":   func(f *found, _ *owed) { f.hooks[string(number)+"#7"] = [2]int{1, 1} },
		"an opt-out forgotten":   func(f *found, _ *owed) { clear(f.optOuts) },
		"a message left":         func(f *found, _ *owed) { f.waiting["mail"] = 1 },
		"a dead letter":          func(f *found, _ *owed) { f.dead["mail"] = []string{"why"} },
		"a file nobody looks at": func(f *found, _ *owed) { f.suspected = []string{"quarantine/x"} },
		"a file of no case":      func(f *found, _ *owed) { f.clean = []string{"clean/x"} },
		"a file lost":            func(_ *found, o *owed) { o.files[number] = 1 },
		"erased and still there": func(f *found, o *owed) { f.texts, o.gone["mark-9"] = []string{"… mark-9 …"}, true },
	} {
		t.Run(name, func(t *testing.T) {
			f, o, cfg := whole(t)
			spoil(f, o)
			if broken, _, _ := f.breaches(o, cfg, nil); len(broken) == 0 {
				t.Error("nobody finds out")
			}
		})
	}
}

func TestAMailCameAgainOnlyForAnAccident(t *testing.T) {
	f, o, cfg := whole(t)
	f.mails = append(f.mails, f.mails[0])
	broken, _, repeated := f.breaches(o, cfg, map[string]int{"courier": 1})
	if len(broken) > 0 || repeated["courier"] != 1 {
		t.Errorf("%d came again, broken: %v", repeated["courier"], broken)
	}
	if broken, _, _ = f.breaches(o, cfg, map[string]int{"notify": 1}); len(broken) == 0 {
		t.Error("an accident of another function explains it")
	}
}
