package letter

import (
	"strconv"
	"strings"
)

// signs are the currencies that are written with a sign; others with their code.
var signs = map[string]string{"EUR": "€", "GBP": "£", "USD": "$"}

// amount writes cents of a currency (ISO 4217) as the language does.
func (t *caseTexts) amount(cents int64, currency string) string {
	digits := strconv.FormatInt(max(cents, 0), 10)
	digits = strings.Repeat("0", max(0, 3-len(digits))) + digits
	whole, n := digits[:len(digits)-2], t.Amounts.Point+digits[len(digits)-2:]
	for len(whole) > 3 {
		n = t.Amounts.Group + whole[len(whole)-3:] + n
		whole = whole[:len(whole)-3]
	}
	sign, pattern := signs[currency], t.Amounts.Pattern
	if sign == "" {
		sign = currency
		if strings.HasPrefix(pattern, "{sign}") {
			pattern = "{sign}\u00a0{n}"
		}
	}
	return strings.NewReplacer("{sign}", sign, "{n}", whole+n).Replace(pattern)
}
