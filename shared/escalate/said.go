package escalate

import (
	"time"

	"resonanz/shared/feedback"
)

// Said is one word of a customer, as far as the rules ask: a vote or a
// complaint. The customer's own text is not part of it.
type Said struct {
	EventID           feedback.EventID
	ResponseKey       feedback.ResponseKey
	Touchpoint        feedback.Touchpoint
	Channel           feedback.Channel
	SubmittedAt       time.Time
	ReceivedAt        time.Time
	CallbackRequested bool
	HasText           bool
	Language          feedback.Language
	// CustomerKey comes from the ledger, where it stands beside the event; empty:
	// anonymous.
	CustomerKey string

	Scale   feedback.Scale // of a vote
	Rating  int
	Segment string

	Complaint bool
	Category  string // of a complaint
	// Threat says that the words of a complaint threaten (Rules.Threatens). It comes
	// from the ledger, where the words stand.
	Threat bool
}

// Vote is the word of a rating or of the rating of a card.
func Vote(v *feedback.Rating) Said {
	return Said{
		EventID: v.EventID, ResponseKey: v.ResponseKey, Touchpoint: v.Touchpoint, Channel: v.Channel,
		SubmittedAt: v.SubmittedAt, ReceivedAt: v.ReceivedAt,
		CallbackRequested: v.CallbackRequested, HasText: v.HasText,
		Language: v.Language, Scale: v.Scale, Rating: v.Rating, Segment: v.Segment,
	}
}

// Complaint is the word of a complaint, which always has a text.
func Complaint(c *feedback.Complaint) Said {
	return Said{
		EventID: c.EventID, ResponseKey: c.ResponseKey, Touchpoint: c.Touchpoint, Channel: c.Channel,
		SubmittedAt: c.SubmittedAt, ReceivedAt: c.ReceivedAt,
		CallbackRequested: c.CallbackRequested, HasText: true,
		Language: c.Language, Complaint: true, Category: c.Category,
	}
}
