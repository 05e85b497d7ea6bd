package escalate

import "resonanz/shared/feedback"

// loosest are thresholds by which every rule holds for a word that it holds for by
// any thresholds.
var loosest = Rules{LowRatingMax: 5, HighValueMax: 5}

// Concerns reports whether a word may open a case or belong to one, whatever the
// thresholds: a rule could hold for it, or something was said before it in its
// response, so that it may have to be recorded there. Of any other word nobody need
// be told: most ratings of devices are such.
func Concerns(s *Said) bool { return !s.Begins() || len(Decide(s, loosest)) > 0 }

// Begins reports whether the response key was made from this very event, as it is
// for one that came without a key: from a kiosk, mostly. Nothing can have been said
// before it, so nothing need be read to know that it changes no case.
func (s *Said) Begins() bool { return s.ResponseKey.ID() == feedback.ResponseIDOf(s.EventID) }
