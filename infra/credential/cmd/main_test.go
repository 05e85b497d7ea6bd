package main

import (
	"errors"
	"io"
	"strings"
	"testing"
)

func TestWhatIsMissingIsNamed(t *testing.T) {
	for args, want := range map[string]string{
		"":                                       "token or device-key",
		"keys --stage prod":                      "token or device-key",
		"token --scope intake":                   "STAGE=",
		"token --stage prod":                     "SCOPE=",
		"device-key --stage prod":                "DEVICE=",
		"token --stage prod --scope intake more": "more",
		"token --stag prod":                      "stag",
	} {
		if err := run(t.Context(), strings.Fields(args), io.Discard); !errors.Is(err, errUsage) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", args, err)
		}
	}
}
