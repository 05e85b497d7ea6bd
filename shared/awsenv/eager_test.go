package awsenv

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
)

// answer is a client whose answer can be read only as long as it is held open.
type answer struct {
	body   string
	length int64
	err    error // after the body
	read   *bool
}

func (a answer) Do(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, ContentLength: a.length, Body: io.NopCloser(io.MultiReader(strings.NewReader(a.body), ending{a}))}, nil
}

type ending struct{ a answer }

func (e ending) Read([]byte) (int, error) {
	*e.a.read = true
	if e.a.err != nil {
		return 0, e.a.err
	}
	return 0, io.EOF
}

func TestAnAnswerIsReadBeforeTheSDKGoesOn(t *testing.T) {
	for name, c := range map[string]struct {
		length int64
		want   bool
	}{
		"usual":          {2, true},
		"unknown length": {-1, true},
		"large":          {usual + 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			var read bool
			res, err := eager{answer{body: "{}", length: c.length, read: &read}}.Do(nil)
			if err != nil {
				t.Fatal(err)
			}
			if read != c.want {
				t.Errorf("read whole: %v, want %v", read, c.want)
			}
			defer res.Body.Close()
			b, err := io.ReadAll(res.Body)
			if err != nil || string(b) != "{}" {
				t.Errorf("%q, %v", b, err)
			}
		})
	}
}

func TestAnAnswerThatBreaksOffIsAnError(t *testing.T) {
	var read bool
	broken := errors.New("broken")
	res, err := eager{answer{body: "{", length: 2, err: broken, read: &read}}.Do(nil)
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
	if res != nil {
		defer res.Body.Close()
		t.Error("half an answer was returned")
	}
}
