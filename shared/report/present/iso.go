package present

import (
	"strings"

	"resonanz/shared/report"
)

// clause is a clause of a standard and the sections that serve it.
type clause struct {
	norm, number string // the text of what it asks for is "iso/" and both
	served       []report.Section
}

// clauses are those that a report serves, by the editions named in "iso.editions".
var clauses = []clause{
	{"9001", "9.1.2", []report.Section{report.SecHeadlines, report.SecQuality, report.SecCSAT, report.SecNPS, report.SecTrends, report.SecLoyalty}},
	{"10002", "4.9", []report.Section{report.SecHeader, report.SecQuality, report.SecEvidence}},
	{"10002", "7.2", []report.Section{report.SecComplaints}},
	{"10002", "7.3", []report.Section{report.SecComplaints, report.SecTasks}},
	{"10002", "7.4", []report.Section{report.SecTasks}},
	{"10002", "7.5", []report.Section{report.SecComplaints, report.SecEscalations}},
	{"10002", "7.6", []report.Section{report.SecFRAP, report.SecEscalations}},
	{"10002", "7.7", []report.Section{report.SecTasks}},
	{"10002", "7.8", []report.Section{report.SecTasks}},
	{"10002", "7.9", []report.Section{report.SecFRAP, report.SecTasks}},
	{"10002", "8.1", []report.Section{report.SecHeader, report.SecQuality, report.SecEvidence}},
	{"10002", "8.2", []report.Section{report.SecComplaints, report.SecFRAP, report.SecTrends}},
	{"10002", "8.3", []report.Section{report.SecComplaintSatisfaction}},
	{"10002", "8.4", []report.Section{report.SecTasks, report.SecEscalations}},
	{"10002", "8.6", []report.Section{report.SecHeadlines, report.SecCostBenefit, report.SecActions}},
	{"10002", "8.7", []report.Section{report.SecFRAP, report.SecActions}},
	{"10004", "7.2", []report.Section{report.SecLoyalty}},
	{"10004", "7.3", []report.Section{report.SecQuality, report.SecCSAT, report.SecNPS, report.SecFCR}},
	{"10004", "7.4", []report.Section{report.SecCSAT, report.SecFRAP, report.SecTrends}},
	{"10004", "7.5", []report.Section{report.SecHeadlines}},
	{"10004", "7.6", []report.Section{report.SecTrends, report.SecActions}},
}

// iso is section 17: which clause is served by what, and what is withheld.
func (w *writer) iso() {
	w.text("iso.intro")
	t := w.newTable("iso").name("norm").col("clause", "asks", "served_by", "data")
	for _, c := range clauses {
		var served, numbers, missing []string
		for _, s := range c.served {
			served = append(served, w.count(int64(s))+nbsp+w.say("section/"+ids[s-1]))
			numbers = append(numbers, w.count(int64(s)))
			if _, without := w.r.AbsenceOf(s, ""); without {
				missing = append(missing, w.count(int64(s)))
			}
		}
		t.put("ISO"+nbsp+c.norm, c.norm).put(c.number, c.number).put(w.say("iso/"+c.norm+"/"+c.number), nil)
		t.put(strings.Join(served, ", "), strings.Join(numbers, " "))
		switch {
		case len(missing) == 0:
			t.put(w.say("iso.data"), "complete")
		case len(missing) == len(c.served):
			t.muted(w.say("iso.no_data"), "none")
		default:
			t.muted(w.say("iso.partly", strings.Join(missing, ", ")), "partly")
		}
		t.end()
	}
	t.add()
	w.note("iso.editions")
	w.heading("suppression")
	w.text("suppression.rule", w.few(), w.count(w.minimum()))
	w.suppressed()
	w.list(w.say("suppression.employees"), w.say("suppression.words"), w.say("suppression.erasure"))
}

// suppressed says how many rows of which tables are withheld.
func (w *writer) suppressed() {
	withheld, rows := w.say("withheld"), int64(0)
	var tables []string
	for _, s := range w.doc.Sections {
		for _, b := range s.Blocks {
			if b.Table == nil {
				continue
			}
			n := int64(0)
			for _, row := range b.Table.Rows {
				for _, c := range row {
					if c.Text == withheld && c.Value == nil {
						n++
						break
					}
				}
			}
			if n > 0 {
				rows += n
				tables = append(tables, w.say("suppression.table", b.Table.Caption, w.many("rows", n)))
			}
		}
	}
	if rows == 0 {
		w.text("suppression.none")
		return
	}
	w.text("suppression.count", w.many("rows", rows), w.many("tables", int64(len(tables))))
	w.list(tables...)
}
