package pages

import (
	"reflect"
	"slices"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/problem"
)

// text is everything a page says in one language. Every field is filled in
// every language: the build asks Missing.
type text struct {
	Lang     feedback.Language
	Name     string // of the language, in itself
	Language string // heading of the choice of languages
	Privacy  string

	// The vote.
	RatingTitle  string // of the window, before the organisation
	Question     string
	Lead         string
	StarOf       string // after a number of stars: " of 5 stars"
	OneStarOf    string // after one star
	TenOf        string // after a number of ten
	Worst, Best  string
	Send         string
	Voluntary    string
	Anonymous    string                   // at the foot, where nobody learns whose answer it is
	ValidUntil   func(t time.Time) string // t in the organisation's zone
	ChangeWithin func(hours int) string

	// The vote once more, and after the time to change it.
	RatedTitle  string
	Yours       string // before what was chosen
	RatedAt     func(t time.Time) string
	ChangeUntil func(t time.Time) string
	LastCounts  string
	SendChange  string
	ClosedTitle string
	ClosedText  func(hours int) string

	// What is asked when the vote is safe.
	CountedTitle  string
	Counted       string
	Change        string
	MoreTitle     string
	MoreLead      string
	ReasonBad     string
	ReasonGood    string
	FCR           string
	Yes, No       string
	NPS           string
	NPSWorst      string
	NPSBest       string
	CES           string
	CESWorst      string
	CESBest       string
	NoAnswer      string
	CommentBad    string
	CommentGood   string
	MoreSuggest   string
	Suggestion    string
	MoreCallback  string
	Callback      string
	Contact       string
	ContactHint   string
	SendMore      string
	MoreVoluntary string

	// The end.
	ThanksTitle  string
	Thanks       string
	ThanksText   string
	CallbackSoon func(hours int) string
	CloseNow     string

	// No more invitations.
	UnsubscribeTitle  string
	UnsubscribeText   string
	UnsubscribeButton string
	UnsubscribedTitle string
	UnsubscribedText  string
	AlreadyTitle      string

	ErrorTitle    string // before the title of a page with errors
	ErrorHeading  string
	messages      map[Message][2]string // heading, text
	errors        map[string]string     // "field/code" → sentence
	errorFallback string
}

// catalogue holds the languages that pages speak. Each is made when it is first
// spoken: a function starts without the maps of four languages.
var catalogue = map[feedback.Language]func() *text{"de": german, "en": english, "fr": french, "it": italian}

// Languages are the languages that pages speak.
func Languages() []feedback.Language { return []feedback.Language{"de", "en", "fr", "it"} }

// Missing names what pages cannot say in one of the languages, each as
// "language: field". The build refuses a configuration with a language of which
// anything is missing.
func Missing(languages []feedback.Language) []string {
	var missing []string
	for _, l := range languages {
		spoken := catalogue[l]
		if spoken == nil {
			missing = append(missing, string(l)+": every text")
			continue
		}
		t := spoken()
		missing = append(missing, lacking(l, t, t.messages)...)
		for _, other := range catalogue { // what one of them explains all explain
			missing = append(missing, unsaid(l, "error", t.errors, other().errors)...)
		}
	}
	slices.Sort(missing)
	return slices.Compact(missing)
}

// lacking names the fields of a catalogue that are empty, and the messages that
// lack a heading or a text.
func lacking(l feedback.Language, catalogue any, messages map[Message][2]string) []string {
	var missing []string
	v := reflect.ValueOf(catalogue).Elem()
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			missing = append(missing, string(l)+": "+v.Type().Field(i).Name)
		}
	}
	for m := range messageCount {
		if said := messages[m]; said[0] == "" || said[1] == "" {
			missing = append(missing, string(l)+": message "+numeral(int(m)))
		}
	}
	return missing
}

// error is the sentence for one field in error.
func (t *text) error(f problem.Field) string {
	if s, ok := t.errors[f.Field+"/"+string(f.Code)]; ok {
		return s
	}
	return t.errorFallback
}

// of follows the number n when it is spoken or read: " of 5 stars".
func (t *text) of(n, greatest int) string {
	switch {
	case greatest == 10:
		return t.TenOf
	case n == 1:
		return t.OneStarOf
	}
	return t.StarOf
}

// clock writes the time of day as hh:mm.
func clock(t time.Time) string { return t.Format("15:04") }
