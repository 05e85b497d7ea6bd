package letter

import "resonanz/shared/feedback"

// caseTexts is the catalogue of mail about complaints in one language. What
// stands for something of the case: {number}, {other} (the case that goes on),
// {organisation}, {touchpoint}, {team}, {due}, {until}, {resolved},
// {callback}, {files}, {name} and {title}.
type caseTexts struct {
	Subject  string // of {title}
	Hello    string // to {name}
	HelloAll string // to whose name is not known

	// What the mail tells, by step.
	Acknowledged   telling
	Assessed       telling
	Investigating  telling
	Resumed        telling // after the customer was asked something
	Replied        telling // the customer answered
	Asked          telling
	Answered       telling
	Decided        telling
	Resolved       telling
	Accepted       telling // closed by the customer
	Closed         telling // closed by staff
	Lapsed         telling // closed since nobody said anything
	ReopenedByYou  telling
	Reopened       telling
	WithdrawnByYou telling
	Withdrawn      telling
	Duplicate      telling
	Updated        telling // anything else

	Number, Received, About, Team string // names of facts
	YourWords, YourRemedy         string // what the customer wrote
	TakenDown, TakenDownRemedy    string // what staff wrote down for the customer
	Check                         string // whether it is right
	Attach                        string // up to {files} can be added
	Cut                           string // the rest of it is on the status page
	Crisis                        string // heading of the notice
	Callback, CallbackLate        string // the call that was asked for
	OurQuestion, OurWords         string
	Decision                      string // heading
	Outcomes                      outcomes
	Reasons                       string
	AnsweredFor                   string // by {team}
	Promised                      string // heading of compensations
	Kinds                         kinds
	Amount                        string // {kind}, {amount}
	Apology                       string

	NextHeading  string
	NextBy       nexts // with {due}
	NextSometime nexts // without a date
	NextMissed   nexts // where {due} has passed
	MovedOn      string
	Agree        string // what can be said to a decision
	AgreeBy      string // and what happens at {due}
	Redress      string // heading of where else to turn
	Again        string // how to reopen a closed case until {until}
	Survey       string // heading
	SurveyAsk    string // until {until}
	SurveyGo     string // name of its link
	Anew         string // a new complaint can be made
	AnewGo       string // name of its link
	See, Reply   string // names of the link to the status page
	Page         string // what the status page is for
	PageEnded    string // of a case that has ended
	PageUntil    string // {until}
	WhyCase      string // why this mail was sent
	Privacy      string
	Day          string // {day} {month} {year}
}

// telling is what a mail says first.
type telling struct{ Title, Opening string }

// outcomes are sentences, by decision.
type outcomes struct{ Accepted, Partly, Goodwill, Rejected string }

// kinds are the names of compensations.
type kinds struct {
	Refund, Discount, Voucher             string
	Replacement, Repair, Gift             string
	Apology, Explanation, PriorityService string
}

// nexts are what happens next, by step.
type nexts struct{ FirstAnswer, Decision, YourReply, Communication string }

var caseCatalogue = map[feedback.Language]*caseTexts{"de": &germanCase, "en": &englishCase, "fr": &frenchCase, "it": &italianCase}
