package httpapi

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/go-json-experiment/json/jsontext"
)

// Request is what of a request of API Gateway anybody here looks at; what else it
// sends is passed over.
type Request struct {
	RawPath               string            `json:"rawPath"`
	RawQueryString        string            `json:"rawQueryString"`
	Headers               map[string]string `json:"headers"` // names in lower case
	QueryStringParameters map[string]string `json:"queryStringParameters"`
	RequestContext        Context           `json:"requestContext"`
	Body                  string            `json:"body"`
	IsBase64Encoded       bool              `json:"isBase64Encoded"`
}

// Context is what API Gateway knows of a request.
type Context struct {
	RequestID  string      `json:"requestId"`
	Stage      string      `json:"stage"`
	DomainName string      `json:"domainName"`
	HTTP       HTTP        `json:"http"`
	Authorizer *Authorizer `json:"authorizer"` // nil: of a public route
}

// HTTP is how and from where a request came.
type HTTP struct {
	Method   string `json:"method"`
	SourceIP string `json:"sourceIp"`
}

// Authorizer is what the authorizer of a route says of a token that it let through.
type Authorizer struct {
	JWT *JWT `json:"jwt"`
}

// JWT is an access token that API Gateway verified.
type JWT struct {
	Claims map[string]string `json:"claims"`
	Scopes []string          `json:"scopes"`
}

// ReadRequest reads the event that API Gateway calls a function with (payload
// format 2.0). It is written by hand since it runs for every request: reflection
// over the whole event takes longer than all that is done with it.
func ReadRequest(payload []byte) (*Request, error) {
	e := event{
		text: string(payload), // which the texts of the request are parts of
		d:    jsontext.NewDecoder(bytes.NewBuffer(payload), jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true)),
	}
	r := new(Request)
	e.object(func(name string) {
		switch name {
		case `"rawPath"`:
			r.RawPath = e.string()
		case `"rawQueryString"`:
			r.RawQueryString = e.string()
		case `"headers"`:
			r.Headers = e.strings()
		case `"queryStringParameters"`:
			r.QueryStringParameters = e.strings()
		case `"requestContext"`:
			e.context(&r.RequestContext)
		case `"body"`:
			r.Body = e.string()
		case `"isBase64Encoded"`:
			r.IsBase64Encoded = e.yes()
		default:
			e.skip()
		}
	})
	if e.err != nil {
		return nil, fmt.Errorf("reading the request: %w", e.err)
	}
	return r, nil
}

// event is a payload while it is read; the first error ends it.
type event struct {
	text string
	d    *jsontext.Decoder
	err  error
}

func (e *event) context(c *Context) {
	e.object(func(name string) {
		switch name {
		case `"requestId"`:
			c.RequestID = e.string()
		case `"stage"`:
			c.Stage = e.string()
		case `"domainName"`:
			c.DomainName = e.string()
		case `"http"`:
			e.object(func(name string) {
				switch name {
				case `"method"`:
					c.HTTP.Method = e.string()
				case `"sourceIp"`:
					c.HTTP.SourceIP = e.string()
				default:
					e.skip()
				}
			})
		case `"authorizer"`:
			if e.d.PeekKind() != 'n' {
				c.Authorizer = new(Authorizer)
			}
			e.authorizer(c.Authorizer)
		default:
			e.skip()
		}
	})
}

func (e *event) authorizer(a *Authorizer) {
	e.object(func(name string) {
		if name != `"jwt"` {
			e.skip()
			return
		}
		if e.d.PeekKind() != 'n' {
			a.JWT = new(JWT)
		}
		e.object(func(name string) {
			switch name {
			case `"claims"`:
				a.JWT.Claims = e.strings()
			case `"scopes"`:
				e.list('[', func() { a.JWT.Scopes = append(a.JWT.Scopes, e.string()) })
			default:
				e.skip()
			}
		})
	})
}

// object calls each with the name of every member, in quotes as it is written: each
// reads or skips the value. Null has no members.
func (e *event) object(each func(name string)) {
	e.list('{', func() {
		if name := e.value('"'); e.err == nil {
			each(name)
		}
	})
}

// list calls each in front of every element of an array, or every member of an
// object; null has none.
func (e *event) list(open jsontext.Kind, each func()) {
	switch kind := e.d.PeekKind(); {
	case kind == 'n':
		e.skip()
		return
	case kind != open && kind != 0:
		e.fail(fmt.Errorf("want %v, got %v", open, kind))
		return
	}
	e.token()
	for e.err == nil {
		switch e.d.PeekKind() {
		case ']', '}':
			e.token()
			return
		}
		each()
	}
}

// strings reads an object of strings; nil for null.
func (e *event) strings() map[string]string {
	if e.d.PeekKind() == 'n' {
		e.skip()
		return nil
	}
	m := make(map[string]string, 16)
	e.object(func(name string) { m[unquote(name)] = e.string() })
	return m
}

// string reads a string; null is none.
func (e *event) string() string {
	if e.d.PeekKind() == 'n' {
		e.skip()
		return ""
	}
	return unquote(e.value('"'))
}

// unquote is what a string that was read, or nothing, says.
func unquote(quoted string) string {
	if len(quoted) < 2 {
		return ""
	}
	if strings.IndexByte(quoted, '\\') < 0 {
		return quoted[1 : len(quoted)-1]
	}
	b, _ := jsontext.AppendUnquote(make([]byte, 0, len(quoted)), quoted) // it was read: it is valid, but for UTF-8
	return string(b)
}

func (e *event) yes() bool {
	switch e.d.PeekKind() {
	case 't', 'f', 'n':
		return e.value(0) == "true"
	}
	e.value('t')
	return false
}

// value is the next value as it is written; 0 takes any kind.
func (e *event) value(want jsontext.Kind) string {
	if e.err != nil {
		return ""
	}
	v, err := e.d.ReadValue()
	if err != nil {
		e.fail(err)
		return ""
	}
	if want != 0 && v.Kind() != want {
		e.fail(fmt.Errorf("want %v, got %v", want, v.Kind()))
		return ""
	}
	end := int(e.d.InputOffset())
	return e.text[end-len(v) : end]
}

func (e *event) token() {
	if e.err == nil {
		if _, err := e.d.ReadToken(); err != nil {
			e.fail(err)
		}
	}
}

func (e *event) skip() {
	if e.err == nil {
		if err := e.d.SkipValue(); err != nil {
			e.fail(err)
		}
	}
}

func (e *event) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}
