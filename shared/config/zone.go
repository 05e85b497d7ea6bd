package config

import (
	"fmt"
	"time"
	_ "time/tzdata" // zones do not depend on the machine
)

// Zone is the organisation's time zone.
func (c *Config) Zone() *time.Location { return c.zone }

// ZoneOf is the time zone in which a calendar counts.
func (c *Config) ZoneOf(k *Calendar) *time.Location {
	if k.TimeZone == "" {
		return c.zone
	}
	return c.zones[k.TimeZone]
}

// loadZones finds the time zones that c names.
func (c *Config) loadZones() error {
	c.zones = map[string]*time.Location{}
	load := func(field, name string) error {
		zone, err := time.LoadLocation(name)
		if err != nil || name == "" {
			return fmt.Errorf("%s %q: not an IANA time zone", field, name)
		}
		c.zones[name] = zone
		return nil
	}
	if err := load("organisation.time_zone", c.Organisation.TimeZone); err != nil {
		return err
	}
	for i := range c.Calendars {
		if name := c.Calendars[i].TimeZone; name != "" {
			if err := load(fmt.Sprintf("calendars[%d].time_zone", i), name); err != nil {
				return err
			}
		}
	}
	return nil
}
