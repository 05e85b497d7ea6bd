package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"resonanz/shared/feedback"
)

const ours = `id,kind,touchpoint,channel,rating,submitted_at,comment,category,language
1,,hotline,email_link,5,2025-03-10T09:00:00+01:00,"Schnell, danke",,de
2,rating,repair,kiosk,9,2025-03-11T09:00:00+01:00,'=SUM(A1),,
3,complaint,hotline,letter,,2025-03-31T23:30:00+02:00,,billing.refund_delay,de
`

const surveyed = `StartDate,EndDate,Status,IPAddress,Progress,Finished,RecordedDate,ResponseId,DistributionChannel,UserLanguage,Q1,Q2
Start Date,End Date,Response Type,IP Address,Progress,Finished,Recorded Date,Response ID,Distribution Channel,User Language,"How satisfied
were you?",Why?
"{""ImportId"":""startDate"",""timeZone"":""America/New_York""}","{""ImportId"":""endDate"",""timeZone"":""America/New_York""}","{""ImportId"":""status""}","{""ImportId"":""ipAddress""}","{""ImportId"":""progress""}","{""ImportId"":""finished""}","{""ImportId"":""recordedDate"",""timeZone"":""America/New_York""}","{""ImportId"":""_recordId""}","{""ImportId"":""distributionChannel""}","{""ImportId"":""userLanguage""}","{""ImportId"":""QID1""}","{""ImportId"":""QID2_TEXT""}"
2025-05-31 17:59:00,2025-05-31 18:01:00,IP Address,192.0.2.1,100,True,2025-05-31 18:01:05,R_a,email,DE,Satisfied,"too
long"
2025-05-03 10:00:00,2025-05-03 10:01:00,0,,100,1,2025-05-03 10:01:05,R_b,anonymous,EN-GB,Not satisfied,
2025-05-03 10:00:00,2025-05-03 10:01:00,1,,100,1,2025-05-03 10:01:05,R_c,preview,EN,Satisfied,
2025-05-03 10:00:00,2025-05-03 10:01:00,Spam,,100,1,2025-05-03 10:01:05,R_d,email,EN,Satisfied,
2025-05-03 10:00:00,2025-05-03 10:01:00,0,,50,False,2025-05-03 10:01:05,R_e,email,EN,Satisfied,
2025-05-03 10:00:00,2025-05-03 10:01:00,0,,100,1,2025-05-03 10:01:05,R_f,qr,EN,,
`

const surveyMap = `source: hotline-2025
set: {touchpoint: hotline}
columns: {rating: Q1, comment: QID2_TEXT}
values:
  rating: {Satisfied: 5, Not satisfied: 2}
`

const ticketed = `{"id":208,"created_at":"2025-06-20T22:55:29Z","status":"closed","group_id":44,"via":{"channel":"email"},"custom_fields":[{"id":9001,"value":"billing"}],"satisfaction_rating":{"id":1,"score":"good","comment":"Awesome"}}
{"id":209,"created_at":"2025-06-21T22:55:29Z","status":"solved","group_id":45,"via":{"channel":"native_messaging"},"satisfaction_rating":{"score":"bad_with_comment","comment":"Slow"}}
{"id":210,"created_at":"2025-06-21T22:55:29Z","status":"solved","group_id":45,"via":{"channel":"chat"},"satisfaction_rating":{"score":"offered"}}
{"id":212,"created_at":"2025-06-21T22:55:29Z","status":"solved","group_id":45,"satisfaction_rating":null}
{"id":208,"created_at":"2025-06-20T22:55:29Z","status":"closed","group_id":44,"via":{"channel":"email"},"custom_fields":[{"id":9001,"value":"billing"}],"satisfaction_rating":{"id":1,"score":"good","comment":"Awesome"}}
{"id":211,"created_at":"2025-06-21T22:55:29Z","status":"deleted","group_id":45,"satisfaction_rating":{"score":"good"}}
`

const ticketMap = `columns: {touchpoint: group_id, topic: custom_fields.9001}
values:
  touchpoint: {"44": hotline, "45": repair}
`

// told is what of an event tells formats apart.
type told struct {
	Touchpoint, Channel, Scale, Rating, At, Language, Topic string
}

func tell(all []feedback.Card) (out []told) {
	for _, c := range all {
		rating := ""
		if c.Scale != "" {
			rating = fmt.Sprint(c.Rating.Rating)
		}
		out = append(out, told{
			string(c.Touchpoint), string(c.Channel), string(c.Scale), rating, c.SubmittedAt.Format("2006-01-02T15:04"), string(c.Language), c.Topic,
		})
		if c.CollectionMode != feedback.Imported {
			out = append(out, told{Touchpoint: "not imported"})
		}
	}
	slices.SortFunc(out, func(a, b told) int { return strings.Compare(fmt.Sprint(a), fmt.Sprint(b)) })
	return out
}

func TestEachFormatIsReadForWhatItSays(t *testing.T) {
	for _, tt := range []struct {
		name, format, text, maps string
		months                   []string
		said                     string
		want                     []told
	}{
		{"past.csv", "csv", ours, "", []string{"2025-03"}, "3 events of 2025-03 without an error\n", []told{
			{"hotline", "email_link", "stars_1_5", "5", "2025-03-10T08:00", "de", ""},
			{"hotline", "letter", "", "", "2025-03-31T21:30", "de", ""},
			{"repair", "kiosk", "csat_1_10", "9", "2025-03-11T08:00", "", ""},
		}},
		{"survey.csv", "qualtrics", surveyed, surveyMap, []string{"2025-05", "2025-06"}, "2 events of 2025-05 to 2025-06 without an error; left out: 1 not finished, 1 not rated, 1 previews and tests, 1 spam", []told{
			{"hotline", "email_link", "stars_1_5", "5", "2025-05-31T22:01", "de", ""}, // New York's evening is June in Berlin
			{"hotline", "web_form", "stars_1_5", "2", "2025-05-03T14:01", "en", ""},
		}},
		{"tickets.json", "zendesk", ticketed, ticketMap, []string{"2025-06"}, "2 events of 2025-06 without an error; left out: 1 deleted, 2 not rated, 1 twice in the file", []told{
			{"hotline", "email_link", "stars_1_5", "5", "2025-06-20T22:55", "", "billing"},
			{"repair", "chat_link", "csat_1_10", "1", "2025-06-21T22:55", "", ""},
		}},
		{"page.json", "zendesk", `{"count": 2, "next_page": null, "satisfaction_ratings": [
			{"id": 35436, "ticket_id": 208, "score": "good", "comment": "Awesome", "created_at": "2025-06-22T22:55:29Z", "group_id": 44},
			{"id": 35437, "ticket_id": 209, "score": "unoffered", "created_at": "2025-06-22T22:55:29Z", "group_id": 44}]}`, "set: {touchpoint: hotline}", []string{"2025-06"},
			"1 event of 2025-06 without an error; left out: 1 not rated", []told{{"hotline", "email_link", "stars_1_5", "5", "2025-06-22T22:55", "", ""}}},
		{"complaints.json", "zendesk", `{"tickets": [{"id": 300, "type": "problem", "created_at": "2025-06-22T22:55:29Z", "description": "It broke", "via": {"channel": "email"}, "satisfaction_rating": {"score": "bad"}}]}`,
			"set: {touchpoint: hotline, kind: complaint, category: other}\ncolumns: {comment: description}", []string{"2025-06"},
			"1 event of 2025-06 without an error", []told{{"hotline", "email_link", "", "", "2025-06-22T22:55", "", ""}}},
		{"foreign.csv", "csv", "Ort;x,Datum,Note\nKöln,10.03.2025 09:00,5\nBonn,11.03.2025,4\n", "time_zone: Europe/Berlin\nset: {channel: web_form}\ncolumns: {touchpoint: Ort;x, submitted_at: Datum, rating: Note}\nvalues: {touchpoint: {Köln: checkout-cologne, \"*\": hotline}}", []string{"2025-03"},
			"2 events of 2025-03 without an error", []told{
				{"checkout-cologne", "web_form", "stars_1_5", "5", "2025-03-10T08:00", "", ""},
				{"hotline", "web_form", "stars_1_5", "4", "2025-03-10T23:00", "", ""},
			}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := newRig(t)
			maps := ""
			if tt.maps != "" {
				maps = r.file("map.yaml", tt.maps)
			}
			said, err := r.bring(r.file(tt.name, tt.text), tt.format, maps)
			if err != nil || !strings.Contains(said, tt.said) {
				t.Fatalf("%v:\n%s", err, said)
			}
			if diff := cmp.Diff(tt.want, tell(r.stored(tt.months...))); diff != "" {
				t.Error(diff)
			}
			if said, err := r.bring(r.file(tt.name, tt.text), tt.format, maps); err != nil || !strings.Contains(said, ": 0 stored, ") {
				t.Errorf("again: %v:\n%s", err, said)
			}
		})
	}
}

// The same rows in another file, in another order, with a byte order mark: the same
// events. Rows of another source are others.
func TestRowsAreTheSameEventsInWhateverFileTheyCome(t *testing.T) {
	r := newRig(t)
	maps := r.file("map.yaml", surveyMap)
	if _, err := r.bring(r.file("a.csv", surveyed), "qualtrics", maps); err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(surveyed, "\n")
	moved := strings.Join(slices.Concat(lines[:4], lines[6:7], lines[4:6]), "")
	said, err := r.bring(r.file("b.csv", byteOrderMark+strings.ReplaceAll(moved, "\n", "\r\n")), "qualtrics", maps)
	if err != nil || !strings.Contains(said, "0 stored, 2 here before") {
		t.Errorf("%v: %s", err, said)
	}
	other := r.file("other.yaml", strings.Replace(surveyMap, "hotline-2025", "hotline-2024", 1))
	if said, err := r.bring(r.file("a.csv", surveyed), "qualtrics", other); err != nil || !strings.Contains(said, "2 stored, 0 here before") {
		t.Errorf("%v: %s", err, said)
	}
	if said, err := r.bring(r.file("c.csv", strings.Replace(surveyed, "Not satisfied", "Satisfied", 1)), "qualtrics", maps); !errors.Is(err, errRefused) || !strings.Contains(said, "event_conflict") {
		t.Errorf("a row with another answer: %v: %s", err, said)
	}
}
