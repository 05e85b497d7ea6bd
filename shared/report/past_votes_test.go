package report_test

import (
	"testing"
	"time"

	"resonanz/shared/feedback"
)

// Imported in the year after, answers of March count in March's headline once
// somebody looks again; that they are imported is told apart, and they are no late
// events.
func TestImportedAnswersCountInTheirMonthAndAreToldApart(t *testing.T) {
	imported := func(r *feedback.Rating) {
		r.CollectionMode, r.ReceivedAt = feedback.Imported, time.Date(2027, 1, 5, 9, 0, 0, 0, time.UTC)
	}
	votes := append(marchOf(t, 20, 0), vote(t, 901, 1, imported), vote(t, 902, 5, imported))
	before := build(t, input(t, time.Time{}, votes))
	if before.Quality.Imported != 0 || before.Total.N != 20 {
		t.Errorf("as it was closed: imported %d, n %d, want 0 and 20", before.Quality.Imported, before.Total.N)
	}
	r := build(t, input(t, time.Date(2027, 1, 6, 0, 0, 0, 0, time.UTC), votes))
	q := r.Quality
	if q.Imported != 2 || q.Assisted != 0 || q.Late != 0 || len(r.Header.LateEvents) != 0 || r.Total.N != 22 || q.Responses != 22 {
		t.Errorf("imported %d, assisted %d, late %d, n %d, responses %d; want 2, 0, 0, 22, 22", q.Imported, q.Assisted, q.Late, r.Total.N, q.Responses)
	}
}

// A complaint belongs to the month of its receipt: an imported one to that in which
// it was made, not to that in which it was brought in.
func TestAnImportedComplaintBelongsToTheMonthInWhichItWasMade(t *testing.T) {
	w := tell(received(t, 1, monday))
	c := complaintFact(t, 2, monday)
	c.CollectionMode, c.ReceivedAt = feedback.Imported, monday.AddDate(0, 0, 20)
	w.complaints = append(w.complaints, c)
	got := reportOf(t, w).Complaints
	if got.Received != 2 || got.WithoutCase != 1 || got.Imported != 1 {
		t.Errorf("received %d, without a case %d, imported %d; want 2, 1, 1", got.Received, got.WithoutCase, got.Imported)
	}
	c.SubmittedAt = monday.AddDate(0, -2, 0)
	w.complaints[len(w.complaints)-1] = c
	if got := reportOf(t, w).Complaints; got.Received != 1 || got.Imported != 0 {
		t.Errorf("made two months before: received %d, imported %d; want 1, 0", got.Received, got.Imported)
	}
}
