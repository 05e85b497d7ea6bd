package report

import (
	"resonanz/shared/evidence"
)

// evidence is section 10: worked case 12, and whether table and facts add up.
func (w *casework) evidence(r *Report) {
	given := &w.m.in.Given
	e := Evidence{Survey: given.Survey, Registered: r.Complaints.Received, Technical: given.Evidence}
	if given.Observed != nil {
		e.Accepted = given.Observed.Accepted
	}
	if given.Evidence != nil {
		whole := given.Evidence.Whole()
		e.Reconciled = &whole
	} else {
		r.absent(SecEvidence, "technical", ReasonNotReconciled)
	}
	if given.Survey == nil {
		r.absent(SecEvidence, "survey", ReasonNoSurvey)
		r.Evidence = e
		return
	}
	survey := evidence.Survey(*given.Survey)
	rates, err := evidence.Of(survey)
	if err != nil {
		r.absent(SecEvidence, "survey", ReasonSurveyWrong)
		r.Evidence = e
		return
	}
	e.AnnoyancePct = rates.Annoyance
	e.ArticulationPct, e.ArticulationCI, e.NonArticulation = rates.Articulation, rates.ArticulationCI, rates.NonArticulation
	e.RegistrationPct, e.RegistrationCI, e.NonRegistration = rates.Registration, rates.RegistrationCI, rates.NonRegistration
	e.EvidencePct, e.EvidenceCI = rates.Evidence, rates.EvidenceCI
	e.Estimated, e.EstimatedRange = survey.Estimate(e.Registered)
	r.Evidence = e
}
