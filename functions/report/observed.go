package main

import (
	"context"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch"
	"github.com/aws/aws-sdk-go-v2/service/cloudwatch/types"

	"resonanz/shared/feedback"
	"resonanz/shared/report"
)

// observatory counts what no fact holds, from the functions' metrics. Nil, and no
// error: nothing was measured.
type observatory interface {
	Observed(ctx context.Context, from, to time.Time, places []feedback.Touchpoint) (*report.Observed, error)
}

// measured are the counts of the month, up to the cutoff; what cannot be had now
// is what the version before had. A report does without.
func (p *press) measured(ctx context.Context, o order, latest *earlier, cutoff time.Time) *report.Observed {
	from, to := o.period.Bounds(p.cfg.Zone())
	if cutoff.Before(to) {
		to = cutoff
	}
	var places []feedback.Touchpoint
	if g := p.cfg.Group(o.group); g != nil {
		places = g.Touchpoints
	} else {
		for i := range p.cfg.Touchpoints {
			places = append(places, p.cfg.Touchpoints[i].ID)
		}
	}
	var found *report.Observed
	if p.observed != nil && from.Before(to) {
		asking, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		var err error
		if found, err = p.observed.Observed(asking, from, to, places); err != nil {
			p.log.WarnContext(ctx, "metrics not read", slog.String("period", o.period.String()), slog.String("error", err.Error()))
		}
	}
	if found == nil && latest != nil {
		return latest.given.Observed
	}
	return found
}

// patience bounds how long metrics are waited for: a report does without them.
const patience = 10 * time.Second

// gauge is a metric that counts at a touchpoint, and what it counts.
type gauge struct {
	function, metric string
	of               func(*report.Observed) **int64
}

// gauges are the metrics of the functions that customers and devices speak to.
var gauges = func() (all []gauge) {
	add := func(of func(*report.Observed) **int64, function string, metrics ...string) {
		for _, m := range metrics {
			all = append(all, gauge{function, m, of})
		}
	}
	accepted := func(o *report.Observed) **int64 { return &o.Accepted }
	rejected := func(o *report.Observed) **int64 { return &o.Rejected }
	opened := func(o *report.Observed) **int64 { return &o.LinksOpened }
	reopened := func(o *report.Observed) **int64 { return &o.AlreadyRated }
	add(accepted, "rating", "RatingAccepted", "CardAccepted", "ComplaintAccepted")
	add(accepted, "card", "CardAccepted")
	add(accepted, "complaint", "ComplaintAccepted")
	add(rejected, "rating", "RatingRejected", "CardRejected", "ComplaintRejected")
	add(rejected, "card", "CardRejected")
	add(rejected, "complaint", "ComplaintRejected")
	for _, f := range [...]string{"rating", "card"} {
		add(opened, f, "LinkOpened")
		add(reopened, f, "LinkReopened")
	}
	return all
}()

// cloudWatch reads metrics as package observe writes them: the namespace of the
// stage, dimensions Function and Touchpoint.
type cloudWatch struct {
	api       cloudwatch.GetMetricDataAPIClient
	namespace string
}

// atOnce are the metrics asked for in one call: CloudWatch takes 500, and answers
// up to 100,800 points, of which a metric has one for each hour of a month.
const atOnce = 100

// hour is the finest step that CloudWatch keeps for more than two months.
const hour = 3600

// Observed sums up the metrics of the touchpoints. A metric that nobody wrote has
// no points; where none has, nothing was measured.
func (c *cloudWatch) Observed(ctx context.Context, from, to time.Time, places []feedback.Touchpoint) (*report.Observed, error) {
	var queries []types.MetricDataQuery
	var of []*gauge
	for i := range gauges {
		g := &gauges[i]
		for _, place := range places {
			queries = append(queries, types.MetricDataQuery{
				Id: aws.String("m" + strconv.Itoa(len(queries))),
				MetricStat: &types.MetricStat{
					Metric: &types.Metric{
						Namespace: &c.namespace, MetricName: &g.metric,
						Dimensions: []types.Dimension{
							{Name: aws.String("Function"), Value: &g.function}, {Name: aws.String("Touchpoint"), Value: aws.String(string(place))},
						},
					},
					Period: aws.Int32(hour), Stat: aws.String("Sum"),
				},
			})
			of = append(of, g)
		}
	}
	var sum report.Observed
	measured := false
	for first := 0; first < len(queries); first += atOnce {
		pages := cloudwatch.NewGetMetricDataPaginator(c.api, &cloudwatch.GetMetricDataInput{
			StartTime: &from, EndTime: &to, MetricDataQueries: queries[first:min(first+atOnce, len(queries))],
		})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, fmt.Errorf("reading metrics: %w", err)
			}
			for i := range page.MetricDataResults {
				r := &page.MetricDataResults[i]
				n, err := strconv.Atoi(strings.TrimPrefix(aws.ToString(r.Id), "m"))
				if err != nil || n < 0 || n >= len(of) {
					return nil, fmt.Errorf("reading metrics: an answer to nothing asked")
				}
				for _, v := range r.Values {
					measured = true
					at := of[n].of(&sum)
					if *at == nil {
						*at = new(int64)
					}
					**at += int64(v)
				}
			}
		}
	}
	if !measured {
		return nil, nil //nolint:nilnil // nobody measured
	}
	// Somebody did: a count without a point is 0.
	for i := range gauges {
		if at := gauges[i].of(&sum); *at == nil {
			*at = new(int64)
		}
	}
	return &sum, nil
}
