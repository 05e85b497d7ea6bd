package cloud

import (
	"encoding/json"
	"strconv"
)

// StreamEvent is what Lambda hands to a function of the table's stream: the changes as
// items that came, numbered from first.
func StreamEvent(changes []Change, first int) any {
	type change struct {
		Keys           map[string]json.RawMessage
		NewImage       map[string]json.RawMessage
		SequenceNumber string
		StreamViewType string
	}
	type record struct {
		EventID      string `json:"eventID"`
		EventName    string `json:"eventName"`
		EventVersion string `json:"eventVersion"`
		EventSource  string `json:"eventSource"`
		Change       change `json:"dynamodb"`
	}
	var e struct{ Records []record }
	for i, c := range changes {
		n := strconv.Itoa(first + i)
		e.Records = append(e.Records, record{n, "INSERT", "1.1", "aws:dynamodb", change{c.Key, c.NewImage, n, "NEW_IMAGE"}})
	}
	return e
}
