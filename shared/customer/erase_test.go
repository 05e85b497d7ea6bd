package customer

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/erasure"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

func TestAnErasedCustomerIsNowhere(t *testing.T) {
	r := newRig(t)
	asked, complained, n := r.lives()
	r.put(key(3), feedback.KindRating, "K-2", noon, &feedback.Personal{Comment: "Jemand anders"})
	did, err := r.Customer(t.Context(), "K-1", "d.s")
	want := Done{Responses: 2, Events: 3, Cases: 1, Ended: 1, Lines: 1, Files: 2, Letters: 2}
	if diff := cmp.Diff(want, did); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	r.gone(n, asked, complained)
	if others, err := r.shelf.Memory.CustomerItems(t.Context(), "K-2", "", 10); err != nil || len(others.Items) != 1 {
		t.Errorf("somebody else: %v, %v", others, err)
	}
	if did, err := r.Customer(t.Context(), "K-1", "d.s"); err != nil || did != (Done{}) {
		t.Errorf("again: %+v, %v", did, err)
	}
	acts, err := r.shelf.Erasures(t.Context())
	if err != nil || len(acts) != 2 || acts[0].By != "d.s" || acts[0].Subject != string(erasure.Customer("K-1")) || !acts[0].Whole || acts[0].Counts["events"] != 3 {
		t.Errorf("noted %+v, %v", acts, err)
	}
}

// Whatever call fails, before or after its effect: who erases again is done.
func TestAnErasureThatBreaksOffAnywhereIsFinishedByTheNext(t *testing.T) {
	whole := newRig(t)
	whole.lives()
	if _, err := whole.Customer(t.Context(), "K-1", "d.s"); err != nil {
		t.Fatal(err)
	}
	if whole.shelf.calls < 12 {
		t.Fatalf("%d calls: too few to break off at", whole.shelf.calls)
	}
	for k := 1; k <= whole.shelf.calls; k++ {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("call %d, after %v", k, after), func(t *testing.T) {
				r := newRig(t)
				asked, complained, n := r.lives()
				r.shelf.fail, r.shelf.after = k, after
				did, err := r.Customer(t.Context(), "K-1", "d.s")
				if !errors.Is(err, errDown) || !did.Left {
					t.Fatalf("%+v, %v", did, err)
				}
				if _, err := r.Customer(t.Context(), "K-1", "d.s"); err != nil {
					t.Fatal(err)
				}
				r.gone(n, asked, complained)
			})
		}
	}
}

func TestAnErasureTakesAsManyActsAsItTakes(t *testing.T) {
	r := newRig(t)
	const many = 5 * chunk / 2
	for i := range many {
		r.put(key(i), feedback.KindRating, "K-1", noon.Add(-time.Hour), &feedback.Personal{Comment: "Worte"})
	}
	r.tick, r.Budget = 5*time.Second, time.Second
	events, acts := 0, 0
	for left := true; left; acts++ {
		did, err := r.Customer(t.Context(), "K-1", "d.s")
		if err != nil || acts > 10 {
			t.Fatal(acts, err)
		}
		events, left = events+did.Events, did.Left
		r.Budget += 10 * time.Second // a slow day ends
	}
	if events != many || acts < 2 {
		t.Errorf("%d events in %d acts, want %d in several", events, acts, many)
	}
}

func TestWhatIsSaidAfterAnErasureStays(t *testing.T) {
	r := newRig(t)
	before, after := key(1), key(2)
	r.put(before, feedback.KindRating, "K-1", noon, nil)
	r.put(after, feedback.KindRating, "K-1", noon.Add(time.Millisecond), &feedback.Personal{Comment: "Ich bin wieder da"})
	if did, err := r.Customer(t.Context(), "K-1", "d.s"); err != nil || did.Events != 1 {
		t.Fatalf("%+v, %v", did, err)
	}
	page, err := r.shelf.Memory.CustomerItems(t.Context(), "K-1", "", 10)
	if err != nil || len(page.Items) != 1 || page.Items[0].Response != after {
		t.Errorf("left %+v, %v", page, err)
	}
}

// A case that was opened while its response was being erased bears a key that
// nothing else leads to.
func TestACaseThatOutlivedItsResponseIsErased(t *testing.T) {
	r := newRig(t)
	k := key(1)
	r.put(k, feedback.KindComplaint, "", noon.Add(-time.Hour), nil)
	n := r.complains(k, "K-1")
	if did, err := r.Customer(t.Context(), "K-1", "d.s"); err != nil || did.Cases != 1 || did.Lines != 1 {
		t.Fatalf("%+v, %v", did, err)
	}
	c, err := r.shelf.GetCase(t.Context(), n)
	if err != nil || c.CustomerKey != "" || c.Status != casefile.Withdrawn {
		t.Errorf("%+v, %v", c, err)
	}
}

func TestSomebodyWithoutAKeyIsErasedByTheResponse(t *testing.T) {
	r := newRig(t)
	k := key(1)
	r.put(k, feedback.KindComplaint, "", noon, &feedback.Personal{Email: "kunde@example.com"})
	r.complains(k, "")
	if did, err := r.Reader.Response(t.Context(), k); err != nil || len(did.Responses) != 1 || len(did.Responses[0].Cases) != 1 {
		t.Fatalf("%+v, %v", did, err)
	}
	did, err := r.Eraser.Response(t.Context(), k, "d.s")
	if err != nil || did.Events != 1 || did.Ended != 1 || did.Lines != 1 {
		t.Errorf("%+v, %v", did, err)
	}
	log, err := erasure.Load(t.Context(), r.log, time.Time{})
	if err != nil || log[erasure.Response(string(k))].IsZero() {
		t.Errorf("%v, %v", log, err)
	}
}

func TestLettersThatCannotBeReadLeaveAnErasureUnfinished(t *testing.T) {
	r := newRig(t)
	asked, complained, n := r.lives()
	r.pile.hidden = 3
	if did, err := r.Customer(t.Context(), "K-1", "d.s"); err != nil || !did.Left || did.Unread != 3 || did.Events != 0 {
		t.Errorf("%+v, %v: what to look for must stay known", did, err)
	}
	r.pile.hidden = 0
	if did, err := r.Customer(t.Context(), "K-1", "d.s"); err != nil || did.Left || did.Events != 3 {
		t.Errorf("%+v, %v", did, err)
	}
	r.gone(n, asked, complained)
}

func TestNobodyIsNotErased(t *testing.T) {
	r := newRig(t)
	if _, err := r.Customer(t.Context(), "", "d.s"); !errors.Is(err, store.ErrInvalid) {
		t.Error(err)
	}
}
