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

// MaxComplaintForm is the size of the form of a complaint, in bytes: a text far
// longer than can be stored still comes back to be shortened.
const MaxComplaintForm = 256 << 10

// Other is the category of what fits no other. Where it is configured nobody has
// to choose one.
const Other = "other"

// ComplaintForm is what a customer typed into the form of a complaint, as it can
// be shown again.
type ComplaintForm struct {
	Comment   string // what happened
	Category  string // a configured code, or "": not chosen
	Remedy    string // what would put it right
	Annoyance string // "1" to "5", or ""
	Name      string
	Email     string
	Phone     string            // given: call me
	Nonce     string            // made by the page: tells a double click from a second complaint
	Language  feedback.Language // the page's, when it was chosen on it
}

// complaintFields are the names a form may carry, in the order of the page.
var complaintFields = []string{"comment", "category", "remedy", "annoyance", "email", "name", "phone", "nonce", "l"}

// ParseComplaint reads an application/x-www-form-urlencoded body. What was typed
// comes back even when fields are in error, and errors come in the order of the
// page. The error is a 400 problem for what is no form at all.
func ParseComplaint(cfg *config.Config, body []byte) (ComplaintForm, []problem.Field, error) {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return ComplaintForm{}, nil, problem.New(http.StatusBadRequest, problem.MalformedForm, "The body is not a valid form.")
	}
	p := formParser{values: values}
	p.only(complaintFields)
	f := ComplaintForm{
		Comment:   p.text("comment", MaxText, true),
		Category:  p.category(cfg),
		Remedy:    p.text("remedy", MaxText, true),
		Annoyance: p.grade("annoyance"),
		Name:      p.text("name", MaxName, false),
		Email:     p.text("email", maxEmail, false),
		Phone:     p.text("phone", MaxContact, false),
		Nonce:     p.nonce(),
	}
	if f.Comment == "" && !p.failed("comment") {
		p.fail("comment", problem.MissingField, "is required: what happened")
	}
	if f.Email != "" && !p.failed("email") {
		c, detail := email(f.Email)
		p.fail("email", c, detail)
	}
	if f.Phone != "" && !p.failed("phone") && !strings.ContainsAny(f.Phone, "0123456789") {
		p.fail("phone", problem.InvalidValue, "has no digit")
	}
	if l, err := feedback.ParseLanguage(values.Get("l")); err == nil {
		f.Language = l
	}
	slices.SortStableFunc(p.errors, func(a, b problem.Field) int {
		return placeIn(complaintFields, a.Field) - placeIn(complaintFields, b.Field)
	})
	return f, p.errors, nil
}

// only refuses every other field, and each that occurs twice.
func (p *formParser) only(fields []string) {
	for _, name := range sortedNames(p.values) {
		switch {
		case !slices.Contains(fields, name):
			p.fail(shorten(strings.ToValidUTF8(name, "?")), problem.UnknownField, "is not a field of this form")
		case len(p.values[name]) > 1:
			p.fail(name, problem.DuplicateField, "occurs twice")
		}
	}
}

// placeIn is where a field stands on a page; one that does not comes last.
func placeIn(fields []string, field string) int {
	if i := slices.Index(fields, field); i >= 0 {
		return i
	}
	return len(fields)
}

// category reads a configured category. None is needed where there is Other.
func (p *formParser) category(cfg *config.Config) string {
	s := p.values.Get("category")
	switch {
	case s == "" && !slices.Contains(cfg.Categories, Other):
		p.fail("category", problem.MissingField, "is required")
	case s != "" && !slices.Contains(cfg.Categories, s):
		p.fail("category", problem.UnknownCategory, "is not offered")
		return ""
	}
	return s
}

// grade reads a grade from 1 to 5, or none.
func (p *formParser) grade(name string) string {
	s := p.values.Get(name)
	if s != "" && (len(s) != 1 || s[0] < '1' || s[0] > '5') {
		p.fail(name, problem.OutOfRange, between(1, 5))
		return ""
	}
	return s
}

// nonce reads what the page made to tell a second click from a second form.
func (p *formParser) nonce() string {
	switch n := p.values.Get("nonce"); {
	case n == "":
		p.fail("nonce", problem.MissingField, "is required")
	case !validNonce(n):
		p.fail("nonce", problem.InvalidValue, "want 16 to 64 of A-Z, a-z, 0-9, '-' and '_'")
	default:
		return n
	}
	return ""
}

// Complain makes the complaint that a valid form at a touchpoint is, a response
// of its own. The event id follows from the page and from what was typed: a
// double click is one event.
func Complain(cfg *config.Config, tp *config.Touchpoint, f *ComplaintForm, l feedback.Language, now time.Time) *Submission {
	at := Instant(now)
	category := f.Category
	if category == "" {
		category = Other
	}
	s := &Submission{
		Rating: feedback.Rating{
			Touchpoint: tp.ID, Channel: feedback.WebForm, SubmittedAt: at, ReceivedAt: at, Language: l,
			CallbackRequested: f.Phone != "", CollectionMode: feedback.Self,
		},
		Personal:  feedback.Personal{Comment: f.Comment, Remedy: f.Remedy, Name: f.Name, Email: f.Email, CallbackContact: f.Phone},
		Complaint: &feedback.Complaint{Category: category, Annoyance: integer(f.Annoyance)},
	}
	r := &s.Rating
	r.EventID = feedback.DeriveEventID("complaint", string(tp.ID), link.NonceID(f.Nonce), category, f.Annoyance, f.Comment, f.Remedy, f.Name, f.Email, f.Phone)
	s.digest = store.DigestOf([]byte(r.EventID)) // the id covers the whole body
	s.known()
	s.file(f.Nonce, cfg.Zone())
	return s
}

// CaseForm is what a customer does on the page of a case.
type CaseForm struct {
	Do       string // reply, accept, reopen, withdraw, rate
	Text     string
	Stars    string // "1" to "5", of rate
	Nonce    string
	Language feedback.Language
}

// The things a customer can do.
const (
	DoReply    = "reply"
	DoAccept   = "accept"
	DoReopen   = "reopen"
	DoWithdraw = "withdraw"
	DoRate     = "rate"
)

var caseFields = []string{"do", "text", "stars", "nonce", "l"}

// ParseCase reads an application/x-www-form-urlencoded body as ParseComplaint
// does. What is needed beside the form is checked: words of a reply and of a
// reopening, the grade of a rating.
func ParseCase(body []byte) (CaseForm, []problem.Field, error) {
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return CaseForm{}, nil, problem.New(http.StatusBadRequest, problem.MalformedForm, "The body is not a valid form.")
	}
	p := formParser{values: values}
	p.only(caseFields)
	f := CaseForm{Do: values.Get("do"), Text: p.text("text", MaxText, true), Stars: p.grade("stars"), Nonce: p.nonce()}
	switch f.Do {
	case DoReply, DoReopen:
		if f.Text == "" && !p.failed("text") {
			p.fail("text", problem.MissingField, "is required")
		}
	case DoRate:
		if f.Stars == "" && !p.failed("stars") {
			p.fail("stars", problem.MissingField, "is required")
		}
	case DoAccept, DoWithdraw:
	default:
		p.fail("do", problem.InvalidValue, "is nothing that can be done")
	}
	if l, err := feedback.ParseLanguage(values.Get("l")); err == nil {
		f.Language = l
	}
	slices.SortStableFunc(p.errors, func(a, b problem.Field) int { return placeIn(caseFields, a.Field) - placeIn(caseFields, b.Field) })
	return f, p.errors, nil
}

// Event is the id of what f does to a case: from the page and from what was
// typed, so a double click is done once.
func (f *CaseForm) Event(number string) feedback.EventID {
	return feedback.DeriveEventID("case", number, link.NonceID(f.Nonce), f.Do, f.Stars, f.Text)
}

// Grade is the number of stars, 0 where none were given.
func (f *CaseForm) Grade() int {
	n, _ := strconv.Atoi(f.Stars) // a checked field, or empty
	return n
}
