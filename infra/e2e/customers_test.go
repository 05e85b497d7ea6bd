package e2e

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/uuid"

	"resonanz/events"
	"resonanz/shared/bucket"
	"resonanz/shared/casefile"
	"resonanz/shared/erasure"
	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

// kept is what is handed out of a customer.
func kept(t *testing.T, key string) (body string, page struct {
	Responses []struct {
		ResponseKey feedback.ResponseKey `json:"response_key"`
		Cases       []struct {
			Number      casefile.Number
			Attachments []struct{ URL string }
		}
	}
}) {
	t.Helper()
	a := do(t, http.MethodGet, "/v1/customers/"+key, "", "Authorization", token(t, "privacy"))
	if a.Status != http.StatusOK {
		t.Fatalf("reading what is kept: %d %s", a.Status, a.Body)
	}
	a.json(t, &page)
	return a.Body, page
}

// eraseCustomer erases until nothing is left, and returns what the last request did.
func eraseCustomer(t *testing.T, key string) (did map[string]int) {
	t.Helper()
	eventually(t, "the customer erased", 60*time.Second, func() (bool, string) {
		a := do(t, http.MethodDelete, "/v1/customers/"+key, "", "Authorization", token(t, "privacy"))
		var out struct {
			Status string
			Erased map[string]int
		}
		if a.Status != http.StatusOK && a.Status != http.StatusAccepted {
			t.Fatalf("erasing: %d %s", a.Status, a.Body)
		}
		a.json(t, &out)
		did = out.Erased
		return a.Status == http.StatusOK && out.Status == "erased", a.Body
	})
	return did
}

// inTheTable names every item in which one of some values stands, in whatever
// attribute.
func inTheTable(t *testing.T, values ...string) (found []string) {
	t.Helper()
	pages := dynamodb.NewScanPaginator(dynamodb.NewFromConfig(deployed.AWS()), &dynamodb.ScanInput{TableName: &deployed.Table})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range page.Items {
			for name, v := range it {
				text, _ := v.(*types.AttributeValueMemberS)
				for _, value := range values {
					if text != nil && strings.Contains(text.Value, value) {
						found = append(found, fmt.Sprintf("%s of %v %v", name, it["PK"].(*types.AttributeValueMemberS).Value, it["SK"].(*types.AttributeValueMemberS).Value))
					}
				}
			}
		}
	}
	return found
}

// deadQueues are all queues of what failed, as the function knows them.
func deadQueues(t *testing.T) []string {
	t.Helper()
	f, err := deployed.Function(t.Context(), "customers")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Fields(f.Env["DLQ_URLS"] + " " + f.Env["TELLING_DLQ_URLS"])
}

// letter puts a message into a queue.
func letter(t *testing.T, queue string, body any) {
	t.Helper()
	text := marshal(t, body)
	if _, err := queues().SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &queue, MessageBody: &text}); err != nil {
		t.Fatal(err)
	}
}

// complaintOf is a complaint of a customer with a key, told by a system.
func complaintOf(t *testing.T, c customer, comment string) complainant {
	t.Helper()
	a := do(t, http.MethodPost, "/v1/complaints", marshal(t, map[string]any{
		"event_id": uuid.NewString(), "touchpoint": "hotline", "channel": "phone", "category": "billing.refund_delay", "comment": comment,
		"customer_key": c.key, "email": c.address, "submitted_at": time.Now().UTC().Format(time.RFC3339), "language": "de",
	}), "Authorization", token(t, "intake"), "Content-Type", "application/json")
	var got struct {
		Number casefile.Number `json:"case_number"`
		URL    string          `json:"status_url"`
	}
	if a.json(t, &got); a.Status != http.StatusCreated || got.URL == "" {
		t.Fatalf("complaining: %d %s", a.Status, a.Body)
	}
	return complainant{c, got.Number, got.URL}
}

// words of whoever is erased here, each unlike anybody else's.
func ownWords() string { return "Meine eigenen Worte " + uuid.NewString() }

func TestACustomerIsHandedOutAndErased(t *testing.T) {
	meanwhile(t) // until each dead-letter queue is read to its end
	c, comment, complaint, answered := newCustomer(), ownWords(), ownWords(), ownWords()
	contact := "rueckruf-" + uuid.NewString() + "@example.com"
	i := inviteByMail(t, c, map[string]any{"topic": "billing"})
	mailed(t, c.address, 1)
	mustVote(t, i.URL, url.Values{"stars": {"1"}, "comment": {comment}, "callback": {"1"}, "contact": {contact}})
	callback := complainant{c, callbackCase(t, i.ResponseKey), ""}
	k := complaintOf(t, c, complaint)
	u, ok := k.uploadFrom(t)
	if !ok {
		t.Fatal("the status page takes no file")
	}
	u.send(t, "photo.png", picture(t))
	eventually(t, "the file let through", 60*time.Second, func() (bool, string) { n := k.entries(t); return n[casefile.Attaching] == 1, fmt.Sprint(n) })
	k.does(t, "answer", map[string]any{"text": answered})
	k.told(t)
	makeReport(t)
	published := do(t, http.MethodGet, "/v1/reports/"+month().String()+".json?version=1", "", "Authorization", token(t, "reports"))
	personal := []string{c.key, c.address, contact, comment, complaint, answered}

	body, page := kept(t, c.key)
	for _, s := range personal {
		if !strings.Contains(body, s) {
			t.Errorf("%q is not handed out", s)
		}
	}
	numbers, file := map[casefile.Number]bool{}, ""
	for _, r := range page.Responses {
		for _, one := range r.Cases {
			numbers[one.Number] = true
			for _, f := range one.Attachments {
				file = f.URL
			}
		}
	}
	if len(page.Responses) != 2 || !numbers[k.number] || !numbers[callback.number] {
		t.Errorf("%d responses with cases %v, want 2 with %s and %s", len(page.Responses), numbers, k.number, callback.number)
	}
	if got := do(t, http.MethodGet, file, ""); got.Body != string(picture(t)) {
		t.Errorf("the file: %d, %d bytes", got.Status, len(got.Body))
	}
	for _, method := range []string{http.MethodGet, http.MethodDelete} {
		if a := do(t, method, "/v1/customers/"+c.key, "", "Authorization", token(t, "cases", "reports", "intake", "invite")); a.Status != http.StatusForbidden {
			t.Errorf("%s without the scope: %d", method, a.Status)
		}
	}

	// What failed lies in dead-letter queues: of this customer, and of somebody else.
	stranger, dead := newCustomer(), deadQueues(t)
	for _, queue := range dead {
		for _, address := range []string{c.address, stranger.address} {
			letter(t, queue, map[string]any{"eventType": "Bounce", "mail": map[string]any{"destination": []string{address}}})
		}
	}
	letter(t, deployed.AttachmentsDLQURL, map[string]any{"Records": []any{map[string]any{"s3": map[string]any{"object": map[string]any{"key": "quarantine/" + string(k.number) + "/2/X"}}}}})
	before := len(mailsTo(t, c.address))

	did := eraseCustomer(t, c.key)
	if did["responses"] < 2 || did["cases_ended"] < 2 || did["dead_letters"] != len(dead)+1 || did["files"] != 1 || did["timeline_texts"] == 0 {
		t.Errorf("did %v", did)
	}
	if found := inTheTable(t, personal...); len(found) > 0 {
		t.Errorf("still in the table: %v", found)
	}
	if left := append(k.files(t, "clean"), k.files(t, "quarantine")...); len(left) > 0 {
		t.Errorf("%d files left", len(left))
	}
	for _, queue := range dead {
		if own, others := waiting(t, queue, c.address), waiting(t, queue, stranger.address); own != 0 || others != 1 {
			t.Errorf("%s: %d dead letters about who was erased, %d about somebody else", queue, own, others)
		}
		strike(t, queue, stranger.address)
	}
	if n := waiting(t, deployed.AttachmentsDLQURL, string(k.number)); n != 0 {
		t.Errorf("%d dead letters about files of a case that was erased", n)
	}
	for one, want := range map[complainant]casefile.Status{k: casefile.Withdrawn, callback: casefile.Closed} {
		if state := one.state(t); state.Status != want || state.CustomerKey != "" || state.Notifiable || casefile.Check(state, one.timeline(t)) != nil {
			t.Errorf("case %s: %+v, chain %v", one.number, state, casefile.Check(state, one.timeline(t)))
		}
		eventually(t, "staff told", 60*time.Second, func() (bool, string) {
			mails := one.staffMails(t)
			return strings.Contains(mails[len(mails)-1].Subject, "Kundendaten gelöscht"), mails[len(mails)-1].Subject
		})
	}

	// Mail that was still to be sent finds nobody to send it to.
	letter(t, deployed.MailQueueURL, events.Message{Version: events.Version, Type: events.TypeInvite, Invite: &events.Invite{ResponseKey: i.ResponseKey, EventID: i.EventID, Reminder: true}})
	for _, e := range k.timeline(t) {
		if e.Inform { // told before, and lost on the way
			letter(t, deployed.MailQueueURL, events.Message{Version: events.Version, Type: events.TypeInform, Inform: &events.Inform{Case: string(k.number), Seq: e.Seq}})
		}
	}
	drained(t, string(k.number))
	drained(t, string(i.ResponseKey))
	if n := len(mailsTo(t, c.address)); n != before {
		t.Errorf("%d mails to who was erased", n-before)
	}
	if n := waiting(t, deployed.MailDLQURL, string(k.number)); n != 0 {
		t.Errorf("%d mails put aside", n)
	}

	// Words are gone from every report, figures are as they were.
	words := do(t, http.MethodGet, "/v1/reports/"+month().String()+"/words.json", "", "Authorization", token(t, "reports"))
	if words.Status != http.StatusOK || strings.Contains(words.Body, comment) || strings.Contains(words.Body, complaint) {
		t.Errorf("words of the month: %d, or still there", words.Status)
	}
	again := do(t, http.MethodGet, "/v1/reports/"+month().String()+".json?version=1", "", "Authorization", token(t, "reports"))
	if again.Status != http.StatusOK || again.Body != published.Body {
		t.Errorf("a published report changed: %d", again.Status)
	}

	if did := eraseCustomer(t, c.key); did["events"]+did["timeline_texts"]+did["cases_ended"]+did["files"] != 0 {
		t.Errorf("erased twice: %v", did)
	}
	if _, page := kept(t, c.key); len(page.Responses) != 0 {
		t.Errorf("%d responses are still handed out", len(page.Responses))
	}
	logged(t, erasure.Customer(c.key), 2)
}

// logged fails unless an erasure is in the log and its acts are noted.
func logged(t *testing.T, s erasure.Subject, acts int) {
	t.Helper()
	log, err := erasure.Load(t.Context(), bucket.New(s3.NewFromConfig(deployed.AWS(), func(o *s3.Options) { o.UsePathStyle = true }), deployed.Bucket), time.Time{})
	if err != nil || log[s].IsZero() {
		t.Errorf("not in the log of erasures (%v)", err)
	}
	all, err := table().Erasures(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, e := range all {
		if e.Subject == string(s) {
			if n++; e.By == "" || !e.Whole {
				t.Errorf("noted %+v", e)
			}
		}
	}
	if n != acts {
		t.Errorf("%d acts noted, want %d", n, acts)
	}
}

// strike takes a message out of a queue that this test put there.
func strike(t *testing.T, queue, what string) {
	t.Helper()
	got, err := queues().ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &queue, MaxNumberOfMessages: 10, VisibilityTimeout: 2})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range got.Messages {
		if strings.Contains(*m.Body, what) {
			if _, err := queues().DeleteMessage(t.Context(), &sqs.DeleteMessageInput{QueueUrl: &queue, ReceiptHandle: m.ReceiptHandle}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// customers is the command as an operator of a deployed stack runs it.
func customers(t *testing.T, who string, args ...string) (string, error) {
	t.Helper()
	out, err := programs.command(t, "customer", append(args, "--stage", deployed.Stage), who).CombinedOutput()
	return string(out), err
}

func TestWhoHasNoKeyIsErasedByACaseOrAnAddress(t *testing.T) {
	comment := ownWords()
	k := complain(t, "repair", url.Values{"comment": {comment}, "l": {"de"}})
	other := complain(t, "repair", url.Values{"comment": {"Ich bin jemand anders als " + k.address}, "l": {"de"}})
	mailed(t, k.address, 1)
	for _, who := range []string{"CASE=" + string(k.number), "EMAIL=" + strings.ToUpper(k.address[:1]) + k.address[1:]} {
		out, err := customers(t, who)
		if strings.HasPrefix(who, "CASE") != (err == nil) || !strings.Contains(out, comment) {
			t.Errorf("%.5s…: %v\n%s", who, err, out)
		}
		if err != nil && !strings.Contains(out, "RESPONSE=") { // somebody else wrote of the address
			t.Errorf("who is meant besides is not said:\n%s", out)
		}
		if err == nil {
			var pages []json.RawMessage
			if json.Unmarshal([]byte(out), &pages) != nil || len(pages) != 1 {
				t.Errorf("printed %d pages:\n%s", len(pages), out)
			}
		}
	}
	if out, err := customers(t, "CASE="+string(k.number), "--erase", "--by", "d.s"); err != nil || !strings.Contains(out, "cases_ended          1") {
		t.Fatalf("%v\n%s", err, out)
	}
	if found := inTheTable(t, comment); len(found) > 0 {
		t.Errorf("still in the table: %v", found)
	}
	k.stands(t, casefile.Withdrawn)
	other.stands(t, casefile.Acknowledged)
	logged(t, erasure.Customer(string(store.AddressContact(k.address))), 1) // complaints get their key from the address
	out, err := customers(t, "RESPONSE="+string(other.state(t).ResponseKey), "--erase")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if found := inTheTable(t, k.address, other.address); len(found) > 0 {
		t.Errorf("still in the table: %v", found)
	}
}
