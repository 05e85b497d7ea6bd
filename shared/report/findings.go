package report

// The codes of findings: what page 1 can say. The renderers hold a sentence for
// each; Finding says which of its fields a code fills beside Code and Section.
const (
	// Key, first: how satisfied customers are.
	FindCSAT         = "csat"          // Value CSAT in percent by the headline basis, Interval, N; Before, Change and Better of the pooled CSAT where there is a month before
	FindCSATFew      = "csat_few"      // N: too few responses to say
	FindNoResponses  = "no_responses"  // nobody rated
	FindCSATWeighted = "csat_weighted" // as FindCSAT, weighted by contacts
	// Key, second: what matters most about complaints, or about collecting.
	FindOverdue       = "complaints_overdue"        // N overdue complaints that are open. To do as well
	FindSLA           = "sla_resolution"            // Value compliance in percent, Interval, N complaints that are due
	FindComplaintRate = "complaint_rate"            // Value per 1,000 contacts, Interval, N complaints, Before the rate of the month before
	FindComplaints    = "complaints_received"       // N complaints, Value the same, Before those of the month before: contacts are not known
	FindResponseRate  = "response_rate"             // Value percent of the links delivered, Interval, N links delivered
	FindCoverage      = "touchpoints_with_feedback" // Value percent of the touchpoints that were rated, N touchpoints
	// Key, third, and Changed and Same: signals and changes.
	FindLowSignal        = "low_ratings_signal"            // Value percent of low ratings above the upper limit (Before), N ratings
	FindLowRun           = "low_ratings_run"               // Value percent, Before the centre line in percent, N ratings: eight months in a row above it
	FindComplaintSignal  = "complaints_signal"             // Value per 1,000 above the upper limit (Before), N complaints
	FindComplaintRun     = "complaints_run"                // Value per 1,000, Before the centre line, N complaints: eight months in a row above it
	FindPlaceSignal      = "touchpoint_low_ratings_signal" // as FindLowSignal, Subject touchpoint. To do as well
	FindCSATChange       = "csat_change"                   // Value, Before in percent, N, Change, Better
	FindPlaceChange      = "touchpoint_csat_change"        // the same, Subject touchpoint
	FindNPSChange        = "nps_change"                    // Value, Before −100 to 100, N, Change in points, Better
	FindComplaintsChange = "complaint_rate_change"         // Value, Before per 1,000 contacts, N complaints, Change in complaints per 1,000, Better
	FindNPS              = "nps"                           // Value −100 to 100, Interval, N
	FindWeakest          = "weakest_touchpoint"            // Subject touchpoint, Value CSAT in percent, Interval, N
	FindNoSignal         = "no_signal"                     // looked at, and nothing stands out; N responses
	// To do, besides.
	FindUnread        = "unread_files"               // N files of facts that could not be read
	FindEvidenceGap   = "evidence_gap"               // N events that are not in both the table and the facts
	FindTopProblem    = "top_problem"                // Subject category, Value index in percent of the whole problem value, N mentions
	FindSilent        = "silent_touchpoints"         // N touchpoints without a response; Subject the first of them
	FindNoEffect      = "action_without_effect"      // Subject id of the action, Value percent of its category after, Before percent before, N complaints after
	FindUnreasoned    = "rejections_without_reason"  // N rejections
	FindUnhandled     = "escalations_unhandled"      // N escalations raised in the period and not handled; Subject the rule with the most
	FindNoRootCause   = "closed_without_root_cause"  // N complaints
	FindFewResponses  = "touchpoints_with_few"       // N touchpoints whose figures are indicative at best; Subject the one with the fewest; Value how many responses a figure needs for ±10 points
	FindUnknownPlaces = "touchpoints_not_configured" // N responses of touchpoints that are not configured; Subject the first of them
)

// FindingCodes are all codes of findings.
var FindingCodes = []string{
	FindCSAT, FindCSATFew, FindNoResponses, FindCSATWeighted,
	FindOverdue, FindSLA, FindComplaintRate, FindComplaints, FindResponseRate, FindCoverage,
	FindLowSignal, FindLowRun, FindComplaintSignal, FindComplaintRun, FindPlaceSignal,
	FindCSATChange, FindPlaceChange, FindNPSChange, FindComplaintsChange, FindNPS, FindWeakest, FindNoSignal,
	FindUnread, FindEvidenceGap, FindTopProblem, FindSilent, FindNoEffect, FindUnreasoned, FindUnhandled,
	FindNoRootCause, FindFewResponses, FindUnknownPlaces,
}
