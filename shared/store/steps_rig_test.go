package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"pgregory.net/rapid"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/escalate"
	"resonanz/shared/feedback"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/lifecycle"
	"resonanz/shared/rulebook"
	"resonanz/shared/store"
)

// streamed keeps what a table would hand on by its stream.
type streamed struct {
	store.DynamoAPI
	messages []events.Message
	tb       rapid.TB
}

func (s *streamed) TransactWriteItems(_ context.Context, in *dynamodb.TransactWriteItemsInput, _ ...func(*dynamodb.Options)) (*dynamodb.TransactWriteItemsOutput, error) {
	s.tb.Helper()
	for _, w := range in.TransactItems {
		image := make(store.Image)
		for name, v := range w.Put.Item {
			switch v := v.(type) {
			case *types.AttributeValueMemberS:
				image[name] = lambdaevents.NewStringAttribute(v.Value)
			case *types.AttributeValueMemberN:
				image[name] = lambdaevents.NewNumberAttribute(v.Value)
			case *types.AttributeValueMemberB:
				image[name] = lambdaevents.NewBinaryAttribute(v.Value)
			}
		}
		got, err := store.FromStream(image)
		if err != nil {
			s.tb.Fatal(err)
		}
		for _, p := range got {
			if (p.To == store.ToReporting) != (p.Message.Type == events.TypeStep) {
				s.tb.Fatalf("%s goes to %v", p.Message.Type, p.To)
			}
			s.messages = append(s.messages, p.Message)
		}
	}
	return &dynamodb.TransactWriteItemsOutput{}, nil
}

// history is a case on its way through the table.
type history struct {
	*streamed
	casefile.Case
	timeline []casefile.Entry
	table    *store.Table
	book     *rulebook.Book
	now      time.Time
	said     []escalate.Said
}

func begin(t *testing.T, tb rapid.TB) *history {
	t.Helper()
	book, err := rulebook.New(intaketest.Config(t))
	if err != nil {
		t.Fatal(err)
	}
	api := &streamed{tb: tb}
	return &history{streamed: api, table: store.New(api, "table"), book: book, now: time.Date(2026, time.March, 16, 9, 0, 0, 123_456_789, time.UTC)}
}

// keep stores a move of the case.
func (h *history) keep(c casefile.Case, entries ...casefile.Entry) {
	h.tb.Helper()
	lines := make([]*casefile.Entry, len(entries))
	for i := range entries {
		lines[i] = &entries[i]
	}
	err := h.table.UpdateCase(context.Background(), &c, lines...)
	if c.Version == 0 {
		err = h.table.CreateCase(context.Background(), &c, lines...)
	}
	if err != nil {
		h.tb.Fatal(err)
	}
	h.Case = c
	h.timeline = append(h.timeline, entries...)
}

// say brings a vote into the case of a family.
func (h *history) say(f casefile.Family, rating int, text, callback bool) {
	h.tb.Helper()
	n := len(h.said)
	h.said = append(h.said, escalate.Said{
		EventID: feedback.DeriveEventID(fmt.Sprint(n)), ResponseKey: "2026-03-abcdefghijklmn27", Touchpoint: "hotline", Channel: feedback.EmailLink,
		SubmittedAt: h.now, ReceivedAt: h.now, CallbackRequested: callback, HasText: text, CustomerKey: "kunde-4711",
		Scale: feedback.Stars5, Rating: rating, Segment: "A",
	})
	var current *casefile.Case
	if h.Version > 0 {
		current = &h.Case
	}
	if c, e, ok := escalate.Next(f, current, h.timeline, h.said, h.now, h.book.Escalate); ok {
		h.keep(c, e)
	}
}

var staffMember = casefile.Actor{Kind: casefile.Staff, ID: "erika-7"}

// try gives a command and reports whether it was carried out.
func (h *history) try(by casefile.Actor, cmd lifecycle.Command) bool {
	h.tb.Helper()
	c, entries, err := lifecycle.Apply(h.Case, cmd, by, h.now, h.book.Lifecycle)
	if err != nil {
		return false
	}
	h.keep(c, entries...)
	return true
}

// tick lets the clock do what is due.
func (h *history) tick() {
	h.tb.Helper()
	if h.Family == casefile.Complaint && h.Status != casefile.Draft {
		for {
			c, entries, ok := lifecycle.Tick(h.Case, h.now, h.book.Lifecycle)
			if !ok {
				return
			}
			h.keep(c, entries...)
		}
	}
	if c, e, ok := escalate.Missed(h.Case, events.Deadline{Case: string(h.Number), Step: h.Step}, h.now, h.book.Escalate); ok {
		h.keep(c, e)
	}
}

// secret is what a customer or staff wrote, or who they are.
const secret = "Geheim"

func own() *casefile.Words { return casefile.NewWords(secret + ": ich heiße Erika") }

// order is a command and who gives it.
type order struct {
	by  casefile.ActorKind
	cmd lifecycle.Command
}

// possible are the orders that the case as it stands allows, by their fields or
// not. To end a case early is left out mostly.
func (h *history) possible() []order {
	var all []order
	for _, o := range orders {
		early := o.cmd.Do == casefile.Withdrawing || o.cmd.Do == casefile.Duplicating || o.cmd.Do == casefile.Dismissing
		if slices.Contains(lifecycle.Allowed(h.Case, o.by, h.now, h.book.Lifecycle), o.cmd.Do) && (!early || h.Version%7 == 0) {
			all = append(all, o)
		}
	}
	return append(all, order{casefile.Staff, lifecycle.Command{Do: casefile.Noting, Words: own()}})
}

// orders are commands that lead cases far, and those that raise, see and handle
// escalations.
var orders = []order{
	{casefile.Staff, lifecycle.Command{Do: casefile.Registered, Category: "billing.refund_delay"}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Dismissing, Reason: "no_complaint"}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Assessing, Severity: casefile.Critical}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Assessing, Severity: casefile.Low, Words: own()}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Assigning, Team: "workshop", Owner: "erika-7"}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Investigating, RootCause: "process"}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Investigating}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Asking, Words: own()}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Answering, Words: own()}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Noting, Words: own()}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Deciding, Outcome: casefile.Rejected, Reason: "within_terms", Words: own()}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Deciding, Outcome: casefile.Goodwill, Words: own()}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Compensating, Compensation: &casefile.Compensation{Type: "financial", Kind: "refund", Cents: 500}}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Compensating, Compensation: &casefile.Compensation{Type: "immaterial", Kind: "apology"}}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Apologising}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Resolving, Words: own()}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Closing, RootCause: "process"}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Closing}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Linking, CorrectiveAction: "more-staff"}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Seeing}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Handled}},
	{casefile.Staff, lifecycle.Command{Do: casefile.Duplicating, Duplicate: "2603-0000-0000"}},
	{casefile.Customer, lifecycle.Command{Do: casefile.Replying, Words: own()}},
	{casefile.Customer, lifecycle.Command{Do: casefile.Accepting}},
	{casefile.Customer, lifecycle.Command{Do: casefile.Reopening, Words: own()}},
	{casefile.Customer, lifecycle.Command{Do: casefile.Rating, Stars: 1, Words: own()}},
	{casefile.Customer, lifecycle.Command{Do: casefile.Withdrawing, Words: own()}},
}

// openings are how cases of every family begin.
var openings = map[string]func(h *history){
	"callback":  func(h *history) { h.say(casefile.Callback, 2, false, true) },
	"attention": func(h *history) { h.say(casefile.Attention, 3, false, false) },
	"draft":     func(h *history) { h.say(casefile.Complaint, 1, true, false) },
	"complaint": func(h *history) { h.complain("billing.refund_delay") },
	"critical":  func(h *history) { h.complain("product.safety") },
	"gap": func(h *history) {
		h.keep(escalate.Silent(&events.Silence{Device: "kiosk-cologne-1", Touchpoint: "checkout-cologne", LastAt: h.now.Add(-time.Hour), DueAt: h.now.Add(-time.Minute)}, h.now, h.book.Escalate))
	},
	"alarm": func(h *history) {
		h.keep(escalate.Signalled(&events.Signal{Rule: "SPIKE", Subject: "checkout-cologne@2026-03-16T09", Touchpoint: "checkout-cologne", At: h.now, Observed: 7}, h.now, h.book.Escalate))
	},
	"evidence": func(h *history) {
		h.keep(escalate.Signalled(&events.Signal{Rule: "EVIDENCE_GAP", Subject: "report@2026-03", At: h.now, Observed: 2}, h.now, h.book.Escalate))
	},
}

func (h *history) complain(category string) {
	w := &feedback.Complaint{
		EventID: feedback.DeriveEventID("complaint"), ResponseKey: "2026-03-abcdefghijklmn27", Touchpoint: "repair", Channel: feedback.WebForm,
		Category: category, SubmittedAt: h.now, ReceivedAt: h.now, CollectionMode: feedback.Self,
	}
	c, entries := lifecycle.Receive(w, lifecycle.Opening{Notifiable: true, CustomerKey: "kunde-4711"}, h.now, h.book.Lifecycle)
	entries[0].Words = own()
	h.keep(c, entries...)
}
