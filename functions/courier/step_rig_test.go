package main

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/ses"
	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/lifecycle"
	"resonanz/shared/store"
)

const complaint = feedback.EventID("0190b0c0-0000-7000-8000-0000000000c1")

// complains stores a complaint with its case, as the form does.
func (r *rig) complains(tb rapid.TB, change ...func(*feedback.Complaint, *feedback.Personal)) casefile.Number {
	tb.Helper()
	w := feedback.Complaint{
		EventID: complaint, ResponseKey: key, Touchpoint: "hotline", Channel: feedback.WebForm, Category: "service.waiting_time",
		Language: "en", SubmittedAt: r.clock, ReceivedAt: r.clock, CollectionMode: feedback.Self,
	}
	p := feedback.Personal{Comment: "I waited for an hour.", Remedy: "Call me.", Email: customer, Name: "Erika Beispiel"}
	for _, c := range change {
		c(&w, &p)
	}
	e := ledgerEntry(tb, w, p)
	c, entries := lifecycle.Receive(&w, lifecycle.Opening{Notifiable: p.Email != ""}, r.clock, r.rules)
	if _, _, err := r.memory.Submit(context.Background(), e, &c, pointers(entries)...); err != nil {
		tb.Fatal(err)
	}
	return c.Number
}

func ledgerEntry(tb rapid.TB, w feedback.Complaint, p feedback.Personal) *store.Entry {
	tb.Helper()
	event, err := json.Marshal(w)
	if err != nil {
		tb.Fatal(err)
	}
	own, err := json.Marshal(p)
	if err != nil {
		tb.Fatal(err)
	}
	return &store.Entry{
		Kind: feedback.KindComplaint, ResponseKey: w.ResponseKey, EventID: w.EventID, ReceivedAt: w.ReceivedAt, Event: event, Personal: own,
		Digest: store.DigestOf(append(event, own...)),
	}
}

func pointers(entries []casefile.Entry) []*casefile.Entry {
	all := make([]*casefile.Entry, len(entries))
	for i := range entries {
		all[i] = &entries[i]
	}
	return all
}

// does lets somebody do something about the case, an hour later.
func (r *rig) does(tb rapid.TB, n casefile.Number, kind casefile.ActorKind, cmd lifecycle.Command) {
	tb.Helper()
	r.clock = r.clock.Add(time.Hour)
	c, err := r.memory.GetCase(context.Background(), n)
	if err != nil {
		tb.Fatal(err)
	}
	next, entries, err := lifecycle.Apply(*c, cmd, casefile.Actor{Kind: kind, ID: "m.muster"}, r.clock, r.rules)
	if err != nil {
		tb.Fatalf("%s: %v", cmd.Do, err)
	}
	if err := r.memory.UpdateCase(context.Background(), &next, pointers(entries)...); err != nil {
		tb.Fatal(err)
	}
}

// informs are the messages that the entries of a case ask for.
func (r *rig) informs(tb rapid.TB, n casefile.Number) []string {
	tb.Helper()
	timeline, err := r.memory.Timeline(context.Background(), n)
	if err != nil {
		tb.Fatal(err)
	}
	var all []string
	for _, e := range timeline {
		if e.Inform {
			all = append(all, inform(tb, string(n), e.Seq))
		}
	}
	return all
}

func inform(tb rapid.TB, number string, seq int) string {
	tb.Helper()
	b, err := json.Marshal(events.Message{Version: events.Version, Type: events.TypeInform, Inform: &events.Inform{Case: number, Seq: seq}})
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

func tagsOf(in *ses.SendRawEmailInput) map[string]string {
	all := map[string]string{}
	for _, g := range in.Tags {
		all[*g.Name] = *g.Value
	}
	return all
}

// whole is a complaint that went through every step of which the customer is
// told, and back again.
func (r *rig) whole(tb rapid.TB) casefile.Number {
	tb.Helper()
	n := r.complains(tb)
	say := func(s string) *casefile.Words { return &casefile.Words{Text: s} }
	for _, s := range []struct {
		by  casefile.ActorKind
		cmd lifecycle.Command
	}{
		{casefile.Staff, lifecycle.Command{Do: casefile.Assessing, Severity: casefile.High, Words: say("internal")}},
		{casefile.Staff, lifecycle.Command{Do: casefile.Noting, Words: say("internal")}},
		{casefile.Staff, lifecycle.Command{Do: casefile.Investigating}},
		{casefile.Staff, lifecycle.Command{Do: casefile.Asking, Words: say("When was it?")}},
		{casefile.Customer, lifecycle.Command{Do: casefile.Replying, Words: say("On Monday.")}},
		{casefile.Staff, lifecycle.Command{Do: casefile.Answering, Words: say("We are listening to the recording.")}},
		{casefile.Staff, lifecycle.Command{Do: casefile.Deciding, Outcome: casefile.Accepted, Words: say("Two people were missing.")}},
		{casefile.Staff, lifecycle.Command{Do: casefile.Resolving, RootCause: "staffing", Words: say("We have called you.")}},
		{casefile.Customer, lifecycle.Command{Do: casefile.Accepting}},
		{casefile.Customer, lifecycle.Command{Do: casefile.Reopening, Words: say("It happened again.")}},
		{casefile.Customer, lifecycle.Command{Do: casefile.Withdrawing}},
	} {
		r.does(tb, n, s.by, s.cmd)
	}
	return n
}

// steps are the entries that the mails sent so far told, in order.
func (p *postOffice) steps() []string {
	var all []string
	for _, in := range p.sent {
		all = append(all, tagsOf(in)["entry"])
	}
	return all
}

// text is the raw mail with its soft line ends taken out.
func text(in *ses.SendRawEmailInput) string {
	return strings.NewReplacer("=\r\n", "", "=3D", "=").Replace(string(in.RawMessage.Data))
}
