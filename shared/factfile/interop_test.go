package factfile

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/responses"
)

// fact is a rating as parquet-go's own reader and writer see it.
type fact struct {
	EventID        uuid.UUID `parquet:"event_id,uuid"`
	ResponseKey    string    `parquet:"response_key,plain"`
	Touchpoint     string    `parquet:"touchpoint,plain"`
	Channel        string    `parquet:"channel,dict"`
	Scale          string    `parquet:"scale,dict"`
	Rating         int32     `parquet:"rating"`
	SubmittedAt    time.Time `parquet:"submitted_at,timestamp(millisecond)"`
	ReceivedAt     time.Time `parquet:"received_at,timestamp(microsecond)"`
	Device         *string   `parquet:"device,optional,plain"`
	Language       *string   `parquet:"language,optional,dict"`
	Reason         *string   `parquet:"reason,optional,dict"`
	NPS            *int32    `parquet:"nps,optional"`
	CES            *int64    `parquet:"ces,optional,dict"`
	FCR            *bool     `parquet:"fcr,optional"`
	Expectation    *int32    `parquet:"expectation,optional"`
	Callback       bool      `parquet:"callback_requested"`
	HasText        bool      `parquet:"has_text"`
	Segment        *string   `parquet:"segment,optional,plain"`
	Topic          *string   `parquet:"topic,optional,plain"`
	CollectionMode string    `parquet:"collection_mode,dict"`
	Extra          string    `parquet:"a_column_of_tomorrow,plain"`
}

// written is the same without what this package never writes.
type written struct {
	EventID        [16]byte  `parquet:"event_id,uuid"`
	ResponseKey    string    `parquet:"response_key"`
	Touchpoint     string    `parquet:"touchpoint"`
	Channel        string    `parquet:"channel"`
	Scale          string    `parquet:"scale"`
	Rating         int32     `parquet:"rating"`
	SubmittedAt    time.Time `parquet:"submitted_at,timestamp(millisecond)"`
	ReceivedAt     time.Time `parquet:"received_at,timestamp(millisecond)"`
	Device         *string   `parquet:"device,optional"`
	NPS            *int32    `parquet:"nps,optional"`
	FCR            *bool     `parquet:"fcr,optional"`
	HasText        bool      `parquet:"has_text"`
	CollectionMode string    `parquet:"collection_mode"`
	Card           *string   `parquet:"card,optional"`
	Phase          *string   `parquet:"phase,optional"`
	Answers        *string   `parquet:"answers,optional"`
}

func TestParquetGoReadsWhatWeWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := anyBatch(t, feedback.KindRating)
		data := mustWrite(t, feedback.KindRating, b)
		got, err := parquet.Read[written](bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != len(b.Votes) {
			t.Fatalf("%d rows, want %d", len(got), len(b.Votes))
		}
		for i, g := range got {
			v := b.Votes[i]
			var nps *int32
			if n, ok := v.NPS.Get(); ok {
				nps = ptr(int32(n))
			}
			var fcr *bool
			if v.Flags&responses.FCRAsked != 0 {
				fcr = ptr(v.Flags&responses.FCRYes != 0)
			}
			var device *string
			if v.Device != 0 {
				device = ptr(b.Text(v.Device))
			}
			mode := feedback.Self
			switch {
			case v.Flags&responses.Assisted != 0:
				mode = feedback.Assisted
			case v.Flags&responses.Imported != 0:
				mode = feedback.Imported
			}
			want := written{v.Event, string(v.Key.ResponseKey()), b.Text(v.Touchpoint), string(feedback.Channels[v.Channel]), string(responses.Scales[v.Scale]),
				int32(v.Rating), responses.At(v.Submitted), responses.At(v.Received), device, nps, fcr, v.Flags&responses.HasText != 0, string(mode),
				named(b, v.Card), named(b, v.Phase), named(b, v.Answers)}
			if d := cmp.Diff(want, g); d != "" {
				t.Fatalf("row %d (-want +parquet-go):\n%s", i, d)
			}
		}
	})
}

func named(b *responses.Batch, n responses.Name) *string {
	if n == 0 {
		return nil
	}
	return ptr(b.Text(n))
}

func TestFilesOfOtherWritersAreRead(t *testing.T) {
	var facts []fact
	want := new(responses.Batch)
	for i := range 3000 {
		f := fact{EventID: uuid.MustParse(fmt.Sprintf("0198c0de-0000-7000-8000-%012d", i)), ResponseKey: "2026-03-" + "aaaaaaaaaaaaaaaa", Touchpoint: fmt.Sprintf("shop-%d", i%7),
			Channel: "kiosk", Scale: "stars_1_5", Rating: int32(i%5 + 1), SubmittedAt: responses.At(int64(1e12 + i)), ReceivedAt: responses.At(int64(1e12 + 5*i)),
			CollectionMode: "self", Callback: i%4 == 0, HasText: i%3 == 0}
		r := feedback.Rating{EventID: feedback.EventID(f.EventID.String()), ResponseKey: feedback.ResponseKey(f.ResponseKey), Touchpoint: feedback.Touchpoint(f.Touchpoint),
			Channel: feedback.Kiosk, Scale: feedback.Stars5, Rating: int(f.Rating), SubmittedAt: f.SubmittedAt, ReceivedAt: f.ReceivedAt,
			CollectionMode: feedback.Self, CallbackRequested: f.Callback, HasText: f.HasText}
		if i%2 == 0 {
			f.Device, f.Language, f.NPS, f.CES, f.FCR = ptr("kiosk-1"), ptr("de"), ptr(int32(i%11)), ptr(int64(i%7+1)), ptr(i%8 == 0)
			r.Device, r.Language, r.NPS, r.CES, r.FCR = "kiosk-1", "de", ptr(i%11), ptr(i%7+1), ptr(i%8 == 0)
		}
		facts = append(facts, f)
		if err := want.AddRating(&r); err != nil {
			t.Fatal(err)
		}
	}
	for _, codec := range []compress.Codec{&parquet.Zstd, &parquet.Snappy, &parquet.Gzip, &parquet.Uncompressed} {
		for _, version := range []int{1, 2} {
			t.Run(fmt.Sprintf("%s pages v%d", codec, version), func(t *testing.T) {
				var buf bytes.Buffer
				if err := parquet.Write(&buf, facts, parquet.Compression(codec), parquet.DataPageVersion(version), parquet.PageBufferSize(4096), parquet.MaxRowsPerRowGroup(1000)); err != nil {
					t.Fatal(err)
				}
				got := new(responses.Batch)
				if err := Read(feedback.KindRating, buf.Bytes(), got); err != nil {
					t.Fatal(err)
				}
				if d := difference(want, got); d != "" {
					t.Errorf("facts differ (-want +read):\n%s", d)
				}
			})
		}
	}
}

func TestForeignValuesAreRefused(t *testing.T) {
	good := fact{ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", Touchpoint: "x", Channel: "qr", Scale: "stars_1_5", CollectionMode: "self"}
	for name, change := range map[string]func(*fact){
		"channel":         func(f *fact) { f.Channel = "pigeon" },
		"scale":           func(f *fact) { f.Scale = "stars_1_6" },
		"rating":          func(f *fact) { f.Rating = 11 },
		"response_key":    func(f *fact) { f.ResponseKey = "2026-03" },
		"collection_mode": func(f *fact) { f.CollectionMode = "robot" },
		"nps":             func(f *fact) { f.NPS = ptr(int32(-1)) },
		"language":        func(f *fact) { f.Language = ptr("deutsch") },
		"segment":         func(f *fact) { f.Segment = ptr("aa") },
		"touchpoint":      func(f *fact) { f.Touchpoint = strings.Repeat("x", maxName+1) },
		"reason":          func(f *fact) { f.Reason = ptr(strings.Repeat("x", maxName+1)) },
		"submitted_at":    func(f *fact) { f.SubmittedAt = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC) },
		"received_at":     func(f *fact) { f.ReceivedAt = time.Date(-1, 12, 31, 0, 0, 0, 0, time.UTC) },
	} {
		bad := good
		change(&bad)
		var buf bytes.Buffer
		if err := parquet.Write(&buf, []fact{good, bad}); err != nil {
			t.Fatal(err)
		}
		got := new(responses.Batch)
		err := Read(feedback.KindRating, buf.Bytes(), got)
		if err == nil || !bytes.Contains([]byte(err.Error()), []byte("column "+name)) || len(got.Votes) != 0 {
			t.Errorf("%s: error = %v with %d facts, want one that names the column, and none", name, err, len(got.Votes))
		}
	}
}

// loose is what a data frame makes of a rating whose columns have gaps.
type loose struct {
	EventID        string   `parquet:"event_id"`
	ResponseKey    string   `parquet:"response_key"`
	Touchpoint     string   `parquet:"touchpoint"`
	Channel        string   `parquet:"channel"`
	Scale          string   `parquet:"scale"`
	Rating         int64    `parquet:"rating"`
	SubmittedAt    int64    `parquet:"submitted_at,timestamp(nanosecond)"`
	ReceivedAt     int64    `parquet:"received_at,timestamp(millisecond)"`
	NPS            *float64 `parquet:"nps,optional"`
	Topic          *int32   `parquet:"topic,optional"`
	Callback       bool     `parquet:"callback_requested"`
	HasText        bool     `parquet:"has_text"`
	CollectionMode string   `parquet:"collection_mode"`
}

func TestDataFramesWithGapsAreRead(t *testing.T) {
	at := responses.At(1_772_000_000_123)
	row := loose{EventID: "0198c0de-0000-7000-8000-000000000001", ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", Touchpoint: "hotline", Channel: "qr", Scale: "stars_1_5",
		Rating: 4, SubmittedAt: at.UnixNano(), ReceivedAt: at.UnixMilli(), NPS: ptr(9.0), CollectionMode: "self"}
	want := new(responses.Batch)
	err := want.AddRating(&feedback.Rating{EventID: feedback.EventID(row.EventID), ResponseKey: feedback.ResponseKey(row.ResponseKey), Touchpoint: "hotline", Channel: feedback.QR,
		Scale: feedback.Stars5, Rating: 4, SubmittedAt: at, ReceivedAt: at, NPS: ptr(9), CollectionMode: feedback.Self})
	if err != nil {
		t.Fatal(err)
	}
	read := func(r loose) (*responses.Batch, error) {
		var buf bytes.Buffer
		if err := parquet.Write(&buf, []loose{r}); err != nil {
			t.Fatal(err)
		}
		got := new(responses.Batch)
		return got, Read(feedback.KindRating, buf.Bytes(), got)
	}
	got, err := read(row)
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(want, got); d != "" {
		t.Errorf("facts differ (-want +read):\n%s", d)
	}

	half, number := row, row
	half.NPS, number.Topic = ptr(8.5), ptr(int32(7))
	for column, r := range map[string]loose{"nps": half, "topic": number} {
		if _, err := read(r); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "column "+column) {
			t.Errorf("error = %v, want ErrFormat that names column %s", err, column)
		}
	}
}

// carded is a card as another writer leaves it: JSON in any order and spacing.
type carded struct {
	fact
	Card    *string `parquet:"card,optional,plain"`
	Phase   *string `parquet:"phase,optional,dict"`
	Answers *string `parquet:"answers,optional,plain"`
}

func TestAnswersOfOtherWritersBecomeCanonical(t *testing.T) {
	good := fact{ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", Touchpoint: "x", Channel: "qr", Scale: "stars_1_5", Rating: 4, CollectionMode: "self"}
	read := func(c carded) (*responses.Batch, error) {
		var buf bytes.Buffer
		if err := parquet.Write(&buf, []carded{{fact: good}, c}); err != nil {
			t.Fatal(err)
		}
		got := new(responses.Batch)
		return got, Read(feedback.KindRating, buf.Bytes(), got)
	}
	got, err := read(carded{good, ptr("visit"), ptr("pilot"), ptr(" {\"found\" : \"yes\", \n \"a\":\"4\"} ")})
	if err != nil {
		t.Fatal(err)
	}
	if v := got.Votes[1]; got.Text(v.Card) != "visit" || got.Text(v.Phase) != "pilot" || got.Text(v.Answers) != `{"a":"4","found":"yes"}` {
		t.Errorf("read %q, %q, %q", got.Text(v.Card), got.Text(v.Phase), got.Text(v.Answers))
	}
	if v := got.Votes[0]; v.Card != 0 || v.Phase != 0 || v.Answers != 0 {
		t.Errorf("a vote without a card reads as %+v", v)
	}
	if got, err := read(carded{good, ptr("visit"), nil, ptr("{}")}); err != nil || got.Votes[1].Answers != 0 {
		t.Errorf("no answers: %v", err)
	}
	for name, c := range map[string]carded{
		"column answers: a value is no JSON": {good, ptr("visit"), nil, ptr("found=yes")},
		"column answers":                     {good, ptr("visit"), nil, ptr(`{"remark":"Own words"}`)},
		"column card":                        {good, nil, nil, ptr(`{"found":"yes"}`)},
		"column card: a value is missing":    {good, nil, ptr("pilot"), nil},
	} {
		got, err := read(c)
		if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "Own") || len(got.Votes) != 0 {
			t.Errorf("%s: error %v with %d facts", name, err, len(got.Votes))
		}
	}
}

func TestForeignComplaintsAndDeliveriesAreRefused(t *testing.T) {
	c := complaint{ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", Touchpoint: "x", Channel: "qr", Category: "other", CollectionMode: "self"}
	d := delivery{ResponseKey: "2026-03-aaaaaaaaaaaaaaaa", Outcome: "bounced"}
	badChannel, badMode, badKey := c, c, c
	badChannel.Channel, badMode.CollectionMode, badKey.ResponseKey = "pigeon", "robot", "x"
	badOutcome := d
	badOutcome.Outcome = "lost"
	var buf bytes.Buffer
	encode := func(err error) []byte {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		out := bytes.Clone(buf.Bytes())
		buf.Reset()
		return out
	}
	for column, tt := range map[string]struct {
		kind feedback.Kind
		data []byte
	}{
		"channel":         {feedback.KindComplaint, encode(parquet.Write(&buf, []complaint{c, badChannel}))},
		"collection_mode": {feedback.KindComplaint, encode(parquet.Write(&buf, []complaint{c, badMode}))},
		"response_key":    {feedback.KindComplaint, encode(parquet.Write(&buf, []complaint{c, badKey}))},
		"touchpoint":      {feedback.KindComplaint, encode(parquet.Write(&buf, []delivery{d}))},
		"outcome":         {feedback.KindDelivery, encode(parquet.Write(&buf, []delivery{d, badOutcome}))},
	} {
		got := new(responses.Batch)
		err := Read(tt.kind, tt.data, got)
		if !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), "column "+column) || len(got.Complaints)+len(got.Deliveries) != 0 {
			t.Errorf("%s: error = %v, want one that names the column, and no facts", column, err)
		}
	}
}

func TestOtherCompressionIsRefused(t *testing.T) {
	for _, codec := range []compress.Codec{&parquet.Lz4Raw, &parquet.Brotli} {
		var buf bytes.Buffer
		if err := parquet.Write(&buf, []fact{{}}, parquet.Compression(codec)); err != nil {
			t.Fatal(err)
		}
		if err := Read(feedback.KindRating, buf.Bytes(), new(responses.Batch)); !errors.Is(err, ErrFormat) || !strings.Contains(err.Error(), codec.String()) {
			t.Errorf("%s: error = %v, want ErrFormat that names it", codec, err)
		}
	}
}

func ptr[T any](v T) *T { return &v }
