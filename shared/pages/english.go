package pages

import (
	"strconv"
	"sync"
	"time"
)

var english = sync.OnceValue(func() *text {
	return &text{
		Lang:     "en",
		Name:     "English",
		Language: "Language",
		Privacy:  "Privacy",

		RatingTitle: "Your rating",
		Question:    "How satisfied were you?",
		Lead:        "Tap, send, done: about 10 seconds.",
		StarOf:      " out of 5 stars",
		OneStarOf:   " out of 5 stars",
		TenOf:       " out of 10",
		Worst:       "very dissatisfied",
		Best:        "very satisfied",
		Send:        "Send rating",
		Voluntary:   "Nothing counts until you send it.",
		Anonymous:   "We do not learn who you are unless you tell us.",
		ValidUntil:  func(t time.Time) string { return "This link is valid until " + englishDay(t) + "." },
		ChangeWithin: func(h int) string {
			return "You can use it to change your rating for " + strconv.Itoa(h) + " hours."
		},

		RatedTitle:  "You have already rated us",
		Yours:       "Your rating:",
		RatedAt:     func(t time.Time) string { return "Sent on " + englishTime(t) + "." },
		ChangeUntil: func(t time.Time) string { return "You can change it until " + englishTime(t) + "." },
		LastCounts:  "Changed your mind? What you send last is what counts.",
		SendChange:  "Change rating",
		ClosedTitle: "Your rating is final",
		ClosedText: func(h int) string {
			return "It could be changed for " + strconv.Itoa(h) + " hours; that time is over. Thank you for helping us."
		},

		CountedTitle:  "Thank you",
		Counted:       "Thank you, your rating counts!",
		Change:        "Change",
		MoreTitle:     "Would you like to tell us more?",
		MoreLead:      "Voluntary, about half a minute. Your rating is already stored.",
		ReasonBad:     "What was the main reason?",
		ReasonGood:    "What did you like best?",
		FCR:           "Did we solve your request?",
		Yes:           "Yes",
		No:            "No",
		NPS:           "How likely are you to recommend us?",
		NPSWorst:      "very unlikely",
		NPSBest:       "very likely",
		CES:           "“It was easy to get my request handled.” Do you agree?",
		CESWorst:      "not at all",
		CESBest:       "completely",
		NoAnswer:      "no answer",
		CommentBad:    "What could we have done better?",
		CommentGood:   "What went well, what was missing?",
		MoreSuggest:   "Suggest an improvement",
		Suggestion:    "Your suggestion",
		MoreCallback:  "Ask for a call back",
		Callback:      "Yes, please get in touch with me.",
		Contact:       "Phone or e-mail",
		ContactHint:   "We use this only to reach you.",
		SendMore:      "Send answers",
		MoreVoluntary: "Nothing to add? Then simply close this page.",

		ThanksTitle: "Thank you",
		Thanks:      "Thank you very much!",
		ThanksText:  "We have received your answer. It helps us to get better.",
		CallbackSoon: func(h int) string {
			return "We will get in touch with you within " + strconv.Itoa(h) + " hours."
		},
		CloseNow: "You can close this page now.",

		UnsubscribeTitle:  "No more invitations?",
		UnsubscribeText:   "We will then no longer ask you for a rating. Other messages from us are not affected.",
		UnsubscribeButton: "Unsubscribe",
		UnsubscribedTitle: "You are unsubscribed",
		UnsubscribedText:  "We will no longer ask you for a rating.",
		AlreadyTitle:      "You were already unsubscribed",

		ErrorTitle:   "Please check: ",
		ErrorHeading: "Not sent yet",
		messages: map[Message][2]string{
			Expired:          {"This link has expired", "The time for this rating is over. Thank you for wanting to tell us. We will gladly ask again after your next contact."},
			NotFound:         {"Nothing to be found here", "The address is incomplete or not valid. Please open the link in your message again, whole and unchanged."},
			TooLarge:         {"That was too much at once", "What you wrote is too long and was not stored. Please go back and shorten your text."},
			WrongType:        {"We cannot read this", "Please open the link in your message again and carry on from there."},
			MethodNotAllowed: {"It does not work this way", "Please open the link in your message again and carry on from there."},
			Failed:           {"That did not work just now", "The fault is ours. Please try again in a few minutes."},
			TooOften:         {"That was very often in a row", "Please wait a moment, then try again."},
			Foreign:          {"This did not come from our page", "Nothing was stored. Please open the link in your message again and send the form from there."},
		},
		errors: map[string]string{
			"stars/missing_field":          "Please choose a rating.",
			"stars/out_of_range":           "Please choose a rating.",
			"comment/too_long":             "Your text is too long: at most 2000 characters.",
			"comment/control_character":    "Your text contains characters that we cannot read.",
			"comment/invalid_utf8":         "Your text contains characters that we cannot read.",
			"suggestion/too_long":          "Your suggestion is too long: at most 2000 characters.",
			"suggestion/control_character": "Your suggestion contains characters that we cannot read.",
			"suggestion/invalid_utf8":      "Your suggestion contains characters that we cannot read.",
			"callback/callback_missing":    "Please tick the box if we should get in touch. Otherwise leave phone and e-mail empty.",
			"callback/invalid_value":       "Please tick the call back or leave it out.",
			"contact/contact_missing":      "How can we reach you? Please give a phone number or e-mail address.",
			"contact/too_long":             "This is too long: at most 200 characters.",
			"contact/control_character":    "This contains characters that we cannot read.",
			"contact/invalid_utf8":         "This contains characters that we cannot read.",
			"nonce/missing_field":          "The page was out of date. Please send it once more.",
			"nonce/invalid_value":          "The page was out of date. Please send it once more.",
			"form/unavailable":             "We could not store this just now. What you entered is still here: please send it again in a moment.",
			"form/too_many_requests":       "That was very often in a row. What you entered is still here: please wait a moment, then send it again.",
		},
		errorFallback: "We cannot read this. Please send the form once more.",
	}
})

func englishDay(t time.Time) string { return t.Format("2 January 2006") }

func englishTime(t time.Time) string { return englishDay(t) + " at " + clock(t) }
