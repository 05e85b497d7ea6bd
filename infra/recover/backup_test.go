package main

import (
	"crypto/md5"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"resonanz/infra/tablefile"
	"resonanz/shared/store"
)

// exportedByAWS is a folder as DynamoDB's own export to S3 leaves it.
func exportedByAWS(t *testing.T, all []store.Raw, summary string) (dir, data string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "AWSDynamoDB", "01700000000000-abcdef01")
	if err := os.MkdirAll(filepath.Join(dir, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	ours := exported(t, all, nil)
	b, err := os.ReadFile(filepath.Join(ours, tablefile.Name))
	if err != nil {
		t.Fatal(err)
	}
	digest := md5.Sum(b)
	data = filepath.Join(dir, "data", "abc.json.gz")
	for name, content := range map[string]string{
		data: string(b), filepath.Join(dir, awsSummary): summary, filepath.Join(dir, "_started"): "",
		filepath.Join(dir, awsManifest): fmt.Sprintf(`{"itemCount":%d,"md5Checksum":%q,"etag":"x","dataFileS3Key":"AWSDynamoDB/01700000000000-abcdef01/data/abc.json.gz"}`+"\n",
			len(all), base64.StdEncoding.EncodeToString(digest[:])),
	} {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir, data
}

const fullExport = `{"exportArn":"arn:aws:dynamodb:eu-central-1:111122223333:table/t/export/01700000000000-abcdef01","outputFormat":"DYNAMODB_JSON","exportType":"FULL_EXPORT"}`

func TestEveryKindOfBackupIsOpened(t *testing.T) {
	all := backedUp(t)
	aws, _ := exportedByAWS(t, all, fullExport)
	for from, name := range map[string]string{
		exported(t, all, nil): "export of Resonanz-old at 2026-03-15T12:00:00Z", aws: "export 01700000000000-abcdef01",
		filepath.Dir(filepath.Dir(aws)): "export 01700000000000-abcdef01", "table:back": "table back",
	} {
		b, err := open(from, nil)
		if err != nil || b.name != name {
			t.Errorf("%s: %+v, %v; want %s", from, b, err, name)
			continue
		}
		if strings.HasPrefix(from, fromTable) {
			continue
		}
		for range 2 { // it is read twice
			n := 0
			if err := b.items(t.Context(), func(store.Raw) error { n++; return nil }); err != nil || n != len(all) {
				t.Errorf("%s: %d items, %v", name, n, err)
			}
		}
	}
}

func TestADamagedBackupIsRefusedByName(t *testing.T) {
	all := backedUp(t)
	change := func(name string, f func([]byte) []byte) {
		b, err := os.ReadFile(name)
		if err == nil {
			err = os.WriteFile(name, f(b), 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for what, spoil := range map[string]func() (dir, says string){
		"it broke off": func() (string, string) {
			dir := exported(t, all, nil)
			_ = os.Remove(filepath.Join(dir, "manifest.json"))
			return dir, "the export broke off"
		},
		"of an older version": func() (string, string) {
			dir := exported(t, all, nil)
			change(filepath.Join(dir, "manifest.json"), func([]byte) []byte { return []byte(`{"files":[]}`) })
			return dir, "of an older version"
		},
		"another file of items": func() (string, string) {
			dir, other := exported(t, all, nil), exported(t, all[1:], nil)
			change(filepath.Join(dir, tablefile.Name), func([]byte) []byte {
				b, _ := os.ReadFile(filepath.Join(other, tablefile.Name))
				return b
			})
			return dir, "it is damaged"
		},
		"half a file": func() (string, string) {
			dir, data := exportedByAWS(t, all, fullExport)
			change(data, func(b []byte) []byte { return b[:len(b)/2] })
			return dir, "abc.json.gz"
		},
		"an incremental export": func() (string, string) {
			dir, _ := exportedByAWS(t, all, `{"outputFormat":"DYNAMODB_JSON","exportType":"INCREMENTAL_EXPORT"}`)
			return dir, "only a full export"
		},
		"Ion": func() (string, string) {
			dir, _ := exportedByAWS(t, all, `{"outputFormat":"ION","exportType":"FULL_EXPORT"}`)
			return dir, "only a full export"
		},
		"two exports": func() (string, string) {
			dir, _ := exportedByAWS(t, all, fullExport)
			second := filepath.Join(filepath.Dir(dir), "02")
			if err := errors.Join(os.Mkdir(second, 0o700), os.WriteFile(filepath.Join(second, awsManifest), nil, 0o600)); err != nil {
				t.Fatal(err)
			}
			return filepath.Dir(dir), "holds 2 exports"
		},
		"nothing": func() (string, string) { return t.TempDir(), "holds neither" },
	} {
		dir, says := spoil()
		b, err := open(dir, nil)
		if err == nil {
			err = b.items(t.Context(), func(store.Raw) error { return nil })
		}
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v; want %q", what, err, says)
		}
	}
}
