package fault

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
)

// Call is one call of a function to AWS, as seen on the wire.
type Call struct {
	By      string // folder of the function; "" if nobody introduced it
	Service string // dynamodb, sqs, s3, ses, sns, secretsmanager, …
	Action  string // the API's own name: PutItem, SendMessageBatch, PutObject, SendEmail, Publish, …
	Path    string
	Body    string
	// Needs are the permissions that AWS asks for the call.
	Needs []string
}

// Mail is the MIME message that a call hands to SES, or "".
func (c Call) Mail() string {
	var data string
	if form, err := url.ParseQuery(c.Body); err == nil && form.Get("RawMessage.Data") != "" {
		data = form.Get("RawMessage.Data")
	} else {
		var body struct {
			Content struct{ Raw struct{ Data string } }
		}
		if json.Unmarshal([]byte(c.Body), &body) != nil {
			return ""
		}
		data = body.Content.Raw.Data
	}
	raw, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		return ""
	}
	return string(raw)
}

// callOf reads service and action from the signature's scope and the protocol's
// own marks.
func callOf(r *http.Request, body []byte) Call {
	c := Call{Path: r.URL.Path, Body: string(body)}
	// Credential=<key>/<date>/<region>/<service>/aws4_request
	if _, scope, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
		if parts := strings.Split(scope, "/"); len(parts) > 3 {
			c.Service = parts[3]
		}
	}
	c.Action = actionOf(r, c.Service, body)
	c.Needs = permissions(c)
	return c
}

func actionOf(r *http.Request, service string, body []byte) string {
	if _, action, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		return action
	}
	if form, err := url.ParseQuery(string(body)); err == nil && form.Get("Action") != "" {
		return form.Get("Action")
	}
	switch {
	case strings.Contains(r.URL.Path, "/operation/"): // RPC v2 CBOR: /service/<name>/operation/<action>
		return r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	case service == "ses":
		return "SendEmail"
	case service == "s3" && r.Method == http.MethodPost && r.URL.Query().Has("delete"):
		return "DeleteObjects"
	case service == "s3" && r.URL.Query().Has("versions"):
		return "ListObjectVersions"
	case service == "s3" && r.URL.Query().Has("list-type"):
		return "ListObjectsV2"
	case service == "s3" && r.Header.Get("X-Amz-Copy-Source") != "":
		return "CopyObject"
	case service == "s3" && r.Method == http.MethodDelete && r.URL.Query().Has("versionId"):
		return "DeleteObjectVersion" // which is no call of its own, but a permission
	case service == "s3":
		return map[string]string{
			http.MethodPut: "PutObject", http.MethodGet: "GetObject", http.MethodHead: "HeadObject", http.MethodDelete: "DeleteObject",
		}[r.Method]
	}
	return ""
}

// permissions are what AWS asks for a call: mostly one of the call's own name.
func permissions(c Call) []string {
	switch c.Action {
	case "TransactWriteItems":
		var body struct {
			TransactItems []map[string]json.RawMessage
		}
		if err := json.Unmarshal([]byte(c.Body), &body); err != nil {
			return []string{"dynamodb:TransactWriteItems"}
		}
		var all []string
		for _, item := range body.TransactItems {
			for what := range item {
				all = append(all, map[string]string{
					"Put": "dynamodb:PutItem", "Update": "dynamodb:UpdateItem", "Delete": "dynamodb:DeleteItem", "ConditionCheck": "dynamodb:ConditionCheckItem",
				}[what])
			}
		}
		return all
	case "TransactGetItems":
		return []string{"dynamodb:GetItem"}
	case "SendMessageBatch":
		return []string{"sqs:SendMessage"}
	case "ListObjectsV2":
		return []string{"s3:ListBucket"}
	case "ListObjectVersions":
		return []string{"s3:ListBucketVersions"}
	case "DeleteObjects":
		return []string{"s3:DeleteObject"}
	case "HeadObject":
		return []string{"s3:GetObject"}
	case "CopyObject":
		return []string{"s3:GetObject", "s3:PutObject"}
	case "SendEmail":
		if strings.Contains(c.Body, `"Raw"`) { // by the second version of the interface
			return []string{"ses:SendRawEmail"}
		}
	}
	if c.Service == "monitoring" { // the name of CloudWatch in signatures
		return []string{"cloudwatch:" + c.Action}
	}
	return []string{c.Service + ":" + c.Action}
}
