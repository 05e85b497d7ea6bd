package factfile

import (
	"testing"

	"resonanz/shared/feedback"
	"resonanz/shared/responses"
)

// benchFacts is about what one file of the facts function holds.
const benchFacts = 10_000

func benchBatch() *responses.Batch {
	b := new(responses.Batch)
	touchpoints := []string{"hotline", "checkout-cologne", "service-berlin", "web-shop"}
	for i := range benchFacts {
		v := responses.Vote{Received: int64(1.77e12) + int64(i)*251, Submitted: int64(1.77e12) + int64(i)*250, Rating: int8(i*7%5 + 1),
			Touchpoint: b.Name(touchpoints[i*13%4]), Channel: uint8(i % 4), Language: [2]byte{'d', 'e'}, Key: responses.Key{Month: 314}}
		x := uint64(i+1) * 0x9e3779b97f4a7c15
		for k := range v.Event {
			v.Event[k] = byte(x >> (k * 5))
		}
		copy(v.Key.ID[:], v.Event[3:])
		if i%5 == 0 {
			v.NPS, v.Device = responses.Some(i%11), b.Name("kiosk-1")
		}
		b.Votes = append(b.Votes, v)
	}
	return b
}

// BenchmarkReadMillion reads a month of a hundred files into one batch.
func BenchmarkReadMillion(b *testing.B) {
	const files = 100
	data := mustWrite(b, feedback.KindRating, benchBatch())
	b.ReportAllocs()
	for b.Loop() {
		all := new(responses.Batch)
		for range files {
			if err := Read(feedback.KindRating, data, all); err != nil {
				b.Fatal(err)
			}
		}
		if len(all.Votes) != files*benchFacts {
			b.Fatalf("%d facts, want %d", len(all.Votes), files*benchFacts)
		}
	}
	b.ReportMetric(files*benchFacts*float64(b.N)/b.Elapsed().Seconds(), "facts/s")
	b.ReportMetric(float64(len(data))/benchFacts, "file-bytes/fact")
}

func BenchmarkWrite(b *testing.B) {
	batch := benchBatch()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Write(feedback.KindRating, batch); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(benchFacts)*float64(b.N)/b.Elapsed().Seconds(), "facts/s")
}
