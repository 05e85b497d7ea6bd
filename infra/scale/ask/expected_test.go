package ask

import (
	"testing"

	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/responses"
)

func TestAFactInTwoFilesIsExpectedOnce(t *testing.T) {
	march, err := period.Parse("2026-03")
	if err != nil {
		t.Fatal(err)
	}
	key := responses.Key{Month: uint16(march.Index()), ID: [10]byte{1}}
	b := new(responses.Batch)
	vote := responses.Vote{Event: [16]byte{7}, Key: key, Touchpoint: b.Name("hotline"), Rating: 5, NPS: responses.Some(10)}
	b.Votes = []responses.Vote{vote, vote}
	b.Invitations = []responses.Invitation{{Event: [16]byte{1}, Key: key}, {Event: [16]byte{2}}, {Event: [16]byte{2}}, {Event: [16]byte{3}, Skipped: true}}
	out := map[string]Counts{"satisfied": {}, "hours": {}, "answered": {}, "reasons": {}, "recommend": {}}
	votesOf(b, march.String(), true, out)
	channel := string(feedback.Channels[0])
	for name, want := range map[string]Counts{
		"satisfied": {"hotline": {1, 1}}, "recommend": {"2026-03": {1, 1}}, "hours": {channel + "|0": {1}}, "answered": {channel: {2, 1}}, "reasons": {},
	} {
		var rows [][]any
		for k, v := range out[name] {
			row := []any{k}
			if name == "hours" {
				row = []any{channel, 0.0} // midnight of 1 January 1970
			}
			for _, n := range v {
				row = append(row, n)
			}
			rows = append(rows, row)
		}
		if wrong := Compare(name, Answer{Rows: rows}, want); wrong != nil {
			t.Errorf("%v", wrong)
		}
	}
}

func TestAComplaintIsAsItsLastStepHasItAndResolvedOnce(t *testing.T) {
	b := new(responses.Batch)
	step := func(seq uint32, at int64, action, category string) responses.Transition {
		return responses.Transition{Case: b.Name("2603-7K2M-Q4XA"), Family: b.Name("complaint"), Seq: seq, At: at, Action: b.Name(action), Category: b.Name(category)}
	}
	const hour = 3_600_000
	b.Transitions = []responses.Transition{step(3, 9*hour, "resolved", "billing"), step(1, hour, "opened", "other"), step(2, 5*hour, "resolved", "billing"), step(1, hour, "opened", "other")}
	out := make(Counts)
	complaintsOf(b, out)
	if wrong := Compare("resolved", Answer{Rows: [][]any{{"billing", 1.0, 1.0, 4.0}}}, out); wrong != nil {
		t.Error(wrong)
	}
}
