package present

import (
	"strconv"
	"strings"

	"resonanz/shared/feedback"
)

// pair is a text in both languages. Places for values are {1}, {2} and so on:
// languages order them differently.
type pair struct{ de, en string }

// catalogue holds texts by name. A name with a slash ends in a code of the
// report: "channel/email_link".
type catalogue map[string]pair

// texts are everything a document says.
var texts = merge(
	commonWords, headerWords, noteWords, headlineWords, findingWords, qualityWords, csatWords, recommendWords, fcrWords,
	complaintWords, causeWords, taskWords, evidenceWords, handledWords, costWords, escalationWords, trendWords,
	actionWords, loyaltyWords, isoWords, absenceWords, codeWords, pathWords,
)

func merge(parts ...catalogue) catalogue {
	all := make(catalogue)
	for _, p := range parts {
		for name, text := range p {
			if _, twice := all[name]; twice {
				panic("present: the text " + name + " is there twice")
			}
			all[name] = text
		}
	}
	return all
}

// tongue says texts in one language.
type tongue struct{ german bool }

func tongueOf(l feedback.Language) tongue { return tongue{german: l == "de"} }

// has reports whether there is a text of that name.
func (t tongue) has(name string) bool {
	_, ok := texts[name]
	return ok
}

// say is the text of that name with the values in its places. A test holds that
// every name has its text.
func (t tongue) say(name string, values ...string) string {
	p := texts[name]
	s := p.en
	if t.german {
		s = p.de
	}
	if len(values) == 0 {
		return s
	}
	pairs := make([]string, 0, 2*len(values))
	for i, v := range values {
		pairs = append(pairs, "{"+strconv.Itoa(i+1)+"}", v)
	}
	return strings.NewReplacer(pairs...).Replace(s)
}

// code is the word for a code of a family, such as a channel; a code that
// nobody has a word for is shown with blanks for its dashes.
func (t tongue) code(family, code string) string {
	if name := family + "/" + code; t.has(name) {
		return t.say(name)
	}
	return strings.ReplaceAll(code, "_", " ")
}

// many is a number with its noun: "1 Antwort", "1.234 Antworten".
func (t tongue) many(noun string, n int64) string {
	if n == 1 {
		return t.say(noun+".one", t.count(n))
	}
	return t.say(noun+".many", t.count(n))
}
