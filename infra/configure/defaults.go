package configure

import (
	"bytes"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// fillDefaults adds to value what the schema gives for absent fields. Sections
// that are absent as a whole are added with their defaults.
func fillDefaults(value any) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schemaText))
	if err != nil {
		panic("feedback.schema.json: " + err.Error()) // held by a test
	}
	root := doc.(map[string]any)
	fill(root, root, value)
}

func fill(root, schema map[string]any, value any) {
	if ref, ok := schema["$ref"].(string); ok {
		schema = resolve(root, ref)
	}
	switch v := value.(type) {
	case map[string]any:
		properties, _ := schema["properties"].(map[string]any)
		for name, p := range properties {
			property := p.(map[string]any)
			if _, present := v[name]; !present {
				if d, ok := property["default"]; ok {
					v[name] = d
				} else if property["type"] == "object" {
					v[name] = map[string]any{}
				} else {
					continue
				}
			}
			fill(root, property, v[name])
		}
	case []any:
		if items, ok := schema["items"].(map[string]any); ok {
			for _, item := range v {
				fill(root, items, item)
			}
		}
	}
}

// resolve follows a reference inside the schema, such as "#/$defs/id".
func resolve(root map[string]any, ref string) map[string]any {
	node := any(root)
	for _, step := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
		node = node.(map[string]any)[step]
	}
	return node.(map[string]any)
}
