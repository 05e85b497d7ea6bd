package main

import (
	"bytes"
	"encoding/json"
	"os"
	"strings"
	"testing"

	lambdaevents "github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"resonanz/shared/attach"
	"resonanz/shared/casefile"
)

func TestAGoodFileIsKeptAndTheCaseSaysSo(t *testing.T) {
	r := newRig(t)
	tail := []byte("\x00\x00\x00\x18ftypmp42 a short film")
	u := r.upload(1, 0, append(photo(t), tail...))
	if again := r.deliver(message(u)); again != 0 {
		t.Fatalf("%d messages come again: %s", again, &r.out)
	}
	object := u.key.Object(u.etag)
	want := []casefile.Attachment{{ID: "1", Type: "image/jpeg", Bytes: int64(len(photo(t))), Object: object, At: noon}}
	if diff := cmp.Diff(want, r.state().Handling.Attachments); diff != "" {
		t.Error(diff)
	}
	clean := attach.Clean + string(r.number) + "/" + object
	if diff := cmp.Diff([]string{clean}, r.shelf.keys()); diff != "" {
		t.Errorf("in the bucket: %s", diff)
	}
	if !bytes.Equal(r.shelf.objects[clean], photo(t)) {
		t.Error("what follows the image is kept")
	}
	lines := r.since()
	if len(lines) != 1 || lines[0].Action != casefile.Attaching || lines[0].By.Kind != casefile.Customer || lines[0].Cause != u.key.Cause(u.etag) {
		t.Errorf("timeline %+v", lines)
	}
	if !strings.Contains(r.out.String(), `"AttachmentsTaken":1`) {
		t.Errorf("metrics: %s", &r.out)
	}
}

func TestAFileIsRefusedByItsContentWhateverItsNameSays(t *testing.T) {
	page := []byte("<!doctype html><script>alert(1)</script>")
	pdfInside := append(append(bytes.Clone(photo(t)[:2]), "\xff\xfe\x00\x0a%PDF-1.4"...), photo(t)[2:]...)
	vast := photo(t)
	sof := bytes.Index(vast, []byte{0xff, 0xc0}) // length, precision, then height and width
	copy(vast[sof+5:], []byte{0xff, 0xff, 0xff, 0xff})
	for name, c := range map[string]struct {
		body []byte
		want attach.Reason
	}{
		"too many pixels":    {vast, attach.TooLarge},
		"a page":             {page, attach.WrongType},
		"a program":          {append([]byte("MZ"), make([]byte, 500)...), attach.WrongType},
		"an archive":         {[]byte("PK\x03\x04 and more"), attach.WrongType},
		"an image cut short": {photo(t)[:len(photo(t))-10], attach.Broken},
		"a damaged image":    {bytes.Replace(screenshot(t, 20), []byte("IDAT"), []byte("IdAT"), 1), attach.Broken},
		"two kinds at once":  {pdfInside, attach.Ambiguous},
		"nothing":            {nil, attach.Empty},
		"one byte too many":  {append(photo(t), make([]byte, 1<<20+1-len(photo(t)))...), attach.TooLarge},
	} {
		r := newRig(t)
		u := r.upload(1, 0, c.body)
		if again := r.deliver(message(u)); again != 0 {
			t.Errorf("%s: comes again: %s", name, &r.out)
		}
		if left := r.shelf.keys(); len(left) != 0 {
			t.Errorf("%s: left in the bucket: %v", name, left)
		}
		lines := r.since()
		if len(lines) != 1 || lines[0].Action != casefile.Refusing || lines[0].Reason != string(c.want) || lines[0].Inform {
			t.Errorf("%s: timeline %+v, want a refusal: %s", name, lines, c.want)
		}
		if len(r.state().Handling.Attachments) != 0 || !strings.Contains(r.out.String(), `"AttachmentsRefused":1`) {
			t.Errorf("%s: case %+v, %s", name, r.state().Handling, &r.out)
		}
	}
	r := newRig(t)
	whole := append(photo(t), make([]byte, 1<<20-len(photo(t)))...)
	if r.deliver(message(r.upload(1, 0, whole))); len(r.state().Handling.Attachments) != 1 {
		t.Error("a file of just the length that is allowed is refused")
	}
}

func TestTheFourthFileIsRefused(t *testing.T) {
	r := newRig(t)
	var bodies []string
	for n, slot := range []int{2, 2, 1, 3} { // two pages that were open at once offer one slot twice
		bodies = append(bodies, message(r.upload(slot, n, screenshot(t, 20+n))))
	}
	if again := r.deliver(bodies...); again != 0 {
		t.Fatalf("%d come again: %s", again, &r.out)
	}
	var got []string
	for _, a := range r.state().Handling.Attachments {
		got = append(got, a.ID)
	}
	if diff := cmp.Diff([]string{"2", "3", "1"}, got); diff != "" {
		t.Error(diff)
	}
	lines := r.since()
	if last := lines[len(lines)-1]; len(lines) != 4 || last.Action != casefile.Refusing || last.Reason != string(attach.TooMany) {
		t.Errorf("timeline %+v", lines)
	}
	if left := r.shelf.keys(); len(left) != 3 {
		t.Errorf("in the bucket: %v", left)
	}
	r = newRig(t)
	r.limit = 0
	r.deliver(message(r.upload(1, 0, photo(t))))
	if lines := r.since(); len(lines) != 1 || lines[0].Reason != string(attach.TooMany) {
		t.Errorf("where no files are taken: %+v", lines)
	}
}

func TestNothingIsAddedToACaseThatHasEnded(t *testing.T) {
	r := newRig(t)
	r.withdraw()
	r.deliver(message(r.upload(1, 0, photo(t))))
	lines := r.since()
	if len(lines) != 2 || lines[1].Reason != string(attach.CaseEnded) || len(r.shelf.keys()) != 0 || len(r.state().Handling.Attachments) != 0 {
		t.Errorf("timeline %+v, in the bucket %v", lines, r.shelf.keys())
	}
	if !r.state().Status.Ended() {
		t.Errorf("the case is %s", r.state().Status)
	}
}

func TestAFileOfNoCaseIsDeleted(t *testing.T) {
	r := newRig(t)
	r.number = "2603-AAAA-AAAA"
	if again := r.deliver(message(r.upload(1, 0, photo(t)))); again != 0 || len(r.shelf.keys()) != 0 || len(r.dead.reasons) != 0 {
		t.Errorf("%d come again, left: %v, dead: %v", again, r.shelf.keys(), r.dead.reasons)
	}
}

func TestWhatIsDeliveredAgainHappensOnce(t *testing.T) {
	r := newRig(t)
	good, bad := r.upload(1, 0, photo(t)), r.upload(2, 1, []byte("no image"))
	for range 3 {
		if again := r.deliver(message(good), message(bad), message(good, bad)); again != 0 {
			t.Fatalf("%d come again: %s", again, &r.out)
		}
	}
	if lines := r.since(); len(lines) != 2 {
		t.Errorf("timeline %+v", lines)
	}
	if left := r.shelf.keys(); len(left) != 1 || !strings.HasPrefix(left[0], attach.Clean) {
		t.Errorf("in the bucket: %v", left)
	}
}

// The form of a page posts to one place, so a second press puts another file
// there: each is told of, and neither is taken for the other.
func TestAFileThatTookThePlaceOfAnotherIsItsOwn(t *testing.T) {
	r := newRig(t)
	first := r.upload(1, 0, photo(t))
	second := r.upload(1, 0, screenshot(t, 20))
	r.deliver(message(first)) // told late: the second is there already
	if lines := r.since(); len(lines) != 0 || len(r.shelf.keys()) != 1 {
		t.Fatalf("timeline %+v, in the bucket %v", lines, r.shelf.keys())
	}
	r.deliver(message(second))
	r.upload(1, 0, photo(t)) // and a third, which nobody was told of yet
	r.deliver(message(second))
	if a := r.state().Handling.Attachments; len(a) != 1 || a[0].Type != "image/png" {
		t.Errorf("attachments %+v", a)
	}
	if left := r.shelf.keys(); len(left) != 2 {
		t.Errorf("a file that is still to be looked at is gone: %v", left)
	}
}

// Whoever has the link of a case could fill its timeline with what is refused.
func TestATimelineTellsOfSoManyRefusalsOnly(t *testing.T) {
	r := newRig(t)
	for n := range maxRefusals + 5 {
		r.deliver(message(r.upload(1, n, []byte("no image"))))
	}
	if lines := r.since(); len(lines) != maxRefusals || len(r.shelf.keys()) != 0 {
		t.Errorf("%d lines, in the bucket %v", len(lines), r.shelf.keys())
	}
	if r.deliver(message(r.upload(1, 0, photo(t)))); len(r.state().Handling.Attachments) != 1 {
		t.Error("a good file is refused for the bad ones before it")
	}
}

func TestAMessageThatIsNoneOfOursGoesAside(t *testing.T) {
	event := func(change func(*lambdaevents.S3EventRecord)) string {
		u := upload{attach.Key{Case: "2603-7K2M-Q4XA", Slot: 1, Random: "ABCDEFGHIJKLMNOPQRSTUVWXYZ"}, "0af3"}
		rec := record(u.key.String(), u.etag)
		change(&rec)
		b, err := json.Marshal(lambdaevents.S3Event{Records: []lambdaevents.S3EventRecord{rec}})
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	for name, c := range map[string]struct {
		body string
		dead bool
	}{
		"no JSON":          {"{", true},
		"nothing":          {"{}", true},
		"another message":  {`{"v":1,"type":"alert"}`, true},
		"another bucket":   {event(func(r *lambdaevents.S3EventRecord) { r.S3.Bucket.Name = "facts" }), true},
		"something gone":   {event(func(r *lambdaevents.S3EventRecord) { r.EventName = "ObjectRemoved:Delete" }), true},
		"a climbing key":   {event(func(r *lambdaevents.S3EventRecord) { r.S3.Object.Key = "quarantine/../clean/x" }), true},
		"an encoded climb": {event(func(r *lambdaevents.S3EventRecord) { r.S3.Object.Key = "quarantine/%2e%2e/clean/x" }), true},
		"a broken code":    {event(func(r *lambdaevents.S3EventRecord) { r.S3.Object.Key = "quarantine/%zz" }), true},
		"a name of theirs": {event(func(r *lambdaevents.S3EventRecord) { r.S3.Object.Key = "quarantine/2603-7K2M-Q4XA/1/Anna+Muster.jpg" }), true},
		"slot 9": {event(func(r *lambdaevents.S3EventRecord) {
			r.S3.Object.Key = strings.Replace(r.S3.Object.Key, "/1/", "/9/", 1)
		}), true},
		"what was checked": {event(func(r *lambdaevents.S3EventRecord) { r.S3.Object.Key = "clean/2603-7K2M-Q4XA/abc" }), false},
		"a greeting":       {`{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"attachments"}`, false},
	} {
		r := newRig(t)
		r.shelf.fail = func(call, key string) error { t.Errorf("%s: %s %s", name, call, key); return nil }
		if again := r.deliver(c.body); again != 0 || (len(r.dead.reasons) == 1) != c.dead || len(r.since()) != 0 {
			t.Errorf("%s: %d come again, dead: %v", name, again, r.dead.reasons)
		}
		for _, reason := range r.dead.reasons {
			if strings.Contains(reason, "Anna") || strings.Contains(reason, "2603") {
				t.Errorf("%s: the reason quotes the key: %s", name, reason)
			}
		}
		if strings.Contains(r.out.String(), "Anna") {
			t.Errorf("%s: the log quotes the key", name)
		}
	}
}

func TestAnEncodedKeyIsRead(t *testing.T) {
	r := newRig(t)
	u := r.upload(1, 0, photo(t))
	body := strings.ReplaceAll(message(u), u.key.String(), strings.ReplaceAll(u.key.String(), "/", "%2F"))
	if r.deliver(body); len(r.state().Handling.Attachments) != 1 {
		t.Errorf("case %+v, dead %v", r.state().Handling, r.dead.reasons)
	}
}

func TestTheSampleOfTheTriggerIsRead(t *testing.T) {
	b, err := os.ReadFile("../../events/samples/attachment-batch.json")
	if err != nil {
		t.Fatal(err)
	}
	var ev lambdaevents.SQSEvent
	if err := json.Unmarshal(b, &ev); err != nil {
		t.Fatal(err)
	}
	r := newRig(t)
	r.bucket = "resonanz-dev-attachments"
	asked := ""
	r.shelf.fail = func(call, key string) error { asked += call + " " + key; return nil }
	out, err := r.Handle(t.Context(), ev)
	if err != nil || len(out.BatchItemFailures) != 0 || len(r.dead.reasons) != 0 || asked != "get quarantine/2603-7K2M-Q4XA/1/ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		t.Errorf("got %v, %v, dead %v, asked for %s", out, err, r.dead.reasons, asked)
	}
	if !strings.Contains(r.out.String(), `"AttachmentsGone":1`) {
		t.Errorf("metrics: %s", &r.out)
	}
}
