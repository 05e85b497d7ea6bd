package pages

import (
	"fmt"

	"resonanz/shared/colour"
	"resonanz/shared/feedback"
)

// CardWords are the words of a card's page that a printed card says as well, so
// that paper and page ask the same.
type CardWords struct {
	Question    string // about the contact as a whole
	Worst, Best string // the ends of its scale
	Grades      string // what the grades 1 and 5 of a question mean
	Yes, No     string
	Voluntary   string // only the first question is needed
	Minutes     string // how long it takes
	Anonymous   string
	Callback    string // yes, call me
	Contact     string // at this number or address
}

// WordsOf are the words of a card of n minutes in the language l, one of
// Languages.
func WordsOf(l feedback.Language, n int) CardWords {
	t, base := cardTexts[l](), catalogue[l]()
	return CardWords{
		Question: base.Question, Worst: base.Worst, Best: base.Best, Grades: t.Grades, Yes: base.Yes, No: base.No,
		Voluntary: t.Voluntary, Minutes: t.Minutes(n), Anonymous: base.Anonymous, Callback: base.Callback, Contact: base.Contact,
	}
}

// OnPaper is the brand's colour as it is printed: dark enough for white text on
// it and for text of it on white.
func OnPaper(accent string) (string, error) {
	c, err := colour.Parse(accent)
	if err != nil {
		return "", fmt.Errorf("organisation.accent %w", err)
	}
	return c.Readable(colour.Must("#0b0d10"), colour.White).String(), nil
}
