package scheme

import (
	"regexp"
	"strings"
	"testing"

	"resonanz/shared/colour"
	"resonanz/shared/config"
)

func TestColoursAreInTheBrand(t *testing.T) {
	cfg := &config.Config{Organisation: config.Organisation{Accent: "#0b5cad"}}
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(c.Style, "--a:"+c.Accent+";") || !strings.Contains(c.Style, "--on:"+c.OnAccent+";") || !strings.Contains(c.Style, "--bg:"+c.Background+";") || strings.Count(c.Style, "--badbg:#") != 2 || strings.Count(c.Style, "{") != strings.Count(c.Style, "}") {
		t.Errorf("the rules are %s", c.Style)
	}
	hex := regexp.MustCompile(`^#[0-9a-f]{6}$`)
	for _, s := range []string{c.Accent, c.OnAccent, c.Background} {
		if !hex.MatchString(s) {
			t.Errorf("%q is no colour", s)
		}
	}
	if colour.Contrast(colour.Must(c.Accent), colour.Must(c.OnAccent)) < 4.5 {
		t.Errorf("%s on %s cannot be read", c.OnAccent, c.Accent)
	}
	cfg.Organisation.Accent = "blue"
	if _, err := New(cfg); err == nil {
		t.Error("blue is taken for a colour")
	}
}
