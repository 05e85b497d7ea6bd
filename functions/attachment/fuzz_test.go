package main

import (
	"slices"
	"strings"
	"testing"

	"resonanz/shared/attach"
)

// Whatever a message of the bucket says: it is done or given up, never tried for
// ever; only files in quarantine are touched, and no case but that of their name.
func FuzzEvent(f *testing.F) {
	f.Add(`{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"attachments"}`, []byte{})
	f.Add(`{"Records":[]}`, []byte("GIF89a"))
	f.Add(`{"Records":[{"eventName":"ObjectCreated:Post","s3":{"bucket":{"name":"attachments"},"object":{"key":"KEY","eTag":"ETAG"}}}]}`, []byte("MZ a program"))
	f.Add(`{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"attachments"},"object":{"key":"KEY","eTag":"\"ETAG\"","size":-1}}}]}`, []byte("\xff\xd8\xff\xe0"))
	f.Add(`{"Records":[{"eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"attachments"},"object":{"key":"clean%2Fkept","eTag":"ETAG"}}}]}`, []byte("%PDF-1.7"))
	f.Add(`{"Records":[{"eventName":"ObjectRemoved:Delete","s3":{"bucket":{"name":"other"},"object":{"key":"quarantine/%zz"}}}]}`, []byte{})
	f.Fuzz(func(t *testing.T, body string, file []byte) {
		r := newRig(t)
		const kept = attach.Clean + "kept"
		r.shelf.objects[kept] = []byte("kept")
		u := r.upload(1, 0, file)
		body = strings.NewReplacer("KEY", u.key.String(), "ETAG", u.etag).Replace(body)
		for range 2 { // it comes twice
			if again := r.deliver(body); again != 0 {
				t.Fatalf("%q comes again: %s", body, &r.out)
			}
		}
		keys := r.shelf.keys()
		if !slices.Contains(keys, kept) || string(r.shelf.objects[kept]) != "kept" {
			t.Errorf("%q: what was kept is gone: %q", body, keys)
		}
		if len(r.since()) > 1 || len(keys) > 2 {
			t.Errorf("%q: %d entries, files %q", body, len(r.since()), keys)
		}
	})
}
