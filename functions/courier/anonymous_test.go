package main

import (
	"bytes"
	"context"
	"errors"
	"net/mail"
	"strings"
	"testing"

	"github.com/aws/smithy-go"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/link"
	"resonanz/shared/store"
)

func anonymous(cfg *config.Config) {
	cfg.Organisation.Anonymous = true
	cfg.Invitations.ReminderDays = 5
}

// left is the stored invitation.
func (r *rig) left(t *testing.T) *store.Entry {
	t.Helper()
	e, err := r.memory.Get(t.Context(), key, event)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func (r *rig) severed(t *testing.T) bool {
	t.Helper()
	e := r.left(t)
	return e.Personal == nil && e.CustomerKey == "" && e.Digest == (store.Digest{})
}

func TestAnAnonymousAddressGoesWithItsMail(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*config.Config)
		happen func(*testing.T, *rig)
		want   bool
	}{
		"sent": {anonymous, func(*testing.T, *rig) {}, true},
		"refused": {anonymous, func(_ *testing.T, r *rig) {
			r.post.before = func() error { return &smithy.GenericAPIError{Code: invalidParameter} }
		}, true},
		"opted out":        {anonymous, func(t *testing.T, r *rig) { optOut(t, r) }, true},
		"failed":           {anonymous, func(_ *testing.T, r *rig) { r.post.before = func() error { return errors.New("down") } }, false},
		"not anonymous":    {func(*config.Config) {}, func(*testing.T, *rig) {}, false},
		"of this one only": {func(cfg *config.Config) { no := false; anonymous(cfg); cfg.Touchpoint("hotline").Anonymous = &no }, func(*testing.T, *rig) {}, false},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, c.change)
			in := invited(t, r.memory)
			c.happen(t, r)
			r.deliver(t, body(t, in, false))
			if got := r.severed(t); got != c.want {
				t.Errorf("severed: %t", got)
			}
			if due := r.due(t, noon.AddDate(1, 0, 0)); c.want && len(due) != 0 {
				t.Errorf("a reminder would need the address: %v", due)
			}
		})
	}
}

// unsevering is a ledger that does not sever, as if the function had been killed
// before it.
type unsevering struct{ *store.Memory }

func (unsevering) Sever(context.Context, feedback.ResponseKey, feedback.EventID) error {
	return errors.New("killed")
}

// Whoever is killed between the mail and the address finds that it was sent, and
// writes nobody again; the delivery of a mail that was sent stays one.
func TestAnAddressLeftBehindGoesWithTheNextDelivery(t *testing.T) {
	r := newRig(t, anonymous)
	in := invited(t, r.memory)
	r.ledger = unsevering{r.memory}
	if n := r.deliver(t, body(t, in, false)); n != 1 || len(r.post.sent) != 1 || r.severed(t) {
		t.Fatalf("%d failed, %d mails, severed %t", n, len(r.post.sent), r.severed(t))
	}
	r.ledger = r.memory
	for range 2 {
		if n := r.deliver(t, body(t, in, false)); n != 0 || len(r.post.sent) != 1 {
			t.Errorf("%d failed, %d mails", n, len(r.post.sent))
		}
	}
	all, err := r.memory.Response(t.Context(), key)
	if err != nil || len(all) != 1 || !r.severed(t) {
		t.Errorf("%+v, %v", all, err)
	}
}

// The mail stays in the customer's box for longer than we know whose it was.
func TestTheLinkThatEndsInvitationsNamesTheContactSealed(t *testing.T) {
	for name, change := range map[string]func(*config.Config){"anonymous": anonymous, "not anonymous": func(*config.Config) {}} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, change)
			r.deliver(t, body(t, invited(t, r.memory), false))
			m, err := mail.ReadMessage(bytes.NewReader(r.post.sent[0].RawMessage.Data))
			if err != nil {
				t.Fatal(err)
			}
			path, ok := strings.CutPrefix(strings.Trim(m.Header.Get("List-Unsubscribe"), "<>"), "https://feedback.example.com/u/")
			token, sealed, found := strings.Cut(path, ".")
			if !ok || !found || len(token) != link.Len {
				t.Fatalf("%q", path)
			}
			who, err := link.Unseal(r.keys, key, sealed)
			if err != nil || store.ContactID(who) != store.AddressContact(customer) {
				t.Errorf("%q, %v", who, err)
			}
		})
	}
}

func optOut(t *testing.T, r *rig) {
	t.Helper()
	if err := r.memory.OptOut(t.Context(), store.AddressContact(customer), store.Unsubscribed, noon); err != nil {
		t.Fatal(err)
	}
}
