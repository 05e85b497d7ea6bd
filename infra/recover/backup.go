package main

import (
	"bufio"
	"context"
	"crypto/md5" //nolint:gosec // what DynamoDB's manifest has; it guards against damage, not against people
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"resonanz/infra/tablefile"
	"resonanz/shared/store"
)

// backup is what a table is restored from.
type backup struct {
	name    string // the same for the same backup
	items   func(ctx context.Context, each func(store.Raw) error) error
	folder  string          // of files that come along; empty: none
	buckets map[kind]string // old buckets that are left; empty: none
}

// fromTable begins what names a table.
const fromTable = "table:"

// open opens a table, a folder of `make export`, or one of DynamoDB's own export.
func open(from string, api store.ScanAPI) (*backup, error) {
	if name, ok := strings.CutPrefix(from, fromTable); ok {
		return &backup{name: "table " + name, items: func(ctx context.Context, each func(store.Raw) error) error {
			return scan(ctx, api, name, each)
		}}, nil
	}
	if _, err := os.Stat(filepath.Join(from, tablefile.Name)); err == nil {
		return openExport(from)
	}
	var found []string
	err := filepath.WalkDir(from, func(name string, _ fs.DirEntry, err error) error {
		if err == nil && path.Base(filepath.ToSlash(name)) == awsManifest {
			found = append(found, name)
		}
		return err
	})
	switch {
	case err != nil:
		return nil, fmt.Errorf("opening the backup: %w", err)
	case len(found) == 0:
		return nil, fmt.Errorf("%w: %s holds neither %s of make export nor %s of an export to S3", errUsage, from, tablefile.Name, awsManifest)
	case len(found) > 1:
		return nil, fmt.Errorf("%w: %s holds %d exports: name the folder of one", errUsage, from, len(found))
	}
	return openAWS(filepath.Dir(found[0]))
}

// openExport opens a folder of `make export`, whose manifest says what it holds.
func openExport(folder string) (*backup, error) {
	b, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s has no manifest.json: the export broke off", folder)
	}
	if err != nil {
		return nil, fmt.Errorf("opening the backup: %w", err)
	}
	var m struct {
		Stack string `json:"stack"`
		Begun string `json:"begun_at"`
		Files []struct {
			Name   string `json:"name"`
			SHA256 string `json:"sha256"`
			Rows   *int   `json:"rows"`
		} `json:"files"`
	}
	if err := json.Unmarshal(b, &m); err != nil {
		return nil, fmt.Errorf("opening the backup: manifest.json: %w", err)
	}
	for _, f := range m.Files {
		if f.Name != tablefile.Name || f.Rows == nil {
			continue
		}
		part := file{filepath.Join(folder, f.Name), sha256.New, f.SHA256, hex.EncodeToString, *f.Rows}
		return &backup{name: "export of " + m.Stack + " at " + m.Begun, items: part.items, folder: folder}, nil
	}
	return nil, fmt.Errorf("manifest.json in %s does not list %s: the export is damaged, or of an older version", folder, tablefile.Name)
}

// The files of DynamoDB's own export that say what it holds.
const (
	awsManifest = "manifest-files.json"
	awsSummary  = "manifest-summary.json"
)

// openAWS opens the folder of one of DynamoDB's own exports.
func openAWS(folder string) (*backup, error) {
	name := "export in " + filepath.Base(folder)
	if b, err := os.ReadFile(filepath.Join(folder, awsSummary)); err == nil {
		var s struct {
			ExportARN string `json:"exportArn"`
			Format    string `json:"outputFormat"`
			Type      string `json:"exportType"`
		}
		if err := json.Unmarshal(b, &s); err != nil {
			return nil, fmt.Errorf("opening the backup: %s: %w", awsSummary, err)
		}
		if s.Format != "" && s.Format != "DYNAMODB_JSON" || s.Type != "" && s.Type != "FULL_EXPORT" {
			return nil, fmt.Errorf("%w: the export is %s, %s: only a full export as DYNAMODB_JSON can be restored", errUsage, s.Type, s.Format)
		}
		if s.ExportARN != "" {
			name = "export " + path.Base(s.ExportARN)
		}
	}
	f, err := os.Open(filepath.Join(folder, awsManifest))
	if err != nil {
		return nil, fmt.Errorf("opening the backup: %w", err)
	}
	defer f.Close()
	var parts []file
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var part struct {
			Count int    `json:"itemCount"`
			MD5   string `json:"md5Checksum"`
			Key   string `json:"dataFileS3Key"`
		}
		if err := json.Unmarshal(lines.Bytes(), &part); err != nil || part.Key == "" {
			return nil, fmt.Errorf("opening the backup: %s: line %d is no part of an export", awsManifest, len(parts)+1)
		}
		parts = append(parts, file{filepath.Join(folder, "data", path.Base(part.Key)), md5.New, part.MD5, base64.StdEncoding.EncodeToString, part.Count})
	}
	return &backup{name: name, items: func(ctx context.Context, each func(store.Raw) error) error {
		for _, part := range parts {
			if err := part.items(ctx, each); err != nil {
				return err
			}
		}
		return nil
	}}, nil
}

// file is one file of items and what its manifest says of it.
type file struct {
	name   string
	hash   func() hash.Hash
	sum    string
	spell  func([]byte) string
	number int
}

// items reads the file, and says at the end whether it is the one that was written.
func (f file) items(ctx context.Context, each func(store.Raw) error) (err error) {
	r, err := os.Open(f.name)
	if err != nil {
		return fmt.Errorf("reading the backup: %w", err)
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	sum := f.hash()
	all := io.TeeReader(r, sum)
	n, err := tablefile.Read(ctx, all, each)
	if err == nil {
		_, err = io.Copy(io.Discard, all)
	}
	if err != nil {
		return fmt.Errorf("reading %s: %w", f.name, err)
	}
	if got := f.spell(sum.Sum(nil)); f.sum != "" && got != f.sum || n != f.number {
		return fmt.Errorf("reading %s: it is damaged: %d items, %d in the manifest, or another checksum", f.name, n, f.number)
	}
	return nil
}
