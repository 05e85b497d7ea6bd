package main

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"

	"resonanz/shared/httpapi"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// history lists the versions of a report.
type history struct {
	Period   period.Period         `json:"period"`
	Group    string                `json:"group,omitempty"`
	Versions []store.ReportVersion `json:"versions"` // oldest first
}

// versions lists every version there is, with what identifies each; an empty list
// where none was made yet.
func (h *handler) versions(ctx context.Context, month period.Period, group string) (httpapi.Response, error) {
	all, err := h.reports.ReportVersions(ctx, month, group)
	if err != nil {
		return httpapi.Response{}, err
	}
	return httpapi.JSON(http.StatusOK, history{Period: month, Group: group, Versions: append([]store.ReportVersion{}, all...)})
}

// manifest hands out what a version was made from and consists of.
func (h *handler) manifest(ctx context.Context, r *httpapi.Request, month period.Period, group string) (httpapi.Response, error) {
	v, err := h.version(ctx, month, group, r.QueryStringParameters["version"])
	if err != nil {
		return httpapi.Response{}, err
	}
	key := v.Objects[objectManifest]
	if key == "" {
		return httpapi.Response{}, noVersion()
	}
	b, err := h.objects.Get(ctx, key)
	if err != nil {
		return httpapi.Response{}, err
	}
	return fit(r, httpapi.Text(http.StatusOK, "application/json", string(b)), inBucket(key))
}

// entry is one file of a zip archive.
func entry(archive []byte, name string) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(archive), int64(len(archive)))
	if err != nil {
		return nil, fmt.Errorf("opening the tables: %w", err)
	}
	f, err := z.Open(name)
	if invalid := new(fs.PathError); errors.Is(err, fs.ErrNotExist) || errors.As(err, &invalid) {
		return nil, problem.Invalid(problem.Field{Field: "table", Code: codeUnknownTable, Detail: "This report has no such table; datapackage.json in the archive of all tables names them."})
	}
	if err != nil {
		return nil, fmt.Errorf("opening the tables: %w", err)
	}
	b, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("reading a table: %w", err)
	}
	return b, nil
}
