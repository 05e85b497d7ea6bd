package main

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/notice"
)

// textIn is the text of an item's attribute, or "".
func textIn(it map[string]types.AttributeValue, name string) string {
	if v, ok := it[name].(*types.AttributeValueMemberS); ok {
		return v.Value
	}
	return ""
}

// casesAreWhole: every case that is owed is there, its chain of hashes holds, and
// its timeline replays to its state.
func (c *checker) casesAreWhole() {
	for number := range c.o.complaints {
		c.that(c.f.cases[number] != nil, "case %s was promised and is not there", number)
	}
	for number := range c.o.callbacks {
		c.that(c.f.cases[number] != nil, "callback %s is owed and not there", number)
	}
	for number := range c.f.lines {
		c.that(c.f.cases[number] != nil, "a timeline without its case %s", number)
	}
	for number, k := range c.f.cases {
		lines := c.f.lines[number]
		slices.SortFunc(lines, func(a, b casefile.Entry) int { return a.Seq - b.Seq })
		err := casefile.Check(k, lines)
		c.that(err == nil, "%v", err)
		if len(lines) == 0 {
			continue
		}
		var replayed casefile.Handling
		once := make(map[string]int)
		for i := range lines {
			if lines[i].Set != nil {
				replayed.Merge(*lines[i].Set)
			}
			if e := &lines[i]; e.Cause != "" && e.By.Kind != casefile.System {
				once[string(e.Cause)+string(e.Action)]++
				c.that(once[string(e.Cause)+string(e.Action)] == 1, "case %s: %s was done twice by one command", number, e.Action)
			}
		}
		last := &lines[len(lines)-1]
		c.that(last.Status == "" || last.Status == k.Status, "case %s is %s, its timeline says %s", number, k.Status, last.Status)
		c.that(last.Step == k.Step, "case %s is at step %d, its timeline at %d", number, k.Step, last.Step)
		if c.o.aged[number] {
			continue // its times were moved
		}
		c.that(last.DueAt.Equal(k.DueAt), "case %s is due at %s, its timeline says %s", number, k.DueAt, last.DueAt)
		c.that(asJSON(replayed) == asJSON(k.Handling), "case %s: its timeline replays to\n  %s, its state is\n  %s", number, asJSON(replayed), asJSON(k.Handling))
	}
}

func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// timersAreKept: whatever is open is in the due index, at its own time, and
// nothing whose time has passed was left.
func (c *checker) timersAreKept() {
	for _, d := range c.f.due {
		at := c.f.index[[2]string{d.pk, d.sk}]
		c.that(at == d.shard+" "+d.at, "the due index has %q for %s, the table %q", at, general(d.pk), d.shard+" "+d.at)
	}
	c.that(len(c.f.index) == len(c.f.due), "%d lines of the due index, %d items with a time", len(c.f.index), len(c.f.due))
	c.that(c.f.overdue == 0, "%d timers have passed and nobody was told", c.f.overdue)
	items := make(map[string]dueItem, len(c.f.due))
	for _, d := range c.f.due {
		items[d.pk] = d
	}
	for number, k := range c.f.cases {
		d, ok := items["CASE#"+string(number)]
		if k.Status.Ended() && k.NextAt.IsZero() {
			continue
		}
		c.that(ok, "case %s is %s and on no list", number, k.Status)
		if !k.Status.Ended() {
			c.that(d.at == k.NextAt.UTC().Format(dueText), "case %s: the clock looks at %s, it should at %s", number, d.at, k.NextAt)
		}
	}
}

// told: whoever must hear of a step heard once, and nobody of anything else. What
// came again is counted by the function that told it.
func (c *checker) told() {
	staff := make(map[[2]string]int) // mails by case and recipient
	topic := make(map[string]int)    // alerts of the topic, by case
	hooks := make(map[string]bool)   // webhooks, by id
	informs := make(map[string]int)  // mails by address of a customer
	for number, lines := range c.f.lines {
		for i := range lines {
			e := &lines[i]
			if e.Inform {
				informs[c.o.complaints[number]]++
			}
			if e.Alert == nil {
				continue
			}
			for _, to := range notice.Recipients(e.Alert, c.cfg.Chain(e.Alert.Team)) {
				staff[[2]string{string(number), to}]++
			}
			topic[string(number)]++
			if e.Alert.Reason == events.CustomerActed {
				hooks[e.Alert.ID] = true
			}
		}
	}
	for address, n := range c.o.invited {
		informs[address] += n
	}
	c.mails(staff, informs)
	got := make(map[string]int)
	for _, subject := range c.f.topic {
		got[caseNumber.FindString(subject)]++
	}
	for number, want := range topic {
		c.atLeast("notify", got[number], want, "the topic told of case "+number)
	}
	for id := range hooks {
		d := c.f.hooks[id]
		c.that(d[0] >= 1, "no webhook of %s", id)
		c.that(d[1] <= 1, "the webhooks of %s say %d different things", id, d[1])
	}
	for id := range c.f.hooks {
		if caseNumber.MatchString(id) {
			c.that(hooks[id], "a webhook %s of nothing that happened", id)
		}
	}
}

// mails holds the mails that were sent against those that were wanted.
func (c *checker) mails(staff map[[2]string]int, informs map[string]int) {
	gotStaff, gotCustomer := make(map[[2]string]int), make(map[string]int)
	for i := range c.f.mails {
		m := &c.f.mails[i]
		to := strings.Join(m.To, ",")
		if strings.HasPrefix(to, "chaos-") || strings.Contains(to, "<chaos-") {
			gotCustomer[strings.Trim(to[strings.Index(to, "chaos-"):], "<>")]++
		} else if number := caseNumber.FindString(m.Subject); number != "" {
			gotStaff[[2]string{number, to}]++
		}
	}
	for k, want := range staff {
		c.atLeast("notify", gotStaff[k], want, "mails of case "+k[0]+" to "+k[1])
	}
	for k := range gotStaff {
		c.that(staff[k] > 0, "%d mails of case %s to %s, who had to hear nothing", gotStaff[k], k[0], k[1])
	}
	for address, want := range informs {
		c.atLeast("courier", gotCustomer[address], want, "mails to "+address)
	}
	for address, n := range gotCustomer {
		c.that(informs[address] > 0, "%d mails to %s, who had to hear nothing", n, address)
	}
}

// atLeast: what is told is never told less often than it happened; more often only
// where a function had an accident in the window between an effect and its mark.
func (c *checker) atLeast(fn string, got, want int, what string) {
	c.that(got >= want, "%s: %d, want %d", what, got, want)
	if got > want {
		c.repeated[fn] += got - want
	}
}
