package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"

	"resonanz/events"
	"resonanz/shared/config"
	"resonanz/shared/consume"
	"resonanz/shared/feedback"
	"resonanz/shared/notice"
	"resonanz/shared/period"
	"resonanz/shared/store"
)

// rawAPI sends a mail as it is.
type rawAPI interface {
	SendRawEmail(context.Context, *ses.SendRawEmailInput, ...func(*ses.Options)) (*ses.SendRawEmailOutput, error)
}

// objects are what the press left of a version.
type objects interface {
	Get(ctx context.Context, key string, most int) ([]byte, error)
}

// versions tell where that is.
type versions interface {
	Report(ctx context.Context, p period.Period, group string, version int) (*store.ReportVersion, error)
}

const (
	// maxAttached bounds an attached PDF, in bytes: with it a mail stays below what
	// SES takes (10 MB), and what most mailboxes do. A larger one is linked.
	maxAttached = 6 << 20
	// maxDigest bounds what a mail says of a version, in bytes.
	maxDigest = 64 << 10
	// sending is how many mails about reports are in the making at once: each holds
	// its attachment.
	sending = 2
)

// reportRole is the role of the recipients in notify.report_to.
const reportRole = "report"

// office sends new versions of reports to whom they are for.
type office struct {
	api      rawAPI
	from     string
	cfg      *config.Config
	objects  objects
	versions versions
	words    func(feedback.Language) *notice.Writer
	turns    chan struct{}
}

func newOffice(api rawAPI, cfg *config.Config, o objects, v versions, words func(feedback.Language) *notice.Writer) *office {
	return &office{api: api, from: cfg.Notify.MailFrom, cfg: cfg, objects: o, versions: v, words: words, turns: make(chan struct{}, sending)}
}

// letter is the mail about a version to one recipient: an effect of its own, so
// that nobody gets two because another's failed.
type letter struct {
	*office
	name     string
	to, role string
	parcel   *parcel
}

// parcel is what is mailed of a version in a language, fetched once for all who
// get it.
type parcel struct {
	language feedback.Language
	fetch    func(context.Context, *office) (*notice.Digest, []byte, error)
}

// Name tells the recipient by role and place in the list: an address is personal.
func (l *letter) Name() string { return l.name }

// Do sends the mail.
func (l *letter) Do(ctx context.Context, a *events.Alert) error {
	digest, pdf, err := l.parcel.fetch(ctx, l.office)
	if err != nil {
		return err
	}
	raw, err := l.words(l.parcel.language).Report(a, digest, notice.ReportMail{From: l.from, To: l.to, Role: l.role, At: a.At, PDF: pdf})
	if err != nil {
		return err
	}
	_, err = l.api.SendRawEmail(ctx, &ses.SendRawEmailInput{
		Source: &l.from, Destinations: []string{l.to}, RawMessage: &types.RawMessage{Data: raw},
	})
	if err != nil {
		return fmt.Errorf("sending mail: %w", withoutText(err))
	}
	return nil
}

// letters are the mails about the version that a tells of: one to each address,
// in the language of the role in which it stands first.
func (o *office) letters(a *events.Alert) ([]effect, error) {
	month, err := period.Parse(a.Period)
	if err != nil {
		return nil, consume.Poison(fmt.Errorf("reading an alert: %w", err))
	}
	number, err := strconv.Atoi(a.Report)
	if err != nil {
		return nil, consume.Poison(errors.New("reading an alert: no version of the report"))
	}
	var all []effect
	seen := make(map[string]bool)
	parcels := make(map[feedback.Language]*parcel)
	for _, r := range o.recipients(a) {
		language := o.language(r.Language)
		if parcels[language] == nil {
			parcels[language] = newParcel(month, a.Group, number, language)
		}
		for i, to := range r.Emails {
			if address := strings.ToLower(to); !seen[address] {
				seen[address] = true
				all = append(all, &letter{office: o, name: "mail/" + r.Role + "/" + strconv.Itoa(i), to: to, role: r.Role, parcel: parcels[language]})
			}
		}
	}
	return all, nil
}

// recipients are the configured ones that get a version, those of notify.report_to
// last. Two entries of one role are told apart.
func (o *office) recipients(a *events.Alert) []config.Recipient {
	var all []config.Recipient
	roles := make(map[string]int)
	add := func(r config.Recipient) {
		if roles[r.Role]++; roles[r.Role] > 1 {
			r.Role += " " + strconv.Itoa(roles[r.Role])
		}
		all = append(all, r)
	}
	for _, r := range o.cfg.Report.Recipients {
		mine := a.Group == "" && len(r.Groups) == 0 || a.Group != "" && slices.Contains(r.Groups, a.Group)
		if mine && (len(r.Statuses) == 0 || slices.Contains(r.Statuses, a.Status)) {
			add(r)
		}
	}
	if a.Group == "" && len(o.cfg.Notify.ReportTo) > 0 {
		add(config.Recipient{Role: reportRole, Emails: o.cfg.Notify.ReportTo})
	}
	return all
}

// language is one that reports are written in.
func (o *office) language(l feedback.Language) feedback.Language {
	for _, l := range [...]feedback.Language{l, o.cfg.Notify.Language} {
		if l == "de" || l == "en" {
			return l
		}
	}
	return "en"
}

// newParcel fetches a version when it is first mailed.
func newParcel(month period.Period, group string, number int, l feedback.Language) *parcel {
	var mu sync.Mutex
	var digest *notice.Digest
	var pdf []byte
	p := &parcel{language: l}
	p.fetch = func(ctx context.Context, o *office) (*notice.Digest, []byte, error) {
		mu.Lock()
		defer mu.Unlock()
		if digest != nil {
			return digest, pdf, nil
		}
		v, err := o.versions.Report(ctx, month, group, number)
		if err != nil {
			return nil, nil, err
		}
		b, err := o.objects.Get(ctx, v.Objects["mail."+string(l)], maxDigest)
		if err != nil {
			return nil, nil, err
		}
		d := new(notice.Digest)
		if err := json.Unmarshal(b, d); err != nil {
			return nil, nil, fmt.Errorf("reading what a mail says of report %s version %d: %w", month, number, err)
		}
		var print []byte
		if o.cfg.Report.Attach {
			if print, err = o.objects.Get(ctx, v.Objects["pdf."+string(l)], maxAttached); err != nil && !errors.Is(err, errTooLarge) {
				return nil, nil, err
			}
		}
		digest, pdf = d, print
		return digest, pdf, nil
	}
	return p
}
