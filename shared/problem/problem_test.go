package problem_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/problem"
)

func TestInvalidNamesEveryFieldAndTakesTheCodeOfTheFirst(t *testing.T) {
	p := problem.Invalid(
		problem.Field{Field: "rating", Code: problem.OutOfRange, Detail: "want an integer from 1 to 5"},
		problem.Field{Field: "submitted_at", Code: problem.MissingOffset, Detail: "want an offset"},
	)
	want := `{"type":"about:blank","title":"Unprocessable Entity","status":422,"code":"out_of_range",` +
		`"detail":"rating: want an integer from 1 to 5","errors":[` +
		`{"field":"rating","code":"out_of_range","detail":"want an integer from 1 to 5"},` +
		`{"field":"submitted_at","code":"missing_offset","detail":"want an offset"}]}`
	if diff := cmp.Diff(want, string(p.JSON())); diff != "" {
		t.Errorf("document (-want +got):\n%s", diff)
	}
}

func TestOfHidesEveryErrorThatIsNoProblem(t *testing.T) {
	p := problem.Of(errors.New("dial tcp 10.0.0.1: secret table name"))
	if p.Status != 500 || p.Code != problem.Internal || p.Detail != "Internal error. Please try again later." {
		t.Errorf("got %+v", p)
	}
}

func TestOfFindsAWrappedProblem(t *testing.T) {
	want := problem.New(413, problem.BodyTooLarge, "too large")
	if got := problem.Of(fmt.Errorf("reading body: %w", want)); got != want {
		t.Errorf("got %v, want %v", got, want)
	}
}
