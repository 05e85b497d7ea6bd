package feedback

import (
	"bytes"
	"encoding/json"
)

// Canary is the touchpoint at which the stack rates itself, by links that only its
// own canary is given. No configured touchpoint has this id, and nothing that is
// said there enters a figure, a case or a mail: it travels the whole way of a
// rating, and its facts lie apart. It is of no type, since touchpoints are no list
// of constants.
const Canary = "canary"

// canaryMember is how events of the canary say so. Within a text the quotes would
// be escaped, so that nobody can write it; a card may have a question of that name.
var canaryMember = []byte(`"touchpoint":"` + Canary + `"`)

// OfCanary reports whether an event, as it is stored and sent, is the canary's. It
// is asked of every event: only one that holds the member is read.
func OfCanary(event []byte) bool {
	if !bytes.Contains(event, canaryMember) {
		return false
	}
	var at struct {
		Touchpoint Touchpoint `json:"touchpoint"`
	}
	return json.Unmarshal(event, &at) == nil && at.Touchpoint == Canary
}
