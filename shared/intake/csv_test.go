package intake_test

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/problem"
)

// uuid is the n-th of a fixed series of event ids.
func uuid(n int) string { return string(feedback.DeriveEventID("csv", fmt.Sprint(n))) }

// table is a CSV with event id, touchpoint and channel in each row, and what
// the cells of more say.
func table(header string, more ...string) string {
	var b strings.Builder
	b.WriteString("event_id,touchpoint,channel" + header + "\n")
	for i, cells := range more {
		b.WriteString(uuid(i) + ",hotline,email_link" + cells + "\n")
	}
	return b.String()
}

func TestACSVSaysWhatTheJSONSays(t *testing.T) {
	cfg := inviting(t)
	file := "\uFEFFsend,email,consent,touchpoint,channel,event_id,language,segment,customer_key,card\r\n" +
		"true,kundin@example.com,contract,repair,email_link," + uuid(1) + ",en,A,K-1,true\r\n" +
		"\r\n" +
		"false,,,\"hotline\",sms_link," + uuid(2) + ",,,,\r\n" +
		",,,hotline,qr," + uuid(3) + ",,,,false"
	got, err := intake.ParseInvitationsCSV(cfg, []byte(file), issueTime)
	if err != nil {
		t.Fatal(err, problem.Of(err).Errors)
	}
	want, err := intake.ParseInvitations(cfg, []byte(`{"invitations":[
		{"send":true,"email":"kundin@example.com","consent":"contract","touchpoint":"repair","channel":"email_link","event_id":"`+uuid(1)+`","language":"en","segment":"A","customer_key":"K-1","card":true},
		{"touchpoint":"hotline","channel":"sms_link","event_id":"`+uuid(2)+`"},
		{"touchpoint":"hotline","channel":"qr","event_id":"`+uuid(3)+`","card":false}]}`), issueTime)
	if err != nil {
		t.Fatal(err)
	}
	// The digests are compared as well: the same row is the same request.
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(intake.Invitation{})); diff != "" {
		t.Errorf("(-JSON +CSV):\n%s", diff)
	}
}

func TestEveryBadCSVIsNamedByLine(t *testing.T) {
	utf16 := func(s string) string {
		var b strings.Builder
		for _, r := range s {
			b.WriteRune(r)
			b.WriteByte(0)
		}
		return b.String()
	}
	rows := func(n int) []string { return make([]string, n) }
	for _, c := range []struct {
		name, file string
		want       []string // line field code
	}{
		{"empty", "", []string{"1 csv no_events"}},
		{"nothing but lines", "\n\n\r\n", []string{"1 csv no_events"}},
		{"nothing but a mark", "\uFEFF", []string{"1 csv no_events"}},
		{"header only", table(""), []string{"1 csv no_events"}},
		{"header only, after an empty line", "\n" + table(""), []string{"2 csv no_events"}},
		{"no header", uuid(1) + ",hotline,email_link\n", []string{"1 csv missing_column"}},
		{"semicolons", "event_id;touchpoint;channel\n" + uuid(1) + ";hotline;qr\n", []string{"1 csv malformed_csv"}},
		{"semicolons and quotes", `"event_id";"touchpoint";"channel"` + "\n", []string{"1 csv malformed_csv"}},
		{"tabs", "event_id\ttouchpoint\tchannel\n", []string{"1 csv malformed_csv"}},
		{"UTF-16, little end first", "\xff\xfe" + utf16(table("", "")), []string{"1 csv malformed_csv"}},
		{"UTF-16, big end first", "\xfe\xff\x00e\x00v", []string{"1 csv malformed_csv"}},
		{"UTF-16 without a mark", utf16(table("", "")), []string{"1 csv malformed_csv"}},
		{"a workbook", "PK\x03\x04\x14\x00", []string{"1 csv malformed_csv"}},
		{"lines of an old Mac", "event_id,touchpoint,channel\r" + uuid(1) + ",hotline,qr\r", []string{"1 csv malformed_csv"}},
		{"Latin 1", table(",customer_key", ",K-1", ",M\xfcller", ",K-3"), []string{"3 csv invalid_utf8"}},
		{"Latin 1 in the header", "event_id,touchpoint,channel,schl\xfcssel\n", []string{"1 csv invalid_utf8"}},
		{"a mark in the middle", table(",customer_key", ",K-1", ",\uFEFFK-2"), []string{"3 customer_key malformed_csv", "3 customer_key invalid_value"}},
		{"a mark twice", "\uFEFF" + "\uFEFF" + table("", ""), []string{"1 column 1 unknown_column", "1 event_id missing_column"}},
		{"unknown column", table(",phone", ",+49"), []string{"1 phone unknown_column"}},
		{"a customer as a column", table(",max@example.com", ",x"), []string{"1 column 4 unknown_column"}},
		{"blank in a name", "event_id, touchpoint,channel\n", []string{"1 column 2 unknown_column", "1 touchpoint missing_column"}},
		{"capitals in a name", "Event_ID,touchpoint,channel\n", []string{"1 column 1 unknown_column", "1 event_id missing_column"}},
		{"empty name", table(",", ",x"), []string{"1 column 4 unknown_column"}},
		{"column twice", table(",channel", ",qr"), []string{"1 channel duplicate_field"}},
		{"missing columns", "event_id,language\n" + uuid(1) + ",de\n", []string{"1 touchpoint missing_column", "1 channel missing_column"}},
		{"too few cells", table(",language", ",de", "", ",es"), []string{"3 csv malformed_csv", "4 language invalid_value"}},
		{"too many cells", table("", "", ",de,x"), []string{"3 csv malformed_csv"}},
		{"bare quote", table(",customer_key", ",K-1", `,K"2`, ",?"), []string{"3 csv malformed_csv"}},
		{"quote never closed", table(",customer_key", ",K-1", `,"K-2`, ",K-3"), []string{"3 csv malformed_csv"}},
		{"goes on after a quote", table(",customer_key", `,"K-1"x`), []string{"2 csv malformed_csv"}},
		{"huge cell", table(",customer_key", ",K-1", `,"`+strings.Repeat("x\n", 100_000)), []string{"3 csv malformed_csv"}},
		{"no event id", "event_id,touchpoint,channel\n,hotline,qr\n", []string{"2 event_id missing_field"}},
		{"event id twice", table("", "", "") + uuid(0) + ",repair,qr\n", []string{"4 event_id event_conflict"}},
		{"event id twice, in capitals", table("", "") + strings.ToUpper(uuid(0)) + ",repair,qr\n", []string{"3 event_id event_conflict"}},
		{"a quoted line end moves the lines after it", table(",customer_key", ",\"K\n1\"", ",?"), []string{"2 customer_key invalid_value", "4 customer_key invalid_value"}},
		{"several in a row", "event_id,touchpoint,channel,send,email\n7,nowhere,fax,yes,max\n", []string{
			"2 event_id invalid_event_id", "2 channel invalid_value", "2 email invalid_email", "2 send invalid_value", "2 touchpoint unknown_touchpoint"}},
		{"control characters", table(",customer_key", ",K\x00", ",K\x1b"), []string{"2 customer_key invalid_value", "3 customer_key invalid_value"}},
		{"send without an address", table(",send,consent", ",true,consent"), []string{"2 email missing_field"}},
		{"one row too many", table("", rows(501)...), []string{"502 csv too_many_rows"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			all, err := intake.ParseInvitationsCSV(inviting(t), []byte(c.file), issueTime)
			if err == nil {
				t.Fatalf("accepted %d rows", len(all))
			}
			var got []string
			for _, f := range problem.Of(err).Errors {
				got = append(got, fmt.Sprintf("%d %s %s", f.Line, f.Field, f.Code))
			}
			if diff := cmp.Diff(c.want, got); diff != "" || problem.Of(err).Status != 422 || all != nil {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			if s := string(problem.Of(err).JSON()); strings.Contains(s, "max") || strings.Contains(s, "ller") {
				t.Errorf("repeats what was sent: %s", s)
			}
		})
	}
}

func TestAListOfErrorsEnds(t *testing.T) {
	var cells []string
	for range 150 {
		cells = append(cells, ",?")
	}
	_, err := intake.ParseInvitationsCSV(inviting(t), []byte(table(",customer_key", cells...)), issueTime)
	all := problem.Of(err).Errors
	if len(all) != 101 || all[99].Code != problem.InvalidValue || all[100].Code != problem.TooManyErrors || all[100].Line != 102 {
		t.Errorf("%d errors, the last %+v", len(all), all[len(all)-1])
	}
	_, err = intake.ParseInvitationsCSV(inviting(t), []byte(table(",customer_key", cells[:100]...)), issueTime)
	if all := problem.Of(err).Errors; len(all) != 100 || all[99].Code != problem.InvalidValue {
		t.Errorf("%d errors, the last %+v", len(all), all[len(all)-1])
	}
}

func TestFiveHundredRowsAreTaken(t *testing.T) {
	all, err := intake.ParseInvitationsCSV(inviting(t), []byte(table("", make([]string, 500)...)), issueTime)
	if err != nil || len(all) != 500 || string(all[499].EventID) != uuid(499) {
		t.Errorf("%d, %v", len(all), err)
	}
}

// However the bytes arrive, the rows are the same.
func TestAFileIsReadInPiecesAsAWhole(t *testing.T) {
	file := table(",customer_key", ",K-1", ",\"K-2\"", ",\"é\n€😀\"", ",K-4", ",\xff", ",K-6")
	read := func(r io.Reader) (all []string) {
		c := intake.NewInvitationCSV(inviting(t), r, issueTime)
		if wrong, err := c.Header(); err != nil || wrong != nil {
			t.Fatal(wrong, err)
		}
		for more := true; more; {
			var row intake.InvitationRow
			var err error
			if row, more, err = c.Next(); err != nil {
				return append(all, err.Error())
			}
			all = append(all, fmt.Sprint(row.Line, row.Values, row.Errors))
		}
		return all
	}
	want := read(strings.NewReader(file))
	if len(want) != 5 {
		t.Errorf("%q", want)
	}
	for name, r := range map[string]io.Reader{
		"byte by byte": iotest.OneByteReader(strings.NewReader(file)), "by halves": iotest.HalfReader(strings.NewReader(file)),
		"end with the last bytes": iotest.DataErrReader(strings.NewReader(file)),
	} {
		if diff := cmp.Diff(want, read(r)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	c := intake.NewInvitationCSV(inviting(t), iotest.ErrReader(io.ErrUnexpectedEOF), issueTime)
	if _, err := c.Header(); err == nil {
		t.Error("a reader's error is no error of the file")
	}
}

// A rune may lie across any boundary of the buffers.
func TestRunesAreReadAcrossBuffers(t *testing.T) {
	for length := range 9000 {
		if length%7 != 0 {
			continue
		}
		file := "event_id,touchpoint,channel,customer_key\n" + uuid(1) + `,hotline,qr,"` + strings.Repeat("x", length) + "😀é€\"\n"
		c := intake.NewInvitationCSV(inviting(t), strings.NewReader(file), issueTime)
		if wrong, err := c.Header(); err != nil || wrong != nil {
			t.Fatal(wrong, err)
		}
		row, more, err := c.Next()
		if err != nil || !more || !strings.HasSuffix(row.Values[5], "x😀é€") && length > 0 || len(row.Errors) != 1 {
			t.Fatalf("%d: %+v %v", length, row, err)
		}
	}
}

func TestIdsAreMintedWhereNoneAreGiven(t *testing.T) {
	c := intake.NewInvitationCSV(inviting(t), strings.NewReader("touchpoint,channel\nhotline,qr\nrepair,qr\nhotline,fax\nhotline,qr\n"), issueTime)
	c.MintID = func(r *intake.InvitationRow) feedback.EventID { return feedback.DeriveEventID(r.Values[:]...) }
	if wrong, err := c.Header(); err != nil || wrong != nil {
		t.Fatal(wrong, err)
	}
	var got []string
	for {
		row, _, err := c.Next()
		if err != nil {
			break
		}
		s := "ok"
		if len(row.Errors) > 0 {
			s = row.Errors[0].Field + " " + row.Errors[0].Detail
		} else if row.Values[0] != string(row.Invitation.EventID) || row.Values[0] == "" {
			s = "no id"
		}
		got = append(got, s)
	}
	if len(got) != 4 || got[0] != "ok" || got[1] != "ok" || !strings.HasPrefix(got[2], "channel") || got[3] != "event_id is the same as in line 2" {
		t.Errorf("%q", got)
	}
}

// Whatever is sent: an answer, not a crash; errors with their line and without
// what was sent; and what is accepted can be written and read again.
func FuzzCSV(f *testing.F) {
	cfg := inviting(f)
	f.Add(table(",send,email,consent,card", ",true,kundin@example.com,consent,", ",,,,"))
	f.Add("\uFEFF" + table(",customer_key", ",\"K\n1\"", `,"K""2"`))
	f.Add("event_id;touchpoint\n")
	f.Add("\xff\xfet\x00")
	f.Add(table("", "") + "\xc3")
	f.Add("\"")
	f.Fuzz(func(t *testing.T, file string) {
		all, err := intake.ParseInvitationsCSV(cfg, []byte(file), issueTime)
		if err != nil {
			p := problem.Of(err)
			if p.Status != 422 || len(p.Errors) == 0 || len(p.Errors) > 101 || all != nil {
				t.Fatalf("%d invitations, %v", len(all), err)
			}
			for _, e := range p.Errors {
				if e.Line < 1 || e.Line > strings.Count(file, "\n")+1 || e.Field == "" || e.Detail == "" {
					t.Errorf("%+v", e)
				}
			}
			return
		}
		if len(all) == 0 || len(all) > intake.MaxInvitationRows {
			t.Fatalf("%d invitations", len(all))
		}
		var again strings.Builder
		w := csv.NewWriter(&again)
		_ = w.Write([]string{"event_id", "touchpoint", "channel"})
		for _, in := range all {
			_ = w.Write([]string{string(in.EventID), string(in.Touchpoint), string(in.Channel)})
		}
		w.Flush()
		if _, err := intake.ParseInvitationsCSV(cfg, []byte(again.String()), issueTime); err != nil {
			t.Errorf("%v\n%s", problem.Of(err).Errors, again.String())
		}
	})
}
