package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/consume"
	"resonanz/shared/delivery"
	"resonanz/shared/feedback"
	"resonanz/shared/letter"
	"resonanz/shared/link"
	"resonanz/shared/once"
	"resonanz/shared/store"
)

// step tells the customer of one step of a complaint, once.
func (h *handler) step(ctx context.Context, in *events.Inform, meta consume.Meta, t *tally) error {
	number, err := casefile.ParseNumber(in.Case)
	if err != nil || in.Seq < 1 {
		return consume.Poison(errors.New("reading what to tell: not an entry of a case"))
	}
	if h.office.from == "" { // who sends no mail promises none: see the pages
		t.caseDropped++
		return nil
	}
	if !h.office.open() {
		return consume.Poison(errNoSender)
	}
	effect := string(number) + "#" + strconv.Itoa(in.Seq) + "#inform"
	outcome, err := h.once.Do(ctx, effect, func(ctx context.Context) error {
		err := h.tell(ctx, number, in.Seq, t)
		if errors.Is(err, errNothingToSend) {
			t.caseDropped++
			h.log.InfoContext(ctx, "not sent", slog.String("effect", effect), slog.String("reason", err.Error()))
			return nil
		}
		return err
	})
	if outcome == once.Failed && spent(err, meta) {
		t.casePutAside++
		err = consume.Poison(err)
	}
	return err
}

// tell sends the mail of one entry. Errors: errNothingToSend when nobody is left
// to be told; poison when it is none that a customer is told.
func (h *handler) tell(ctx context.Context, number casefile.Number, seq int, t *tally) error {
	now := h.now().UTC().Truncate(time.Millisecond)
	c, err := h.ledger.GetCase(ctx, number)
	if errors.Is(err, store.ErrNotFound) {
		return consume.Poison(err)
	}
	if err != nil {
		return err
	}
	timeline, err := h.ledger.Timeline(ctx, number)
	if err != nil {
		return err
	}
	m, ok := letter.TellOf(c, timeline, seq, h.rules)
	if !ok || !m.Step.Inform {
		return consume.Poison(fmt.Errorf("case %s: its customer is not told of entry %d", number, seq))
	}
	to, err := h.complainant(ctx, c, timeline[:seq], &m)
	if err != nil {
		return err
	}
	if m.Step.Action == casefile.Acknowledging {
		if m.Crisis, err = h.crisis(ctx); err != nil {
			return err
		}
	}
	ring, err := h.links.Fresh(ctx, now)
	if err != nil {
		return err
	}
	m.Until = now.AddDate(0, 0, h.cfg.Complaints.LinkDays)
	m.Token = link.SignCase(ring, link.Case{Number: string(number), Language: c.Language, ExpiresAt: m.Until})
	mail, err := h.writer.CaseMail(to, m, now)
	if err == nil {
		err = h.office.send(ctx, to, mail, tag{"case", string(number)}, tag{"entry", strconv.Itoa(seq)}, tag{"mail", "case"})
	}
	if errors.Is(err, letter.ErrAddress) || errors.Is(err, errRefused) {
		h.log.WarnContext(ctx, "refused", slog.String("case", string(number)), slog.Int("entry", seq), slog.String("error", err.Error()))
		if err := delivery.Unreached(ctx, h.ledger, number, now, h.rules); err != nil {
			return err
		}
		t.caseRefused++
		return nil
	}
	if err == nil {
		t.caseMailed++
	}
	return err
}

// complainant finds whom to write to: the address that was given last with a
// complaint of the response. What the complaint behind the entries said goes
// into m. Errors: errNothingToSend when no address is known any more.
func (h *handler) complainant(ctx context.Context, c *casefile.Case, timeline []casefile.Entry, m *letter.CaseMail) (string, error) {
	entries, err := h.ledger.Response(ctx, c.ResponseKey)
	if err != nil {
		return "", err
	}
	var all []letter.Complained
	for i := range entries {
		e := &entries[i]
		if e.Kind != feedback.KindComplaint {
			continue
		}
		var w feedback.Complaint
		var p feedback.Personal
		if json.Unmarshal(e.Event, &w) != nil || len(e.Personal) > 0 && json.Unmarshal(e.Personal, &p) != nil {
			// The cause could quote the address.
			return "", consume.Poison(fmt.Errorf("event %s: what was said is malformed", e.EventID))
		}
		all = append(all, letter.Complained{EventID: e.EventID, Email: p.Email, Said: letter.Said{
			Name: p.Name, Comment: p.Comment, Remedy: p.Remedy, ReceivedAt: w.ReceivedAt,
			Assisted: w.CollectionMode == feedback.Assisted, Callback: w.CallbackRequested,
		}})
	}
	to := m.Hear(all, timeline)
	if to == "" {
		return "", fmt.Errorf("%w: no address is known any more", errNothingToSend)
	}
	return to, nil
}

// crisis reports whether one is on: until its case is closed.
func (h *handler) crisis(ctx context.Context) (bool, error) {
	k, err := h.ledger.Crisis(ctx)
	if err != nil || k.Case == "" {
		return false, err
	}
	c, err := h.ledger.GetCase(ctx, k.Case)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && !c.Status.Ended(), err
}
