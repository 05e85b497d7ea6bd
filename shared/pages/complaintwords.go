package pages

import (
	"slices"
	"strings"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/problem"
)

// complaintText is what the pages of complaints say in one language, beside what
// they share with the others. Every field is filled in every language:
// MissingComplaint finds what is not. What stands for something: {hours}, {due},
// {until}, {other} (the case that goes on), {n}, {mb}, {kind}, {amount}.
type complaintText struct {
	Optional string                 // behind the label of what may be left out
	time     func(time.Time) string // in the organisation's zone

	// The form.
	FormTitle, FormLead                      string
	Comment, Category, Choose, Remedy        string
	Annoyance, AnnoyanceLeast, AnnoyanceMost string
	ContactTitle, ContactLead                string
	Email, Name, Phone, PhoneHint            string
	Send, FormFoot                           string

	// The acknowledgement.
	NewTitle, NewText           string
	KeepMailed, NoAddress, Keep string // about the link
	KeepLink                    string // heading over the link
	Crisis                      string // heading of the notice
	Received, About, Team       string // names of facts
	Place                       string

	// Where it stands.
	titles   map[casefile.Status]string
	steps    [4]string
	StepsAre string // name of the list, read aloud

	NextTitle                        string
	nextBy, nextSometime, nextMissed map[lifecycle.StepName]string // {due}
	Question, Decision               string
	outcomes                         map[casefile.DecisionOutcome]string
	Promised                         string
	kinds                            map[string]string
	Amount                           string
	Apology                          string
	OtherCase                        string
	Redress                          string // heading: where else a customer can turn
	Anew                             string // a new complaint can be made
	ReopenUntil                      string

	Log                      string
	entries                  map[casefile.Action]string
	Yours                    string // heading of what the customer wrote
	YourWish                 string
	TakenDown, TakenDownWish string // what staff wrote down
	Erased                   string

	// What can be done.
	ReplyTitle, ReplyLabel, ReplySend    string
	AnswerLabel, AnswerSend              string // to our question
	AcceptTitle, AcceptText, AcceptSend  string
	ReopenTitle, ReopenText, ReopenLabel string
	ReopenSend                           string
	RateTitle, RateText, RateLegend      string
	RateWorst, RateBest                  string
	RateWords, RateSend                  string
	WithdrawLink, WithdrawTitle          string
	WithdrawText, WithdrawWords          string
	WithdrawSend, Back                   string

	FilesTitle, FilesText, FilesLabel, FilesSend string
	FilesChecked, FilesReload                    string
	FilesSent, FilesSending, FilesTooLarge       string

	done     map[string]string // after something was done
	TooLate  string            // it cannot be done any more
	YourText string            // what was typed for it
	Again    string            // send it again
	messages map[Message][2]string
	errors   map[string]string
}

// The lines of a timeline as customers read them: actions, and these besides.
const (
	reopenedByYou  casefile.Action = "reopened by you"
	withdrawnByYou casefile.Action = "withdrawn by you"
	closedByYou    casefile.Action = "closed by you"

	// Why a file was not taken, where it is not its type.
	refusedBroken casefile.Action = "refused: broken"
	refusedLarge  casefile.Action = "refused: too large"
	refusedEmpty  casefile.Action = "refused: empty"
	refusedMany   casefile.Action = "refused: too many"
	refusedLate   casefile.Action = "refused: too late"
)

// complaintTexts holds the languages that these pages speak.
var complaintTexts = map[feedback.Language]func() *complaintText{
	"de": complaintGerman, "en": complaintEnglish, "fr": complaintFrench, "it": complaintItalian,
}

// MissingComplaint names what the pages of complaints cannot say in one of the
// languages, each as "language: field", as Missing does for the others.
func MissingComplaint(languages []feedback.Language) []string {
	var missing []string
	for _, l := range languages {
		spoken := complaintTexts[l]
		if spoken == nil {
			missing = append(missing, string(l)+": every text of complaints")
			continue
		}
		t := spoken()
		missing = append(missing, lacking(l, t, t.messages)...)
		for _, other := range complaintTexts { // what one of them says all say
			other := other()
			missing = append(missing, unsaid(l, "title", t.titles, other.titles)...)
			missing = append(missing, unsaid(l, "next step by", t.nextBy, other.nextBy)...)
			missing = append(missing, unsaid(l, "next step", t.nextSometime, other.nextSometime)...)
			missing = append(missing, unsaid(l, "next step late", t.nextMissed, other.nextMissed)...)
			missing = append(missing, unsaid(l, "outcome", t.outcomes, other.outcomes)...)
			missing = append(missing, unsaid(l, "compensation", t.kinds, other.kinds)...)
			missing = append(missing, unsaid(l, "entry", t.entries, other.entries)...)
			missing = append(missing, unsaid(l, "done", t.done, other.done)...)
			missing = append(missing, unsaid(l, "error", t.errors, other.errors)...)
		}
		if slices.Contains(t.steps[:], "") {
			missing = append(missing, string(l)+": steps")
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing)
}

// unsaid names the keys of the one that the other says nothing for.
func unsaid[K ~string](l feedback.Language, what string, said, of map[K]string) []string {
	var missing []string
	for k := range of {
		if said[k] == "" {
			missing = append(missing, string(l)+": "+what+" "+string(k))
		}
	}
	return missing
}

// error is the sentence about one field in error; base has those that all pages
// share.
func (t *complaintText) error(base *text, f problem.Field) string {
	if s, ok := t.errors[f.Field+"/"+string(f.Code)]; ok {
		return s
	}
	switch f.Code {
	case problem.ControlCharacter, problem.InvalidUTF8:
		return t.errors["*/unreadable"]
	case problem.TooLong:
		return t.errors["*/too_long"]
	}
	return base.error(f)
}

// dated is a sentence of t about an instant, whose name in it is given.
func (t *complaintText) dated(base *text, s, name string, local time.Time) string {
	if s = fill(s, name, t.time(local)); base.Lang == "it" {
		return elide(s)
	}
	return s
}

// fill writes values in the place of their names; they alternate name, value.
func fill(s string, values ...string) string {
	for i := 0; i+1 < len(values); i += 2 {
		s = strings.ReplaceAll(s, "{"+values[i]+"}", values[i+1])
	}
	return s
}
