package report

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
)

// JSON writes what was given in its one form: indented, fields in fixed order,
// lists sorted, times in UTC. The same things given in another order give the
// same bytes. It is what is kept beside each version as inputs.json.
func (g Given) JSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(g.sorted()); err != nil {
		return nil, fmt.Errorf("writing what a report was given: %w", err)
	}
	return b.Bytes(), nil
}

// ParseGiven reads what Given.JSON writes. Fields it does not know are refused:
// a figure must not be left out unseen.
func ParseGiven(b []byte) (Given, error) {
	var g Given
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&g); err != nil {
		return Given{}, fmt.Errorf("reading what a report was given: %w", err)
	}
	return g, nil
}

// Hash is the SHA-256 of Given.JSON, as "sha256:" and 64 hex digits.
func (g Given) Hash() (string, error) {
	b, err := g.JSON()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// sorted is g in its one form; g stays as it is.
func (g Given) sorted() Given {
	if e := g.Evidence; e != nil {
		c := *e
		c.At = c.At.UTC()
		g.Evidence = &c
	}
	if r := g.Restates; r != nil {
		c := *r
		c.Cutoff = c.Cutoff.UTC()
		g.Restates = &c
	}
	g.Seen = g.Seen.UTC()
	g.Actions = slices.Clone(g.Actions)
	for i := range g.Actions {
		a := &g.Actions[i]
		a.StartsAt, a.DoneAt = a.StartsAt.UTC(), a.DoneAt.UTC()
	}
	slices.SortStableFunc(g.Actions, func(a, b Action) int { return cmp.Compare(a.ID, b.ID) })
	g.History = slices.Clone(g.History)
	slices.SortStableFunc(g.History, func(a, b Past) int { return cmp.Compare(a.Period.Index(), b.Period.Index()) })
	g.Unread = slices.Clone(g.Unread)
	slices.SortFunc(g.Unread, func(a, b Unread) int {
		return cmp.Or(cmp.Compare(a.Object, b.Object), cmp.Compare(a.Reason, b.Reason))
	})
	return g
}
