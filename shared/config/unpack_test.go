package config_test

import (
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"resonanz/shared/config"
)

// zoned is the least that a configuration says.
func zoned(tb testing.TB) *config.Config {
	tb.Helper()
	c, err := config.Parse([]byte(`{"organisation":{"time_zone":"Europe/Berlin"},"calendars":[{"id":"far","time_zone":"Asia/Tokyo"}]}`))
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func packed(tb testing.TB, c *config.Config) string {
	tb.Helper()
	b, err := config.Pack(c)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

// fill sets every field of v to something drawn.
func fill(t *rapid.T, v reflect.Value, label string) {
	some := func() bool { return rapid.Bool().Draw(t, label+" is there") }
	switch v.Kind() { //nolint:exhaustive // those of Config
	case reflect.String:
		v.SetString(rapid.String().Draw(t, label))
	case reflect.Int, reflect.Int64:
		v.SetInt(rapid.Int64().Draw(t, label))
	case reflect.Bool:
		v.SetBool(some())
	case reflect.Float64:
		v.SetFloat(rapid.Float64().Draw(t, label))
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() {
				fill(t, v.Field(i), f.Name)
			}
		}
	case reflect.Pointer:
		if some() {
			v.Set(reflect.New(v.Type().Elem()))
			fill(t, v.Elem(), label)
		}
	case reflect.Slice:
		if some() {
			v.Set(reflect.MakeSlice(v.Type(), rapid.IntRange(0, 3).Draw(t, label+" length"), 3))
			for i := range v.Len() {
				fill(t, v.Index(i), label)
			}
		}
	case reflect.Map:
		if some() {
			v.Set(reflect.MakeMap(v.Type()))
			for range rapid.IntRange(0, 3).Draw(t, label+" length") {
				key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
				fill(t, key, label)
				fill(t, value, label)
				v.SetMapIndex(key, value)
			}
		}
	default:
		t.Fatalf("%s is of a kind that is not drawn: %s", label, v.Type())
	}
}

var values = cmpopts.IgnoreUnexported(config.Config{})

func TestWhatIsPackedIsReadAsItWas(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, err := config.Parse([]byte(`{"organisation":{"time_zone":"Europe/Berlin"}}`))
		if err != nil {
			t.Fatal(err)
		}
		fill(t, reflect.ValueOf(c).Elem(), "Config")
		c.Organisation.TimeZone = "Europe/Berlin"
		for i := range c.Calendars {
			c.Calendars[i].TimeZone = rapid.SampledFrom([]string{"", "Asia/Tokyo"}).Draw(t, "zone")
		}
		b, err := config.Pack(c)
		if err != nil {
			t.Fatal(err)
		}
		got, err := config.Unpack(string(b))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c, got, values); diff != "" {
			t.Errorf("-packed +read:\n%s", diff)
		}
		for i := range got.Touchpoints {
			if got.Touchpoint(got.Touchpoints[i].ID) == nil {
				t.Errorf("touchpoint %q is not found", got.Touchpoints[i].ID)
			}
		}
		if again, err := config.Pack(got); err != nil || string(again) != string(b) {
			t.Errorf("packed anew it differs: %v", err)
		}
	})
}

func TestCalendarsKeepTheirOwnZone(t *testing.T) {
	c, err := config.Unpack(packed(t, zoned(t)))
	if err != nil {
		t.Fatal(err)
	}
	if own, usual := c.ZoneOf(&c.Calendars[0]), c.ZoneOf(&config.Calendar{}); own.String() != "Asia/Tokyo" || usual.String() != "Europe/Berlin" || c.Zone() != usual {
		t.Errorf("got %s and %s", own, usual)
	}
	if unknown := c.ZoneOf(&config.Calendar{TimeZone: "Asia/Seoul"}); unknown != nil {
		t.Errorf("a zone that is not configured is %s", unknown)
	}
}

func TestAPackedFileThatCannotBeUsedIsRefused(t *testing.T) {
	whole := packed(t, zoned(t))
	head, values, _ := strings.Cut(whole, "\n")
	for name, tc := range map[string]struct{ text, want string }{
		"empty":           {"", "no packed configuration"},
		"JSON":            {"{}", "no packed configuration"},
		"another version": {head[:len(head)-1] + "x\n" + values, "another version of the program"},
		"no values":       {head + "\n", "ends too early"},
		"more":            {whole + "x", "something follows its end"},
		"no zone":         {head + "\n" + strings.Replace(values, "Europe/Berlin", "Europe/Koeln!", 1), `organisation.time_zone "Europe/Koeln!": not an IANA time zone`},
		"long number":     {head + "\n" + strings.Repeat("\xff", 20), "a number in it is too large"},
		"long text":       {head + "\n" + strings.Repeat("\xff", 9) + "\x01", "ends too early"},
	} {
		if c, err := config.Unpack(tc.text); err == nil || c != nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("%s: got %v, want it to mention %s", name, err, tc.want)
		}
	}
	for n := range len(whole) {
		if _, err := config.Unpack(whole[:n]); err == nil {
			t.Fatalf("the first %d of %d bytes are read", n, len(whole))
		}
	}
}

func TestTheFileBesideTheBinaryIsRead(t *testing.T) {
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(filepath.Dir(exe), config.File)
	t.Cleanup(func() { _ = os.Remove(path) })
	for text, want := range map[string]string{packed(t, zoned(t)): "", "{}": path} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		c, err := config.Load()
		if want == "" && (err != nil || c.Zone().String() != "Europe/Berlin") {
			t.Errorf("got %v", err)
		}
		if want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("got %v, want it to name %s", err, want)
		}
	}
}

// Whatever stands in the file: refused, or a configuration that packs and reads as
// itself. It never crashes and never takes memory beyond the length of the file.
func FuzzUnpack(f *testing.F) {
	whole := packed(f, zoned(f))
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	every := zoned(f)
	every.Escalation.Signals.Alpha = math.Inf(1)
	every.Touchpoints = []config.Touchpoint{{ID: "hotline", Name: config.Text{"de": "Hotline"}, Anonymous: new(bool)}}
	every.CategoryNames = map[string]config.Text{"billing": {"de": "Rechnung"}, "": nil}
	f.Add(packed(f, every))
	head, _, _ := strings.Cut(whole, "\n")
	f.Add(head + "\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, text := range []string{text, head + "\n" + text} {
			c, err := config.Unpack(text)
			if err != nil {
				if c != nil {
					t.Error("refused, and read")
				}
				continue
			}
			if c.Zone() == nil {
				t.Error("no time zone")
			}
			once, err := config.Pack(c)
			if err != nil {
				t.Fatal(err)
			}
			again, err := config.Unpack(string(once))
			if err != nil {
				t.Fatalf("read, and not again: %v", err)
			}
			if twice := packed(t, again); twice != string(once) {
				t.Error("it packs to something else the second time")
			}
		}
	})
}
