package report

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
)

// JSON writes the report: indented, fields in fixed order, byte for byte the
// same for the same report.
func (r *Report) JSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(r); err != nil {
		return nil, fmt.Errorf("writing report %s: %w", r.Header.Period, err)
	}
	return b.Bytes(), nil
}

// Parse reads what JSON writes; Run is not part of it.
func Parse(b []byte) (*Report, error) {
	r := new(Report)
	if err := json.Unmarshal(b, r); err != nil {
		return nil, fmt.Errorf("reading report: %w", err)
	}
	if r.Format != Format {
		return nil, fmt.Errorf("reading report: its format is %d, this program reads %d", r.Format, Format)
	}
	return r, nil
}

// MarshalJSON writes an object whose members keep the order of the rows.
func (b Breakdown) MarshalJSON() ([]byte, error) {
	return marshalRows(b, func(r *Row) *string { return &r.Name })
}

// UnmarshalJSON reads what MarshalJSON writes.
func (b *Breakdown) UnmarshalJSON(data []byte) (err error) {
	*b, err = unmarshalRows(data, func(r *Row) *string { return &r.Name })
	return err
}

// MarshalJSON writes an object whose members keep the order of the rows.
func (c CollectionRows) MarshalJSON() ([]byte, error) {
	return marshalRows(c, func(r *CollectionRow) *string { return &r.Name })
}

// UnmarshalJSON reads what MarshalJSON writes.
func (c *CollectionRows) UnmarshalJSON(data []byte) (err error) {
	*c, err = unmarshalRows(data, func(r *CollectionRow) *string { return &r.Name })
	return err
}

// marshalRows writes rows as members of one object, in their order.
func marshalRows[R any](rows []R, name func(*R) *string) ([]byte, error) {
	b := []byte{'{'}
	for i := range rows {
		if i > 0 {
			b = append(b, ',')
		}
		k, err := json.Marshal(*name(&rows[i]))
		if err != nil {
			return nil, err
		}
		v, err := json.Marshal(&rows[i])
		if err != nil {
			return nil, err
		}
		b = append(append(append(b, k...), ':'), v...)
	}
	return append(b, '}'), nil
}

// unmarshalRows reads the members of one object as rows in order of the name.
func unmarshalRows[R any](data []byte, name func(*R) *string) ([]R, error) {
	var members map[string]R
	if err := json.Unmarshal(data, &members); err != nil {
		return nil, err
	}
	var rows []R
	for k, r := range members {
		*name(&r) = k
		rows = append(rows, r)
	}
	slices.SortFunc(rows, func(a, b R) int { return cmp.Compare(*name(&a), *name(&b)) })
	return rows, nil
}
