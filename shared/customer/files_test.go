package customer

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
)

// versions is a bucket with versions: "key version", in order; a mark of a deletion
// ends in an x.
type versions struct{ all []string }

func (v *versions) ListObjectVersions(_ context.Context, in *s3.ListObjectVersionsInput, _ ...func(*s3.Options)) (*s3.ListObjectVersionsOutput, error) {
	out := &s3.ListObjectVersionsOutput{IsTruncated: aws.Bool(false)}
	for _, one := range v.all {
		key, version, _ := strings.Cut(one, " ")
		switch after := aws.ToString(in.KeyMarker) + " " + aws.ToString(in.VersionIdMarker); {
		case !strings.HasPrefix(key, *in.Prefix), in.KeyMarker != nil && one <= after:
		case len(out.Versions)+len(out.DeleteMarkers) == 2: // a page
			out.IsTruncated = aws.Bool(true)
			return out, nil
		case strings.HasSuffix(version, "x"):
			out.DeleteMarkers = append(out.DeleteMarkers, types.DeleteMarkerEntry{Key: &key, VersionId: &version})
			out.NextKeyMarker, out.NextVersionIdMarker = &key, &version
		default:
			out.Versions = append(out.Versions, types.ObjectVersion{Key: &key, VersionId: &version})
			out.NextKeyMarker, out.NextVersionIdMarker = &key, &version
		}
	}
	return out, nil
}

func (v *versions) DeleteObject(_ context.Context, in *s3.DeleteObjectInput, _ ...func(*s3.Options)) (*s3.DeleteObjectOutput, error) {
	var left []string
	for _, one := range v.all {
		if one != *in.Key+" "+aws.ToString(in.VersionId) {
			left = append(left, one)
		}
	}
	v.all = left
	return new(s3.DeleteObjectOutput), nil
}

func TestEveryVersionOfEveryFileOfACaseGoes(t *testing.T) {
	others := []string{"clean/2603-7K2M-Q4XB/a 1", "clean/2603-7K2M-Q4XA1/a 1", "quarantine/2603-7K2M-Q4XB/1/A 1"}
	v := &versions{all: append([]string{
		"clean/2603-7K2M-Q4XA/a 1", "clean/2603-7K2M-Q4XA/a 2", "clean/2603-7K2M-Q4XA/a 3x", "clean/2603-7K2M-Q4XA/b 1", "quarantine/2603-7K2M-Q4XA/1/A null",
	}, others...)}
	files := NewFiles(v, "attachments")
	if n, err := files.Erase(t.Context(), "2603-7K2M-Q4XA"); err != nil || n != 5 {
		t.Errorf("%d, %v", n, err)
	}
	if diff := cmp.Diff(others, v.all); diff != "" {
		t.Error(diff)
	}
	for _, none := range []string{"", "2603", "2603-7K2M-Q4XB/../"} {
		if _, err := files.Erase(t.Context(), casefile.Number(none)); err == nil {
			t.Errorf("%q is no case", none)
		}
	}
	if diff := cmp.Diff(others, v.all); diff != "" {
		t.Error(diff)
	}
}
