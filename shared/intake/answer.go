package intake

import (
	"slices"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/problem"
)

// answer checks what was said to one question of a card and returns it as it is
// stored: own words without surrounding white space, anything else unchanged.
// It is the rule for every way in: page, JSON, batch.
func answer(it *config.CardItem, said string) (string, problem.Code, string) {
	switch it.Kind {
	case config.ItemRating:
		if len(said) != 1 || said[0] < '1' || said[0] > '5' {
			return "", problem.OutOfRange, between(1, 5)
		}
	case config.ItemYesNo:
		if said != "yes" && said != "no" {
			return "", problem.InvalidValue, `want "yes" or "no"`
		}
	case config.ItemChoice:
		if !slices.ContainsFunc(it.Options, func(o config.CardOption) bool { return o.Code == said }) {
			return "", problem.InvalidValue, "want the code of one of its options"
		}
	default:
		return text(said, MaxText, true)
	}
	return said, "", ""
}

// record puts a checked answer where it belongs: codes and grades into the
// event, own words into the personal part. Nothing said is no answer.
func record(it *config.CardItem, said string, c *feedback.Card, p *feedback.Personal) {
	switch {
	case said == "":
	case it.Kind == config.ItemSuggestion:
		p.Suggestion = said
	case it.Kind == config.ItemText:
		if p.Answers == nil {
			p.Answers = map[string]string{}
		}
		p.Answers[it.ID] = said
		c.HasText = true
	default:
		if c.Answers == nil {
			c.Answers = map[string]string{}
		}
		c.Answers[it.ID] = said
	}
}
