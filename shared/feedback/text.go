package feedback

import (
	"encoding/json"
	"strconv"
	"time"
)

// AppendJSON appends the JSON of r, byte for byte that of encoding/json: it is
// written by hand since it is what every accepted vote is stored as.
func (r *Rating) AppendJSON(b []byte) []byte {
	b = AppendText(append(b, `{"event_id":`...), string(r.EventID))
	b = AppendText(append(b, `,"response_key":`...), string(r.ResponseKey))
	b = AppendText(append(b, `,"touchpoint":`...), string(r.Touchpoint))
	b = AppendText(append(b, `,"channel":`...), string(r.Channel))
	b = AppendText(append(b, `,"scale":`...), string(r.Scale))
	b = strconv.AppendInt(append(b, `,"rating":`...), int64(r.Rating), 10)
	b = appendTime(append(b, `,"submitted_at":`...), r.SubmittedAt)
	b = appendTime(append(b, `,"received_at":`...), r.ReceivedAt)
	b = appendGiven(b, `,"device":`, string(r.Device))
	b = appendGiven(b, `,"language":`, string(r.Language))
	b = appendGiven(b, `,"reason":`, r.Reason)
	b = appendNumber(b, `,"nps":`, r.NPS)
	b = appendNumber(b, `,"ces":`, r.CES)
	if r.FCR != nil {
		b = strconv.AppendBool(append(b, `,"fcr":`...), *r.FCR)
	}
	b = appendNumber(b, `,"expectation":`, r.Expectation)
	if r.CallbackRequested {
		b = append(b, `,"callback_requested":true`...)
	}
	if r.HasText {
		b = append(b, `,"has_text":true`...)
	}
	b = appendGiven(b, `,"segment":`, r.Segment)
	b = appendGiven(b, `,"topic":`, r.Topic)
	b = AppendText(append(b, `,"collection_mode":`...), string(r.CollectionMode))
	return append(b, '}')
}

// AppendText appends s as a JSON string, byte for byte as encoding/json does.
func AppendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			quoted, _ := json.Marshal(s) // a string always marshals
			return append(b, quoted...)
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

func appendGiven(b []byte, name, s string) []byte {
	if s == "" {
		return b
	}
	return AppendText(append(b, name...), s)
}

func appendNumber(b []byte, name string, n *int) []byte {
	if n == nil {
		return b
	}
	return strconv.AppendInt(append(b, name...), int64(*n), 10)
}

func appendTime(b []byte, t time.Time) []byte {
	return append(t.AppendFormat(append(b, '"'), time.RFC3339Nano), '"')
}
