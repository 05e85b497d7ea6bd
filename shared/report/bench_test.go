package report_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/responses"
)

// many is a batch of n votes over two months, half by link with an invitation
// each, half by kiosk, some changed and some delivered twice.
func many(b *testing.B, n int) *responses.Batch {
	rnd := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	zone := berlin(b)
	facts := &responses.Batch{Votes: make([]responses.Vote, 0, n+n/50)}
	eventID := func() feedback.EventID {
		var u [16]byte
		binary.BigEndian.PutUint64(u[:], rnd.Uint64())
		binary.BigEndian.PutUint64(u[8:], rnd.Uint64())
		return responses.EventID(u)
	}
	touchpoints := []feedback.Touchpoint{"hotline", "checkout-cologne", "repair"}
	for len(facts.Votes) < n {
		at := start.Add(time.Duration(rnd.Int64N(58*24*3600*1000)) * time.Millisecond)
		r := feedback.Rating{
			EventID: eventID(), Touchpoint: touchpoints[rnd.IntN(3)], Channel: feedback.EmailLink, Scale: feedback.Stars5,
			Rating: 1 + rnd.IntN(5), SubmittedAt: at, ReceivedAt: at, Language: "de", CollectionMode: feedback.Self,
		}
		r.ResponseKey = feedback.KeyFor(r.EventID, at, zone)
		var err error
		if rnd.IntN(2) == 0 {
			r.Channel, r.Device = feedback.Kiosk, feedback.Device(fmt.Sprint("kiosk-", rnd.IntN(50)))
		} else {
			err = facts.AddInvitation(&feedback.Invitation{
				EventID: eventID(), ResponseKey: r.ResponseKey, Touchpoint: r.Touchpoint, Channel: r.Channel,
				IssuedAt: at, ReceivedAt: at, ExpiresAt: at.AddDate(0, 0, 14),
			})
		}
		if err == nil {
			err = facts.AddRating(&r)
		}
		switch rnd.IntN(100) {
		case 0: // delivered twice
			err = facts.AddRating(&r)
		case 1, 2: // changed
			r.EventID, r.SubmittedAt, r.ReceivedAt = eventID(), at.Add(time.Minute), at.Add(time.Minute)
			err = facts.AddRating(&r)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
	return facts
}

func BenchmarkBuild(b *testing.B) {
	for _, n := range []int{100_000, 1_000_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			in := input(b, time.Time{}, nil)
			var read float64
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				in.Facts = many(b, n) // Build takes it over
				read = float64(len(in.Facts.Votes) + len(in.Facts.Invitations))
				b.StartTimer()
				if build(b, in).Total.N == 0 {
					b.Fatal("an empty report")
				}
			}
			b.ReportMetric(read*float64(b.N)/b.Elapsed().Seconds(), "facts/s")
			b.ReportMetric(peakMB(b), "peak-RSS-MB")
		})
	}
}

// BenchmarkAMillionInOneDay is a campaign: every response of the month on one
// day, with a reason and a recommendation, at one touchpoint.
func BenchmarkAMillionInOneDay(b *testing.B) {
	in := input(b, time.Time{}, nil)
	day := time.Date(2026, 3, 10, 7, 0, 0, 0, time.UTC).UnixMilli()
	b.ReportAllocs()
	for b.Loop() {
		b.StopTimer()
		in.Facts = many(b, 1_000_000)
		reason := in.Facts.Name("waiting_time")
		for i := range in.Facts.Votes {
			v := &in.Facts.Votes[i]
			v.Submitted = day + int64(i%40_000_000)
			v.Received, v.Reason, v.NPS = v.Submitted, reason, responses.Some(i%11)
			v.Device = 0
		}
		b.StartTimer()
		if r := build(b, in); r.Total.N < 400_000 || r.Recommend.NPS.N != r.Total.N || r.Recommend.Reasons[0].N != r.Total.N {
			b.Fatalf("n %d, NPS of %d", r.Total.N, r.Recommend.NPS.N)
		}
	}
	b.ReportMetric(peakMB(b), "peak-RSS-MB")
}

// peakMB is the most memory the process has held so far; 0 where the system
// does not tell.
func peakMB(b *testing.B) float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kb float64
		if _, err := fmt.Sscanf(line, "VmHWM: %f kB", &kb); err == nil {
			return kb / 1024
		}
	}
	b.Log("the system reports no peak memory")
	return 0
}
