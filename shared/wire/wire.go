// Package wire makes single calls of the AWS services whose protocol is JSON
// (DynamoDB, SQS, Secrets Manager), where a client of the SDK costs more than the
// call: its tables of endpoints and schemas are built at each cold start, and each
// of its calls passes some thirty layers. What has to be right is the SDK's own:
// the signature, what is tried again and how often, credentials, connections.
package wire

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// Service is what the services differ in.
type Service struct {
	name   string // in host names and signatures
	target string // before the action in X-Amz-Target
	json   string // version of the protocol
}

// The services that are called this way. Their names, targets and versions are
// those of the SDK's clients.
var (
	DynamoDB       = Service{"dynamodb", "DynamoDB_20120810", "1.0"}
	SQS            = Service{"sqs", "AmazonSQS", "1.0"}
	SecretsManager = Service{"secretsmanager", "secretsmanager", "1.1"}
)

// Client calls one service. It is safe for concurrent use.
type Client struct {
	service Service
	cfg     aws.Config
	retryer aws.RetryerV2
	url     *url.URL
	agent   []string
	signer  *v4.Signer
	broken  error
}

// New makes a client of the service by what cfg says, as the SDK's own would:
// region, endpoint, credentials, retryer, HTTP client and the name of the function,
// by which an audit trail tells callers apart. Where the endpoint that cfg names is
// no URL, each call says so.
func New(cfg aws.Config, s Service) *Client {
	address := "https://" + s.name + "." + cfg.Region + ".amazonaws.com"
	if strings.HasPrefix(cfg.Region, "cn-") {
		address += ".cn"
	}
	if cfg.BaseEndpoint != nil {
		address = *cfg.BaseEndpoint
	}
	c := &Client{
		service: s, cfg: cfg, retryer: retry.NewStandard(), signer: v4.NewSigner(),
		agent: []string{"aws-sdk-go-v2/" + aws.SDKVersion + " api/" + s.name + " app/" + cfg.AppID},
	}
	var err error
	if c.url, err = url.Parse(strings.TrimRight(address, "/") + "/"); err != nil || c.url.Host == "" {
		c.broken = fmt.Errorf("reading the endpoint %q of %s: want https://host", address, s.name)
	}
	if cfg.Retryer != nil {
		if r, ok := cfg.Retryer().(aws.RetryerV2); ok {
			c.retryer = r
		}
	}
	return c
}

// Error is what a service answered instead of doing what it was asked. It is a
// smithy.APIError, as those of the SDK are.
type Error struct {
	Service, Action string
	Status          int    // of HTTP
	Code            string // as the service documents it, without its name space
	Message         string
	RequestID       string
	Body            []byte // as it came; some errors say more than a message
}

func (e *Error) Error() string {
	return fmt.Sprintf("%s %s: %d %s: %s (request %s)", e.Service, e.Action, e.Status, e.Code, e.Message, e.RequestID)
}

// ErrorCode is by what the SDK tells errors apart, also those that are tried again.
func (e *Error) ErrorCode() string { return e.Code }

// ErrorMessage is what the service says of it.
func (e *Error) ErrorMessage() string { return e.Message }

// HTTPStatusCode is that of the answer.
func (e *Error) HTTPStatusCode() int { return e.Status }

// ErrorFault tells whose fault it is.
func (e *Error) ErrorFault() smithy.ErrorFault {
	if e.Status >= http.StatusInternalServerError {
		return smithy.FaultServer
	}
	return smithy.FaultClient
}

// Call has the service do the action that the JSON body describes and returns its
// answer. It tries again what the retryer takes for passing. Errors: *Error,
// *smithy.CanceledError where ctx ended first, those of the network and of the
// credentials.
func (c *Client) Call(ctx context.Context, action string, body []byte) ([]byte, error) {
	if c.broken != nil {
		return nil, c.broken
	}
	var spent func(error) error // gives back what a further try took, if it succeeds
	for attempt := 1; ; attempt++ {
		release, err := c.retryer.GetAttemptToken(ctx)
		if err != nil {
			return nil, fmt.Errorf("calling %s: %w", action, err)
		}
		answer, err := c.try(ctx, action, body, attempt)
		_ = release(err) // returns its own argument, or a full bucket's refusal
		if spent != nil {
			_ = spent(err)
		}
		if err == nil {
			return answer, nil
		}
		if !c.retryer.IsErrorRetryable(err) {
			return nil, err
		}
		if most := c.retryer.MaxAttempts(); most > 0 && attempt >= most {
			return nil, &retry.MaxAttemptsError{Attempt: attempt, Err: err}
		}
		var none error
		if spent, none = c.retryer.GetRetryToken(ctx, err); none != nil {
			return nil, errors.Join(err, none)
		}
		delay, none := c.retryer.RetryDelay(attempt, err)
		if none != nil {
			return nil, errors.Join(err, none)
		}
		if !pause(ctx, delay) {
			return nil, &smithy.CanceledError{Err: ctx.Err()}
		}
	}
}

// pause waits for d and reports whether ctx lasted so long.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}

// try makes one attempt.
func (c *Client) try(ctx context.Context, action string, body []byte, attempt int) ([]byte, error) {
	credentials, err := c.cfg.Credentials.Retrieve(ctx)
	if err != nil {
		return nil, fmt.Errorf("signing %s: %w", action, err)
	}
	req, hash := c.request(action, body, attempt), sha256.Sum256(body)
	if err := c.signer.SignHTTP(ctx, credentials, req, hex.EncodeToString(hash[:]), c.service.name, c.cfg.Region, time.Now()); err != nil {
		return nil, fmt.Errorf("signing %s: %w", action, err)
	}
	res, err := c.cfg.HTTPClient.Do(req.WithContext(ctx))
	var answer []byte
	if err == nil {
		answer, err = io.ReadAll(res.Body)
		err = errors.Join(err, res.Body.Close())
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, &smithy.CanceledError{Err: ctx.Err()}
	case err != nil:
		return nil, &smithyhttp.RequestSendError{Err: err}
	case res.StatusCode != http.StatusOK:
		return nil, c.refusal(action, res, answer)
	}
	return answer, nil
}

// request is the call before it is signed. Its body can be had again, so that
// net/http sends it anew where a kept connection turns out to be closed before
// anything was written: a frozen function's connections often are.
func (c *Client) request(action string, body []byte, attempt int) *http.Request {
	again := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	content, _ := again()
	at := *c.url // signing writes to it
	return &http.Request{
		Method: http.MethodPost, URL: &at, Host: at.Host, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{
			"User-Agent":      c.agent,
			"Content-Type":    {"application/x-amz-json-" + c.service.json},
			"X-Amz-Target":    {c.service.target + "." + action},
			"Accept-Encoding": {"identity"},
			"Amz-Sdk-Request": {"attempt=" + strconv.Itoa(attempt) + "; max=" + strconv.Itoa(c.retryer.MaxAttempts())},
		},
		ContentLength: int64(len(body)), Body: content, GetBody: again,
	}
}

// refusal reads the error of an answer: its code is in a header or in the body,
// with a name space before it or an address behind it.
func (c *Client) refusal(action string, res *http.Response, body []byte) *Error {
	var said struct {
		Type    string `json:"__type"`
		Code    string `json:"code"`
		Message string // also "message"
	}
	_ = json.Unmarshal(body, &said) // what is no JSON has no code: the status speaks
	code := res.Header.Get("X-Amzn-Errortype")
	for _, c := range []string{said.Code, said.Type, "UnknownError"} {
		if code == "" {
			code = c
		}
	}
	code, _, _ = strings.Cut(code, ":")
	return &Error{
		Service: c.service.name, Action: action, Status: res.StatusCode, Body: body,
		Code: code[strings.LastIndexByte(code, '#')+1:], Message: said.Message, RequestID: res.Header.Get("X-Amzn-Requestid"),
	}
}
