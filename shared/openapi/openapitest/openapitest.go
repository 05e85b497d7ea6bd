// Package openapitest holds what a function answers to the description of the
// interface, whichever test asked.
package openapitest

import (
	"bytes"
	"fmt"
	"mime"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"resonanz/shared/httpapi"
	"resonanz/shared/openapi"
)

// interfaceOf is the description of the interface, with the schemas that were
// needed so far.
var interfaceOf = sync.OnceValue(func() *description {
	d := &description{schemas: map[string]*jsonschema.Schema{}}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(openapi.Document)))
	if err != nil {
		panic(err)
	}
	d.doc = v.(map[string]any)
	d.compiler = jsonschema.NewCompiler()
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource("openapi.json", d.doc); err != nil {
		panic(err)
	}
	for p := range d.doc["paths"].(map[string]any) {
		at := regexp.MustCompile(`\\\{[a-z]+\\\}`).ReplaceAllString(regexp.QuoteMeta(p), `[^/]+`)
		// A suffix names a format, where the address says nothing else.
		d.paths = append(d.paths, route{p, regexp.MustCompile("^" + at + `(\.[a-z]+)?$`)})
	}
	return d
})

type route struct {
	path  string
	match *regexp.Regexp
}

type description struct {
	mu       sync.Mutex
	doc      map[string]any
	paths    []route
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
}

// Document is the description of the interface; nobody may change it.
func Document() map[string]any { return interfaceOf().doc }

// Described fails where an answer is not as the interface describes it: its
// status, its headers, its media type, its body. What is at no address of the
// interface is refused. The answer to HEAD is that to GET, without a body.
func Described(tb testing.TB, q *httpapi.Request, res httpapi.Response) {
	tb.Helper()
	d := interfaceOf()
	d.mu.Lock()
	defer d.mu.Unlock()
	path := ""
	for _, p := range d.paths {
		if p.match.MatchString(q.RawPath) && (path == "" || !strings.Contains(p.path, "{")) {
			path = p.path
		}
	}
	method := strings.ToLower(q.RequestContext.HTTP.Method)
	if method == "head" {
		return
	}
	item, _ := d.doc["paths"].(map[string]any)[path].(map[string]any)
	operation, ok := item[method].(map[string]any)
	if !ok {
		if res.StatusCode < 400 || res.StatusCode >= 500 {
			tb.Errorf("%s %s: not described, and answered with %d", method, q.RawPath, res.StatusCode)
		}
		return
	}
	at := "#/paths/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(path) + "/" + method + "/responses/" + fmt.Sprint(res.StatusCode)
	response, ok := operation["responses"].(map[string]any)[fmt.Sprint(res.StatusCode)].(map[string]any)
	if !ok {
		tb.Errorf("%s %s: status %d is not described: %s", method, path, res.StatusCode, res.Body)
		return
	}
	if ref, ok := response["$ref"].(string); ok {
		at = ref
		response = d.doc["components"].(map[string]any)["responses"].(map[string]any)[strings.TrimPrefix(ref, "#/components/responses/")].(map[string]any)
	}
	for name := range asMap(response["headers"]) {
		if name != "Link" && res.Headers[name] == "" {
			tb.Errorf("%s %s: %d without %s", method, path, res.StatusCode, name)
		}
	}
	content := asMap(response["content"])
	if content == nil {
		if res.Body != "" {
			tb.Errorf("%s %s: %d has no body: %s", method, path, res.StatusCode, res.Body)
		}
		return
	}
	media, _, _ := mime.ParseMediaType(res.Headers["Content-Type"])
	if content[media] == nil {
		tb.Errorf("%s %s: %d as %q is not described", method, path, res.StatusCode, media)
		return
	}
	if !strings.HasSuffix(media, "json") {
		return
	}
	at += "/content/" + strings.NewReplacer("~", "~0", "/", "~1").Replace(media) + "/schema"
	if d.schemas[at] == nil {
		s, err := d.compiler.Compile("openapi.json" + at)
		if err != nil {
			tb.Fatalf("%s: %v", at, err)
		}
		d.schemas[at] = s
	}
	v, err := jsonschema.UnmarshalJSON(strings.NewReader(res.Body))
	if err == nil {
		err = d.schemas[at].Validate(v)
	}
	if err != nil {
		tb.Errorf("%s %s: %d is not as described: %v\n%s", method, path, res.StatusCode, err, res.Body)
	}
}

func asMap(v any) map[string]any {
	m, _ := v.(map[string]any)
	return m
}
