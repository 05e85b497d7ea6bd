package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"resonanz/shared/customer"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// target is whom an order is about.
type target struct {
	keys      []string               // customers of the owner's
	derived   []string               // keys that complaints got from an address: whoever has no other
	responses []feedback.ResponseKey // of somebody without a key
	mentioned []feedback.ResponseKey // whose texts name an address
}

// carryOut does what an order says.
func (d *desk) carryOut(ctx context.Context, o order, out io.Writer) error {
	of, err := d.target(ctx, o)
	if err != nil {
		return err
	}
	if o.erase {
		err = d.erase(ctx, o, of, out)
	} else {
		err = d.print(ctx, of, out)
	}
	if err == nil && len(of.mentioned) > 0 {
		return fmt.Errorf("the address stands in what was written with %s: look at it, and erase by RESPONSE=… what is about the same person", list(of.mentioned))
	}
	return err
}

func (d *desk) target(ctx context.Context, o order) (target, error) {
	switch {
	case o.key != "":
		return target{keys: []string{o.key}}, nil
	case o.email != "":
		return d.addressed(ctx, o.email)
	}
	k := o.response
	if o.number != "" {
		c, err := d.ledger.GetCase(ctx, o.number)
		if err != nil {
			return target{}, err
		}
		if k = c.ResponseKey; k == "" {
			return target{}, fmt.Errorf("case %s is about no customer", o.number)
		}
	}
	entries, err := d.ledger.Response(ctx, k)
	if err != nil {
		return target{}, err
	}
	for i := range entries {
		switch e := &entries[i]; {
		case e.CustomerKey == "":
		case e.CustomerKey == string(store.AddressContact(store.EmailOf(e))):
			return target{derived: []string{e.CustomerKey}}, nil
		default:
			return target{keys: []string{e.CustomerKey}}, nil
		}
	}
	return target{responses: []feedback.ResponseKey{k}}, nil
}

// addressed looks through the whole table for an address.
func (d *desk) addressed(ctx context.Context, email string) (target, error) {
	theirs, keys, mentioned := map[feedback.ResponseKey]bool{}, map[feedback.ResponseKey]string{}, map[feedback.ResponseKey]bool{}
	err := d.scan(ctx, func(it store.Item) error {
		e := it.Entry
		if e == nil {
			return nil
		}
		if e.CustomerKey != "" {
			keys[e.ResponseKey] = e.CustomerKey
		}
		var p feedback.Personal
		if len(e.Personal) == 0 || json.Unmarshal(e.Personal, &p) != nil {
			return nil //nolint:nilerr // what cannot be read says nothing of anybody
		}
		if plain(p.Email) == email || plain(p.CallbackContact) == email {
			theirs[e.ResponseKey] = true
		} else if strings.Contains(strings.ToLower(string(e.Personal)), email) {
			mentioned[e.ResponseKey] = true
		}
		return nil
	})
	if err != nil {
		return target{}, err
	}
	var of target
	known := map[string]bool{}
	for _, k := range slices.Sorted(maps.Keys(theirs)) {
		switch customerKey := keys[k]; {
		case customerKey == "":
			of.responses = append(of.responses, k)
		case known[customerKey]:
		case customerKey == string(store.AddressContact(email)):
			of.derived = append(of.derived, customerKey)
		default:
			of.keys = append(of.keys, customerKey)
		}
		known[keys[k]] = true
	}
	for _, k := range slices.Sorted(maps.Keys(mentioned)) {
		if !theirs[k] {
			of.mentioned = append(of.mentioned, k)
		}
	}
	return of, nil
}

// print writes everything that is kept, as a list of pages.
func (d *desk) print(ctx context.Context, of target, out io.Writer) error {
	pages := []*customer.Page{}
	for _, customerKey := range slices.Concat(of.keys, of.derived) {
		for cursor := ""; ; {
			p, err := d.reader.Gather(ctx, customerKey, cursor)
			if err != nil {
				return err
			}
			pages = append(pages, p)
			if cursor = p.Next; cursor == "" {
				break
			}
		}
	}
	for _, k := range of.responses {
		p, err := d.reader.Response(ctx, k)
		if err != nil {
			return err
		}
		pages = append(pages, p)
	}
	w := json.NewEncoder(out)
	w.SetIndent("", " ")
	w.SetEscapeHTML(false)
	if err := w.Encode(pages); err != nil {
		return fmt.Errorf("printing what is kept: %w", err)
	}
	return nil
}

// rounds bounds how often an erasure goes on with what it left.
const rounds = 100

// erase erases a customer, or responses of somebody without a key. Whoever has a
// key is erased by that alone: an address or a case may be shared.
func (d *desk) erase(ctx context.Context, o order, of target, out io.Writer) error {
	sum := map[string]int{}
	var all []func() (customer.Done, error)
	for _, k := range of.responses {
		all = append(all, func() (customer.Done, error) { return d.eraser.Response(ctx, k, o.by) })
	}
	if o.email != "" { // what is counted by the address outlives it: see invitations_days
		n, err := d.eraser.Ledger.ForgetContact(ctx, store.AddressContact(o.email))
		if err != nil {
			return fmt.Errorf("forgetting an address: %w", err)
		}
		sum["contacts"] += n
	}
	theirs := of.derived
	if o.key != "" {
		theirs = append(theirs, o.key)
	}
	for _, customerKey := range theirs {
		all = append(all, func() (customer.Done, error) { return d.eraser.Customer(ctx, customerKey, o.by) })
	}
	for _, act := range all {
		for round := 0; ; round++ {
			done, err := act()
			for name, n := range done.Counts() {
				sum[name] += n
			}
			if err != nil {
				return err
			}
			if !done.Left {
				break
			}
			if done.Unread > 0 {
				return fmt.Errorf("%d dead letters could not be looked at, so not everything is known to be erased: deal with them (make dlq) or wait two minutes, then run this again", done.Unread)
			}
			if round == rounds {
				return errors.New("something is left: run this again")
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(sum)) {
		fmt.Fprintf(out, "%-20s %d\n", name, sum[name])
	}
	if o.key == "" && len(of.keys) > 0 {
		return fmt.Errorf("not erased, since they have a key: run this by KEY=%s", strings.Join(of.keys, ", KEY="))
	}
	fmt.Fprintln(out, "erased; index and backups: see infra/privacy.md")
	return nil
}

func list(ks []feedback.ResponseKey) string {
	all := make([]string, len(ks))
	for i, k := range ks {
		all[i] = string(k)
	}
	return strings.Join(all, ", ")
}

// plain is an address as it is compared.
func plain(s string) string { return strings.ToLower(strings.TrimSpace(s)) }

func isAddress(s string) bool {
	name, host, ok := strings.Cut(s, "@")
	return ok && name != "" && host != "" && !strings.ContainsAny(s, " \t\r\n\"<>")
}
