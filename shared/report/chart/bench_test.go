package chart_test

import (
	"testing"

	"resonanz/shared/report/chart"
	"resonanz/shared/report/doc/doctest"
)

func BenchmarkChartsOf200Touchpoints(b *testing.B) {
	d := doctest.Sample("de", 200)
	for b.Loop() {
		for _, c := range charts(d) {
			chart.SVG(c, d.Accent)
		}
	}
}
