package present

import (
	"math"
	"time"

	"resonanz/shared/report/doc"
	"resonanz/shared/satisfaction"
)

// table is a table being written.
type table struct {
	*doc.Table
	w   *writer
	row []doc.Cell
}

// newTable begins a table; its caption is the text "table/" and the id.
func (w *writer) newTable(id string) *table {
	return &table{Table: &doc.Table{ID: id, Caption: w.say("table/" + id)}, w: w}
}

// name adds the column of the row's name, num one of numbers, col one of words.
// The heads are texts "col/" and the id.
func (t *table) name(id string) *table { return t.column(id, false, true) }

func (t *table) num(ids ...string) *table {
	for _, id := range ids {
		t.column(id, true, false)
	}
	return t
}

func (t *table) col(ids ...string) *table {
	for _, id := range ids {
		t.column(id, false, false)
	}
	return t
}

func (t *table) column(id string, numeric, strong bool) *table {
	return t.columnOf(id, t.w.say("col/"+id), numeric, strong)
}

func (t *table) columnOf(id, label string, numeric, strong bool) *table {
	t.Columns = append(t.Columns, doc.Column{ID: id, Label: label, Numeric: numeric, Strong: strong})
	return t
}

// The cells of a row, from left to right; end ends it.

func (t *table) put(text string, value any) *table {
	t.row = append(t.row, doc.Cell{Text: text, Value: value})
	return t
}

// word puts a word; its value is the code, which programs read.
func (t *table) word(text, code string) *table { return t.put(text, code) }

func (t *table) muted(text string, value any) *table {
	t.row = append(t.row, doc.Cell{Text: text, Value: value, Muted: true})
	return t
}

func (t *table) count(n int64) *table { return t.put(t.w.count(n), n) }

// known puts a number that may not be known.
func (t *table) known(n *int64) *table {
	if n == nil {
		return t.muted(none, nil)
	}
	return t.count(*n)
}

func (t *table) percent(v *float64) *table {
	if v == nil {
		return t.muted(none, nil)
	}
	return t.put(t.w.percent(v), *v)
}

func (t *table) figure(v *float64, places int) *table {
	if v == nil {
		return t.muted(none, nil)
	}
	return t.put(t.w.figure(v, places), *v)
}

func (t *table) float(v float64, places int) *table { return t.figure(&v, places) }

// ci puts the two ends of an interval in columns of their own.
func (t *table) ci(i *satisfaction.Interval, unit string) *table {
	if i == nil {
		return t.muted(none, nil).muted(none, nil)
	}
	return t.put(t.w.decimal(i.Lo(), 1)+unit, i.Lo()).put(t.w.decimal(i.Hi(), 1)+unit, i.Hi())
}

// within puts a share of n with its interval in the same cell, where there is no
// room for columns of its own: "8,2 % (6–11)".
func (t *table) within(pct *float64, n int64) *table {
	if pct == nil {
		return t.muted(none, nil)
	}
	text := t.w.percent(pct)
	if ci := satisfaction.Wilson(part(pct, n), n); ci != nil {
		text += nbsp + "(" + t.w.span(ci, 0, "") + ")"
	}
	return t.put(text, *pct)
}

// rate puts a rate with its interval in the same cell: "2,41 (1,8–3,1)".
func (t *table) rate(v *float64, ci *satisfaction.Interval) *table {
	if v == nil || ci == nil {
		return t.figure(v, 2)
	}
	return t.put(t.w.figure(v, 2)+nbsp+"("+t.w.span(ci, 1, "")+")", *v)
}

func (t *table) lasting(seconds *float64, working bool) *table {
	if seconds == nil {
		return t.muted(none, nil)
	}
	return t.put(t.w.lasting(seconds, working), *seconds)
}

func (t *table) money(cents int64, currency string) *table {
	return t.put(t.w.money(cents, currency), cents)
}

func (t *table) yes(b bool) *table {
	if b {
		return t.put(t.w.say("yes"), true)
	}
	return t.put(t.w.say("no"), false)
}

func (t *table) moment(at time.Time) *table {
	if at.IsZero() {
		return t.muted(none, nil)
	}
	return t.put(t.w.short(at, t.w.zone), at.UTC().Format(time.RFC3339))
}

// n puts the number that shares of the row rest on: one that is too small stands
// there as "< 5" and is in no file. withheld says that its shares are.
func (t *table) n(n int64, withheld bool) *table {
	if withheld && n > 0 && t.w.small(n) {
		return t.muted(t.w.few(), nil)
	}
	return t.count(n)
}

// hold puts count cells of what is withheld: the first says so, the others are
// empty, and renderings may draw them as one.
func (t *table) hold(count int) *table {
	for i := range count {
		text := ""
		if i == 0 {
			text = t.w.say("withheld")
		}
		t.muted(text, nil)
	}
	return t
}

// void puts count cells without a figure.
func (t *table) void(count int) *table {
	for range count {
		t.muted(none, nil)
	}
	return t
}

// mark puts the reliability of a row: column "reliability".
func (t *table) mark(n int64, withheld bool) *table {
	switch g := t.w.grade(n); {
	case n == 0:
		return t.muted(t.w.say("nothing"), "none")
	case withheld && g != satisfaction.Suppressed:
		return t.muted(t.w.say("grade/protects"), "protects")
	case g == satisfaction.Suppressed:
		return t.muted(t.w.say("grade/suppressed"), string(g))
	case g == satisfaction.Indicative:
		return t.muted(t.w.say("grade/indicative"), string(g))
	default:
		return t.put(t.w.say("grade/reliable"), string(g))
	}
}

// share puts k, n, the share and its interval, which it withholds of too few:
// columns k, n, pct, lo, hi.
func (t *table) share(k, n int64, pct *float64, ci *satisfaction.Interval) *table {
	switch {
	case n == 0:
		return t.count(k).count(n).void(3)
	case t.w.small(n):
		return t.count(k).count(n).hold(3)
	}
	return t.count(k).count(n).percent(pct).ci(ci, t.w.sign())
}

func (t *table) end() {
	t.Rows = append(t.Rows, t.row)
	t.row = nil
}

// add puts a table into the document; one without rows is left out.
func (t *table) add() {
	if len(t.Rows) > 0 {
		t.w.add(doc.Block{Table: t.Table})
	}
}

// twin adds the table as the twin of a chart.
func (t *table) twin() {
	t.Twin = true
	t.add()
}

// chart adds a picture of a table unless it has no point.
func (w *writer) chart(c *doc.Chart) {
	c.Language = "en"
	if w.german {
		c.Language = "de"
	}
	for i := range c.Series {
		if c.Series[i].Low != nil && c.Series[i].Band == "" {
			c.Series[i].Band = w.say("interval")
		}
		if c.Series[i].Marks != nil && c.Series[i].Mark == "" {
			c.Series[i].Mark = w.say("signal")
		}
	}
	for _, s := range c.Series {
		for _, v := range s.Values {
			if !math.IsNaN(v) {
				w.add(doc.Block{Chart: c})
				return
			}
		}
	}
}

// at is a value of a chart: a gap where there is none.
func at(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

// ends are the values of an interval for a chart.
func ends(i *satisfaction.Interval) (lo, hi float64) {
	if i == nil {
		return math.NaN(), math.NaN()
	}
	return i.Lo(), i.Hi()
}
