package openapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// node is any JSON value of the document.
type node = any

func document(t *testing.T) map[string]node {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader([]byte(Document)))
	if err != nil {
		t.Fatal(err)
	}
	return v.(map[string]node)
}

// compiler knows the document as a resource, so that a schema in it can be
// compiled where it stands: the schemas of OpenAPI 3.1 are JSON Schema 2020-12.
func compiler(t *testing.T) *jsonschema.Compiler {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("openapi.json", document(t)); err != nil {
		t.Fatal(err)
	}
	return c
}

// walk calls each for every object below v, with its JSON pointer.
func walk(v node, at string, each func(at string, o map[string]node)) {
	switch v := v.(type) {
	case map[string]node:
		each(at, v)
		for _, k := range slices.Sorted(maps.Keys(v)) {
			walk(v[k], at+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(k), each)
		}
	case []node:
		for i := range v {
			walk(v[i], fmt.Sprint(at, "/", i), each)
		}
	}
}

func TestEveryReferenceLeadsSomewhere(t *testing.T) {
	doc := document(t)
	n := 0
	walk(doc, "", func(at string, o map[string]node) {
		ref, ok := o["$ref"].(string)
		if !ok {
			return
		}
		n++
		var v node = doc
		for _, step := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
			m, _ := v.(map[string]node)
			v = m[step]
		}
		if v == nil {
			t.Errorf("%s: %s leads nowhere", at, ref)
		}
	})
	if n == 0 {
		t.Error("no reference found")
	}
}

func TestEveryExampleFitsItsSchema(t *testing.T) {
	c := compiler(t)
	n := 0
	walk(document(t), "", func(at string, o map[string]node) {
		examples, ok := o["examples"].(map[string]node)
		if !ok || o["schema"] == nil {
			return
		}
		s, err := c.Compile("openapi.json#" + at + "/schema")
		if err != nil {
			t.Fatal(err)
		}
		for name, e := range examples {
			n++
			if err := s.Validate(e.(map[string]node)["value"]); err != nil {
				t.Errorf("%s: example %s: %v", at, name, err)
			}
		}
	})
	if n < 15 {
		t.Errorf("%d examples found", n)
	}
}

// What is described with a body says what it may look like, and shows one.
func TestEveryJSONBodyHasASchemaAndRequestsAnExample(t *testing.T) {
	operations := map[string]bool{}
	walk(document(t)["paths"], "/paths", func(at string, o map[string]node) {
		id, ok := o["operationId"].(string)
		if !ok {
			return
		}
		if operations[id] {
			t.Errorf("%s: the name %s is taken", at, id)
		}
		operations[id] = true
		if o["security"] == nil {
			t.Errorf("%s: says nothing about who may call it", at)
		}
		responses, _ := o["responses"].(map[string]node)
		if responses["429"] == nil {
			t.Errorf("%s: does not say that it can be throttled", at)
		}
		body, _ := o["requestBody"].(map[string]node)
		if body == nil {
			return
		}
		content, _ := body["content"].(map[string]node)["application/json"].(map[string]node)
		if content != nil && (content["schema"] == nil || content["examples"] == nil) {
			t.Errorf("%s: a request without schema or example", at)
		}
	})
	if len(operations) < 15 {
		t.Errorf("%d operations found", len(operations))
	}
}

// Whoever changes a case says which version the change was decided on.
func TestEveryCommandToACaseNamesTheVersion(t *testing.T) {
	n := 0
	for path, item := range document(t)["paths"].(map[string]node) {
		if !strings.HasPrefix(path, "/v1/cases/{number}/") || strings.Contains(path, "attachments") {
			continue
		}
		n++
		post, _ := item.(map[string]node)["post"].(map[string]node)
		if !strings.Contains(fmt.Sprint(post["parameters"]), "#/components/parameters/IfMatch") {
			t.Errorf("%s: without If-Match", path)
		}
		responses, _ := post["responses"].(map[string]node)
		for _, status := range []string{"409", "412", "422", "428"} {
			if responses[status] == nil {
				t.Errorf("%s: does not say %s", path, status)
			}
		}
	}
	if n < 23 {
		t.Errorf("%d commands found", n)
	}
}

func TestTheDocumentIsServedAsItIs(t *testing.T) {
	get, head := Answer(http.MethodGet), Answer(http.MethodHead)
	if get.StatusCode != 200 || get.Headers["Content-Type"] != "application/json" || !json.Valid([]byte(get.Body)) {
		t.Errorf("GET: %d %v", get.StatusCode, get.Headers)
	}
	if head.Body != "" || head.Headers["Content-Type"] != get.Headers["Content-Type"] {
		t.Errorf("HEAD: %v, %d bytes", head.Headers, len(head.Body))
	}
}
