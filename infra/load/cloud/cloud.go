// Package cloud answers the calls of the functions to AWS from memory, as late as
// AWS would: the table with its indexes and its stream, queues, objects, secrets,
// mail and a topic. It knows what this project asks for and nothing else: any other
// call is an error that is counted.
package cloud

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

const dynamo = "com.amazonaws.dynamodb.v20120810#"

// Cloud is the account in memory. It listens twice: where functions call, and
// where who checks on them calls, without delay and uncounted.
type Cloud struct {
	FunctionsURL string
	ObserverURL  string

	table   *table
	queues  queues
	objects objects
	secrets map[string]string
	delays  *Delays

	servers []*http.Server
	mu      sync.Mutex
	calls   map[string]int
	unknown map[string]int
	mails   int
	alerts  int
}

// Options says what there is from the start.
type Options struct {
	Secrets map[string]string // by name
	Delays  *Delays           // nil: none
	Changed func(Change)      // told of each change of the table, in order; must not block
	TLS     *tls.Certificate  // where functions call, they speak TLS with this; nil: plain HTTP
}

// Start serves on two free ports of loopback.
func Start(o Options) (*Cloud, error) {
	if o.Changed == nil {
		o.Changed = func(Change) {}
	}
	c := &Cloud{
		table: newTable(o.Changed), secrets: o.Secrets, delays: o.Delays,
		calls: make(map[string]int), unknown: make(map[string]int),
	}
	var err error
	if c.FunctionsURL, err = c.serve(true, o.TLS); err == nil {
		c.ObserverURL, err = c.serve(false, nil)
	}
	if err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

func (c *Cloud) serve(functions bool, certificate *tls.Certificate) (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("opening a port for the answers of AWS: %w", err)
	}
	s := &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { c.answer(w, r, functions) })}
	c.servers = append(c.servers, s)
	address := "http://" + listener.Addr().String()
	if certificate != nil {
		address = "https://" + listener.Addr().String()
		// As the services of AWS: HTTP/1.1 and no other.
		listener = tls.NewListener(listener, &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{*certificate}, NextProtos: []string{"http/1.1"}})
	}
	go func() { _ = s.Serve(listener) }() // ends with Stop
	return address, nil
}

// Stop ends the service.
func (c *Cloud) Stop() {
	for _, s := range c.servers {
		_ = s.Close()
	}
}

// Calls are how often functions called what: "dynamodb.PutItem".
func (c *Cloud) Calls() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.calls)
}

// Unknown are the calls that were not understood.
func (c *Cloud) Unknown() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.unknown)
}

// Sent are the mails and the messages to the topic.
func (c *Cloud) Sent() (mails, alerts int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.mails, c.alerts
}

// fault is an error of AWS. It travels as its JSON.
type fault struct {
	status              int
	Type                string   `json:"__type"`
	Message             string   `json:"message"`
	Item                item     `json:",omitempty"`
	CancellationReasons []reason `json:",omitempty"`
}

func (f *fault) Error() string { return f.Type + ": " + f.Message }

func (c *Cloud) answer(w http.ResponseWriter, r *http.Request, functions bool) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		http.Error(w, "reading a call: "+err.Error(), http.StatusBadRequest)
		return
	}
	service, action := callOf(r, body)
	name := service + "." + action
	if functions {
		c.count(c.calls, name)
		if !c.delays.wait(r.Context(), name) {
			return // who asked has left
		}
	}
	if service == "s3" {
		c.objects.serve(w, r, action, body)
		return
	}
	if name == "sns.Publish" {
		c.publish(w)
		return
	}
	out, err := c.call(r, name, body)
	w.Header().Set("Content-Type", "application/x-amz-json-1.0")
	if err != nil {
		f := new(fault)
		if !errors.As(err, &f) {
			c.count(c.unknown, name+": "+err.Error())
			f = &fault{status: http.StatusBadRequest, Type: "UnknownOperationException", Message: err.Error()}
		}
		w.WriteHeader(f.status)
		out = f
	}
	_ = json.NewEncoder(w).Encode(out) // a reader that left is no concern of ours
}

func (c *Cloud) count(into map[string]int, name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	into[name]++
}

func (c *Cloud) call(r *http.Request, name string, body []byte) (any, error) {
	switch name {
	case "dynamodb.PutItem":
		return c.table.putItem(body)
	case "dynamodb.GetItem":
		return c.table.getItem(body)
	case "dynamodb.BatchGetItem":
		return c.table.batchGetItem(body)
	case "dynamodb.DeleteItem":
		return c.table.deleteItem(body)
	case "dynamodb.Query":
		return c.table.query(body)
	case "dynamodb.TransactWriteItems":
		return c.table.transact(body)
	case "sqs.SendMessage":
		return c.queues.send(body)
	case "sqs.SendMessageBatch":
		return c.queues.sendBatch(body)
	case "secretsmanager.GetSecretValue":
		return c.secret(body)
	case "ses.SendEmail":
		c.mu.Lock()
		defer c.mu.Unlock()
		c.mails++
		return map[string]string{"MessageId": fmt.Sprintf("load-%d", c.mails)}, nil
	}
	return nil, fmt.Errorf("%s %s is not known here", r.Method, name)
}

func (c *Cloud) secret(body []byte) (any, error) {
	var in struct{ SecretID, VersionStage string }
	if err := json.Unmarshal(body, &in); err != nil {
		return nil, err
	}
	v, ok := c.secrets[in.SecretID]
	if !ok || in.VersionStage != "" && in.VersionStage != "AWSCURRENT" {
		return nil, &fault{status: http.StatusBadRequest, Type: "ResourceNotFoundException", Message: "Secrets Manager can't find the specified secret value for staging label: " + in.VersionStage}
	}
	return map[string]any{"ARN": in.SecretID, "Name": in.SecretID, "SecretString": v, "VersionStages": []string{"AWSCURRENT"}}, nil
}

func (c *Cloud) publish(w http.ResponseWriter) {
	c.mu.Lock()
	c.alerts++
	n := c.alerts
	c.mu.Unlock()
	w.Header().Set("Content-Type", "text/xml")
	_, _ = fmt.Fprintf(w, `<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>load-%d</MessageId></PublishResult><ResponseMetadata><RequestId>load</RequestId></ResponseMetadata></PublishResponse>`, n)
}

// callOf reads service and action from the signature's scope and the protocol's
// own marks.
func callOf(r *http.Request, body []byte) (service, action string) {
	// Credential=<key>/<date>/<region>/<service>/aws4_request
	if _, scope, ok := strings.Cut(r.Header.Get("Authorization"), "Credential="); ok {
		if parts := strings.Split(scope, "/"); len(parts) > 3 {
			service = parts[3]
		}
	}
	if _, name, ok := strings.Cut(r.Header.Get("X-Amz-Target"), "."); ok {
		return service, name
	}
	switch service {
	case "ses":
		return service, "SendEmail"
	case "s3":
		if r.URL.Query().Has("list-type") {
			return service, "ListObjectsV2"
		}
		return service, map[string]string{http.MethodPut: "PutObject", http.MethodGet: "GetObject", http.MethodHead: "HeadObject", http.MethodDelete: "DeleteObject"}[r.Method]
	}
	if form, err := url.ParseQuery(string(body)); err == nil {
		action = form.Get("Action")
	}
	return service, action
}
