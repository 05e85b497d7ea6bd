package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"resonanz/shared/casefile"
	"resonanz/shared/factfile"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/monthly"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/report"
	"resonanz/shared/responses"
	"resonanz/shared/satisfaction"
	"resonanz/shared/store"
)

const (
	liveFor  = time.Minute      // how long a view of the same facts is handed out again
	livePace = 22 * time.Second // a view that takes longer is none: the HTTP API waits for 30 s
	maxViews = 8                // kept by a warm function

	// liveBytes bounds the fact files that a view reads. A million facts take
	// 36 MB: these are about three million.
	liveBytes = 100 << 20
)

// unfolded says why a view is not live.
type unfolded string

// The reasons.
const (
	published unfolded = "published" // a final report exists: what it says stays
	tooLarge  unfolded = "too_large" // there are more facts than can be counted while somebody waits
)

// codeNoView is the problem of a month that is too large to be seen live and of
// which no report was made.
const codeNoView problem.Code = "month_too_large"

// monthView is what is known of a month now: the report as it would be made, or the
// latest version where it is not to be counted anew. It is stored nowhere.
type monthView struct {
	Live    bool            `json:"live"`
	Reason  unfolded        `json:"reason,omitempty"` // why it is not live
	Version *version        `json:"version"`          // the latest; nil: none was made yet
	Open    []casesInStatus `json:"open_cases"`       // as known at the cutoff; nil: not live
	Rates   []answered      `json:"response_rates"`   // by touchpoint, in order of the name
	// RateCI95 is the interval of the response rate of all of them (Wilson).
	RateCI95 *satisfaction.Interval `json:"response_rate_ci95_pct"`
	*report.Report
}

// answered is how many of the links of a touchpoint were answered, with the
// interval that collection_quality lacks.
type answered struct {
	Touchpoint string `json:"touchpoint"`
	report.CollectionCounts
	CI95     *satisfaction.Interval   `json:"response_rate_ci95_pct"` // Wilson
	Grade    satisfaction.Reliability `json:"reliability"`
	Withheld bool                     `json:"withheld"`
}

// rates are the response rates of a report.
func rates(r *report.Report) []answered {
	out := make([]answered, 0, len(r.Quality.ByTouchpoint))
	for _, row := range r.Quality.ByTouchpoint {
		out = append(out, answered{
			Touchpoint: row.Name, CollectionCounts: row.CollectionCounts, CI95: satisfaction.Wilson(row.Answered, row.Delivered),
			Grade: satisfaction.ReliabilityOf(row.Delivered, r.Header.Rules.MinimumN, r.Header.Rules.IndicativeN), Withheld: row.Withheld,
		})
	}
	return out
}

// version is one that was made of the report.
type version struct {
	Number    int                `json:"version"`
	Status    store.ReportStatus `json:"status"`
	CreatedAt time.Time          `json:"created_at"`
	Cutoff    time.Time          `json:"cutoff"`
}

// casesInStatus counts the open cases of a family in a status.
type casesInStatus struct {
	Family casefile.Family `json:"family"`
	Status casefile.Status `json:"status"`
	N      int64           `json:"n"`
}

// views are those that were handed out lately, by month and group.
type views struct {
	mu   sync.Mutex
	kept map[string]shown
}

// shown is a view and what it was made from.
type shown struct {
	at     time.Time
	folder [sha256.Size]byte // see folder.sum
	view   *monthView        // without Version; nil: the month is too large
}

func (v *views) get(key string, now time.Time) (shown, bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	s, ok := v.kept[key]
	return s, ok && !now.Before(s.at) && now.Sub(s.at) < liveFor
}

func (v *views) put(key string, s shown) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.kept == nil || len(v.kept) >= maxViews {
		v.kept = make(map[string]shown)
	}
	v.kept[key] = s
}

// live shows a month as it stands: of the whole or of a configured group.
func (h *handler) live(ctx context.Context, r *httpapi.Request, month period.Period) (httpapi.Response, error) {
	group := r.QueryStringParameters["group"]
	if _, err := groupOf(h.cfg, group); err != nil {
		return httpapi.Response{}, err
	}
	latest, err := h.reports.LatestReport(ctx, month, group)
	if err != nil && !isNotFound(err) {
		return httpapi.Response{}, err
	}
	if isNotFound(err) {
		latest = nil
	}
	var v *monthView
	if latest == nil || latest.Status == store.Preliminary {
		if v, err = h.counted(ctx, month, group, latest); err != nil {
			return httpapi.Response{}, err
		}
	}
	switch {
	case v != nil:
	case latest == nil:
		return httpapi.Response{}, problem.New(http.StatusConflict, codeNoView,
			"This month has too many facts to be counted while you wait, and no report of it was made yet. POST to the address of the report makes one.")
	default:
		if v, err = h.stored(ctx, latest); err != nil {
			return httpapi.Response{}, err
		}
	}
	out := *v
	out.Rates = rates(v.Report)
	out.RateCI95 = satisfaction.Wilson(v.Quality.Answered, v.Quality.Delivered)
	if latest != nil {
		out.Version = &version{latest.Version, latest.Status, latest.CreatedAt.UTC(), latest.Cutoff.UTC()}
	}
	res, err := httpapi.JSON(http.StatusOK, out)
	if err != nil {
		return res, err
	}
	return fit(r, res, "ask for a group")
}

// stored is a version as it was made.
func (h *handler) stored(ctx context.Context, latest *store.ReportVersion) (*monthView, error) {
	e, err := h.earlier(ctx, latest)
	if err != nil {
		return nil, err
	}
	v := &monthView{Reason: tooLarge, Report: e.report}
	if e.final() {
		v.Reason = published
	}
	return v, nil
}

// counted is the view that the facts give now, or that they gave less than a
// minute ago, where they are the same; nil: there are too many.
func (h *handler) counted(ctx context.Context, month period.Period, group string, latest *store.ReportVersion) (*monthView, error) {
	now := h.now().UTC().Truncate(time.Millisecond)
	key := month.String() + "/" + group
	if latest != nil { // what it was told counts
		key += "/" + latest.GivenHash
	}
	if s, ok := h.views.get(key, now); ok {
		f := &folder{Source: h.objects}
		if err := f.list(ctx, month, h.cfg.Zone()); err != nil {
			return nil, err
		}
		if f.sum() == s.folder {
			return s.view, nil
		}
	}
	f := &folder{Source: h.objects, left: liveBytes}
	if h.mostBytes > 0 {
		f.left = h.mostBytes
	}
	folding, cancel := context.WithTimeout(ctx, livePace)
	defer cancel()
	v, err := h.fold(folding, f, order{period: month, group: group}, latest, now)
	if errors.Is(err, errTooMuch) || err != nil && folding.Err() != nil && ctx.Err() == nil {
		v, err = nil, nil
	}
	if err != nil {
		return nil, err
	}
	h.views.put(key, shown{at: now, folder: f.sum(), view: v})
	return v, nil
}

// fold makes the report as it would be made now and counts the cases that are
// open, without what takes long and is no headline: months of the past without a
// report, and metrics.
func (h *handler) fold(ctx context.Context, f *folder, o order, latest *store.ReportVersion, now time.Time) (*monthView, error) {
	var before *earlier
	if latest != nil {
		var err error
		if before, err = h.earlier(ctx, latest); err != nil {
			return nil, err
		}
	}
	asked := monthly.Asked{Cutoff: now, Group: o.group}
	if freeze := o.period.Freeze(h.cfg.Report.FreezeDay, h.cfg.Zone()); freeze.Before(now) {
		asked.Cutoff = freeze
	}
	var err error
	if asked.Given, err = h.known(ctx, o, before); err != nil {
		return nil, err
	}
	in, err := monthly.Prepare(ctx, f, h.cfg, o.period, asked)
	if err != nil {
		return nil, err
	}
	v := &monthView{Live: true, Open: openCases(in.Facts, in.Only, asked.Cutoff)} // Build takes the facts over
	if v.Report, err = report.Build(in); err != nil {
		return nil, err
	}
	v.Header.Status = report.Preliminary // whatever the day: nobody published it
	return v, nil
}

// The order of open cases: complaints first, and as they take their course.
var (
	families = []casefile.Family{casefile.Complaint, casefile.Callback, casefile.Attention, casefile.Gap, casefile.Alarm}
	course   = []casefile.Status{
		casefile.Draft, casefile.Open, casefile.Received, casefile.Acknowledged, casefile.Assessed, casefile.InInvestigation,
		casefile.AwaitingCustomer, casefile.Decided, casefile.Resolved, casefile.Reopened,
	}
)

// openCases counts the cases whose last step before a time left them open; only
// those of some touchpoints, where these are named.
func openCases(facts *responses.Batch, only map[feedback.Touchpoint]bool, before time.Time) []casesInStatus {
	last := make(map[responses.Name]*responses.Transition)
	for i := range facts.Transitions {
		t := &facts.Transitions[i]
		if k := last[t.Case]; t.At < before.UnixMilli() && (k == nil || k.Seq < t.Seq) {
			last[t.Case] = t
		}
	}
	n := make(map[casesInStatus]int64)
	for _, t := range last {
		if only != nil && !only[feedback.Touchpoint(facts.Text(t.Touchpoint))] {
			continue
		}
		if s := casefile.Status(facts.Text(t.Status)); !s.Ended() {
			n[casesInStatus{Family: casefile.Family(facts.Text(t.Family)), Status: s}]++
		}
	}
	out := make([]casesInStatus, 0, len(n))
	for of, count := range n {
		of.N = count
		out = append(out, of)
	}
	slices.SortFunc(out, func(a, b casesInStatus) int {
		return cmp.Or(cmp.Compare(slices.Index(families, a.Family), slices.Index(families, b.Family)), cmp.Compare(slices.Index(course, a.Status), slices.Index(course, b.Status)))
	})
	return out
}

// errTooMuch is the error of a folder that holds more than a view may read.
var errTooMuch = errors.New("too many facts for a view")

// folder is a source of facts that notes what it holds and gives so much at most.
type folder struct {
	monthly.Source

	mu   sync.Mutex
	keys []string
	left int64 // bytes
}

// List is that of the source.
func (f *folder) List(ctx context.Context, prefix string, yield func(key string) error) error {
	return f.Source.List(ctx, prefix, func(key string) error {
		f.mu.Lock()
		f.keys = append(f.keys, key)
		f.mu.Unlock()
		return yield(key)
	})
}

// Get is that of the source. Errors: errTooMuch.
func (f *folder) Get(ctx context.Context, key string) ([]byte, error) {
	b, err := f.Source.Get(ctx, key)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left -= int64(len(b))
	if err == nil && f.left < 0 {
		return nil, errTooMuch
	}
	return b, err
}

// list notes all that the report of a month reads.
func (f *folder) list(ctx context.Context, month period.Period, zone *time.Location) error {
	listing, ctx := errgroup.WithContext(ctx)
	listing.SetLimit(8)
	for _, p := range monthly.Parts(responses.WindowOf(month, zone)) {
		listing.Go(func() error {
			if err := f.List(ctx, factfile.Prefix(p.Month, p.Kind), func(string) error { return ctx.Err() }); err != nil {
				return fmt.Errorf("listing facts of %s: %w", p.Month, err)
			}
			return nil
		})
	}
	return listing.Wait()
}

// sum identifies what the folder holds: facts never change under a name.
func (f *folder) sum() [sha256.Size]byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	slices.Sort(f.keys)
	h := sha256.New()
	for _, k := range slices.Compact(slices.Clone(f.keys)) {
		fmt.Fprintln(h, k)
	}
	return [sha256.Size]byte(h.Sum(nil))
}
