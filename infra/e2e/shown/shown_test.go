package shown_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/infra/e2e/shown"
)

func TestCommandsAreFoundWhereverTheyStand(t *testing.T) {
	const page = "# Page\n\nSay `make  demo`, never `make`, or `go.mod`, or `cases closed`.\n\n" +
		"1. First:\n\n       TOKEN=$(make token)\n       curl -X POST $API \\\n         -d '{}'\n\n" +
		"| command | does |\n|---|---|\n| `make up` | up |\n\n" +
		"```sh\n# a remark\n$ make down\n```\n\n```yaml\nmake: none\n```\n\n" +
		"    SELECT touchpoint FROM rating\n\n    customer: link ──┐\n"
	got, err := shown.Parse("p", []byte(page))
	want := []shown.Command{
		{Page: "p", Text: "make demo"}, {Page: "p", Text: "TOKEN=$(make token)", Block: true},
		{Page: "p", Text: "curl -X POST $API -d '{}'", Block: true}, {Page: "p", Text: "make up"},
		{Page: "p", Text: "make down", Block: true},
	}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
}

func TestABlockOfCommandsHoldsNothingElse(t *testing.T) {
	_, err := shown.Parse("p", []byte("    make up\n    and then look\n"))
	if err == nil || !strings.Contains(err.Error(), `"and then look"`) {
		t.Errorf("got %v", err)
	}
}
