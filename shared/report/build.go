package report

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"resonanz/shared/feedback"
	"resonanz/shared/responses"
	"resonanz/shared/satisfaction"
)

// ErrFuture is the error of a period that had not begun at the cutoff.
var ErrFuture = errors.New("the period has not begun yet")

// Build makes the report. It fails on an Input without period, zone or facts, on
// negative contacts, and with ErrFuture; facts that are no valid votes are left
// out and counted in Run and in section 3.
func Build(in Input) (*Report, error) {
	cutoff := in.Cutoff.UTC().Truncate(time.Millisecond)
	if err := in.check(cutoff); err != nil {
		return nil, fmt.Errorf("building report: %w", err)
	}
	given, err := in.Hash()
	if err != nil {
		return nil, fmt.Errorf("building report %s: %w", in.Period, err)
	}
	in.only()
	m := newMonth(&in, cutoff)
	m.quality.Invalid = m.invalid(in.Facts)
	m.set = responses.Select(in.Facts, responses.WindowOf(in.Period, in.Zone))

	r := &Report{Format: Format, Absent: []Absence{}, Run: Run{
		Facts: m.set.Facts, DuplicatesDropped: m.set.Duplicates, Invalid: m.set.Invalid, Outside: m.set.Outside,
	}}
	var hash string
	var events int64
	var hashing, looking sync.WaitGroup
	hashing.Go(func() { hash, events = m.set.Hash(cutoff) }) // takes as long as all that follows
	looking.Go(m.look)
	m.fold()
	looking.Wait()

	in.header(r, m.set, cutoff)
	r.Header.Group, r.Header.GivenHash = in.Group, given
	m.fill(r)
	r.Quality.Late = int64(len(r.Header.LateEvents))
	m.headlines(r)
	r.Header.MethodNotes = in.notes(r)
	r.sortAbsent()
	in.restate(r)
	hashing.Wait()
	r.Header.DataHash, r.Header.InputEvents = hash, events
	return r, nil
}

// check says what of the input is none.
func (in *Input) check(cutoff time.Time) error {
	if in.Period.IsZero() || in.Zone == nil || in.Facts == nil {
		return errors.New("period, zone and facts are needed")
	}
	for id, n := range in.Contacts {
		if n < 0 {
			return fmt.Errorf("%s: contacts of %s: %d is negative", in.Period, id, n)
		}
	}
	if start, _ := in.Period.Bounds(in.Zone); !start.Before(cutoff) {
		return fmt.Errorf("%s begins at %s: %w", in.Period, start.In(in.Zone).Format(time.RFC3339), ErrFuture)
	}
	return nil
}

// header fills what the report is of and from, except for the hash.
func (in *Input) header(r *Report, set *responses.Set, cutoff time.Time) {
	start, end := in.Period.Bounds(in.Zone)
	freeze := in.FreezeAt()
	h := &r.Header
	h.Organisation, h.Period, h.TimeZone = in.Organisation, in.Period, in.Zone.String()
	h.Start, h.End, h.Cutoff, h.FreezeAt = start, end, cutoff, freeze
	switch {
	case cutoff.Before(freeze):
		h.Status = Preliminary
	case cutoff.Equal(freeze):
		h.Status = Final
	default:
		h.Status = Restated
	}
	h.LateEvents = []LateEvent{}
	if h.Status != Preliminary {
		for _, v := range set.Late(in.Rules, freeze, in.Seen, start, end) {
			if v.Flags&responses.Imported != 0 {
				continue // nobody expected it sooner: Quality.Imported counts it
			}
			received := responses.At(v.Received)
			h.LateEvents = append(h.LateEvents, LateEvent{
				EventID:     responses.EventID(v.Event),
				Touchpoint:  touchpoint(set, v),
				SubmittedAt: responses.At(v.Submitted),
				ReceivedAt:  received,
				Counted:     received.Before(cutoff),
			})
		}
		for d, invitation := range set.LateFailures(freeze, in.Seen, start, end) {
			received := responses.At(d.Received)
			h.LateEvents = append(h.LateEvents, LateEvent{
				EventID:     responses.EventID(d.Event),
				Touchpoint:  feedback.Touchpoint(set.Batch().Text(invitation.Touchpoint)),
				SubmittedAt: responses.At(d.At),
				ReceivedAt:  received,
				Counted:     received.Before(cutoff),
			})
		}
		slices.SortFunc(h.LateEvents, func(a, b LateEvent) int {
			return cmp.Or(a.SubmittedAt.Compare(b.SubmittedAt), a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.EventID, b.EventID))
		})
	}
	h.Rules = RuleSet{
		EditWindowHours:      in.Rules.EditWindow.Hours(),
		KioskDebounceSeconds: in.Rules.Debounce.Seconds(),
		MaxFutureSkewMinutes: in.Rules.MaxSkew.Minutes(),
		TopBox10:             in.TopBox10,
		MinimumN:             in.MinimumN,
		IndicativeN:          in.IndicativeN,
		FreezeDay:            in.FreezeDay,
	}
}

// restate lists what a restatement says otherwise than the version it replaces.
func (in *Input) restate(r *Report) {
	r.Header.Differences = []Difference{}
	if before := in.Restates; before != nil {
		r.Header.Restates = before.Version
		r.Header.Differences = differences(before.Figures, Figures(r))
	}
}

// change compares the month with the one before.
func (m *month) change(r *Report) {
	in, this, previous := m.in, &r.Total, m.before.total.figures(m.in.TopBox10)
	before := satisfaction.Proportion{N: previous.N, Satisfied: previous.Satisfied}
	r.Change = Change{
		Change:         satisfaction.ChangeOf(satisfaction.Proportion{N: this.N, Satisfied: this.Satisfied}, before),
		PreviousPeriod: in.Period.Add(-1),
		Previous:       before,
		PreviousCSAT:   previous.CSATPct,
		PreviousCI95:   previous.CSATCI95Pct,
		PreviousGrade:  satisfaction.ReliabilityOf(previous.N, in.MinimumN, in.IndicativeN),
	}
}

// notes lists the methods this report rests on, in a fixed order.
func (in *Input) notes(r *Report) []Note {
	notes := []Note{NoteTopBox, NoteWilson, NoteNewcombe, NoteFirstVoteMonth, NoteLastVote, NoteAssistedApart, NoteSuppression, NoteDelivered}
	when := func(on bool, n Note) {
		if on {
			notes = append(notes, n)
		}
	}
	onTen := slices.ContainsFunc(r.ByScale, func(row Row) bool { return row.Name == string(satisfaction.CSAT10(2).Name) })
	when(r.Total.Mixed, NoteMixedScales)
	when(in.TopBox10 == 3 && onTen, NoteTop3)
	when(r.HeadlineBasis == ContactWeighted, NoteContactWeighted)
	when(r.HeadlineBasis == Pooled && len(in.Contacts) > 0 && r.Total.N > 0, NoteContactsMissing)
	when(r.Quality.Delivered == 0, NoteNoInvitations)
	when(r.Recommend.NPS.N > 0, NoteNPS)
	when(r.FCR.N+r.FCR.Immature > 0, NoteFCR)
	when(r.Complaints.Received > 0, NoteComplaintMonth)
	when(r.Tasks.Complaints > 0, NoteCaseMonth)
	when(r.Complaints.Rate != nil, NotePoisson)
	when(r.Trends.Low != nil || r.Trends.Complaint != nil, NoteControlCharts)
	when(in.Group != "", NoteGroup)
	return notes
}

// cell counts the ratings of one cell of a breakdown, by scale and rating. The
// zero value is empty.
type cell struct {
	counts [len(responses.Scales)][11]int64
	scale  int // of a cell without ratings
}

func (c *cell) add(v *responses.Vote) { c.counts[v.Scale][v.Rating]++ }

// tallies are the satisfaction tallies of the cell; NPS and CES ratings are none.
func (c *cell) tallies(box10 int) []satisfaction.Tally {
	var out []satisfaction.Tally
	for i, name := range responses.Scales {
		scale, ok := satisfaction.ScaleOf(name, box10)
		if !ok {
			continue
		}
		if t := satisfaction.TallyOf(scale, c.counts[i][scale.Min:scale.Max+1]); t.N() > 0 || i == c.scale {
			out = append(out, t)
		}
	}
	return out
}

func (c *cell) figures(box10 int) satisfaction.Figures {
	return satisfaction.Pool(c.tallies(box10)...)
}
