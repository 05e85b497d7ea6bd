package report

import "fmt"

// Build makes the report. It fails only on an Input that is no month, zone or
// rule set at all.
func Build(in Input) (*Report, error) {
	if in.Period.IsZero() || in.Zone == nil || in.Facts == nil {
		return nil, fmt.Errorf("building report: period, zone and facts are needed")
	}
	return nil, fmt.Errorf("building report %s: not yet", in.Period)
}
