package traffic

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"html"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
)

// visitor makes one journey.
type visitor struct {
	*Load
	rand *rand.Rand
	from string
	due  time.Time // of the next request; zero: now
}

// journeys are what a visitor may do.
var journeys = map[string]func(context.Context, *visitor){
	"link":      byLink,
	"kiosk":     atKiosk,
	"card":      byCard,
	"complaint": complain,
	"desk":      atDesk,
}

// address is one of a customer: each comes from a network of its own.
func address(r *rand.Rand) string {
	return fmt.Sprintf("10.%d.%d.%d", r.IntN(256), r.IntN(256), 1+r.IntN(254))
}

// do sends a request and keeps its time, from the moment it was due. No answer is
// nil; sends says how many events are then neither accepted nor refused.
func (v *visitor) do(ctx context.Context, r *Request, sends int, want ...int) *Answer {
	began := time.Now()
	if !v.due.IsZero() {
		began, v.due = v.due, time.Time{}
	}
	r.From = v.from
	a, err := v.Client.Do(ctx, r)
	took := time.Since(began)
	if err != nil {
		why, _, _ := strings.Cut(err.Error(), "\n")
		v.Record.unanswered(r.As+": "+why, sends)
		return nil
	}
	v.Record.answered(r.As, took, a.Status)
	for _, status := range want {
		if a.Status == status {
			return a
		}
	}
	if a.refused() {
		v.Record.held()
		return nil
	}
	what := fmt.Sprintf("%s answers %d", r.As, a.Status)
	if a.Status >= 500 {
		v.Record.unanswered(what, sends)
	} else {
		v.Record.failed(what + ": " + string(a.Body[:min(len(a.Body), 300)]))
	}
	return nil
}

// place is a touchpoint, any.
func (v *visitor) place() *config.Touchpoint {
	return &v.Config.Touchpoints[v.rand.IntN(len(v.Config.Touchpoints))]
}

func (v *visitor) chance(percent int) bool { return v.rand.IntN(100) < percent }

// stars are what most customers give: well, mostly.
func (v *visitor) stars(tp *config.Touchpoint) int {
	least, greatest := tp.Scale.Bounds()
	if v.chance(15) {
		return least
	}
	return greatest - v.rand.IntN(2)
}

func (v *visitor) language() feedback.Language {
	all := v.Config.Organisation.Languages
	return all[v.rand.IntN(len(all))]
}

// byLink: a system asks for a link, the customer opens it, votes and reads the
// thanks. A few want to be called back, a few of the unhappy ones say why.
func byLink(ctx context.Context, v *visitor) {
	tp, id := v.place(), feedback.NewEventID()
	a := v.do(ctx, &Request{
		As: "issue a link", Method: http.MethodPost, Path: "/v1/invitations", Type: "application/json", Scopes: "invite", Bearer: v.Token,
		Body: asJSON(map[string]any{"event_id": id, "touchpoint": tp.ID, "channel": "email_link", "language": v.language()}),
	}, 1, http.StatusCreated)
	if a == nil {
		return
	}
	var link struct {
		URL string               `json:"url"`
		Key feedback.ResponseKey `json:"response_key"`
	}
	if err := json.Unmarshal(a.Body, &link); err != nil {
		v.Record.failed("a link that is no JSON")
		return
	}
	v.Record.note(func(a *Accepted) { a.Events[id] = feedback.KindInvitation })
	u, err := url.Parse(link.URL)
	if err != nil {
		v.Record.failed("a link that is no address")
		return
	}
	stars := v.stars(tp)
	page := v.do(ctx, &Request{As: "rating page", Method: http.MethodGet, Path: u.Path + "?s=" + strconv.Itoa(stars)}, 0, http.StatusOK)
	if page == nil || v.chance(10) { // opened, and no more
		return
	}
	form := url.Values{"stars": {strconv.Itoa(stars)}, "nonce": {nonceOf(page.Body)}}
	least, _ := tp.Scale.Bounds()
	low, called := stars == least, v.chance(2)
	if low && v.chance(30) {
		form.Set("comment", "Zu lange gewartet. / Waited too long.")
	}
	if called {
		form.Set("callback", "1")
		form.Set("contact", "+49 30 5550100")
	}
	if !v.post(ctx, "vote", u.Path, form, true) {
		return
	}
	v.Record.note(func(a *Accepted) {
		a.Responses[link.Key] = true
		if called {
			a.Cases[Escalated{link.Key, "callback"}] = true
		}
		if form.Has("comment") {
			a.Cases[Escalated{link.Key, "complaint"}] = true
		}
	})
}

// post sends a form and opens the page to which it leads.
func (v *visitor) post(ctx context.Context, as, path string, form url.Values, follow bool) bool {
	a := v.do(ctx, &Request{
		As: as, Method: http.MethodPost, Path: path, Type: "application/x-www-form-urlencoded", Body: []byte(form.Encode()),
	}, 1, http.StatusSeeOther)
	if a == nil {
		return false
	}
	if follow {
		if next, err := url.Parse(path); err == nil {
			if next, err = next.Parse(a.Location); err == nil {
				v.do(ctx, &Request{As: as + ": thanks", Method: http.MethodGet, Path: next.RequestURI()}, 0, http.StatusOK)
			}
		}
	}
	return true
}

// batchOf is how many taps a kiosk sends at once.
const batchOf = 5

// atKiosk: a device sends what was tapped since it last did.
func atKiosk(ctx context.Context, v *visitor) {
	d := &v.Config.Devices[v.rand.IntN(len(v.Config.Devices))]
	tp := v.Config.Touchpoint(d.Touchpoint)
	key := v.Devices[d.ID]
	if key == "" || tp == nil {
		return
	}
	var events []map[string]any
	now := time.Now().In(v.Config.Zone())
	for range batchOf {
		events = append(events, map[string]any{
			"event_id": feedback.NewEventID(), "touchpoint": tp.ID, "channel": d.Channel, "scale": tp.Scale,
			"rating": v.stars(tp), "submitted_at": now.Format(time.RFC3339),
		})
	}
	a := v.do(ctx, &Request{
		As: "kiosk: 5 taps", Method: http.MethodPost, Path: "/v1/batch", Type: "application/json", Bearer: key, Body: asJSON(map[string]any{"events": events}),
	}, batchOf, http.StatusOK)
	if a == nil {
		return
	}
	var out struct {
		Results []struct {
			ID     feedback.EventID `json:"event_id"`
			Status string           `json:"status"`
		} `json:"results"`
	}
	if err := json.Unmarshal(a.Body, &out); err != nil || len(out.Results) != batchOf {
		v.Record.failed("a batch that is not answered one by one")
		return
	}
	for _, r := range out.Results {
		// A duplicate of nothing is an event whose first answer got lost on the way.
		if r.Status != "accepted" && r.Status != "duplicate" {
			v.Record.failed("a tap that is " + r.Status)
			continue
		}
		v.Record.note(func(a *Accepted) { a.Events[r.ID] = feedback.KindRating })
	}
}

// byCard: a customer scans the code of a card and fills it in.
func byCard(ctx context.Context, v *visitor) {
	card := &v.Config.Cards[v.rand.IntN(len(v.Config.Cards))]
	tp := v.Config.Touchpoint(card.Touchpoints[v.rand.IntN(len(card.Touchpoints))])
	path := "/c/" + card.ID + "/" + string(tp.ID)
	page := v.do(ctx, &Request{As: "response card", Method: http.MethodGet, Path: path}, 0, http.StatusOK)
	if page == nil {
		return
	}
	mark := string(feedback.NewEventID())
	form := url.Values{"stars": {strconv.Itoa(v.stars(tp))}, "nonce": {nonceOf(page.Body)}}
	for i := range card.Sections {
		for j := range card.Sections[i].Items {
			if it := &card.Sections[i].Items[j]; it.Kind == config.ItemSuggestion {
				form.Set(intake.CardField+it.ID, mark)
			}
		}
	}
	if v.post(ctx, "card", path, form, true) {
		v.Record.note(func(a *Accepted) { a.Marks[mark] = true })
	}
}

// complain: a customer fills in the form and reads the acknowledgement.
func complain(ctx context.Context, v *visitor) {
	path := "/complain/" + string(v.place().ID)
	page := v.do(ctx, &Request{As: "complaint form", Method: http.MethodGet, Path: path}, 0, http.StatusOK)
	if page == nil {
		return
	}
	mark := string(feedback.NewEventID())
	form := url.Values{
		"comment": {"Die Ware war beschädigt. / The goods were damaged. " + mark}, "nonce": {nonceOf(page.Body)},
		"category": {v.Config.Categories[v.rand.IntN(len(v.Config.Categories))]}, "annoyance": {strconv.Itoa(1 + v.rand.IntN(5))},
		"email": {"load-" + mark[:8] + "@example.com"},
	}
	if v.post(ctx, "complaint", path, form, true) {
		v.Record.note(func(a *Accepted) { a.Marks[mark] = true })
	}
}

// atDesk: staff look at the work list.
func atDesk(ctx context.Context, v *visitor) {
	v.do(ctx, &Request{As: "work list", Method: http.MethodGet, Path: "/v1/cases?limit=20", Scopes: "cases", Bearer: v.Token}, 0, http.StatusOK)
}

func asJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // what is sent here always marshals
	}
	return b
}

var (
	inputTag  = regexp.MustCompile(`(?i)<input\b[^>]*>`)
	nonceName = regexp.MustCompile(`(?i)\bname="?nonce"?[\s/>]`)
	valueAttr = regexp.MustCompile(`(?i)\bvalue="?([^"\s>]*)`)
)

// nonceOf finds the hidden field of the form.
func nonceOf(page []byte) string {
	for _, tag := range inputTag.FindAll(page, -1) {
		if nonceName.Match(tag) {
			if m := valueAttr.FindSubmatch(tag); m != nil {
				return html.UnescapeString(string(bytes.Clone(m[1])))
			}
		}
	}
	return ""
}
