// Package letter writes to customers: the mail that asks for a rating and its
// reminder, and the mail of each step of a complaint. Each is plain text and
// simple HTML of the same content, in the customer's language, as the bytes that
// travel (RFC 5322). Nothing in it is fetched from
// elsewhere and nothing tells that it was opened: the links lead to our own
// pages, and following one changes nothing.
package letter

import (
	"fmt"
	"net/mail"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/colour"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

// Writer writes the letters of one organisation. It is safe for concurrent use.
type Writer struct {
	cfg    *config.Config
	public string // base of links, no slash at its end
	accent colour.Colour
}

// New makes the writer whose links lead to publicURL.
func New(cfg *config.Config, publicURL string) (*Writer, error) {
	accent, err := colour.Parse(cfg.Organisation.Accent)
	if err != nil {
		return nil, fmt.Errorf("preparing letters: organisation.accent %w", err)
	}
	if from := cfg.Notify.MailFrom; from != "" {
		if _, err := address(from); err != nil {
			return nil, fmt.Errorf("preparing letters: notify.mail_from: %w", err)
		}
	}
	return &Writer{cfg: cfg, public: strings.TrimRight(publicURL, "/"), accent: accent}, nil
}

// Letter is what a mail is about.
type Letter struct {
	Invitation *feedback.Invitation
	Touchpoint *config.Touchpoint // of the invitation
	Token      string             // of its link
	Reminder   bool               // the customer was asked before
	// Leave is what the link that ends invitations has in place of Token; empty: Token.
	Leave string
}

// leave is the end of the link that ends invitations.
func (l *Letter) leave() string {
	if l.Leave != "" {
		return l.Leave
	}
	return l.Token
}

// Content is a letter before it travels.
type Content struct {
	Language feedback.Language // the one it is written in
	Subject  string            // one line
	Text     string
	HTML     string
}

// Write words l in the language of its invitation, else in the organisation's
// default, else in English.
func (w *Writer) Write(l Letter) Content {
	d := w.document(l)
	return Content{Language: d.language, Subject: d.subject, Text: d.text(), HTML: d.html(w.accent)}
}

// document is a letter's content before it has a form.
type document struct {
	language     feedback.Language
	subject      string
	organisation string
	question     string
	opening      string
	marks        []mark // of a rating; none: the card's link
	card         action
	effort       string
	ends         string // what the least and the greatest mark mean
	until        string
	why          string
	address      string
	unsubscribe  action
	privacy      action
}

// mark is one rating that can be given.
type mark struct {
	n    int
	name string // "4 of 5 stars"
	url  string
}

// action is a link with its words.
type action struct{ name, url string }

func (w *Writer) document(l Letter) *document {
	t, language := w.words(l.Invitation.Language)
	org := &w.cfg.Organisation
	touchpoint := oneLine(l.Touchpoint.Name[language])
	if touchpoint == "" {
		touchpoint = oneLine(w.cfg.In(l.Touchpoint.Name, l.Invitation.Language))
	}
	name := oneLine(org.Name)
	replace := strings.NewReplacer(
		"{organisation}", name, "{touchpoint}", touchpoint, "{until}", t.instant(l.Invitation.ExpiresAt.In(w.cfg.Zone())),
	).Replace
	fill := func(s string) string { return elided(language, replace(s)) }
	d := &document{
		language: language, organisation: name, question: fill(t.Question),
		subject: fill(t.Subject), opening: fill(t.Opening), effort: fill(t.Effort),
		until: fill(t.Until), why: fill(t.Why), address: oneLine(org.Address),
		unsubscribe: action{t.Unsubscribe, w.unsubscribe(l.leave())},
	}
	if l.Reminder {
		d.subject, d.opening = fill(t.ReminderSubject), fill(t.ReminderOpening)
	}
	if org.PrivacyURL != "" {
		d.privacy = action{t.Privacy, org.PrivacyURL}
	}
	if l.Invitation.Card {
		d.card = action{t.Card, w.public + "/c/" + l.Token}
		d.effort = fill(t.CardEffort)
		return d
	}
	least, greatest := l.Touchpoint.Scale.Bounds()
	unit := t.Points
	if l.Touchpoint.Scale == feedback.Stars5 {
		unit = t.Stars
	}
	count := func(n int) string {
		if n == 1 && l.Touchpoint.Scale == feedback.Stars5 {
			return strings.ReplaceAll(t.Star, "{most}", strconv.Itoa(greatest))
		}
		return strings.NewReplacer("{n}", strconv.Itoa(n), "{most}", strconv.Itoa(greatest)).Replace(unit)
	}
	for n := least; n <= greatest; n++ {
		d.marks = append(d.marks, mark{n, count(n), w.public + "/r/" + l.Token + "?s=" + strconv.Itoa(n)})
	}
	d.ends = fmt.Sprintf("%d = %s, %d = %s", least, t.Lowest, greatest, t.Highest)
	return d
}

func (w *Writer) unsubscribe(token string) string { return w.public + "/u/" + token }

// words are the texts of the first language known: l, the organisation's
// default, English.
func (w *Writer) words(l feedback.Language) (*texts, feedback.Language) {
	for _, l := range [...]feedback.Language{l, w.cfg.Organisation.DefaultLanguage} {
		if t := catalogue[l]; t != nil {
			return t, l
		}
	}
	return &english, "en"
}

// instant shows an instant in the zone it is in.
func (t *texts) instant(at time.Time) string { return t.dated(t.Instant, at) }

// dated fills a pattern with an instant, in the zone it is in.
func (t *texts) dated(pattern string, at time.Time) string {
	day := strconv.Itoa(at.Day())
	if at.Day() == 1 {
		day = t.First
	}
	return strings.NewReplacer(
		"{day}", day, "{month}", t.Months[at.Month()-1], "{year}", strconv.Itoa(at.Year()),
		"{hour}", at.Format("15"), "{minute}", at.Format("04"),
	).Replace(pattern)
}

// elisions are what Italian does before the numbers that begin with a vowel.
var elisions = strings.NewReplacer(" il 8 ", " l’8 ", " il 11 ", " l’11 ", " al 8 ", " all’8 ", " al 11 ", " all’11 ")

// elided is a sentence with its dates filled in, as the language says it.
func elided(l feedback.Language, s string) string {
	if l == "it" {
		return elisions.Replace(s)
	}
	return s
}

// address reads a mail address as it may stand in a header: no display name, no
// comment, ASCII.
func address(s string) (*mail.Address, error) {
	a, err := mail.ParseAddress(s)
	if err != nil || a.Name != "" || a.Address != s || len(s) > 254 || strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return nil, ErrAddress // the cause would quote it
	}
	return a, nil
}

// oneLine turns control characters and line separators into spaces, so that
// nothing can begin a line of its own.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "\uFFFD"), func(r rune) bool {
		return r <= ' ' || r >= 0x7f && r < 0xa0 || r == '\u2028' || r == '\u2029'
	}), " ")
}
