// Package doctest makes documents for the tests of what renders them: every kind
// of block and chart, and what is hard to lay out.
package doctest

import (
	"fmt"
	"math"
	"strings"

	"resonanz/shared/report/doc"
)

// Languages are those of documents.
var Languages = []string{"de", "en"}

// Hash is a hash as documents print it.
var Hash = "sha256:" + strings.Repeat("3f9c", 16)

// maker writes a sample in one language.
type maker struct{ german bool }

// say chooses the language.
func (m maker) say(de, en string) string {
	if m.german {
		return de
	}
	return en
}

// number writes a value with decimals.
func (m maker) number(v float64, decimals int) string {
	s := fmt.Sprintf("%.*f", decimals, v)
	if m.german {
		s = strings.Replace(s, ".", ",", 1)
	}
	return strings.Replace(s, "-", "−", 1)
}

// percent writes a percentage.
func (m maker) percent(v float64) string {
	return m.number(v, 1) + m.say("\u00a0%", "%")
}

// Sample is a month with every kind of block, and as many touchpoints as asked.
func Sample(language string, touchpoints int) *doc.Document {
	m := maker{language == "de"}
	d := &doc.Document{
		Language:     language,
		Title:        m.say("Monatsbericht März 2026", "Monthly report March 2026"),
		Organisation: "Beispiel GmbH",
		Badge:        m.say("Endgültig", "Final"),
		BadgeKind:    "final",
		AsOf:         m.say("Stand 6. April 2026, 00:00 Uhr (Europe/Berlin)", "As of 6 April 2026, 00:00 (Europe/Berlin)"),
		Footer:       m.say("Beispiel GmbH · Monatsbericht März 2026", "Beispiel GmbH · Monthly report March 2026"),
		Accent:       "#0b5cad",
		Hash:         Hash,
		Page:         m.say("Seite %d von %d", "Page %d of %d"),
		Contents:     m.say("Inhalt", "Contents"),
		More:         m.say("%d weitere Zeilen stehen in der CSV-Datei.", "%d more rows are in the CSV file."),
		Data:         m.say("Zahlen zum Diagramm", "Figures of the chart"),
	}
	d.Sections = []doc.Section{
		{ID: "header", Number: 1, Title: m.say("Über diesen Bericht", "About this report"), Blocks: []doc.Block{
			{Text: m.say("Dieser Bericht wurde aus 48.212 Ereignissen errechnet. Gleiche Daten ergeben denselben Bericht, Byte für Byte.",
				"This report was computed from 48,212 events. The same data give the same report, byte for byte.")},
			{Table: m.about()},
		}},
		{ID: "headlines", Number: 2, Title: m.say("Das Wichtigste", "Headlines"), Blocks: m.headlines()},
		{ID: "csat", Number: 4, Title: m.say("Zufriedenheit (CSAT)", "Satisfaction (CSAT)"), Blocks: m.satisfaction(touchpoints)},
		{ID: "nps", Number: 5, Title: m.say("Weiterempfehlung (NPS)", "Recommendation (NPS)"), Blocks: []doc.Block{
			{Notice: &doc.Notice{Kind: "absent", Text: m.say("Im Berichtsmonat wurde nicht nach der Weiterempfehlung gefragt.", "Nobody was asked for a recommendation in this month.")}},
		}},
		{ID: "complaints", Number: 7, Title: m.say("Beschwerden", "Complaints"), Blocks: m.complaints()},
		{ID: "causes", Number: 8, Title: m.say("Ursachen", "Causes"), Blocks: m.causes()},
		{ID: "trends", Number: 14, Title: m.say("Verlauf und Regelkarten", "Trends and control charts"), Blocks: m.trends()},
	}
	return d
}

// about is a table without numbers.
func (m maker) about() *doc.Table {
	t := &doc.Table{ID: "header", Caption: m.say("Angaben zum Bericht", "About the report"), Columns: []doc.Column{
		{ID: "item", Label: m.say("Angabe", "Item"), Strong: true}, {ID: "value", Label: m.say("Wert", "Value")},
	}}
	for _, r := range [][3]string{
		{m.say("Zeitraum", "Period"), m.say("1. bis 31. März 2026", "1 to 31 March 2026"), "2026-03"},
		{m.say("Zeitzone", "Time zone"), "Europe/Berlin", "Europe/Berlin"},
		{m.say("Prüfsumme der Daten", "Hash of the data"), Hash, Hash},
	} {
		t.Rows = append(t.Rows, []doc.Cell{{Text: r[0], Value: r[0]}, {Text: r[1], Value: r[2]}})
	}
	return t
}

// headlines is page 1.
func (m maker) headlines() []doc.Block {
	return []doc.Block{
		{Figures: []doc.Figure{
			{Label: "CSAT", Value: m.percent(82.4), Beside: m.say("n = 12.345 · 95 %: 81,7–83,1", "n = 12,345 · 95%: 81.7–83.1"), Change: m.say("besser als im Februar (+2,1 Pp.)", "better than in February (+2.1 pp)"), Trend: doc.BetterUp},
			{Label: m.say("Beschwerden je 1.000 Kontakte", "Complaints per 1,000 contacts"), Value: m.number(3.2, 1), Beside: m.say("n = 214 · 95 %: 2,8–3,7", "n = 214 · 95%: 2.8–3.7"), Change: m.say("mehr als im Februar", "more than in February"), Trend: doc.WorseUp},
			{Label: m.say("Fristgerecht gelöst", "Resolved in time"), Value: m.percent(91.3), Beside: "n = 23", Change: m.say("keine Änderung nachweisbar", "no change detectable"), Muted: true},
		}},
		{Heading: m.say("Was sich geändert hat", "What changed")},
		{List: []string{
			m.say("Die Zufriedenheit ist gestiegen: 82,4 % nach 80,3 % im Februar (n = 12.345).", "Satisfaction rose: 82.4% after 80.3% in February (n = 12,345)."),
			m.say("An der Hotline gaben mehr Menschen niedrige Bewertungen als erwartet: ein Signal der Regelkarte.", "More low ratings at the hotline than expected: a signal of the control chart."),
		}},
		{Heading: m.say("Was zu tun ist", "What to do")},
		{List: []string{
			m.say("7 Beschwerden sind überfällig. Bitte schließen Sie diese zuerst ab.", "7 complaints are overdue. Please close these first."),
			m.say("„Wartezeit“ verursacht 31 % des Ärgers: prüfen Sie die Besetzung am Samstag.", "“Waiting time” causes 31% of the annoyance: look at the staffing on Saturdays."),
			m.say("Vom Standort Bonn kam seit 9 Tagen keine Antwort.", "No response has come from Bonn for 9 days."),
		}},
		{Note: m.say("Ein Pfeil steht nur dort, wo die Änderung nachweisbar ist.", "An arrow stands only where a change is detectable.")},
	}
}

// satisfaction has bars with intervals, distributions, and a long table.
func (m maker) satisfaction(n int) []doc.Block {
	t := &doc.Table{ID: "csat_by_touchpoint", Caption: m.say("CSAT nach Kontaktpunkt", "CSAT by touchpoint"), Columns: []doc.Column{
		{ID: "touchpoint", Label: m.say("Kontaktpunkt", "Touchpoint"), Strong: true}, {ID: "n", Label: "n", Numeric: true},
		{ID: "csat_pct", Label: "CSAT", Numeric: true}, {ID: "lo", Label: m.say("von", "from"), Numeric: true}, {ID: "hi", Label: m.say("bis", "to"), Numeric: true},
		{ID: "mean", Label: m.say("Mittelwert", "Mean"), Numeric: true}, {ID: "reliability", Label: m.say("Aussagekraft", "Reliability")},
	}}
	bars := &doc.Chart{
		ID: "chart_csat", Kind: doc.Bars, Title: t.Caption, Table: t.ID, Unit: "%", Max: 100, Fixed: true, Language: m.say("de", "en"), Decimals: 1,
		Alt:    m.say("CSAT nach Kontaktpunkt: von 61,0 bis 94,0 %.", "CSAT by touchpoint: from 61.0 to 94.0%."),
		XLabel: m.say("Anteil 4 und 5 Sterne", "share of 4 and 5 stars"),
		Series: []doc.Series{{Name: "CSAT", Tone: doc.Brand, Band: m.say("95-%-Intervall", "95% interval")}},
		Lines:  []doc.Line{{Name: m.say("gesamt 82,4 %", "total 82.4%"), At: 82.4}},
	}
	shares := &doc.Chart{ID: "chart_shares", Kind: doc.Stacked, Title: m.say("Verteilung der Sterne", "Distribution of stars"), Table: t.ID, Unit: "%", Language: bars.Language,
		XLabel: m.say("Anteil der Antworten", "share of the responses")}
	for i := range 5 {
		shares.Series = append(shares.Series, doc.Series{Name: fmt.Sprint(i+1) + m.say(" Sterne", " stars"), Tone: doc.Tone(fmt.Sprint(i + 1))})
	}
	names := []string{m.say("Kasse Köln Innenstadt", "Checkout Cologne city"), "Hotline", m.say("Werkstatt, Annahme und Rückgabe der Fahrzeuge", "Workshop, taking in and handing back of vehicles"), m.say("Lieferung", "Delivery"), m.say("Filiale Bonn", "Bonn branch"), m.say("Newsletter-Anmeldung/Website", "Newsletter/website")}
	s := &bars.Series[0]
	for i := range n {
		name := names[i%len(names)]
		if i >= len(names) {
			name += fmt.Sprintf(" %d", i)
		}
		v, half := 61+math.Mod(float64(i)*17.3, 34), 2+math.Mod(float64(i)*3.7, 9)
		lo, hi := max(v-half, 0), min(v+half, 100)
		cells := []doc.Cell{{Text: name, Value: fmt.Sprintf("tp-%03d", i)}}
		bars.Labels, shares.Labels = append(bars.Labels, name), append(shares.Labels, name)
		if i == 4 {
			cells = append(cells, doc.Cell{Text: "n < 5", Muted: true}, doc.Cell{Text: "–", Muted: true}, doc.Cell{Text: "–", Muted: true}, doc.Cell{Text: "–", Muted: true}, doc.Cell{Text: "–", Muted: true}, doc.Cell{Text: m.say("zu wenige Antworten", "too few responses"), Value: "suppressed", Muted: true})
			v, lo, hi = math.NaN(), math.NaN(), math.NaN()
		} else {
			count := int64(30 + i*13%900)
			cells = append(cells, doc.Cell{Text: fmt.Sprint(count), Value: count}, doc.Cell{Text: m.percent(v), Value: v, Trend: doc.Trend(i % 5)}, doc.Cell{Text: m.percent(lo), Value: lo}, doc.Cell{Text: m.percent(hi), Value: hi},
				doc.Cell{Text: m.number(v/20, 2), Value: v / 20}, doc.Cell{Text: m.say("belastbar", "reliable"), Value: "reliable"})
		}
		s.Values, s.Low, s.High = append(s.Values, v), append(s.Low, lo), append(s.High, hi)
		s.Texts = append(s.Texts, map[bool]string{true: "n < 5"}[math.IsNaN(v)])
		rest := 100 - v
		for k, share := range []float64{rest * 0.3, rest * 0.25, rest * 0.45, v * 0.4, v * 0.6} {
			shares.Series[k].Values = append(shares.Series[k].Values, share)
			shares.Series[k].Texts = append(shares.Series[k].Texts, s.Texts[i])
		}
		t.Rows = append(t.Rows, cells)
	}
	return []doc.Block{
		{Text: m.say("82,4 % der 12.345 Antworten vergaben 4 oder 5 Sterne. Mit 95 % Sicherheit liegt der Anteil zwischen 81,7 und 83,1 %. Unterschiede zwischen Kontaktpunkten sind nur dort belastbar, wo sich die Intervalle nicht überdecken; ein Vergleich einzelner Mitarbeiterinnen und Mitarbeiter findet nicht statt.",
			"82.4% of the 12,345 responses gave 4 or 5 stars. With 95% confidence the share lies between 81.7 and 83.1%. Touchpoints differ reliably only where their intervals do not overlap; employees are never compared.")},
		{Notice: &doc.Notice{Kind: "warning", Text: m.say("Eine Datei mit Daten konnte nicht gelesen werden: facts/month=2026-03/rating/7f3a.parquet (abgeschnitten). Ihre Antworten fehlen in allen Zahlen.", "A file of data could not be read: facts/month=2026-03/rating/7f3a.parquet (truncated). Its responses are missing from every figure.")}},
		{Heading: m.say("Nach Kontaktpunkt", "By touchpoint")},
		{Chart: bars},
		{Table: t},
		{Note: m.say("Unter 5 Antworten wird kein Anteil gezeigt; unter 30 ist er ein Anhaltspunkt.", "No share is shown below 5 responses; below 30 it is indicative.")},
		{Heading: m.say("Verteilung", "Distribution")},
		{Chart: shares},
	}
}

// categories are names of problems, long ones too.
func (m maker) categories() []string {
	return []string{m.say("Service: Wartezeit", "Service: waiting time"), m.say("Lieferung: verspätet", "Delivery: late"), m.say("Abrechnung: falsche Rechnung", "Billing: incorrect invoice"), m.say("Beschwerdebearbeitung: keine Antwort", "Complaint handling: no reply"),
		m.say("Produkt: Mangel", "Product: defect"), m.say("Website: Bedienung", "Website: usability"), m.say("Vertrag: Kündigung", "Contract: cancellation"), m.say("Datenschutz", "Privacy")}
}

// complaints has bars of two series and a matrix with many columns.
func (m maker) complaints() []doc.Block {
	c := &doc.Chart{ID: "chart_complaints", Kind: doc.Bars, Title: m.say("Beschwerden nach Kategorie", "Complaints by category"), Table: "complaints_by_category", Language: m.say("de", "en"),
		Alt: m.say("Am häufigsten: Wartezeit, 61.", "Most often: waiting time, 61."), XLabel: m.say("Beschwerden", "complaints"),
		Series: []doc.Series{{Name: m.say("März 2026", "March 2026"), Tone: doc.Brand}, {Name: m.say("Februar 2026", "February 2026"), Tone: doc.Neutral}}}
	t := &doc.Table{ID: "complaints_by_category", Caption: m.say("Kategorie und Kontaktpunkt", "Category and touchpoint"), Columns: []doc.Column{{ID: "category", Label: m.say("Kategorie", "Category"), Strong: true}, {ID: "n", Label: "n", Numeric: true}}}
	for i := range 14 {
		t.Columns = append(t.Columns, doc.Column{ID: fmt.Sprintf("tp_%d", i), Label: m.say("Kontaktpunkt ", "Touchpoint ") + fmt.Sprint(i+1), Numeric: true})
	}
	for i, name := range m.categories() {
		n := int64(61 / (i + 1))
		c.Labels = append(c.Labels, name)
		c.Series[0].Values = append(c.Series[0].Values, float64(n))
		c.Series[1].Values = append(c.Series[1].Values, float64(n+int64(i)-3))
		row := []doc.Cell{{Text: name, Value: fmt.Sprintf("category_%d", i)}, {Text: fmt.Sprint(n), Value: n}}
		for k := range 14 {
			row = append(row, doc.Cell{Text: fmt.Sprint((i + k) % 7), Value: int64((i + k) % 7)})
		}
		t.Rows = append(t.Rows, row)
	}
	money := &doc.Table{ID: "compensations", Caption: m.say("Entschädigungen", "Compensations"), Columns: []doc.Column{{ID: "kind", Label: m.say("Art", "Kind"), Strong: true}, {ID: "n", Label: m.say("Anzahl", "Number"), Numeric: true}, {ID: "amount_cents", Label: m.say("Betrag", "Amount"), Numeric: true}, {ID: "delay_s", Label: m.say("Dauer bis zur Zusage", "Time until promised"), Numeric: true}}}
	money.Rows = [][]doc.Cell{
		{{Text: m.say("Gutschein", "Voucher"), Value: "voucher"}, {Text: "12", Value: int64(12)}, {Text: m.say("1.234,50\u00a0€", "€1,234.50"), Value: int64(123450)}, {Text: m.say("3 Tage 4 Std.", "3 days 4 h"), Value: 273600.0}},
		{{Text: m.say("Erstattung", "Refund"), Value: "refund"}, {Text: "7", Value: int64(7)}, {Text: m.say("−87,00\u00a0€", "−€87.00"), Value: int64(-8700)}, {Text: "–", Muted: true}},
	}
	return []doc.Block{{Chart: c}, {Table: t}, {Heading: m.say("Was zugesagt wurde", "What was promised")}, {Table: money}}
}

// causes has a Pareto chart and quadrants.
func (m maker) causes() []doc.Block {
	p := &doc.Chart{ID: "chart_pareto", Kind: doc.Pareto, Title: m.say("Problemwert je Kategorie", "Problem value by category"), Table: "frap", Language: m.say("de", "en"), XLabel: m.say("Kategorie", "category"), YLabel: m.say("Problemwert", "problem value"),
		Alt:    m.say("Drei von acht Kategorien machen 68 % des Ärgers aus.", "Three of eight categories make 68% of the annoyance."),
		Series: []doc.Series{{Name: m.say("Problemwert", "Problem value"), Tone: doc.Brand, Values: []float64{248, 171, 120, 88, 70, 52, 21, 9}}, {Name: m.say("Anteil, aufaddiert", "cumulated share"), Tone: doc.Bad, Values: []float64{31.8, 53.8, 69.2, 80.5, 89.5, 96.1, 98.8, 100}}}}
	q := &doc.Chart{ID: "chart_quadrants", Kind: doc.Quadrants, Title: m.say("Häufigkeit und Ärger", "Frequency and annoyance"), Table: "frap", Language: p.Language, Min: 1, Max: 5, Fixed: true, XLabel: m.say("Häufigkeit", "frequency"), YLabel: m.say("mittlere Verärgerung (1 bis 5)", "mean annoyance (1 to 5)"),
		Alt:    m.say("Oben rechts: Wartezeit.", "Upper right: waiting time."),
		Series: []doc.Series{{Name: "x", Tone: doc.Brand, X: []float64{62, 48, 30, 22, 20, 17, 7, 2}, Values: []float64{4, 3.56, 4, 4, 3.5, 3.06, 3, 4.5}}},
		Lines:  []doc.Line{{Name: m.say("Mittel 26", "mean 26"), At: 26, Vertical: true}, {Name: m.say("Mittel 3,7", "mean 3.7"), At: 3.7}}}
	p.Labels, q.Labels = m.categories(), m.categories()
	return []doc.Block{{Chart: p}, {Chart: q}, {Notice: &doc.Notice{Kind: "good", Text: m.say("Alle Ablehnungen wurden begründet.", "All rejections were reasoned.")}}}
}

// trends has lines with bands, and a control chart with a signal.
func (m maker) trends() []doc.Block {
	var months []string
	for i := range 13 {
		months = append(months, fmt.Sprintf("%s %02d", strings.Fields(m.say("Mrz Apr Mai Jun Jul Aug Sep Okt Nov Dez Jan Feb Mrz", "Mar Apr May Jun Jul Aug Sep Oct Nov Dec Jan Feb Mar"))[i], 25+(i+2)/12))
	}
	l := &doc.Chart{ID: "chart_trend", Kind: doc.LineChart, Title: m.say("CSAT über 13 Monate", "CSAT over 13 months"), Table: "trend", Unit: "%", Language: m.say("de", "en"), Decimals: 1, Labels: months, YLabel: "CSAT",
		Alt:    m.say("CSAT zuletzt 82,4 %.", "CSAT 82.4% at last."),
		Series: []doc.Series{{Name: m.say("Alle Kontaktpunkte", "All touchpoints"), Tone: doc.Brand, Band: m.say("95-%-Intervall", "95% interval")}, {Name: "Hotline", Tone: doc.Neutral}}}
	c := &doc.Chart{ID: "chart_control", Kind: doc.Control, Title: m.say("Niedrige Bewertungen", "Low ratings"), Table: "trend", Unit: "%", Language: l.Language, Decimals: 1, Labels: months, YLabel: m.say("Anteil 1 und 2 Sterne", "share of 1 and 2 stars"),
		Alt:    m.say("März 2026 liegt über der oberen Grenze.", "March 2026 lies above the upper limit."),
		Series: []doc.Series{{Name: m.say("Anteil im Monat", "share in the month"), Tone: doc.Brand, Band: m.say("Regelgrenzen", "control limits"), Mark: m.say("Signal", "signal")}},
		Lines:  []doc.Line{{Name: m.say("Mittel 6,1 %", "mean 6.1%"), At: 6.1}}}
	t := &doc.Table{ID: "trend", Caption: l.Title, Twin: true, Columns: []doc.Column{{ID: "period", Label: m.say("Monat", "Month"), Strong: true}, {ID: "csat_pct", Label: "CSAT", Numeric: true}, {ID: "signal", Label: "Signal"}, {ID: "at", Label: m.say("Stand", "As of")}}}
	for i := range 13 {
		v, n := 79+2*math.Sin(float64(i))+float64(i)*0.25, 200+40*float64(i)
		if i == 3 {
			v = math.NaN()
		}
		s := &l.Series[0]
		s.Values, s.Low, s.High = append(s.Values, v), append(s.Low, v-150/math.Sqrt(n)/4), append(s.High, v+150/math.Sqrt(n)/4)
		l.Series[1].Values = append(l.Series[1].Values, 72+math.Cos(float64(i)))
		half := 3 * math.Sqrt(0.061*0.939/n) * 100
		s = &c.Series[0]
		s.Values, s.Low, s.High, s.Marks = append(s.Values, 6.1+1.5*math.Sin(float64(i)*2)), append(s.Low, max(0, 6.1-half)), append(s.High, 6.1+half), append(s.Marks, i == 12)
		cell := doc.Cell{Text: m.percent(v), Value: v}
		if math.IsNaN(v) {
			cell = doc.Cell{Text: "–", Muted: true}
		}
		t.Rows = append(t.Rows, []doc.Cell{{Text: months[i], Value: fmt.Sprintf("2025-%02d", i%12+1)}, cell, {Text: m.say("nein", "no"), Value: false}, {Text: "6.4.2026", Value: "2026-04-05T22:00:00Z"}})
	}
	c.Series[0].Values[12] = 11.2
	return []doc.Block{{Chart: l}, {Chart: c}, {Table: t}}
}
