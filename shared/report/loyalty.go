package report

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"resonanz/shared/satisfaction"
)

// Kinds of questions of a card.
const (
	itemRating = "rating" // answers "1" to "5"
	itemYesNo  = "yes_no" // answers "yes" and "no"
	itemChoice = "choice"
)

// question is one question of one card.
type question struct{ card, item string }

// loyalty writes section 16: what customers mean to do, what else cards ask, and
// how what they got compares with what they expected.
func (m *month) loyalty(r *Report) {
	out := Loyalty{Indicators: []Indicator{}, Items: []Indicator{}, GapPlaces: []GapRow{}, Gap: m.answers.gap.Disconfirmation()}
	out.Grade, out.Withheld = m.grade(out.Gap.N)
	for _, id := range slices.Sorted(maps.Keys(m.touchpoints)) {
		if gap := m.touchpoints[id].gap.Disconfirmation(); gap.N > 0 {
			out.GapPlaces = append(out.GapPlaces, GapRow{Touchpoint: id, Disconfirmation: gap})
		}
	}
	hide(out.GapPlaces, m.in.MinimumN,
		func(row *GapRow) (string, int64) { return string(row.Touchpoint), row.N },
		func(row *GapRow, hidden bool) { row.Withheld = hidden })

	counts := m.cardAnswers()
	for _, q := range slices.SortedFunc(maps.Keys(counts), func(a, b question) int {
		return cmp.Or(cmp.Compare(a.card, b.card), cmp.Compare(a.item, b.item))
	}) {
		item := m.in.Items[q.card][q.item]
		i := m.indicator(q, item, counts[q])
		if i.Measures != "" {
			out.Indicators = append(out.Indicators, i)
		} else {
			out.Items = append(out.Items, i)
		}
	}
	r.Loyalty = out

	switch {
	case len(out.Indicators) > 0:
	case m.marksIndicators():
		r.absent(SecLoyalty, "indicators", ReasonNoCards)
	default:
		r.absent(SecLoyalty, "indicators", ReasonNoIndicators)
	}
	if len(out.Items) == 0 {
		r.absent(SecLoyalty, "card_items", ReasonNoCards)
	}
	if out.Gap.N == 0 {
		r.absent(SecLoyalty, "expectation_gap", ReasonNoExpectation)
	}
}

// marksIndicators reports whether any question of a card is an indicator.
func (m *month) marksIndicators() bool {
	for _, items := range m.in.Items {
		for _, item := range items {
			if item.Measures != "" {
				return true
			}
		}
	}
	return false
}

// cardAnswers counts the answers to each question. Each way to fill in a card is
// read once, however many filled it in so.
func (m *month) cardAnswers() map[question]map[string]int64 {
	counts := make(map[question]map[string]int64)
	batch := m.set.Batch()
	for f, n := range m.cards {
		var answers map[string]string
		if f.answers == 0 || json.Unmarshal([]byte(batch.Text(f.answers)), &answers) != nil {
			continue
		}
		for item, answer := range answers {
			q := question{batch.Text(f.card), item}
			if counts[q] == nil {
				counts[q] = make(map[string]int64)
			}
			counts[q][answer] += n
		}
	}
	return counts
}

// indicator sums up the answers to one question. One that is no longer
// configured is a choice: its answers are counted, and nothing else is known.
func (m *month) indicator(q question, item Item, answers map[string]int64) Indicator {
	out := Indicator{Card: q.card, Item: q.item, Kind: cmp.Or(item.Kind, itemChoice), Measures: item.Measures, Counts: []Count{}}
	codes := slices.Sorted(maps.Keys(answers))
	switch out.Kind {
	case itemRating:
		codes = []string{"1", "2", "3", "4", "5"}
	case itemYesNo:
		codes = []string{"yes", "no"}
	}
	var sum, top int64
	for _, code := range codes {
		n := answers[code]
		out.N += n
		out.Counts = append(out.Counts, Count{Name: code, N: n})
		value, err := strconv.Atoi(code)
		switch {
		case out.Kind == itemRating && err == nil:
			sum += int64(value) * n
			if value >= satisfaction.Stars5.Top {
				top += n
			}
		case out.Kind == itemYesNo && code == "yes":
			top += n
		}
	}
	if out.Kind == itemRating && out.N > 0 {
		mean := float64(sum) / float64(out.N)
		out.Mean = &mean
	}
	if out.Kind != itemChoice {
		out.TopPct, out.TopCI = satisfaction.Percent(top, out.N), satisfaction.Wilson(top, out.N)
	}
	out.Grade, out.Withheld = m.grade(out.N)
	return out
}
