package main

import (
	"bytes"
	"fmt"
	"html"
	"image"
	"image/color"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"regexp"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/google/uuid"

	"resonanz/infra/local/emulator"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/store"
)

// journeys are all the ways in which the stack is used: together they drive
// every function that calls AWS.
var journeys = []struct {
	name string
	walk func(*journey)
}{
	{"vote", voting},
	{"callback", callingBack},
	{"card", fillingInACard},
	{"complaint", complaining},
	{"deadlines", missingDeadlines},
	{"reminder", beingReminded},
	{"bounce", bouncing},
	{"unsubscribe", unsubscribing},
	{"kiosk", tappingOnAKiosk},
	{"systems", sendingBySystem},
	{"report", reporting},
	{"erasure", beingErased},
	{"operations", operating},
}

func voting(j *journey) {
	i := j.invite(nil)
	j.vote(i, url.Values{"stars": {"4"}})
	j.vote(i, url.Values{"stars": {"4"}, "reason": {"friendly"}, "nps": {"9"}, "comment": {"Synthetischer Kommentar"}})
}

func callingBack(j *journey) {
	i := j.invite(nil)
	j.vote(i, url.Values{"stars": {"1"}, "callback": {"1"}, "contact": {"synthetic-contact@example.com"}})
	k := standing{j, casefile.NumberOf(casefile.Callback, string(i.ResponseKey), i.ResponseKey.Month(), 0), ""}
	j.owe(func(o *owed) { o.callbacks[k.number] = true })
	k.there()
	k.work("assign", map[string]any{"owner": "desk-7"})
	k.work("close", map[string]any{"text": "Zurückgerufen."})
}

func fillingInACard(j *journey) {
	mark := "mark-" + uuid.NewString()
	j.submit(j.PublicURL+"/c/visit/checkout-cologne", url.Values{"stars": {"5"}, "q-friendliness": {"5"}, "q-found": {"yes"}, "q-remark": {mark}})
	j.owe(func(o *owed) { o.marks[mark] = true })
}

func complaining(j *journey) {
	k := j.complain("repair")
	k.upload(k.page, "photo.png", picture())
	k.until("the file let through", func() (bool, error) {
		c, err := k.table.GetCase(k.ctx, k.number)
		if err == nil && len(c.Handling.Attachments) == 0 {
			err = fmt.Errorf("no file in the case")
		}
		return err == nil, err
	})
	k.owe(func(o *owed) { o.files[k.number] = 1 })
	k.work("assign", map[string]any{"owner": "desk-7"})
	k.work("assess", map[string]any{"severity": "high", "urgency": "urgent", "category": "billing.refund_delay"})
	k.work("investigate", nil)
	k.work("ask", map[string]any{"text": "Quel est le numéro de votre commande ?"})
	k.act("reply", url.Values{"text": {"C'est la commande 4711."}})
	k.work("decide", map[string]any{"outcome": "accepted", "text": "Le remboursement était en retard.", "root_cause": k.cfg.Complaints.RootCauses[0]})
	k.work("compensate", map[string]any{"type": "immaterial", "kind": "priority_service"})
	k.work("apologise", nil)
	k.work("resolve", map[string]any{"text": "Vous êtes prioritaire."})
	k.act("accept", nil)
	k.act("rate", url.Values{"stars": {"1"}, "text": {"Beaucoup trop long."}})
}

func missingDeadlines(j *journey) {
	k := j.complain("hotline")
	for range 2 {
		k.reach()
	}
	k.act("withdraw", nil)
}

func beingReminded(j *journey) {
	c := newCustomer()
	i := j.invite(&c)
	j.mailed(c.address, 1)
	j.due("REMIND#" + string(i.ResponseKey))
	j.owe(func(o *owed) { o.invited[c.address]++ })
	j.mailed(c.address, 2)
}

func bouncing(j *journey) {
	c := newCustomer()
	i := j.invite(&c)
	j.mailed(c.address, 1)
	at := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	event := j.json(map[string]any{
		"eventType": "Bounce",
		"bounce": map[string]any{
			"bounceType": "Permanent", "bounceSubType": "General", "timestamp": at, "feedbackId": uuid.NewString(),
			"bouncedRecipients": []any{map[string]any{"emailAddress": c.address, "action": "failed", "status": "5.1.1"}},
		},
		"mail": map[string]any{
			"timestamp": at, "source": j.cfg.Notify.MailFrom, "sendingAccountId": emulator.Account, "messageId": uuid.NewString(),
			"destination": []string{c.address}, "headersTruncated": false, "headers": []any{}, "commonHeaders": map[string]any{"to": []string{c.address}},
			"tags": map[string][]string{"response": {string(i.ResponseKey)}, "event": {string(i.EventID)}},
		},
	})
	j.until("the bounce told", func() (bool, error) {
		_, err := sns.NewFromConfig(j.AWS()).Publish(j.ctx, &sns.PublishInput{TopicArn: &j.MailEventsTopicARN, Message: &event})
		return err == nil, err
	})
	j.owe(func(o *owed) {
		o.responses[i.ResponseKey][feedback.KindDelivery]++
		o.optedOut[c.address] = true
	})
}

var unsubscribeLink = regexp.MustCompile(`href="([^"]*/u/[^"]*)"`)

func unsubscribing(j *journey) {
	c := newCustomer()
	j.invite(&c)
	j.mailed(c.address, 1)
	if j.err != nil {
		return
	}
	found, err := j.mailsTo(c.address)
	if err != nil {
		j.err = err
		return
	}
	link := unsubscribeLink.FindStringSubmatch(found[0].HTML)
	if link == nil {
		j.err = fmt.Errorf("%s: a mail without a link to unsubscribe", j.name)
		return
	}
	j.ask([]int{http.StatusOK, http.StatusSeeOther}, http.MethodPost, html.UnescapeString(link[1]), "List-Unsubscribe=One-Click", "Content-Type", formType)
	j.owe(func(o *owed) { o.optedOut[c.address] = true })
}

// tappingOnAKiosk sends what a kiosk kept, and again what was not taken.
func tappingOnAKiosk(j *journey) {
	var key string
	j.until("the key of the kiosk", func() (done bool, err error) {
		key, err = j.DeviceKey(j.ctx, j.cfg, "kiosk-cologne-2")
		return err == nil, err
	})
	at := time.Now().Add(-2 * time.Hour)
	pending := make([]map[string]any, 12)
	for i := range pending {
		pending[i] = event("checkout-cologne", "kiosk", "stars_1_5", 1+i%5, at.Add(time.Duration(i)*10*time.Second))
	}
	all := pending
	j.until("the batch taken", func() (bool, error) {
		a := j.ask([]int{http.StatusOK}, http.MethodPost, "/v1/batch", j.json(map[string]any{"events": pending}), "Authorization", "Bearer "+key, "Content-Type", jsonType)
		var got struct{ Results []struct{ Status string } }
		j.read(a, &got)
		if j.err != nil || len(got.Results) != len(pending) {
			return true, fmt.Errorf("%d results of %d", len(got.Results), len(pending))
		}
		var again []map[string]any
		for i, r := range got.Results {
			switch r.Status {
			case "accepted", "duplicate":
			case "retry":
				again = append(again, pending[i])
			default:
				return true, fmt.Errorf("an event is %s", r.Status)
			}
		}
		pending = again
		if len(pending) > 0 {
			return false, fmt.Errorf("%d left", len(pending))
		}
		return true, nil
	})
	j.owe(func(o *owed) {
		for _, e := range all {
			o.events[feedback.EventID(e["event_id"].(string))] = true
		}
	})
}

func event(touchpoint, channel, scale string, stars int, at time.Time) map[string]any {
	return map[string]any{
		"event_id": uuid.NewString(), "touchpoint": touchpoint, "channel": channel, "scale": scale,
		"rating": stars, "submitted_at": at.UTC().Format(time.RFC3339),
	}
}

func sendingBySystem(j *journey) {
	bearer := j.token("intake")
	rating := event("hotline", "phone", "stars_1_5", 5, time.Now())
	complaint := map[string]any{
		"event_id": uuid.NewString(), "touchpoint": "hotline", "channel": "phone", "category": "billing.refund_delay", "comment": "Synthetische Beschwerde",
		"annoyance": 4, "submitted_at": time.Now().UTC().Format(time.RFC3339), "language": "de",
	}
	for path, e := range map[string]map[string]any{"/v1/ratings": rating, "/v1/complaints": complaint} {
		j.ask([]int{http.StatusCreated, http.StatusOK}, http.MethodPost, path, j.json(e), "Authorization", bearer, "Content-Type", jsonType)
		j.owe(func(o *owed) { o.events[feedback.EventID(e["event_id"].(string))] = true })
	}
}

func reporting(j *journey) {
	bearer := j.token("reports")
	this := period.Of(time.Now(), j.cfg.Zone()).String()
	j.ask([]int{http.StatusCreated, http.StatusOK, http.StatusAccepted}, http.MethodPost, "/v1/reports/"+this, "", "Authorization", bearer, "Accept", jsonType)
	j.ask([]int{http.StatusOK}, http.MethodGet, "/v1/reports/"+this+".json", "", "Authorization", bearer)
}

// operating has run what runs by schedule.
func operating(j *journey) {
	for _, s := range []struct{ fn, payload string }{
		{"watch", `{"schedule":"watch"}`}, {"compact", `{"schedule":"compact","all":true}`}, {"sweep", `{"schedule":"sweep"}`},
		{"canary", `{"schedule":"canary"}`}, {"clock", `{"schedule":"clock"}`},
	} {
		if slices.Contains(j.names, s.fn) {
			j.call(s.fn, s.payload)
		}
	}
}

// beingErased is a customer who says much and then wants none of it kept.
func beingErased(j *journey) {
	if !slices.Contains(j.names, "customers") {
		return
	}
	c, mark := newCustomer(), "mark-"+uuid.NewString()
	i := j.invite(&c)
	j.mailed(c.address, 1)
	j.vote(i, url.Values{"stars": {"1"}, "comment": {mark}, "callback": {"1"}, "contact": {c.address}})
	k := standing{j, casefile.NumberOf(casefile.Callback, string(i.ResponseKey), i.ResponseKey.Month(), 0), ""}
	j.owe(func(o *owed) { o.callbacks[k.number] = true })
	k.there()
	k.work("note", map[string]any{"text": "Bitte anrufen: " + mark})
	bearer := j.token("privacy")
	j.until("nothing left of the customer", func() (bool, error) {
		a := j.ask([]int{http.StatusOK, http.StatusAccepted}, http.MethodDelete, "/v1/customers/"+c.key, "", "Authorization", bearer)
		if a.status == http.StatusOK || a.status == 0 { // none: the journey has ended
			return true, nil
		}
		return false, fmt.Errorf("%.200s", a.body)
	})
	j.owe(func(o *owed) { o.gone[mark], o.gone[c.key], o.gone[c.address] = true, true, true })
}

// due moves the time of an item of the due index into the past and has the clock
// look.
func (j *journey) due(pk string) {
	j.until("an item of the due index", func() (bool, error) {
		err := j.setDue(j.ctx, pk, "-", time.Now().Add(-time.Minute))
		return err == nil, err
	})
	j.call("clock", `{"schedule":"clock"}`)
}

func picture() []byte {
	m := image.NewRGBA(image.Rect(0, 0, 24, 16))
	m.Set(3, 3, color.RGBA{R: 200, A: 255})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err) // memory takes every picture
	}
	return b.Bytes()
}

var (
	uploadForm  = regexp.MustCompile(`(?s)<form id="up"[^>]*>.*?</form>`)
	actionField = regexp.MustCompile(`action="([^"]+)"`)
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)"`)
)

// writeForm writes the form by which a browser sends a file, and returns its type.
func writeForm(body *bytes.Buffer, fields [][]string, name string, content []byte) string {
	form := multipart.NewWriter(body)
	for _, f := range fields {
		_ = form.WriteField(f[1], html.UnescapeString(f[2])) // memory takes every form
	}
	part, err := form.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename=%q`, name)}, "Content-Type": {"image/png"},
	})
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		panic(err)
	}
	return form.FormDataContentType()
}

// contact is the id under which the store knows an address.
func contact(address string) store.ContactID { return store.AddressContact(address) }
