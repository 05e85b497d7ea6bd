package main

import (
	"context"
	"encoding/binary"
	"io"
	"log/slog"
	"testing"
	"time"

	"resonanz/shared/bucket"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/observe"
	"resonanz/shared/period"
	"resonanz/shared/responses"
	"resonanz/shared/signal"
	"resonanz/shared/store"
)

// BenchmarkFirstLook is the look that reads the most: a million ratings of four
// weeks, of which nothing is kept yet.
func BenchmarkFirstLook(b *testing.B) {
	objects := bucket.NewMemory()
	const files, rows = 280, 1_000_000 / 280
	for f := range files {
		var batch responses.Batch
		touchpoint := batch.Name("hotline")
		at := noon.AddDate(0, 0, -28).Add(time.Duration(f) * 28 * 24 * time.Hour / files).UnixMilli()
		month := period.Of(time.UnixMilli(at), time.UTC)
		for i := range rows {
			v := responses.Vote{Touchpoint: touchpoint, Rating: int8(1 + i%5), Submitted: at + int64(i), Received: at + int64(i)}
			binary.BigEndian.PutUint64(v.Event[8:], uint64(f*rows+i))
			v.Event[6], v.Event[8] = 0x40, 0x80
			v.Key.Month = uint16(month.Index())
			binary.BigEndian.PutUint64(v.Key.ID[2:], uint64(f*rows+i))
			batch.Votes = append(batch.Votes, v)
		}
		key := factfile.Key(month, feedback.KindRating, &batch)
		content, err := factfile.Write(feedback.KindRating, &batch)
		if err == nil {
			err = objects.Put(b.Context(), key, "", content)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	h := &handler{
		objects: objects, queue: new(rig), log: slog.New(slog.DiscardHandler), now: func() time.Time { return noon },
		metrics: observe.NewMetricsTo(io.Discard, "watch", time.Now),
		rules:   signal.Rules{MinimumLow: 5, Alpha: 0.001, BaselineDays: 28, BurstTaps: 20, BurstWithin: time.Minute, RunLength: 25, Zone: time.UTC},
		reading: signal.Reading{Zone: time.UTC, Rules: responses.DefaultRules, Low: func(_ feedback.Scale, rating int) bool { return rating <= 2 }},
		kiosks:  func(feedback.Device) feedback.Touchpoint { return "" },
	}
	b.ReportAllocs()
	for b.Loop() {
		h.days = store.NewMemory()
		if err := h.Handle(context.Background(), Tick{}); err != nil {
			b.Fatal(err)
		}
	}
}
