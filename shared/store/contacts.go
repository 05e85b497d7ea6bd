package store

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// The reasons for which a customer is not invited.
var (
	ErrFatigue  = errors.New("the customer was asked not long ago")
	ErrOptedOut = errors.New("the customer opted out")
)

// ContactID stands for a customer, by key or by address, without saying who it
// is: a hash. Empty where nothing is known.
type ContactID string

var contactText = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// KeyContact stands for the customer with the owner's key; "" for none.
func KeyContact(customerKey string) ContactID { return contactID("k", "key", customerKey) }

// AddressContact stands for who reads the mail of an address, in whatever case
// it is written; "" for none.
func AddressContact(email string) ContactID { return contactID("a", "mail", strings.ToLower(email)) }

// contactID is the first 128 bits of SHA-256("contact\x00" + kind + "\x00" + s).
func contactID(prefix, kind, s string) ContactID {
	if s == "" {
		return ""
	}
	sum := sha256.Sum256([]byte("contact\x00" + kind + "\x00" + s))
	return ContactID(prefix + contactText.EncodeToString(sum[:16]))
}

// Contact is who an invitation goes to, and how often that may be.
type Contact struct {
	Key, Address ContactID
	Fatigue      time.Duration // since the last invitation, at least; 0: no limit
	Now          time.Time
	// Topic of the contact and what LastContact told about it, so that contacts
	// are linked; empty: this one is not.
	Topic  string
	At     time.Time // of the contact
	Before Touch
}

// asked is the id that invitations are counted on: the key, else the address.
func (c *Contact) asked() ContactID {
	if c.Key != "" {
		return c.Key
	}
	return c.Address
}

// Why says why nobody is invited any more.
type Why string

// The reasons of an opt-out.
const (
	Unsubscribed Why = "unsubscribed"
	BouncedMail  Why = "bounced"
	ReportedSpam Why = "reported"
)

// Attributes of a contact.
const (
	pkContact = "CONTACT#"
	skContact = "-"

	attrOptedOutAt = "opted_out_at"
	attrWhy        = "why"
)

// askedFor is how long an invitation is remembered: longer than any fatigue
// that can be configured (365 days). An opt-out is remembered for ever.
const askedFor = 400 * 24 * time.Hour

// Invite stores the entry of an invitation and counts it on its contact: both
// or none, in one transaction; without a contact it is Put. The same entry
// again is a Duplicate, with what was stored first, whatever its contact is by
// now. Errors: ErrConflict as Put; ErrOptedOut when the key or the address
// opted out; ErrFatigue when the last invitation is less than c.Fatigue old;
// ErrMoved when c.Before is not the last contact about the topic any more;
// ErrVersion when others kept writing to the same contact.
func (t *Table) Invite(ctx context.Context, e *Entry, c Contact) (Outcome, *Entry, error) {
	if c.asked() == "" {
		return t.Put(ctx, e)
	}
	if err := e.check(); err != nil {
		return 0, nil, fmt.Errorf("storing event %s: %w", e.EventID, err)
	}
	topic := 0 // its place in the transaction
	in := t.invitation(e, c)
	if c.linked() {
		topic = len(in.TransactItems)
		in.TransactItems = append(in.TransactItems, t.touch(e, &c))
	}
	var outcome Outcome
	var stored *Entry
	err := patiently(ctx, func() (err error) {
		outcome = Accepted
		if _, err = t.api.TransactWriteItems(ctx, in); err != nil {
			outcome, stored, err = t.uninvited(ctx, e, topic, err)
		}
		return err
	})
	if err != nil {
		return 0, stored, fmt.Errorf("storing event %s: %w", e.EventID, err)
	}
	return outcome, stored, nil
}

// willing is the condition of a contact that has not opted out.
var willing = aws.String("attribute_not_exists(#out)")

// patience is how often a write is tried again that met another one on the
// same contact: a few times are enough for the other to end.
const patience = 5

// patiently repeats try while it ends with ErrVersion.
func patiently(ctx context.Context, try func() error) error {
	err := try()
	for attempt := 0; errors.Is(err, ErrVersion) && attempt < patience; attempt++ {
		if err := pause(ctx, attempt); err != nil {
			return err
		}
		err = try()
	}
	return err
}

// pause waits 10 to 20 ms, twice as long with each attempt.
func pause(ctx context.Context, attempt int) error {
	d := 10 * time.Millisecond << attempt
	timer := time.NewTimer(d + rand.N(d)) //nolint:gosec // spreads retries, guards nothing
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// invitation is the transaction: the entry is new, the contact may be asked,
// and its address has not opted out.
func (t *Table) invitation(e *Entry, c Contact) *dynamodb.TransactWriteItemsInput {
	const allOld = types.ReturnValuesOnConditionCheckFailureAllOld
	asked := key(pkContact+string(c.asked()), skContact)
	asked[attrLastAt] = text(formatTime(c.Now))
	asked[AttrTTL] = number(c.Now.Add(askedFor).Unix())
	names, values := map[string]string{"#out": attrOptedOutAt}, item(nil)
	condition := *willing
	if c.Fatigue > 0 {
		condition += " AND (attribute_not_exists(#last) OR #last <= :before)"
		names["#last"] = attrLastAt
		values = item{":before": text(formatTime(c.Now.Add(-c.Fatigue)))}
	}
	all := []types.TransactWriteItem{
		{Put: &types.Put{
			TableName: t.name, Item: marshalEntry(e), ConditionExpression: absent, ReturnValuesOnConditionCheckFailure: allOld,
		}},
		{Put: &types.Put{
			TableName: t.name, Item: asked,
			ConditionExpression: &condition, ExpressionAttributeNames: names, ExpressionAttributeValues: values,
			ReturnValuesOnConditionCheckFailure: allOld,
		}},
	}
	if c.Key != "" && c.Address != "" {
		all = append(all, types.TransactWriteItem{ConditionCheck: &types.ConditionCheck{
			TableName: t.name, Key: key(pkContact+string(c.Address), skContact),
			ConditionExpression: willing, ExpressionAttributeNames: map[string]string{"#out": attrOptedOutAt},
		}})
	}
	return &dynamodb.TransactWriteItemsInput{TransactItems: all}
}

// uninvited says which condition of a cancelled transaction failed. That the
// entry exists goes before everything else, that another contact about the topic
// came in between after; that is looked up where the reasons
// do not show it.
func (t *Table) uninvited(ctx context.Context, e *Entry, topic int, err error) (Outcome, *Entry, error) {
	var cancelled *types.TransactionCanceledException
	var met *types.TransactionConflictException
	if errors.As(err, &met) {
		return 0, nil, ErrVersion
	}
	if !errors.As(err, &cancelled) {
		return 0, nil, err
	}
	var stored *Entry
	refusal := error(nil)
	for i, r := range cancelled.CancellationReasons {
		switch code := aws.ToString(r.Code); {
		case code == "TransactionConflict" && refusal == nil:
			refusal = ErrVersion
		case code != "ConditionalCheckFailed":
		case i == 0 && len(r.Item) > 0:
			if stored, err = unmarshalEntry(r.Item); err != nil {
				return 0, nil, err
			}
		case i > 0 && i == topic:
			refusal = cmp.Or(refusal, ErrMoved)
		case i == 1 && r.Item[attrOptedOutAt] == nil && !errors.Is(refusal, ErrOptedOut):
			refusal = ErrFatigue
		case i > 0:
			refusal = ErrOptedOut
		}
	}
	if stored == nil && !errors.Is(refusal, ErrVersion) {
		earlier, missing := t.Get(ctx, e.ResponseKey, e.EventID)
		if missing != nil && !errors.Is(missing, ErrNotFound) {
			return 0, nil, missing
		}
		stored = earlier
	}
	switch {
	case stored != nil && e.same(stored):
		return Duplicate, stored, nil
	case stored != nil:
		return 0, stored, ErrConflict
	case refusal != nil:
		return 0, nil, refusal
	}
	return 0, nil, err
}

// OptOut ends invitations to a contact, for ever; the first reason stays. The
// empty id is nobody.
func (t *Table) OptOut(ctx context.Context, id ContactID, why Why, now time.Time) error {
	if id == "" {
		return nil
	}
	it := key(pkContact+string(id), skContact)
	it[attrOptedOutAt] = text(formatTime(now))
	it[attrWhy] = text(string(why))
	err := patiently(ctx, func() error {
		_, err := t.api.PutItem(ctx, &dynamodb.PutItemInput{
			TableName: t.name, Item: it,
			ConditionExpression: willing, ExpressionAttributeNames: map[string]string{"#out": attrOptedOutAt},
		})
		var met *types.TransactionConflictException
		var before *types.ConditionalCheckFailedException
		switch {
		case errors.As(err, &met):
			return ErrVersion
		case errors.As(err, &before):
			return nil
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("opting out a contact: %w", err)
	}
	return nil
}

// OptedOut reports, consistently, whether any of ids opted out. Empty ids are
// nobody.
func (t *Table) OptedOut(ctx context.Context, ids ...ContactID) (bool, error) {
	for _, id := range ids {
		if id == "" {
			continue
		}
		it, err := t.item(ctx, pkContact+string(id), skContact)
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return false, fmt.Errorf("reading a contact: %w", err)
		case it[attrOptedOutAt] != nil:
			return true, nil
		}
	}
	return false, nil
}
