package main

import (
	"math"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func project(t *testing.T) (*model, *Prices) {
	t.Helper()
	m, p, err := read("../..")
	if err != nil {
		t.Fatal(err)
	}
	return m, p
}

func TestThePageSaysWhatThingsCost(t *testing.T) {
	m, p := project(t)
	text, err := tables(m, p)
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	want, err := into(string(page), text)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(want, "\n"), strings.Split(string(page), "\n")); diff != "" {
		t.Errorf("README.md says something else than make cost (-cost +page); make cost ARGS=--write writes it:\n%s", diff)
	}
}

func TestEveryRowAndTheSumAgree(t *testing.T) {
	m, p := project(t)
	b, err := m.journey("rating", monthly(ratingsAMonth))
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, r := range rows {
		sum += p.usd(b, r.of)
	}
	if all := p.usd(b, nil); math.Abs(sum-all)*1e6 > 1e-6 {
		t.Errorf("rows come to %.4f a million, the bill to %.4f: a part is in no row, or in two", sum*1e6, all*1e6)
	}
	for _, l := range b {
		if names[l.price] == "" {
			t.Errorf("%s has no name", l.price)
		}
	}
}

func TestTheMoreComeTheLessEachCosts(t *testing.T) {
	m, p := project(t)
	last := math.Inf(1)
	for _, n := range []float64{1, 1e5, 1e6, 1e7, 1e8, 1e9} {
		b, err := m.journey("rating", monthly(n))
		if err != nil {
			t.Fatal(err)
		}
		usd := p.usd(b, nil) * 1e6
		if usd > last {
			t.Errorf("%.0f a month cost %.4f a million, fewer cost %.4f", n, usd, last)
		}
		last = usd
	}
}

func TestARatingIsOneRequestOneWriteAndLessThanThePlainDesign(t *testing.T) {
	m, p := project(t)
	b, err := m.journey("rating", monthly(ratingsAMonth))
	if err != nil {
		t.Fatal(err)
	}
	for price, want := range map[string]float64{"http_api.request": 1, "dynamodb.write": 1, "dynamodb.read": 0} {
		if got := count(b, priced(price)); got != want {
			t.Errorf("%s: %v each, want %v", price, got, want)
		}
	}
	if ours, theirs := p.usd(b, nil), p.usd(m.plain(), nil); ours > theirs/2 {
		t.Errorf("%.2f a million, the plain design %.2f", ours*1e6, theirs*1e6)
	}
}

func TestAPriceWithoutASourceIsRefused(t *testing.T) {
	path := t.TempDir() + "/prices.json"
	if err := os.WriteFile(path, []byte(`{"prices":{"x":{"usd":1,"per":1,"unit":"x","date":"2026-03-01"}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := readPrices(path); err == nil || !strings.Contains(err.Error(), "x needs") {
		t.Errorf("got %v", err)
	}
}

func TestProcessorTimesAreTakenOver(t *testing.T) {
	dir := t.TempDir()
	bench, kept := dir+"/bench.json", dir+"/measured.json"
	if err := os.WriteFile(bench, []byte(`{"at":"2026-11-22T14:26:21Z","commit":"abc","machine":{"cores":2},"figures":[
		{"name":"hello/as-rating","warm_cpu_ns":[150000,170000,160000]},{"name":"notify","warm_cpu_ns":[2160000]},{"name":"none"}]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := take(bench, kept); err != nil {
		t.Fatal(err)
	}
	m, err := readMeasured(kept)
	if err != nil {
		t.Fatal(err)
	}
	if m.Hello != 0.16 || m.Commit != "abc" || len(m.CPU) != 2 {
		t.Errorf("%+v", m)
	}
	// Two messages were measured in one batch: 0.16 ms for the batch, a millisecond each.
	if got := m.batches("notify", 3, 10); math.Abs(got-10.48) > 1e-9 {
		t.Errorf("ten messages in three batches take %v ms, want 10.48", got)
	}
}
