package e2e

import (
	"fmt"
	"html"
	"net/http"
	"net/mail"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/google/uuid"

	"resonanz/infra/local/emulator"
	"resonanz/shared/feedback"
	"resonanz/shared/link"
	"resonanz/shared/store"
)

// customer is somebody nobody else in these tests is: the fatigue limit counts
// on both.
type customer struct{ key, address string }

func newCustomer() customer {
	id := uuid.NewString()
	return customer{"e2e-" + id, "e2e-" + id + "@example.com"}
}

// inviting asks for an invitation by mail; more changes its fields.
func inviting(t *testing.T, c customer, more map[string]any) answer {
	t.Helper()
	body := map[string]any{
		"event_id": uuid.NewString(), "touchpoint": "hotline", "channel": "email_link", "language": "de",
		"customer_key": c.key, "consent": "contract", "send": true, "email": c.address,
	}
	for k, v := range more {
		body[k] = v
	}
	return do(t, http.MethodPost, "/v1/invitations", marshal(t, body), "Authorization", token(t, "invite"), "Content-Type", "application/json")
}

func inviteByMail(t *testing.T, c customer, more map[string]any) invitation {
	t.Helper()
	a := inviting(t, c, more)
	if a.Status != http.StatusCreated {
		t.Fatalf("inviting by mail: %d %s", a.Status, a.Body)
	}
	var i invitation
	a.json(t, &i)
	return i
}

// mailsTo are the mails to an address, oldest first.
func mailsTo(t *testing.T, address string) []emulator.Mail {
	t.Helper()
	all, err := deployed.Mails(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var found []emulator.Mail
	for _, m := range all {
		if strings.Contains(strings.Join(m.To, ","), address) {
			found = append(found, m)
		}
	}
	return found
}

// mailed waits until n mails have gone to the address and returns the last.
func mailed(t *testing.T, address string, n int) emulator.Mail {
	t.Helper()
	var last emulator.Mail
	eventually(t, fmt.Sprintf("%d mails to %s", n, address), 90*time.Second, func() (bool, string) {
		found := mailsTo(t, address)
		if len(found) > 0 {
			last = found[len(found)-1]
		}
		return len(found) >= n, fmt.Sprintf("%d mails", len(found))
	})
	return last
}

// headers are those of the last mail to an address, as courier handed it to SES.
func headers(t *testing.T, address string) mail.Header {
	t.Helper()
	raw := functionsToAWS.sent()
	for i := len(raw) - 1; i >= 0; i-- {
		m, err := mail.ReadMessage(strings.NewReader(raw[i]))
		if err != nil {
			t.Fatalf("a mail cannot be read: %v", err)
		}
		if strings.Contains(m.Header.Get("To"), address) {
			return m.Header
		}
	}
	t.Fatalf("no mail to %s was handed to SES", address)
	return nil
}

var starLink = regexp.MustCompile(`href="([^"]*/[rc]/[^"]*)"`)

// starLinks are the links of a mail by the star they preselect.
func starLinks(t *testing.T, m emulator.Mail) map[string]string {
	t.Helper()
	links := make(map[string]string)
	for _, found := range starLink.FindAllStringSubmatch(m.HTML, -1) {
		u, err := url.Parse(html.UnescapeString(found[1]))
		if err != nil {
			t.Fatalf("a link of the mail: %v", err)
		}
		links[u.Query().Get("s")] = u.String()
	}
	return links
}

// responseOf is the response that a link is for. Courier signs it anew, so after
// a rotation its token is another than the invitation's.
func responseOf(t *testing.T, address string) feedback.ResponseKey {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	tok, err := link.Verify(linkRing(t), u.Path[strings.LastIndexByte(u.Path, '/')+1:], time.Now())
	if err != nil {
		t.Fatalf("a link of a mail: %v", err)
	}
	return tok.ResponseKey
}

// linkRing are the keys with which links are signed.
func linkRing(t *testing.T) link.Keyring {
	t.Helper()
	stage := func(name string) []byte {
		v, err := secretsmanager.NewFromConfig(deployed.AWS()).GetSecretValue(t.Context(), &secretsmanager.GetSecretValueInput{SecretId: &deployed.LinkSecretARN, VersionStage: &name})
		if err != nil {
			return nil // before the first rotation there is no previous key
		}
		return []byte(aws.ToString(v.SecretString))
	}
	ring, err := link.NewKeyring(stage("AWSCURRENT"), stage("AWSPREVIOUS"))
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func TestFromAMailedInvitationToTheResponseRate(t *testing.T) {
	settled(t)
	before := makeReport(t)
	c := newCustomer()
	i := inviteByMail(t, c, map[string]any{"language": "fr"})
	m := mailed(t, c.address, 1)
	if m.From == "" || !strings.Contains(m.From, cfg.Notify.MailFrom) {
		t.Errorf("the sender is %q", m.From)
	}
	links := starLinks(t, m)
	for _, star := range []string{"1", "2", "3", "4", "5"} {
		if responseOf(t, links[star]) != i.ResponseKey {
			t.Fatalf("star %s leads elsewhere", star)
		}
		if strings.Contains(m.Text, c.address) || strings.Contains(links[star], url.QueryEscape(c.address)) {
			t.Error("the mail names whom it goes to")
		}
	}
	if first, _, _ := strings.Cut(links["1"], "?"); !strings.Contains(m.Text, first) {
		t.Error("the plain text has no link")
	}
	h := headers(t, c.address)
	if h.Get("List-Unsubscribe-Post") != "List-Unsubscribe=One-Click" {
		t.Errorf("List-Unsubscribe-Post: %q", h.Get("List-Unsubscribe-Post"))
	}

	// Star 2 preselected; nothing is stored until the button is pressed.
	page := do(t, http.MethodGet, links["2"], "", "Accept", "text/html")
	if page.Status != http.StatusOK || !strings.Contains(page.Body, `lang="fr"`) {
		t.Fatalf("the page: %d, in French: %t", page.Status, strings.Contains(page.Body, `lang="fr"`))
	}
	if !regexp.MustCompile(`<input[^>]*value="?2"?[^>]*checked|<input[^>]*checked[^>]*value="?2"?`).MatchString(page.Body) {
		t.Error("star 2 is not preselected")
	}
	if kinds := kindsOf(t, i.ResponseKey); kinds[feedback.KindRating] != 0 {
		t.Fatal("opening the link has voted")
	}
	vote := post(t, i.URL, url.Values{"stars": {"2"}, "nonce": {nonceOf(t, page)}})
	if vote.Status != http.StatusSeeOther || !strings.Contains(vote.Header.Get("Location"), "done=1") {
		t.Fatalf("voting: %d to %q", vote.Status, vote.Header.Get("Location"))
	}
	// The vote is safe; the rest is voluntary.
	thanks := do(t, http.MethodGet, resolve(t, i.URL, vote.Header.Get("Location")), "", "Accept", "text/html")
	if thanks.Status != http.StatusOK {
		t.Fatalf("thanks: %d", thanks.Status)
	}
	more := post(t, i.URL, url.Values{
		"stars": {"2"}, "nonce": {nonceOf(t, thanks)}, "reason": {"waiting_time"}, "fcr": {"no"}, "nps": {"3"},
		"comment": {"Trop long <b>!</b>"}, "callback": {"1"}, "contact": {"synthetic-contact@example.com"},
	})
	if more.Status != http.StatusSeeOther || !strings.Contains(more.Header.Get("Location"), "done=2") {
		t.Fatalf("the follow-up: %d to %q: %.300s", more.Status, more.Header.Get("Location"), more.Body)
	}
	callbackCase(t, i.ResponseKey)
	settled(t)
	after := makeReport(t)
	type change struct{ n, delivered, answered int }
	got := change{after.Total.N - before.Total.N, after.Quality.Delivered - before.Quality.Delivered, after.Quality.Answered - before.Quality.Answered}
	if want := (change{1, 1, 1}); got != want {
		t.Errorf("the report changed by %+v, want %+v", got, want)
	}
	if after.Quality.ResponseRatePct == nil {
		t.Error("the report has no response rate")
	}
	again := do(t, http.MethodGet, i.URL, "", "Accept", "text/html")
	if again.Status != http.StatusOK || !strings.Contains(again.Body, `name="nonce"`) {
		t.Errorf("within the edit window the link shows the form again: %d", again.Status)
	}
}

// kindsOf counts what is stored of a response.
func kindsOf(t *testing.T, key feedback.ResponseKey) map[feedback.Kind]int {
	t.Helper()
	events, err := table().Response(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	kinds := make(map[feedback.Kind]int)
	for _, e := range events {
		kinds[e.Kind]++
	}
	return kinds
}

func nonceOf(t *testing.T, page answer) string {
	t.Helper()
	m := nonceField.FindStringSubmatch(page.Body)
	if m == nil {
		t.Fatalf("%d, the page has no nonce: %.600s", page.Status, page.Body)
	}
	return html.UnescapeString(m[1])
}

func resolve(t *testing.T, base, location string) string {
	t.Helper()
	u, err := url.Parse(base)
	if err == nil {
		u, err = u.Parse(location)
	}
	if err != nil {
		t.Fatal(err)
	}
	return u.String()
}

// makeDue moves the time of an item of the due index into the past and has the
// clock look.
func makeDue(t *testing.T, pk, sk string) {
	t.Helper()
	_, err := dynamodb.NewFromConfig(deployed.AWS()).UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &deployed.Table,
		Key: map[string]types.AttributeValue{
			store.AttrPK: &types.AttributeValueMemberS{Value: pk}, store.AttrSK: &types.AttributeValueMemberS{Value: sk},
		},
		UpdateExpression:    aws.String("SET due_at = :past"),
		ConditionExpression: aws.String("attribute_exists(due_at)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":past": &types.AttributeValueMemberS{Value: time.Now().UTC().Add(-time.Minute).Format("2006-01-02T15:04:05.000Z")},
		},
	})
	if err != nil {
		t.Fatalf("moving %s %s: %v", pk, sk, err)
	}
	tick(t)
}

// tick has the clock look now; it looks each minute anyway.
func tick(t *testing.T) {
	t.Helper()
	if _, err := deployed.Invoke(t.Context(), "clock", []byte(`{"schedule":"clock"}`)); err != nil {
		t.Fatal(err)
	}
}

func TestWhoHasNotAnsweredIsRemindedOnce(t *testing.T) {
	silent, answered := newCustomer(), newCustomer()
	quiet, quick := inviteByMail(t, silent, nil), inviteByMail(t, answered, nil)
	mailed(t, silent.address, 1)
	mailed(t, answered.address, 1)
	mustVote(t, quick.URL, url.Values{"stars": {"5"}})
	drained(t, "")
	for _, i := range []invitation{quiet, quick} {
		makeDue(t, "REMIND#"+string(i.ResponseKey), "-")
	}
	reminder := mailed(t, silent.address, 2)
	if responseOf(t, starLinks(t, reminder)["5"]) != quiet.ResponseKey {
		t.Error("the reminder has another link")
	}
	tick(t)
	drained(t, "")
	if n := len(mailsTo(t, silent.address)); n != 2 {
		t.Errorf("%d mails, want the invitation and one reminder", n)
	}
	if n := len(mailsTo(t, answered.address)); n != 1 {
		t.Errorf("who has answered got %d mails", n)
	}
}

// tell publishes what SES tells of a mail.
func tell(t *testing.T, i invitation, c customer, event string, detail map[string]any) {
	t.Helper()
	at := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	detail["timestamp"], detail["feedbackId"] = at, uuid.NewString()
	body := map[string]any{
		"eventType": event, strings.ToLower(event): detail,
		"mail": map[string]any{
			"timestamp": at, "source": cfg.Notify.MailFrom, "sendingAccountId": emulator.Account, "messageId": uuid.NewString(),
			"destination": []string{c.address}, "headersTruncated": false, "headers": []any{}, "commonHeaders": map[string]any{"to": []string{c.address}},
			"tags": map[string][]string{
				"ses:configuration-set": {"MailConfiguration"}, "response": {string(i.ResponseKey)}, "event": {string(i.EventID)},
			},
		},
	}
	_, err := sns.NewFromConfig(deployed.AWS()).Publish(t.Context(), &sns.PublishInput{TopicArn: &deployed.MailEventsTopicARN, Message: aws.String(marshal(t, body))})
	if err != nil {
		t.Fatal(err)
	}
}

func bounced(c customer, kind string) map[string]any {
	return map[string]any{
		"bounceType": kind, "bounceSubType": "General", "reportingMTA": "dsn; mta.example.com",
		"bouncedRecipients": []any{map[string]any{"emailAddress": c.address, "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}},
	}
}

func TestABounceEndsMailToAnAddressAndLeavesTheResponseRate(t *testing.T) {
	c, temporary, complained := newCustomer(), newCustomer(), newCustomer()
	i, later, third := inviteByMail(t, c, nil), inviteByMail(t, temporary, nil), inviteByMail(t, complained, nil)
	for _, one := range []customer{c, temporary, complained} {
		mailed(t, one.address, 1)
	}
	settled(t)
	drained(t, "")
	before := makeReport(t)
	for range 2 { // SNS may tell twice
		tell(t, i, c, "Bounce", bounced(c, "Permanent"))
	}
	tell(t, later, temporary, "Bounce", bounced(temporary, "Transient"))
	tell(t, third, complained, "Complaint", map[string]any{
		"complainedRecipients": []any{map[string]any{"emailAddress": complained.address}}, "complaintFeedbackType": "abuse",
	})
	eventually(t, "the bounce in the ledger", 60*time.Second, func() (bool, string) {
		a, b := kindsOf(t, i.ResponseKey), kindsOf(t, third.ResponseKey)
		return a[feedback.KindDelivery] >= 1 && b[feedback.KindDelivery] >= 1, fmt.Sprint(a, b)
	})
	drained(t, "")
	if kinds := kindsOf(t, later.ResponseKey); kinds[feedback.KindDelivery] != 0 {
		t.Errorf("an absence notice is no bounce: %v", kinds)
	}
	for _, gone := range []customer{c, complained} {
		a := inviting(t, gone, nil)
		var p refusal
		a.json(t, &p)
		if a.Status != http.StatusConflict || p.Code != "opted_out" {
			t.Errorf("the next invitation: %d %s, want 409 opted_out", a.Status, p.Code)
		}
	}
	// By another key, the address is the same.
	if a := inviting(t, customer{newCustomer().key, c.address}, nil); a.Status != http.StatusConflict {
		t.Errorf("the same address under another key: %d", a.Status)
	}
	eventually(t, "the report counts per delivered", 60*time.Second, func() (bool, string) {
		after := makeReport(t)
		got := after.Quality.Delivered - before.Quality.Delivered
		return got == -1, fmt.Sprintf("delivered changed by %d, want -1: the bounce; the complaint had arrived", got)
	})
}

func TestACustomerIsNotAskedAgainTooSoon(t *testing.T) {
	c := newCustomer()
	inviteByMail(t, c, nil)
	a := inviting(t, c, nil)
	var p refusal
	a.json(t, &p)
	if a.Status != http.StatusConflict || p.Code != "fatigue_limit" {
		t.Errorf("%d %s, want 409 fatigue_limit", a.Status, p.Code)
	}
}

func TestInvitationsComeAsCSVAllOrNothing(t *testing.T) {
	one, other := newCustomer(), newCustomer()
	const header = "event_id,touchpoint,channel,language,customer_key,consent,send,email\n"
	row := func(c customer, touchpoint string) string {
		return strings.Join([]string{uuid.NewString(), touchpoint, "email_link", "it", c.key, "contract", "true", c.address}, ",") + "\n"
	}
	send := func(body string) answer {
		return do(t, http.MethodPost, "/v1/invitations", body, "Authorization", token(t, "invite"), "Content-Type", "text/csv")
	}
	a := send("\ufeff" + header + row(one, "hotline") + row(other, "nowhere"))
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, `"line":3`) && !strings.Contains(a.Body, "line 3") {
		t.Errorf("a wrong row: %d %s", a.Status, a.Body)
	}
	a = send("\ufeff" + header + row(one, "hotline") + row(other, "repair"))
	if a.Status != http.StatusOK || strings.Count(a.Body, `"accepted"`) != 2 {
		t.Fatalf("%d %s", a.Status, a.Body)
	}
	for _, c := range []customer{one, other} {
		m := mailed(t, c.address, 1)
		if len(mailsTo(t, c.address)) != 1 || len(starLinks(t, m)) < 5 {
			t.Errorf("%d mails with %d links", len(mailsTo(t, c.address)), len(starLinks(t, m)))
		}
	}
}

// A card invitation leads to the card of its touchpoint.
func TestACardCanBeInvitedTo(t *testing.T) {
	c := newCustomer()
	i := inviteByMail(t, c, map[string]any{"touchpoint": "repair", "card": true})
	m := mailed(t, c.address, 1)
	address := ""
	for _, l := range starLinks(t, m) {
		address = l
	}
	if !strings.Contains(address, "/c/") || responseOf(t, address) != i.ResponseKey {
		t.Fatal("the mail leads elsewhere")
	}
	page := do(t, http.MethodGet, address, "", "Accept", "text/html")
	a := post(t, deployed.PublicURL+"/c/"+i.Token, url.Values{"stars": {"9"}, "nonce": {nonceOf(t, page)}, "q-on_time": {"yes"}, "q-instruction": {"5"}, "q-suggestion": {"Beispielvorschlag"}})
	if a.Status != http.StatusSeeOther {
		t.Fatalf("%d %.400s", a.Status, a.Body)
	}
	if kinds := kindsOf(t, i.ResponseKey); kinds[feedback.KindCard] != 1 {
		t.Errorf("stored: %v", kinds)
	}
}
