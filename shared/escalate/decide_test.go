package escalate

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
)

func rules() Rules {
	return Rules{
		LowRatingMax: 2, CallbackDue: 24 * time.Hour, TriageDue: 24 * time.Hour,
		StepAfter: 24 * time.Hour, CriticalStep: time.Hour, Recipients: func(string) int { return 3 }, MaxSkew: 5 * time.Minute,
		Critical:     CriticalCategories,
		HighValueMax: 3, FollowUp: []string{"complaint_handling"}, RepeatWindow: 90 * 24 * time.Hour, RepeatCount: 2,
		CrisisWindow: 24 * time.Hour, CrisisTouchpoints: 2,
	}
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		panic(err)
	}
	return t
}

func key(name string) feedback.ResponseKey {
	march, err := period.Parse("2026-03")
	if err != nil {
		panic(err)
	}
	return feedback.NewResponseKey(march, feedback.ResponseIDOf(feedback.EventID(name)))
}

// vote is one vote of five stars at most, by link.
func vote(id string, response feedback.ResponseKey, t time.Time, stars int, callback bool) Said {
	return Vote(&feedback.Rating{
		EventID: feedback.EventID(id), ResponseKey: response, Touchpoint: "hotline", Channel: feedback.EmailLink,
		Scale: feedback.Stars5, Rating: stars, SubmittedAt: t, ReceivedAt: t, CallbackRequested: callback,
		CollectionMode: feedback.Self,
	})
}

func complaint(id string, response feedback.ResponseKey, t time.Time, category string, callback bool) Said {
	return Complaint(&feedback.Complaint{
		EventID: feedback.EventID(id), ResponseKey: response, Touchpoint: "repair", Channel: feedback.WebForm,
		Category: category, SubmittedAt: t, ReceivedAt: t, CallbackRequested: callback, CollectionMode: feedback.Self,
	})
}

func TestDecide(t *testing.T) {
	noon := at("2026-03-10T12:00:00Z")
	k := key("r")
	text := func(v Said) Said { v.HasText = true; return v }
	of := func(segment string, v Said) Said { v.Segment = segment; return v }
	callback := func(rule Rule, p Priority) Decision {
		due := noon.Add(24 * time.Hour)
		return Decision{Rule: rule, Family: casefile.Callback, Subject: string(k), Priority: p, Status: casefile.Open, At: noon, DueAt: due, NextAt: due}
	}
	draft := Decision{Rule: RatingIsComplaint, Family: casefile.Complaint, Subject: string(k), Priority: Normal, Status: casefile.Draft, At: noon, DueAt: noon.Add(24 * time.Hour), NextAt: noon.Add(24 * time.Hour)}
	received := draft
	received.Rule, received.Status = ComplaintReceived, casefile.Received
	critical := Decision{Rule: CriticalSeverity, Family: casefile.Complaint, Subject: string(k), Priority: Critical, Status: casefile.Received, At: noon, DueAt: noon, NextAt: noon.Add(time.Hour)}
	attention := Decision{Rule: HighValueLowRating, Family: casefile.Attention, Subject: string(k), Priority: Normal, Status: casefile.Open, At: noon, DueAt: noon.Add(24 * time.Hour), NextAt: noon.Add(24 * time.Hour)}
	for name, tt := range map[string]struct {
		said Said
		want []Decision
	}{
		"low and a wish to be called":          {vote("e", k, noon, 2, true), []Decision{callback(LowRatingCallback, High)}},
		"low, a wish and a text make two":      {text(vote("e", k, noon, 1, true)), []Decision{callback(LowRatingCallback, High), draft}},
		"low with a text":                      {text(vote("e", k, noon, 2, false)), []Decision{draft}},
		"low alone feeds the statistics":       {vote("e", k, noon, 1, false), nil},
		"not low, but a wish":                  {vote("e", k, noon, 3, true), []Decision{callback(CallbackRequested, Normal)}},
		"not low with a text":                  {text(vote("e", k, noon, 3, false)), nil},
		"top rating alone":                     {vote("e", k, noon, 5, false), nil},
		"a rating outside its scale is no low": {text(vote("e", k, noon, 0, false)), nil},
		"segment A, not a good rating":         {of("A", vote("e", k, noon, 3, false)), []Decision{attention}},
		"segment A, a good rating":             {of("A", vote("e", k, noon, 4, false)), nil},
		"another segment":                      {of("B", vote("e", k, noon, 1, false)), nil},
		"segment A with everything":            {of("A", text(vote("e", k, noon, 1, true))), []Decision{callback(LowRatingCallback, High), draft, attention}},
		"a complaint of segment A":             {of("A", complaint("e", k, noon, "other", false)), []Decision{received}},
		"a complaint":                          {complaint("e", k, noon, "delivery.late", false), []Decision{received}},
		"a complaint and a wish to be called":  {complaint("e", k, noon, "delivery.late", true), []Decision{callback(CallbackRequested, Normal), received}},
		"a complaint about safety":             {complaint("e", k, noon, "product.safety", false), []Decision{critical}},
		"about a branch of what is critical":   {complaint("e", k, noon, "privacy.disclosure", false), []Decision{critical}},
		"discrimination, and a wish":           {complaint("e", k, noon, "discrimination", true), []Decision{callback(CallbackRequested, Normal), critical}},
		"a name that only begins the same":     {complaint("e", k, noon, "privacy_notice", false), []Decision{received}},
		"the trunk of a critical branch":       {complaint("e", k, noon, "product", false), []Decision{received}},
		"a complaint without a category":       {complaint("e", k, noon, "", false), []Decision{received}},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, Decide(&tt.said, rules())); diff != "" {
				t.Errorf("decisions (-want +got):\n%s", diff)
			}
		})
	}
}

func TestTheTimeAllowedRunsFromTheVote(t *testing.T) {
	submitted := at("2026-03-10T12:00:00Z")
	for name, tt := range map[string]struct{ received, due string }{
		"a kiosk that was offline for two days": {"2026-03-12T12:00:00Z", "2026-03-11T12:00:00Z"},
		"a clock four minutes ahead":            {"2026-03-10T11:56:00Z", "2026-03-11T12:00:00Z"},
		"a clock not believed":                  {"2026-03-10T11:54:00Z", "2026-03-11T11:54:00Z"},
	} {
		t.Run(name, func(t *testing.T) {
			v := vote("e", key("r"), submitted, 1, true)
			v.ReceivedAt = at(tt.received)
			if got := Decide(&v, rules())[0].DueAt; !got.Equal(at(tt.due)) {
				t.Errorf("due %s, want %s", got, tt.due)
			}
		})
	}
}

func TestLowOnEveryScale(t *testing.T) {
	for _, tt := range []struct {
		max   int
		scale feedback.Scale
		last  int // the greatest low rating
	}{
		{2, feedback.Stars5, 2}, {2, feedback.CSAT10, 3}, {2, feedback.NPS, 2}, {2, feedback.CES7, 2},
		{1, feedback.Stars5, 1}, {1, feedback.CSAT10, 1}, {1, feedback.NPS, 0}, {1, feedback.CES7, 1},
		{3, feedback.Stars5, 3}, {3, feedback.CSAT10, 5}, {3, feedback.NPS, 5}, {3, feedback.CES7, 4},
	} {
		r := Rules{LowRatingMax: tt.max}
		for n := -1; n <= 11; n++ {
			if got, want := r.IsLow(tt.scale, n), tt.scale.Valid(n) && n <= tt.last; got != want {
				t.Errorf("IsLow(%s, %d) with %d stars = %t, want %t", tt.scale, n, tt.max, got, want)
			}
		}
	}
	if (Rules{LowRatingMax: 2}).IsLow("thumbs", 1) {
		t.Error("a rating on an unknown scale is low, want it not to be")
	}
}
