package config

import (
	"strings"
	"testing"
)

func TestAZoneThatIsNoneIsNamed(t *testing.T) {
	for field, change := range map[string]func(*Config){
		"organisation.time_zone": func(c *Config) { c.Organisation.TimeZone = "" },
		"calendars[0].time_zone": func(c *Config) { c.Calendars[0].TimeZone = "Middle/Earth" },
	} {
		c, err := Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Calendars) == 0 {
			c.Calendars = make([]Calendar, 1)
		}
		change(c)
		b, err := Pack(c)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Unpack(string(b)); err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v", field, err)
		}
	}
}
