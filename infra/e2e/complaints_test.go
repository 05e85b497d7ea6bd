package e2e

import (
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"resonanz/infra/local/emulator"
	"resonanz/shared/casefile"
	"resonanz/shared/store"
)

// complainant is a customer with a complaint: who it is, and the page where it
// stands.
type complainant struct {
	customer
	number casefile.Number
	page   string // absolute address of the status page
}

var (
	caseNumber = regexp.MustCompile(`\b\d{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b`)
	pageLink   = regexp.MustCompile(`href="([^"]*/k/[^"?]*)`)
)

// complaintForm is a complaint as typed; the address is the customer's.
func complaintForm(c customer, more url.Values) url.Values {
	form := url.Values{
		"comment": {"Le remboursement a trois semaines de retard <b>!</b>"}, "category": {"billing.refund_delay"}, "remedy": {"Un remboursement cette semaine"},
		"annoyance": {"5"}, "name": {"Camille Modèle"}, "email": {c.address}, "l": {"fr"},
	}
	for k, v := range more {
		form[k] = v
	}
	return form
}

// complain fills in the form of a touchpoint and sends it.
func complain(t *testing.T, touchpoint string, more url.Values) complainant {
	t.Helper()
	c := newCustomer()
	form := complaintForm(c, more)
	address := deployed.PublicURL + "/complain/" + touchpoint
	form.Set("nonce", open(t, address+"?l="+form.Get("l")))
	return registered(t, c, address, form)
}

// registered sends a form until it is taken, as a customer does whose browser
// says that something went wrong, and reads the acknowledgement.
func registered(t *testing.T, c customer, address string, form url.Values) complainant {
	t.Helper()
	var a answer
	eventually(t, "the complaint taken", 30*time.Second, func() (bool, string) {
		a = post(t, address, form)
		return a.Status == http.StatusSeeOther, fmt.Sprintf("%d %.600s", a.Status, a.Body)
	})
	k := complainant{customer: c, page: resolve(t, address, a.Header.Get("Location"))}
	said := do(t, http.MethodGet, k.page, "", "Accept", "text/html")
	k.page, _, _ = strings.Cut(k.page, "?")
	number := caseNumber.FindString(said.Body)
	if said.Status != http.StatusOK || number == "" {
		t.Fatalf("the acknowledgement: %d %.600s", said.Status, said.Body)
	}
	k.number = casefile.Number(number)
	return k
}

// act opens the status page and does one thing on it.
func (k complainant) act(t *testing.T, what string, more url.Values) {
	t.Helper()
	form := url.Values{"do": {what}, "nonce": {open(t, k.page)}}
	for name, v := range more {
		form[name] = v
	}
	eventually(t, what+" on the status page", 30*time.Second, func() (bool, string) {
		a := post(t, k.page, form)
		return a.Status == http.StatusSeeOther, fmt.Sprintf("%d %.600s", a.Status, a.Body)
	})
}

// stateOf is the case as it is stored.
func (k complainant) state(t *testing.T) *casefile.Case {
	t.Helper()
	c, err := table().GetCase(t.Context(), k.number)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (k complainant) timeline(t *testing.T) []casefile.Entry {
	t.Helper()
	all, err := table().Timeline(t.Context(), k.number)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// stands fails unless the case has a status.
func (k complainant) stands(t *testing.T, want casefile.Status) {
	t.Helper()
	if got := k.state(t).Status; got != want {
		t.Fatalf("the case is %s, want %s", got, want)
	}
}

// work is one command of staff: POST /v1/cases/{number}/{name} on the version
// that was just read, with an event id, and again with the same where the answer
// was lost.
func (k complainant) work(t *testing.T, name string, body map[string]any) answer {
	t.Helper()
	if body == nil {
		body = map[string]any{}
	}
	body["event_id"] = uuid.NewString()
	read := do(t, http.MethodGet, "/v1/cases/"+string(k.number), "", "Authorization", clerk(t))
	if read.Status != http.StatusOK || read.Header.Get("ETag") == "" {
		t.Fatalf("reading the case: %d, ETag %q: %.300s", read.Status, read.Header.Get("ETag"), read.Body)
	}
	var a answer
	eventually(t, name, 30*time.Second, func() (bool, string) {
		a = do(t, http.MethodPost, "/v1/cases/"+string(k.number)+"/"+name, marshal(t, body),
			"Authorization", clerk(t), "If-Match", read.Header.Get("ETag"), "Content-Type", "application/json")
		return a.Status < http.StatusInternalServerError, fmt.Sprintf("%d %.300s", a.Status, a.Body)
	})
	return a
}

// does is work that must succeed.
func (k complainant) does(t *testing.T, name string, body map[string]any) {
	t.Helper()
	if a := k.work(t, name, body); a.Status != http.StatusOK {
		t.Fatalf("%s: %d %s", name, a.Status, a.Body)
	}
}

func clerk(t *testing.T) string {
	t.Helper()
	return token(t, "cases", "approve")
}

// byAnother has a second person give a command. The stack's pool knows one
// client, so the function is called as the API calls it once it has checked a
// token.
func (k complainant) byAnother(t *testing.T, person, name string, body map[string]any) {
	t.Helper()
	path := "/v1/cases/" + string(k.number) + "/" + name
	payload := marshal(t, map[string]any{
		"version": "2.0", "routeKey": "POST /v1/cases/{number}/{command}", "rawPath": path, "rawQueryString": "",
		"headers":        map[string]string{"content-type": "application/json", "if-match": fmt.Sprintf(`"%d"`, k.state(t).Version)},
		"pathParameters": map[string]string{"number": string(k.number), "command": name},
		"requestContext": map[string]any{
			"http":       map[string]string{"method": http.MethodPost, "path": path, "sourceIp": "192.0.2.1"},
			"authorizer": map[string]any{"jwt": map[string]any{"claims": map[string]string{"sub": person, "scope": "resonanz/cases resonanz/approve"}}},
		},
		"body": marshal(t, body), "isBase64Encoded": false,
	})
	out, err := deployed.Invoke(t.Context(), "cases", []byte(payload))
	if err != nil {
		t.Fatal(err)
	}
	var a struct {
		StatusCode int
		Body       string
	}
	if err := json.Unmarshal(out, &a); err != nil || a.StatusCode != http.StatusOK {
		t.Fatalf("%s by %s: %d %s %v", name, person, a.StatusCode, a.Body, err)
	}
}

var instants = regexp.MustCompile(`"[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"`)

// reach lets time pass for one case until the next thing that the clock does
// with it is due, has the clock look, and waits until it was done. Nobody waits:
// the case grows older at once, each of its times by the same.
func (k complainant) reach(t *testing.T) {
	t.Helper()
	c := k.state(t)
	if c.NextAt.IsZero() || !c.NextAt.Before(casefile.NoAction) {
		t.Fatalf("nothing is left for the clock to do: %s", c.Status)
	}
	by := time.Until(c.NextAt) + time.Second
	b, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	older := instants.ReplaceAllStringFunc(string(b), func(s string) string {
		at, err := time.Parse(time.RFC3339, strings.Trim(s, `"`))
		if err != nil || !at.Before(casefile.NoAction) {
			return s
		}
		return at.Add(-by).Format(`"2006-01-02T15:04:05.000Z"`)
	})
	_, err = dynamodb.NewFromConfig(deployed.AWS()).UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: &deployed.Table,
		Key: map[string]types.AttributeValue{
			store.AttrPK: &types.AttributeValueMemberS{Value: "CASE#" + string(k.number)}, store.AttrSK: &types.AttributeValueMemberS{Value: "STATE"},
		},
		UpdateExpression:         aws.String("SET #case = :case, #due = :due"),
		ConditionExpression:      aws.String("#version = :version"),
		ExpressionAttributeNames: map[string]string{"#case": "case", "#due": store.AttrDueAt, "#version": "version"},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":case": &types.AttributeValueMemberS{Value: older}, ":due": &types.AttributeValueMemberS{Value: c.NextAt.Add(-by).UTC().Format("2006-01-02T15:04:05.000Z")},
			":version": &types.AttributeValueMemberN{Value: fmt.Sprint(c.Version)},
		},
	})
	if err != nil {
		t.Fatalf("letting time pass for case %s: %v", k.number, err)
	}
	tick(t)
	eventually(t, "the clock to be heard", 60*time.Second, func() (bool, string) {
		now := k.state(t)
		return now.Version > c.Version, fmt.Sprintf("%s at version %d", now.Status, now.Version)
	})
}

// staffMails are the mails to staff about the case, by subject, oldest first.
func (k complainant) staffMails(t *testing.T) []emulator.Mail {
	t.Helper()
	all, err := deployed.Mails(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var found []emulator.Mail
	for _, m := range all {
		if strings.Contains(m.Subject, string(k.number)) && !strings.Contains(strings.Join(m.To, ","), k.address) {
			found = append(found, m)
		}
	}
	return found
}

// mails are those to the customer about the case: an invitation is none.
func (k complainant) mails(t *testing.T) (about []emulator.Mail) {
	t.Helper()
	for _, m := range mailsTo(t, k.address) {
		if strings.Contains(m.Subject+m.Text, string(k.number)) {
			about = append(about, m)
		}
	}
	return about
}

// told holds every step of the case against the mails about it: whoever must hear
// of a step heard once, and nobody of anything else.
func (k complainant) told(t *testing.T) {
	t.Helper()
	informs, alerts := 0, 0
	timeline := k.timeline(t)
	chain := cfg.Chain(k.state(t).Handling.Team)
	want, got := map[string]int{}, map[string]int{} // mails by recipient: each level tells the next of the chain
	for i := range timeline {
		if timeline[i].Inform {
			informs++
		}
		if timeline[i].Alert != nil {
			alerts++
			want[chain[min(timeline[i].Alert.Step, len(chain)-1)]]++
		}
	}
	eventually(t, "a mail for each step", 90*time.Second, func() (bool, string) {
		customer, staff := len(k.mails(t)), len(k.staffMails(t))
		return customer >= informs && staff >= alerts, fmt.Sprintf("%d of %d to the customer, %d of %d to staff", customer, informs, staff, alerts)
	})
	drained(t, string(k.number))
	if n := len(k.mails(t)); n != informs {
		t.Errorf("%d mails to the customer of %d steps that are told", n, informs)
		for _, m := range k.mails(t) {
			t.Log(m.Subject)
		}
	}
	for _, m := range k.staffMails(t) {
		got[strings.Join(m.To, ",")]++
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("mails to staff of %d steps that are told (-want +got):\n%s", alerts, diff)
	}
	if err := casefile.Check(k.state(t), timeline); err != nil {
		t.Error(err)
	}
}

// pageIn is the status page that a mail to the customer leads to.
func pageIn(t *testing.T, m emulator.Mail) string {
	t.Helper()
	found := pageLink.FindStringSubmatch(m.HTML)
	if found == nil {
		t.Fatalf("a mail without a link to the status page:\n%s", m.Text)
	}
	page := html.UnescapeString(found[1])
	if !strings.Contains(m.Text, page) {
		t.Error("the plain text has another link")
	}
	return page
}
