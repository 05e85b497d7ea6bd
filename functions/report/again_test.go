package main

import (
	"encoding/json"
	"testing"
	"time"

	"resonanz/shared/monthly"
	"resonanz/shared/report"
)

// again builds a version from the facts as they are now and what was kept beside it.
func (r *rig) again(group string, version int) (want, got []byte) {
	r.t.Helper()
	v, err := r.table.Report(r.t.Context(), march, group, version)
	if err != nil {
		r.t.Fatal(err)
	}
	read := func(form string) []byte {
		b, err := r.bucket.Get(r.t.Context(), v.Objects[form])
		if err != nil {
			r.t.Fatal(err)
		}
		return b
	}
	var m manifest
	if err := json.Unmarshal(read(objectManifest), &m); err != nil {
		r.t.Fatal(err)
	}
	asked := monthly.Asked{Cutoff: m.Cutoff, Group: m.Group}
	if asked.Given, err = report.ParseGiven(read(objectInputs)); err != nil {
		r.t.Fatal(err)
	}
	built, err := monthly.Build(r.t.Context(), r.bucket, r.cfg, march, asked)
	if err != nil {
		r.t.Fatal(err)
	}
	if got, err = built.JSON(); err != nil {
		r.t.Fatal(err)
	}
	return read(formatJSON), got
}

func TestEachVersionIsBuiltAgainWhateverCameInSince(t *testing.T) {
	r := newRig(t)
	const broken = "facts/month=2026-02/rating/0123456789abcdef0123456789abcdef.parquet"
	if err := r.bucket.Put(t.Context(), broken, "", []byte("no facts")); err != nil {
		t.Fatal(err)
	}
	r.rate(open.Add(-time.Hour), 5, 4, 4, 5, 3)
	r.post(`{"contacts":{"hotline":30}}`, 201)
	r.post(`{"group":"phone"}`, 201)
	r.rate(freeze.Add(-time.Hour), 2)
	r.clock = after
	r.rate(freeze.Add(time.Hour), 1) // late, and known when the report becomes final
	r.post("", 201)
	r.rate(after.Add(time.Hour), 1, 5) // later still
	r.clock = later
	r.post(`{"restate":true}`, 201)
	r.rate(later.Add(time.Hour), 4)
	for _, v := range []struct {
		group   string
		version int
	}{{"", 1}, {"phone", 1}, {"", 2}, {"", 3}} {
		if want, got := r.again(v.group, v.version); string(want) != string(got) {
			t.Errorf("group %q, version %d came out otherwise:\n%s\nwas\n%s", v.group, v.version, got, want)
		}
	}
}
