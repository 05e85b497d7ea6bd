package main

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"resonanz/shared/feedback"
	"resonanz/shared/report"
)

// metrics answers for the metrics of one touchpoint, in two pages.
type metrics struct {
	values map[string][]float64 // by function/metric@touchpoint
	calls  int
	asked  int
	err    error
}

func (m *metrics) GetMetricData(_ context.Context, in *cloudwatch.GetMetricDataInput, _ ...func(*cloudwatch.Options)) (*cloudwatch.GetMetricDataOutput, error) {
	if m.calls++; m.err != nil {
		return nil, m.err
	}
	out := new(cloudwatch.GetMetricDataOutput)
	first := in.NextToken == nil
	for _, q := range in.MetricDataQueries {
		s := q.MetricStat
		if *s.Metric.Namespace != "Resonanz/prod" || *s.Period%3600 != 0 || *s.Stat != "Sum" {
			return nil, errors.New("not how the functions count")
		}
		var name string
		for _, d := range s.Metric.Dimensions {
			if *d.Name == "Function" {
				name = *d.Value + "/" + *s.Metric.MetricName + name
			} else {
				name += "@" + *d.Value
			}
		}
		values := m.values[name]
		if first {
			m.asked++
			values = values[:len(values)/2]
		} else {
			values = values[len(values)/2:]
		}
		out.MetricDataResults = append(out.MetricDataResults, types.MetricDataResult{Id: q.Id, Values: values})
	}
	if first {
		out.NextToken = aws.String("2")
	}
	return out, nil
}

func TestMetricsAreSummedUpByWhatTheyCount(t *testing.T) {
	from, to := march.Bounds(time.UTC)
	m := &metrics{values: map[string][]float64{
		"rating/RatingAccepted@hotline": {3, 4}, "card/CardAccepted@repair": {2}, "complaint/ComplaintAccepted@hotline": {1},
		"rating/RatingRejected@hotline": {5}, "rating/LinkOpened@hotline": {10, 20, 30}, "card/LinkReopened@hotline": {6},
		"rating/RatingAccepted@elsewhere": {99},
	}}
	places := []feedback.Touchpoint{"hotline", "repair"}
	for i := range 30 {
		places = append(places, feedback.Touchpoint("quiet-"+string(rune('a'+i%26))+string(rune('a'+i/26))))
	}
	o, err := (&cloudWatch{api: m, namespace: "Resonanz/prod"}).Observed(t.Context(), from, to, places)
	if err != nil || o == nil || *o.Accepted != 10 || *o.Rejected != 5 || *o.LinksOpened != 60 || *o.AlreadyRated != 6 {
		t.Fatalf("%+v, %v", o, err)
	}
	if want := len(places) * len(gauges); m.asked != want || m.calls != 2*((want+atOnce-1)/atOnce) {
		t.Errorf("asked for %d metrics in %d calls, want %d", m.asked, m.calls, want)
	}
	m.values = map[string][]float64{"rating/LinkOpened@hotline": {1}}
	if o, err := (&cloudWatch{api: m, namespace: "Resonanz/prod"}).Observed(t.Context(), from, to, places[:1]); err != nil || *o.Accepted != 0 || *o.LinksOpened != 1 {
		t.Errorf("%+v, %v; want 0 where others were counted", o, err)
	}
	m.values = nil
	if o, err := (&cloudWatch{api: m, namespace: "Resonanz/prod"}).Observed(t.Context(), from, to, places); err != nil || o != nil {
		t.Errorf("%+v, %v; want nothing measured", o, err)
	}
}

// silent is an observatory that never answers.
type silent struct{}

func (silent) Observed(ctx context.Context, _, _ time.Time, _ []feedback.Touchpoint) (*report.Observed, error) {
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestAReportDoesNotWaitLongForMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t)
		r.observed = silent{}
		start := time.Now()
		found := r.measured(t.Context(), order{period: march}, nil, open)
		if took := time.Since(start); took != patience || found != nil {
			t.Errorf("it took %v, want %v; observed %+v", took, patience, found)
		}
	})
}

func TestAReportDoesWithoutMetrics(t *testing.T) {
	r := newRig(t)
	r.observed = &cloudWatch{api: &metrics{err: errors.New("no such action")}}
	r.rate(open.Add(-time.Hour), 5)
	r.post("", 201)
	if o := r.given().Observed; o != nil {
		t.Errorf("observed %+v", o)
	}
}
