package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"resonanz/infra/local/emulator"
	"resonanz/infra/local/stack"
	"resonanz/infra/tablefile"
	"resonanz/shared/casefile"
	"resonanz/shared/store"
)

// items are those of a table, by "PK SK".
type items map[string]tablefile.Item

func text(it tablefile.Item, name string) string {
	if v, ok := it[name].(*types.AttributeValueMemberS); ok {
		return v.Value
	}
	return ""
}

func keyOf(it tablefile.Item) string { return text(it, store.AttrPK) + " " + text(it, store.AttrSK) }

// tableOf reads a whole table.
func tableOf(ctx context.Context, s *stack.Stack) (items, error) {
	all := items{}
	pages := dynamodb.NewScanPaginator(dynamodb.NewFromConfig(s.AWS()), &dynamodb.ScanInput{TableName: &s.Table, ConsistentRead: aws.Bool(true)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("reading the table: %w", err)
		}
		for _, it := range page.Items {
			all[keyOf(it)] = it
		}
	}
	return all, nil
}

// lasting reports whether nobody ever changes such an item, erasing apart.
func lasting(key string) bool {
	return strings.HasPrefix(key, "20") || strings.HasPrefix(key, "CASE#") && !strings.HasSuffix(key, " STATE") || strings.HasPrefix(key, "REPORT#")
}

// same reports what is missing or different of the lasting items, without the mark
// of the restore.
func (before items) same(after items) (different []string) {
	for key, it := range before {
		if !lasting(key) {
			continue
		}
		was, is := maps.Clone(it), maps.Clone(after[key])
		delete(was, store.AttrRestored)
		delete(is, store.AttrRestored)
		if line(was) != line(is) {
			different = append(different, key)
		}
	}
	slices.Sort(different)
	return different
}

func line(it tablefile.Item) string {
	b, err := tablefile.Marshal(it)
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// customer is somebody with a key, and what is kept of them.
type customer struct {
	key       string
	responses []string // their keys of entries
	cases     []string // their PK
	words     int      // items with something personal
}

// customers are those with a case and with words, in order.
func (all items) customers() (list []customer) {
	byKey := map[string]*customer{}
	for key, it := range all {
		who := text(it, store.AttrCustomerKey)
		if who == "" {
			continue
		}
		c := byKey[who]
		if c == nil {
			c = &customer{key: who}
			byKey[who] = c
		}
		if strings.HasPrefix(key, "CASE#") {
			c.cases = append(c.cases, text(it, store.AttrPK))
		} else {
			c.responses = append(c.responses, key)
			if it["personal"] != nil {
				c.words++
			}
		}
	}
	for _, key := range slices.Sorted(maps.Keys(byKey)) {
		if c := byKey[key]; len(c.cases) > 0 && c.words > 0 {
			slices.Sort(c.responses)
			list = append(list, *c)
		}
	}
	return list
}

// traces are the items that still tell of a customer.
func (all items) traces(c customer) (found []string) {
	theirs := map[string]bool{}
	for _, key := range c.responses {
		theirs[key] = true
	}
	for key, it := range all {
		ofTheirs := theirs[key] || slices.Contains(c.cases, text(it, store.AttrPK))
		if strings.Contains(line(it), `"`+c.key+`"`) || ofTheirs && it["personal"] != nil || strings.HasPrefix(key, "CONTACT#"+string(store.KeyContact(c.key))+" ") && it["opted_out_at"] == nil {
			found = append(found, key)
		}
	}
	slices.Sort(found)
	return found
}

// empty deletes every item of a table: the catastrophe.
func empty(ctx context.Context, s *stack.Stack) error {
	all, err := tableOf(ctx, s)
	if err != nil {
		return err
	}
	api := dynamodb.NewFromConfig(s.AWS())
	for _, it := range all {
		if _, err := api.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &s.Table, Key: tablefile.Item{store.AttrPK: it[store.AttrPK], store.AttrSK: it[store.AttrSK]}}); err != nil {
			return fmt.Errorf("emptying the table: %w", err)
		}
	}
	return nil
}

// quiet waits until all queues of a stack are empty for a while.
func quiet(ctx context.Context, s *stack.Stack) error {
	api, calm := sqs.NewFromConfig(s.AWS()), 0
	return eventually(ctx, "empty queues", 3*time.Minute, func() (string, error) {
		for _, q := range s.Queues() {
			out, err := api.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: aws.String(q.URL), AttributeNames: []sqstypes.QueueAttributeName{
				sqstypes.QueueAttributeNameApproximateNumberOfMessages, sqstypes.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
			}})
			if err != nil {
				return "", fmt.Errorf("looking into queue %s: %w", q.Name, err)
			}
			for _, n := range out.Attributes {
				if n != "0" {
					calm = 0
					return fmt.Sprintf("%s has %s messages", q.Name, n), nil
				}
			}
		}
		if calm++; calm < 20 {
			return "a moment more", nil
		}
		return "", nil
	})
}

// deadLetters are how many lie in all places for failures.
func deadLetters(ctx context.Context, s *stack.Stack) (n int, err error) {
	for _, q := range s.Queues() {
		found, err := s.Peek(ctx, q.DeadURL)
		if err != nil {
			return n, err
		}
		n += len(found)
	}
	found, err := s.Peek(ctx, s.StreamFailureURL)
	return n + len(found), err
}

// told are the mails that are not among those of before.
func told(before, after []emulator.Mail) (fresh []emulator.Mail) {
	seen := map[string]bool{}
	for i := range before {
		seen[before[i].ID] = true
	}
	for i := range after {
		if !seen[after[i].ID] {
			fresh = append(fresh, after[i])
		}
	}
	return fresh
}

// broken are the cases whose state and timeline do not hold together.
func broken(ctx context.Context, s *stack.Stack, all items) (numbers []string, n int, err error) {
	t := store.New(dynamodb.NewFromConfig(s.AWS()), s.Table)
	for key, it := range all {
		if !strings.HasPrefix(key, "CASE#") || text(it, store.AttrSK) != "STATE" {
			continue
		}
		n++
		number := casefile.Number(strings.TrimPrefix(text(it, store.AttrPK), "CASE#"))
		c, err := t.GetCase(ctx, number)
		if err != nil {
			return nil, n, err
		}
		timeline, err := t.Timeline(ctx, number)
		if err != nil {
			return nil, n, err
		}
		if casefile.Check(c, timeline) != nil {
			numbers = append(numbers, string(number))
		}
	}
	slices.Sort(numbers)
	return numbers, n, nil
}

// member reads one member of a JSON text.
func member(document, name string) string {
	var all map[string]any
	if json.Unmarshal([]byte(document), &all) != nil {
		return ""
	}
	return fmt.Sprint(all[name])
}
