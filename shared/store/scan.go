package store

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/shared/casefile"
)

// ScanAPI is the call of DynamoDB that reads a whole table.
type ScanAPI interface {
	Scan(context.Context, *dynamodb.ScanInput, ...func(*dynamodb.Options)) (*dynamodb.ScanOutput, error)
}

// Item is one item of a table: one field is set.
type Item struct {
	Entry  *Entry                     // an event of the ledger
	Case   *casefile.Case             // the state of a case
	Line   *casefile.Entry            // an entry of its timeline, with its words
	Action *casefile.CorrectiveAction // what is done about a cause
	Report *ReportVersion             // a version of a report
	OptOut *OptOut                    // a contact that is not invited any more
	Unread *Unread                    // what cannot be read: nobody of ours wrote it so
	Other  string                     // what it is else: a state of the machinery that means nothing elsewhere
}

// Unread is an item that is none of ours, or is broken.
type Unread struct {
	Why        string            `json:"why"`
	Attributes map[string]string `json:"attributes"` // its texts and numbers, by name; the key is among them
}

// unread keeps of an item what there is to show.
func unread(it item, why error) *Unread {
	u := &Unread{Why: why.Error(), Attributes: map[string]string{}}
	for name, v := range it {
		switch v := v.(type) {
		case *types.AttributeValueMemberS:
			u.Attributes[name] = v.Value
		case *types.AttributeValueMemberN:
			u.Attributes[name] = v.Value
		case *types.AttributeValueMemberB:
			u.Attributes[name] = base64.StdEncoding.EncodeToString(v.Value)
		}
	}
	return u
}

// OptOut says that a contact is not invited any more.
type OptOut struct {
	Contact ContactID `json:"contact"`
	At      time.Time `json:"opted_out_at"`
	Why     Why       `json:"why"`
}

// others are the items of the machinery, by the beginning of their key.
var others = []struct{ prefix, name string }{
	{pkOnce, "marks of what happens once"}, {pkDevice, "signs of life of devices"}, {pkContact, "counts of invitations"},
	{pkRemind, "reminders to be sent"}, {pkHook, "webhooks to be sent again"}, {pkWatch, "counts of days"},
	{pkCrisis, "the state of a crisis"}, {pkPrint, "the print of the rules applied"}, {pkSwept, "how far sweeps got"},
	{pkErased, "records of erasures"},
}

// scanners is how many parts of a table are read beside each other.
const scanners = 4

// ScanAll hands every item of a table to each: never two at a time, in no order,
// eventually consistent; one that cannot be read is handed out as Unread. An error
// of each ends the reading and is returned.
func ScanAll(ctx context.Context, api ScanAPI, table string, each func(Item) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	items := make(chan Item, 256)
	var readers sync.WaitGroup
	for part := range int32(scanners) {
		readers.Go(func() {
			if err := scanPart(ctx, api, table, part, items); err != nil {
				cancel(err)
			}
		})
	}
	go func() {
		readers.Wait()
		close(items)
	}()
	for it := range items { // to the end, so that no reader is left behind
		if ctx.Err() != nil {
			continue
		}
		if err := each(it); err != nil {
			cancel(err)
		}
	}
	if err := context.Cause(ctx); err != nil {
		return fmt.Errorf("reading table %s: %w", table, err)
	}
	return nil
}

func scanPart(ctx context.Context, api ScanAPI, table string, part int32, items chan<- Item) error {
	pages := dynamodb.NewScanPaginator(api, &dynamodb.ScanInput{
		TableName: &table, Segment: aws.Int32(part), TotalSegments: aws.Int32(scanners),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, raw := range page.Items {
			it, err := itemOf(raw)
			if err != nil {
				it = Item{Unread: unread(raw, err)}
			}
			select {
			case items <- it:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
	}
	return nil
}

// itemOf reads one item of any kind.
func itemOf(it item) (out Item, err error) {
	r := reader{it: it}
	pk, sk := r.text(AttrPK), r.text(AttrSK)
	switch {
	case r.err != nil:
	case strings.HasPrefix(pk, pkCase) && sk == skState:
		out.Case, err = unmarshalState(it)
	case strings.HasPrefix(pk, pkCase):
		out.Line, err = unmarshalLine(it)
	case pk == pkAction:
		out.Action = new(casefile.CorrectiveAction)
		r.json(attrAction, out.Action)
	case strings.HasPrefix(pk, pkReport):
		out.Report = new(ReportVersion)
		r.json(attrReport, out.Report)
	case strings.HasPrefix(pk, pkContact) && r.optional(attrOptedOutAt) != "":
		out.OptOut = &OptOut{ContactID(strings.TrimPrefix(pk, pkContact)), r.time(attrOptedOutAt), Why(r.optional(attrWhy))}
	default:
		if i := slices.IndexFunc(others, func(o struct{ prefix, name string }) bool { return strings.HasPrefix(pk, o.prefix) }); i >= 0 {
			out.Other = others[i].name
			break
		}
		out.Entry, err = unmarshalEntry(it)
	}
	if r.err != nil {
		err = r.err
	}
	return out, err
}
