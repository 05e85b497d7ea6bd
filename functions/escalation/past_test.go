package main

import (
	"testing"

	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// No message about what was imported is sent here. One that comes all the same,
// from whatever sent it, opens nothing, and nor does a word said later about it.
func TestNothingIsDoneAboutWhatWasImported(t *testing.T) {
	r, k := newRig(), responseKey(t, 1)
	past := vote(1, k, noon, 1, true)
	past.CollectionMode = feedback.Imported
	r.store(t, past)
	c := told(2, k, noon, "product.safety", true)
	c.CollectionMode = feedback.Imported
	r.put(t, feedback.KindComplaint, k, c.EventID, c)
	if failed := r.deliver(t, stored(t, past), storedAs(t, feedback.KindComplaint, c)); failed != nil {
		t.Fatalf("messages %v failed", failed)
	}
	good := vote(3, k, noon, 5, false)
	r.store(t, good)
	if failed := r.deliver(t, stored(t, good)); failed != nil {
		t.Fatalf("messages %v failed", failed)
	}
	if callback, _ := r.state(t, escalate.Number(casefile.Callback, k, 0)); callback != nil {
		t.Errorf("callback %+v", callback)
	}
	page, err := r.memory.Cases(t.Context(), store.CaseQuery{})
	if err != nil || len(page.Cases) != 0 {
		t.Errorf("cases %+v, %v", page.Cases, err)
	}
}
