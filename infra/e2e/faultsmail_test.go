package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// mailTo matches what is handed to SES for an address.
func mailTo(c customer) func(call) bool {
	return func(call call) bool { return call.Service == "ses" && strings.Contains(rawOf(call), c.address) }
}

// exactly waits until a customer has that many mails of an invitation and none
// waits any more.
func exactly(t *testing.T, c customer, i invitation, n int) {
	t.Helper()
	mailed(t, c.address, n)
	drained(t, string(i.ResponseKey))
	if got := len(mailsTo(t, c.address)); got != n {
		t.Errorf("%d mails, want %d", got, n)
	}
}

func TestMailServiceDoesNotAnswerCourier(t *testing.T) {
	meanwhile(t)
	c := newCustomer()
	functionsToAWS.inject(t, &fault{what: hang, match: mailTo(c), times: 1})
	exactly(t, c, inviteByMail(t, c, nil), 1)
}

func TestMailServiceThrottlesCourier(t *testing.T) {
	meanwhile(t)
	c := newCustomer()
	functionsToAWS.inject(t, &fault{what: refuse, match: mailTo(c), times: 3, status: http.StatusBadRequest,
		body: `<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Maximum sending rate exceeded.</Message></Error></ErrorResponse>`})
	exactly(t, c, inviteByMail(t, c, nil), 1)
}

// SES took the mail and its answer was lost: nobody can know, so it is sent
// again, once for this accident. It is the one case in which a customer may have
// two mails.
func TestCourierDiesAfterSending(t *testing.T) {
	meanwhile(t)
	c := newCustomer()
	functionsToAWS.inject(t, &fault{what: lose, match: mailTo(c), times: 1, status: http.StatusBadGateway, body: "lost"})
	exactly(t, c, inviteByMail(t, c, nil), 2)
}

// That a mail was sent cannot be written down: the queue's message is done all
// the same, and the mail is one.
func TestCourierCannotWriteDownThatItSent(t *testing.T) {
	meanwhile(t)
	c := newCustomer()
	done := &fault{what: refuse, times: 1, status: http.StatusBadRequest,
		body: `{"__type":"com.amazonaws.dynamodb.v20120810#ValidationException","message":"injected"}`,
		match: func(call call) bool {
			return call.Service == "dynamodb" && strings.Contains(call.Body, "#invite") && strings.Contains(call.Body, `"done"`) && call.Action != "GetItem"
		}}
	functionsToAWS.inject(t, done)
	exactly(t, c, inviteByMail(t, c, nil), 1)
}

func TestBounceDiesAfterStoring(t *testing.T) {
	meanwhile(t)
	c := newCustomer()
	i := inviteByMail(t, c, nil)
	mailed(t, c.address, 1)
	drained(t, string(i.ResponseKey))
	functionsToAWS.inject(t, &fault{what: lose, times: 1, match: func(call call) bool {
		return call.Service == "dynamodb" && call.Action == "PutItem" && strings.Contains(call.Body, `"delivery"`) && strings.Contains(call.Body, string(i.ResponseKey))
	}})
	tell(t, i, c, "Bounce", bounced(c, "Permanent"))
	eventually(t, "the address opted out", 90*time.Second, func() (bool, string) {
		out, err := table().OptedOut(t.Context(), store.AddressContact(c.address))
		return out, fmt.Sprint(err)
	})
	drained(t, string(i.ResponseKey))
	if kinds := kindsOf(t, i.ResponseKey); kinds[feedback.KindDelivery] != 1 {
		t.Errorf("stored %v, want one delivery", kinds)
	}
}

func TestDynamoDBThrottlesBounce(t *testing.T) {
	meanwhile(t)
	c := newCustomer()
	i := inviteByMail(t, c, nil)
	mailed(t, c.address, 1)
	drained(t, string(i.ResponseKey))
	functionsToAWS.inject(t, &fault{what: refuse, times: 4, status: http.StatusBadRequest,
		match: func(call call) bool {
			return call.Service == "dynamodb" && call.Action == "GetItem" && strings.Contains(call.Body, string(i.EventID))
		},
		body: `{"__type":"com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException","message":"injected"}`})
	tell(t, i, c, "Complaint", map[string]any{"complainedRecipients": []any{map[string]any{"emailAddress": c.address}}})
	eventually(t, "the complaint stored and heard", 120*time.Second, func() (bool, string) {
		out, err := table().OptedOut(t.Context(), store.KeyContact(c.key), store.AddressContact(c.address))
		kinds := kindsOf(t, i.ResponseKey)
		return out && kinds[feedback.KindDelivery] == 1, fmt.Sprint(out, kinds, err)
	})
}
