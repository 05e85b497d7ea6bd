package e2e

import (
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/store"
)

// tool runs a program of infra as an operator does, with a token in the environment.
func tool(t *testing.T, name string) func(t *testing.T, args ...string) (string, error) {
	t.Helper()
	return func(t *testing.T, args ...string) (string, error) {
		t.Helper()
		out, err := programs.command(t, name, args, "TOKEN="+strings.TrimPrefix(token(t, "intake"), "Bearer ")).CombinedOutput()
		return string(out), err
	}
}

// written is a file with a text.
func written(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// the month of what is imported here: no other test has it.
func longAgo(t *testing.T) period.Period {
	t.Helper()
	p, err := period.Parse("2021-07")
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The worst that a past can hold, imported twice: it is counted once, in its month,
// and nobody hears of it.
func TestAPastIsCountedAndNobodyHearsOfIt(t *testing.T) {
	run := tool(t, "importer")
	c, p := newCustomer(), longAgo(t)
	path := written(t, "past.csv", "id,kind,touchpoint,channel,rating,submitted_at,category,annoyance,comment,email,customer_key,callback_requested,callback_contact\n"+
		"1,rating,hotline,email_link,1,2021-07-05T10:00:00+02:00,,,,,"+c.key+",true,"+c.address+"\n"+
		"2,rating,hotline,kiosk,5,2021-07-06T10:00:00+02:00,,,,,,,\n"+
		"3,rating,repair,phone,2,2021-07-07T10:00:00+02:00,,,,,"+c.key+",,\n"+
		"4,complaint,repair,letter,,2021-07-08T10:00:00+02:00,product.safety,5,,"+c.address+","+c.key+",true,\n")
	for _, want := range []string{"4 stored, 0 here before", "0 stored, 4 here before"} {
		if said, err := run(t, "file", "--file", path, "--api", deployed.PublicURL); err != nil || !strings.Contains(said, want) {
			t.Fatalf("%v: %s, want %s", err, said, want)
		}
	}
	arrived(t, p, 3)
	eventually(t, "the complaint as a fact", 90*time.Second, func() (bool, string) {
		n := len(factsOf(t, p, feedback.KindComplaint).Complaints)
		return n == 1, fmt.Sprint(n)
	})

	var keys []feedback.ResponseKey
	if err := table().Month(t.Context(), p, func(e store.Entry) error { keys = append(keys, e.ResponseKey); return nil }); err != nil || len(keys) != 4 {
		t.Fatalf("%d stored, %v", len(keys), err)
	}
	// A bad rating after it, through the front door, has its case: whatever the
	// import had asked for would have come before.
	live := invite(t, "de")
	mustVote(t, live.URL, map[string][]string{"stars": {"1"}, "callback": {"1"}, "contact": {"0221 000000"}})
	eventually(t, "the case of a rating that came later", 90*time.Second, func() (bool, string) {
		_, err := table().GetCase(t.Context(), casefile.NumberOf(casefile.Callback, string(live.ResponseKey), live.ResponseKey.Month(), 0))
		return err == nil, fmt.Sprint(err)
	})
	for _, k := range keys {
		for _, f := range []casefile.Family{casefile.Callback, casefile.Complaint, casefile.Attention} {
			if _, err := table().GetCase(t.Context(), casefile.NumberOf(f, string(k), k.Month(), 0)); !errors.Is(err, store.ErrNotFound) {
				t.Errorf("response %s has a case of %s: %v", k, f, err)
			}
		}
	}
	if got := mailsTo(t, c.address); len(got) != 0 {
		t.Errorf("%d mails to the customer of the past", len(got))
	}

	if first := ordered(t, p, "", ""); first.Status != "final" { // as it was when it was closed: nothing was known then
		t.Errorf("the first report of %s is %s", p, first.Status)
	}
	ordered(t, p, "", `{"restate":true}`)
	r, _ := read(t, p, "")
	if q := r.Quality; r.Total.N != 3 || q.Imported != 3 || q.Assisted != 0 || q.Late != 0 || r.Complaints.Received != 1 || r.Complaints.Imported != 1 {
		t.Errorf("the report counts %d answers, %d imported, %d assisted, %d late, %d complaints, %d of them imported; want 3, 3, 0, 0, 1, 1",
			r.Total.N, q.Imported, q.Assisted, q.Late, r.Complaints.Received, r.Complaints.Imported)
	}
}

// Everything comes back: as many of each as there are, whole to the byte, and what
// is brought back to where it came from is nothing new.
func TestEverythingComesBackAndBroughtBackItIsNothingNew(t *testing.T) {
	export, bring := tool(t, "exporter"), tool(t, "importer")
	k := complain(t, "hotline", nil)
	live := invite(t, "en")
	mustVote(t, live.URL, map[string][]string{"stars": {"4"}, "comment": {"=1+1"}})
	out := filepath.Join(t.TempDir(), "everything")
	if said, err := export(t, "--out", out, "--stage", deployed.Stage); err != nil {
		t.Fatalf("%v: %s", err, said)
	}
	var m struct {
		Counts map[string]int
		Files  []struct {
			Name, SHA256 string
			Bytes        int64
			Rows         *int
		}
	}
	b, err := os.ReadFile(filepath.Join(out, "manifest.json"))
	if err != nil || json.Unmarshal(b, &m) != nil {
		t.Fatal(err)
	}
	listed := map[string]bool{"manifest.json": true}
	for _, f := range m.Files {
		listed[f.Name] = true
		b, err := os.ReadFile(filepath.Join(out, f.Name))
		sum := sha256.Sum256(b)
		if err != nil || int64(len(b)) != f.Bytes || hex.EncodeToString(sum[:]) != f.SHA256 {
			t.Errorf("%s is not what the manifest says: %v", f.Name, err)
		}
		if f.Rows != nil && strings.HasSuffix(f.Name, ".csv") {
			rows, err := csv.NewReader(strings.NewReader(string(b))).ReadAll()
			if err != nil || len(rows) != *f.Rows+1 {
				t.Errorf("%s has %d rows and a heading, the manifest says %d: %v", f.Name, len(rows)-1, *f.Rows, err)
			}
		}
	}
	err = filepath.WalkDir(out, func(path string, d fs.DirEntry, err error) error {
		name, _ := filepath.Rel(out, path)
		if err == nil && !d.IsDir() && !listed[name] {
			t.Errorf("%s is not in the manifest", name)
		}
		if info, wrong := d.Info(); wrong == nil && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("others may read %s", name)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	text := func(name string) string {
		b, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	if cases := text("cases.csv"); !strings.Contains(cases, string(k.number)) || !strings.Contains(text("timelines.jsonl"), string(k.number)) {
		t.Errorf("case %s is missing", k.number)
	}
	if ratings := text("ratings.csv"); !strings.Contains(ratings, string(live.ResponseKey)) || !strings.Contains(ratings, ",'=1+1,") {
		t.Errorf("the rating of %s is missing, or its words are a formula", live.ResponseKey)
	}
	if m.Counts["cases"] == 0 || m.Counts["files of facts"] == 0 || m.Counts["entries of timelines"] < m.Counts["cases"] {
		t.Errorf("counts %v", m.Counts)
	}
	for _, name := range []string{"ratings.csv", "complaints.csv"} {
		if said, err := bring(t, "file", "--file", filepath.Join(out, name), "--api", deployed.PublicURL); err != nil || !strings.Contains(said, ": 0 stored, ") {
			t.Errorf("%s brought back: %v\n%.2000s", name, err, said)
		}
	}
	if said, err := export(t, "--out", out, "--stage", deployed.Stage); err == nil || !strings.Contains(said, "is not empty") {
		t.Errorf("into the same folder: %v: %s", err, said)
	}
}
