package world

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"resonanz/infra/load/traffic"
)

// route is one of the interface, as infra/api.go lists them: a test compares.
type route struct{ function, path string }

// routes are those that a load asks for.
var routes = []route{
	{"rating", "/r/{token}"},
	{"rating", "/v1/batch"},
	{"card", "/c/{card}/{touchpoint}"},
	{"complaint", "/complain/{touchpoint}"},
	{"complaint", "/k/{token}"},
	{"invitation", "/v1/invitations"},
	{"cases", "/v1/cases"},
}

// match finds the route of a path and the values of its parameters.
func match(path string) (route, map[string]string, error) {
	said := strings.Split(path, "/")
	for _, r := range routes {
		want := strings.Split(r.path, "/")
		if len(want) != len(said) {
			continue
		}
		parameters := make(map[string]string)
		fits := true
		for i, w := range want {
			if name, ok := strings.CutPrefix(w, "{"); ok {
				parameters[strings.TrimSuffix(name, "}")] = said[i]
			} else if w != said[i] {
				fits = false
			}
		}
		if fits {
			return r, parameters, nil
		}
	}
	return route{}, nil, fmt.Errorf("no function of the load answers /%s", said[min(1, len(said)-1)])
}

// event is what API Gateway makes of a request (HTTP API, payload format 2.0).
func event(r *traffic.Request) (function string, payload []byte, err error) {
	path, query, _ := strings.Cut(r.Path, "?")
	to, parameters, err := match(path)
	if err != nil {
		return "", nil, err
	}
	now := time.Now()
	key := r.Method + " " + to.path
	const host = "feedback.example.com"
	e := events.APIGatewayV2HTTPRequest{
		Version: "2.0", RouteKey: key, RawPath: path, RawQueryString: query, PathParameters: parameters,
		Headers: map[string]string{
			"accept": "*/*", "host": host, "user-agent": "resonanz-load", "x-forwarded-for": r.From, "x-forwarded-port": "443", "x-forwarded-proto": "https",
			"content-length": strconv.Itoa(len(r.Body)),
		},
		Body: string(r.Body),
	}
	if query != "" {
		values, err := url.ParseQuery(query)
		if err != nil {
			return "", nil, err
		}
		e.QueryStringParameters = make(map[string]string, len(values))
		for name := range values {
			e.QueryStringParameters[name] = values.Get(name)
		}
	}
	if r.Type != "" {
		e.Headers["content-type"] = r.Type
	}
	if r.Bearer != "" {
		e.Headers["authorization"] = "Bearer " + r.Bearer
	}
	e.RequestContext = events.APIGatewayV2HTTPRequestContext{
		AccountID: "000000000000", APIID: "load", DomainName: host, DomainPrefix: "feedback", RouteKey: key, Stage: "$default", RequestID: rand.Text(),
		Time: now.UTC().Format("02/Jan/2006:15:04:05 +0000"), TimeEpoch: now.UnixMilli(),
		HTTP: events.APIGatewayV2HTTPRequestContextHTTPDescription{Method: r.Method, Path: path, Protocol: "HTTP/1.1", SourceIP: r.From, UserAgent: "resonanz-load"},
	}
	if r.Scopes != "" { // what the authorizer says of a token that it let through
		e.RequestContext.Authorizer = &events.APIGatewayV2HTTPRequestContextAuthorizerDescription{JWT: &events.APIGatewayV2HTTPRequestContextAuthorizerJWTDescription{
			Claims: map[string]string{"client_id": "load", "sub": "load", "scope": "resonanz/" + r.Scopes, "token_use": "access"},
			Scopes: []string{"resonanz/" + r.Scopes},
		}}
	}
	payload, err = json.Marshal(e)
	return to.function, payload, err
}

// answerOf reads what a function answers to API Gateway.
func answerOf(response []byte) (*traffic.Answer, error) {
	var res events.APIGatewayV2HTTPResponse
	if err := json.Unmarshal(response, &res); err != nil {
		return nil, fmt.Errorf("reading the answer of a function: %w", err)
	}
	a := &traffic.Answer{Status: res.StatusCode, Body: []byte(res.Body)}
	for name, v := range res.Headers {
		if strings.EqualFold(name, "location") {
			a.Location = v
		}
	}
	return a, nil
}
