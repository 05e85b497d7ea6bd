package lifecycle_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/lifecycle"
)

// with is a plain command, changed.
func with(do casefile.Action, change func(c *lifecycle.Command)) lifecycle.Command {
	c := plain[do]
	change(&c)
	return c
}

func TestEveryRefusalNamesItsReasonAndChangesNothing(t *testing.T) {
	type cmd = lifecycle.Command
	pay := func(kind, what string, cents int64) lifecycle.Command {
		return cmd{Do: casefile.Compensating, Compensation: &casefile.Compensation{Type: kind, Kind: what, Cents: cents}}
	}
	file := func(id, mediaType string, bytes int64) lifecycle.Command {
		return cmd{Do: casefile.Attaching, Attachment: &casefile.Attachment{ID: id, Type: mediaType, Bytes: bytes}}
	}
	for name, test := range map[string]struct {
		at     casefile.Status
		before []lifecycle.Command
		later  time.Duration
		by     casefile.Actor
		cmd    lifecycle.Command
		code   lifecycle.Code
		field  string
	}{
		"no command":              {at: casefile.Assessed, by: byAnna, cmd: cmd{}, code: lifecycle.Unknown, field: "command"},
		"a command of the clock":  {at: casefile.Assessed, by: byAnna, cmd: cmd{Do: casefile.Overdue}, code: lifecycle.Unknown, field: "command"},
		"staff do not rate":       {at: casefile.Closed, by: byAnna, cmd: plain[casefile.Rating], code: lifecycle.Forbidden},
		"customers do not close":  {at: casefile.Resolved, by: byCustomer, cmd: plain[casefile.Closing], code: lifecycle.Forbidden},
		"nobody known":            {at: casefile.Assessed, by: casefile.Actor{}, cmd: plain[casefile.Noting], code: lifecycle.Forbidden},
		"not from this status":    {at: casefile.Assessed, by: byAnna, cmd: plain[casefile.Deciding], code: lifecycle.IllegalTransition},
		"text not UTF-8":          {at: casefile.Assessed, by: byAnna, cmd: cmd{Do: casefile.Noting, Words: words("\xff")}, code: lifecycle.Invalid, field: "text"},
		"text with a NUL":         {at: casefile.Assessed, by: byAnna, cmd: cmd{Do: casefile.Noting, Words: words("a\x00b")}, code: lifecycle.Invalid, field: "text"},
		"text too long":           {at: casefile.Assessed, by: byAnna, cmd: cmd{Do: casefile.Noting, Words: words(strings.Repeat("ä", 5001))}, code: lifecycle.Invalid, field: "text"},
		"ten megabytes":           {at: casefile.Assessed, by: byCustomer, cmd: cmd{Do: casefile.Replying, Words: words(strings.Repeat("x", 10<<20))}, code: lifecycle.Invalid, field: "text"},
		"a note without words":    {at: casefile.Assessed, by: byAnna, cmd: cmd{Do: casefile.Noting}, code: lifecycle.Missing, field: "text"},
		"a reply of spaces":       {at: casefile.Assessed, by: byCustomer, cmd: cmd{Do: casefile.Replying, Words: words(" \n\t")}, code: lifecycle.Missing, field: "text"},
		"a question without one":  {at: casefile.InInvestigation, by: byAnna, cmd: cmd{Do: casefile.Asking}, code: lifecycle.Missing, field: "text"},
		"an empty answer":         {at: casefile.Assessed, by: byAnna, cmd: cmd{Do: casefile.Answering}, code: lifecycle.Missing, field: "text"},
		"resolved without words":  {at: casefile.Decided, by: byAnna, cmd: cmd{Do: casefile.Resolving}, code: lifecycle.Missing, field: "text"},
		"reopened without words":  {at: casefile.Closed, by: byCustomer, cmd: cmd{Do: casefile.Reopening}, code: lifecycle.Missing, field: "text"},
		"withdrawn by staff mute": {at: casefile.Assessed, by: byAnna, cmd: cmd{Do: casefile.Withdrawing}, code: lifecycle.Missing, field: "text"},
		"a field of another":      {at: casefile.Assessed, by: byAnna, cmd: with(casefile.Noting, func(c *cmd) { c.Severity = casefile.Low }), code: lifecycle.Unexpected, field: "severity"},
		"stars for a note":        {at: casefile.Assessed, by: byAnna, cmd: with(casefile.Noting, func(c *cmd) { c.Stars = 3 }), code: lifecycle.Unexpected, field: "stars"},
		"an address as owner":     {at: casefile.Assessed, by: byAnna, cmd: cmd{Do: casefile.Assigning, Owner: "anna@example.com"}, code: lifecycle.Invalid, field: "owner"},
		"a name as owner":         {at: casefile.Assessed, by: byAnna, cmd: cmd{Do: casefile.Assigning, Owner: "Anna Beispiel"}, code: lifecycle.Invalid, field: "owner"},
		"an endless owner":        {at: casefile.Assessed, by: byAnna, cmd: cmd{Do: casefile.Assigning, Owner: strings.Repeat("a", 129)}, code: lifecycle.Invalid, field: "owner"},

		"assigned to nobody":         {at: casefile.Assessed, by: byAnna, cmd: cmd{Do: casefile.Assigning}, code: lifecycle.Missing, field: "team"},
		"an unknown team":            {at: casefile.Assessed, by: byAnna, cmd: cmd{Do: casefile.Assigning, Team: "nobody"}, code: lifecycle.Unknown, field: "team"},
		"assessed without severity":  {at: casefile.Acknowledged, by: byAnna, cmd: cmd{Do: casefile.Assessing}, code: lifecycle.Missing, field: "severity"},
		"a severity that is none":    {at: casefile.Acknowledged, by: byAnna, cmd: cmd{Do: casefile.Assessing, Severity: "awful"}, code: lifecycle.Invalid, field: "severity"},
		"an urgency that is none":    {at: casefile.Acknowledged, by: byAnna, cmd: cmd{Do: casefile.Assessing, Severity: casefile.Low, Urgency: "now"}, code: lifecycle.Invalid, field: "urgency"},
		"lowered without words":      {at: casefile.Acknowledged, by: byAnna, cmd: cmd{Do: casefile.Assessing, Severity: casefile.Low}, code: lifecycle.ReasonRequired, field: "text"},
		"a category of more":         {at: casefile.Acknowledged, by: byAnna, cmd: cmd{Do: casefile.Assessing, Severity: casefile.Medium, Category: "product.safety"}, code: lifecycle.ReasonRequired, field: "text"},
		"an unknown category":        {at: casefile.Acknowledged, by: byAnna, cmd: cmd{Do: casefile.Assessing, Severity: casefile.High, Category: "else"}, code: lifecycle.Unknown, field: "category"},
		"an unknown root cause":      {at: casefile.Acknowledged, by: byAnna, cmd: cmd{Do: casefile.Assessing, Severity: casefile.High, RootCause: "else"}, code: lifecycle.Unknown, field: "root_cause"},
		"registered uncategorised":   {at: casefile.Draft, by: byAnna, cmd: cmd{Do: casefile.Registered}, code: lifecycle.Missing, field: "category"},
		"registered as what is not":  {at: casefile.Draft, by: byAnna, cmd: cmd{Do: casefile.Registered, Category: "else"}, code: lifecycle.Unknown, field: "category"},
		"registered as less":         {at: casefile.Draft, by: byAnna, cmd: cmd{Do: casefile.Registered, Category: "product.safety", Severity: casefile.High}, code: lifecycle.ReasonRequired, field: "text"},
		"dismissed without reason":   {at: casefile.Draft, by: byAnna, cmd: cmd{Do: casefile.Dismissing}, code: lifecycle.Missing, field: "reason"},
		"dismissed for no reason":    {at: casefile.Draft, by: byAnna, cmd: cmd{Do: casefile.Dismissing, Reason: "mood"}, code: lifecycle.Unknown, field: "reason"},
		"a duplicate of nothing":     {at: casefile.Acknowledged, by: byAnna, cmd: cmd{Do: casefile.Duplicating}, code: lifecycle.Missing, field: "of"},
		"a duplicate of no number":   {at: casefile.Acknowledged, by: byAnna, cmd: cmd{Do: casefile.Duplicating, Duplicate: "that one"}, code: lifecycle.Invalid, field: "of"},
		"linked to nothing":          {at: casefile.Closed, by: byAnna, cmd: cmd{Do: casefile.Linking}, code: lifecycle.Missing, field: "corrective_action"},
		"nothing to see":             {at: casefile.Assessed, by: byAnna, cmd: cmd{Do: casefile.Seeing}, code: lifecycle.NothingOpen},
		"nothing to handle":          {at: casefile.Assessed, by: byAnna, cmd: cmd{Do: casefile.Handled}, code: lifecycle.NothingOpen},
		"another rule to see":        {at: casefile.Reopened, by: byAnna, before: []cmd{}, cmd: cmd{Do: casefile.Handled, Rule: "REPEAT_COMPLAINT"}, code: lifecycle.Unknown, field: "rule"},
		"a holding reply to nothing": {at: casefile.Assessed, by: byAnna, cmd: cmd{Do: casefile.Answering, Words: words("It takes longer."), Clock: "PSD2_101"}, code: lifecycle.Unknown, field: "clock"},

		"decided without outcome":   {at: casefile.InInvestigation, by: byAnna, cmd: cmd{Do: casefile.Deciding, Words: words("So.")}, code: lifecycle.Missing, field: "outcome"},
		"an outcome that is none":   {at: casefile.InInvestigation, by: byAnna, cmd: cmd{Do: casefile.Deciding, Words: words("So."), Outcome: "shrugged"}, code: lifecycle.Invalid, field: "outcome"},
		"accepted without words":    {at: casefile.InInvestigation, by: byAnna, cmd: cmd{Do: casefile.Deciding, Outcome: casefile.Accepted}, code: lifecycle.Missing, field: "text"},
		"rejected without words":    {at: casefile.InInvestigation, by: byAnna, cmd: cmd{Do: casefile.Deciding, Outcome: casefile.Rejected, Reason: "expired"}, code: lifecycle.ReasonRequired, field: "text"},
		"rejected without reason":   {at: casefile.InInvestigation, by: byAnna, cmd: cmd{Do: casefile.Deciding, Outcome: casefile.Rejected, Words: words("No.")}, code: lifecycle.ReasonRequired, field: "reason"},
		"rejected for no reason":    {at: casefile.InInvestigation, by: byAnna, cmd: cmd{Do: casefile.Deciding, Outcome: casefile.Rejected, Words: words("No."), Reason: "mood"}, code: lifecycle.Unknown, field: "reason"},
		"accepted for a reason":     {at: casefile.InInvestigation, by: byAnna, cmd: cmd{Do: casefile.Deciding, Outcome: casefile.Accepted, Words: words("Yes."), Reason: "expired"}, code: lifecycle.Unexpected, field: "reason"},
		"decided by nobody":         {at: casefile.InInvestigation, by: casefile.Actor{Kind: casefile.Staff}, cmd: plain[casefile.Deciding], code: lifecycle.Missing, field: "owner"},
		"closed without root cause": {at: casefile.Resolved, by: byAnna, cmd: cmd{Do: casefile.Closing}, code: lifecycle.RootCauseNeeded, field: "root_cause"},
		"closed for no known cause": {at: casefile.Resolved, by: byAnna, cmd: cmd{Do: casefile.Closing, RootCause: "weather"}, code: lifecycle.Unknown, field: "root_cause"},
		"a callback has no cause":   {at: casefile.Open, by: byAnna, cmd: cmd{Do: casefile.Closing, RootCause: "carrier"}, code: lifecycle.Unexpected, field: "root_cause"},
		"accepted twice":            {at: casefile.Resolved, before: []cmd{{Do: casefile.Accepting}}, by: byCustomer, cmd: cmd{Do: casefile.Accepting}, code: lifecycle.AlreadyDone},
		"reopened too late":         {at: casefile.Closed, later: 30*24*time.Hour + time.Millisecond, by: byCustomer, cmd: plain[casefile.Reopening], code: lifecycle.TooLate},
		"rated too late":            {at: casefile.Closed, later: 20*24*time.Hour + time.Millisecond, by: byCustomer, cmd: plain[casefile.Rating], code: lifecycle.TooLate},
		"rated twice":               {at: casefile.Closed, before: []cmd{plain[casefile.Rating]}, by: byCustomer, cmd: plain[casefile.Rating], code: lifecycle.AlreadyDone},
		"rated by nothing":          {at: casefile.Closed, by: byCustomer, cmd: cmd{Do: casefile.Rating}, code: lifecycle.Missing, field: "stars"},
		"six of five":               {at: casefile.Closed, by: byCustomer, cmd: cmd{Do: casefile.Rating, Stars: 6}, code: lifecycle.Invalid, field: "stars"},
		"less than one":             {at: casefile.Closed, by: byCustomer, cmd: cmd{Do: casefile.Rating, Stars: -1}, code: lifecycle.Invalid, field: "stars"},
		"resolved before an approval": {at: casefile.InInvestigation, before: []cmd{pay("financial", "refund", 10001), plain[casefile.Deciding]}, by: byAnna,
			cmd: plain[casefile.Resolving], code: lifecycle.WaitingApproval},

		"given nothing":            {at: casefile.Assessed, by: byAnna, cmd: cmd{Do: casefile.Compensating}, code: lifecycle.Missing, field: "type"},
		"a type that is none":      {at: casefile.Assessed, by: byAnna, cmd: pay("cash", "refund", 1), code: lifecycle.Invalid, field: "type"},
		"no kind":                  {at: casefile.Assessed, by: byAnna, cmd: pay("financial", "", 1), code: lifecycle.Missing, field: "kind"},
		"a kind of another type":   {at: casefile.Assessed, by: byAnna, cmd: pay("financial", "gift", 1), code: lifecycle.Invalid, field: "kind"},
		"less than nothing":        {at: casefile.Assessed, by: byAnna, cmd: pay("financial", "refund", -1), code: lifecycle.Invalid, field: "cents"},
		"a refund of nothing":      {at: casefile.Assessed, by: byAnna, cmd: pay("financial", "refund", 0), code: lifecycle.Missing, field: "cents"},
		"the price of an apology":  {at: casefile.Assessed, by: byAnna, cmd: pay("immaterial", "apology", 1), code: lifecycle.Invalid, field: "cents"},
		"above the limit":          {at: casefile.Assessed, by: byAnna, cmd: pay("material", "gift", 50001), code: lifecycle.OverLimit, field: "cents"},
		"above any limit":          {at: casefile.Assessed, by: byAnna, cmd: pay("financial", "refund", 1<<63-1), code: lifecycle.OverLimit, field: "cents"},
		"above the limit together": {at: casefile.Assessed, before: []cmd{pay("financial", "refund", 49999)}, by: byAnna, cmd: pay("financial", "refund", 2), code: lifecycle.OverLimit, field: "cents"},
		"given by nobody":          {at: casefile.Assessed, by: casefile.Actor{Kind: casefile.Staff}, cmd: pay("financial", "refund", 1), code: lifecycle.Forbidden},
		"a category of less": {at: casefile.Assessed, before: []cmd{pay("financial", "refund", 2001)}, by: byAnna,
			cmd: cmd{Do: casefile.Assessing, Category: "other"}, code: lifecycle.OverLimit, field: "category"},
		"nothing to approve":    {at: casefile.Assessed, by: byBoris, cmd: cmd{Do: casefile.Approving, ID: "1"}, code: lifecycle.NothingOpen},
		"approved by oneself":   {at: casefile.Assessed, before: []cmd{pay("financial", "refund", 10001)}, by: byAnna, cmd: cmd{Do: casefile.Approving, ID: "1"}, code: lifecycle.Forbidden},
		"approved by nobody":    {at: casefile.Assessed, before: []cmd{pay("financial", "refund", 10001)}, by: casefile.Actor{Kind: casefile.Staff}, cmd: cmd{Do: casefile.Approving, ID: "1"}, code: lifecycle.Forbidden},
		"approved without name": {at: casefile.Assessed, before: []cmd{pay("financial", "refund", 10001)}, by: byBoris, cmd: cmd{Do: casefile.Approving}, code: lifecycle.Missing, field: "id"},
		"approved another":      {at: casefile.Assessed, before: []cmd{pay("financial", "refund", 10001)}, by: byBoris, cmd: cmd{Do: casefile.Approving, ID: "2"}, code: lifecycle.Unknown, field: "id"},
		"approved what holds":   {at: casefile.Assessed, before: []cmd{pay("financial", "refund", 1), pay("financial", "refund", 10001)}, by: byBoris, cmd: cmd{Do: casefile.Approving, ID: "1"}, code: lifecycle.AlreadyDone, field: "id"},
		"declined another":      {at: casefile.Assessed, before: []cmd{pay("financial", "refund", 10001)}, by: byBoris, cmd: cmd{Do: casefile.Declining, ID: "7"}, code: lifecycle.Unknown, field: "id"},

		"no file":                  {at: casefile.Assessed, by: byCustomer, cmd: cmd{Do: casefile.Attaching}, code: lifecycle.Missing, field: "attachment"},
		"a fourth file":            {at: casefile.Assessed, by: byCustomer, cmd: file("4", "image/png", 1), code: lifecycle.Invalid, field: "attachment"},
		"a file nowhere":           {at: casefile.Assessed, by: byCustomer, cmd: file("", "image/png", 1), code: lifecycle.Invalid, field: "attachment"},
		"a program":                {at: casefile.Assessed, by: byCustomer, cmd: file("1", "application/x-msdownload", 1), code: lifecycle.Invalid, field: "attachment"},
		"an empty file":            {at: casefile.Assessed, by: byCustomer, cmd: file("1", "image/png", 0), code: lifecycle.Invalid, field: "attachment"},
		"two files in one place":   {at: casefile.Assessed, before: []cmd{plain[casefile.Attaching]}, by: bySystem, cmd: plain[casefile.Attaching], code: lifecycle.AlreadyDone, field: "attachment"},
		"refused without a reason": {at: casefile.Assessed, by: bySystem, cmd: cmd{Do: casefile.Refusing}, code: lifecycle.Missing, field: "reason"},
	} {
		t.Run(name, func(t *testing.T) {
			s := at(t, test.at)
			for _, c := range test.before {
				by := byAnna
				if c.Do == casefile.Accepting || c.Do == casefile.Rating || c.Do == casefile.Attaching {
					by = byCustomer
				}
				s.must(by, c)
			}
			s.later(test.later)
			before := s.Case
			c, entries, err := lifecycle.Apply(s.Case, test.cmd, test.by, s.now, s.rules)
			var r *lifecycle.Refusal
			if !errors.As(err, &r) {
				t.Fatalf("got %v, now %s", err, c.Status)
			}
			if r.Code != test.code || r.Field != test.field {
				t.Errorf("got %s of %q (%s), want %s of %q", r.Code, r.Field, r, test.code, test.field)
			}
			if diff := cmp.Diff(before, c); diff != "" || entries != nil {
				t.Errorf("something changed: %v\n%s", entries, diff)
			}
		})
	}
}

func TestACaseIsNoDuplicateOfItself(t *testing.T) {
	s := at(t, casefile.Acknowledged)
	err := s.try(byAnna, lifecycle.Command{Do: casefile.Duplicating, Duplicate: s.Number})
	var r *lifecycle.Refusal
	if !errors.As(err, &r) || r.Code != lifecycle.Invalid || r.Field != "of" {
		t.Errorf("got %v", err)
	}
}

func TestARefusalNeverRepeatsWhatWasWritten(t *testing.T) {
	for do, cmd := range plain {
		cmd.Words = words("SECRET" + strings.Repeat("x", 6000))
		cmd.Owner, cmd.Reason, cmd.ID, cmd.Category, cmd.Rule = "SECRET", "SECRET", "SECRET", "SECRET", "SECRET"
		if err := at(t, casefile.Assessed).try(byAnna, cmd); err == nil || strings.Contains(err.Error(), "SECRET") {
			t.Errorf("%s: got %v", do, err)
		}
	}
}

func TestConflictsAreAboutTheCaseAndOthersAboutTheCommand(t *testing.T) {
	for code, want := range map[lifecycle.Code]bool{
		lifecycle.IllegalTransition: true, lifecycle.Forbidden: true, lifecycle.TooLate: true, lifecycle.AlreadyDone: true,
		lifecycle.WaitingApproval: true, lifecycle.NothingOpen: true,
		lifecycle.Missing: false, lifecycle.Invalid: false, lifecycle.Unknown: false, lifecycle.Unexpected: false,
		lifecycle.OverLimit: false, lifecycle.ReasonRequired: false, lifecycle.RootCauseNeeded: false,
	} {
		if got := code.Conflict(); got != want {
			t.Errorf("%s: got %v", code, got)
		}
	}
}

func TestWhatIsRefusedForAReasonSaysIt(t *testing.T) {
	s := at(t, casefile.Draft).must(byAnna, plain[casefile.Dismissing])
	if e := s.last(); e.Reason != "no_complaint" {
		t.Errorf("dismissed for %q", e.Reason)
	}
	s = at(t, casefile.Acknowledged).must(bySystem, plain[casefile.Refusing])
	if e := s.last(); e.Reason != "wrong_type" {
		t.Errorf("refused for %q", e.Reason)
	}
}
