// Package money writes amounts as the languages of customers do.
package money

import (
	"strconv"
	"strings"

	"resonanz/shared/feedback"
)

// way is how a language writes amounts.
type way struct {
	group, point string // between thousands, before cents
	before       bool   // the sign stands before the number
}

var ways = map[feedback.Language]way{
	"de": {group: ".", point: ","},
	"en": {group: ",", point: ".", before: true},
	"fr": {group: "\u202f", point: ","},
	"it": {group: ".", point: ","},
}

// signs are the currencies that are written with a sign; others with their code.
var signs = map[string]string{"EUR": "€", "GBP": "£", "USD": "$"}

// Format writes an amount of cents, at least 0, of a currency (ISO 4217) of two
// decimals in language l: "1.234,50 €", "€1,234.50", "CHF 1,234.50". A language
// that is not known is written as English is.
func Format(cents int64, currency string, l feedback.Language) string {
	w, ok := ways[l]
	if !ok {
		w = ways["en"]
	}
	digits := strconv.FormatInt(max(cents, 0), 10)
	digits = strings.Repeat("0", max(0, 3-len(digits))) + digits
	whole, n := digits[:len(digits)-2], w.point+digits[len(digits)-2:]
	for len(whole) > 3 {
		n = w.group + whole[len(whole)-3:] + n
		whole = whole[:len(whole)-3]
	}
	n = whole + n
	sign, signed := signs[currency]
	switch {
	case !signed && w.before:
		return currency + "\u00a0" + n
	case !signed:
		return n + "\u00a0" + currency
	case w.before:
		return sign + n
	}
	return n + "\u00a0" + sign
}
