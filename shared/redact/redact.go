// Package redact takes out of own words what customers leave by habit where nobody
// needs it: e-mail addresses and telephone numbers. Words stay as they were written
// in the table; where they are shown to those who do not answer the customer, as in
// reports, they are shown without. It errs towards showing: prices, dates and
// numbers of orders stay readable. Names it does not know.
package redact

import (
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// What stands in place of what was taken out, understood in every language.
const (
	Email = "[…@…]"
	Phone = "[☎ …]"
)

// pattern compiles an expression when it is first asked for: together they take as
// long as half a start, and few starts are followed by own words.
func pattern(expression string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
}

// emails are addresses, also written so that programs do not find them: name (at)
// example (dot) com, and those with spaces around the sign.
var emails = pattern(`(?i)[\p{L}\p{N}][\p{L}\p{N}._%+'-]*` +
	`(?:\s?@\s?|\s?[(\[{]\s?(?:at|ät|chez|chiocciola|arobase)\s?[)\]}]\s?)` +
	`[\p{L}\p{N}](?:[\p{L}\p{N}-]|\.[\p{L}\p{N}]|\s?[(\[{]\s?(?:dot|punkt|point|punto)\s?[)\]}]\s?)*`)

// numbers are runs of digits with what is written between those of a telephone
// number.
var numbers = pattern(`(?:\+|\(\+|\(0)?[0-9](?:[0-9()./\-\x{2010}-\x{2013}\x{a0}\x{202f} ]*[0-9])?`)

// called are words before a number that say that it is one of a telephone, in four
// languages.
var called = pattern(`(?i)(?:\b(?:tel|telefon|telefonnummer|telefonisch|fon|phone|telephone|téléphone|telefono|mobil|mobile|mobilnummer|handy|handynummer|` +
	`portable|cellulare|cell|rückruf|anrufen|ruf(?:en)?\s+sie\s+(?:mich\s+)?(?:bitte\s+)?an|call(?:\s+me)?(?:\s+back)?|ring\s+me|appelez[- ]moi|` +
	`rappelez[- ]moi|chiamatemi|richiamatemi|chiamate(?:mi)?|numéro|whatsapp|sms|fax|durchwahl|erreichbar|reach(?:able|\s+me)|joignable|raggiungibile)\b|[☎☏📞📱])` +
	`[\p{L}\s.:\-]{0,24}$`)

// counted are words before a number that say that it is none of a telephone.
var counted = pattern(`(?i)(?:\b(?:bestell\w*|(?:kd|best|auftr|rg|rechn|vers|mitgl)\.?[- ]?nr|kontonummer|(?:versicherungs|mitglieds|policen|schaden|referenz)\w*|auftrag\w*|rechnung\w*|kunden(?:-|\s)?n(?:umme)?r\w*|vertrag\w*|vorgang\w*|sendung\w*|artikel\w*|beleg\w*|` +
	`serien\w*|zähler\w*|ticket\w*|fall|order\w*|invoice\w*|case|contract\w*|customer\s+(?:no|number|id)|tracking\w*|parcel|item|serial\w*|receipt\w*|reference|ref|` +
	`commande\w*|facture\w*|contrat\w*|dossier\w*|colis|article\w*|référence|client|` +
	`ordine|fattura|contratto|pratica|spedizione|pacco|articolo|cliente|iban|sku|ean|isbn|plz|art)\b\.?|#|§)` +
	`[\s.:#\-]*(?:n(?:umme|ume)?[ro]\b|n\.|n[°º]|no\b|nr\b|number|numéro|numero|id)?[\s.:#°º\-]*$`)

// Words is s without e-mail addresses and telephone numbers.
func Words(s string) string {
	if !strings.ContainsAny(s, "@([{") && !digits(s, leastCalled) {
		return s
	}
	s = emails().ReplaceAllStringFunc(s, func(found string) string {
		if at := strings.IndexAny(found, "@([{"); !strings.ContainsAny(found[at:], ".") && !dotted(found[at:]) {
			return found // a handle, or half a sentence
		}
		return Email
	})
	r := runs{s: s, at: numbers().FindAllStringIndex(s, -1)}
	r.known = make([]fate, len(r.at))
	var b strings.Builder
	end := 0
	for i, at := range r.at {
		if !r.taken(i) {
			continue
		}
		from, to := at[0], at[1]
		b.WriteString(s[end:from])
		b.WriteString(Phone)
		end = to
		if strings.HasPrefix(s[from:to], "(") && strings.Count(s[from:to], "(") > strings.Count(s[from:to], ")") && strings.HasPrefix(s[to:], ")") {
			end++
		}
	}
	if end == 0 {
		return s
	}
	b.WriteString(s[end:])
	return b.String()
}

// runs are the runs of digits in a text. Of two side by side the fate of one may
// hang on that of the other: what is glued to one that is taken out is no longer
// part of something longer.
type runs struct {
	s     string
	at    [][]int
	known []fate
}

type fate byte

const (
	open fate = iota
	stays
	goes
)

// taken reports whether a run is a telephone number. It looks to the left over
// nothing or a hyphen, to the right over a comma: never in a circle.
func (r *runs) taken(i int) bool {
	if r.known[i] == open {
		from, to := r.at[i][0], r.at[i][1]
		before, after := lately(r.s[:from]), r.s[to:min(len(r.s), to+near)]
		if i > 0 {
			if between := r.s[r.at[i-1][1]:from]; (between == "" || between == "-") && r.taken(i-1) {
				before = ""
			}
		}
		if i+1 < len(r.at) && r.s[to:r.at[i+1][0]] == "," && r.taken(i+1) {
			after = ""
		}
		r.known[i] = stays
		if !inWord(before, after) && isPhone(r.s[from:to], before, after) {
			r.known[i] = goes
		}
	}
	return r.known[i] == goes
}

// near is how many bytes around a number are looked at.
const near = 64

// lately is the end of s, in whole letters.
func lately(s string) string {
	if len(s) <= near {
		return s
	}
	for s = s[len(s)-near:]; len(s) > 0 && !utf8.RuneStart(s[0]); {
		s = s[1:]
	}
	return s
}

var dot = pattern(`(?i)[(\[{]\s?(?:dot|punkt|point|punto)\s?[)\]}]`)

func dotted(s string) bool { return dot().MatchString(s) }

// leastDigits is how many digits a telephone number has at least, with the code of
// its area, unless words say that it is one; mostDigits is the bound of E.164.
const (
	leastDigits = 7
	leastCalled = 5 // where words say that it is one
	mostDigits  = 15
)

// digits reports whether s has n digits in all.
func digits(s string, n int) bool {
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			if n--; n == 0 {
				return true
			}
		}
	}
	return false
}

// inWord says that a number is part of something longer: a code, an amount, a time.
func inWord(before, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(after)
	joins := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsDigit(r) || strings.ContainsRune("_#€$£%=&?@", r)
	}
	return before != "" && (joins(last) || last == '-' && len(before) > 1 && before[len(before)-2] != ' ' && !strings.HasSuffix(before, Phone+"-")) ||
		after != "" && (joins(next) || next == ',' && len(after) > 1 && (after[1] >= '0' && after[1] <= '9' || after[1] == '-'))
}

var (
	date   = pattern(`^(?:[0-3]?[0-9][./\-][01]?[0-9][./\-](?:[12][0-9])?[0-9]{2}|[12][0-9]{3}[./\-][01]?[0-9][./\-][0-3]?[0-9])(?:[^\w.]|\.[^0-9]|\.?$)`)
	pauses = pattern(`[^0-9+]+`)
	amount = pattern(`^[0-9]{1,3}(?:[. \x{a0}\x{202f}][0-9]{3})+$`)
	unit   = pattern(`(?i)^\s?(?:€|eur\b|euro|chf\b|fr\.|franken|\$|usd\b|dollar|£|gbp\b|%|prozent|percent|kg\b|km\b|kwh\b|stück|stk\b|mal\b|uhr\b|h\b)`)
)

// isPhone says that a run of digits is a telephone number: it begins as one does
// when dialled from elsewhere, or words before it say so. What is a date, an amount
// or, as words say, another number is none.
func isPhone(s, before, after string) bool {
	n := 0
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	switch {
	case n < leastCalled, n < leastDigits && !called().MatchString(before), n > mostDigits:
		return false
	case date().MatchString(s), unit().MatchString(after):
		return false
	case counted().MatchString(before):
		return false
	case called().MatchString(before):
		return true
	}
	plain := strings.TrimLeft(s, "(")
	switch {
	case strings.HasPrefix(plain, "+"):
		return n >= leastDigits+1
	case strings.HasPrefix(plain, "00"):
		return n >= leastDigits+3
	case strings.HasPrefix(plain, "0"):
		// 0221 123456, 0151/2345678, 079 123 45 67, 06 12 34 56 78.
		return n >= leastDigits+1 && !amount().MatchString(plain)
	case strings.HasPrefix(plain, "3"):
		// Italian mobile numbers have no 0: 347 123 4567 or 3471234567 by itself is
		// known by its groups only.
		groups := pauses().Split(plain, -1)
		return n == 10 && len(groups) >= 2 && len(groups[0]) == 3 && !amount().MatchString(plain)
	}
	return false
}
