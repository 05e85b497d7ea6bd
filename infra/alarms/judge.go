package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"
)

// metrics are the points that CloudWatch has of one metric, exactly as named: an
// emulator's alarm looks at all that share a name, whatever their dimensions.
type metrics interface {
	// Statistic of a time, and whether there is a point in it.
	Statistic(ctx context.Context, a *types.MetricAlarm, from, to time.Time) (float64, bool, error)
}

// rings applies CloudWatch's rule to an alarm: it rings when in each of its last
// periods the statistic of its metric breaches the threshold, or is missing where
// that counts as a breach. Source: Amazon CloudWatch User Guide, "Alarm evaluation".
// Periods are counted back from now, where CloudWatch has them begin with the clock.
func rings(ctx context.Context, m metrics, a *types.MetricAlarm, now time.Time) (bool, error) {
	period := time.Duration(aws.ToInt32(a.Period)) * time.Second
	missing := 0
	periods := int(aws.ToInt32(a.EvaluationPeriods))
	for i := range periods {
		to := now.Add(-time.Duration(i) * period)
		v, known, err := m.Statistic(ctx, a, to.Add(-period), to)
		if err != nil {
			return false, fmt.Errorf("judging %s: %w", aws.ToString(a.AlarmName), err)
		}
		switch {
		case known && !breaches(a, v):
			return false, nil
		case !known && aws.ToString(a.TreatMissingData) != "breaching":
			missing++
		}
	}
	return missing == 0 && periods > 0, nil
}

func breaches(a *types.MetricAlarm, v float64) bool {
	switch a.ComparisonOperator {
	case types.ComparisonOperatorGreaterThanOrEqualToThreshold:
		return v >= aws.ToFloat64(a.Threshold)
	case types.ComparisonOperatorLessThanThreshold:
		return v < aws.ToFloat64(a.Threshold)
	}
	panic("an alarm compares in a way that this judge does not know: " + string(a.ComparisonOperator))
}

// window is how far back an alarm looks.
func window(a *types.MetricAlarm) time.Duration {
	return time.Duration(aws.ToInt32(a.Period)) * time.Second * time.Duration(aws.ToInt32(a.EvaluationPeriods))
}

// cloudWatch is the emulator's.
type cloudWatch struct{ api *cloudwatch.Client }

func (c cloudWatch) Statistic(ctx context.Context, a *types.MetricAlarm, from, to time.Time) (float64, bool, error) {
	out, err := c.api.GetMetricStatistics(ctx, &cloudwatch.GetMetricStatisticsInput{
		Namespace: a.Namespace, MetricName: a.MetricName, Dimensions: a.Dimensions,
		StartTime: &from, EndTime: &to, Period: aws.Int32(60), Statistics: []types.Statistic{a.Statistic},
	})
	if err != nil {
		return 0, false, err
	}
	sum, most := 0.0, math.Inf(-1)
	for _, p := range out.Datapoints {
		sum += aws.ToFloat64(p.Sum)
		most = max(most, aws.ToFloat64(p.Maximum))
	}
	if a.Statistic == types.StatisticMaximum {
		return most, len(out.Datapoints) > 0, nil
	}
	return sum, len(out.Datapoints) > 0, nil
}
