package responses_test

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	. "resonanz/shared/responses"
)

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
	id3, id4 := feedback.EventID("33333333-0000-8000-8000-000000000003"), feedback.EventID("44444444-0000-8000-8000-000000000004")
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
	card := feedback.Card{Rating: bare, Card: "visit", Phase: "pilot", Number: "A-1", Answers: map[string]string{"found": "yes", "a": "4"}}
	card.EventID = id3
	plain := feedback.Card{Rating: bare, Card: "visit"}
	plain.EventID, plain.ResponseKey = id4, feedback.NewResponseKey(march, feedback.ResponseID{0xff, 1})
	complaint := feedback.Complaint{
		EventID: id1, ResponseKey: key, Touchpoint: "repair", Channel: feedback.Letter, Category: "delivery.late", Annoyance: &three,
		SubmittedAt: at, ReceivedAt: at, Device: "kiosk-1", Language: "fr", CallbackRequested: true, Topic: "billing", CollectionMode: feedback.Assisted,
	}
	delivery := feedback.Delivery{EventID: id2, ResponseKey: key, Outcome: feedback.Suppressed, At: at, ReceivedAt: at.Add(time.Millisecond)}
	text := "resonanz facts 1\n" +
		"rating\t" + string(id2) + "\t" + string(key) + "\tcheckout-cologne\tkiosk\tcsat_1_10\t10\t1773133200123\t1773133201123\tkiosk-1\tde\ta\\tb\\\\c\\nd\t9\t3\tyes\t3\t1\t1\tA\tbilling\tassisted\n" +
		"rating\t" + string(id1) + "\t" + string(later) + "\thotline\temail_link\tstars_1_5\t1\t1773133200123\t1773133200123\t\t\t\t\t\t\t\t0\t0\t\t\tself\n" +
		"card\t" + string(id3) + "\t" + string(later) + "\thotline\temail_link\tstars_1_5\t1\t1773133200123\t1773133200123\t\t\t\t\t\t\t\t0\t0\t\t\tself\tvisit\tpilot\t{\"a\":\"4\",\"found\":\"yes\"}\n" +
		"card\t" + string(id4) + "\t" + string(plain.ResponseKey) + "\thotline\temail_link\tstars_1_5\t1\t1773133200123\t1773133200123\t\t\t\t\t\t\t\t0\t0\t\t\tself\tvisit\t\t\n" +
		"invitation\t" + string(id1) + "\t" + string(key) + "\thotline\tsms_link\t1773133200123\t1773133200123\t1773136800123\ten\tB\n" +
		"complaint\t" + string(id1) + "\t" + string(key) + "\trepair\tletter\tdelivery.late\t1773133200123\t1773133200123\tkiosk-1\tfr\t3\t1\tbilling\tassisted\n" +
		"delivery\t" + string(id2) + "\t" + string(key) + "\tsuppressed\t1773133200123\t1773133200124\n"
	want := sha256.Sum256([]byte(text))
	facts := load(t, []feedback.Rating{full, bare}, []feedback.Invitation{invitation})
	if err := errors.Join(facts.AddCard(&card), facts.AddCard(&plain), facts.AddComplaint(&complaint), facts.AddDelivery(&delivery)); err != nil {
		t.Fatal(err)
	}
	set := NewSet(facts, march, march)
	sum, n := set.Hash(time.Time{})
	if sum != "sha256:"+hex.EncodeToString(want[:]) || n != 7 {
		t.Errorf("hash %s of %d events is not that of\n%s", sum, n, text)
	}
	if _, n := set.Hash(at.Add(time.Second)); n != 6 {
		t.Errorf("%d events received before the cutoff, want 6", n)
	}
}

func TestAnswersAreCodesInOrder(t *testing.T) {
	got, err := AnswersText(map[string]string{"found": "yes", "a.b-c_1": "4", "how_often": "first_time"})
	if want := `{"a.b-c_1":"4","found":"yes","how_often":"first_time"}`; err != nil || got != want {
		t.Errorf("got %s, %v, want %s", got, err, want)
	}
	if got, err := AnswersText(nil); err != nil || got != "" {
		t.Errorf("no answers: got %q, %v", got, err)
	}
	for _, bad := range []string{"", "Own words", "zu spät", "x\x00", strings.Repeat("a", 41), "<b>"} {
		for _, answers := range []map[string]string{{"remark": bad}, {bad: "yes"}} {
			if got, err := AnswersText(answers); !errors.Is(err, feedback.ErrInvalid) || got != "" || bad != "" && strings.Contains(err.Error(), bad) {
				t.Errorf("%v: got %q, %v", answers, got, err)
			}
		}
	}
}

func TestWhatIsNoCardComplaintOrDeliveryIsNotAdded(t *testing.T) {
	at := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	id := feedback.DeriveEventID("x")
	key := feedback.KeyFor(id, at, time.UTC)
	vote := feedback.Rating{EventID: id, ResponseKey: key, Channel: feedback.QR, Scale: feedback.Stars5, Rating: 4, SubmittedAt: at, ReceivedAt: at}
	b := new(Batch)
	for name, err := range map[string]error{
		"no card":         b.AddCard(&feedback.Card{Rating: vote}),
		"words":           b.AddCard(&feedback.Card{Rating: vote, Card: "visit", Answers: map[string]string{"remark": "Own words"}}),
		"no vote":         b.AddCard(&feedback.Card{Card: "visit"}),
		"no event":        b.AddComplaint(&feedback.Complaint{ResponseKey: key, Channel: feedback.QR}),
		"no key":          b.AddComplaint(&feedback.Complaint{EventID: id, Channel: feedback.QR}),
		"no channel":      b.AddComplaint(&feedback.Complaint{EventID: id, ResponseKey: key}),
		"no outcome":      b.AddDelivery(&feedback.Delivery{EventID: id, ResponseKey: key}),
		"delivery no key": b.AddDelivery(&feedback.Delivery{EventID: id, Outcome: feedback.Bounced}),
	} {
		if err == nil {
			t.Errorf("%s was added", name)
		}
	}
	if len(b.Votes)+len(b.Complaints)+len(b.Deliveries) != 0 {
		t.Errorf("%d votes, %d complaints, %d deliveries", len(b.Votes), len(b.Complaints), len(b.Deliveries))
	}
}

func TestFactsThatDifferInOneFieldResolveTheSameWayInAnyOrder(t *testing.T) {
	at := time.Date(2026, 3, 10, 9, 0, 0, 0, time.UTC)
	id := feedback.DeriveEventID("x")
	key := feedback.KeyFor(id, at, time.UTC)
	other := feedback.NewResponseKey(march, feedback.ResponseID{1})
	two, yes := 2, true
	var card feedback.Card
	var complaint feedback.Complaint
	var delivery feedback.Delivery
	reset := func() {
		card = feedback.Card{Card: "visit", Rating: feedback.Rating{EventID: id, ResponseKey: key, Channel: feedback.QR, Scale: feedback.Stars5, Rating: 4,
			Touchpoint: "hotline", SubmittedAt: at, ReceivedAt: at, CollectionMode: feedback.Self}}
		complaint = feedback.Complaint{EventID: id, ResponseKey: key, Channel: feedback.QR, Category: "other", Touchpoint: "hotline", SubmittedAt: at, ReceivedAt: at, CollectionMode: feedback.Self}
		delivery = feedback.Delivery{EventID: id, ResponseKey: key, Outcome: feedback.Bounced, At: at, ReceivedAt: at}
	}
	later := at.Add(time.Second)
	for name, change := range map[string]func(){
		"card":     func() { card.Card = "repair" },
		"phase":    func() { card.Phase = "pilot" },
		"answers":  func() { card.Answers = map[string]string{"found": "yes"} },
		"reason":   func() { card.Reason = "friendly" },
		"nps":      func() { card.NPS = &two },
		"fcr":      func() { card.FCR = &yes },
		"language": func() { card.Language = "fr" },

		"complaint category":   func() { complaint.Category = "privacy" },
		"complaint key":        func() { complaint.ResponseKey = other },
		"complaint touchpoint": func() { complaint.Touchpoint = "repair" },
		"complaint channel":    func() { complaint.Channel = feedback.Letter },
		"complaint annoyance":  func() { complaint.Annoyance = &two },
		"complaint callback":   func() { complaint.CallbackRequested = true },
		"complaint mode":       func() { complaint.CollectionMode = feedback.Assisted },
		"complaint device":     func() { complaint.Device = "kiosk-1" },
		"complaint topic":      func() { complaint.Topic = "billing" },
		"complaint language":   func() { complaint.Language = "fr" },
		"complaint submitted":  func() { complaint.SubmittedAt = later },
		"complaint received":   func() { complaint.ReceivedAt = later },

		"delivery outcome":  func() { delivery.Outcome = feedback.Reported },
		"delivery key":      func() { delivery.ResponseKey = other },
		"delivery at":       func() { delivery.At = later },
		"delivery received": func() { delivery.ReceivedAt = later },
	} {
		add := func(b *Batch) {
			if err := errors.Join(b.AddCard(&card), b.AddComplaint(&complaint), b.AddDelivery(&delivery)); err != nil {
				t.Fatal(err)
			}
		}
		var sums [2]string
		for i := range sums {
			b := new(Batch)
			for k := range 2 {
				if reset(); k == i {
					change()
				}
				add(b)
			}
			set := NewSet(b, march, march)
			if set.Duplicates != 3 {
				t.Errorf("%s: %d duplicates, want 3", name, set.Duplicates)
			}
			sums[i], _ = set.Hash(time.Time{})
		}
		if sums[0] != sums[1] {
			t.Errorf("%s: the order decides", name)
		}
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
