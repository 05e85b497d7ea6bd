package intake_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/lifecycle"
	"resonanz/shared/problem"
	"resonanz/shared/store"
)

// imported is an event of the past, as an import sends it.
func imported() intaketest.Fields {
	return intaketest.Event().With("collection_mode", "imported").With("submitted_at", "2019-05-31T23:30:00+02:00")
}

func importOf(t *testing.T, from intake.Source, kind feedback.Kind, f intaketest.Fields) (*intake.Submission, error) {
	t.Helper()
	return intake.ParseEvent(intaketest.Config(t), from, kind, f.JSON(t), now)
}

func TestWhatWasCollectedElsewhereCountsInItsOwnMonthOnAnyChannel(t *testing.T) {
	for _, c := range feedback.Channels {
		s, err := importOf(t, system, feedback.KindRating, imported().With("channel", string(c)))
		if err != nil || !s.Imported() || s.Rating.ResponseKey.Month().String() != "2019-05" {
			t.Errorf("%s: %+v, %v", c, s, err)
		}
	}
	if s, err := importOf(t, system, feedback.KindComplaint, imported().With("scale", nil).With("rating", nil).With("category", "other")); err != nil || s.Personal.Comment != "" {
		t.Errorf("a complaint of which nobody wrote down what happened: %v", err)
	}
}

func TestOnlyASystemImportsAndOnlyWhatIsPast(t *testing.T) {
	cfg := intaketest.Config(t)
	for name, tt := range map[string]struct {
		from  intake.Source
		kind  feedback.Kind
		event intaketest.Fields
		field string
	}{
		"a kiosk":               {intake.Source{Device: cfg.Device("kiosk-cologne-1")}, feedback.KindRating, imported(), "collection_mode"},
		"staff who take calls":  {intake.Source{OnlyComplaints: true}, feedback.KindComplaint, imported().With("scale", nil).With("rating", nil).With("category", "other"), "collection_mode"},
		"tomorrow":              {system, feedback.KindRating, imported().With("submitted_at", "2026-03-11T09:00:00Z"), "submitted_at"},
		"the present minute":    {system, feedback.KindRating, imported().With("submitted_at", "2026-03-10T09:00:02Z"), "submitted_at"},
		"more than ten years":   {system, feedback.KindRating, imported().With("submitted_at", "2016-03-10T08:59:59Z"), "submitted_at"},
		"a key of another time": {system, feedback.KindRating, imported().With("response_key", "2019-01-aaaaaaaaaaaaaaaa"), "response_key"},
		"a numbered card":       {system, feedback.KindCard, intaketest.PaperCard().With("collection_mode", "imported"), "card_number"},
	} {
		if _, err := importOf(t, tt.from, tt.kind, tt.event); err == nil {
			t.Errorf("%s was taken", name)
		} else if _, field := fieldError(err); field != tt.field {
			t.Errorf("%s: %v, want an error of %s", name, err, tt.field)
		}
	}
	if _, err := importOf(t, system, feedback.KindRating, imported().With("submitted_at", "2016-03-10T09:00:02Z")); err != nil {
		t.Errorf("ten years less a second: %v", err)
	}
}

func TestAnImportedComplaintOpensNoCase(t *testing.T) {
	m := store.NewMemory()
	s, err := importOf(t, system, feedback.KindComplaint, imported().With("scale", nil).With("rating", nil).With("category", "other").With("comment", "Zu spät"))
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []intake.Status{intake.Accepted, intake.Duplicate} {
		got, err := intake.AcceptComplaint(t.Context(), m, s, lifecycle.Rules{})
		if err != nil || got.Status != want || got.Opened != nil {
			t.Errorf("got %+v, %v; want %s without a case", got, err, want)
		}
	}
	page, err := m.Cases(t.Context(), store.CaseQuery{})
	if err != nil || len(page.Cases) != 0 {
		t.Errorf("cases %+v, %v", page, err)
	}
}

// What was exported and is brought back is here already, whichever way it came.
func TestAnEventBroughtBackIsADuplicateOfItself(t *testing.T) {
	accept := func(t *testing.T, l intake.Ledger, body []byte, at time.Time) (intake.Receipt, error) {
		s, err := intake.ParseEvent(intaketest.Config(t), system, feedback.KindRating, body, at)
		if err != nil {
			t.Fatal(err)
		}
		return intake.Accept(t.Context(), l, s)
	}
	live := intaketest.Event().With("comment", "Danke").With("nps", 9).With("topic", "billing")
	for name, first := range map[string]intaketest.Fields{
		"that came by itself": live.With("channel", "web_form").With("touchpoint", "checkout-cologne"),
		"that was imported":   live.With("channel", "web_form").With("collection_mode", "imported"),
	} {
		m := store.NewMemory()
		r, err := accept(t, m, first.JSON(t), now)
		if err != nil {
			t.Fatal(name, err)
		}
		again := first.With("collection_mode", "imported").With("response_key", string(r.ResponseKey))
		got, err := accept(t, m, again.JSON(t), now.Add(time.Hour))
		want := intake.Receipt{EventID: r.EventID, ResponseKey: r.ResponseKey, Status: intake.Duplicate}
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("one %s: %v %s", name, err, diff)
		}
		for what, other := range map[string]intaketest.Fields{
			"rating":  again.With("rating", 1),
			"comment": again.With("comment", "Doch nicht"),
			"time":    again.With("submitted_at", "2026-03-10T09:59:00+01:00"),
		} {
			if _, err := accept(t, m, other.JSON(t), now.Add(time.Hour)); problem.Of(err).Code != problem.EventConflict {
				t.Errorf("one %s with another %s: %v, want a conflict", name, what, err)
			}
		}
		if n := len(stored(t, m, "2026-03")); n != 1 {
			t.Errorf("%s: %d stored", name, n)
		}
	}
}
