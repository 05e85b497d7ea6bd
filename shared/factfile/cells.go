package factfile

import (
	"errors"
	"math"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding"

	"resonanz/shared/responses"
)

var errCutOff = errors.New("a page is cut off")

// cells turns the values of one column of a row group into fields. Values are
// taken as pages hold them, and words of a dictionary looked up once: a value of
// its own for each cell would cost more than all the rest of reading.
type cells[T any] struct {
	column *column[T]
	batch  *responses.Batch
	levels byte // the definition level of a value that is there
	scale  int64
	misfit error            // for the first value there is: writers choose any type for a column of nulls
	codes  map[string]int64 // of the words so far
	listed []listing        // of the words of the dictionary, by their number in it
}

// listing is the code of a word, once it was asked for.
type listing struct {
	code  int64
	known bool
}

// fill reads one value for each of the facts, as many as page has.
func (c *cells[T]) fill(facts []T, page parquet.Page) error {
	if nulls := page.NumNulls(); nulls > 0 {
		if !c.column.optional {
			return errMissing
		}
		if nulls == page.NumValues() {
			return nil
		}
	}
	if c.misfit != nil && len(facts) > 0 {
		return c.misfit
	}
	data, levels := page.Data(), page.DefinitionLevels()
	var index []int32
	if words := page.Dictionary(); words != nil {
		index, data = data.Int32(), words.Page().Data()
		if c.listed == nil {
			c.listed = make([]listing, words.Len())
		}
	}
	return cellwise(facts, levels, c.levels, index, c.setter(data, index != nil))
}

// cellwise sets the facts that have a value: by its number among the values of the
// page, or in the dictionary where index tells that.
func cellwise[T any](facts []T, levels []byte, there byte, index []int32, set func(*T, int) error) error {
	if len(levels) > 0 && len(levels) < len(facts) {
		return errCutOff
	}
	n := 0
	for i := range facts {
		if len(levels) > 0 && levels[i] != there {
			continue
		}
		value := n
		if n++; index != nil {
			if value >= len(index) {
				return errCutOff
			}
			value = int(index[value])
		}
		if err := set(&facts[i], value); err != nil {
			return err
		}
	}
	return nil
}

// setter gives a fact the value of a number in data. A number that data does not
// have is a panic, which read turns into an error, as it does parquet-go's own.
func (c *cells[T]) setter(data encoding.Values, listed bool) func(*T, int) error {
	set := c.column.set
	switch c.column.form {
	case text:
		bytes := bytesOf(data)
		return func(fact *T, i int) error { return c.column.parse(fact, bytes(i)) }
	case words:
		bytes := bytesOf(data)
		if listed {
			return func(fact *T, i int) error {
				l := &c.listed[i]
				if !l.known {
					code, err := c.code(bytes(i))
					if err != nil {
						return err
					}
					*l = listing{code, true}
				}
				return set(fact, l.code)
			}
		}
		return func(fact *T, i int) error {
			code, err := c.code(bytes(i))
			if err != nil {
				return err
			}
			return set(fact, code)
		}
	case truth:
		bits := data.Boolean()
		return func(fact *T, i int) error { return set(fact, int64(bits[i/8]>>(i%8)&1)) }
	case timestamp:
		times := data.Int64()
		return func(fact *T, i int) error {
			at := floor(times[i], c.scale)
			if at < earliest || at > latest {
				return errRange
			}
			return set(fact, at)
		}
	}
	switch data.Kind() {
	case encoding.Int32:
		numbers := data.Int32()
		return func(fact *T, i int) error { return set(fact, int64(numbers[i])) }
	case encoding.Double:
		numbers := data.Double()
		return func(fact *T, i int) error {
			x := numbers[i]
			if x != math.Trunc(x) || math.Abs(x) > 1<<53 {
				return errRange
			}
			return set(fact, int64(x))
		}
	}
	numbers := data.Int64()
	return func(fact *T, i int) error { return set(fact, numbers[i]) }
}

// bytesOf gives each of the texts by its number. They live as long as the page.
func bytesOf(data encoding.Values) func(i int) []byte {
	if data.Kind() == encoding.FixedLenByteArray {
		all, size := data.FixedLenByteArray()
		return func(i int) []byte { return all[i*size : (i+1)*size] }
	}
	all, offsets := data.ByteArray()
	return func(i int) []byte { return all[offsets[i]:offsets[i+1]] }
}

// code is the code of a word.
func (c *cells[T]) code(word []byte) (int64, error) {
	if code, ok := c.codes[string(word)]; ok {
		return code, nil
	}
	s := string(word)
	code, err := c.column.code(c.batch, s)
	if err != nil {
		return 0, err
	}
	if c.codes == nil {
		c.codes = make(map[string]int64)
	}
	c.codes[s] = code
	return code, nil
}

// floor divides towards the past, so that a time before 1970 does not move into
// the next millisecond.
func floor(a, by int64) int64 {
	q := a / by
	if a%by < 0 {
		q--
	}
	return q
}
