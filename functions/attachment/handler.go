package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	lambdaevents "github.com/aws/aws-lambda-go/events"

	"resonanz/shared/attach"
	"resonanz/shared/attach/filetype"
	"resonanz/shared/casefile"
	"resonanz/shared/consume"
	"resonanz/shared/lifecycle"
	"resonanz/shared/observe"
	"resonanz/shared/store"
)

// files is the bucket. Get reads at most that many bytes and one more.
type files interface {
	get(ctx context.Context, key, etag string, most int64) ([]byte, error)
	put(ctx context.Context, key string, body []byte) error
	remove(ctx context.Context, key string) error
}

// cases is the part of the store that is used.
type cases interface {
	GetCase(context.Context, casefile.Number) (*casefile.Case, error)
	Timeline(context.Context, casefile.Number) ([]casefile.Entry, error)
	UpdateCase(context.Context, *casefile.Case, ...*casefile.Entry) error
}

type handler struct {
	consumer consume.Consumer
	bucket   string
	objects  files
	cases    cases
	rules    lifecycle.Rules
	limit    int   // of files of a case
	maxBytes int64 // of each
	metrics  *observe.Metrics
	now      func() time.Time
}

// Handle takes a batch of what the bucket tells. A message that comes again finds
// in the timeline of its case what was done about it.
func (h *handler) Handle(ctx context.Context, ev lambdaevents.SQSEvent) (lambdaevents.SQSEventResponse, error) {
	var t tally
	out := h.consumer.Raw(ctx, ev, func(ctx context.Context, body string, _ consume.Meta) error {
		return h.told(ctx, body, &t)
	})
	h.metrics.Emit(t.values()...)
	return out, nil
}

// told looks at each file that a message of the bucket is about.
func (h *handler) told(ctx context.Context, body string, t *tally) error {
	var m struct {
		lambdaevents.S3Event
		Event string // s3:TestEvent, when the bucket is told where to write to
	}
	if json.Unmarshal([]byte(body), &m) != nil || len(m.Records) == 0 && m.Event == "" {
		return consume.Poison(errors.New("no message of a bucket"))
	}
	for i := range m.Records {
		if err := h.created(ctx, &m.Records[i], t); err != nil {
			return err
		}
	}
	return nil
}

func (h *handler) created(ctx context.Context, r *lambdaevents.S3EventRecord, t *tally) error {
	name, err := url.QueryUnescape(r.S3.Object.Key)
	if err != nil || r.S3.Bucket.Name != h.bucket || !strings.Contains(r.EventName, "ObjectCreated:") {
		return consume.Poison(errors.New("of another bucket, or nothing that was created"))
	}
	if !strings.HasPrefix(name, attach.Quarantine) {
		return nil // what was checked
	}
	key, err := attach.ParseKey(name)
	if err != nil {
		return consume.Poison(err)
	}
	return h.look(ctx, upload{key, strings.Trim(r.S3.Object.ETag, `"`)}, t)
}

// upload is a file in quarantine.
type upload struct {
	key  attach.Key
	etag string
}

// found is what is known of a file: why it is not taken, or what it is.
type found struct {
	reason attach.Reason
	media  string
	body   []byte
}

// look checks one file, keeps or deletes it, and tells its case.
func (h *handler) look(ctx context.Context, u upload, t *tally) error {
	body, err := h.objects.get(ctx, u.key.String(), u.etag, h.maxBytes)
	if errors.Is(err, errGone) {
		t.gone++ // dealt with before, or another one is in its place, which is told of as well
		return nil
	}
	if err != nil {
		return fmt.Errorf("fetching a file of case %s: %w", u.key.Case, err)
	}
	taken, err := h.decide(ctx, u, inspect(body, h.maxBytes))
	if err != nil {
		return err
	}
	if err := h.objects.remove(ctx, u.key.String()); err != nil {
		return fmt.Errorf("deleting a file of case %s from quarantine: %w", u.key.Case, err)
	}
	if taken {
		t.taken++
	} else {
		t.refused++
	}
	return nil
}

// inspect says what a file is, by its content.
func inspect(body []byte, most int64) found {
	if len(body) == 0 {
		return found{reason: attach.Empty}
	}
	if int64(len(body)) > most {
		return found{reason: attach.TooLarge}
	}
	media, n, err := filetype.Of(body)
	switch {
	case err == nil:
		return found{media: media, body: body[:n]}
	case errors.Is(err, filetype.ErrBroken):
		return found{reason: attach.Broken}
	case errors.Is(err, filetype.ErrAmbiguous):
		return found{reason: attach.Ambiguous}
	case errors.Is(err, filetype.ErrTooLarge):
		return found{reason: attach.TooLarge}
	}
	return found{reason: attach.WrongType}
}

// tries bounds how often a case is read again that changed meanwhile.
const tries = 5

// maxRefusals is how many refused files the timeline of a case tells of: whoever
// has its link could fill it otherwise. Further ones are deleted all the same.
const maxRefusals = 10

// decide tells the case what became of a file, which is where staff can fetch it
// before the case says so.
func (h *handler) decide(ctx context.Context, u upload, f found) (taken bool, err error) {
	for range tries {
		taken, err = h.decideOnce(ctx, u, f)
		if !errors.Is(err, store.ErrVersion) {
			break
		}
	}
	if err != nil {
		return false, fmt.Errorf("telling case %s of a file: %w", u.key.Case, err)
	}
	return taken, nil
}

func (h *handler) decideOnce(ctx context.Context, u upload, f found) (taken bool, err error) {
	clean, err := attach.CleanKey(u.key.Case, u.key.Object(u.etag))
	if err != nil {
		return false, err
	}
	c, err := h.cases.GetCase(ctx, u.key.Case)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	timeline, err := h.cases.Timeline(ctx, u.key.Case)
	if err != nil {
		return false, err
	}
	if i := causedBy(timeline, u); i >= 0 {
		return timeline[i].Action == casefile.Attaching, nil
	}
	next, entries, reason := h.attached(c, u, f)
	if reason == "" {
		if err := h.objects.put(ctx, clean, f.body); err != nil {
			return false, err
		}
		return true, h.cases.UpdateCase(ctx, next, entries...)
	}
	// It may have been put there before the case came to refuse it.
	if err := h.objects.remove(ctx, clean); err != nil {
		return false, err
	}
	return false, h.refuse(ctx, c, timeline, u, reason, int64(len(f.body)))
}

// causedBy is the index of the entry about this upload, or -1.
func causedBy(timeline []casefile.Entry, u upload) int {
	cause := u.key.Cause(u.etag)
	for i := range timeline {
		if timeline[i].Cause == cause {
			return i
		}
	}
	return -1
}

// attached is the case with the file, or why it cannot have it.
func (h *handler) attached(c *casefile.Case, u upload, f found) (*casefile.Case, []*casefile.Entry, attach.Reason) {
	if f.reason != "" {
		return nil, nil, f.reason
	}
	id := h.place(c, u.key.Slot)
	if id == "" {
		return nil, nil, attach.TooMany
	}
	next, entries, err := lifecycle.Apply(*c, lifecycle.Command{
		Do: casefile.Attaching, Cause: u.key.Cause(u.etag),
		Attachment: &casefile.Attachment{ID: id, Type: f.media, Bytes: int64(len(f.body)), Object: u.key.Object(u.etag)},
	}, casefile.Actor{Kind: casefile.Customer}, h.now(), h.rules)
	if err != nil {
		return nil, nil, attach.CaseEnded // type, length and place were checked
	}
	return &next, pointers(entries), ""
}

// place is the id of a further attachment: that of its slot, else the first that
// is free; empty: the case has all it can have.
func (h *handler) place(c *casefile.Case, slot int) string {
	most := min(h.limit, attach.MaxSlots)
	if len(c.Handling.Attachments) >= most {
		return ""
	}
	used := make(map[string]bool)
	for _, a := range c.Handling.Attachments {
		used[a.ID] = true
	}
	for i := range most {
		if id := string(rune('1' + (slot-1+i)%most)); !used[id] { //nolint:gosec // a digit
			return id
		}
	}
	return ""
}

// refuse tells the case why a file was not taken.
func (h *handler) refuse(ctx context.Context, c *casefile.Case, timeline []casefile.Entry, u upload, reason attach.Reason, length int64) error {
	refused := 0
	for i := range timeline {
		if timeline[i].Action == casefile.Refusing {
			refused++
		}
	}
	if refused >= maxRefusals {
		return nil
	}
	next, entries, err := lifecycle.Apply(*c, lifecycle.Command{
		Do: casefile.Refusing, Cause: u.key.Cause(u.etag), Reason: string(reason), Bytes: length,
	}, casefile.Actor{Kind: casefile.System}, h.now(), h.rules)
	if err != nil {
		return nil //nolint:nilerr // a case that no file can be added to has nobody to tell
	}
	return h.cases.UpdateCase(ctx, &next, pointers(entries)...)
}

func pointers(entries []casefile.Entry) []*casefile.Entry {
	out := make([]*casefile.Entry, len(entries))
	for i := range entries {
		out[i] = &entries[i]
	}
	return out
}

// tally counts what became of files.
type tally struct{ taken, refused, gone int64 }

func (t *tally) values() []observe.Value {
	return []observe.Value{
		{Name: "AttachmentsTaken", Unit: observe.Count, N: t.taken},
		{Name: "AttachmentsRefused", Unit: observe.Count, N: t.refused},
		{Name: "AttachmentsGone", Unit: observe.Count, N: t.gone},
	}
}
