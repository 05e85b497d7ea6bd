package intake_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/casefile"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/intake/intaketest"
	"resonanz/shared/lifecycle"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/rulebook"
	"resonanz/shared/store"
)

func rules(t testing.TB) lifecycle.Rules {
	t.Helper()
	b, err := rulebook.New(intaketest.Config(t))
	if err != nil {
		t.Fatal(err)
	}
	return b.Lifecycle
}

// complain takes a complaint of kiosk-cologne-1 to a desk.
func complain(t testing.TB, l intake.Cases, f intaketest.Fields, at time.Time) (intake.Receipt, error) {
	t.Helper()
	cfg := intaketest.Config(t)
	s, err := intake.ParseEvent(cfg, kiosk(cfg), feedback.KindComplaint, f.JSON(t), at)
	if err != nil {
		t.Fatal(err)
	}
	return intake.AcceptComplaint(t.Context(), l, s, rules(t))
}

func TestAComplaintIsStoredWithItsCase(t *testing.T) {
	m := store.NewMemory()
	got, err := complain(t, m, intaketest.Complaint().With("email", "Kundin@example.com").With("name", "Erika Beispiel"), now)
	if err != nil || got.Status != intake.Accepted || got.Opened == nil || got.Next.Name != lifecycle.FirstAnswer || got.Next.DueAt.IsZero() {
		t.Fatalf("got %+v, %v", got, err)
	}
	c, err := m.GetCase(t.Context(), got.CaseNumber)
	if err != nil || c.Version != 2 || c.Status != casefile.Acknowledged || !c.Notifiable || c.EventID != got.EventID {
		t.Errorf("case %+v, %v", c, err)
	}
	timeline, err := m.Timeline(t.Context(), got.CaseNumber)
	if err != nil || casefile.Check(c, timeline) != nil || !timeline[1].Inform || timeline[0].Inform {
		t.Errorf("timeline %+v, %v", timeline, err)
	}
	e := stored(t, m, "2026-03")[0]
	if want := string(store.AddressContact("kundin@example.com")); e.CustomerKey != want || c.CustomerKey != want {
		t.Errorf("customer keys %q and %q, want %q", e.CustomerKey, c.CustomerKey, want)
	}
}

func TestTheOwnersKeyOfACustomerGoesBeforeTheAddress(t *testing.T) {
	m := store.NewMemory()
	if _, err := complain(t, m, intaketest.Complaint().With("email", "kundin@example.com").With("customer_key", "K-17"), now); err != nil {
		t.Fatal(err)
	}
	if e := stored(t, m, "2026-03")[0]; e.CustomerKey != "K-17" {
		t.Errorf("customer key %q", e.CustomerKey)
	}
}

func TestTheSameComplaintIsTheSameCaseHoweverOftenItComes(t *testing.T) {
	m := store.NewMemory()
	var mu sync.Mutex
	seen := map[intake.Status]int{}
	numbers := map[casefile.Number]bool{}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			got, err := complain(t, m.Peer(), intaketest.Complaint(), now)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			seen[got.Status]++
			numbers[got.CaseNumber] = true
		})
	}
	wg.Wait()
	if seen[intake.Accepted] != 1 || seen[intake.Duplicate] != 7 || len(numbers) != 1 || len(stored(t, m, "2026-03")) != 1 {
		t.Errorf("statuses %v, numbers %v", seen, numbers)
	}
	if _, err := complain(t, m, intaketest.Complaint().With("comment", "Anders."), now); problem.Of(err).Code != problem.EventConflict {
		t.Errorf("another story: %v", err)
	}
}

func TestANumberThatIsTakenLeadsToTheNext(t *testing.T) {
	m := store.NewMemory()
	first, err := complain(t, store.NewMemory(), intaketest.Complaint(), now)
	if err != nil {
		t.Fatal(err)
	}
	foreign := casefile.Case{Number: first.CaseNumber, Family: casefile.Complaint, Subject: "2026-03-zzzzzzzzzzzzzzzz", Status: casefile.Acknowledged, OpenedAt: now}
	if err := m.CreateCase(t.Context(), &foreign, &casefile.Entry{At: now, Action: casefile.Opened}); err != nil {
		t.Fatal(err)
	}
	var numbers []casefile.Number
	for _, want := range []intake.Status{intake.Accepted, intake.Duplicate} {
		got, err := complain(t, m, intaketest.Complaint(), now)
		if err != nil || got.Status != want || got.CaseNumber == first.CaseNumber {
			t.Fatalf("got %+v, %v", got, err)
		}
		numbers = append(numbers, got.CaseNumber)
	}
	month, _ := period.Parse("2026-03")
	if want := casefile.NumberOf(casefile.Complaint, string(first.ResponseKey), month, 1); numbers[0] != want || numbers[1] != want {
		t.Errorf("numbers %v, want %s", numbers, want)
	}
}

// A low rating with words has opened a draft: the complaint of the same contact
// belongs to it, and escalation brings it in.
func TestAComplaintOfAResponseThatHasACaseIsStoredAndNamesIt(t *testing.T) {
	m := store.NewMemory()
	const key = "2026-03-abcdefghijklmnop"
	month, _ := period.Parse("2026-03")
	draft := casefile.Case{
		Number: casefile.NumberOf(casefile.Complaint, key, month, 0), Family: casefile.Complaint, Subject: key, ResponseKey: key,
		Status: casefile.Draft, OpenedAt: now, DueAt: now.Add(time.Hour),
	}
	if err := m.CreateCase(t.Context(), &draft, &casefile.Entry{At: now, Action: casefile.Opened, Status: casefile.Draft}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []intake.Status{intake.Accepted, intake.Duplicate} {
		got, err := complain(t, m, intaketest.Complaint().With("response_key", key), now)
		if err != nil || got.Status != want || got.CaseNumber != draft.Number {
			t.Errorf("got %+v, %v, want %s", got, err, want)
		}
	}
	if c, err := m.GetCase(t.Context(), draft.Number); err != nil || c.Version != 1 || len(stored(t, m, "2026-03")) != 1 {
		t.Errorf("case %+v, %v", c, err)
	}
}

// desk is one whose table does not answer.
type desk struct {
	*store.Memory
	submit, read error
}

func (f desk) Submit(ctx context.Context, e *store.Entry, c *casefile.Case, es ...*casefile.Entry) (store.Outcome, *store.Entry, error) {
	if f.submit != nil {
		return 0, nil, f.submit
	}
	return f.Memory.Submit(ctx, e, c, es...)
}

func (f desk) GetCase(ctx context.Context, n casefile.Number) (*casefile.Case, error) {
	if f.read != nil {
		return nil, f.read
	}
	return f.Memory.GetCase(ctx, n)
}

func TestAComplaintThatCannotBeStoredNowIsToBeSentAgain(t *testing.T) {
	broken := errors.New("throttled at arn:aws")
	for name, l := range map[string]desk{
		"transaction": {store.NewMemory(), broken, nil}, "others kept writing": {store.NewMemory(), store.ErrVersion, nil},
		"number taken, case unreadable": {store.NewMemory(), store.ErrExists, broken},
	} {
		_, err := complain(t, l, intaketest.Complaint(), now)
		if p := problem.Of(err); p.Status != 503 || p.RetryAfter == 0 || strings.Contains(string(p.JSON()), "arn:") {
			t.Errorf("%s: %v", name, err)
		}
		if len(stored(t, l.Memory, "2026-03")) != 0 {
			t.Errorf("%s: stored", name)
		}
	}
}

// Stored before there were cases at once: its case is being opened.
func TestAReplayOfAComplaintWithoutACaseNamesTheOneToCome(t *testing.T) {
	m := store.NewMemory()
	cfg := intaketest.Config(t)
	s, err := intake.ParseEvent(cfg, kiosk(cfg), feedback.KindComplaint, intaketest.Complaint().JSON(t), now)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := intake.Accept(t.Context(), m, s); err != nil {
		t.Fatal(err)
	}
	got, err := complain(t, m, intaketest.Complaint(), now)
	if err != nil || got.Status != intake.Duplicate && got.Status != intake.Accepted || got.Opened == nil || got.CaseNumber == "" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestEveryBadContactOfAComplaintHasANamedError(t *testing.T) {
	cfg := intaketest.Config(t)
	for name, x := range map[string]struct {
		field string
		value any
		code  problem.Code
	}{
		"no address":       {"email", "kundin", problem.InvalidEmail},
		"two addresses":    {"email", "a@example.com,b@example.com", problem.InvalidEmail},
		"a name before it": {"email", "Erika <a@example.com>", problem.InvalidEmail},
		"header injection": {"email", "a@example.com\r\nBcc: b@example.com", problem.ControlCharacter},
		"no string":        {"email", 1, problem.WrongType},
		"two lines":        {"name", "Erika\nBcc: x", problem.ControlCharacter},
		"long name":        {"name", strings.Repeat("x", 101), problem.TooLong},
	} {
		_, err := intake.ParseEvent(cfg, kiosk(cfg), feedback.KindComplaint, intaketest.Complaint().With(x.field, x.value).JSON(t), now)
		if code, field := fieldError(err); code != x.code || field != x.field {
			t.Errorf("%s: %s for %s: %v", name, code, field, err)
		}
	}
	if _, err := intake.ParseEvent(cfg, kiosk(cfg), feedback.KindRating, intaketest.Event().With("email", "a@example.com").JSON(t), now); err == nil {
		t.Error("a vote has an address")
	}
}

func TestWhatStaffWriteDownIsAssisted(t *testing.T) {
	cfg := intaketest.Config(t)
	for channel, want := range map[string]feedback.CollectionMode{"letter": feedback.Assisted, "phone": feedback.Assisted, "in_person": feedback.Assisted, "web_form": feedback.Self} {
		f := intaketest.Complaint().With("touchpoint", "hotline").With("channel", channel)
		s, err := intake.ParseEvent(cfg, intake.Source{OnlyComplaints: true}, feedback.KindComplaint, f.JSON(t), now)
		if err != nil || s.Rating.CollectionMode != want {
			t.Errorf("%s: %v", channel, err)
		}
	}
	vote := intaketest.Event().With("touchpoint", "hotline").With("channel", "phone")
	if _, err := intake.ParseEvent(cfg, intake.Source{OnlyComplaints: true}, feedback.KindRating, vote.JSON(t), now); problem.Of(err).Code != problem.ScopeMissing {
		t.Errorf("a vote with a token for cases: %v", err)
	}
}

func TestTheFormOfAComplaintIsReadAsItWasTyped(t *testing.T) {
	cfg := intaketest.Config(t)
	f, wrong, err := intake.ParseComplaint(cfg, []byte("comment=+erste%0D%0Azweite+&category=privacy&remedy=Geld&annoyance=5&name=Erika&email=a%40example.com&phone=0221&nonce=abcdefghijklmnop&l=fr"))
	want := intake.ComplaintForm{
		Comment: "erste\nzweite", Category: "privacy", Remedy: "Geld", Annoyance: "5", Name: "Erika", Email: "a@example.com", Phone: "0221",
		Nonce: "abcdefghijklmnop", Language: "fr",
	}
	if diff := cmp.Diff(want, f); err != nil || len(wrong) > 0 || diff != "" {
		t.Errorf("%v, %v (-want +got):\n%s", err, wrong, diff)
	}
	_, wrong, _ = intake.ParseComplaint(cfg, []byte("phone=x&email=x&comment=&comment=2&z=1&annoyance=0&nonce=%00"))
	var order []string
	for _, e := range wrong {
		order = append(order, e.Field)
	}
	if diff := cmp.Diff([]string{"comment", "annoyance", "email", "phone", "nonce", "z"}, order); diff != "" {
		t.Errorf("order of errors (-want +got):\n%s", diff)
	}
	if _, _, err := intake.ParseComplaint(cfg, []byte("a=%zz")); problem.Of(err).Code != problem.MalformedForm {
		t.Errorf("broken: %v", err)
	}
}

func TestWhatACustomerDoesToACaseHasAnIDOfItsOwn(t *testing.T) {
	base := intake.CaseForm{Do: intake.DoReply, Text: "x", Nonce: "abcdefghijklmnop"}
	seen := map[feedback.EventID]bool{base.Event("2603-7K2M-Q4XA"): true}
	if !seen[base.Event("2603-7K2M-Q4XA")] {
		t.Error("a second click is another event")
	}
	for _, f := range []intake.CaseForm{
		{Do: intake.DoReopen, Text: "x", Nonce: "abcdefghijklmnop"}, {Do: intake.DoReply, Text: "y", Nonce: "abcdefghijklmnop"},
		{Do: intake.DoReply, Text: "x", Nonce: "abcdefghijklmnoq"}, {Do: intake.DoReply, Stars: "1", Text: "x", Nonce: "abcdefghijklmnop"},
	} {
		if id := f.Event("2603-7K2M-Q4XA"); seen[id] {
			t.Errorf("%+v is the same event", f)
		} else {
			seen[id] = true
		}
	}
	if seen[base.Event("2603-7K2M-Q4XB")] {
		t.Error("the same in another case is the same event")
	}
}
