package notice

import "resonanz/events"

// texts is the catalogue of one language. A test holds the languages to the
// same keys.
type texts struct {
	rule       map[string]string             // what a rule found
	duty       map[string]string             // what is owed, %s: until when
	prefix     map[events.AlertReason]string // before a subject
	intro      map[string]string             // by reason, or by rule and reason, or reason and action, where there are words of their own
	acted      map[string]string             // what the customer did, by action
	clock      map[string]string             // names of deadlines
	status     map[string]string
	severity   map[string]string
	priorities map[string]string
	months     [12]string

	reportSubject string // %s month
	reportIntro   string // %s month, %s standing
	timeLayout    string
	stars, points string // %d of %d

	caseNumber, priority, touchpoint, device, category string
	open                                               string // the case, at the desk
	rating, due, reported                              string
	team, state, grade, deadline, action               string
	observed, expected, until, about                   string
	outOf                                              string // %d of %d
	decimal                                            string // between ones and tenths
	wrote                                              string // by the customer, at a step of the case
	period, version, address                           string
	group, factsHash, role                             string            // of a report
	keyFigures, attachment, reportLink                 string            // of a mail about one: heading, two sentences; %s link, %s until when
	reportFooter                                       string            // %s organisation
	standing                                           map[string]string // of a report
	said, comment, suggestion, contact                 string
	complaint, annoyance, remedy, card, phase          string
	yes, no                                            string
	ofFive                                             string // %s of an answer, 1 to 5
	erased, nothing                                    string
	footer                                             string // %s organisation
}
