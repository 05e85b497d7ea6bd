package category_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/category"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/pages"
)

// usual are the categories that a configuration has by default.
func usual(t *testing.T) *config.Config {
	t.Helper()
	b, err := os.ReadFile("../../infra/configure/feedback.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Properties struct {
			Categories struct{ Default []string }
		}
	}
	if err := json.Unmarshal(b, &schema); err != nil {
		t.Fatal(err)
	}
	c := &config.Config{Categories: schema.Properties.Categories.Default}
	c.Organisation.Languages, c.Organisation.DefaultLanguage = pages.Languages(), "de"
	return c
}

func TestEveryUsualCategoryHasANameOfItsOwnInEveryLanguage(t *testing.T) {
	c := usual(t)
	if len(c.Categories) < 20 {
		t.Fatalf("only %d categories", len(c.Categories))
	}
	for _, code := range c.Categories {
		for _, named := range []string{code, category.Root(code)} {
			if lacking := category.Unnamed(c, named); len(lacking) > 0 {
				t.Errorf("%s has no name in %q", named, lacking)
			}
		}
	}
	for _, l := range c.Organisation.Languages {
		by := map[string]string{}
		for _, code := range c.Categories {
			n := category.Name(c, code, l)
			if other := by[n]; other != "" || n == code || strings.TrimSpace(n) != n || len([]rune(n)) > 30 {
				t.Errorf("%s: %s is called %q, as is %q", l, code, n, other)
			}
			by[n] = code
		}
	}
}

func TestAnOwnersNameGoesBeforeTheUsualOne(t *testing.T) {
	c := usual(t)
	c.Categories = []string{"delivery.late", "delivery.drone", "roof"}
	c.CategoryNames = map[string]config.Text{
		"delivery.late":  {"de": "Fahrplan", "en": "Timetable"},
		"delivery.drone": {"de": "Drohne", "en": "Drone", "fr": "Drone"},
	}
	for _, x := range []struct{ code, l, want string }{
		{"delivery.late", "en", "Timetable"},
		{"delivery.late", "fr", "Fahrplan"}, // the owner's default goes before another word for it
		{"delivery.drone", "it", "Drohne"},
		{"roof", "de", "roof"},
		{"delivery", "en", "Delivery"},
	} {
		if got := category.Name(c, x.code, feedback.Language(x.l)); got != x.want {
			t.Errorf("%s in %s is called %q", x.code, x.l, got)
		}
	}
	for code, want := range map[string][]feedback.Language{"delivery.late": nil, "delivery": nil, "delivery.drone": {"it"}, "roof": {"de", "en", "fr", "it"}} {
		if diff := cmp.Diff(want, category.Unnamed(c, code)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", code, diff)
		}
	}
}

func TestCategoriesComeByTheirBranches(t *testing.T) {
	c := &config.Config{Categories: []string{"a.x", "b", "a.y", "c", "c.z"}}
	got := category.Groups(c)
	want := []category.Group{{Root: "a", Codes: []string{"a.x", "a.y"}}, {Root: "b", Codes: []string{"b"}}, {Root: "c", Codes: []string{"c", "c.z"}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if got[0].Single() || !got[1].Single() || got[2].Single() {
		t.Error("which group is single")
	}
}
