package settings

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

const root = "../../.."

func TestTheStacksOwnSourcesSayTheSame(t *testing.T) {
	s, err := Read(root)
	if err != nil {
		t.Fatal(err)
	}
	source := func(name string) string {
		b, err := os.ReadFile(filepath.Join(root, "infra", name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	found := regexp.MustCompile(`addQueueMapping\("(\w+)", s\.\w+, (\d+), [\w.()]+, (\d+)\)`).FindAllStringSubmatch(source("mappings.go"), -1)
	if len(found) == 0 || len(found)+1 != len(s.Mappings) {
		t.Errorf("%d queues in the source, %d mappings with the stream's in the template", len(found), len(s.Mappings))
	}
	for _, m := range found {
		batch, _ := strconv.Atoi(m[2])
		atOnce, _ := strconv.Atoi(m[3])
		if got := s.Mappings[m[1]]; got.Batch != batch || got.AtOnce != atOnce || got.Visibility == 0 {
			t.Errorf("%s: %+v, the source has batch %d, concurrency %d", m[1], got, batch, atOnce)
		}
	}
	if !regexp.MustCompile(`throttleRate\s+= ` + strconv.Itoa(s.Rate) + `\n`).MatchString(source("api.go")) {
		t.Errorf("the source throttles at another rate than %d", s.Rate)
	}
	if f := s.Functions["rating"]; f.Memory == 0 || f.Timeout == 0 {
		t.Errorf("rating: %+v", f)
	}
}

func TestATemplateWithoutWhatIsAskedForIsNamed(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "infra/testdata"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, Template), []byte(`{"Resources":{}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Read(dir); err == nil || !strings.Contains(err.Error(), Template) {
		t.Errorf("got %v", err)
	}
}
