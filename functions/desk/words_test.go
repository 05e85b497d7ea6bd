package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const modules = "app/src/*.js"

// catalogue is what a file of words exports.
type catalogue struct {
	DE, EN map[string]string
}

var (
	words       = regexp.MustCompile(`-words\.js$`)
	comment     = regexp.MustCompile(`(?m)^\s*//.*$`)
	bareKey     = regexp.MustCompile(`(?m)^(\s*)([A-Za-z_]\w*): `)
	spareComma  = regexp.MustCompile(`,(\s*})`)
	gap         = regexp.MustCompile(`\{\w+\}`)
	asked       = regexp.MustCompile(`\bt\("([^"]+)"`)
	askedByPart = regexp.MustCompile(`\b(?:t|knows)\("([^"]+)" \+|\bcode\("([^"]+)"`)
	quoted      = regexp.MustCompile(`"(\w+)"`)
)

// read returns the texts of every file of words and the source of every other
// module, by the name of its file.
func read(t *testing.T) (texts map[string]catalogue, sources map[string]string) {
	t.Helper()
	files, err := filepath.Glob(modules)
	if err != nil || len(files) == 0 {
		t.Fatalf("no modules in %s: %v", modules, err)
	}
	texts, sources = map[string]catalogue{}, map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		source := comment.ReplaceAllString(string(b), "")
		if !words.MatchString(f) {
			sources[filepath.Base(f)] = source
			continue
		}
		object, ok := strings.CutPrefix(strings.TrimSpace(source), "export default ")
		if !ok {
			t.Errorf("%s exports no catalogue", f)
		}
		object = bareKey.ReplaceAllString(strings.TrimSuffix(object, ";"), `$1"$2": `)
		c, err := parse([]byte(spareComma.ReplaceAllString(object, "$1")))
		if err != nil {
			t.Errorf("%s is not written as texts by key: %v", f, err)
		}
		texts[filepath.Base(f)] = c
	}
	return texts, sources
}

// parse reads texts by language, or by key: {"de": {key: text}, "en": …} or
// {key: [de, en]}.
func parse(object []byte) (catalogue, error) {
	var c catalogue
	var byKey map[string][]string
	if err := json.Unmarshal(object, &byKey); err != nil {
		return c, json.Unmarshal(object, &c)
	}
	c.DE, c.EN = map[string]string{}, map[string]string{}
	for key, texts := range byKey {
		if len(texts) != 2 {
			return c, fmt.Errorf("%s has %d texts", key, len(texts))
		}
		c.DE[key], c.EN[key] = texts[0], texts[1]
	}
	return c, nil
}

// Each text is there in German and in English, with the same gaps, and with a
// form for one in both or in neither.
func TestTheDeskSpeaksGermanAndEnglish(t *testing.T) {
	texts, _ := read(t)
	for file, c := range texts {
		if d := cmp.Diff(slices.Sorted(maps.Keys(c.DE)), slices.Sorted(maps.Keys(c.EN))); d != "" {
			t.Errorf("%s: keys of de (-) and en (+) differ:\n%s", file, d)
		}
		for key, de := range c.DE {
			en := c.EN[key]
			if strings.TrimSpace(de) == "" || strings.TrimSpace(en) == "" {
				t.Errorf("%s: %s is empty", file, key)
			}
			if d := cmp.Diff(gaps(de), gaps(en)); d != "" {
				t.Errorf("%s: gaps of %s in de (-) and en (+) differ:\n%s", file, key, d)
			}
			if n := strings.Count(de, "|"); n > 1 || n != strings.Count(en, "|") {
				t.Errorf("%s: %s has not the same forms for one and for many in both languages", file, key)
			}
		}
	}
}

func gaps(text string) []string {
	all := gap.FindAllString(text, -1)
	slices.Sort(all)
	return slices.Compact(all)
}

// A key is that of one text: a file that is loaded later would take another's
// place.
func TestNoTwoTextsHaveOneKey(t *testing.T) {
	texts, _ := read(t)
	home := map[string]string{}
	for _, file := range slices.Sorted(maps.Keys(texts)) {
		for key := range texts[file].DE {
			if other := home[key]; other != "" {
				t.Errorf("%s is in %s and in %s", key, other, file)
			}
			home[key] = file
		}
	}
}

// What a module asks for exists, and nothing is carried for nothing.
func TestTheDeskAsksForTextsThatExist(t *testing.T) {
	texts, sources := read(t)
	known := map[string]bool{}
	for _, c := range texts {
		for key := range c.DE {
			known[key] = true
		}
	}
	begins := func(prefix string) bool {
		for key := range known {
			if strings.HasPrefix(key, prefix) {
				return true
			}
		}
		return false
	}
	used := map[string]bool{}
	var prefixes []string
	for file, source := range sources {
		for _, m := range askedByPart.FindAllStringSubmatch(source, -1) {
			prefix := m[1] + m[2]
			prefixes = append(prefixes, prefix)
			if !begins(prefix) {
				t.Errorf("%s asks for a text that begins with %q", file, prefix)
			}
		}
		for _, m := range asked.FindAllStringSubmatch(askedByPart.ReplaceAllString(source, ""), -1) {
			if !known[m[1]] {
				t.Errorf("%s asks for %q", file, m[1])
			}
		}
		for _, m := range quoted.FindAllStringSubmatch(source, -1) {
			used[m[1]] = true
			if strings.HasSuffix(m[1], "_") { // passed on as the beginning of a key
				prefixes = append(prefixes, m[1])
			}
		}
	}
	for key := range known {
		if !used[key] && !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(key, p) }) {
			t.Errorf("nobody asks for %q", key)
		}
	}
}
