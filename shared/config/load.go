package config

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"resonanz/shared/feedback"
)

// Parse reads the JSON form, which tools and tests write, and checks what every
// function relies on. The full check, with line numbers, happens at build.
func Parse(b []byte) (*Config, error) {
	c := new(Config)
	if err := json.Unmarshal(b, c); err != nil {
		return nil, fmt.Errorf("reading configuration: %w", err)
	}
	if err := c.loadZones(); err != nil {
		return nil, fmt.Errorf("reading configuration: %w", err)
	}
	c.index()
	return c, nil
}

// index makes everything found by what names it.
func (c *Config) index() {
	c.zone = c.zones[c.Organisation.TimeZone]
	c.touchpoints = make(map[feedback.Touchpoint]*Touchpoint, len(c.Touchpoints))
	for i := range c.Touchpoints {
		c.touchpoints[c.Touchpoints[i].ID] = &c.Touchpoints[i]
	}
	c.devices = make(map[feedback.Device]*Device, len(c.Devices))
	for i := range c.Devices {
		c.devices[c.Devices[i].ID] = &c.Devices[i]
	}
	c.cards = make(map[string]*Card, len(c.Cards))
	for i := range c.Cards {
		c.cards[c.Cards[i].ID] = &c.Cards[i]
	}
	c.reasons = make(map[string]*Reason, len(c.Reasons))
	for i := range c.Reasons {
		c.reasons[c.Reasons[i].Code] = &c.Reasons[i]
	}
}

// File is the name of the packed configuration beside a binary; infra/configure/cmd
// writes it, and with -print shows people what it says.
const File = "feedback.bin"

// Load reads the packed configuration beside the running binary.
func Load() (*Config, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding configuration: %w", err)
	}
	path := filepath.Join(filepath.Dir(exe), File)
	b, err := os.ReadFile(path) //nolint:gosec // the path is that of this very program
	if err != nil {
		return nil, fmt.Errorf("reading configuration: %w", err)
	}
	c, err := Unpack(string(b))
	if err != nil {
		return nil, fmt.Errorf("reading configuration %s: %w", path, err)
	}
	return c, nil
}
