package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"resonanz/infra/local/emulator"
	"resonanz/shared/attach"
	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/monthly"
	"resonanz/shared/period"
	"resonanz/shared/responses"
	"resonanz/shared/store"
)

// found is everything that can be read back of a stack that is at rest.
type found struct {
	entries   []store.Entry
	cases     map[casefile.Number]*casefile.Case
	lines     map[casefile.Number][]casefile.Entry
	optOuts   map[store.ContactID]bool
	due       []dueItem // items of the table with a time in the due index
	index     map[[2]string]string
	facts     map[feedback.Kind]map[feedback.EventID]bool
	steps     map[step]bool
	mails     []emulator.Mail
	topic     []string // subjects of what the alert topic told
	hooks     map[string][2]int
	waiting   map[string]int // messages by queue
	dead      map[string][]string
	clean     []string // files that were let through
	suspected []string // files that were not looked at
	texts     []string // of every item of the table and every message, for what must be nowhere
	overdue   int      // lines of the due index whose time is past
}

// step is an entry of a timeline among the facts.
type step struct {
	number casefile.Number
	seq    int
}

// dueItem is an item that the clock is to look at.
type dueItem struct{ pk, sk, shard, at string }

// look reads everything back.
func (r *rig) look(ctx context.Context) (f *found, err error) {
	f = &found{
		cases: make(map[casefile.Number]*casefile.Case), lines: make(map[casefile.Number][]casefile.Entry), optOuts: make(map[store.ContactID]bool),
		hooks: r.hooks.delivered(),
	}
	for _, part := range []func(context.Context, *found) error{r.lookAtTable, r.lookAtIndex, r.lookAtFacts, r.lookAtFiles, r.lookAtQueues} {
		if err := part(ctx, f); err != nil {
			return nil, err
		}
	}
	if f.mails, err = r.Mails(ctx); err != nil {
		return nil, err
	}
	told, err := r.Peek(ctx, r.alerts)
	for _, m := range told {
		var said struct{ Subject string }
		if err := json.Unmarshal([]byte(m.Body), &said); err != nil {
			return nil, fmt.Errorf("reading what the topic told: %w", err)
		}
		f.topic = append(f.topic, said.Subject)
	}
	return f, err
}

func (r *rig) lookAtTable(ctx context.Context, f *found) error {
	return store.ScanAll(ctx, dynamodb.NewFromConfig(r.AWS()), r.Table, func(it store.Item) error {
		switch {
		case it.Entry != nil:
			if !feedback.OfCanary(it.Entry.Event) {
				f.entries = append(f.entries, *it.Entry)
			}
		case it.Case != nil:
			f.cases[it.Case.Number] = it.Case
		case it.Line != nil:
			f.lines[it.Line.Case] = append(f.lines[it.Line.Case], *it.Line)
		case it.OptOut != nil:
			f.optOuts[it.OptOut.Contact] = true
		case it.Unread != nil:
			return fmt.Errorf("an item cannot be read: %s", it.Unread.Why)
		}
		return nil
	})
}

// lookAtIndex compares what the due index holds with what the table says it should.
func (r *rig) lookAtIndex(ctx context.Context, f *found) error {
	f.index = make(map[[2]string]string)
	api := dynamodb.NewFromConfig(r.AWS())
	index := store.IndexDue
	for _, in := range []*dynamodb.ScanInput{{TableName: &r.Table}, {TableName: &r.Table, IndexName: &index}} {
		for pages := dynamodb.NewScanPaginator(api, in); pages.HasMorePages(); {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return fmt.Errorf("reading the due index: %w", err)
			}
			for _, it := range page.Items {
				d := dueItem{textIn(it, store.AttrPK), textIn(it, store.AttrSK), textIn(it, store.AttrDueShard), textIn(it, store.AttrDueAt)}
				if in.IndexName != nil {
					f.index[[2]string{d.pk, d.sk}] = d.shard + " " + d.at
					continue
				}
				if d.shard != "" {
					f.due = append(f.due, d)
				}
				for name := range it {
					f.texts = append(f.texts, textIn(it, name))
				}
			}
		}
	}
	return r.table.Due(ctx, time.Now(), func(store.Due) error { f.overdue++; return nil })
}

func (r *rig) lookAtFacts(ctx context.Context, f *found) error {
	this := period.Of(time.Now(), r.cfg.Zone())
	batch, err := monthly.Read(ctx, r.facts, []period.Period{this.Add(-1), this, this.Add(1)})
	if err != nil {
		return fmt.Errorf("reading the facts: %w", err)
	}
	f.facts, f.steps = make(map[feedback.Kind]map[feedback.EventID]bool), make(map[step]bool)
	note := func(kind feedback.Kind, event [16]byte) {
		if f.facts[kind] == nil {
			f.facts[kind] = make(map[feedback.EventID]bool)
		}
		f.facts[kind][responses.EventID(event)] = true
	}
	for i := range batch.Votes {
		note(feedback.KindRating, batch.Votes[i].Event)
	}
	for i := range batch.Invitations {
		note(feedback.KindInvitation, batch.Invitations[i].Event)
	}
	for i := range batch.Complaints {
		note(feedback.KindComplaint, batch.Complaints[i].Event)
	}
	for i := range batch.Deliveries {
		note(feedback.KindDelivery, batch.Deliveries[i].Event)
	}
	for i := range batch.Transitions {
		t := &batch.Transitions[i]
		f.steps[step{casefile.Number(batch.Text(t.Case)), int(t.Seq)}] = true
	}
	return nil
}

func (r *rig) lookAtFiles(ctx context.Context, f *found) error {
	api := s3.NewFromConfig(r.AWS())
	for folder, into := range map[string]*[]string{attach.Clean: &f.clean, attach.Quarantine: &f.suspected} {
		for pages := s3.NewListObjectsV2Paginator(api, &s3.ListObjectsV2Input{Bucket: &r.AttachmentsBucket, Prefix: &folder}); pages.HasMorePages(); {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return fmt.Errorf("listing attachments: %w", err)
			}
			for _, o := range page.Contents {
				*into = append(*into, *o.Key)
			}
		}
	}
	return nil
}

func (r *rig) lookAtQueues(ctx context.Context, f *found) error {
	f.waiting, f.dead = make(map[string]int), make(map[string][]string)
	read := func(url string) ([]emulator.Message, error) { return r.Peek(ctx, url) }
	for _, q := range r.Queues() {
		live, err := read(q.URL)
		if err != nil {
			return err
		}
		if len(live) > 0 {
			f.waiting[q.Name] = len(live)
		}
		dead, err := read(q.DeadURL)
		if err != nil {
			return err
		}
		for _, m := range dead {
			f.dead[q.Name] = append(f.dead[q.Name], m.Attributes["reason"].StringValue+" "+clip(m.Body))
			f.texts = append(f.texts, m.Body)
		}
	}
	dead, err := read(r.StreamFailureURL)
	for _, m := range dead {
		f.dead["stream"] = append(f.dead["stream"], m.Attributes["reason"].StringValue+" "+clip(m.Body))
	}
	return err
}

// clip is the beginning of a text; what is stored here is synthetic.
func clip(s string) string { return s[:min(len(s), 160)] }

// unsettled says what is still on its way, or nil: nothing waits in a queue, and
// every event and every step has its fact.
func (f *found) unsettled() error {
	var errs []error
	for name, n := range f.waiting {
		errs = append(errs, fmt.Errorf("%d messages in %s", n, name))
	}
	if n := len(f.missingFacts()); n > 0 {
		errs = append(errs, fmt.Errorf("%d without a fact", n))
	}
	if f.overdue > 0 {
		errs = append(errs, fmt.Errorf("%d overdue", f.overdue))
	}
	if len(f.suspected) > 0 {
		errs = append(errs, fmt.Errorf("%d files not looked at", len(f.suspected)))
	}
	return errors.Join(errs...)
}

// factOf is the kind of the fact of an event: a card is a vote.
func factOf(kind feedback.Kind) feedback.Kind {
	if kind == feedback.KindCard {
		return feedback.KindRating
	}
	return kind
}

func (f *found) missingFacts() (missing []string) {
	for i := range f.entries {
		e := &f.entries[i]
		if !f.facts[factOf(e.Kind)][e.EventID] {
			missing = append(missing, string(e.Kind)+" "+string(e.EventID))
		}
	}
	for number, lines := range f.lines {
		for i := range lines {
			if !f.steps[step{number, lines[i].Seq}] {
				missing = append(missing, fmt.Sprintf("entry %d of case %s", lines[i].Seq, number))
			}
		}
	}
	return missing
}

// breaches are the promises that do not hold; checked is how many were looked at.
func (f *found) breaches(o *owed, cfg *config.Config, windows map[string]int) (all []string, checked int, repeated map[string]int) {
	c := &checker{f: f, o: o, cfg: cfg, repeated: make(map[string]int)}
	o.mu.Lock()
	defer o.mu.Unlock()
	c.ledger()
	c.factsAreWhatIsStored()
	c.casesAreWhole()
	c.timersAreKept()
	c.told()
	c.queuesAreEmpty()
	c.goneIsGone()
	for fn, n := range c.repeated {
		c.that(n <= windows[fn], "%d mails, webhooks or alerts of %s came again, its accidents explain %d", n, fn, windows[fn])
	}
	slices.Sort(c.broken)
	return c.broken, c.checked, c.repeated
}

// checker holds what was found against what is owed.
type checker struct {
	f        *found
	o        *owed
	cfg      *config.Config
	checked  int
	broken   []string
	repeated map[string]int // effects that came more often than once, by function
}

func (c *checker) that(holds bool, format string, args ...any) {
	c.checked++
	if !holds {
		c.broken = append(c.broken, fmt.Sprintf(format, args...))
	}
}

// goneIsGone: what was erased stands nowhere. Opt-outs are kept by hash.
func (c *checker) goneIsGone() {
	for what := range c.o.gone {
		n := 0
		for _, text := range c.f.texts {
			if strings.Contains(text, what) {
				n++
			}
		}
		c.that(n == 0, "what was erased stands in %d places", n)
	}
}

// ledger: accepted = stored, each once.
func (c *checker) ledger() {
	kinds := make(map[feedback.ResponseKey]map[feedback.Kind]int)
	ids := make(map[feedback.EventID]int)
	for i := range c.f.entries {
		e := &c.f.entries[i]
		if kinds[e.ResponseKey] == nil {
			kinds[e.ResponseKey] = make(map[feedback.Kind]int)
		}
		kinds[e.ResponseKey][e.Kind]++
		ids[e.EventID]++
		c.that(ids[e.EventID] == 1, "event %s is stored %d times", e.EventID, ids[e.EventID])
	}
	for key, want := range c.o.responses {
		// Who dies after sending finds out later that the customer wants no mail, and
		// takes the mail for one that was never sent.
		if kinds[key][feedback.KindDelivery] == want[feedback.KindDelivery]+1 && c.o.optedOut[c.o.askedAt[key]] {
			kinds[key][feedback.KindDelivery]--
			if kinds[key][feedback.KindDelivery] == 0 {
				delete(kinds[key], feedback.KindDelivery)
			}
			c.repeated["courier"]++
		}
		c.that(fmt.Sprint(want) == fmt.Sprint(kinds[key]), "response %s has %v, accepted were %v", key, kinds[key], want)
	}
	for id := range c.o.events {
		c.that(ids[id] == 1, "event %s was accepted and is stored %d times", id, ids[id])
	}
	for mark := range c.o.marks {
		n := 0
		for i := range c.f.entries {
			if strings.Contains(string(c.f.entries[i].Personal), mark) {
				n++
			}
		}
		c.that(n == 1, "what was said once (%s) is stored %d times", mark, n)
	}
	for address := range c.o.optedOut {
		c.that(c.f.optOuts[contact(address)], "who opted out is invited all the same")
	}
}

func (c *checker) factsAreWhatIsStored() {
	for _, missing := range c.f.missingFacts() {
		c.that(false, "no fact of %s", missing)
	}
	stored := make(map[feedback.EventID]feedback.Kind)
	for i := range c.f.entries {
		stored[c.f.entries[i].EventID] = factOf(c.f.entries[i].Kind)
	}
	for kind, facts := range c.f.facts {
		for id := range facts {
			c.that(stored[id] == kind, "fact %s %s of nothing stored", kind, id)
		}
	}
	for s := range c.f.steps {
		c.that(s.seq >= 1 && s.seq <= len(c.f.lines[s.number]), "fact of entry %d of case %s, which is not there", s.seq, s.number)
	}
}

func (c *checker) queuesAreEmpty() {
	for name, n := range c.f.waiting {
		c.that(n == 0, "%d messages are left in queue %s", n, name)
	}
	for name, dead := range c.f.dead {
		c.that(len(dead) == 0, "%d dead letters of %s: %s", len(dead), name, strings.Join(dead, " | "))
	}
	c.that(len(c.f.suspected) == 0, "%d files were never looked at", len(c.f.suspected))
	files := 0
	for number, n := range c.o.files {
		if k := c.f.cases[number]; k != nil {
			files += n
			c.that(len(k.Handling.Attachments) == n, "case %s has %d files, sent were %d", number, len(k.Handling.Attachments), n)
		}
	}
	c.that(len(c.f.clean) == files, "%d files let through, %d in cases", len(c.f.clean), files)
}
