package main

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"resonanz/shared/bucket"
	"resonanz/shared/compact"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/observe"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

var now = time.Date(2026, 4, 2, 1, 15, 0, 0, time.UTC)

// rig is a bucket with two files of one rating each, and what the function says.
func rig(t *testing.T) (*handler, *bucket.Memory, *bytes.Buffer) {
	t.Helper()
	month, files, said := period.Of(now, time.UTC).Add(-1), bucket.NewMemory(), new(bytes.Buffer)
	for _, id := range []string{"one", "two"} {
		b := new(responses.Batch)
		err := b.AddRating(&feedback.Rating{
			EventID: feedback.DeriveEventID(id), ResponseKey: feedback.NewResponseKey(month, feedback.ResponseID{}), Touchpoint: "hotline",
			Channel: feedback.EmailLink, Scale: feedback.Stars5, Rating: 4, SubmittedAt: now, ReceivedAt: now, CollectionMode: feedback.Self,
		})
		if err != nil {
			t.Fatal(err)
		}
		content, err := factfile.Write(feedback.KindRating, b)
		if err != nil {
			t.Fatal(err)
		}
		if err := files.Put(t.Context(), factfile.Key(month, feedback.KindRating, b), "", content); err != nil {
			t.Fatal(err)
		}
	}
	return &handler{
		files: files, limits: compact.Default, log: observe.LoggerTo(said, "compact", slog.LevelInfo),
		metrics: observe.NewMetricsTo(said, "compact", func() time.Time { return now }), now: func() time.Time { return now },
	}, files, said
}

func TestFactsAreMergedAndCounted(t *testing.T) {
	h, files, said := rig(t)
	if err := files.Put(t.Context(), "facts/month=2026-03/rating/bad.parquet", "", []byte("PAR1 damaged PAR1")); err != nil {
		t.Fatal(err)
	}
	if err := h.Handle(t.Context(), Tick{Schedule: "compact", All: true}); err != nil {
		t.Fatal(err)
	}
	if keys := files.Keys(); len(keys) != 2 {
		t.Errorf("%v: want one file of facts and the damaged one", keys)
	}
	for _, want := range []string{`"FactFilesMerged":2`, `"FactFilesWritten":1`, `"FactFilesUnreadable":1`, "facts/month=2026-03/rating/bad.parquet"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("%s is not told:\n%s", want, said)
		}
	}
}

func TestNothingIsBegunThatMayNotEnd(t *testing.T) {
	h, files, said := rig(t)
	ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(time.Hour))
	defer cancel()
	end, _ := ctx.Deadline()
	h.now = func() time.Time { return end.Add(-margin) }
	if err := h.Handle(ctx, Tick{All: true}); err != nil {
		t.Fatal(err)
	}
	if len(files.Keys()) != 2 || !strings.Contains(said.String(), `"left":1`) {
		t.Errorf("%v: want both files as they were, and the partition told as left\n%s", files.Keys(), said)
	}
}

func TestAFailureIsAnError(t *testing.T) {
	h, files, _ := rig(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := h.Handle(ctx, Tick{All: true}); !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "compacting") {
		t.Errorf("error = %v", err)
	}
	if len(files.Keys()) != 2 {
		t.Errorf("%v", files.Keys())
	}
}

func TestWhatCameInLatelyIsLeftAlone(t *testing.T) {
	month := period.Of(now, time.UTC)
	h, files, _ := rig(t)
	old := now.Add(-compact.Young - time.Second)
	for i, stored := range []time.Time{old, old, now.Add(-compact.Young)} {
		files.Now = func() time.Time { return stored }
		b := new(responses.Batch)
		err := b.AddRating(&feedback.Rating{
			EventID: feedback.DeriveEventID("lately", string(rune('a'+i))), ResponseKey: feedback.NewResponseKey(month, feedback.ResponseID{}), Touchpoint: "hotline",
			Channel: feedback.EmailLink, Scale: feedback.Stars5, Rating: 4, SubmittedAt: stored, ReceivedAt: stored, CollectionMode: feedback.Self,
		})
		if err != nil {
			t.Fatal(err)
		}
		content, err := factfile.Write(feedback.KindRating, b)
		if err == nil {
			err = files.Put(t.Context(), factfile.Key(month, feedback.KindRating, b), "", content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	before := len(files.Keys()) // with the two of the rig, which are of the real present
	if err := h.Handle(t.Context(), Tick{Schedule: "compact"}); err != nil {
		t.Fatal(err)
	}
	merged := 0
	for _, key := range files.Keys() {
		if factfile.IsMerged(key) {
			merged++
		}
	}
	if len(files.Keys()) != before-1 || merged != 1 {
		t.Errorf("%v: want the two old files merged, and named so", files.Keys())
	}
}
