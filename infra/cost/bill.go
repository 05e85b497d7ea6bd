package main

import (
	"fmt"
	"slices"
)

// line is so much of something at its price.
type line struct {
	price string // name in the price list
	part  string // where it arises, such as a function
	n     float64
}

// bill is what something costs, line by line.
type bill []line

func (b *bill) add(price, part string, n float64) {
	if n == 0 {
		return
	}
	for i, l := range *b {
		if l.price == price && l.part == part {
			(*b)[i].n += n
			return
		}
	}
	*b = append(*b, line{price, part, n})
}

// times is the bill of so many.
func (b bill) times(n float64) bill {
	all := slices.Clone(b)
	for i := range all {
		all[i].n *= n
	}
	return all
}

// plus adds other bills.
func (b bill) plus(others ...bill) bill {
	all := slices.Clone(b)
	for _, o := range others {
		for _, l := range o {
			all.add(l.price, l.part, l.n)
		}
	}
	return all
}

// usd is what lines come to for which is holds; nil: all.
func (p *Prices) usd(b bill, is func(line) bool) (sum float64) {
	for _, l := range b {
		price, ok := p.Prices[l.price]
		if !ok {
			panic(fmt.Sprintf("%s has no price", l.price)) // a name written wrong in this package
		}
		if is == nil || is(l) {
			sum += l.n * price.USD / price.Per
		}
	}
	return sum
}
