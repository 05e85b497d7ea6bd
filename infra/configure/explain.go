package configure

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// checkSchema lists what the schema refuses.
func checkSchema(value any) []finding {
	var invalid *jsonschema.ValidationError
	if err := schema().Validate(value); !errors.As(err, &invalid) {
		return nil
	}
	return explain(invalid)
}

// explain walks to the leaves of a validation error and says each in words. The
// schema's only choices of two are values that may also be empty: one is said
// once, for the value.
func explain(e *jsonschema.ValidationError) (found []finding) {
	path := e.InstanceLocation
	switch k := e.ErrorKind.(type) {
	case *kind.AnyOf:
		return []finding{{path: path, text: orNothing(e)}}
	case *kind.AdditionalProperties:
		for _, key := range k.Properties {
			found = append(found, finding{path: path, key: key, text: "is no field; fields are documented in feedback.schema.json"})
		}
		return found
	case *kind.PropertyNames:
		return []finding{{path: path, key: k.Property, text: "is no name of a stage: a lower-case letter, then up to 15 of a-z, 0-9 and '-'"}}
	case *kind.Required:
		for _, key := range k.Missing {
			found = append(found, finding{path: path, key: key, text: "is missing"})
		}
		return found
	}
	if len(e.Causes) == 0 {
		return []finding{{path: path, text: inWords(e.ErrorKind)}}
	}
	for _, cause := range e.Causes {
		found = append(found, explain(cause)...)
	}
	return found
}

// orNothing says what a value that may also be empty should look like. It does
// not repeat the value.
func orNothing(e *jsonschema.ValidationError) string {
	for _, cause := range e.Causes {
		for len(cause.Causes) > 0 {
			cause = cause.Causes[0]
		}
		switch k := cause.ErrorKind.(type) {
		case *kind.Pattern:
			return "want " + shape(k.Want) + ", or nothing"
		case *kind.Const:
		default:
			return inWords(k)
		}
	}
	return "want another value, or nothing"
}

func inWords(k jsonschema.ErrorKind) string {
	switch k := k.(type) {
	case *kind.Type:
		return fmt.Sprintf("is %s; want %s", a(k.Got), a(strings.Join(k.Want, " or ")))
	case *kind.Enum:
		return fmt.Sprintf("is %s; want one of %s", written(k.Got), list(k.Want))
	case *kind.Minimum:
		return fmt.Sprintf("is %s; want at least %s", number(k.Got), number(k.Want))
	case *kind.Maximum:
		return fmt.Sprintf("is %s; want at most %s", number(k.Got), number(k.Want))
	case *kind.MinLength:
		return fmt.Sprintf("has %d characters; want at least %d", k.Got, k.Want)
	case *kind.MaxLength:
		return fmt.Sprintf("has %d characters; want at most %d", k.Got, k.Want)
	case *kind.MinProperties:
		return fmt.Sprintf("has %d entries; want at least %d", k.Got, k.Want)
	case *kind.MaxProperties:
		return fmt.Sprintf("has %d entries; want at most %d", k.Got, k.Want)
	case *kind.MinItems:
		return fmt.Sprintf("has %d entries; want at least %d", k.Got, k.Want)
	case *kind.MaxItems:
		return fmt.Sprintf("has %d entries; want at most %d", k.Got, k.Want)
	case *kind.UniqueItems:
		return fmt.Sprintf("entries %d and %d are the same", k.Duplicates[0]+1, k.Duplicates[1]+1)
	case *kind.Pattern:
		return fmt.Sprintf("is %s; want %s", written(k.Got), shape(k.Want))
	}
	return k.LocalizedString(message.NewPrinter(language.English))
}

// shape says what the schema's patterns mean.
func shape(pattern string) string {
	switch {
	case strings.Contains(pattern, "/webacl/"):
		return "the ARN of a web ACL of scope CLOUDFRONT (arn:aws:wafv2:us-east-1:…:global/webacl/…)"
	case strings.Contains(pattern, ":acm:us-east-1:"):
		return "the ARN of a certificate in us-east-1 (arn:aws:acm:us-east-1:…:certificate/…)"
	case strings.Contains(pattern, ":acm:"):
		return "the ARN of a certificate (arn:aws:acm:…:certificate/…)"
	case strings.HasPrefix(pattern, "^Z"):
		return "the id of a hosted zone, such as Z0123456789ABCDEFGHIJ"
	case strings.HasPrefix(pattern, "^([a-z0-9]("):
		return "a host name, such as feedback.example.com"
	case strings.HasPrefix(pattern, "^[!#"):
		return "a scope without spaces"
	case strings.HasPrefix(pattern, "^#"):
		return "a colour, such as #0b5cad"
	case strings.Contains(pattern, "@"):
		return "a mail address, such as service@example.com"
	case strings.HasPrefix(pattern, "^[a-z]["):
		return "a code: a lower-case letter, then up to 39 of a-z, 0-9, '.', '_' and '-'"
	case strings.HasPrefix(pattern, "^[A-Za-z]["):
		return "a name: a letter, then up to 39 of A-Z, a-z, 0-9, '_' and '-'"
	case strings.HasPrefix(pattern, "^[A-Z]{3}"):
		return "a currency, such as EUR"
	case strings.HasPrefix(pattern, "^[0-9]{4}-"):
		return "a date, such as 2026-12-24"
	case strings.HasPrefix(pattern, "^[!-~]"):
		return "a code without spaces"
	case strings.Contains(pattern, "[0-5][0-9]"):
		return "a time of day, such as 08:30"
	case strings.HasPrefix(pattern, "^[a-z0-9]"):
		return "1 to 40 of a-z, 0-9 and inner hyphens"
	}
	return "a match of " + pattern
}

func a(kind string) string {
	if strings.ContainsRune("aeiou", rune(kind[0])) {
		return "an " + kind
	}
	return "a " + kind
}

func number(r *big.Rat) string {
	f, _ := r.Float64()
	return strconv.FormatFloat(f, 'f', -1, 64)
}

func written(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(b)
}

func list(values []any) string {
	var words []string
	for _, v := range values {
		if v != "" {
			words = append(words, strings.Trim(written(v), `"`))
		}
	}
	if len(words) < len(values) {
		words = append(words, "or nothing")
	}
	return strings.Join(words, ", ")
}
