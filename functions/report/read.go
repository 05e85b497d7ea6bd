package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"unicode/utf8"

	"resonanz/shared/config"
	"resonanz/shared/httpapi"
	"resonanz/shared/problem"
)

// parseOrder reads a POST: ?group=, and a body that is empty, or a JSON object
// with "restate", "group", "contacts", "survey" and "costs".
func (h *handler) parseOrder(r *httpapi.Request) (o order, err error) {
	o.group = r.QueryStringParameters["group"]
	body, err := httpapi.Body(r, maxBody)
	if err != nil {
		return o, err
	}
	in := map[string]json.RawMessage{}
	if len(bytes.TrimSpace(body)) > 0 {
		if in, err = bodyOf(r, body); err != nil {
			return o, err
		}
	}
	if o.group, err = groupIn(in, o.group); err != nil {
		return o, err
	}
	g, err := groupOf(h.cfg, o.group)
	if err != nil {
		return o, err
	}
	return h.orderIn(o, in, g)
}

// orderIn reads the fields of a body.
func (h *handler) orderIn(o order, in map[string]json.RawMessage, g *config.Group) (order, error) {
	for _, field := range slices.Sorted(maps.Keys(in)) {
		switch field {
		case "group":
		case "restate":
			if json.Unmarshal(in[field], &o.restate) != nil || string(in[field]) == "null" {
				return o, problem.Invalid(problem.Field{Field: field, Code: problem.WrongType, Detail: "Want true or false."})
			}
		default:
			known, err := h.tell(&o.told, field, in[field], g)
			if err == nil && !known {
				err = unknownField(field)
			}
			if err != nil {
				return o, err
			}
		}
	}
	return o, nil
}

// bodyOf reads a body as one JSON object.
func bodyOf(r *httpapi.Request, body []byte) (map[string]json.RawMessage, error) {
	if err := httpapi.RequireContentType(r, "application/json"); err != nil {
		return nil, err
	}
	if !utf8.Valid(body) {
		return nil, problem.New(http.StatusBadRequest, problem.InvalidUTF8, "The body is not valid UTF-8.")
	}
	in, ok := members(body)
	if !ok {
		return nil, malformed()
	}
	return in, nil
}

// groupIn is the group that a body names, which must not be another than that of
// the address.
func groupIn(in map[string]json.RawMessage, asked string) (string, error) {
	b, ok := in["group"]
	if !ok {
		return asked, nil
	}
	var id string
	if json.Unmarshal(b, &id) != nil || string(b) == "null" {
		return "", problem.Invalid(problem.Field{Field: "group", Code: problem.WrongType, Detail: "Want the id of a group."})
	}
	if asked != "" && id != asked {
		return "", problem.Invalid(problem.Field{Field: "group", Code: codeContradiction, Detail: "The address names another group."})
	}
	return cmp.Or(id, asked), nil
}

func malformed() error {
	return problem.New(http.StatusBadRequest, problem.MalformedJSON, "The body is not one JSON object, or a name occurs twice in it.")
}
