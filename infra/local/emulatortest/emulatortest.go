// Package emulatortest gives a test the pinned emulator.
package emulatortest

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"resonanz/infra/local/emulator"
	"resonanz/infra/local/toolchain"
)

// Variable names an emulator that is running already, such as that of `make up`.
const Variable = "TEST_EMULATOR_URL"

// URL is the address of an emulator: the one Variable names, else one of the
// test's own, which ends with it. The first on a machine is installed meanwhile.
func URL(tb testing.TB) string {
	tb.Helper()
	if url := os.Getenv(Variable); url != "" {
		return url
	}
	wd, err := os.Getwd()
	if err != nil {
		tb.Fatal(err)
	}
	root, err := toolchain.Root(wd)
	if err != nil {
		tb.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(tb.Context(), 5*time.Minute)
	defer cancel()
	python, err := toolchain.Venv(ctx, filepath.Join(root, "build", "tools", "venv"), filepath.Join(root, "infra", "local", "requirements.txt"), io.Discard)
	if err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	log, err := os.Create(filepath.Join(dir, "emulator.log"))
	if err != nil {
		tb.Fatal(err)
	}
	e, err := emulator.Start(ctx, emulator.Options{Python: python, Dir: dir, Log: log})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := e.Stop(); err != nil {
			tb.Error(err)
		}
		_ = log.Close()
	})
	return e.URL
}
