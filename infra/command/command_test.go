package command

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestAScriptCanTellWhatWentWrong(t *testing.T) {
	for _, c := range []struct {
		err    error
		status int
		says   string
	}{
		{nil, 0, ""},
		{fmt.Errorf("%w: no stage", ErrUsage), 2, "wrong arguments: no stage\nusage: it\n"},
		{errors.New("no such stack"), 1, "error: no such stack\n"},
	} {
		var b strings.Builder
		if got := tell(&b, "usage: it", c.err); got != c.status || b.String() != c.says {
			t.Errorf("%v: %d %q", c.err, got, b.String())
		}
	}
}
