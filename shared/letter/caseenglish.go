package letter

var englishCase = caseTexts{
	Subject:  "{title} ({number})",
	Hello:    "Dear {name},",
	HelloAll: "Hello,",

	Acknowledged: telling{
		"We have received your complaint",
		"Thank you for telling us what happened. We take your complaint seriously. This confirmation is automatic; your complaint is read and answered by people.",
	},
	Assessed: telling{
		"We have read your complaint",
		"We have read your complaint and noted what it concerns.",
	},
	Investigating: telling{
		"We are looking into your complaint",
		"We are now finding out what happened.",
	},
	Resumed: telling{
		"We are continuing with your complaint",
		"We are continuing to find out what happened.",
	},
	Replied: telling{
		"We have received your answer",
		"Thank you for your answer. We are continuing to find out what happened.",
	},
	Asked: telling{
		"We have a question about your complaint",
		"To clear up your complaint, we need some information from you.",
	},
	Answered: telling{
		"A message about your complaint",
		"We have written to you about your complaint.",
	},
	Decided: telling{
		"We have decided on your complaint",
		"We have decided on your complaint. Here are the decision and its reasons.",
	},
	Resolved: telling{
		"The outcome of your complaint",
		"We have finished dealing with your complaint. Here is the outcome.",
	},
	Accepted: telling{
		"Your complaint is closed",
		"You agree with the outcome, and we have closed your complaint. Thank you for letting us know.",
	},
	Closed: telling{
		"Your complaint is closed",
		"We have closed your complaint.",
	},
	Lapsed: telling{
		"Your complaint is closed",
		"We told you the outcome on {resolved}. You have not reopened your complaint since, and we have therefore closed it.",
	},
	ReopenedByYou: telling{
		"Your complaint is open again",
		"You have reopened your complaint. Thank you for telling us that it is not settled for you: we are examining it once more.",
	},
	Reopened: telling{
		"Your complaint is open again",
		"We have reopened your complaint and are examining it once more.",
	},
	WithdrawnByYou: telling{
		"You have withdrawn your complaint",
		"You have withdrawn your complaint. We will not work on it any further.",
	},
	Withdrawn: telling{
		"Your complaint is withdrawn",
		"As you asked us to, we have noted that you withdraw your complaint. We will not work on it any further.",
	},
	Duplicate: telling{
		"Your complaint continues under number {other}",
		"We have found that this complaint concerns the same matter as complaint {other}. We are dealing with both together under number {other}, and what you wrote here is taken into account there.",
	},
	Updated: telling{
		"News about your complaint",
		"There is something new about your complaint. You can read it on the status page.",
	},

	Number:          "Number",
	Received:        "Received",
	About:           "What it concerns",
	Team:            "Responsible",
	YourWords:       "What you wrote to us",
	YourRemedy:      "What would put it right for you",
	TakenDown:       "What we wrote down for you",
	TakenDownRemedy: "What would put it right for you, as we wrote it down",
	Check:           "Did we write something down wrongly? Then please tell us on the status page.",
	Attach:          "You can also add photos or PDF files on the status page, {files} at most.",
	Cut:             "The whole of your text is on the status page.",
	Crisis:          "Current notice",
	Callback:        "You asked us to call you back. We will call you by {callback}.",
	CallbackLate:    "You asked us to call you back. We will call you as soon as we can.",
	OurQuestion:     "Our question",
	OurWords:        "Our message",
	Decision:        "The decision",
	Outcomes: outcomes{
		Accepted: "Your complaint is justified, and we accept it.",
		Partly:   "We accept your complaint in part.",
		Goodwill: "We are making you an offer of goodwill.",
		Rejected: "We have examined your complaint and do not accept it.",
	},
	Reasons:     "The reasons",
	AnsweredFor: "Responsible for the decision: {team}.",
	Promised:    "What we have promised you",
	Kinds: kinds{
		Refund: "Refund", Discount: "Discount", Voucher: "Voucher",
		Replacement: "Replacement", Repair: "Repair", Gift: "Gift",
		Apology: "Apology", Explanation: "Explanation", PriorityService: "Priority service",
	},
	Amount:  "{kind}: {amount}",
	Apology: "We apologise to you.",

	NextHeading: "What happens next",
	NextBy: nexts{
		FirstAnswer:   "You will have a personal answer from us by {due}.",
		Decision:      "We aim to have decided on your complaint by {due}. You will receive the decision with its reasons.",
		YourReply:     "Please answer on the status page. Until you do, our own time limit for the decision is paused. Your complaint must be decided by {due} at the latest.",
		Communication: "You will have our concluding message about it by {due}.",
	},
	NextSometime: nexts{
		FirstAnswer:   "You will have a personal answer from us.",
		Decision:      "Next we decide on your complaint. You will receive the decision with its reasons.",
		YourReply:     "Please answer on the status page; we set you no time limit. Until you do, our own time limit for the decision is paused; it continues with your answer.",
		Communication: "Next you will have our concluding message about it.",
	},
	NextMissed: nexts{
		FirstAnswer:   "We wanted to have given you a personal answer by {due}. We did not manage to, and we are sorry. The answer is still to come and has been reported as overdue within our organisation.",
		Decision:      "We wanted to have decided on your complaint by {due}. We did not manage to, and we are sorry. The decision is still to come and has been reported as overdue within our organisation.",
		YourReply:     "Please answer on the status page. We wanted to have decided on your complaint by {due}. We did not manage to, and we are sorry.",
		Communication: "We wanted to have sent you our concluding message by {due}. We did not manage to, and we are sorry. It is still to come and has been reported as overdue within our organisation.",
	},
	MovedOn:   "Your complaint has moved on since. The status page shows where it stands now.",
	Agree:     "Do you agree? Then please confirm it on the status page. If not, reopen your complaint there and tell us what is missing: we will examine it once more.",
	AgreeBy:   "If you do not reopen it by {due}, we will close it.",
	Redress:   "If you do not agree with the decision",
	Again:     "Is the matter not settled for you? You can reopen your complaint on the status page until {until}.",
	Survey:    "How did we deal with your complaint?",
	SurveyAsk: "We have one question for you: how satisfied are you with the way we dealt with it? Your answer is voluntary, takes a few seconds and is possible until {until}. It shows us what we have to change in dealing with complaints.",
	SurveyGo:  "Rate how we dealt with it",
	Anew:      "Is this a mistake, or is there more that you would like to tell us? Then please write to us again; it helps if you mention number {number}.",
	AnewGo:    "Write to us again",
	See:       "See where it stands",
	Reply:     "Answer",
	Page:      "On the status page you can see at any time where your complaint stands, and write to us. Please write to us there and not in reply to this e-mail, so that your message reaches your complaint.",
	PageEnded: "You can still read your complaint on the status page.",
	PageUntil: "The link works until {until}. Whoever has it can read your complaint: please do not pass it on.",
	WhyCase:   "You receive this message because this address was given with a complaint to {organisation} ({touchpoint}). If it is not yours, please delete the message.",
	Privacy:   "Privacy",
	Day:       "{day} {month} {year}",
}
