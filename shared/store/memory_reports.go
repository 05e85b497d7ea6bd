package store

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"resonanz/shared/period"
)

// PutReport is Table.PutReport.
func (m *Memory) PutReport(ctx context.Context, v *ReportVersion) error {
	if err := cmp.Or(ctx.Err(), v.check()); err != nil {
		return fmt.Errorf("storing report %s version %d: %w", v.Period, v.Version, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	at := reportPartition(v.Period, v.Group)
	all := m.reports[at]
	i, found := slices.BinarySearchFunc(all, v.Version, func(r ReportVersion, n int) int { return cmp.Compare(r.Version, n) })
	if found {
		return fmt.Errorf("storing report %s version %d: %w", v.Period, v.Version, ErrExists)
	}
	m.reports[at] = slices.Insert(slices.Clip(all), i, cloneReport(*v))
	return nil
}

// Report is Table.Report.
func (m *Memory) Report(ctx context.Context, p period.Period, group string, version int) (*ReportVersion, error) {
	all, err := m.ReportVersions(ctx, p, group)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if all[i].Version == version {
			return &all[i], nil
		}
	}
	return nil, fmt.Errorf("reading report %s version %d: %w", p, version, ErrNotFound)
}

// LatestReport is Table.LatestReport.
func (m *Memory) LatestReport(ctx context.Context, p period.Period, group string) (*ReportVersion, error) {
	all, err := m.ReportVersions(ctx, p, group)
	if err == nil && len(all) == 0 {
		err = fmt.Errorf("reading the report of %s: %w", p, ErrNotFound)
	}
	if err != nil {
		return nil, err
	}
	return &all[len(all)-1], nil
}

// ReportVersions is Table.ReportVersions.
func (m *Memory) ReportVersions(ctx context.Context, p period.Period, group string) ([]ReportVersion, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("reading the report of %s: %w", p, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []ReportVersion
	for _, v := range m.reports[reportPartition(p, group)] {
		all = append(all, cloneReport(v))
	}
	return all, nil
}

func cloneReport(v ReportVersion) ReportVersion {
	v.Objects = maps.Clone(v.Objects)
	return v
}
