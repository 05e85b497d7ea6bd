package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"resonanz/shared/casefile"
	"resonanz/shared/intake"
)

// Every message about the complaint comes twice, answers are lost after each
// sort of effect, mail is refused for a while: who must hear of a step hears
// once all the same. What nobody can know is left out here, whether a mail went
// whose acceptance was lost: then it is sent again, see
// TestCourierDiesAfterSending.
func TestAComplaintGoesItsWholeWayWhateverFails(t *testing.T) {
	meanwhile(t)
	c := newCustomer()
	form := complaintForm(c, nil)
	address := deployed.PublicURL + "/complain/hotline"
	form.Set("nonce", open(t, address+"?l=fr"))

	// The number follows from what was typed: what goes wrong can wait for it.
	typed, wrong, err := intake.ParseComplaint(cfg, []byte(form.Encode()))
	if err != nil || wrong != nil {
		t.Fatal(err, wrong)
	}
	key := intake.Complain(cfg, cfg.Touchpoint("hotline"), &typed, "fr", time.Now()).Rating.ResponseKey
	number := string(casefile.NumberOf(casefile.Complaint, string(key), key.Month(), 0))
	functionsToAWS.repeat(t, string(key))
	functionsToAWS.repeat(t, number)
	by := func(function, action string) func(call) bool {
		return func(c call) bool { return c.By == function && c.Action == action && strings.Contains(c.Body, number) }
	}
	for _, f := range []*fault{
		{what: lose, times: 2, match: by("complaint", "TransactWriteItems")}, // the customer presses the button again
		{what: lose, times: 3, match: by("cases", "TransactWriteItems")},     // so does the clerk
		{what: lose, times: 2, match: by("escalation", "TransactWriteItems")},
		{what: lose, times: 2, match: by("fanout", "SendMessageBatch")},
		{what: refuse, times: 2, match: by("notify", "SendEmail"), status: http.StatusTooManyRequests, body: `{"__type":"TooManyRequestsException","message":"injected"}`},
		{what: refuse, times: 2, match: mailTo(c), status: http.StatusBadRequest,
			body: `<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>injected</Message></Error></ErrorResponse>`},
	} {
		functionsToAWS.inject(t, f)
	}

	k := registered(t, c, address, form)
	if string(k.number) != number {
		t.Fatalf("case %s, want %s: one complaint became two", k.number, number)
	}
	mailed(t, c.address, 1)
	k.escalates(t)
	k.isWorkedOn(t)
	k.isClosedRatedAndReopened(t)
	k.told(t)
}
