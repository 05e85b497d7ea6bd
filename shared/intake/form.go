package intake

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/link"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// Form is what a customer typed into the rating page, as it can be shown again.
type Form struct {
	Stars      int // 0: none chosen
	Reason     string
	FCR        string // "yes", "no", or "" for no answer
	NPS        string // "0" to "10", or ""
	CES        string // "1" to "7", or ""
	Comment    string
	Suggestion string
	Callback   bool
	Contact    string
	Nonce      string            // made by the page: tells a double click from a second vote
	Language   feedback.Language // the page's, when it was chosen on it
}

// formFields are the names a form may carry, in the order of the page.
var formFields = []string{"stars", "reason", "fcr", "nps", "ces", "comment", "suggestion", "callback", "contact", "nonce", "l"}

// FormOf is the form filled with what a vote says already; own words are not
// repeated.
func FormOf(v *feedback.Rating) Form {
	f := Form{Stars: v.Rating, Reason: v.Reason}
	if v.FCR != nil {
		f.FCR = "no"
		if *v.FCR {
			f.FCR = "yes"
		}
	}
	if v.NPS != nil {
		f.NPS = strconv.Itoa(*v.NPS)
	}
	if v.CES != nil {
		f.CES = strconv.Itoa(*v.CES)
	}
	return f
}

// More reports whether f answers more than a first vote is asked for in own
// words or by a wish to be called.
func (f *Form) More() bool {
	return f.Comment != "" || f.Suggestion != "" || f.Callback || f.Contact != ""
}

// ParseForm reads an application/x-www-form-urlencoded body. What was typed
// comes back even when fields are in error. The error is a 400 problem for what
// is no form at all. Nothing is accepted that the touchpoint does not ask.
func ParseForm(tp *config.Touchpoint, body []byte) (Form, []problem.Field, error) {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return Form{}, nil, problem.New(http.StatusBadRequest, problem.MalformedForm, "The body is not a valid form.")
	}
	p := formParser{values: values}
	for name, v := range values {
		switch {
		case !slices.Contains(formFields, name):
			p.fail(shorten(strings.ToValidUTF8(name, "?")), problem.UnknownField, "is not a field of this form")
		case len(v) > 1:
			p.fail(name, problem.DuplicateField, "occurs twice")
		}
	}
	f := Form{
		Stars:      p.stars(tp.Scale),
		Reason:     p.reason(tp),
		FCR:        p.asked(tp, "fcr", `want "yes" or "no"`, "yes", "no"),
		NPS:        p.number(tp, "nps", feedback.NPS),
		CES:        p.number(tp, "ces", feedback.CES7),
		Comment:    p.text("comment", MaxText, true),
		Suggestion: p.text("suggestion", MaxText, true),
		Callback:   p.tick("callback"),
		Contact:    p.text("contact", MaxContact, false),
		Nonce:      values.Get("nonce"),
	}
	if l, err := feedback.ParseLanguage(values.Get("l")); err == nil {
		f.Language = l
	}
	switch {
	case f.Nonce == "":
		p.fail("nonce", problem.MissingField, "is required")
	case !validNonce(f.Nonce):
		p.fail("nonce", problem.InvalidValue, "want 16 to 64 of A-Z, a-z, 0-9, '-' and '_'")
		f.Nonce = ""
	}
	switch {
	case f.Callback && f.Contact == "" && !p.failed("contact"):
		p.fail("contact", problem.ContactMissing, "is required for a call back")
	case !f.Callback && f.Contact != "" && !p.failed("callback"):
		p.fail("callback", problem.CallbackMissing, "is not ticked though contact is given")
	}
	slices.SortStableFunc(p.errors, func(a, b problem.Field) int { return place(a.Field) - place(b.Field) })
	return f, p.errors, nil
}

// place orders errors as the fields stand on the page, unknown ones last.
func place(field string) int {
	if i := slices.Index(formFields, field); i >= 0 {
		return i
	}
	return len(formFields)
}

// Vote makes the vote that a valid form is, on the link t. The event id follows
// from the link, the nonce and what was typed: a double click is one event. The
// reason must be one that the page offers after this score: see pages.Reasons.
func Vote(tp *config.Touchpoint, t link.Token, f Form, now time.Time) *Submission {
	s := &Submission{
		Rating: feedback.Rating{
			ResponseKey:       t.ResponseKey,
			Touchpoint:        tp.ID,
			Channel:           t.Channel,
			Scale:             tp.Scale,
			Rating:            f.Stars,
			SubmittedAt:       Instant(now),
			ReceivedAt:        Instant(now),
			Language:          t.Language,
			Reason:            f.Reason,
			NPS:               integer(f.NPS),
			CES:               integer(f.CES),
			CallbackRequested: f.Callback,
			HasText:           f.Comment != "",
			Segment:           t.Segment,
			CollectionMode:    feedback.Self,
		},
		Personal: feedback.Personal{Comment: f.Comment, Suggestion: f.Suggestion, CallbackContact: f.Contact},
	}
	if f.FCR != "" {
		solved := f.FCR == "yes"
		s.Rating.FCR = &solved
	}
	s.Rating.EventID = feedback.DeriveEventID("form", string(t.ResponseKey), link.NonceID(f.Nonce), strconv.Itoa(f.Stars),
		f.Reason, f.FCR, f.NPS, f.CES, f.Comment, f.Suggestion, strconv.FormatBool(f.Callback), f.Contact)
	s.digest = store.DigestOf([]byte(s.Rating.EventID)) // the id covers the whole body
	s.at(link.NoncePlace(f.Nonce))
	return s
}

// integer is the number that a checked field says, or nil.
func integer(s string) *int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return nil
	}
	return &n
}

type formParser struct {
	values url.Values
	errors []problem.Field
}

func (p *formParser) fail(field string, c problem.Code, detail string) {
	if c != "" {
		p.errors = append(p.errors, problem.Field{Field: field, Code: c, Detail: detail})
	}
}

func (p *formParser) failed(field string) bool {
	return slices.ContainsFunc(p.errors, func(f problem.Field) bool { return f.Field == field })
}

// stars reads digits without sign or leading zero.
func (p *formParser) stars(scale feedback.Scale) int {
	s := p.values.Get("stars")
	if s == "" {
		p.fail("stars", problem.MissingField, "is required")
		return 0
	}
	n, err := strconv.Atoi(s)
	if err != nil || strconv.Itoa(n) != s || !scale.Valid(n) {
		p.fail("stars", problem.OutOfRange, between(scale.Bounds()))
		return 0
	}
	return n
}

// reason reads a reason code of the touchpoint.
func (p *formParser) reason(tp *config.Touchpoint) string {
	s := p.values.Get("reason")
	if s == "" {
		return ""
	}
	c, detail := code(s)
	if c == "" && !slices.Contains(tp.Reasons, s) {
		c, detail = problem.UnknownReason, "is not offered at this touchpoint"
	}
	if c != "" {
		p.fail("reason", c, detail)
		return ""
	}
	return s
}

// asked reads a further question that the touchpoint asks: one of the answers,
// or none.
func (p *formParser) asked(tp *config.Touchpoint, name, want string, answers ...string) string {
	s := p.values.Get(name)
	switch {
	case s == "":
		return ""
	case !tp.Asks(name):
		p.fail(name, problem.UnknownField, "is not asked at this touchpoint")
		return ""
	case !slices.Contains(answers, s):
		p.fail(name, problem.InvalidValue, want)
		return ""
	}
	return s
}

// number reads a further question answered on a scale.
func (p *formParser) number(tp *config.Touchpoint, name string, scale feedback.Scale) string {
	s := p.values.Get(name)
	if n, err := strconv.Atoi(s); s != "" && tp.Asks(name) && (err != nil || strconv.Itoa(n) != s || !scale.Valid(n)) {
		p.fail(name, problem.OutOfRange, between(scale.Bounds()))
		return ""
	}
	return p.asked(tp, name, "", s)
}

// text returns the text even when it is refused, readable, to be shown again.
func (p *formParser) text(name string, limit int, lines bool) string {
	typed := p.values.Get(name)
	s, c, detail := text(typed, limit, lines)
	if c == "" {
		return s
	}
	p.fail(name, c, detail)
	return strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || r >= ' ' && (r < 0x7f || r >= 0xa0) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(typed, ""))
}

// tick reads a box: present with "1", "on", "yes" or "true", or absent.
func (p *formParser) tick(name string) bool {
	switch p.values.Get(name) {
	case "":
		return false
	case "1", "on", "yes", "true":
		return true
	}
	p.fail(name, problem.InvalidValue, "want 1, or leave it out")
	return false
}

func validNonce(s string) bool {
	if len(s) < 16 || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' {
			return false
		}
	}
	return true
}
