package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"resonanz/infra/deployed"
	"resonanz/shared/erasure"
	"resonanz/shared/store"
)

// restoring is what is restored into which stack.
type restoring struct {
	backup *backup
	into   *place
	replay time.Duration // what was stored in this time before the backup is set off again
	fill   bool          // into a table that is in use
	now    func() time.Time
}

// writers is how many items are written beside each other.
const writers = 16

// tally is what became of the items of a backup.
type tally struct {
	written, there, erased int
	left                   map[string]int
}

// restore brings a backup into a stack. It can be repeated: what is there already
// stays, so that neither a vote that came since nor a case that went on is set back.
// What the clock acts on is written last.
func restore(ctx context.Context, r restoring, out io.Writer) error {
	used, swept, err := r.look(ctx)
	if err != nil {
		return err
	}
	if used > 0 && !r.fill {
		return fmt.Errorf("%w: table %s holds %d items that are not of this backup: restore into a new stack, or say FILL=1 to add only what is missing", errUsage, r.into.table, used)
	}
	log, err := r.erasures(ctx)
	if err != nil {
		return err
	}
	plan := &store.Restoration{Backup: r.backup.name, Erased: log, Now: r.now()}
	var newest time.Time
	total := 0
	if err := r.backup.items(ctx, func(it store.Raw) error {
		total++
		if at, err := store.StoredAt(it); err == nil && at.After(newest) && at.Before(plan.Now) {
			newest = at
		}
		_ = plan.Survey(it) // what cannot be read is counted when it is left out
		return nil
	}); err != nil {
		return err
	}
	found := plan.Findings()
	fmt.Fprintf(out, "%s: %d items, the newest stored at %s; %d erasures are kept\n", r.backup.name, total, stamp(newest), len(log))
	var t tally
	var again []message
	for _, last := range []bool{false, true} {
		messages, err := r.write(ctx, plan, last, newest, &t)
		if err != nil {
			return err
		}
		again = append(again, messages...)
	}
	// Last, since a file in quarantine is looked at as soon as it is there.
	if err := r.files(ctx, found, out); err != nil {
		return err
	}
	for _, key := range swept { // what came back has to be swept again
		if _, err := r.into.items.DeleteItem(ctx, &dynamodb.DeleteItemInput{TableName: &r.into.table, Key: key}); err != nil {
			return fmt.Errorf("having %s swept again: %s", r.into.table, deployed.Reason(err))
		}
	}
	t.tell(out, found)
	if r.replay > 0 && !newest.IsZero() {
		fmt.Fprintf(out, "what was stored since %s is set off again; what had happened by then does not happen twice\n", stamp(newest.Add(-r.replay)))
		return send(ctx, r.into, again, out)
	}
	return nil
}

// look counts the items of the table that neither a stack makes that nobody uses nor
// an earlier try has written, and finds what sweeps have noted.
func (r restoring) look(ctx context.Context) (used int, swept []store.Raw, err error) {
	err = scan(ctx, r.into.items, r.into.table, func(it store.Raw) error {
		from, _ := it[store.AttrRestored].(*types.AttributeValueMemberS)
		if store.SweepNote(it) {
			swept = append(swept, store.Raw{store.AttrPK: it[store.AttrPK], store.AttrSK: it[store.AttrSK]})
		}
		if !store.Machinery(it) && (from == nil || from.Value != r.backup.name) {
			used++
		}
		return nil
	})
	return used, swept, err
}

// erasures are those of this stack and of the old one, where that is left.
func (r restoring) erasures(ctx context.Context) (erasure.Log, error) {
	all := erasure.Log{}
	logs := []erasure.Reader{r.into.bucket(factsBucket)}
	if old := r.backup.buckets[factsBucket]; old != "" {
		logs = append(logs, bucketOf(r.into, old))
	}
	if r.backup.folder != "" {
		logs = append(logs, folder(r.backup.folder))
	}
	for _, from := range logs {
		if err := erasure.Each(ctx, from, time.Time{}, func(e erasure.Erasure) error { all.Add(e); return nil }); err != nil {
			return nil, err
		}
	}
	// This stack has to know them, too: the next restore asks here.
	for s, at := range all {
		if err := erasure.Record(ctx, r.into.bucket(factsBucket), s, at); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// write writes the items that come first, or last, and collects what is set off
// again.
func (r restoring) write(ctx context.Context, plan *store.Restoration, last bool, newest time.Time, t *tally) (again []message, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	items := make(chan store.Raw)
	var writing sync.WaitGroup
	var mu sync.Mutex
	for range writers {
		writing.Go(func() {
			for it := range items {
				there, err := r.put(ctx, it)
				if err != nil {
					cancel(err)
					continue
				}
				mu.Lock()
				if there {
					t.there++
				} else {
					t.written++
				}
				mu.Unlock()
			}
		})
	}
	if t.left == nil {
		t.left = map[string]int{}
	}
	err = r.backup.items(ctx, func(it store.Raw) error {
		if store.Last(it) != last {
			return nil
		}
		adapted, left, erased, err := plan.Item(it)
		if err != nil {
			left = "items that nobody of ours wrote, or that are broken"
		}
		if left != "" {
			t.left[left]++
			return nil
		}
		if erased {
			t.erased++
		}
		if at, err := store.StoredAt(adapted); err == nil && r.replay > 0 && !at.Before(newest.Add(-r.replay)) {
			messages, err := messagesOf(adapted, everything&^store.ToReporting)
			if err != nil {
				return err
			}
			again = append(again, messages...)
		}
		select {
		case items <- adapted:
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	close(items)
	writing.Wait()
	return again, cmp.Or(context.Cause(ctx), err)
}

// put writes an item that is not there yet.
func (r restoring) put(ctx context.Context, it store.Raw) (there bool, err error) {
	in := &dynamodb.PutItemInput{TableName: &r.into.table, Item: it}
	if !store.Replaces(it) {
		in.ConditionExpression = aws.String("attribute_not_exists(PK)")
	}
	_, err = r.into.items.PutItem(ctx, in)
	if taken := new(types.ConditionalCheckFailedException); errors.As(err, &taken) {
		return true, nil
	}
	if err != nil {
		return false, fmt.Errorf("writing into %s: %s", r.into.table, deployed.Reason(err))
	}
	return false, nil
}

// tell says what became of the items.
func (t *tally) tell(out io.Writer, found store.Findings) {
	fmt.Fprintf(out, "%d items written, %d were there already, %d of them without what is erased\n", t.written, t.there, t.erased)
	for _, why := range slices.Sorted(maps.Keys(t.left)) {
		fmt.Fprintf(out, "left out: %d %s\n", t.left[why], why)
	}
	for _, n := range found.ErasedOpen {
		fmt.Fprintf(out, "case %s is open, and its customer is erased: close it\n", n)
	}
	for _, n := range found.Broken {
		fmt.Fprintf(out, "case %s is not whole in this backup: look at it\n", n)
	}
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return "no time"
	}
	return t.UTC().Format(time.RFC3339)
}
