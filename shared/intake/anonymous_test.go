package intake_test

import (
	"strings"
	"testing"
	"time"

	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/store"
)

// kept is what the ledger holds after one submission.
func kept(t *testing.T, s *intake.Submission) store.Entry {
	t.Helper()
	m := store.NewMemory()
	if _, err := intake.Accept(t.Context(), m, s); err != nil {
		t.Fatal(err)
	}
	all, err := m.Response(t.Context(), s.Rating.ResponseKey)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d entries, %v", len(all), err)
	}
	return all[0]
}

func TestAnAnonymousAnswerKnowsNoCustomer(t *testing.T) {
	for name, anonymous := range map[string]bool{"anonymous": true, "not": false} {
		cfg := intaketest.Config(t)
		cfg.Organisation.Anonymous = anonymous
		read := func(key string) store.Entry {
			t.Helper()
			s, err := intake.ParseEvent(cfg, intake.Source{}, intake.Mixed,
				intaketest.Event().With("channel", "web_form").With("customer_key", key).With("callback_requested", true).With("callback_contact", "0221 123456").JSON(t), issueTime)
			if err != nil {
				t.Fatal(err)
			}
			return kept(t, s)
		}
		one, other := read("K-1"), read("K-2")
		if (one.CustomerKey == "") != anonymous {
			t.Errorf("%s: customer key %q", name, one.CustomerKey)
		}
		if (one.Digest == other.Digest) != anonymous {
			t.Errorf("%s: whether the digest tells the key: %v, %v", name, one.Digest, other.Digest)
		}
		if !strings.Contains(string(one.Personal), "0221 123456") {
			t.Errorf("%s: who wants to be called is not known: %s", name, one.Personal)
		}
	}
}

func TestAnAnonymousInvitationLeadsToNobodyButItsAddress(t *testing.T) {
	cfg := inviting(t)
	anonymous := true
	cfg.Touchpoint("hotline").Anonymous = &anonymous
	m := store.NewMemory()
	issue := func(f intaketest.Fields, at time.Time) (store.Entry, error) {
		t.Helper()
		in, err := intake.ParseInvitation(cfg, f.JSON(t), at)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := intake.Issue(t.Context(), cfg, m, in); err != nil {
			return store.Entry{}, err
		}
		e, err := m.Get(t.Context(), in.ResponseKey, in.EventID)
		if err != nil {
			t.Fatal(err)
		}
		return *e, nil
	}
	first, err := issue(mailed.With("topic", "billing").With("resolved", true), issueTime)
	if err != nil {
		t.Fatal(err)
	}
	if first.CustomerKey != "" || strings.Contains(string(first.Event), `"known"`) || string(first.Personal) != `{"email":"Kundin@example.com"}` {
		t.Errorf("%+v, %s, %s", first, first.Event, first.Personal)
	}
	if last, err := m.LastContact(t.Context(), store.KeyContact("K-1"), "billing"); err != nil || last.Key != "" {
		t.Errorf("a topic leads to the response: %+v, %v", last, err)
	}
	// Still nobody is asked too often.
	second := mailed.With("event_id", "018e4f6a-3c1b-7e2d-9f00-5a6b7c8d9e0e")
	if _, err := issue(second, issueTime.AddDate(0, 0, 20)); err == nil {
		t.Error("asked again after 20 days")
	}
	later, err := issue(second.With("customer_key", "K-1"), issueTime.AddDate(0, 0, 31))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(later.Event), "previous") {
		t.Errorf("linked to the one before: %s", later.Event)
	}
	// The same request is the same link; the digest does not tell whose it is.
	if again, err := issue(mailed.With("topic", "billing").With("resolved", true).With("customer_key", "K-9").With("email", "other@example.com"), issueTime); err != nil || again.Digest != first.Digest {
		t.Errorf("%v, %v", again.Digest, err)
	}
}
