package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/period"
)

// PutReport stores the manifest of a report version, for ever. Errors:
// ErrExists when the version is taken.
func (t *Table) PutReport(ctx context.Context, v *ReportVersion) error {
	if err := v.check(); err != nil {
		return fmt.Errorf("storing report %s version %d: %w", v.Period, v.Version, err)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("storing report %s version %d: %w", v.Period, v.Version, err)
	}
	it := key(reportPartition(v.Period, v.Group), fourDigits(v.Version))
	it[attrReport] = text(string(b))
	_, err = t.api.PutItem(ctx, &dynamodb.PutItemInput{TableName: t.name, Item: it, ConditionExpression: absent})
	if taken := new(types.ConditionalCheckFailedException); errors.As(err, &taken) {
		err = ErrExists
	}
	if err != nil {
		return fmt.Errorf("storing report %s version %d: %w", v.Period, v.Version, err)
	}
	return nil
}

// Report reads one version of a period's report, consistently, or ErrNotFound.
func (t *Table) Report(ctx context.Context, p period.Period, group string, version int) (*ReportVersion, error) {
	v := new(ReportVersion)
	it, err := t.item(ctx, reportPartition(p, group), fourDigits(version))
	if err == nil {
		r := reader{it: it}
		r.json(attrReport, v)
		err = r.err
	}
	if err != nil {
		return nil, fmt.Errorf("reading report %s version %d: %w", p, version, err)
	}
	return v, nil
}

// LatestReport reads the newest version of a period's report, of the whole or of
// a group, consistently, or ErrNotFound.
func (t *Table) LatestReport(ctx context.Context, p period.Period, group string) (*ReportVersion, error) {
	out, err := t.api.Query(ctx, &dynamodb.QueryInput{
		TableName:                 t.name,
		KeyConditionExpression:    aws.String("PK = :pk"),
		ExpressionAttributeValues: item{":pk": text(reportPartition(p, group))},
		ConsistentRead:            consistent,
		ScanIndexForward:          aws.Bool(false),
		Limit:                     aws.Int32(1),
	})
	if err == nil && len(out.Items) == 0 {
		err = ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("reading the report of %s: %w", p, err)
	}
	v := new(ReportVersion)
	r := reader{it: out.Items[0]}
	if r.json(attrReport, v); r.err != nil {
		return nil, fmt.Errorf("reading the report of %s: %w", p, r.err)
	}
	return v, nil
}

// ReportVersions reads every version of a period's report, oldest first;
// none when there is none.
func (t *Table) ReportVersions(ctx context.Context, p period.Period, group string) ([]ReportVersion, error) {
	var all []ReportVersion
	err := t.query(ctx, &dynamodb.QueryInput{
		KeyConditionExpression:    aws.String("PK = :pk"),
		ExpressionAttributeValues: item{":pk": text(reportPartition(p, group))},
		ConsistentRead:            consistent,
	}, func(it item) error {
		var v ReportVersion
		r := reader{it: it}
		r.json(attrReport, &v)
		all = append(all, v)
		return r.err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the report of %s: %w", p, err)
	}
	return all, nil
}
