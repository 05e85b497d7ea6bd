package casefile

import "time"

// CorrectiveAction is what the organisation does about the cause of complaints
// of a category, so that they become fewer. Cases are linked to it by its ID. It
// holds nothing personal of customers.
type CorrectiveAction struct {
	ID       string    `json:"id"`
	Category string    `json:"category"` // configured code
	Title    string    `json:"title"`
	Owner    string    `json:"owner,omitempty"` // the subject of a token, or a code of the owner's
	StartsAt time.Time `json:"starts_at"`
	DoneAt   time.Time `json:"done_at,omitzero"` // zero: not yet

	// Who recorded what, and when: subjects of tokens.
	CreatedAt time.Time `json:"created_at,omitzero"`
	CreatedBy string    `json:"created_by,omitempty"`
	DoneBy    string    `json:"done_by,omitempty"`
}
