package main

import (
	"context"
	"errors"
	"strings"
	"testing"

	"resonanz/shared/casefile"
	"resonanz/shared/delivery"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/store"
)

// filed is a complaint of the customer whose mail bounces.
func (r *rig) filed(t *testing.T) casefile.Number {
	t.Helper()
	c, entries := lifecycle.Receive(&feedback.Complaint{
		EventID: "0190b0c0-0000-7000-8000-0000000000c1", ResponseKey: key, Touchpoint: "hotline", Channel: feedback.WebForm, Category: "other",
		SubmittedAt: noon, ReceivedAt: noon, CollectionMode: feedback.Self,
	}, lifecycle.Opening{Notifiable: true}, noon, r.rules)
	if err := r.memory.CreateCase(t.Context(), &c, &entries[0], &entries[1]); err != nil {
		t.Fatal(err)
	}
	return c.Number
}

// raised counts the escalations of a case by this rule, and their alerts.
func (r *rig) raised(t *testing.T, n casefile.Number) (raised, alerts int) {
	t.Helper()
	c, err := r.memory.GetCase(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range c.Handling.Escalations {
		if e.Rule == delivery.MailBounced {
			raised++
		}
	}
	timeline, err := r.memory.Timeline(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range timeline {
		if e.Alert != nil && e.Alert.Rule == delivery.MailBounced {
			alerts++
		}
	}
	return raised, alerts
}

func about(number casefile.Number, event, what string) string {
	return `{"eventType":"` + event + `",` + what + `"mail":{"timestamp":"2026-03-15T09:00:02.118Z","destination":["` + customer +
		`"],"tags":{"case":["` + string(number) + `"],"entry":["2"],"mail":["case"]}}}`
}

func TestStaffHearOnceOfACaseWhoseMailDoesNotArrive(t *testing.T) {
	const permanent = `"bounce":{"bounceType":"Permanent","bounceSubType":"General","timestamp":"2026-03-15T09:00:07.000Z"},`
	for name, c := range map[string]struct {
		event, what string
		want        int
		metric      string
	}{
		"permanent bounce":   {"Bounce", permanent, 1, `"CaseMailBounced":1`},
		"known and not sent": {"Bounce", strings.Replace(permanent, "General", notSent, 1), 1, `"CaseMailBounced":1`},
		"reported as spam":   {"Complaint", `"complaint":{"timestamp":"2026-03-15T09:00:07.000Z"},`, 1, `"CaseMailBounced":1`},
		"refused as harmful": {"Reject", "", 1, `"CaseMailBounced":1`},
		"mailbox full":       {"Bounce", `"bounce":{"bounceType":"Transient","bounceSubType":"MailboxFull","timestamp":"2026-03-15T09:00:07.000Z"},`, 1, `"CaseMailBounced":1`},
		"absence notice":     {"Bounce", strings.Replace(permanent, "Permanent", "Transient", 1), 0, `"MailBouncedForNow":1`},
		"something else":     {"Delivery", "", 0, `"MailEventsIgnored":1`},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			n := r.filed(t)
			for range 3 { // SNS may tell again
				if failed := r.deliver(t, about(n, c.event, c.what)); failed != 0 || len(r.dead.reasons) != 0 {
					t.Fatalf("%d failed, put aside %q", failed, r.dead.reasons)
				}
			}
			if raised, alerts := r.raised(t, n); raised != c.want || alerts != c.want {
				t.Errorf("escalated %d times with %d alerts, want %d", raised, alerts, c.want)
			}
			if out := r.out.String(); !strings.Contains(out, c.metric) || strings.Contains(out, "kundin") {
				t.Errorf("log and metrics: %s", out)
			}
			if r.optedOut(t, store.AddressContact(customer)) || r.optedOut(t, store.KeyContact("K-17")) || len(r.deliveries(t)) != 0 {
				t.Error("invitations are touched")
			}
		})
	}
}

func TestACaseThatIsGoneOrOverIsLeftAlone(t *testing.T) {
	r := newRig(t)
	n := r.filed(t)
	c, err := r.memory.GetCase(t.Context(), n)
	if err != nil {
		t.Fatal(err)
	}
	next, entries, err := lifecycle.Apply(*c, lifecycle.Command{Do: casefile.Withdrawing}, casefile.Actor{Kind: casefile.Customer}, noon, r.rules)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.memory.UpdateCase(t.Context(), &next, &entries[0]); err != nil {
		t.Fatal(err)
	}
	if failed := r.deliver(t, about(n, "Reject", ""), about("2603-0000-0000", "Reject", "")); failed != 0 || len(r.dead.reasons) != 0 {
		t.Errorf("%d failed, put aside %q", failed, r.dead.reasons)
	}
	if raised, _ := r.raised(t, n); raised != 0 {
		t.Error("a case that is over was escalated")
	}
	if failed := r.deliver(t, about("2603-0000", "Reject", "")); failed != 0 || len(r.dead.reasons) != 1 {
		t.Errorf("a malformed number: %d failed, put aside %q", failed, r.dead.reasons)
	}
}

// busy is a store whose case others keep changing, or that is throttled.
type busy struct {
	*store.Memory
	err   error
	times int
}

func (b *busy) UpdateCase(ctx context.Context, c *casefile.Case, es ...*casefile.Entry) error {
	if b.times--; b.times >= 0 {
		return b.err
	}
	return b.Memory.UpdateCase(ctx, c, es...)
}

func TestACaseThatChangesMeanwhileIsReadAgain(t *testing.T) {
	for name, c := range map[string]struct {
		ledger busy
		failed int
	}{
		"changed":           {busy{err: store.ErrVersion, times: 2}, 0},
		"changed for ever":  {busy{err: store.ErrVersion, times: 1000}, 1},
		"throttled":         {busy{err: errors.New("throttled"), times: 1}, 1},
		"there and not bad": {busy{}, 0},
	} {
		r := newRig(t)
		n := r.filed(t)
		c.ledger.Memory = r.memory
		r.ledger = &c.ledger
		if failed := r.deliver(t, about(n, "Reject", "")); failed != c.failed {
			t.Errorf("%s: %d failed", name, failed)
		}
		if raised, _ := r.raised(t, n); raised != 1-c.failed {
			t.Errorf("%s: escalated %d times", name, raised)
		}
	}
}
