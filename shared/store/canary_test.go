package store

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/feedback"
)

// ofCanary is a vote of the lowest score at the canary's touchpoint.
func ofCanary(t *testing.T) *Entry {
	t.Helper()
	e := rated(t, false)
	e.Event = []byte(strings.Replace(string(e.Event), `"touchpoint":"checkout-cologne"`, `"touchpoint":"canary"`, 1))
	if !feedback.OfCanary(e.Event) {
		t.Fatalf("%s", e.Event)
	}
	return e
}

func TestTheCanaryIsForReportingOnlyHoweverLowItRates(t *testing.T) {
	for _, kind := range []feedback.Kind{feedback.KindRating, feedback.KindInvitation} {
		e := ofCanary(t)
		e.Kind = kind
		got, err := FromStream(image(t, marshalEntry(e)))
		if err != nil || len(got) != 1 || got[0].To != ToReporting {
			t.Errorf("%s: %v, %v", kind, got, err)
		}
	}
}

func TestWhatTheCanarySaidGoesOfItselfAndWhatCustomersSaidStays(t *testing.T) {
	e := ofCanary(t)
	ttl, _ := marshalEntry(e)[AttrTTL].(*types.AttributeValueMemberN)
	if want := number(e.ReceivedAt.Add(8 * 24 * time.Hour).Unix()).(*types.AttributeValueMemberN); ttl == nil || ttl.Value != want.Value {
		t.Errorf("ttl %v, want %v", ttl, want)
	}
	if it := marshalEntry(rated(t, false)); it[AttrTTL] != nil {
		t.Errorf("a customer's vote goes at %v", it[AttrTTL])
	}
}

func TestNoMonthHoldsWhatTheCanarySaid(t *testing.T) {
	m := NewMemory()
	e := ofCanary(t)
	if _, _, err := m.Put(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	if err := m.Month(t.Context(), e.ResponseKey.Month(), func(Entry) error { t.Error("it is read"); return nil }); err != nil {
		t.Fatal(err)
	}
	if all, err := m.Response(t.Context(), e.ResponseKey); err != nil || len(all) != 1 {
		t.Errorf("its own page finds %d, %v", len(all), err)
	}
}
