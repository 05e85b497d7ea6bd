package store

import (
	"encoding/json"
	"testing"

	"resonanz/shared/feedback"
)

func TestWhatWasImportedIsCountedAndNothingElse(t *testing.T) {
	for _, kind := range []feedback.Kind{feedback.KindRating, feedback.KindCard, feedback.KindComplaint} {
		for mode, want := range map[feedback.CollectionMode]Targets{
			feedback.Self: ToEscalation | ToReporting, feedback.Assisted: ToEscalation | ToReporting, feedback.Imported: ToReporting,
		} {
			e := rated(t, false)
			var fields map[string]any
			if err := json.Unmarshal(e.Event, &fields); err != nil {
				t.Fatal(err)
			}
			fields["collection_mode"], fields["has_text"] = mode, true
			var err error
			if e.Event, err = json.Marshal(fields); err != nil {
				t.Fatal(err)
			}
			e.Kind = kind
			got, err := FromStream(image(t, marshalEntry(e)))
			if err != nil || len(got) != 1 || got[0].To != want {
				t.Errorf("%s, %s: %+v, %v; want %b", kind, mode, got, err, want)
			}
		}
	}
}
