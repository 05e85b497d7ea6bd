package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"
	"github.com/aws/smithy-go"

	"resonanz/events"
	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/notice"
	"resonanz/shared/store"
)

// mailAPI is the one call of SES that is used. The first version of its
// interface starts in half the time of the second, which it equals here.
type mailAPI interface {
	SendEmail(context.Context, *ses.SendEmailInput, ...func(*ses.Options)) (*ses.SendEmailOutput, error)
}

// ledger is where what the customer said is read from, for the mail only.
type ledger interface {
	Get(context.Context, feedback.ResponseKey, feedback.EventID) (*store.Entry, error)
	GetCase(context.Context, casefile.Number) (*casefile.Case, error)
	EntryOf(context.Context, casefile.Number, int) (*casefile.Entry, error)
}

// mail tells the recipient whose turn it is.
type mail struct {
	api    mailAPI
	from   string
	chain  func(team string) []string
	ledger ledger
	words  *notice.Writer
}

// Name is "mail".
func (*mail) Name() string { return "mail" }

// Do sends one mail to the recipients of a; with nobody to tell it does nothing.
func (m *mail) Do(ctx context.Context, a *events.Alert) error {
	to := notice.Recipients(a, m.chain(a.Team))
	if len(to) == 0 {
		return nil
	}
	var customer notice.Customer
	if a.ResponseKey != "" {
		var err error
		if customer, err = m.customer(ctx, a); err != nil {
			return err
		}
	}
	w := m.words.Mail(a, customer)
	content := func(s string) *types.Content { return &types.Content{Charset: aws.String("UTF-8"), Data: &s} }
	_, err := m.api.SendEmail(ctx, &ses.SendEmailInput{
		Source:      &m.from,
		Destination: &types.Destination{ToAddresses: to},
		Message: &types.Message{
			Subject: content(w.Subject),
			Body:    &types.Body{Text: content(w.Text), Html: content(w.HTML)},
		},
	})
	if err != nil {
		return fmt.Errorf("sending mail: %w", withoutText(err))
	}
	return nil
}

// withoutText keeps what kind of error SES answered and drops its text, which
// can quote an address.
func withoutText(err error) error {
	var answer smithy.APIError
	if errors.As(err, &answer) {
		return fmt.Errorf("SES answered %s", answer.ErrorCode())
	}
	return err
}

// customer reads what was said with the vote the alert is about, with the vote
// whose contact the case goes by, and what the customer wrote with the step of the
// case that the alert is about.
func (m *mail) customer(ctx context.Context, a *events.Alert) (notice.Customer, error) {
	ids := []feedback.EventID{a.EventID}
	c, err := m.ledger.GetCase(ctx, casefile.Number(a.Case))
	switch {
	case err == nil:
		ids = append(ids, c.EventID)
	case !errors.Is(err, store.ErrNotFound):
		return notice.Customer{}, err
	}
	slices.Sort(ids)
	var out notice.Customer
	for _, id := range slices.Compact(ids) {
		if id == "" {
			continue
		}
		e, err := m.ledger.Get(ctx, a.ResponseKey, id)
		if errors.Is(err, store.ErrNotFound) {
			out.Erased = true
			continue
		}
		if err != nil {
			return notice.Customer{}, err
		}
		said, erased, err := read(e)
		if err != nil {
			return notice.Customer{}, err
		}
		out.Erased = out.Erased || erased
		if said != nil {
			out.Said = append(out.Said, *said)
		}
	}
	step, err := m.step(ctx, a)
	if err != nil {
		return notice.Customer{}, err
	}
	if step != nil {
		out.Said = append(out.Said, *step)
	}
	slices.SortStableFunc(out.Said, func(a, b notice.Said) int { return a.At.Compare(b.At) })
	return out, nil
}

// step is what the customer wrote or rated with the step of the case that the
// alert is about, or nil. Its id is that of the case and its entry.
func (m *mail) step(ctx context.Context, a *events.Alert) (*notice.Said, error) {
	number, seq, ok := strings.Cut(a.ID, "#")
	n, err := strconv.Atoi(seq)
	if !ok || err != nil || a.Action == "" {
		return nil, nil //nolint:nilnil,nilerr // no step of a customer's
	}
	e, err := m.ledger.EntryOf(ctx, casefile.Number(number), n)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil //nolint:nilnil // nothing is left of it
	}
	if err != nil {
		return nil, err
	}
	s := notice.Said{At: e.At}
	if e.Words != nil && e.By.Kind == casefile.Customer {
		s.Words = strings.TrimSpace(e.Words.Text)
	}
	if e.Set != nil {
		s.Stars = e.Set.Satisfaction
	}
	if s.Words == "" && s.Stars == 0 {
		return nil, nil //nolint:nilnil // it was done without words
	}
	return &s, nil
}

// read takes from an entry what was said, nil if nothing more than a rating, and
// whether some of it was erased: an erased entry has lost its digest and its
// personal part. Codes that were ticked stay.
func read(e *store.Entry) (*notice.Said, bool, error) {
	s, hasText, err := event(e)
	if err != nil {
		return nil, false, fmt.Errorf("reading event %s for a mail: %w", e.EventID, err)
	}
	if len(e.Personal) == 0 {
		erased := hasText || e.Digest == store.Digest{}
		if len(s.Answers) == 0 && s.Category == "" {
			return nil, erased, nil
		}
		return s, erased, nil
	}
	var p feedback.Personal
	if json.Unmarshal(e.Personal, &p) != nil {
		// The cause could quote what the customer wrote.
		return nil, false, fmt.Errorf("reading event %s for a mail: its personal part is malformed", e.EventID)
	}
	trim := strings.TrimSpace
	s.Comment, s.Suggestion, s.Contact, s.Remedy = trim(p.Comment), trim(p.Suggestion), trim(p.CallbackContact), trim(p.Remedy)
	for question, words := range p.Answers {
		if words = trim(words); words != "" {
			if s.Own == nil {
				s.Own = make(map[string]string)
			}
			s.Own[question] = words
		}
	}
	if s.Comment == "" && s.Suggestion == "" && s.Contact == "" && s.Remedy == "" && s.Category == "" && len(s.Answers)+len(s.Own) == 0 {
		return nil, false, nil
	}
	return s, false, nil
}

// event reads the part of an entry that is not personal, and whether the
// personal part once held a text.
func event(e *store.Entry) (s *notice.Said, hasText bool, err error) {
	if e.Kind == feedback.KindComplaint {
		var c feedback.Complaint
		if err := json.Unmarshal(e.Event, &c); err != nil {
			return nil, false, err
		}
		s = &notice.Said{At: c.SubmittedAt, Category: c.Category}
		if c.Annoyance != nil {
			s.Annoyance = *c.Annoyance
		}
		return s, true, nil // what happened is always told
	}
	var c feedback.Card // a vote is a card without questions
	if err := json.Unmarshal(e.Event, &c); err != nil {
		return nil, false, err
	}
	return &notice.Said{
		At: c.SubmittedAt, Rating: c.Rating.Rating, Scale: c.Scale, Card: c.Card, Phase: c.Phase, Answers: c.Answers,
	}, c.HasText, nil
}
