package responses_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	. "resonanz/shared/responses"
)

var march = period.FromIndex(26*12 + 2)

// facts draws the facts of a few responses, taps and invitations around a month
// end, dense enough that windows, debouncing and ties all happen.
func facts(t *rapid.T) (ratings []feedback.Rating, invitations []feedback.Invitation) {
	base := time.Date(2026, 3, 31, 21, 59, 0, 0, time.UTC)
	keys := make([]feedback.ResponseKey, 6)
	for i := range keys {
		keys[i] = feedback.NewResponseKey(march.Add(i%3-1), feedback.ResponseID{9: byte(i)}) // alike up to the last byte
	}
	for i := range rapid.IntRange(0, 25).Draw(t, "votes") {
		id := feedback.DeriveEventID("vote", fmt.Sprint(i))
		submitted := base.Add(time.Duration(rapid.IntRange(-3000, 3000).Draw(t, "submitted")) * 100 * time.Millisecond)
		if rapid.Bool().Draw(t, "far") {
			submitted = submitted.Add(time.Duration(rapid.IntRange(-60, 60).Draw(t, "hours")) * time.Hour)
		}
		r := feedback.Rating{
			EventID: id, ResponseKey: rapid.SampledFrom(keys).Draw(t, "key"), Scale: feedback.Stars5, Channel: feedback.EmailLink,
			Touchpoint: rapid.SampledFrom([]feedback.Touchpoint{"hotline", "checkout-cologne"}).Draw(t, "touchpoint"),
			Rating:     rapid.IntRange(1, 5).Draw(t, "rating"), CollectionMode: feedback.Self,
			SubmittedAt: submitted, ReceivedAt: submitted.Add(time.Duration(rapid.IntRange(-400, 200).Draw(t, "delay")) * time.Second),
			Reason: rapid.SampledFrom([]string{"", "waiting_time", "tab\there"}).Draw(t, "reason"),
		}
		if rapid.IntRange(0, 4).Draw(t, "assisted") == 0 {
			r.CollectionMode = feedback.Assisted
		}
		if rapid.Bool().Draw(t, "tap") {
			r.Channel, r.Device = feedback.Kiosk, rapid.SampledFrom([]feedback.Device{"kiosk-1", "kiosk-2"}).Draw(t, "device")
			at, _ := feedback.EffectiveTime(r.SubmittedAt, r.ReceivedAt, 5*time.Minute)
			r.ResponseKey = feedback.KeyFor(id, at, time.UTC)
		}
		ratings = append(ratings, r)
	}
	for i := range rapid.IntRange(0, 4).Draw(t, "invitations") {
		invitations = append(invitations, feedback.Invitation{
			EventID: feedback.DeriveEventID("invitation", fmt.Sprint(i)), ResponseKey: keys[i], Touchpoint: "hotline", Channel: feedback.EmailLink,
			IssuedAt: base, ReceivedAt: base, ExpiresAt: base.AddDate(0, 0, 14),
		})
	}
	return ratings, invitations
}

// others draws cards, complaints and deliveries of the same few responses.
func others(t *rapid.T) (cards []feedback.Card, complaints []feedback.Complaint, deliveries []feedback.Delivery) {
	ratings, _ := facts(t)
	base := time.Date(2026, 3, 31, 21, 59, 0, 0, time.UTC)
	for i, r := range ratings {
		at := base.Add(time.Duration(rapid.IntRange(-100, 100).Draw(t, "seconds")) * time.Second)
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			r.EventID = feedback.DeriveEventID("card", fmt.Sprint(i))
			cards = append(cards, feedback.Card{Rating: r, Card: rapid.SampledFrom([]string{"visit", "repair"}).Draw(t, "card"),
				Phase:   rapid.SampledFrom([]string{"", "pilot"}).Draw(t, "phase"),
				Answers: rapid.MapOfN(rapid.SampledFrom([]string{"a", "b"}), rapid.SampledFrom([]string{"1", "yes"}), 0, 2).Draw(t, "answers")})
		case 1:
			complaints = append(complaints, feedback.Complaint{
				EventID: feedback.DeriveEventID("complaint", fmt.Sprint(i)), ResponseKey: r.ResponseKey, Touchpoint: r.Touchpoint, Channel: feedback.WebForm,
				Category: rapid.SampledFrom([]string{"other", "privacy"}).Draw(t, "category"), SubmittedAt: at, ReceivedAt: at, CollectionMode: r.CollectionMode,
			})
		case 2:
			deliveries = append(deliveries, feedback.Delivery{
				EventID: feedback.DeriveEventID("delivery", fmt.Sprint(i)), ResponseKey: r.ResponseKey,
				Outcome: rapid.SampledFrom(Outcomes[:]).Draw(t, "outcome"), At: at, ReceivedAt: at,
			})
		}
	}
	return cards, complaints, deliveries
}

func loadOthers(t *rapid.T, cards []feedback.Card, complaints []feedback.Complaint, deliveries []feedback.Delivery) *Batch {
	b := new(Batch)
	add := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := range cards {
		add(b.AddCard(&cards[i]))
	}
	for i := range complaints {
		add(b.AddComplaint(&complaints[i]))
	}
	for i := range deliveries {
		add(b.AddDelivery(&deliveries[i]))
	}
	return b
}

func load(t interface {
	Helper()
	Fatal(...any)
}, ratings []feedback.Rating, invitations []feedback.Invitation) *Batch {
	t.Helper()
	b := new(Batch)
	for i := range ratings {
		if err := b.AddRating(&ratings[i]); err != nil {
			t.Fatal(err)
		}
	}
	for i := range invitations {
		if err := b.AddInvitation(&invitations[i]); err != nil {
			t.Fatal(err)
		}
	}
	return b
}

// told is everything a Set says, with names as text.
func told(b *Batch, cutoff time.Time, first, last, upTo period.Period) []string {
	set := NewSet(b, first, last)
	sum, n := set.Hash(cutoff)
	lines := []string{fmt.Sprint(sum, n)}
	folding := set.Fold(DefaultRules, cutoff)
	for r := range folding.Responses() {
		if upTo.Before(r.Key.Period()) {
			continue
		}
		lines = append(lines, fmt.Sprint(r.Key.ResponseKey(), r.At, EventID(r.First.Event), EventID(r.Vote.Event), r.Vote.Rating,
			b.Text(r.Vote.Touchpoint), b.Text(r.Vote.Reason), b.Text(r.Vote.Card), b.Text(r.Vote.Phase), b.Text(r.Vote.Answers), r.Accepted, r.Ignored, r.Skewed, r.Assisted, r.Overruled))
	}
	var taps []string
	for v := range folding.Debounced() {
		if !upTo.Before(v.Key.Period()) {
			taps = append(taps, fmt.Sprint("debounced ", EventID(v.Event)))
		}
	}
	slices.Sort(taps)
	lines = append(lines, taps...)
	for inv := range set.Invitations() {
		lines = append(lines, fmt.Sprint("invited ", EventID(inv.Event), b.Text(inv.Touchpoint)))
	}
	for c := range set.Complaints() {
		lines = append(lines, fmt.Sprint("complained ", EventID(c.Event), b.Text(c.Category), b.Text(c.Touchpoint), At(c.Submitted)))
	}
	for d := range set.Deliveries() {
		lines = append(lines, fmt.Sprint("mailed ", EventID(d.Event), d.Outcome, At(d.At)))
	}
	start, _ := first.Bounds(time.UTC)
	_, end := last.Bounds(time.UTC)
	for d, inv := range set.LateFailures(cutoff, time.Time{}, start, end) {
		lines = append(lines, fmt.Sprint("late ", EventID(d.Event), EventID(inv.Event)))
	}
	return lines
}

func TestOrderDuplicatesAndPartitionChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ratings, invitations := facts(t)
		cutoff := time.Date(2026, 3, 31, 22, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(-100, 100).Draw(t, "cutoff")) * time.Second)
		cards, complaints, deliveries := others(t)
		reference := load(t, ratings, invitations)
		reference.Append(loadOthers(t, cards, complaints, deliveries))
		want := told(reference, cutoff, march.Add(-1), march.Add(1), march.Add(1))

		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		again := slices.Clone(ratings)
		for range rapid.IntRange(0, 10).Draw(t, "duplicates") {
			if len(ratings) > 0 {
				again = append(again, ratings[rnd.IntN(len(ratings))])
			}
		}
		rnd.Shuffle(len(again), func(i, j int) { again[i], again[j] = again[j], again[i] })
		slices.Reverse(invitations)
		whole := load(t, nil, append(invitations, invitations...))
		slices.Reverse(cards)
		slices.Reverse(complaints)
		slices.Reverse(deliveries)
		half := len(deliveries) / 2
		for _, file := range rapid.Permutation([]*Batch{
			loadOthers(t, cards, nil, deliveries[half:]), loadOthers(t, nil, complaints, nil),
			loadOthers(t, nil, complaints[:len(complaints)/2], deliveries[:half]), loadOthers(t, cards[:len(cards)/2], nil, nil),
		}).Draw(t, "files") {
			whole.Append(file)
		}
		for len(again) > 0 {
			n := 1 + rnd.IntN(len(again))
			whole.Append(load(t, again[:n], nil))
			again = again[n:]
		}
		if diff := gocmp.Diff(want, told(whole, cutoff, march.Add(-1), march.Add(1), march.Add(1))); diff != "" {
			t.Fatalf("other order, duplicates and files (-want +got):\n%s", diff)
		}
	})
}

// plain folds by the letter of the rules, with maps and whole sorts.
func plain(ratings []feedback.Rating, cutoff time.Time) (votes map[feedback.ResponseKey]feedback.EventID, debounced int) {
	effective := func(r feedback.Rating) time.Time {
		at, _ := feedback.EffectiveTime(r.SubmittedAt, r.ReceivedAt, DefaultRules.MaxSkew)
		return at
	}
	var known []feedback.Rating
	for _, r := range ratings {
		if r.ReceivedAt.Before(cutoff) {
			known = append(known, r)
		}
	}
	slices.SortFunc(known, func(a, b feedback.Rating) int {
		return cmp.Or(strings.Compare(string(a.Device), string(b.Device)), strings.Compare(string(a.ResponseKey[:7]), string(b.ResponseKey[:7])),
			a.SubmittedAt.Compare(b.SubmittedAt), a.ReceivedAt.Compare(b.ReceivedAt), strings.Compare(string(a.EventID), string(b.EventID)))
	})
	byKey := map[feedback.ResponseKey][]feedback.Rating{}
	for i, r := range known {
		if r.Device != "" && i > 0 && known[i-1].Device == r.Device {
			if d := r.SubmittedAt.Sub(known[i-1].SubmittedAt); d >= 0 && d < DefaultRules.Debounce {
				debounced++
				continue
			}
		}
		byKey[r.ResponseKey] = append(byKey[r.ResponseKey], r)
	}
	votes = map[feedback.ResponseKey]feedback.EventID{}
	for key, all := range byKey {
		own := slices.DeleteFunc(slices.Clone(all), func(r feedback.Rating) bool { return r.CollectionMode == feedback.Assisted })
		if len(own) == 0 {
			own = all
		}
		slices.SortFunc(own, func(a, b feedback.Rating) int {
			return cmp.Or(effective(a).Compare(effective(b)), a.ReceivedAt.Compare(b.ReceivedAt), a.SubmittedAt.Compare(b.SubmittedAt), strings.Compare(string(a.EventID), string(b.EventID)))
		})
		for _, r := range own {
			if !effective(r).After(effective(own[0]).Add(DefaultRules.EditWindow)) {
				votes[key] = r.EventID
			}
		}
	}
	return votes, debounced
}

func TestTheFastFoldAgreesWithThePlainOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ratings, _ := facts(t)
		cutoff := time.Date(2026, 3, 31, 22, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(-100, 100).Draw(t, "cutoff")) * time.Second)
		want, wantDebounced := plain(ratings, cutoff)
		folding := NewSet(load(t, ratings, nil), march.Add(-2), march.Add(2)).Fold(DefaultRules, cutoff)
		got := map[feedback.ResponseKey]feedback.EventID{}
		for r := range folding.Responses() {
			got[r.Key.ResponseKey()] = EventID(r.Vote.Event)
		}
		if diff := gocmp.Diff(want, got); diff != "" {
			t.Fatalf("the vote that counts (-plain +fast):\n%s", diff)
		}
		if n := len(slices.Collect(folding.Debounced())); n != wantDebounced {
			t.Fatalf("%d debounced, plainly %d", n, wantDebounced)
		}
	})
}

func TestFactsThatDisagreeAboutOneEventResolveTheSameWay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ratings, invitations := facts(t)
		for i := range ratings { // few ids, so that contents collide
			ratings[i].EventID = feedback.DeriveEventID(fmt.Sprint(i % 3))
		}
		cards, complaints, deliveries := others(t)
		for i := range cards { // a card and a vote may collide too
			cards[i].EventID = feedback.DeriveEventID(fmt.Sprint(i % 3))
		}
		for i := range complaints {
			complaints[i].EventID = feedback.DeriveEventID(fmt.Sprint(i % 2))
		}
		for i := range deliveries {
			deliveries[i].EventID = feedback.DeriveEventID(fmt.Sprint(i % 2))
		}
		whole := func() *Batch {
			b := load(t, ratings, invitations)
			b.Append(loadOthers(t, cards, complaints, deliveries))
			return b
		}
		want := told(whole(), time.Time{}, march.Add(-1), march.Add(1), march.Add(1))
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		rnd.Shuffle(len(ratings), func(i, j int) { ratings[i], ratings[j] = ratings[j], ratings[i] })
		rnd.Shuffle(len(cards), func(i, j int) { cards[i], cards[j] = cards[j], cards[i] })
		rnd.Shuffle(len(complaints), func(i, j int) { complaints[i], complaints[j] = complaints[j], complaints[i] })
		rnd.Shuffle(len(deliveries), func(i, j int) { deliveries[i], deliveries[j] = deliveries[j], deliveries[i] })
		if diff := gocmp.Diff(want, told(whole(), time.Time{}, march.Add(-1), march.Add(1), march.Add(1))); diff != "" {
			t.Fatalf("other order (-want +got):\n%s", diff)
		}
	})
}

func TestLaterPartitionsChangeNothingOfEarlierResponses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ratings, _ := facts(t)
		without := told(load(t, ratings, nil), time.Time{}, march.Add(-1), march, march)[1:]
		with := told(load(t, ratings, nil), time.Time{}, march.Add(-1), march.Add(1), march)[1:]
		if diff := gocmp.Diff(without, with); diff != "" {
			t.Fatalf("without (-) and with (+) the later partition:\n%s", diff)
		}
	})
}

func vote(key string, after time.Duration, stars int) caseEvent {
	at := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC).Add(after)
	return caseEvent{EventID: fmt.Sprintf("%s%d", key, after/time.Millisecond), ResponseKey: key, Channel: feedback.EmailLink, Rating: stars, SubmittedAt: at, ReceivedAt: at}
}

func onlyResponse(t *testing.T, b *Batch) Response {
	t.Helper()
	all := slices.Collect(wholeSet(b).Fold(DefaultRules, time.Time{}).Responses())
	if len(all) != 1 {
		t.Fatalf("%d responses, want 1", len(all))
	}
	return all[0]
}

func TestTheEditWindowEndsInclusive(t *testing.T) {
	for after, want := range map[time.Duration]int8{48 * time.Hour: 5, 48*time.Hour + time.Millisecond: 1} {
		if r := onlyResponse(t, batch(t, []caseEvent{vote("r", 0, 1), vote("r", after, 5)})); r.Vote.Rating != want {
			t.Errorf("a vote %s after the first: %d counts, want %d", after, r.Vote.Rating, want)
		}
	}
}

func TestTapsAreDebouncedBelowThreeSeconds(t *testing.T) {
	tap := func(device string, after time.Duration) caseEvent {
		e := vote("", after, 3)
		e.EventID, e.DeviceID, e.Channel = device+fmt.Sprint(after/time.Millisecond), device, feedback.Kiosk
		return e
	}
	for name, c := range map[string]struct {
		taps []caseEvent
		want int
	}{
		"exactly three seconds apart":   {[]caseEvent{tap("k", 0), tap("k", 3*time.Second)}, 0},
		"a millisecond less":            {[]caseEvent{tap("k", 0), tap("k", 2999*time.Millisecond)}, 1},
		"a chain, each soon after":      {[]caseEvent{tap("k", 0), tap("k", 2*time.Second), tap("k", 4*time.Second)}, 2},
		"on two devices":                {[]caseEvent{tap("k", 0), tap("l", time.Second)}, 0},
		"links are no taps":             {[]caseEvent{vote("a", 0, 3), vote("b", time.Second, 3)}, 0},
		"the first is the earlier tap":  {[]caseEvent{tap("k", 2*time.Second), tap("k", 0)}, 1},
		"equal times: event id decides": {[]caseEvent{tap("k", 0), func() caseEvent { e := tap("k", 0); e.EventID = "a"; return e }()}, 1},
	} {
		if got := len(slices.Collect(wholeSet(batch(t, c.taps)).Fold(DefaultRules, time.Time{}).Debounced())); got != c.want {
			t.Errorf("%s: %d debounced, want %d", name, got, c.want)
		}
	}
}

func TestAClockAheadByFiveMinutesIsStillBelieved(t *testing.T) {
	received := time.Date(2026, 3, 31, 21, 58, 0, 0, time.UTC)
	for ahead, skewed := range map[time.Duration]int{5 * time.Minute: 0, 5*time.Minute + time.Millisecond: 1} {
		r := onlyResponse(t, batch(t, []caseEvent{{EventID: "e", Rating: 4, SubmittedAt: received.Add(ahead), ReceivedAt: received}}))
		want := received
		if skewed == 0 {
			want = received.Add(ahead)
		}
		if r.Skewed != skewed || !At(r.At).Equal(want) {
			t.Errorf("%s ahead: skewed %d at %s, want %d at %s", ahead, r.Skewed, At(r.At), skewed, want)
		}
	}
}

func TestACustomersOwnVoteOutranksAssistedOnes(t *testing.T) {
	b := batch(t, []caseEvent{vote("r", 0, 5), vote("r", time.Minute, 1), vote("r", time.Hour, 5)})
	b.Votes[0].Flags |= Assisted
	b.Votes[2].Flags |= Assisted
	r := onlyResponse(t, b)
	if r.Assisted || r.Vote.Rating != 1 || r.Overruled != 2 || r.Accepted != 1 {
		t.Errorf("own vote among assisted: assisted %v, rating %d, overruled %d, accepted %d", r.Assisted, r.Vote.Rating, r.Overruled, r.Accepted)
	}
	b = batch(t, []caseEvent{vote("r", 0, 5), vote("r", time.Minute, 1)})
	b.Votes[0].Flags |= Assisted
	b.Votes[1].Flags |= Assisted
	if r := onlyResponse(t, b); !r.Assisted || r.Vote.Rating != 1 || r.Overruled != 0 {
		t.Errorf("assisted only: assisted %v, rating %d, overruled %d", r.Assisted, r.Vote.Rating, r.Overruled)
	}
}
