// Package doc is a document as every rendering of a report sees it: sections of
// paragraphs, figures, tables and charts, in one language. It knows nothing of
// reports, and nothing of HTML, PDF or spreadsheets: those are written from it.
package doc

// Document is a report in one language.
type Document struct {
	Language     string // de or en
	Title        string // "Monatsbericht März 2026"
	Organisation string
	Group        string // name of the part it is of; empty: the whole
	Badge        string // preliminary, final, restated: in words
	BadgeKind    string // preliminary, final or restated
	AsOf         string // the cutoff, in words
	Footer       string
	Accent       string // brand colour, #rrggbb
	Hash         string // of the data, at the foot of each page
	Page         string // "Seite %d von %d"
	Contents     string // heading of the table of contents
	Skip         string // the link that jumps over the table of contents
	Data         string // "Zahlen zum Diagramm": what unfolds a chart's twin
	More         string // "%d weitere Zeilen stehen in der CSV-Datei.": below a table with hidden rows
	Sections     []Section
}

// Section is one of the seventeen, in order.
type Section struct {
	ID     string // anchor and file name: "csat"
	Number int    // 1 to 17
	Title  string
	Blocks []Block
}

// Block is a part of a section: exactly one field is set.
type Block struct {
	Heading string // a heading below the section's
	Text    string // a paragraph
	Note    string // a paragraph in small print: how to read what stands above
	List    []string
	Notice  *Notice
	Figures []Figure
	Table   *Table
	Chart   *Chart // its table twin follows it as a Table of its own, named by Chart.Table
}

// Notice is a paragraph that must be seen: a warning, an absence.
type Notice struct {
	Kind string // warning, absent, good
	Text string
}

// Figure is one of the key figures, shown large.
type Figure struct {
	Label  string // "CSAT"
	Value  string // "82,4 %"
	Beside string // "n = 1.234 · 95 %: 80,1–84,5"
	Change string // verdict in words; empty: none
	Trend  Trend
	Muted  bool // indicative or withheld
}

// Trend is the direction of a detectable change: an arrow.
type Trend int

// The trends. Better and worse, not up and down: fewer complaints are better.
const (
	None Trend = iota
	BetterUp
	BetterDown
	WorseUp
	WorseDown
)

// Table is a table of the report: shown, and written as a tidy file.
type Table struct {
	ID      string // unique in the document, of the file too: "csat_by_touchpoint"
	Caption string
	Columns []Column
	Rows    [][]Cell
	Hidden  int  // the last of Rows, which HTML and PDF leave out; CSV and XLSX have all. 0: all are shown
	Twin    bool // of a chart: HTML folds it away, PDF leaves it out
}

// Column is one column.
type Column struct {
	ID      string // of the file: "csat_pct"
	Label   string
	Numeric bool // aligned right
	Strong  bool // the row's name
}

// Cell is one cell.
type Cell struct {
	Text  string // as people read it, in the document's language
	Value any    // as programs read it: nil, string, bool, int64, float64; times as RFC 3339
	Muted bool   // withheld or indicative
	Trend Trend
}

// Chart is a picture of a table.
type Chart struct {
	ID     string // unique in the document
	Kind   ChartKind
	Title  string
	Alt    string // what it shows, in one sentence with its main figure
	Table  string // ID of the table that holds the same figures
	XLabel string
	YLabel string
	Unit   string // after values on the axis, such as "%"

	Language string // de or en, for the decimal mark of numbers
	Decimals int    // of the values written beside bars and points; 0: none where all are whole, else one

	Min    float64 // of the value axis, where Fixed
	Max    float64
	Fixed  bool
	Labels []string // categories or months, one for each point
	Series []Series
	Lines  []Line // reference lines, such as a mean
}

// ChartKind is the form of a chart.
type ChartKind string

// The kinds.
const (
	Bars      ChartKind = "bars"      // horizontal bars with intervals: Low, High of the series
	Stacked   ChartKind = "stacked"   // horizontal bars of shares that add up to 100: distributions
	Pareto    ChartKind = "pareto"    // vertical bars by size, and the cumulated share as a line (second series, 0 to 100)
	LineChart ChartKind = "line"      // values over months with intervals as a band
	Control   ChartKind = "control"   // values over months with centre and limits that change by month
	Quadrants ChartKind = "quadrants" // points by frequency (X) and relevance (Y), with Lines at the means
)

// Series is one row of points. A NaN is a gap.
type Series struct {
	Name   string
	Tone   Tone
	Values []float64
	X      []float64 // of quadrants; nil else
	Low    []float64 // lower end of the interval, or lower limit; nil: none
	High   []float64
	Marks  []bool // points that are signals; nil: none
	// Texts stand beside the points instead of the numbers, such as "n < 5" at a
	// gap; nil or "": the number.
	Texts []string
	Band  string // what lies between Low and High, in words: "95-%-Intervall"; empty: not told in the legend
	Mark  string // what Marks are, in words: "Signal"; empty: not told in the legend
}

// Tone says what a colour stands for; renderings choose it.
type Tone string

// The tones. One to Five go from worst to best.
const (
	Brand   Tone = "brand"
	Neutral Tone = "neutral"
	Good    Tone = "good"
	Bad     Tone = "bad"
	One     Tone = "1"
	Two     Tone = "2"
	Three   Tone = "3"
	Four    Tone = "4"
	Five    Tone = "5"
)

// Line is a reference line.
type Line struct {
	Name     string
	At       float64
	Vertical bool
}
