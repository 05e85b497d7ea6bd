package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"golang.org/x/sync/errgroup"

	"resonanz/infra/local/emulator"
	"resonanz/infra/local/stack"
	"resonanz/shared/casefile"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
)

// mailWithin bounds the wait for a mail.
const mailWithin = 90 * time.Second

// mailed invites all, waits for their mails and does what each customer does.
func (p *player) mailed(ctx context.Context, o *stack.Outputs, from string, all []Mailed) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for i := range all {
		group.Go(func() error {
			m := &all[i]
			link, err := p.invite(ctx, m.Invite)
			if err != nil {
				return err
			}
			p.note(func(s *Sent) { s.MailedInvitations++ })
			mail, err := mailTo(ctx, o, m.Invite.Email)
			if err != nil {
				return err
			}
			switch {
			case m.Bounces:
				return p.bounce(ctx, o, from, m, link)
			case m.Unsubscribe:
				return p.unsubscribe(ctx, mail)
			}
			for _, v := range m.Votes {
				if err := p.confirm(ctx, m, mail, link, v); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// mailTo waits for the mail to an address and reads it back.
func mailTo(ctx context.Context, o *stack.Outputs, address string) (*emulator.Mail, error) {
	ctx, cancel := context.WithTimeout(ctx, mailWithin)
	defer cancel()
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		mails, err := o.Mails(ctx)
		if err != nil {
			return nil, err
		}
		for i := range mails {
			if goesTo(&mails[i], address) {
				return &mails[i], nil
			}
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("no invitation was mailed to %s within %s", address, mailWithin)
		case <-tick.C:
		}
	}
}

func goesTo(m *emulator.Mail, address string) bool {
	return strings.Contains(strings.Join(m.To, ","), address)
}

var mailLink = regexp.MustCompile(`href="([^"]+)"`)

// linkIn finds the first link of a mail for which is holds.
func linkIn(m *emulator.Mail, is func(*url.URL) bool) (string, error) {
	for _, found := range mailLink.FindAllStringSubmatch(m.HTML, -1) {
		if u, err := url.Parse(html.UnescapeString(found[1])); err == nil && is(u) {
			return u.String(), nil
		}
	}
	return "", fmt.Errorf("the mail lacks a link that it should have")
}

// confirm opens the star's link of the mail, presses the button, and answers
// what is asked afterwards.
func (p *player) confirm(ctx context.Context, m *Mailed, mail *emulator.Mail, link *issued, v Vote) error {
	star, err := linkIn(mail, func(u *url.URL) bool { return u.Query().Get("s") == strconv.Itoa(v.Stars) })
	if err != nil {
		return err
	}
	page, _, _ := strings.Cut(star, "?") // its token may be signed by a newer key than the invitation's
	nonce, err := p.client.open(ctx, page, v.Stars)
	if err != nil {
		return err
	}
	if err := p.client.vote(ctx, page, nonce, Vote{Stars: v.Stars}); err != nil {
		return err
	}
	p.voted(m.Place, link.ResponseKey, Vote{Stars: v.Stars}, false, false)
	if v.Comment == "" && v.Contact == "" && v.Suggestion == "" {
		return nil
	}
	if nonce, err = p.client.open(ctx, page, v.Stars); err != nil {
		return err
	}
	if err := p.client.vote(ctx, page, nonce, v); err != nil {
		return err
	}
	p.voted(m.Place, link.ResponseKey, v, false, true)
	return nil
}

// unsubscribe is the one click of a mail program (RFC 8058).
func (p *player) unsubscribe(ctx context.Context, mail *emulator.Mail) error {
	link, err := linkIn(mail, func(u *url.URL) bool { return strings.Contains(u.Path, "/u/") })
	if err != nil {
		return err
	}
	a, err := p.client.do(ctx, http.MethodPost, link, "", "application/x-www-form-urlencoded", []byte("List-Unsubscribe=One-Click"))
	if err != nil {
		return fmt.Errorf("unsubscribing: %w", err)
	}
	if a.status != http.StatusOK && a.status != http.StatusSeeOther {
		return a.unexpected("POST of one click")
	}
	p.note(func(s *Sent) { s.Unsubscribed++ })
	return nil
}

// bounce tells what SES would: that the mail did not arrive.
func (p *player) bounce(ctx context.Context, o *stack.Outputs, from string, m *Mailed, link *issued) error {
	at := time.Now().UTC().Format("2006-01-02T15:04:05.000Z")
	notice := map[string]any{
		"eventType": "Bounce",
		"bounce": map[string]any{
			"bounceType": "Permanent", "bounceSubType": "General", "timestamp": at, "feedbackId": "demo-" + string(link.EventID), "reportingMTA": "dsn; mta.example.com",
			"bouncedRecipients": []any{map[string]any{"emailAddress": m.Invite.Email, "action": "failed", "status": "5.1.1", "diagnosticCode": "smtp; 550 5.1.1 user unknown"}},
		},
		"mail": map[string]any{
			"timestamp": at, "source": from, "sendingAccountId": emulator.Account, "messageId": "demo-" + string(link.EventID),
			"destination": []string{m.Invite.Email}, "headersTruncated": false, "headers": []any{}, "commonHeaders": map[string]any{},
			"tags": map[string][]string{"response": {string(link.ResponseKey)}, "event": {string(link.EventID)}, "mail": {"invite"}},
		},
	}
	body, err := json.Marshal(notice)
	if err != nil {
		return err
	}
	_, err = sns.NewFromConfig(o.AWS()).Publish(ctx, &sns.PublishInput{TopicArn: &o.MailEventsTopicARN, Message: aws.String(string(body))})
	if err != nil {
		return fmt.Errorf("telling of a bounce: %w", err)
	}
	p.note(func(s *Sent) {
		s.Bounced++
		s.Accepted++
		s.keys[link.ResponseKey]++
	})
	return nil
}

// visit scans the code of a card and fills it in.
func (p *player) visit(ctx context.Context, cfg *config.Config, v *CardVisit) error {
	address := p.client.public + "/c/" + v.Card.ID + "/" + string(v.Place.ID)
	page, err := p.client.get(ctx, address+"?l="+string(v.Language), "")
	if err != nil {
		return fmt.Errorf("opening a card: %w", err)
	}
	f := intake.CardForm{Stars: v.Stars, Answers: v.Answers, Callback: v.Contact != "", Contact: v.Contact, Nonce: nonceOf(string(page)), Language: v.Language}
	form := url.Values{"stars": {strconv.Itoa(v.Stars)}, "nonce": {f.Nonce}, "l": {string(v.Language)}}
	for id, said := range v.Answers {
		form.Set(intake.CardField+id, said)
	}
	if f.Callback {
		form.Set("callback", "1")
		form.Set("contact", v.Contact)
	}
	if err := p.client.submit(ctx, address, form); err != nil {
		return err
	}
	// The page says nothing about the event, whose id follows from what was typed.
	stored := intake.CardVote(cfg, v.Place, v.Card, nil, &f, v.Language, time.Now()).Rating
	p.note(func(s *Sent) {
		s.Cards++
		s.Accepted++
		s.keys[stored.ResponseKey]++
		s.expected.responses++
		s.expect(stored.ResponseKey, isLow(v.Place.Scale, v.Stars), stored.HasText, f.Callback)
	})
	return nil
}

// keyIn sends the pile of paper cards, one of them keyed in twice by two people,
// and all of it once more, as after an answer that got lost.
func (p *player) keyIn(ctx context.Context, cfg *config.Config, pile []PaperCard) error {
	if len(pile) == 0 {
		return nil
	}
	second := pile[0]
	second.EventID, second.KeyedBy = feedback.NewEventID(), "desk-8"
	events := make([]any, 0, len(pile)+1)
	for i := range pile {
		events = append(events, pile[i])
	}
	events = append(events, second)
	for _, want := range []string{"accepted", "duplicate"} {
		results, err := batch(ctx, p.client, p.client.jwt, events)
		if err != nil {
			return err
		}
		for i, r := range results {
			switch {
			case i < len(pile) && r.Status != want:
				return fmt.Errorf("paper card %d: %s, want %s", i, r.Status, want)
			case i == len(pile) && r.Status != "rejected":
				return fmt.Errorf("a paper card keyed in twice: %s, want rejected", r.Status)
			case i == len(pile):
				p.note(func(s *Sent) { s.Rejected++ })
			case want == "duplicate":
				p.note(func(s *Sent) { s.DuplicatesSent++ })
			default:
				c := &pile[i]
				p.note(func(s *Sent) {
					s.PaperCards++
					s.Accepted++
					s.keys[r.ResponseKey]++
					s.expected.assisted++
					s.expect(r.ResponseKey, isLow(c.Scale, c.Rating), ownWords(cfg.Card(c.Card), c.Answers), false)
				})
			}
		}
	}
	return nil
}

// complain sends a complaint as a CRM does.
func (p *player) complain(ctx context.Context, c *Complaint) error {
	body, err := json.Marshal(c)
	if err != nil {
		return err
	}
	a, err := p.client.do(ctx, http.MethodPost, p.client.base+"/v1/complaints", p.client.jwt, "application/json", body)
	if err != nil {
		return fmt.Errorf("sending a complaint: %w", err)
	}
	var r struct {
		result
		Case casefile.Number `json:"case_number"`
	}
	if a.status != http.StatusCreated || json.Unmarshal(a.body, &r) != nil {
		return a.unexpected("POST /v1/complaints")
	}
	p.note(func(s *Sent) {
		s.Complaints++
		s.Accepted++
		s.complained(r.ResponseKey, r.Case)
	})
	return nil
}

// beat gives a device's sign of life.
func (p *player) beat(ctx context.Context, key string, queued int) error {
	a, err := p.client.do(ctx, http.MethodPost, p.client.base+"/v1/beats", key, "application/json", []byte(fmt.Sprintf(`{"queued":%d,"app":"demo"}`, queued)))
	if err != nil {
		return fmt.Errorf("giving a sign of life: %w", err)
	}
	if a.status != http.StatusOK {
		return a.unexpected("POST /v1/beats")
	}
	p.note(func(s *Sent) { s.Beats++ })
	return nil
}
