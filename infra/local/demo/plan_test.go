package demo

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"resonanz/infra/configure"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

func configuration(t *testing.T) *config.Config {
	t.Helper()
	cfg, err := configure.Load("../../feedback.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

var late = time.Date(2026, time.November, 21, 18, 0, 0, 0, time.UTC)

var comparing = cmp.Options{cmp.AllowUnexported(Event{}), cmpopts.IgnoreUnexported(config.Config{}), cmpopts.EquateComparable(period.Period{})}

func TestTheSameSeedMakesTheSamePlan(t *testing.T) {
	cfg := configuration(t)
	first := NewPlan(cfg, late, 1, "1")
	if diff := cmp.Diff(first, NewPlan(cfg, late, 1, "1"), comparing); diff != "" {
		t.Error(diff)
	}
	other := NewPlan(cfg, late, 1, "2")
	if first.Customers[0].Invite.EventID == other.Customers[0].Invite.EventID {
		t.Error("another salt must make other events")
	}
	if cmp.Equal(first, NewPlan(cfg, late, 2, "1"), comparing) {
		t.Error("another seed must make another plan")
	}
}

func TestThePlanHasEveryKindOfCustomer(t *testing.T) {
	plan := NewPlan(configuration(t), late, 1, "1")
	if plan.Period.String() != "2026-11" || len(plan.Customers) != customers {
		t.Fatalf("got %s with %d customers", plan.Period, len(plan.Customers))
	}
	n := map[string]int{}
	for _, c := range plan.Customers {
		for what, is := range map[string]bool{
			"scanned": c.Scanned, "opened": c.Opened, "twice": c.Twice, "changed": len(c.Votes) == 2,
			"silent": !c.Scanned && !c.Opened && len(c.Votes) == 0,
		} {
			if is {
				n[what]++
			}
		}
		for _, v := range c.Votes {
			if !c.Place.Scale.Valid(v.Stars) {
				t.Errorf("%d stars at %s", v.Stars, c.Place.ID)
			}
			if v.Contact != "" {
				n["callback"]++
			}
			if isLow(c.Place.Scale, v.Stars) && v.Comment != "" {
				n["complaint"]++
			}
		}
		if len(c.Votes) == 2 && c.Votes[0].Stars == c.Votes[1].Stars {
			t.Error("a changed vote differs")
		}
	}
	for _, what := range []string{"scanned", "opened", "silent", "twice", "changed", "callback", "complaint"} {
		if n[what] < 5 {
			t.Errorf("%s: only %d", what, n[what])
		}
	}
}

func TestDevicesTapWithinTheMonthSoFar(t *testing.T) {
	cfg := configuration(t)
	for name, now := range map[string]time.Time{
		"late in the month":     late,
		"ten minutes into it":   time.Date(2026, time.October, 31, 23, 10, 0, 0, time.UTC), // 00:10 in Berlin
		"one minute into it":    time.Date(2026, time.October, 31, 23, 1, 0, 0, time.UTC),
		"the end of a leap day": time.Date(2028, time.February, 29, 22, 59, 0, 0, time.UTC),
	} {
		t.Run(name, func(t *testing.T) {
			plan := NewPlan(cfg, now, 1, "1")
			start, _ := plan.Period.Bounds(cfg.Zone())
			if len(plan.Devices) != len(cfg.Devices) {
				t.Fatalf("got %d devices", len(plan.Devices))
			}
			for _, d := range plan.Devices {
				seen := map[feedback.EventID]int{}
				for _, b := range d.Batches {
					again, wrong := 0, 0
					for _, e := range b.Events {
						if seen[e.EventID]++; seen[e.EventID] == 2 {
							again++
						}
						at, err := time.Parse(time.RFC3339, e.SubmittedAt)
						switch {
						case e.expect == bad:
							wrong++
						case err != nil:
							t.Errorf("%s: %v", e.EventID, err)
						case e.expect == skewed && !at.After(now.Add(time.Hour)):
							t.Errorf("%s is not ahead: %s", e.EventID, at)
						case e.expect != skewed && (at.Before(start) || at.After(now)):
							t.Errorf("%s lies outside the month so far: %s", e.EventID, at)
						}
					}
					if again != b.Again || wrong != b.Bad || b.Again == 0 || b.Bad == 0 {
						t.Errorf("a batch has %d repeated and %d bad events, says %d and %d", again, wrong, b.Again, b.Bad)
					}
				}
			}
		})
	}
}

func TestOnlyPlannedTapsComeTooSoon(t *testing.T) {
	for _, d := range NewPlan(configuration(t), late, 1, "1").Devices {
		at := map[int64]kind{}
		for _, b := range d.Batches {
			for _, e := range b.Events {
				if e.expect == bad || e.expect == skewed {
					continue
				}
				when, err := time.Parse(time.RFC3339, e.SubmittedAt)
				if err != nil {
					t.Fatal(err)
				}
				at[when.Unix()] = e.expect
			}
		}
		soon := 0
		for when, what := range at {
			if what == debounced {
				soon++
				if _, ok := at[when-1]; !ok {
					t.Errorf("%s: a debounced tap follows another by a second", d.Device)
				}
				continue
			}
			for s := when + 1; s < when+int64(slot.Seconds()); s++ {
				if k, ok := at[s]; ok && k != debounced {
					t.Errorf("%s: taps %d s apart", d.Device, s-when)
				}
			}
		}
		if d.Device == "kiosk-cologne-1" && soon == 0 {
			t.Error("no tap comes too soon")
		}
	}
}

func TestThePlanSaysItEveryWay(t *testing.T) {
	cfg := configuration(t)
	plan := NewPlan(cfg, late, 1, "1")
	start, _ := plan.Period.Bounds(cfg.Zone())
	n := map[string]int{}
	for _, m := range plan.Mailed {
		n["mailed"]++
		if m.Bounces {
			n["bounces"]++
		}
		if m.Unsubscribe {
			n["unsubscribes"]++
		}
		if !m.Invite.Send || !strings.HasPrefix(m.Invite.Email, mailbox) || (m.Bounces || m.Unsubscribe) && len(m.Votes) > 0 {
			t.Errorf("got %+v", m)
		}
	}
	for _, v := range plan.Visits {
		n["card "+v.Card.ID]++
		if !v.Card.At(v.Place) || !v.Place.Scale.Valid(v.Stars) {
			t.Errorf("card %s at %s: %d stars", v.Card.ID, v.Place.ID, v.Stars)
		}
		for id := range v.Answers {
			if v.Card.Item(id) == nil {
				t.Errorf("card %s has no question %s", v.Card.ID, id)
			}
		}
	}
	numbers := map[string]bool{}
	for _, c := range plan.Paper {
		at, err := time.Parse(time.RFC3339, c.SubmittedAt)
		if err != nil || at.Before(start) || at.After(late) || numbers[c.Number] {
			t.Errorf("paper card %s of %s: %v", c.Number, c.SubmittedAt, err)
		}
		numbers[c.Number] = true
	}
	for _, c := range plan.Complaints {
		n["complaints"]++
		if c.Comment == "" || !slices.Contains(cfg.Categories, c.Category) || !strings.HasPrefix(c.Email, complainants) {
			t.Errorf("got %+v", c)
		}
	}
	for _, c := range plan.FormComplaints {
		n["complaints by form"]++
		for what, is := range map[string]bool{"anonymous": c.Email == "", "worked on": c.Way != "", "twice": c.Twice, "in " + string(c.Language): true} {
			if is {
				n["complaints "+what]++
			}
		}
		if c.Comment == "" || !slices.Contains(cfg.Categories, c.Category) || c.Place == nil || c.Email != "" && !strings.HasPrefix(c.Email, complainants) {
			t.Errorf("got %+v", c)
		}
	}
	want := map[string]int{"mailed": mailed, "bounces": 2, "unsubscribes": 1, "card visit": cardVisits / 2, "card commissioning": cardVisits / 2, "complaints": complaints,
		"complaints by form": formComplaints, "complaints anonymous": 1, "complaints worked on": len(ways), "complaints twice": 1,
		"complaints in de": 3, "complaints in en": 3, "complaints in fr": 3, "complaints in it": 3,
	}
	if diff := cmp.Diff(want, n); diff != "" || len(numbers) != paperCards {
		t.Errorf("%d paper cards %s", len(numbers), diff)
	}
	cfg.Cards, cfg.Notify.MailFrom, cfg.Categories = nil, "", nil
	if poor := NewPlan(cfg, late, 1, "1"); len(poor.Mailed)+len(poor.Visits)+len(poor.Paper)+len(poor.Complaints)+len(poor.FormComplaints) != 0 {
		t.Errorf("without cards, sender or categories: %d, %d, %d, %d", len(poor.Mailed), len(poor.Visits), len(poor.Paper), len(poor.Complaints))
	}
}
