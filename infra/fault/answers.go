package fault

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

const (
	jsonType = "application/x-amz-json-1.0"
	xmlType  = "text/xml"
	cborType = "application/cbor"
)

// reply is what the proxy answers in AWS's place.
type reply struct {
	status int
	kind   string
	body   []byte
}

func (a reply) write(w http.ResponseWriter) {
	w.Header().Set("Content-Type", a.kind)
	if a.kind == cborType {
		w.Header().Set("Smithy-Protocol", "rpc-v2-cbor")
	}
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body)
}

// throttled is the throttling error of the service that is called, each in its
// own protocol.
func throttled(c Call) reply {
	switch c.Service {
	case "dynamodb":
		if c.Action == "TransactWriteItems" {
			return plain(http.StatusBadRequest, "com.amazonaws.dynamodb.v20120810#ThrottlingException", "Rate exceeded")
		}
		return plain(http.StatusBadRequest, "com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException",
			"The level of configured provisioned throughput for the table was exceeded.")
	case "sqs":
		return plain(http.StatusBadRequest, "com.amazonaws.sqs#RequestThrottled", "The request was denied due to request throttling.")
	case "s3":
		return reply{http.StatusServiceUnavailable, "application/xml", []byte(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>`)}
	case "ses":
		return query(http.StatusBadRequest, "Sender", "Throttling", "Maximum sending rate exceeded.")
	case "sns":
		return query(http.StatusTooManyRequests, "Sender", "Throttled", "Rate exceeded")
	case "monitoring":
		return cbor(http.StatusBadRequest, "com.amazonaws.cloudwatch#ThrottlingException", "Rate exceeded")
	}
	return plain(http.StatusBadRequest, "ThrottlingException", "Rate exceeded")
}

// broken is the internal error of the service that is called.
func broken(c Call) reply {
	switch c.Service {
	case "dynamodb":
		return plain(http.StatusInternalServerError, "com.amazonaws.dynamodb.v20120810#InternalServerError", "Internal server error")
	case "s3":
		return reply{http.StatusInternalServerError, "application/xml", []byte(`<?xml version="1.0" encoding="UTF-8"?><Error><Code>InternalError</Code><Message>We encountered an internal error. Please try again.</Message></Error>`)}
	case "ses", "sns":
		return query(http.StatusServiceUnavailable, "Receiver", "ServiceUnavailable", "Service is unavailable.")
	case "monitoring":
		return cbor(http.StatusInternalServerError, "com.amazonaws.cloudwatch#InternalServiceFault", "Internal error")
	case "secretsmanager":
		return plain(http.StatusInternalServerError, "InternalServiceError", "An error occurred on the server side.")
	}
	return plain(http.StatusInternalServerError, "InternalFailure", "Internal failure")
}

// plain is an error of the JSON protocols.
func plain(status int, kind, message string) reply {
	return reply{status, jsonType, fmt.Appendf(nil, `{"__type":%q,"message":%q}`, kind, message)}
}

// query is an error of the query protocol, which speaks XML.
func query(status int, whose, code, message string) reply {
	return reply{status, xmlType, fmt.Appendf(nil, `<ErrorResponse><Error><Type>%s</Type><Code>%s</Code><Message>%s</Message></Error><RequestId>injected</RequestId></ErrorResponse>`, whose, code, message)}
}

// cbor is an error of the RPC protocol of CloudWatch: a map of two texts, each
// shorter than 256 bytes.
func cbor(status int, kind, message string) reply {
	body := []byte{0xa2} // a map of two pairs
	for _, text := range []string{"__type", kind, "message", message} {
		body = append(body, 0x78, byte(len(text))) // a text whose length is one byte
		body = append(body, text...)
	}
	return reply{status, cborType, body}
}

// cut closes the connection without an answer.
func cut(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = connection.Close()
	}
}

// half answers as much as half of the body and closes the connection.
func half(w http.ResponseWriter, answer *http.Response) {
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		cut(w)
		return
	}
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	var head strings.Builder
	fmt.Fprintf(&head, "HTTP/1.1 %s\r\n", answer.Status)
	header := answer.Header.Clone()
	header.Del("Transfer-Encoding")
	header.Set("Content-Length", fmt.Sprint(max(len(body), 1))) // never the whole of it, even where there is none
	_ = header.Write(&head)
	_, _ = io.WriteString(connection, head.String()+"\r\n"+string(body[:len(body)/2]))
	_ = connection.Close()
}

// partly has every second entry of a batch done and gives the others back, as
// the service does when it has no room for them. A batch of one is given back
// whole; what is no batch is throttled.
func (p *Proxy) partly(w http.ResponseWriter, r *http.Request, c Call, body []byte) {
	var request map[string]json.RawMessage
	if json.Unmarshal(body, &request) != nil {
		throttled(c).write(w)
		return
	}
	switch c.Service + " " + c.Action {
	case "sqs SendMessageBatch":
		p.partlySent(w, r, request)
	case "dynamodb BatchGetItem":
		p.partlyItems(w, r, request, "UnprocessedKeys", `{"Responses":{}}`)
	case "dynamodb BatchWriteItem":
		p.partlyItems(w, r, request, "UnprocessedItems", `{}`)
	default:
		throttled(c).write(w)
	}
}

func (p *Proxy) partlySent(w http.ResponseWriter, r *http.Request, request map[string]json.RawMessage) {
	var entries, kept []json.RawMessage
	_ = json.Unmarshal(request["Entries"], &entries)
	failed := []map[string]any{}
	for i, e := range entries {
		if i%2 == 1 {
			kept = append(kept, e)
			continue
		}
		var named struct {
			ID string `json:"Id"`
		}
		_ = json.Unmarshal(e, &named)
		failed = append(failed, map[string]any{"Id": named.ID, "SenderFault": false, "Code": "InternalError", "Message": "injected"})
	}
	answer := map[string]json.RawMessage{}
	if len(kept) > 0 {
		request["Entries"] = mustMarshal(kept)
		if !p.ask(w, r, request, &answer) {
			return
		}
	}
	if answer["Successful"] == nil {
		answer["Successful"] = json.RawMessage(`[]`)
	}
	answer["Failed"] = mustMarshal(failed)
	reply{http.StatusOK, jsonType, mustMarshal(answer)}.write(w)
}

// partlyItems does the same for a batch of the table: RequestItems is by table
// a list of requests, or the keys that are asked for with what is said of all.
func (p *Proxy) partlyItems(w http.ResponseWriter, r *http.Request, request map[string]json.RawMessage, left, nothing string) {
	var tables map[string]json.RawMessage
	_ = json.Unmarshal(request["RequestItems"], &tables)
	done, back := map[string]json.RawMessage{}, map[string]json.RawMessage{}
	for name, raw := range tables {
		var list []json.RawMessage
		var keyed map[string]json.RawMessage
		put := func(into map[string]json.RawMessage, some []json.RawMessage) {
			if len(some) == 0 {
				return
			}
			if keyed == nil {
				into[name] = mustMarshal(some)
				return
			}
			copied := map[string]json.RawMessage{}
			for k, v := range keyed {
				copied[k] = v
			}
			copied["Keys"] = mustMarshal(some)
			into[name] = mustMarshal(copied)
		}
		if json.Unmarshal(raw, &list) != nil {
			_ = json.Unmarshal(raw, &keyed)
			_ = json.Unmarshal(keyed["Keys"], &list)
		}
		var first, rest []json.RawMessage
		for i, e := range list {
			if i%2 == 1 {
				first = append(first, e)
			} else {
				rest = append(rest, e)
			}
		}
		put(done, first)
		put(back, rest)
	}
	answer := map[string]json.RawMessage{}
	_ = json.Unmarshal([]byte(nothing), &answer)
	if len(done) > 0 {
		request["RequestItems"] = mustMarshal(done)
		if !p.ask(w, r, request, &answer) {
			return
		}
	}
	answer[left] = mustMarshal(back)
	reply{http.StatusOK, jsonType, mustMarshal(answer)}.write(w)
}

// ask makes an altered call; an answer that is none is handed on as it is.
func (p *Proxy) ask(w http.ResponseWriter, r *http.Request, request, answer any) bool {
	got, err := p.forward(r, mustMarshal(request))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return false
	}
	defer got.Body.Close()
	body, err := io.ReadAll(got.Body)
	if err != nil || got.StatusCode != http.StatusOK || json.Unmarshal(body, answer) != nil {
		reply{got.StatusCode, got.Header.Get("Content-Type"), body}.write(w)
		return false
	}
	return true
}

// mustMarshal writes what was read from JSON.
func mustMarshal(v any) json.RawMessage {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
