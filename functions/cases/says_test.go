package main

import (
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/intake"
)

func TestAnEntryComesOfTheCommandThatSaysTheSame(t *testing.T) {
	words := casefile.NewWords("x")
	gift := casefile.Compensation{ID: "2", Type: "material", Kind: "gift", Cents: 100}
	for name, c := range map[string]struct {
		e    casefile.Entry
		cmd  intake.Command
		want bool
	}{
		"the same words":        {casefile.Entry{Words: words}, intake.Command{Do: casefile.Noting, Text: "x"}, true},
		"other words":           {casefile.Entry{Words: words}, intake.Command{Do: casefile.Noting, Text: "y"}, false},
		"no words":              {casefile.Entry{Words: words}, intake.Command{Do: casefile.Noting}, false},
		"words of nobody":       {casefile.Entry{}, intake.Command{Do: casefile.Apologising, Text: "x"}, false},
		"words that are erased": {casefile.Entry{WordsHash: words.Hash()}, intake.Command{Do: casefile.Noting, Text: "x"}, true},

		"dismissed for the reason": {casefile.Entry{Reason: "no_complaint"}, intake.Command{Do: casefile.Dismissing, Reason: "no_complaint"}, true},
		"dismissed for another":    {casefile.Entry{Reason: "no_complaint"}, intake.Command{Do: casefile.Dismissing, Reason: "praise"}, false},

		"critical already":          {casefile.Entry{}, intake.Command{Do: casefile.Assessing, Severity: casefile.Critical}, true},
		"critical, and not so":      {casefile.Entry{Set: &casefile.Handling{Severity: casefile.High}}, intake.Command{Do: casefile.Assessing, Severity: casefile.Critical}, false},
		"less, and nothing is told": {casefile.Entry{}, intake.Command{Do: casefile.Assessing, Severity: casefile.Low}, false},

		"what was given":     {casefile.Entry{Set: &casefile.Handling{Compensations: []casefile.Compensation{gift}}}, intake.Command{Do: casefile.Compensating, Type: "material", Kind: "gift", Cents: 100}, true},
		"another kind":       {casefile.Entry{Set: &casefile.Handling{Compensations: []casefile.Compensation{gift}}}, intake.Command{Do: casefile.Compensating, Type: "material", Kind: "repair", Cents: 100}, false},
		"another type":       {casefile.Entry{Set: &casefile.Handling{Compensations: []casefile.Compensation{gift}}}, intake.Command{Do: casefile.Compensating, Type: "financial", Kind: "gift", Cents: 100}, false},
		"another sum":        {casefile.Entry{Set: &casefile.Handling{Compensations: []casefile.Compensation{gift}}}, intake.Command{Do: casefile.Compensating, Type: "material", Kind: "gift", Cents: 200}, false},
		"what was approved":  {casefile.Entry{Set: &casefile.Handling{Compensations: []casefile.Compensation{gift}}}, intake.Command{Do: casefile.Approving, ID: "2"}, true},
		"another's approval": {casefile.Entry{Set: &casefile.Handling{Compensations: []casefile.Compensation{gift}}}, intake.Command{Do: casefile.Approving, ID: "1"}, false},

		"a measure":                     {casefile.Entry{Set: &casefile.Handling{Action: "a"}}, intake.Command{Do: casefile.Linking, CorrectiveAction: "a"}, true},
		"another measure":               {casefile.Entry{Set: &casefile.Handling{Action: "a"}}, intake.Command{Do: casefile.Linking, CorrectiveAction: "b"}, false},
		"another case that goes on":     {casefile.Entry{Set: &casefile.Handling{DuplicateOf: "2603-0000-0000"}}, intake.Command{Do: casefile.Duplicating, Of: "2603-0000-0001"}, false},
		"seen is not handled":           {casefile.Entry{Set: &casefile.Handling{Escalations: []casefile.Escalation{{Rule: "SPIKE"}}}}, intake.Command{Do: casefile.Handled, Rule: "SPIKE"}, false},
		"a holding reply":               {casefile.Entry{Set: &casefile.Handling{Clock: &casefile.Clock{Deadlines: []casefile.Deadline{{Name: "PSD2_101", HeldAt: time.Unix(1, 0)}}}}}, intake.Command{Do: casefile.Answering, Clock: "PSD2_101"}, true},
		"an answer that holds nothing":  {casefile.Entry{Set: &casefile.Handling{Clock: &casefile.Clock{Deadlines: []casefile.Deadline{{Name: "PSD2_101"}}}}}, intake.Command{Do: casefile.Answering, Clock: "PSD2_101"}, false},
		"an answer without such clocks": {casefile.Entry{}, intake.Command{Do: casefile.Answering, Clock: "PSD2_101"}, false},
	} {
		if got := says(&c.e, &c.cmd); got != c.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
