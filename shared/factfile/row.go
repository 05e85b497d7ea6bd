package factfile

import (
	"resonanz/shared/feedback"
	"resonanz/shared/responses"
)

// groupRows bounds a row group, and so the memory a reader needs at once.
const groupRows = 1 << 16

// rating names the columns of a file of ratings. What is optional may be null,
// and the whole column may be missing from files of other writers.
type rating struct {
	EventID           [16]byte `parquet:"event_id,uuid"`
	ResponseKey       string   `parquet:"response_key"`
	Touchpoint        string   `parquet:"touchpoint,dict"`
	Channel           string   `parquet:"channel,dict"`
	Scale             string   `parquet:"scale,dict"`
	Rating            int32    `parquet:"rating"`
	SubmittedAt       int64    `parquet:"submitted_at,timestamp(millisecond)"`
	ReceivedAt        int64    `parquet:"received_at,timestamp(millisecond)"`
	Device            *string  `parquet:"device,optional,dict"`
	Language          *string  `parquet:"language,optional,dict"`
	Reason            *string  `parquet:"reason,optional,dict"`
	NPS               *int32   `parquet:"nps,optional"`
	CES               *int32   `parquet:"ces,optional"`
	FCR               *bool    `parquet:"fcr,optional"`
	Expectation       *int32   `parquet:"expectation,optional"`
	CallbackRequested bool     `parquet:"callback_requested"`
	HasText           bool     `parquet:"has_text"`
	Segment           *string  `parquet:"segment,optional,dict"`
	Topic             *string  `parquet:"topic,optional,dict"`
	CollectionMode    string   `parquet:"collection_mode,dict"`
}

// issued names the columns of a file of invitations.
type issued struct {
	EventID     [16]byte `parquet:"event_id,uuid"`
	ResponseKey string   `parquet:"response_key"`
	Touchpoint  string   `parquet:"touchpoint,dict"`
	Channel     string   `parquet:"channel,dict"`
	Language    *string  `parquet:"language,optional,dict"`
	Segment     *string  `parquet:"segment,optional,dict"`
	IssuedAt    int64    `parquet:"issued_at,timestamp(millisecond)"`
	ReceivedAt  int64    `parquet:"received_at,timestamp(millisecond)"`
	ExpiresAt   int64    `parquet:"expires_at,timestamp(millisecond)"`
}

func ratingOf(b *responses.Batch, v *responses.Vote) rating {
	r := rating{
		EventID: v.Event, ResponseKey: string(v.Key.ResponseKey()),
		Touchpoint: b.Text(v.Touchpoint), Channel: string(feedback.Channels[v.Channel]),
		Scale: string(responses.Scales[v.Scale]), Rating: int32(v.Rating),
		SubmittedAt: v.Submitted, ReceivedAt: v.Received,
		Device: word(b.Text(v.Device)), Language: language(v.Language), Reason: word(b.Text(v.Reason)),
		NPS: number(v.NPS), CES: number(v.CES), Expectation: number(v.Expect),
		CallbackRequested: v.Flags&responses.CallbackRequested != 0,
		HasText:           v.Flags&responses.HasText != 0,
		Segment:           segment(v.Segment), Topic: word(b.Text(v.Topic)),
		CollectionMode: string(feedback.Self),
	}
	if v.Flags&responses.Assisted != 0 {
		r.CollectionMode = string(feedback.Assisted)
	}
	if v.Flags&responses.FCRAsked != 0 {
		yes := v.Flags&responses.FCRYes != 0
		r.FCR = &yes
	}
	return r
}

func issuedOf(b *responses.Batch, i *responses.Invitation) issued {
	return issued{
		EventID: i.Event, ResponseKey: string(i.Key.ResponseKey()),
		Touchpoint: b.Text(i.Touchpoint), Channel: string(feedback.Channels[i.Channel]),
		Language: language(i.Language), Segment: segment(i.Segment),
		IssuedAt: i.Issued, ReceivedAt: i.Received, ExpiresAt: i.Expires,
	}
}

// word is nil for an absent text: an empty string counts as a value.
func word(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func language(l [2]byte) *string {
	if l[0] == 0 {
		return nil
	}
	return word(string(l[:]))
}

func segment(s uint8) *string {
	if s == 0 {
		return nil
	}
	return word(string(rune(s)))
}

func number(o responses.Opt) *int32 {
	v, ok := o.Get()
	if !ok {
		return nil
	}
	n := int32(v)
	return &n
}
