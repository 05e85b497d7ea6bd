package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"resonanz/infra/local/emulatortest"
	"resonanz/shared/erasure"
	"resonanz/shared/store"
)

func sum(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

// bring restores a backup into the rig's stack.
func (r *rig) bring(from string, change func(*restoring)) (string, error) {
	r.t.Helper()
	b, err := open(from, r.db)
	if err != nil {
		r.t.Fatal(err)
	}
	what := restoring{backup: b, into: r.place, now: func() time.Time { return noon.Add(time.Minute) }}
	if change != nil {
		change(&what)
	}
	var out bytes.Buffer
	err = restore(r.t.Context(), what, &out)
	return out.String(), err
}

// interrupted is a table that takes some items and then no more.
type interrupted struct {
	*dynamodb.Client
	left int
}

var errLost = errors.New("the connection is lost")

func (i *interrupted) PutItem(ctx context.Context, in *dynamodb.PutItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	if i.left--; i.left < 0 {
		return nil, errLost
	}
	return i.Client.PutItem(ctx, in, opts...)
}

// All of them share an emulator: starting it takes longest.
func TestRestoring(t *testing.T) {
	url := emulatortest.URL(t)
	t.Run("a backup comes back, after an interruption, too", func(t *testing.T) { aBackupComesBack(t, newRig(t, url)) })
	t.Run("erasures of the old buckets are kept", func(t *testing.T) { erasuresAreKept(t, newRig(t, url)) })
}

func aBackupComesBack(t *testing.T, r *rig) {
	all := backedUp(t)
	files := map[string]string{
		"reports/2026-03/all/0001/report.html": "<html>", "attachments/clean/" + string(number) + "/file": "PDF", "attachments/quarantine/2603-CCCC-DDDD/1/file": "JPG",
		"facts/month=2026-03/rating/a.parquet": "PAR1",
	}
	folder := exported(t, all, files)

	// It breaks off, and goes on where it was.
	r.place.items = &interrupted{r.db, 3}
	if _, err := r.bring(folder, nil); err == nil || !strings.Contains(err.Error(), errLost.Error()) {
		t.Fatalf("interrupted: %v", err)
	}
	if n := len(r.items(r.place.table)); n == 0 || n >= len(all) {
		t.Fatalf("interrupted after %d items", n)
	}
	r.place.items = r.db
	said, err := r.bring(folder, func(what *restoring) { what.replay = 24 * time.Hour })
	if err != nil {
		t.Fatal(err)
	}
	got := r.items(r.place.table)
	for _, it := range all {
		key := value(it, store.AttrPK) + " " + value(it, store.AttrSK)
		is := got[key]
		if value(is, store.AttrRestored) == "" {
			t.Errorf("%s does not say that it was restored", key)
		}
		delete(is, store.AttrRestored)
		if len(is) != len(it) || value(is, "event") != value(it, "event") || value(is, "case") != value(it, "case") || value(is, "personal") != value(it, "personal") {
			t.Errorf("%s is %v, was %v; said %s", key, is, it, said)
		}
	}
	// The case is of the last hour: what it asked for is asked for again; the votes are
	// older than a day.
	if len(r.sent["mail"]) != 1 || !strings.Contains(r.sent["mail"][0], string(number)) || len(r.sent["escalation"])+len(r.sent["reporting"])+len(r.sent["notify"]) != 0 {
		t.Errorf("sent %v", r.sent)
	}
	for k, names := range map[kind][]string{
		factsBucket: {"reports/2026-03/all/0001/report.html"}, filesBucket: {"clean/" + string(number) + "/file", "quarantine/2603-CCCC-DDDD/1/file"},
	} {
		var found []string
		if err := r.place.bucket(k).List(t.Context(), "", func(key string) error { found = append(found, key); return nil }); err != nil || strings.Join(found, " ") != strings.Join(names, " ") {
			t.Errorf("bucket %q holds %v, %v; want %v", k, found, err, names)
		}
	}
	bucket, name := r.place.buckets[filesBucket], "clean/"+string(number)+"/file"
	head, err := r.place.objects.HeadObject(t.Context(), &s3.HeadObjectInput{Bucket: &bucket, Key: &name})
	if err != nil || *head.ContentType != "application/octet-stream" || head.ContentDisposition == nil || *head.ContentDisposition != "attachment" {
		t.Errorf("an attachment is something that a browser opens: %+v, %v", head, err)
	}
	t.Run("what is in use is not restored into", func(t *testing.T) {
		for name, from := range map[string]string{"another backup": exported(t, all[:1], map[string]string{"x": "y"}), "a table": "table:" + r.oldTable(all)} {
			if b, err := open(from, r.db); err != nil {
				t.Fatal(err)
			} else if name == "another backup" {
				b.name += " of another day"
				if err := restore(t.Context(), restoring{backup: b, into: r.place, now: time.Now}, new(bytes.Buffer)); !errors.Is(err, errUsage) {
					t.Errorf("%s: %v", name, err)
				}
			} else if err := restore(t.Context(), restoring{backup: b, into: r.place, now: time.Now}, new(bytes.Buffer)); !errors.Is(err, errUsage) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	t.Run("only what is missing is added, and nothing is set back", func(t *testing.T) {
		gone, changed := all[0], all[1]
		key := store.Raw{store.AttrPK: gone[store.AttrPK], store.AttrSK: gone[store.AttrSK]}
		if _, err := r.db.DeleteItem(t.Context(), &dynamodb.DeleteItemInput{TableName: &r.place.table, Key: key}); err != nil {
			t.Fatal(err)
		}
		r.fill(r.place.table, []store.Raw{{store.AttrPK: changed[store.AttrPK], store.AttrSK: changed[store.AttrSK], "since": &types.AttributeValueMemberS{Value: "then"}}})
		if said, err := r.bring(folder, func(what *restoring) { what.fill = true }); err != nil || !strings.Contains(said, "1 items written") {
			t.Errorf("%v: %s", err, said)
		}
		now := r.items(r.place.table)
		if is := now[value(gone, store.AttrPK)+" "+value(gone, store.AttrSK)]; is == nil {
			t.Error("what was missing still is")
		}
		if is := now[value(changed, store.AttrPK)+" "+value(changed, store.AttrSK)]; value(is, "since") != "then" {
			t.Error("what changed since is set back")
		}
	})
}

func (r *rig) oldTable(all []store.Raw) string {
	name := r.table("old")
	r.fill(name, all)
	return name
}

// The backup is a table, the old buckets are left, and the customer K-1 was erased
// after the backup was made.
func erasuresAreKept(t *testing.T, r *rig) {
	all := backedUp(t)
	old := map[kind]string{factsBucket: r.bucket("old-facts"), filesBucket: r.bucket("old-files")}
	if err := erasure.Record(t.Context(), bucketOf(r.place, old[factsBucket]), erasure.Customer("K-1"), noon); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"clean/" + string(number) + "/a", "clean/2603-CCCC-DDDD/ü +"} {
		if err := bucketOf(r.place, old[filesBucket]).Put(t.Context(), key, "application/octet-stream", []byte("file")); err != nil {
			t.Fatal(err)
		}
	}
	r.fill(r.place.table, []store.Raw{ // which the new stack has made of itself
		{store.AttrPK: &types.AttributeValueMemberS{Value: "APPLIED"}, store.AttrSK: &types.AttributeValueMemberS{Value: "-"}, "print": &types.AttributeValueMemberS{Value: "new"}},
		{store.AttrPK: &types.AttributeValueMemberS{Value: "SWEPT#words"}, store.AttrSK: &types.AttributeValueMemberS{Value: "-"}},
	})
	all = append(all, store.Raw{store.AttrPK: &types.AttributeValueMemberS{Value: "APPLIED"}, store.AttrSK: &types.AttributeValueMemberS{Value: "-"}, "print": &types.AttributeValueMemberS{Value: "old"}},
		store.Raw{store.AttrPK: &types.AttributeValueMemberS{Value: "2026-03#00"}, store.AttrSK: &types.AttributeValueMemberS{Value: "of nobody"}})
	said, err := r.bring("table:"+r.oldTable(all), func(what *restoring) { what.backup.buckets = old })
	if err != nil {
		t.Fatal(err)
	}
	got := r.items(r.place.table)
	for key, it := range got {
		ofFirst := strings.Contains(key, "2026-03-aaaaaaaaaaaaaaaa") || strings.HasPrefix(key, "CASE#")
		if ofFirst && (it["personal"] != nil || it[store.AttrCustomerKey] != nil) {
			t.Errorf("%s is not erased", key)
		}
		if strings.HasPrefix(key, "REMIND#") || strings.HasPrefix(key, "SWEPT#") {
			t.Errorf("%s is there", key)
		}
	}
	if it := got["2026-03#"+shardOf(got, "2026-03-aaaaaaaaaaaaaaab")]; it["personal"] == nil || value(it, store.AttrCustomerKey) != "K-2" {
		t.Errorf("the other customer is erased: %v", it)
	}
	if print := value(got["APPLIED -"], "print"); print != "old" {
		t.Errorf("the rules applied are %q", print)
	}
	for _, line := range []string{"case " + string(number) + " is open, and its customer is erased", "left out: 1 items that nobody of ours wrote", "1 attachments copied"} {
		if !strings.Contains(said, line) {
			t.Errorf("it does not say %q: %s", line, said)
		}
	}
	log, err := erasure.Load(t.Context(), r.place.bucket(factsBucket), time.Time{})
	if err != nil || !log.Covers(erasure.Customer("K-1"), noon) {
		t.Errorf("the new stack does not know of the erasure: %v %v", log, err)
	}
	if body, err := r.place.bucket(filesBucket).Get(t.Context(), "clean/2603-CCCC-DDDD/ü +"); err != nil || string(body) != "file" {
		t.Errorf("the attachment: %q, %v", body, err)
	}
}

// shardOf is the rest of the key of an entry of a response.
func shardOf(all map[string]store.Raw, response string) string {
	for key := range all {
		if strings.Contains(key, " "+response+"#") {
			return strings.TrimPrefix(key, "2026-03#")
		}
	}
	return ""
}
