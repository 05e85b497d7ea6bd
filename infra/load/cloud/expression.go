package cloud

import (
	"encoding/json"
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

// value is an attribute: strings, numbers and binaries are compared, anything else
// is only kept.
type value struct {
	raw  json.RawMessage
	kind string // S, N, B, or what DynamoDB calls the others
	text string // of S, N and B
}

// item is a stored item, or the key of one.
type item map[string]value

func (v *value) UnmarshalJSON(b []byte) error {
	var typed map[string]json.RawMessage
	if err := json.Unmarshal(b, &typed); err != nil || len(typed) != 1 {
		return fmt.Errorf("an attribute is not one value with its type: %.80s", b)
	}
	v.raw = append(json.RawMessage(nil), b...)
	for kind, raw := range typed {
		v.kind = kind
		if kind == "S" || kind == "N" || kind == "B" {
			return json.Unmarshal(raw, &v.text)
		}
	}
	return nil
}

func (v value) MarshalJSON() ([]byte, error) { return v.raw, nil }

// compare orders two values of one type; of two types it does not.
func (v value) compare(w value) (order int, comparable bool) {
	if v.kind != w.kind {
		return 0, false
	}
	if v.kind == "N" {
		a, okA := new(big.Float).SetString(v.text)
		b, okB := new(big.Float).SetString(w.text)
		return a.Cmp(b), okA && okB
	}
	return strings.Compare(v.text, w.text), v.kind == "S" || v.kind == "B"
}

// terms are the names and values that an expression refers to.
type terms struct {
	ExpressionAttributeNames  map[string]string
	ExpressionAttributeValues map[string]value
}

// condition says whether it holds for an item; nil is an item that does not exist.
type condition func(item) bool

// always is the empty expression.
func always(item) bool { return true }

// parse reads the part of DynamoDB's expressions that this project uses:
// comparisons, attribute_exists, attribute_not_exists, begins_with, contains, IN,
// BETWEEN, AND, OR, NOT and parentheses. An error says what else is there.
func parse(expression string, t *terms) (condition, error) {
	if strings.TrimSpace(expression) == "" {
		return always, nil
	}
	p := &parser{words: word.FindAllString(expression, -1), terms: t}
	c, err := p.or()
	if err == nil && len(p.words) > 0 {
		err = fmt.Errorf("%q is not understood", p.words[0])
	}
	if err != nil {
		return nil, fmt.Errorf("reading the expression %q: %w", expression, err)
	}
	return c, nil
}

type parser struct {
	words []string
	terms *terms
}

// word is a name, a value, an operator or a parenthesis.
var word = regexp.MustCompile(`[(),]|<>|<=|>=|[<>=]|[^\s(),<>=]+`)

func (p *parser) peek() string {
	if len(p.words) == 0 {
		return ""
	}
	return strings.ToUpper(p.words[0])
}

func (p *parser) next() string {
	if len(p.words) == 0 {
		return ""
	}
	w := p.words[0]
	p.words = p.words[1:]
	return w
}

func (p *parser) take(word string) error {
	if got := p.next(); !strings.EqualFold(got, word) {
		return fmt.Errorf("want %s, got %q", word, got)
	}
	return nil
}

func (p *parser) or() (condition, error) {
	left, err := p.and()
	for err == nil && p.peek() == "OR" {
		p.next()
		a := left
		var b condition
		b, err = p.and()
		left = func(it item) bool { return a(it) || b(it) }
	}
	return left, err
}

func (p *parser) and() (condition, error) {
	left, err := p.one()
	for err == nil && p.peek() == "AND" {
		p.next()
		a := left
		var b condition
		b, err = p.one()
		left = func(it item) bool { return a(it) && b(it) }
	}
	return left, err
}

func (p *parser) one() (condition, error) {
	switch p.peek() {
	case "NOT":
		p.next()
		c, err := p.one()
		return func(it item) bool { return !c(it) }, err
	case "(":
		p.next()
		c, err := p.or()
		if err != nil {
			return nil, err
		}
		return c, p.take(")")
	case "ATTRIBUTE_EXISTS", "ATTRIBUTE_NOT_EXISTS", "BEGINS_WITH", "CONTAINS":
		return p.function()
	}
	return p.comparison()
}

func (p *parser) function() (condition, error) {
	name := strings.ToUpper(p.next())
	if err := p.take("("); err != nil {
		return nil, err
	}
	path := p.name(p.next())
	var arg operand
	if name == "BEGINS_WITH" || name == "CONTAINS" {
		if err := p.take(","); err != nil {
			return nil, err
		}
		var err error
		if arg, err = p.operand(); err != nil {
			return nil, err
		}
	}
	if err := p.take(")"); err != nil {
		return nil, err
	}
	return func(it item) bool {
		v, there := it[path]
		switch name {
		case "ATTRIBUTE_EXISTS":
			return there
		case "ATTRIBUTE_NOT_EXISTS":
			return !there
		}
		w, ok := arg(it)
		if !there || !ok {
			return false
		}
		if name == "BEGINS_WITH" {
			return strings.HasPrefix(v.text, w.text)
		}
		return strings.Contains(v.text, w.text)
	}, nil
}

// operand is an attribute of the item, or a value.
type operand func(item) (value, bool)

func (p *parser) operand() (operand, error) {
	w := p.next()
	if strings.HasPrefix(w, ":") {
		v, ok := p.terms.ExpressionAttributeValues[w]
		if !ok {
			return nil, fmt.Errorf("the value %s is not given", w)
		}
		return func(item) (value, bool) { return v, true }, nil
	}
	if w == "" || strings.ContainsAny(w, "(),<>=") {
		return nil, fmt.Errorf("%q is no operand", w)
	}
	path := p.name(w)
	return func(it item) (value, bool) { v, ok := it[path]; return v, ok }, nil
}

func (p *parser) name(w string) string {
	if n, ok := p.terms.ExpressionAttributeNames[w]; ok {
		return n
	}
	return w
}

func (p *parser) comparison() (condition, error) {
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	operator := strings.ToUpper(p.next())
	var rest []operand
	switch operator {
	case "BETWEEN":
		rest, err = p.list("AND", 2)
	case "IN":
		if err = p.take("("); err == nil {
			if rest, err = p.list(",", 0); err == nil {
				err = p.take(")")
			}
		}
	case "=", "<>", "<", "<=", ">", ">=":
		rest, err = p.list("", 1)
	default:
		err = fmt.Errorf("%q is no operator", operator)
	}
	if err != nil {
		return nil, err
	}
	return func(it item) bool {
		v, ok := left(it)
		if !ok {
			return operator == "<>" // as AWS: what is absent equals nothing
		}
		return compares(v, operator, it, rest)
	}, nil
}

// list reads operands with a separator between them: n, or as many as there are.
func (p *parser) list(separator string, n int) (all []operand, err error) {
	for {
		o, err := p.operand()
		if err != nil {
			return nil, err
		}
		all = append(all, o)
		if len(all) == n || n == 0 && p.peek() != separator {
			return all, nil
		}
		if err := p.take(separator); err != nil {
			return nil, err
		}
	}
}

func compares(v value, operator string, it item, rest []operand) bool {
	for i, o := range rest {
		w, ok := o(it)
		if !ok {
			return operator == "<>"
		}
		order, ok := v.compare(w)
		if !ok {
			if operator == "<>" {
				return true
			}
			continue
		}
		switch operator {
		case "=", "IN":
			if order == 0 {
				return true
			}
		case "<>":
			return order != 0
		case "<":
			return order < 0
		case "<=":
			return order <= 0
		case ">":
			return order > 0
		case ">=":
			return order >= 0
		case "BETWEEN":
			if i == 0 && order < 0 || i == 1 && order > 0 {
				return false
			}
			if i == 1 {
				return true
			}
		}
	}
	return false
}
