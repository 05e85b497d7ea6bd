package sheet_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"resonanz/shared/report/doc/doctest"
	"resonanz/shared/report/sheet"
)

func TestLook(t *testing.T) {
	for _, l := range doctest.Languages {
		b, err := sheet.Render(doctest.Sample(l, 40), time.Date(2026, 4, 6, 0, 0, 0, 0, time.UTC))
		if err != nil {
			t.Fatal(err)
		}
		_ = os.WriteFile(filepath.Join(os.Getenv("LOOK"), l+".xlsx"), b, 0o600)
	}
}
