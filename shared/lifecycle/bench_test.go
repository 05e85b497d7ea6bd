package lifecycle_test

import (
	"testing"

	"resonanz/shared/lifecycle"
)

// BenchmarkReceive is what a submission costs beside its one transaction.
func BenchmarkReceive(b *testing.B) {
	w, r := complaint(), rules(b)
	b.ReportAllocs()
	for b.Loop() {
		lifecycle.Receive(w, lifecycle.Opening{Notifiable: true}, monday, r)
	}
}
