package e2e

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
)

func TestAComplaintGoesItsWholeWay(t *testing.T) {
	meanwhile(t)
	k := complain(t, "hotline", nil)
	k.stands(t, casefile.Acknowledged)

	first := mailed(t, k.address, 1)
	if !strings.Contains(first.Subject, string(k.number)) || strings.Contains(first.HTML, "<b>!</b>") {
		t.Errorf("the acknowledgement: %q, words of the customer as HTML: %t", first.Subject, strings.Contains(first.HTML, "<b>!</b>"))
	}
	k.page = pageIn(t, first)
	page := do(t, http.MethodGet, k.page, "", "Accept", "text/html")
	if page.Status != http.StatusOK || !strings.Contains(page.Body, string(k.number)) || !strings.Contains(page.Body, `lang="fr"`) {
		t.Fatalf("the page of the mail: %d %.300s", page.Status, page.Body)
	}
	k.escalates(t)
	k.isWorkedOn(t)
	k.isClosedRatedAndReopened(t)
	k.told(t)
}

// escalates lets deadlines pass: at risk, breached, and what comes after.
func (k complainant) escalates(t *testing.T) {
	t.Helper()
	for level := range 3 {
		k.reach(t)
		if got := k.state(t).Step; got < level+1 {
			t.Errorf("level %d of the case after the clock has looked %d times", got, level+1)
		}
	}
	var raised []string
	for _, e := range k.state(t).Handling.Escalations {
		raised = append(raised, e.Rule+" "+e.Clock)
		if e.RaisedAt.IsZero() || !e.HandledAt.IsZero() {
			t.Errorf("%s was raised at %s, handled at %s", e.Rule, e.RaisedAt, e.HandledAt)
		}
	}
	want := []string{"SLA_AT_RISK first_response", "SLA_BREACH first_response"}
	if diff := cmp.Diff(want, raised[:min(2, len(raised))]); diff != "" {
		t.Error(diff)
	}
}

// isWorkedOn has staff and customer take the case to its decision.
func (k complainant) isWorkedOn(t *testing.T) {
	t.Helper()
	k.does(t, "assign", map[string]any{"owner": "desk-7"})
	k.does(t, "assess", map[string]any{"severity": "high", "urgency": "urgent", "category": "billing.refund_delay"})
	k.does(t, "investigate", nil)
	k.does(t, "ask", map[string]any{"text": "Quel est le numéro de votre commande ?"})
	k.stands(t, casefile.AwaitingCustomer)
	k.act(t, "reply", url.Values{"text": {"C'est la commande 4711."}})
	k.stands(t, casefile.InInvestigation)
	k.does(t, "answer", map[string]any{"text": "Merci. Nous vérifions le paiement."})
	k.does(t, "decide", map[string]any{"outcome": "accepted", "text": "Le remboursement était bien en retard.", "root_cause": cfg.Complaints.RootCauses[0]})
	k.does(t, "compensate", map[string]any{"type": "financial", "kind": "refund", "cents": 6000})
	if a := k.work(t, "resolve", map[string]any{"text": "Vous recevez 60 euros."}); a.Status != http.StatusConflict && a.Status != http.StatusUnprocessableEntity {
		t.Errorf("resolving while a compensation waits: %d %s", a.Status, a.Body)
	}
	id := k.state(t).Handling.Compensations[0].ID
	if a := k.work(t, "approve", map[string]any{"id": id}); a.Status == http.StatusOK {
		t.Error("who promised a compensation above the limit has approved it as well")
	}
	k.byAnother(t, "desk-lead-1", "approve", map[string]any{"id": id})
	k.does(t, "apologise", nil)
	k.does(t, "resolve", map[string]any{"text": "Vous recevez 60 euros sous trois jours."})
	k.stands(t, casefile.Resolved)
}

// asked waits for the mail of the closing, which asks how the complaint was
// handled, and returns the page on which that is answered.
func (k complainant) asked(t *testing.T) (page string) {
	t.Helper()
	eventually(t, "the mail that asks how it was handled", 90*time.Second, func() (bool, string) {
		all := k.mails(t)
		for _, m := range all {
			if strings.Contains(m.Text, "Évaluer le traitement") {
				page = pageIn(t, m)
			}
		}
		return page != "", fmt.Sprintf("%d mails", len(all))
	})
	return page
}

// isClosedRatedAndReopened has the customer accept, rate the handling and come
// back; the second time it closes by itself.
func (k complainant) isClosedRatedAndReopened(t *testing.T) {
	t.Helper()
	k.act(t, "accept", nil)
	k.stands(t, casefile.Closed)
	k.page = k.asked(t)
	k.act(t, "rate", url.Values{"stars": {"1"}, "text": {"Beaucoup trop long."}})
	if got := k.state(t).Handling.Satisfaction; got != 1 {
		t.Errorf("satisfaction with the handling: %d, want 1", got)
	}
	k.act(t, "reopen", url.Values{"text": {"L'argent n'est pas arrivé."}})
	k.stands(t, casefile.Reopened)
	k.does(t, "investigate", nil)
	k.does(t, "decide", map[string]any{"outcome": "accepted", "text": "La banque avait refusé le paiement."})
	k.does(t, "resolve", map[string]any{"text": "Le paiement est parti aujourd'hui."})
	k.reach(t)
	k.stands(t, casefile.Closed)
	rules := map[string]bool{}
	for _, e := range k.state(t).Handling.Escalations {
		rules[e.Rule] = true
	}
	for _, want := range []string{"DISAPPOINTED_AFTER_CLOSURE", "FOLLOW_UP_COMPLAINT"} {
		if !rules[want] {
			t.Errorf("%s was not raised; these were: %v", want, rules)
		}
	}
}
