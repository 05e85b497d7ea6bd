package report_test

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/report"
	"resonanz/shared/responses"
)

// others are the facts beside plain votes and invitations.
type others struct {
	cards      []feedback.Card
	complaints []feedback.Complaint
	deliveries []feedback.Delivery
}

// beside are such facts of the March of month: a card, a complaint, and what
// became of the mails of its invitations, the first of which was answered.
func beside(t testing.TB, invitations []feedback.Invitation) others {
	t.Helper()
	at := time.Date(2026, 3, 18, 8, 0, 0, 0, time.UTC)
	card := feedback.Card{Rating: ratings(t, []caseEvent{{EventID: "card", Touchpoint: "checkout", Channel: feedback.QR, Rating: 5, SubmittedAt: at}})[0],
		Card: "visit", Phase: "pilot", Answers: map[string]string{"found": "yes", "friendliness": "4"}}
	four := 4
	complaint := feedback.Complaint{EventID: feedback.DeriveEventID("complaint"), Touchpoint: "repair", Channel: feedback.WebForm, Category: "delivery.late",
		Annoyance: &four, SubmittedAt: at, ReceivedAt: at, CallbackRequested: true, CollectionMode: feedback.Self}
	complaint.ResponseKey = feedback.KeyFor(complaint.EventID, at, berlin(t))
	return others{
		cards: []feedback.Card{card}, complaints: []feedback.Complaint{complaint},
		deliveries: []feedback.Delivery{
			fate("answered all the same", invitations[0], feedback.Bounced, at),
			fate("came back", invitations[1], feedback.Bounced, at),
			fate("came back again", invitations[1], feedback.Bounced, at.Add(time.Hour)),
			fate("spam", invitations[2], feedback.Reported, at),
			fate("spam late", invitations[2], feedback.Reported, time.Date(2026, 4, 7, 8, 0, 0, 0, time.UTC)),
			fate("came back late", invitations[3], feedback.Suppressed, time.Date(2026, 4, 7, 8, 0, 0, 0, time.UTC)),
		},
	}
}

func fate(name string, i feedback.Invitation, o feedback.Outcome, at time.Time) feedback.Delivery {
	return feedback.Delivery{EventID: feedback.DeriveEventID("delivery", name), ResponseKey: i.ResponseKey, Outcome: o, At: at, ReceivedAt: at}
}

func (o others) add(t testing.TB, b *responses.Batch) {
	t.Helper()
	for i := range o.cards {
		if err := b.AddCard(&o.cards[i]); err != nil {
			t.Fatal(err)
		}
	}
	for i := range o.complaints {
		if err := b.AddComplaint(&o.complaints[i]); err != nil {
			t.Fatal(err)
		}
	}
	for i := range o.deliveries {
		if err := b.AddDelivery(&o.deliveries[i]); err != nil {
			t.Fatal(err)
		}
	}
}

// parts spreads the facts over files of one fact each, in any order, some twice.
func (o others) parts(rnd *rand.Rand) []func(testing.TB) *responses.Batch {
	var single []others
	for i := range o.cards {
		single = append(single, others{cards: o.cards[i : i+1]})
	}
	for i := range o.complaints {
		single = append(single, others{complaints: o.complaints[i : i+1]})
	}
	for i := range o.deliveries {
		single = append(single, others{deliveries: o.deliveries[i : i+1]})
	}
	for range rnd.IntN(4) {
		single = append(single, single[rnd.IntN(len(single))])
	}
	rnd.Shuffle(len(single), func(i, j int) { single[i], single[j] = single[j], single[i] })
	var all []func(testing.TB) *responses.Batch
	for _, s := range single {
		all = append(all, func(t testing.TB) *responses.Batch {
			b := new(responses.Batch)
			b.Name("every file numbers its names anew")
			s.add(t, b)
			return b
		})
	}
	return all
}

func TestDeliveredIsIssuedWithoutWhatNeverArrived(t *testing.T) {
	votes, invitations, _ := month(t)
	in := input(t, time.Time{}, votes, invitations...)
	beside(t, invitations).add(t, in.Facts)
	r := build(t, in)
	// Four issued: one answered although a mail came back, one came back, one was
	// reported as spam, of one it is not known in time that it was not sent.
	rate := 100.0 / 3
	want := report.CollectionCounts{Responses: 18, Invitations: 4, Bounced: 1, Delivered: 3, Answered: 1, ResponseRatePct: &rate}
	if diff := cmp.Diff(want, r.Quality.CollectionCounts); diff != "" {
		t.Errorf("collection (-want +got):\n%s", diff)
	}
	if r.Quality.Reported != 1 {
		t.Errorf("%d reported as spam, want 1", r.Quality.Reported)
	}
	for _, rows := range []report.CollectionRows{r.Quality.ByTouchpoint, r.Quality.ByChannel} {
		var issued, bounced, delivered int64
		for _, row := range rows {
			issued, bounced, delivered = issued+row.Invitations, bounced+row.Bounced, delivered+row.Delivered
			if row.Invitations != row.Bounced+row.Delivered {
				t.Errorf("%s: %d issued, %d bounced, %d delivered", row.Name, row.Invitations, row.Bounced, row.Delivered)
			}
			if row.Name == "hotline" && *row.ResponseRatePct != rate {
				t.Errorf("hotline: response rate %v, want %v", *row.ResponseRatePct, rate)
			}
		}
		if issued != 4 || bounced != 1 || delivered != 3 {
			t.Errorf("rows add up to %d, %d, %d, want 4, 1, 3", issued, bounced, delivered)
		}
	}
	if !slices.Contains(r.Header.MethodNotes, report.NoteDelivered) {
		t.Error("the report does not say what delivered means")
	}
}

func TestAMailThatCameBackLateCountsInARestatementAndIsListed(t *testing.T) {
	votes, invitations, _ := month(t)
	late := feedback.DeriveEventID("delivery", "came back late")
	for name, tt := range map[string]struct {
		cutoff    time.Time
		delivered int64
		counted   bool
	}{
		"final":    {time.Time{}, 3, false},
		"restated": {time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC), 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			in := input(t, tt.cutoff, votes, invitations...)
			beside(t, invitations).add(t, in.Facts)
			r := build(t, in)
			if r.Quality.Delivered != tt.delivered || r.Quality.Late != 2 {
				t.Errorf("%d delivered, %d late, want %d and 2", r.Quality.Delivered, r.Quality.Late, tt.delivered)
			}
			i := slices.IndexFunc(r.Header.LateEvents, func(e report.LateEvent) bool { return e.EventID == late })
			if i < 0 || r.Header.LateEvents[i].Counted != tt.counted || r.Header.LateEvents[i].Touchpoint != "hotline" {
				t.Errorf("late events %+v, want the mail among them", r.Header.LateEvents)
			}
		})
	}
}

func TestNothingDeliveredHasNoResponseRate(t *testing.T) {
	_, invitations, _ := month(t)
	at := time.Date(2026, 3, 18, 8, 0, 0, 0, time.UTC)
	in := input(t, time.Time{}, nil, invitations[0])
	others{deliveries: []feedback.Delivery{fate("only one", invitations[0], feedback.Suppressed, at)}}.add(t, in.Facts)
	q := build(t, in).Quality
	if q.Invitations != 1 || q.Delivered != 0 || q.Bounced != 1 || q.ResponseRatePct != nil {
		t.Errorf("got %+v, want no rate of nothing", q.CollectionCounts)
	}
}

func TestACardIsAVote(t *testing.T) {
	votes, invitations, _ := month(t)
	without := build(t, input(t, time.Time{}, votes, invitations...))
	in := input(t, time.Time{}, votes, invitations...)
	beside(t, invitations).add(t, in.Facts)
	with := build(t, in)
	if with.Total.N != without.Total.N+1 || with.Total.Satisfied != without.Total.Satisfied+1 || with.ByChannel.Row("qr").N != 1 {
		t.Errorf("n %d → %d, want the card among the votes", without.Total.N, with.Total.N)
	}
	if with.Header.DataHash == without.Header.DataHash || with.Header.InputEvents != without.Header.InputEvents+6 {
		t.Errorf("input events %d → %d, want a card, a complaint and four deliveries more", without.Header.InputEvents, with.Header.InputEvents)
	}
}
