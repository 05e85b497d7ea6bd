package main

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// byPeriod are the statistics of the last periods, the newest first; -1: none.
type byPeriod []float64

func (m byPeriod) Statistic(_ context.Context, a *types.MetricAlarm, _, to time.Time) (float64, bool, error) {
	v := m[int(now.Sub(to)/(time.Duration(*a.Period)*time.Second))]
	return v, v >= 0, nil
}

var now = time.Date(2026, time.March, 10, 9, 0, 0, 0, time.UTC)

func TestAnAlarmRingsAsCloudWatchSays(t *testing.T) {
	atLeast := func(periods int32) *types.MetricAlarm {
		return &types.MetricAlarm{
			Period: aws.Int32(300), EvaluationPeriods: &periods, Threshold: aws.Float64(1), TreatMissingData: aws.String("notBreaching"),
			ComparisonOperator: types.ComparisonOperatorGreaterThanOrEqualToThreshold,
		}
	}
	silence := atLeast(2)
	silence.TreatMissingData, silence.ComparisonOperator = aws.String("breaching"), types.ComparisonOperatorLessThanThreshold
	for name, c := range map[string]struct {
		alarm *types.MetricAlarm
		has   byPeriod
		want  bool
	}{
		"nothing is known":               {atLeast(1), byPeriod{-1}, false},
		"below":                          {atLeast(1), byPeriod{0}, false},
		"at the threshold":               {atLeast(1), byPeriod{1}, true},
		"once of twice":                  {atLeast(2), byPeriod{1, 0}, false},
		"once, and nothing before":       {atLeast(2), byPeriod{1, -1}, false},
		"twice":                          {atLeast(2), byPeriod{1, 3}, true},
		"silent":                         {silence, byPeriod{-1, -1}, true},
		"failed twice":                   {silence, byPeriod{0, 0}, true},
		"failed, then silent":            {silence, byPeriod{-1, 0}, true},
		"silent, and before it was well": {silence, byPeriod{-1, 1}, false},
	} {
		if got, err := rings(t.Context(), c.has, c.alarm, now); err != nil || got != c.want {
			t.Errorf("%s: %v %v, want %v", name, got, err, c.want)
		}
	}
}
