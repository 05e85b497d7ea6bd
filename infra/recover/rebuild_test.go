package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"resonanz/infra/configure"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/responses"
	"resonanz/shared/store"
)

// shown is a table that shows these items, one a page.
type shown struct {
	tableAPI
	all []store.Raw
}

func (s shown) Scan(_ context.Context, in *dynamodb.ScanInput, _ ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error) {
	if in.ConsistentRead == nil || !*in.ConsistentRead {
		return nil, errors.New("what was accepted a moment ago may be missing")
	}
	at := 0
	if in.ExclusiveStartKey != nil {
		for at < len(s.all) && (value(s.all[at], store.AttrPK) != value(in.ExclusiveStartKey, store.AttrPK) || value(s.all[at], store.AttrSK) != value(in.ExclusiveStartKey, store.AttrSK)) {
			at++
		}
	}
	if at >= len(s.all) {
		return &dynamodb.ScanOutput{}, nil
	}
	out := &dynamodb.ScanOutput{Items: s.all[at : at+1]}
	if at+1 < len(s.all) {
		out.LastEvaluatedKey = s.all[at+1]
	}
	return out, nil
}

// placeWith is a stack whose table has these items; what it sends is kept.
func placeWith(t *testing.T, all []store.Raw) (*place, *rig) {
	t.Helper()
	cfg, err := configure.Load(filepath.Join("..", "feedback.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	r := &rig{t: t, sent: map[string][]string{}}
	return &place{
		name: "Resonanz-test", cfg: cfg, table: "t", items: shown{all: all}, sender: r,
		queues: []queue{{"escalation", store.ToEscalation, "escalation"}, {"reporting", store.ToReporting, "reporting"}, {"notify", store.ToNotify, "notify"}, {"mail", store.ToMail, "mail"}},
	}, r
}

func TestFactsAreMadeAgainFromTheTable(t *testing.T) {
	all := backedUp(t)
	for _, it := range all { // restored or not
		it[store.AttrRestored] = it[store.AttrPK]
	}
	p, _ := placeWith(t, all)
	march, _ := period.Parse("2026-03")
	dir, again := filepath.Join(t.TempDir(), "facts"), filepath.Join(t.TempDir(), "facts")
	var said bytes.Buffer
	if err := rebuild(t.Context(), p, march, dir, &said); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "2026-03 rating: 2 facts\n2026-03 transition: 1 facts\n2 files in ") {
		t.Errorf("it says %s", &said)
	}
	if err := rebuild(t.Context(), p, period.Period{}, again, new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	first, second := files(t, dir), files(t, again)
	if len(first) != 2 || strings.Join(first, " ") != strings.Join(second, " ") {
		t.Errorf("%v, then %v", first, second)
	}
	for _, name := range first {
		month, kind, ok := factfile.ParseKey(name)
		if !ok || month != march {
			t.Errorf("%s is no file of facts", name)
		}
		b, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		var facts responses.Batch
		if err := factfile.Read(kind, b, &facts); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if kind == feedback.KindRating && len(facts.Votes) != 2 {
			t.Errorf("%d votes", len(facts.Votes))
		}
		if strings.Contains(string(b), "K-1") || strings.Contains(string(b), "own words") {
			t.Errorf("%s holds who said it, or how", name)
		}
	}
	if err := rebuild(t.Context(), p, march, dir, new(bytes.Buffer)); !errors.Is(err, errUsage) {
		t.Errorf("into a folder that is not empty: %v", err)
	}
	april, _ := period.Parse("2026-04")
	if err := rebuild(t.Context(), p, april, filepath.Join(t.TempDir(), "facts"), &said); err != nil || !strings.HasSuffix(strings.Split(said.String(), " files in")[1], "\n0") {
		t.Errorf("a month of which there is nothing: %v, %s", err, &said)
	}
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	if err := folder(dir).ListSince(t.Context(), "", time.Time{}, func(key string) error { names = append(names, key); return nil }); err != nil {
		t.Fatal(err)
	}
	return names
}

func TestAWindowOfTimeIsSetOffAgain(t *testing.T) {
	all := backedUp(t)
	p, r := placeWith(t, all)
	var said bytes.Buffer
	if err := replay(t.Context(), p, window{since: noon.Add(-2 * time.Hour), until: noon, to: everything}, &said); err != nil {
		t.Fatal(err)
	}
	if len(r.sent["mail"]) != 1 || len(r.sent["reporting"]) != 1 || len(r.sent["escalation"]) != 0 {
		t.Errorf("of the last hours: %v", r.sent)
	}
	p, r = placeWith(t, all)
	if err := replay(t.Context(), p, window{since: noon.Add(-72 * time.Hour), until: noon.Add(-24 * time.Hour), to: store.ToEscalation}, &said); err != nil {
		t.Fatal(err)
	}
	if len(r.sent["escalation"]) != 2 || len(r.sent) != 1 {
		t.Errorf("of the day before, to escalation: %v", r.sent)
	}
	for _, bodies := range r.sent {
		if text := strings.Join(bodies, " "); strings.Contains(text, "own words") || strings.Contains(text, "K-1") {
			t.Errorf("personal: %s", text)
		}
	}
}

func TestArgumentsAreUnderstoodOrNamed(t *testing.T) {
	for _, args := range [][]string{
		{}, {"destroy"}, {"rebuild", "--period", "March"}, {"rebuild", "more"}, {"restore"}, {"restore", "--from", "x", "--replay", "-1h"}, {"replay"},
		{"replay", "--since", "yesterday"}, {"replay", "--since", "1h", "--to", "everybody"}, {"secrets"}, {"secrets", "--out", "a", "--from", "b"},
	} {
		if err := run(t.Context(), args, new(bytes.Buffer)); !errors.Is(err, errUsage) {
			t.Errorf("%v: %v", args, err)
		}
	}
	if at, err := moment("90m", noon); err != nil || !at.Equal(noon.Add(-90*time.Minute)) {
		t.Errorf("90m is %s, %v", at, err)
	}
	if at, err := moment("2026-03-15T13:00:00+01:00", time.Now()); err != nil || !at.Equal(noon) {
		t.Errorf("a time is %s, %v", at, err)
	}
}
