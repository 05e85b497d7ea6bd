package config

import (
	"encoding/json"
	"strings"
)

// Dates are days, yyyy-mm-dd. In JSON they are one text with spaces between: the
// holidays of decades are read by every function at its start.
type Dates []string

// MarshalJSON writes them as one text.
func (d Dates) MarshalJSON() ([]byte, error) { return json.Marshal(strings.Join(d, " ")) }

// UnmarshalJSON reads one text.
func (d *Dates) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return err
	}
	*d = strings.Fields(s)
	return nil
}
