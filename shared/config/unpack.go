package config

import (
	"encoding/binary"
	"errors"
	"math"
	"reflect"
	"strings"

	"resonanz/shared/feedback"
)

// The packed form holds the values of Config and of all it consists of in the
// order of their declaration, without their names: a function reads it at each
// cold start, in an eighth of the time that JSON takes. It begins with signature,
// a line that tells the shape of Config, so that what was packed for another
// version of it is refused and never misread.
//
//	number   encoding/binary's varint; float64: 8 bytes, little-endian
//	bool     one byte, 0 or 1
//	string   its length in bytes as an unsigned varint, then itself
//	list     0 where there is none, else its length + 1, then the values
//	map      as a list, of keys each with its value, the keys in ascending order
//	pointer  as a list of one
//	struct   its exported fields
const signature = product + shape + "\n"

const (
	product = "resonanz configuration "
	// shape is what shapeOf says of Config; a test and Pack hold that.
	shape = "7882bc0d0bf694b1"
)

// Errors of what cannot be unpacked.
var (
	errOther   = errors.New("it is no packed configuration")
	errVersion = errors.New("it was packed for another version of the program: build program and configuration together")
	errShort   = errors.New("it ends too early")
	errLong    = errors.New("something follows its end")
	errNumber  = errors.New("a number in it is too large")
)

// Unpack reads the packed form (Pack). Strings of the configuration are parts of
// text.
func Unpack(text string) (*Config, error) {
	values, ok := strings.CutPrefix(text, signature)
	if !ok {
		if strings.HasPrefix(text, product) {
			return nil, errVersion
		}
		return nil, errOther
	}
	c, u := new(Config), &unpacker{rest: values}
	u.value(reflect.ValueOf(c).Elem())
	if u.err == nil && u.rest != "" {
		u.err = errLong
	}
	if u.err != nil {
		return nil, u.err
	}
	if err := c.loadZones(); err != nil {
		return nil, err
	}
	c.index()
	return c, nil
}

// unpacker takes values from the front of rest. After an error nothing is left.
type unpacker struct {
	rest string
	err  error
}

func (u *unpacker) value(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString(u.text())
	case reflect.Int, reflect.Int64:
		n := u.number()
		v.SetInt(int64(n>>1) ^ -int64(n&1)) // zigzag
	case reflect.Bool:
		v.SetBool(u.take(1) == "\x01")
	case reflect.Float64:
		if b := u.take(8); b != "" {
			v.SetFloat(math.Float64frombits(binary.LittleEndian.Uint64([]byte(b))))
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() { // exported
				u.value(f)
			}
		}
	case reflect.Slice:
		if n, some := u.length(); some {
			v.Set(reflect.MakeSlice(v.Type(), n, n))
			for i := range n {
				u.value(v.Index(i))
			}
		}
	case reflect.Map:
		if t, ok := v.Addr().Interface().(*Text); ok { // most maps are: without reflection
			*t = u.words()
		} else if n, some := u.length(); some {
			v.Set(reflect.MakeMapWithSize(v.Type(), n))
			for range n {
				key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
				u.value(key)
				u.value(value)
				v.SetMapIndex(key, value)
			}
		}
	case reflect.Pointer:
		if _, some := u.length(); some {
			v.Set(reflect.New(v.Type().Elem()))
			u.value(v.Elem())
		}
	default:
		panic("config: " + v.Type().String() + " cannot be unpacked") // Pack refuses it, too
	}
}

func (u *unpacker) words() Text {
	n, some := u.length()
	if !some {
		return nil
	}
	t := make(Text, n)
	for range n {
		l := feedback.Language(u.text())
		t[l] = u.text()
	}
	return t
}

func (u *unpacker) fail(err error) {
	if u.err == nil {
		u.err = err
	}
	u.rest = ""
}

// take is the next n bytes; none where there are fewer.
func (u *unpacker) take(n int) (taken string) {
	if n > len(u.rest) {
		u.fail(errShort)
		return ""
	}
	taken, u.rest = u.rest[:n], u.rest[n:]
	return taken
}

func (u *unpacker) text() string {
	n := u.number()
	if n > uint64(len(u.rest)) {
		u.fail(errShort)
		return ""
	}
	return u.take(int(n)) //nolint:gosec // n is no more than what is left
}

// length is that of a list; none where there is no list. Each value takes a byte
// or more, so that a length is never more than what is left.
func (u *unpacker) length() (n int, some bool) {
	switch l := u.number(); {
	case l == 0:
		return 0, false
	case l-1 > uint64(len(u.rest)):
		u.fail(errShort)
		return 0, false
	default:
		return int(l - 1), true //nolint:gosec // no more than what is left
	}
}

func (u *unpacker) number() (n uint64) {
	for i := range min(len(u.rest), binary.MaxVarintLen64) {
		b := u.rest[i]
		n |= uint64(b&0x7f) << (7 * i)
		if b < 0x80 {
			u.rest = u.rest[i+1:]
			return n
		}
	}
	if len(u.rest) >= binary.MaxVarintLen64 {
		u.fail(errNumber)
	} else {
		u.fail(errShort)
	}
	return 0
}
