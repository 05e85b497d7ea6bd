package cloud

import (
	"math"
	"slices"
	"testing"
)

func TestEachDelayNamesWhereItComesFrom(t *testing.T) {
	d, err := Published(1)
	if err != nil {
		t.Fatal(err)
	}
	for name, one := range d.Calls {
		if !slices.Contains([]string{"published", "bounded", "assumed"}, one.Basis) || one.Source == "" {
			t.Errorf("%s has no basis or no source", name)
		}
		if one.P50 <= 0 || one.P90 < one.P50 || one.P99 < one.P90 || one.P999 < one.P99 {
			t.Errorf("%s: quantiles fall: %+v", name, one)
		}
	}
	for _, name := range []string{"dynamodb.PutItem", "dynamodb.UpdateItem", "sqs.SendMessageBatch", "s3.PutObject", "s3.GetObject"} {
		if _, ok := d.of(name); !ok {
			t.Errorf("%s has no delay", name)
		}
	}
}

func TestDelaysAreDrawnFromTheirQuantiles(t *testing.T) {
	d, err := Published(7)
	if err != nil {
		t.Fatal(err)
	}
	one := d.Calls["dynamodb.PutItem"]
	const n = 200_000
	all := make([]float64, n)
	for i := range all {
		all[i] = d.draw(one).Seconds() * 1000
	}
	slices.Sort(all)
	for q, want := range map[float64]float64{0.5: one.P50, 0.9: one.P90, 0.99: one.P99, 0.999: one.P999} {
		if got := all[int(q*n)]; math.Abs(got-want) > 0.06*want {
			t.Errorf("quantile %v: %.2f ms, want %.2f", q, got, want)
		}
	}
	again, err := Published(7)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := again.draw(one), again.draw(one); a == b {
		t.Error("every call takes the same time")
	}
}
