package report

import (
	"cmp"
	"slices"
)

// The reasons why a section, or a part of it, has no data. The renderers hold
// their sentences.
const (
	ReasonNoResponses    = "no_responses"            // nobody rated in the period
	ReasonNoInvitations  = "no_invitations"          // no link was issued
	ReasonNotMeasured    = "not_observed"            // the functions' metrics were not at hand
	ReasonNoSegments     = "no_segments"             // no response names a segment
	ReasonNoNPS          = "no_nps_answers"          // nobody answered the question for a recommendation
	ReasonNoCES          = "no_ces_answers"          // nobody answered the question for the effort
	ReasonNoReasons      = "no_reasons"              // nobody chose a reason
	ReasonNoContactsTold = "no_contacts_told"        // no invitation named a topic
	ReasonImmature       = "no_mature_contacts"      // no initial contact whose window is over
	ReasonNoOutcome      = "no_outcome_told"         // contacts with a topic, none with its outcome
	ReasonNoFCRAnswers   = "no_fcr_answers"          // nobody answered whether the matter was solved
	ReasonNotAsked       = "not_asked"               // no touchpoint asks the question
	ReasonNoHistory      = "no_history"              // no month before has a published report
	ReasonNothingBefore  = "nothing_before"          // the months before have none, so that no limits follow from them
	ReasonNoContacts     = "no_contacts_known"       // nobody told how many contacts there were
	ReasonNoCards        = "no_card_answers"         // no card was filled in
	ReasonNoIndicators   = "no_indicators"           // no question of a card is marked as an indicator
	ReasonNoExpectation  = "no_expectation_answers"  // nobody answered the question for the expectation
	ReasonNoComplaints   = "no_complaints"           // none was received
	ReasonNoAnnoyance    = "no_annoyance_given"      // no complaint says how annoying it was
	ReasonNoClosed       = "no_closed_complaints"    // none was closed in the period
	ReasonNothingCounted = "no_complaints_to_count"  // none was resolved, and none is overdue
	ReasonNoSurvey       = "no_survey"               // nobody told what a survey found
	ReasonSurveyWrong    = "survey_inconsistent"     // the numbers of the survey are no parts of each other
	ReasonNotReconciled  = "not_reconciled"          // table and facts were not compared
	ReasonNobodyAsked    = "nobody_asked"            // no complaint of a customer who can be told was closed
	ReasonNobodyAnswered = "nobody_answered"         // asked, and no answer
	ReasonNoAssumptions  = "no_assumptions"          // the configuration holds none
	ReasonOfTheWhole     = "of_the_whole"            // told of the whole organisation only, not of a group
	ReasonNoEscalations  = "no_escalations"          // no rule was raised
	ReasonNoActions      = "no_actions"              // no corrective action was recorded
	ReasonNoRootCauses   = "no_root_causes"          // no complaint that was closed names one
	ReasonNoSteps        = "no_steps"                // no step of a case in the period
	ReasonNoPolicies     = "no_policies"             // no service level is configured
	ReasonNoRestatement  = "nothing_to_compare_with" // restated, and the version before is not at hand
)

// ReasonCodes are all reasons.
var ReasonCodes = []string{
	ReasonNoResponses, ReasonNoInvitations, ReasonNotMeasured, ReasonNoSegments, ReasonNoNPS, ReasonNoCES,
	ReasonNoReasons, ReasonNoContactsTold, ReasonImmature, ReasonNoOutcome, ReasonNoFCRAnswers, ReasonNotAsked,
	ReasonNoHistory, ReasonNothingBefore, ReasonNoContacts, ReasonNoCards, ReasonNoIndicators, ReasonNoExpectation, ReasonNoComplaints,
	ReasonNoAnnoyance, ReasonNoClosed, ReasonNothingCounted, ReasonNoSurvey, ReasonSurveyWrong, ReasonNotReconciled, ReasonNobodyAsked,
	ReasonNobodyAnswered, ReasonNoAssumptions, ReasonOfTheWhole, ReasonNoEscalations, ReasonNoActions, ReasonNoRootCauses, ReasonNoSteps, ReasonNoPolicies,
	ReasonNoRestatement,
}

// absent notes that a section, or a part of it, has no data.
func (r *Report) absent(s Section, part, reason string) {
	r.Absent = append(r.Absent, Absence{Section: s, Part: part, Reason: reason})
}

// AbsenceOf is why a section, or a part of it, has no data; ok false: it has.
func (r *Report) AbsenceOf(s Section, part string) (a Absence, ok bool) {
	for _, a := range r.Absent {
		if a.Section == s && a.Part == part {
			return a, true
		}
	}
	return Absence{}, false
}

func (r *Report) sortAbsent() {
	slices.SortFunc(r.Absent, func(a, b Absence) int {
		return cmp.Or(cmp.Compare(a.Section, b.Section), cmp.Compare(a.Part, b.Part), cmp.Compare(a.Reason, b.Reason))
	})
	r.Absent = slices.Compact(r.Absent)
}
