package store

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// index answers a Query of the due index.
type index struct {
	DynamoAPI
	shards map[string][]item
}

func (x *index) Query(_ context.Context, in *dynamodb.QueryInput, _ ...func(*dynamodb.Options)) (*dynamodb.QueryOutput, error) {
	shard := in.ExpressionAttributeValues[":shard"].(*types.AttributeValueMemberS).Value
	return &dynamodb.QueryOutput{Items: x.shards[shard]}, nil
}

// A newer version may keep other things in the index, and somebody may have
// mended an item by hand.
func TestALineOfTheDueIndexThatCannotBeReadHoldsUpNoOther(t *testing.T) {
	const at = "2026-03-10T09:00:00.000Z"
	line := func(pk, sk string, more ...string) item {
		it := key(pk, sk)
		it[AttrDueAt] = text(at)
		for i := 0; i < len(more); i += 2 {
			it[more[i]] = text(more[i+1])
		}
		return it
	}
	x := &index{shards: map[string][]item{
		"0": {line("FUTURE#1", "-"), line(pkRemind+"2026-03-aaaaaaaaaaaaaaaa", skRemind, attrEventID, "e1")},
		"2": {line(pkDevice+"kiosk-1", skBeat), line(pkDevice+"kiosk-2", skBeat, attrTouchpoint, "hotline", attrLastAt, at)},
	}}
	var got []string
	err := New(x, "table").Due(t.Context(), time.Date(2026, 3, 10, 12, 0, 0, 0, time.UTC), func(d Due) error {
		switch {
		case d.Invite != nil:
			got = append(got, string(d.Invite.EventID))
		case d.Silence != nil:
			got = append(got, string(d.Silence.Device))
		}
		return nil
	})
	if !errors.Is(err, ErrInvalid) {
		t.Errorf("got %v, want an error that says so", err)
	}
	if len(got) != 2 || got[0] != "e1" || got[1] != "kiosk-2" {
		t.Errorf("handed over: %q", got)
	}
}
