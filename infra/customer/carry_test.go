package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"resonanz/shared/bucket"
	"resonanz/shared/customer"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

const (
	email   = "kundin@example.com"
	unkeyed = feedback.ResponseKey("2026-03-abcdefghijklmn22")
	keyed   = feedback.ResponseKey("2026-03-abcdefghijklmn23")
	derived = feedback.ResponseKey("2026-03-abcdefghijklmn24")
	about   = feedback.ResponseKey("2026-03-abcdefghijklmn25")
)

// filled is a desk on a store in memory with an address in four responses.
func filled(t *testing.T) (*desk, *store.Memory) {
	t.Helper()
	m := store.NewMemory()
	var all []store.Entry
	for k, x := range map[feedback.ResponseKey][2]string{
		unkeyed: {"", `{"callback_contact":"Kundin@Example.com"}`},
		keyed:   {"K-1", `{"email":"kundin@example.com"}`},
		derived: {string(store.AddressContact(email)), `{"email":"kundin@example.com","comment":"x"}`},
		about:   {"", `{"comment":"Fragen Sie kundin@example.com"}`},
	} {
		e := store.Entry{Kind: feedback.KindRating, ResponseKey: k, EventID: feedback.NewEventID(), ReceivedAt: time.Unix(1, 0).UTC(),
			Event: json.RawMessage(`{}`), Personal: json.RawMessage(x[1]), CustomerKey: x[0]}
		if _, _, err := m.Put(t.Context(), &e); err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
	}
	return &desk{
		ledger: m,
		scan: func(_ context.Context, each func(store.Item) error) error {
			for i := range all {
				if err := each(store.Item{Entry: &all[i]}); err != nil {
					return err
				}
			}
			return each(store.Item{Other: "something else"})
		},
		reader: &customer.Reader{Ledger: m, Now: time.Now},
		eraser: &customer.Eraser{Ledger: m, Log: bucket.NewMemory(), Now: time.Now},
	}, m
}

// erased reports whether nothing personal is left of a response.
func erased(t *testing.T, m *store.Memory, k feedback.ResponseKey) bool {
	t.Helper()
	all, err := m.Response(t.Context(), k)
	if err != nil || len(all) != 1 {
		t.Fatal(all, err)
	}
	return all[0].Personal == nil && all[0].CustomerKey == ""
}

func TestAnAddressErasesWhoHasNoOtherKey(t *testing.T) {
	d, m := filled(t)
	var out bytes.Buffer
	err := d.carryOut(t.Context(), order{email: email, erase: true, by: "d.s"}, &out)
	if err == nil || !strings.Contains(err.Error(), "KEY=K-1") {
		t.Errorf("the customer of the owner's is not named: %v", err)
	}
	for k, want := range map[feedback.ResponseKey]bool{unkeyed: true, derived: true, keyed: false, about: false} {
		if got := erased(t, m, k); got != want {
			t.Errorf("%s erased: %v, want %v", k, got, want)
		}
	}
	if err := d.carryOut(t.Context(), order{key: "K-1", erase: true, by: "d.s"}, &out); err != nil || !erased(t, m, keyed) {
		t.Errorf("by the key: %v", err)
	}
}

func TestAnAddressShowsEverythingAndWhereItIsMentioned(t *testing.T) {
	d, _ := filled(t)
	var out bytes.Buffer
	err := d.carryOut(t.Context(), order{email: email}, &out)
	if err == nil || !strings.Contains(err.Error(), string(about)) {
		t.Errorf("the mention is not told: %v", err)
	}
	var pages []customer.Page
	if err := json.Unmarshal(out.Bytes(), &pages); err != nil || len(pages) != 3 {
		t.Errorf("%d pages, %v", len(pages), err)
	}
}

func TestAResponseOfACustomerOfTheOwnersIsErasedByTheKeyAlone(t *testing.T) {
	d, m := filled(t)
	for k, want := range map[feedback.ResponseKey]bool{unkeyed: true, derived: true, about: true, keyed: false} {
		err := d.carryOut(t.Context(), order{response: k, erase: true, by: "d.s"}, new(bytes.Buffer))
		if (err == nil) != want || erased(t, m, k) != want {
			t.Errorf("%s: %v, erased %v", k, err, erased(t, m, k))
		}
	}
}

// The address of an invitation goes sooner than what is counted by it.
func TestAnAddressIsForgottenAlsoWhereNoResponseNamesItAnyMore(t *testing.T) {
	d, m := filled(t)
	const gone = "frueher@example.com"
	e := store.Entry{Kind: feedback.KindInvitation, ResponseKey: "2026-03-abcdefghijklmn26", EventID: feedback.NewEventID(), ReceivedAt: time.Unix(1, 0).UTC(), Event: json.RawMessage(`{}`)}
	if _, _, err := m.Invite(t.Context(), &e, store.Contact{Address: store.AddressContact(gone), Now: time.Unix(1, 0)}); err != nil {
		t.Fatal(err)
	}
	if err := d.carryOut(t.Context(), order{email: gone, erase: true, by: "d.s"}, new(bytes.Buffer)); err != nil {
		t.Fatal(err)
	}
	if known, err := m.KnownOf(t.Context(), store.AddressContact(gone)); err != nil || !known.LastAt.IsZero() {
		t.Errorf("%+v, %v", known, err)
	}
}
