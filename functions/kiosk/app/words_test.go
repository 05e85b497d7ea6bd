package app

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestNoTextIsMissing(t *testing.T) {
	if m := Missing(); len(m) > 0 {
		t.Errorf("missing: %q", m)
	}
	if !slices.Contains(Languages(), "fr") || speech("xx") != nil {
		t.Error("languages are not what they should be")
	}
}

// What is filled in is filled in in every language.
func TestTranslationsHaveTheSameGaps(t *testing.T) {
	gap := regexp.MustCompile(`\{\w+\}`)
	for _, w := range words {
		for i, s := range w.texts {
			if got, want := gap.FindAllString(s, -1), gap.FindAllString(w.texts[0], -1); !slices.Equal(got, want) {
				t.Errorf("%s in %s has %q, want %q", w.key, languages[i], got, want)
			}
		}
	}
}

// A text that the app asks for exists, and none is carried for nothing.
func TestTheAppAsksForTextsThatExist(t *testing.T) {
	all := ""
	err := fs.WalkDir(sources, ".", func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !strings.HasSuffix(path, ".css") {
			b, e := sources.ReadFile(path)
			all, err = all+string(b), e
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	known := map[string]bool{}
	for _, w := range words {
		if known[w.key] {
			t.Errorf("%s occurs twice", w.key)
		}
		known[w.key] = true
	}
	asked := map[string]bool{}
	for _, m := range regexp.MustCompile(`\bt\("(\w+)"|data-(?:t|label)="(\w+)"`).FindAllStringSubmatch(all, -1) {
		key := m[1] + m[2]
		asked[key] = true
		if !known[key] {
			t.Errorf("the app asks for %q", key)
		}
	}
	// These are asked for by a value: a face, a mood, a question, a reason of
	// being blocked, a fact; or by the server.
	byValue := regexp.MustCompile(`^(face\d|ofFive|ofTen|self|notFound|notFoundText)$`)
	for _, w := range words {
		if !asked[w.key] && !byValue.MatchString(w.key) && !strings.Contains(all, `"`+w.key+`"`) {
			t.Errorf("nobody asks for %q", w.key)
		}
	}
}
