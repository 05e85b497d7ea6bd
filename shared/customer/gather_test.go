package customer

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"resonanz/shared/feedback"
	"resonanz/shared/store"
)

func TestEverythingThatIsKeptIsHandedOut(t *testing.T) {
	r := newRig(t)
	_, _, n := r.lives()
	page, err := r.Gather(t.Context(), "K-1", "")
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"kundin@example.com", "Meine eigenen Worte", "0221 1234567", "Noch mehr Worte", "Erika Beispiel", string(n), "Worte zu", `"customer_key":"K-1"`} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%q is missing:\n%s", want, b)
		}
	}
	if len(page.Responses) != 2 || page.Next != "" {
		t.Errorf("%d responses, next %q", len(page.Responses), page.Next)
	}
}

func TestManyResponsesAreHandedOutPageByPageEachOnce(t *testing.T) {
	r := newRig(t)
	const many = 1000
	for i := range many {
		r.put(key(i), feedback.KindRating, "K-1", noon, &feedback.Personal{Comment: "Worte"})
		if i%10 == 0 { // a second entry that bears the key: still one response
			r.put(key(i), feedback.KindCard, "K-1", noon, nil)
		}
	}
	seen, pages := map[feedback.ResponseKey]int{}, 0
	for cursor := ""; ; pages++ {
		page, err := r.Gather(t.Context(), "K-1", cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, one := range page.Responses {
			seen[one.ResponseKey]++
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	twice := 0
	for _, n := range seen {
		if n != 1 {
			twice++
		}
	}
	if len(seen) != many || twice != 0 || pages < many/perPage {
		t.Errorf("%d responses, %d of them twice, in %d pages", len(seen), twice, pages)
	}
}

func TestAPageStaysSmallerThanAnAnswerMayBe(t *testing.T) {
	r := newRig(t)
	long := strings.Repeat("x", 400_000) // longer than any that is taken
	for i := range 16 {
		r.put(key(i), feedback.KindRating, "K-1", noon, &feedback.Personal{Comment: long})
	}
	seen := 0
	for cursor := ""; ; {
		page, err := r.Gather(t.Context(), "K-1", cursor)
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(page)
		if err != nil || len(b) > 5<<20 {
			t.Fatalf("%d bytes, %v", len(b), err)
		}
		seen += len(page.Responses)
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if seen != 16 {
		t.Errorf("%d responses", seen)
	}
}

func TestACursorIsOfOneCustomer(t *testing.T) {
	r := newRig(t)
	for i := range perPage + 1 {
		r.put(key(i), feedback.KindRating, "K-1", noon, nil)
	}
	page, err := r.Gather(t.Context(), "K-1", "")
	if err != nil || page.Next == "" {
		t.Fatal(page, err)
	}
	for customerKey, cursor := range map[string]string{"K-2": page.Next, "K-1": page.Next + "A", "": ""} {
		if _, err := r.Gather(t.Context(), customerKey, cursor); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%q: %v", customerKey, err)
		}
	}
	if strings.Contains(page.Next, "K-1") {
		t.Error("the cursor names the customer")
	}
}

func TestOfNobodyNothingIsKept(t *testing.T) {
	page, err := newRig(t).Gather(t.Context(), "K-unknown", "")
	if err != nil || len(page.Responses) != 0 || page.Next != "" || !page.Contact.InvitedAt.IsZero() {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestAMessageHoldsACustomerWhereverItIsTold(t *testing.T) {
	v := valuesOf("K-1", []*file{{key: "2026-03-abcdefghijklmn27", entries: []store.Entry{{
		Personal: []byte(`{"email":"Kundin@example.com","callback_contact":"0221 1234567","comment":"ok","name":"Erika Beispiel"}`),
	}}}})
	for body, want := range map[string][2]bool{ // plain, telling
		`{"destination":["kundin@EXAMPLE.com"]}`:                                          {true, true},
		`{"Message":"{\"mail\":{\"to\":\"Erika Beispiel <kundin@example.com>\"}}"}`:       {true, true},
		`kundin@example.com, in no JSON`:                                                  {true, true},
		`{"phone":"0221 1234567"}`:                                                        {true, true},
		`{"key":"K-1"}`:                                                                   {true, true},
		`{"key":"K-11"}`:                                                                  {false, false},
		`{"text":"Everything is ok, booked"}`:                                             {false, false},
		`{"stored":{"event":{"response_key":"2026-03-abcdefghijklmn27"}}}`:                {false, true},
		`{"destination":["andere@example.com"]}`:                                          {false, false},
		`{"name":"Erika Beispiel"}`:                                                       {true, true},
		`{"name":"Erika Beispielhausen, no one of ours but better struck than overseen"}`: {true, true},
	} {
		if got := [2]bool{v.In(body, false), v.In(body, true)}; got != want {
			t.Errorf("%s: got %v, want %v", body, got, want)
		}
	}
}

// What is still to be counted must not go because somebody's one word is a code, or
// the name of a field.
func TestAShortWordStrikesNoEventOfOthers(t *testing.T) {
	for _, comment := range []string{"price", "Rating", "PHONE", "response_key", "hotline-berlin", "Kundenservice"} {
		v := valuesOf("rating", []*file{{key: "2026-03-abcdefghijklmn27", entries: []store.Entry{{
			Personal: []byte(`{"comment":"` + comment + `","answers":{"why":"` + comment + `"}}`),
		}}}})
		other := `{"v":1,"type":"stored","stored":{"kind":"card","event":{"response_key":"2026-03-zzzzzzzzzzzzzz27","rating":1,` +
			`"reason":"price","channel":"phone","touchpoint":"hotline-berlin","topic":"kundenservice-west"}}}`
		if v.In(other, false) {
			t.Errorf("%q: another's event is struck", comment)
		}
		for _, theirs := range []string{`{"event":{"comment":"` + comment + `"}}`, `{"Message":"{\"answers\":{\"why\":[\"` + comment + `\"]}}"}`} {
			if !v.In(theirs, false) {
				t.Errorf("%q: %s stays", comment, theirs)
			}
		}
	}
}
