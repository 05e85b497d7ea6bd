package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/uuid"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// alarms are the alarm cases, open ones, of a rule at a touchpoint.
func alarms(t *testing.T, rule string, at feedback.Touchpoint) (found []casefile.Case) {
	t.Helper()
	q := store.CaseQuery{Families: []casefile.Family{casefile.Alarm}, Limit: store.MaxCases}
	for {
		page, err := table().Cases(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range page.Cases {
			if c.Rule == rule && (at == "" || c.Touchpoint == at) {
				found = append(found, c)
			}
		}
		if q.Cursor = page.Cursor; q.Cursor == "" {
			return found
		}
	}
}

// signal tells the escalation queue of figures, as watch does; twice, as queues may.
func signal(t *testing.T, s events.Signal) {
	t.Helper()
	body := marshal(t, events.Message{Version: events.Version, Type: events.TypeSignal, Signal: &s})
	for range 2 {
		if _, err := queues().SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &deployed.EscalationQueueURL, MessageBody: aws.String(body)}); err != nil {
			t.Fatal(err)
		}
	}
}

// end closes a case of figures, as whoever looked into it does.
func end(t *testing.T, n casefile.Number) {
	t.Helper()
	complainant{number: n}.does(t, "close", map[string]any{"text": "Looked into."})
}

// Spikes at two touchpoints are a crisis; while it is open, who complains is told.
func TestACrisisIsToldToWhoComplains(t *testing.T) {
	at := time.Now().UTC().Truncate(time.Second)
	id := uuid.NewString()
	for _, place := range []feedback.Touchpoint{"hotline", "repair"} {
		signal(t, events.Signal{Rule: "SPIKE", Subject: string(place) + "@" + id, Touchpoint: place, At: at, Observed: 40, Of: 50, Expected: 4.5})
	}
	// Of a category, too: an open case of critical severity in it would be a crisis.
	signal(t, events.Signal{Rule: "SPIKE", Subject: "billing@" + id, Category: "billing.refund_delay", At: at, Observed: 40, Of: 50, Expected: 4.5})
	var crisis casefile.Number
	eventually(t, "a crisis and its case", 60*time.Second, func() (bool, string) {
		k, err := table().Crisis(t.Context())
		crisis = k.Case
		return crisis != "", fmt.Sprintf("%d spikes, %v", len(k.Spikes), err)
	})
	drained(t, id)
	if n := len(alarms(t, "CRISIS", "")); n != 1 {
		t.Errorf("%d cases of one crisis", n)
	}
	notice := cfg.Escalation.Crisis.Notice["fr"]
	shows := func(k complainant) (page, mail bool) {
		a := do(t, http.MethodGet, k.page+"?new=1", "", "Accept", "text/html")
		return strings.Contains(a.Body, notice[:40]), strings.Contains(strings.Join(strings.Fields(mailed(t, k.address, 1).Text), " "), notice[:40])
	}
	if page, mail := shows(complain(t, "hotline", nil)); !page || !mail {
		t.Errorf("the notice is on the page: %t, in the mail: %t", page, mail)
	}
	for _, rule := range []string{"SPIKE", "CRISIS"} {
		for _, c := range alarms(t, rule, "") {
			end(t, c.Number)
		}
	}
	if page, mail := shows(complain(t, "hotline", nil)); page || mail {
		t.Errorf("the crisis is over; the notice is on the page: %t, in the mail: %t", page, mail)
	}
}

// Somebody plays with a kiosk: the watch finds it in the facts, once however often
// it looks.
func TestTheWatchSeesAKioskThatIsPlayedWith(t *testing.T) {
	const device = "kiosk-cologne-2"
	at := time.Now().Add(-5 * time.Minute)
	taps := make([]any, cfg.Escalation.Signals.BurstTaps+2)
	for i := range taps {
		taps[i] = rating("checkout-cologne", "kiosk", "stars_1_5", 5, at.Add(time.Duration(i)*2*time.Second))
	}
	a := do(t, http.MethodPost, "/v1/batch", marshal(t, map[string]any{"events": taps}), "Authorization", deviceKey(t, device), "Content-Type", "application/json")
	if a.Status != http.StatusOK {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	settled(t)
	look := func() {
		t.Helper()
		if _, err := deployed.Invoke(t.Context(), "watch", []byte(`{"schedule":"watch"}`)); err != nil {
			t.Fatal(err)
		}
	}
	look()
	eventually(t, "a case of suspicious voting", 60*time.Second, func() (bool, string) {
		n := len(alarms(t, "SUSPICIOUS_VOTING", "checkout-cologne"))
		return n > 0, fmt.Sprint(n)
	})
	look()
	drained(t, device)
	found := alarms(t, "SUSPICIOUS_VOTING", "checkout-cologne")
	if len(found) != 1 || found[0].Device != device {
		t.Errorf("%d cases, of %v", len(found), found)
	}
	eventually(t, "a mail to staff", 60*time.Second, func() (bool, string) {
		n := mailsAbout(t, string(found[0].Number))
		return n == 1, fmt.Sprint(n)
	})
}

// What was stored and is not among the facts when the month's report is made is
// told: nothing may fade away between the two.
func TestFiguresThatDoNotAddUpAreTold(t *testing.T) {
	last := month().Add(-1)
	_, ends := last.Bounds(cfg.Zone())
	at := ends.Add(-36 * time.Hour).UTC()
	key := feedback.NewResponseKey(last, feedback.ResponseIDOf(feedback.EventID(uuid.NewString())))
	r := feedback.Rating{
		EventID: feedback.EventID(uuid.NewString()), ResponseKey: key, Touchpoint: "hotline", Channel: feedback.EmailLink, Scale: feedback.Stars5,
		Rating: 4, SubmittedAt: at, ReceivedAt: at, CollectionMode: feedback.Self,
	}
	e := store.Entry{Kind: feedback.KindRating, ResponseKey: key, EventID: r.EventID, ReceivedAt: at, Event: []byte(marshal(t, r)), Digest: store.DigestOf([]byte(r.EventID))}
	if _, _, err := table().Put(t.Context(), &e); err != nil {
		t.Fatal(err)
	}
	settled(t)

	for _, key := range keys(t, factfile.Prefix(last, feedback.KindRating)) {
		without(t, key)
	}
	for range 2 {
		if _, err := deployed.Invoke(t.Context(), "report", []byte(`{"schedule":"report"}`)); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "a case of missing evidence", 60*time.Second, func() (bool, string) {
		n := len(alarms(t, "EVIDENCE_GAP", ""))
		return n == 1, fmt.Sprint(n)
	})
	drained(t, last.String())
	if n := len(alarms(t, "EVIDENCE_GAP", "")); n != 1 {
		t.Errorf("%d cases of one gap", n)
	}
	// It is printed as well.
	ordered(t, last, "", "")
	if !time.Now().Before(last.Freeze(cfg.Report.FreezeDay, cfg.Zone())) {
		ordered(t, last, "", `{"restate":true}`)
	}
	printed, _ := read(t, last, "")
	if e := printed.Evidence.Technical; e == nil || e.Missing == 0 || e.Stored != e.Delivered+e.Missing-e.Unknown {
		t.Errorf("the report does not print the gap: %+v", e)
	}
}
