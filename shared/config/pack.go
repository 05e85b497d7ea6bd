package config

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/fnv"
	"math"
	"reflect"
	"slices"
	"strings"
)

// Pack writes a configuration as functions read it (Unpack). The same
// configuration gives the same bytes.
func Pack(c *Config) ([]byte, error) {
	t := reflect.TypeFor[Config]()
	if want := shapeOf(t); want != shape {
		return nil, fmt.Errorf("packing configuration: its fields have changed: in shared/config/unpack.go, shape is to be %q", want)
	}
	if err := packable(t); err != nil {
		return nil, fmt.Errorf("packing configuration: %w", err)
	}
	return pack([]byte(signature), reflect.ValueOf(c).Elem()), nil
}

// Print tells values apart that a configuration consists of: 64 bits of the SHA-256
// of their packed forms. It panics at a value that cannot be packed.
func Print(values ...any) string {
	var b []byte
	for _, x := range values {
		b = pack(b, reflect.ValueOf(x))
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:8])
}

func pack(b []byte, v reflect.Value) []byte {
	switch v.Kind() { //nolint:exhaustive // the others cannot be packed (packable)
	case reflect.String:
		return packText(b, v.String())
	case reflect.Int, reflect.Int64:
		return binary.AppendVarint(b, v.Int())
	case reflect.Bool:
		if v.Bool() {
			return append(b, 1)
		}
		return append(b, 0)
	case reflect.Float64:
		return binary.LittleEndian.AppendUint64(b, math.Float64bits(v.Float()))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				b = pack(b, v.Field(i))
			}
		}
		return b
	}
	if v.IsNil() {
		return append(b, 0)
	}
	switch v.Kind() { //nolint:exhaustive // as above
	case reflect.Pointer:
		return pack(append(b, 2), v.Elem())
	case reflect.Slice:
		b = binary.AppendUvarint(b, uint64(v.Len())+1) //nolint:gosec // a length is no less than 0
		for i := range v.Len() {
			b = pack(b, v.Index(i))
		}
	case reflect.Map:
		b = binary.AppendUvarint(b, uint64(v.Len())+1) //nolint:gosec // as above
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
		for _, k := range keys {
			b = pack(pack(b, k), v.MapIndex(k))
		}
	}
	return b
}

func packText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// packable refuses what Pack and Unpack do not know.
func packable(t reflect.Type) error {
	switch t.Kind() {
	case reflect.String, reflect.Int, reflect.Int64, reflect.Bool, reflect.Float64:
		return nil
	case reflect.Struct:
		for i := range t.NumField() {
			if f := t.Field(i); f.IsExported() {
				if err := packable(f.Type); err != nil {
					return fmt.Errorf("%s: %w", f.Name, err)
				}
			}
		}
		return nil
	case reflect.Map:
		if t.Key().Kind() != reflect.String {
			return fmt.Errorf("keys of %s are no strings", t)
		}
		return packable(t.Elem())
	case reflect.Slice, reflect.Pointer:
		return packable(t.Elem())
	default:
		return fmt.Errorf("%s cannot be packed", t)
	}
}

// shapeOf is a hash of the names and kinds of the fields of t, and of theirs, in
// their order.
func shapeOf(t reflect.Type) string {
	h := fnv.New64a()
	var walk func(reflect.Type)
	walk = func(t reflect.Type) {
		_, _ = fmt.Fprintf(h, "%s(", t.Kind())
		switch t.Kind() { //nolint:exhaustive // the others hold nothing
		case reflect.Struct:
			for i := range t.NumField() {
				if f := t.Field(i); f.IsExported() {
					_, _ = fmt.Fprintf(h, "%s ", f.Name)
					walk(f.Type)
				}
			}
		case reflect.Map:
			walk(t.Key())
			walk(t.Elem())
		case reflect.Slice, reflect.Pointer:
			walk(t.Elem())
		}
		_, _ = fmt.Fprint(h, ")")
	}
	walk(t)
	return fmt.Sprintf("%016x", h.Sum64())
}
