package factfile

import (
	"fmt"
	"slices"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"resonanz/shared/feedback"
	"resonanz/shared/responses"
)

// anyVote draws a vote with every field that a fact can have, interned in b.
func anyVote(t *rapid.T, b *responses.Batch) responses.Vote {
	v := responses.Vote{
		Submitted: rapid.Int64Range(0, 4e12).Draw(t, "submitted"), Received: rapid.Int64Range(0, 4e12).Draw(t, "received"),
		Touchpoint: b.Name(rapid.StringN(1, 12, 40).Draw(t, "touchpoint")), Device: b.Name(rapid.StringN(0, 5, 20).Draw(t, "device")),
		Reason: b.Name(rapid.StringN(0, 5, 20).Draw(t, "reason")), Topic: b.Name(rapid.StringN(0, 5, 20).Draw(t, "topic")),
		Key: anyKey(t), Channel: rapid.Uint8Range(0, uint8(len(feedback.Channels)-1)).Draw(t, "channel"),
		Scale: rapid.Uint8Range(0, uint8(len(responses.Scales)-1)).Draw(t, "scale"),
		NPS:   anyOpt(t), CES: anyOpt(t), Expect: anyOpt(t),
		Segment: anySegment(t), Language: anyLanguage(t),
		Flags: responses.Flags(rapid.Uint8Range(0, 63).Filter(func(f uint8) bool {
			return responses.Flags(f)&(responses.Assisted|responses.Imported) != responses.Assisted|responses.Imported
		}).Draw(t, "flags")),
	}
	lo, hi := responses.Scales[v.Scale].Bounds()
	v.Rating = int8(rapid.IntRange(lo, hi).Draw(t, "rating"))
	copy(v.Event[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "event"))
	if v.Flags&responses.FCRAsked == 0 {
		v.Flags &^= responses.FCRYes
	}
	if rapid.IntRange(0, 2).Draw(t, "is a card") == 0 {
		answers, err := responses.AnswersText(rapid.MapOfN(anyCode, anyCode, 0, 4).Draw(t, "answers"))
		if err != nil {
			t.Fatal(err)
		}
		v.Card, v.Phase, v.Answers = b.Name(anyCode.Draw(t, "card")), b.Name(rapid.SampledFrom([]string{"", "pilot"}).Draw(t, "phase")), b.Name(answers)
	}
	return v
}

var anyCode = rapid.StringMatching(`[a-z0-9_.-]{1,8}`)

func anyComplaint(t *rapid.T, b *responses.Batch) responses.Complaint {
	c := responses.Complaint{
		Submitted: rapid.Int64Range(0, 4e12).Draw(t, "submitted"), Received: rapid.Int64Range(0, 4e12).Draw(t, "received"),
		Touchpoint: b.Name(rapid.StringN(1, 12, 40).Draw(t, "touchpoint")), Category: b.Name(anyCode.Draw(t, "category")),
		Device: b.Name(rapid.StringN(0, 5, 20).Draw(t, "device")), Topic: b.Name(rapid.StringN(0, 5, 20).Draw(t, "topic")),
		Key: anyKey(t), Channel: rapid.Uint8Range(0, uint8(len(feedback.Channels)-1)).Draw(t, "channel"), Annoyance: anyOpt(t), Language: anyLanguage(t),
		Flags: rapid.SampledFrom([]responses.Flags{0, responses.Assisted, responses.Imported, responses.CallbackRequested, responses.Assisted | responses.CallbackRequested}).Draw(t, "flags"),
	}
	copy(c.Event[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "event"))
	return c
}

func anyDelivery(t *rapid.T) responses.Delivery {
	d := responses.Delivery{
		At: rapid.Int64Range(0, 4e12).Draw(t, "at"), Received: rapid.Int64Range(0, 4e12).Draw(t, "received"),
		Key: anyKey(t), Outcome: rapid.Uint8Range(0, uint8(len(responses.Outcomes)-1)).Draw(t, "outcome"),
	}
	copy(d.Event[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "event"))
	return d
}

func anyInvitation(t *rapid.T, b *responses.Batch) responses.Invitation {
	i := responses.Invitation{
		Issued: rapid.Int64Range(0, 4e12).Draw(t, "issued"), Received: rapid.Int64Range(0, 4e12).Draw(t, "received"),
		Expires: rapid.Int64Range(0, 4e12).Draw(t, "expires"), Touchpoint: b.Name(rapid.StringN(1, 12, 40).Draw(t, "touchpoint")),
		Key: anyKey(t), Channel: rapid.Uint8Range(0, uint8(len(feedback.Channels)-1)).Draw(t, "channel"),
		Segment: anySegment(t), Language: anyLanguage(t), Skipped: rapid.Bool().Draw(t, "skipped"),
	}
	copy(i.Event[:], rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, "event"))
	return i
}

func anyKey(t *rapid.T) (k responses.Key) {
	k.Month = rapid.Uint16Range(0, 3071).Draw(t, "month")
	copy(k.ID[:], rapid.SliceOfN(rapid.Byte(), 10, 10).Draw(t, "id"))
	return k
}

func anyOpt(t *rapid.T) responses.Opt { return responses.Opt(rapid.Int8Range(0, 101).Draw(t, "opt")) }

func anySegment(t *rapid.T) uint8 {
	return rapid.SampledFrom([]uint8{0, 'A', 'Z'}).Draw(t, "segment")
}

func anyLanguage(t *rapid.T) [2]byte {
	return rapid.SampledFrom([][2]byte{{}, {'d', 'e'}, {'e', 'n'}}).Draw(t, "language")
}

// anyBatch draws facts of one kind.
func anyBatch(t *rapid.T, kind feedback.Kind) *responses.Batch {
	b := new(responses.Batch)
	for range rapid.IntRange(0, 20).Draw(t, "facts") {
		switch kind {
		case feedback.KindRating:
			b.Votes = append(b.Votes, anyVote(t, b))
		case feedback.KindInvitation:
			i := anyInvitation(t, b)
			b.Invitations = append(b.Invitations, i)
			if rapid.Bool().Draw(t, "told") {
				b.Contacts = append(b.Contacts, anyContact(t, b, &i))
			}
		case feedback.KindComplaint:
			b.Complaints = append(b.Complaints, anyComplaint(t, b))
		case feedback.KindDelivery:
			b.Deliveries = append(b.Deliveries, anyDelivery(t))
		case KindTransition:
			b.Transitions = append(b.Transitions, anyTransition(t, b))
		case KindEscalation:
			b.Escalations = append(b.Escalations, anyEscalation(t, b))
		}
	}
	return b
}

// row is a fact with its texts, comparable over batches.
type row struct {
	Vote                              responses.Vote
	Invitation                        responses.Invitation
	Complaint                         responses.Complaint
	Delivery                          responses.Delivery
	Contact                           responses.Contact
	Transition                        responses.Transition
	Escalation                        responses.Escalation
	Step                              string
	Touchpoint, Device, Reason, Topic string
	Card, Phase, Answers, Category    string
}

func rowsOf(b *responses.Batch) (out []row) {
	for _, v := range b.Votes {
		r := row{Touchpoint: b.Text(v.Touchpoint), Device: b.Text(v.Device), Reason: b.Text(v.Reason), Topic: b.Text(v.Topic)}
		r.Card, r.Phase, r.Answers = b.Text(v.Card), b.Text(v.Phase), b.Text(v.Answers)
		v.Touchpoint, v.Device, v.Reason, v.Topic, v.Card, v.Phase, v.Answers = 0, 0, 0, 0, 0, 0, 0
		r.Vote = v
		out = append(out, r)
	}
	for _, i := range b.Invitations {
		r := row{Touchpoint: b.Text(i.Touchpoint)}
		i.Touchpoint = 0
		r.Invitation = i
		out = append(out, r)
	}
	for _, c := range b.Complaints {
		r := row{Touchpoint: b.Text(c.Touchpoint), Device: b.Text(c.Device), Topic: b.Text(c.Topic), Category: b.Text(c.Category)}
		c.Touchpoint, c.Device, c.Topic, c.Category = 0, 0, 0, 0
		r.Complaint = c
		out = append(out, r)
	}
	for _, d := range b.Deliveries {
		out = append(out, row{Delivery: d})
	}
	for _, c := range b.Contacts {
		r := row{Touchpoint: b.Text(c.Touchpoint), Topic: b.Text(c.Topic)}
		c.Touchpoint, c.Topic = 0, 0
		r.Contact = c
		out = append(out, r)
	}
	for _, t := range b.Transitions {
		r := row{Step: fmt.Sprintf("%q", renamed(&t, b.Text))}
		each(&t, func(n *responses.Name) { *n = 0 })
		r.Transition = t
		out = append(out, r)
	}
	for _, e := range b.Escalations {
		r := row{Step: fmt.Sprintf("%q", renamed(&e, b.Text))}
		each(&e, func(n *responses.Name) { *n = 0 })
		r.Escalation = e
		out = append(out, r)
	}
	return out
}

// difference tells where two batches hold other facts. cmp alone would take its
// time over a hundred thousand equal rows.
func difference(want, got *responses.Batch) string {
	w, g := rowsOf(want), rowsOf(got)
	if slices.Equal(w, g) {
		return ""
	}
	i := 0
	for i < min(len(w), len(g)) && w[i] == g[i] {
		i++
	}
	return fmt.Sprintf("%d and %d facts, other from number %d on:\n%s", len(w), len(g), i, cmp.Diff(w[i:min(i+3, len(w))], g[i:min(i+3, len(g))]))
}
