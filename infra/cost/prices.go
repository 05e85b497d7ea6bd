package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"
)

// Prices are by name.
type Prices struct {
	Region   string
	Currency string
	Note     string
	Prices   map[string]Price
}

// Price is what one unit costs.
type Price struct {
	USD    float64 `json:"usd"` // of Per units
	Per    float64 `json:"per"`
	Unit   string  `json:"unit"`
	Date   string  `json:"date"` // on which the source said so
	Source string  `json:"source"`
}

// readPrices reads a price list. Each price has a unit, a source and its date.
func readPrices(path string) (*Prices, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the prices: %w", err)
	}
	var p Prices
	if err := json.Unmarshal(b, &p); err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	for name, one := range p.Prices {
		if _, err := time.Parse(time.DateOnly, one.Date); err != nil || one.USD <= 0 || one.Per <= 0 || one.Unit == "" || one.Source == "" {
			return nil, fmt.Errorf("reading %s: %s needs usd, per, unit, date and source", path, name)
		}
	}
	return &p, nil
}

// Newest and Oldest are the dates of the prices.
func (p *Prices) dates() (oldest, newest string) {
	for _, one := range p.Prices {
		if oldest == "" || one.Date < oldest {
			oldest = one.Date
		}
		newest = max(newest, one.Date)
	}
	return oldest, newest
}
