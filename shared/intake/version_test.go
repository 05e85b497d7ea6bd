package intake_test

import (
	"bytes"
	"strconv"
	"sync"
	"testing"

	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/link"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// said is an answer through one link, with a page that thought that place was free.
func said(t *testing.T, place byte, form, comment string) *intake.Submission {
	t.Helper()
	ring, err := link.NewKeyring(bytes.Repeat([]byte("k"), 32), nil)
	if err != nil {
		t.Fatal(err)
	}
	tp := intaketest.Config(t).Touchpoint("hotline")
	nonce := form
	if nonce == "" {
		nonce = link.NewNonce(ring, place, "/r/x", now)
	}
	return intake.Vote(tp, link.Token{ResponseKey: "2026-03-abcdefghijklmnop", Channel: feedback.EmailLink}, intake.Form{Stars: 4, Comment: comment, Nonce: nonce}, now)
}

func TestAnswersOfPagesThatKnewNoPlaceAreAllKept(t *testing.T) {
	for name, place := range map[string]byte{"all the same place": 0, "none": link.NoPlace} {
		m := store.NewMemory()
		var all sync.WaitGroup
		for i := range 4 {
			s := said(t, place, "", strconv.Itoa(i))
			for range 2 { // each is sent twice
				all.Go(func() {
					if _, err := intake.AcceptVersion(t.Context(), m, s2(s)); err != nil {
						t.Errorf("%s: %v", name, err)
					}
				})
			}
		}
		all.Wait()
		if got := stored(t, m, "2026-03"); len(got) != 4 {
			t.Errorf("%s: %d stored", name, len(got))
		}
	}
}

// s2 is a copy: a submission is given its place.
func s2(s *intake.Submission) *intake.Submission {
	c := *s
	return &c
}

func TestWhenAllPlacesAreTakenNoMoreIsStored(t *testing.T) {
	m := store.NewMemory()
	for i := range intake.MaxVersions + 2 {
		_, err := intake.AcceptVersion(t.Context(), m, said(t, byte(min(i, 63)), "", strconv.Itoa(i)))
		if full := err != nil && problem.Of(err).Code == problem.TooManyVersions; full != (i >= intake.MaxVersions) {
			t.Fatalf("answer %d: %v", i, err)
		}
	}
	entries, err := m.Response(t.Context(), "2026-03-abcdefghijklmnop")
	if err != nil || len(entries) != intake.MaxVersions || intake.FreePlace("2026-03-abcdefghijklmnop", entries) != link.NoPlace {
		t.Errorf("%d stored, %v", len(entries), err)
	}
	if _, err := intake.AcceptVersion(t.Context(), m, said(t, 0, "", "0 again")); err == nil {
		t.Error("one more was taken")
	}
}
