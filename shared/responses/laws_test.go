package responses_test

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
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
			b.Text(r.Vote.Touchpoint), b.Text(r.Vote.Reason), r.Accepted, r.Ignored, r.Skewed, r.Assisted, r.Overruled))
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
	return lines
}

func TestOrderDuplicatesAndPartitionChangeNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ratings, invitations := facts(t)
		cutoff := time.Date(2026, 3, 31, 22, 0, 0, 0, time.UTC).Add(time.Duration(rapid.IntRange(-100, 100).Draw(t, "cutoff")) * time.Second)
		want := told(load(t, ratings, invitations), cutoff, march.Add(-1), march.Add(1), march.Add(1))

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
		want := told(load(t, ratings, invitations), time.Time{}, march.Add(-1), march.Add(1), march.Add(1))
		rnd := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		rnd.Shuffle(len(ratings), func(i, j int) { ratings[i], ratings[j] = ratings[j], ratings[i] })
		if diff := gocmp.Diff(want, told(load(t, ratings, invitations), time.Time{}, march.Add(-1), march.Add(1), march.Add(1))); diff != "" {
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

func TestWhatIsNoFactIsRefusedOrLeftOut(t *testing.T) {
	good := feedback.Rating{
		EventID: feedback.DeriveEventID("a"), ResponseKey: feedback.NewResponseKey(march, feedback.ResponseID{1}), Touchpoint: "hotline",
		Channel: feedback.EmailLink, Scale: feedback.Stars5, Rating: 5, SubmittedAt: time.Now(), ReceivedAt: time.Now(),
	}
	for name, spoil := range map[string]func(*feedback.Rating){
		"event id":     func(r *feedback.Rating) { r.EventID = "e1" },
		"hex":          func(r *feedback.Rating) { r.EventID = "zzzzzzzz-3c1b-7e2d-9f00-5a6b7c8d9e0f" },
		"response key": func(r *feedback.Rating) { r.ResponseKey = "2026-03-short" },
		"month":        func(r *feedback.Rating) { r.ResponseKey = "2026-13" + r.ResponseKey[7:] },
		"channel":      func(r *feedback.Rating) { r.Channel = "pigeon" },
		"scale":        func(r *feedback.Rating) { r.Scale = "smileys" },
		"rating":       func(r *feedback.Rating) { r.Rating = 6 },
	} {
		r, b := good, new(Batch)
		spoil(&r)
		if err := b.AddRating(&r); err == nil || len(b.Votes) != 0 {
			t.Errorf("%s: error %v, %d votes", name, err, len(b.Votes))
		}
	}
	if _, err := ParseEventID("e1"); !errors.Is(err, feedback.ErrInvalid) || strings.Contains(err.Error(), "e1") {
		t.Errorf("error %v, want ErrInvalid without the value", err)
	}
	b := load(t, []feedback.Rating{good}, nil)
	bad, other := b.Votes[0], b.Votes[0]
	bad.Event[0]++
	bad.Rating = 9
	other.Event[0] += 2
	other.Key.Month++
	b.Votes = append(b.Votes, bad, other)
	set := NewSet(b, march, march)
	if _, n := set.Hash(time.Time{}); n != 1 || set.Facts != 3 || set.Invalid != 1 || set.Outside != 1 || set.Duplicates != 0 {
		t.Errorf("hashed %d, set %+v", n, *set)
	}
}

func TestTheHashIsThatOfTheDescribedText(t *testing.T) {
	yes, nine, three := true, 9, 3
	at := time.UnixMilli(1773133200123)
	id1, id2 := feedback.EventID("11111111-0000-8000-8000-000000000001"), feedback.EventID("22222222-0000-8000-8000-000000000002")
	key, later := feedback.NewResponseKey(march, feedback.ResponseID{0xfe, 1, 2, 3}), feedback.NewResponseKey(march, feedback.ResponseID{0xff})
	full := feedback.Rating{
		EventID: id2, ResponseKey: key, Touchpoint: "checkout-cologne", Channel: feedback.Kiosk, Scale: feedback.CSAT10, Rating: 10,
		SubmittedAt: at, ReceivedAt: at.Add(time.Second), Device: "kiosk-1", Language: "de", Reason: "a\tb\\c\nd", NPS: &nine, CES: &three,
		FCR: &yes, Expectation: &three, CallbackRequested: true, HasText: true, Segment: "A", Topic: "billing", CollectionMode: feedback.Assisted,
	}
	bare := feedback.Rating{
		EventID: id1, ResponseKey: later, Touchpoint: "hotline", Channel: feedback.EmailLink, Scale: feedback.Stars5, Rating: 1,
		SubmittedAt: at, ReceivedAt: at, CollectionMode: feedback.Self,
	}
	invitation := feedback.Invitation{
		EventID: id1, ResponseKey: key, Touchpoint: "hotline", Channel: feedback.SMSLink, Language: "en", Segment: "B",
		IssuedAt: at, ReceivedAt: at, ExpiresAt: at.Add(time.Hour),
	}
	text := "resonanz facts 1\n" +
		"rating\t" + string(id2) + "\t" + string(key) + "\tcheckout-cologne\tkiosk\tcsat_1_10\t10\t1773133200123\t1773133201123\tkiosk-1\tde\ta\\tb\\\\c\\nd\t9\t3\tyes\t3\t1\t1\tA\tbilling\tassisted\n" +
		"rating\t" + string(id1) + "\t" + string(later) + "\thotline\temail_link\tstars_1_5\t1\t1773133200123\t1773133200123\t\t\t\t\t\t\t\t0\t0\t\t\tself\n" +
		"invitation\t" + string(id1) + "\t" + string(key) + "\thotline\tsms_link\t1773133200123\t1773133200123\t1773136800123\ten\tB\n"
	want := sha256.Sum256([]byte(text))
	set := NewSet(load(t, []feedback.Rating{full, bare}, []feedback.Invitation{invitation}), march, march)
	sum, n := set.Hash(time.Time{})
	if sum != "sha256:"+hex.EncodeToString(want[:]) || n != 3 {
		t.Errorf("hash %s of %d events is not that of\n%s", sum, n, text)
	}
	if _, n := set.Hash(at.Add(time.Second)); n != 2 {
		t.Errorf("%d events received before the cutoff, want 2", n)
	}
}

func TestKeysAndIdsSurviveTheCompactForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := feedback.NewResponseKey(period.FromIndex(rapid.IntRange(0, 3000).Draw(t, "month")), feedback.ResponseID(rapid.SliceOfN(rapid.Byte(), 10, 10).Draw(t, "id")))
		key, err := ParseKey(text)
		if err != nil || key.ResponseKey() != text || key.Period() != text.Month() {
			t.Fatalf("%s becomes %+v, %v", text, key, err)
		}
		id := feedback.DeriveEventID(string(text))
		event, err := ParseEventID(id)
		if err != nil || EventID(event) != id {
			t.Fatalf("%s becomes %x, %v", id, event, err)
		}
	})
}
