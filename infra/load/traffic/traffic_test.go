package traffic

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"resonanz/infra/configure"
	"resonanz/shared/feedback"
)

// client answers as f says.
type client func(r *Request) (*Answer, error)

func (c client) Do(_ context.Context, r *Request) (*Answer, error) { return c(r) }

func loadOf(t *testing.T, c client) *Load {
	t.Helper()
	cfg, err := configure.Load("../../feedback.yaml")
	if err != nil {
		t.Fatal(err)
	}
	keys := make(map[feedback.Device]string)
	for i := range cfg.Devices {
		keys[cfg.Devices[i].ID] = "key"
	}
	return &Load{Client: c, Config: cfg, Devices: keys, Mix: Mix{{"desk", 1}}, Seed: 1, Record: NewRecorder()}
}

func TestTimesCountFromTheMomentARequestWasDue(t *testing.T) {
	// One request at a time, of 20 ms, 100 of them a second: who only looked at the
	// time of service would see 20 ms.
	var one sync.Mutex
	l := loadOf(t, func(*Request) (*Answer, error) {
		one.Lock()
		defer one.Unlock()
		<-time.After(20 * time.Millisecond)
		return &Answer{Status: http.StatusOK}, nil
	})
	l.Arrive(t.Context(), 100, time.Second)
	all := l.Record.Figures()
	if f := all[len(all)-1]; f.Name != All || f.N < 60 || f.P99 < 300 {
		t.Errorf("a queue of a second is hidden: %+v", f)
	}
}

func TestArrivalsDoNotWaitForAnswers(t *testing.T) {
	began := time.Now()
	var mu sync.Mutex
	var arrived []time.Duration
	l := loadOf(t, func(*Request) (*Answer, error) {
		mu.Lock()
		arrived = append(arrived, time.Since(began))
		mu.Unlock()
		<-time.After(300 * time.Millisecond)
		return &Answer{Status: http.StatusOK}, nil
	})
	l.Arrive(t.Context(), 200, 500*time.Millisecond)
	if n := float64(len(arrived)); math.Abs(n-100) > 40 {
		t.Errorf("%v journeys at 200 a second in half a second", n)
	}
	// Each waiting for the one before would take half a minute.
	if last := arrived[len(arrived)-1]; last > 5*time.Second {
		t.Errorf("the last one came after %s", last)
	}
}

func TestWhatHasNoAnswerIsUnknownAndWhatIsRefusedIsNot(t *testing.T) {
	answers := []func() (*Answer, error){
		func() (*Answer, error) { return nil, errors.New("connection reset\nwith more") },
		func() (*Answer, error) { return &Answer{Status: http.StatusServiceUnavailable}, nil },
		func() (*Answer, error) { return &Answer{Status: http.StatusTooManyRequests}, nil },
		func() (*Answer, error) { return &Answer{Status: http.StatusBadRequest, Body: []byte("no")}, nil },
	}
	n := 0
	l := loadOf(t, func(*Request) (*Answer, error) { n++; return answers[n-1]() })
	l.Mix = Mix{{"kiosk", 1}}
	for range answers {
		l.journey(t.Context(), "kiosk", 1, time.Time{})
	}
	_, failures, unknown, refused := l.Record.Counts()
	if unknown != 2*batchOf || refused != 1 || len(failures) != 3 || l.Record.Accepted().Total() != 0 {
		t.Errorf("unknown %d, refused %d, failures %v", unknown, refused, failures)
	}
	for what := range failures {
		if strings.Contains(what, "\n") {
			t.Errorf("a failure of several lines: %q", what)
		}
	}
}

func TestWhatWasAcceptedIsKeptByWhatItIsFoundBy(t *testing.T) {
	l := loadOf(t, func(r *Request) (*Answer, error) {
		switch {
		case r.Path == "/v1/invitations":
			return &Answer{Status: http.StatusCreated, Body: []byte(`{"url":"https://feedback.example.com/r/t","response_key":"2026-03-zp4oewb2bd2h333y"}`)}, nil
		case r.Method == http.MethodPost:
			if !strings.Contains(string(r.Body), "nonce=n0nce") {
				t.Errorf("the page's nonce is sent back: %s", r.Body)
			}
			return &Answer{Status: http.StatusSeeOther, Location: "?thanks"}, nil
		}
		return &Answer{Status: http.StatusOK, Body: []byte(`<form><input type=hidden name=nonce value=n0nce></form>`)}, nil
	})
	for _, name := range []string{"card", "complaint"} {
		l.journey(t.Context(), name, 1, time.Time{})
	}
	for n := range uint64(20) { // some only look
		l.journey(t.Context(), "link", n, time.Time{})
	}
	a := l.Record.Accepted()
	if len(a.Marks) != 2 || len(a.Events) != 20 || len(a.Responses) != 1 {
		t.Errorf("accepted %+v", a)
	}
	if _, failures, _, _ := l.Record.Counts(); len(failures) > 0 {
		t.Errorf("failures %v", failures)
	}
}

func TestQuantilesAreTimesThatWereMeasured(t *testing.T) {
	r := NewRecorder()
	for i := 1; i <= 1000; i++ {
		r.answered("vote", time.Duration(i)*time.Millisecond, 303)
	}
	want := Figure{"vote", 1000, 500, 900, 990, 999, 1000}
	if got := r.Figures()[0]; got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestAMixIsReadOrRefusedWithWhatThereIs(t *testing.T) {
	m, err := ParseMix(Usual)
	if err != nil || m.String() != Usual {
		t.Fatalf("%v, %v", m, err)
	}
	for _, wrong := range []string{"", "link", "link:x", "link:-1", "fax:3", "link:0"} {
		if _, err := ParseMix(wrong); err == nil {
			t.Errorf("%q is taken", wrong)
		}
	}
	if _, err := ParseMix("fax:3"); !strings.Contains(err.Error(), "complaint") {
		t.Errorf("says what there is: %v", err)
	}
}
