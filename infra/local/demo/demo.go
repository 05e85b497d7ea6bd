package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"resonanz/infra/local/progress"
	"resonanz/infra/local/stack"
	"resonanz/infra/staff/roster"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/period"
	"resonanz/shared/report"
	"resonanz/shared/store"
)

// settleWithin bounds the wait for queues and consumers.
const settleWithin = 3 * time.Minute

// Result is what demo.json holds.
type Result struct {
	Period period.Period `json:"period"`
	Seed   uint64        `json:"seed"`
	Links  Links         `json:"links"`
	Sent
	Arrived
	Report  Report  `json:"report"`
	Seconds float64 `json:"seconds"` // of the play, from the first link to the report
}

// Links are what to open next.
type Links struct {
	RatingPages   map[feedback.Language]string `json:"rating_pages"`        // unused links, one for each language
	CardPage      string                       `json:"card_page,omitempty"` // what the code on a counter sign opens
	ComplaintForm string                       `json:"complaint_form,omitempty"`
	StatusPage    string                       `json:"status_page,omitempty"` // of a complaint
	Kiosk         string                       `json:"kiosk,omitempty"`       // of a device that is not enrolled yet
	Desk          Desk                         `json:"desk"`
	Interface     string                       `json:"openapi"`
	ReportHTML    string                       `json:"report_html"` // a copy of the report as a page
	ReportJSON    string                       `json:"report_json"`
	ReportAPI     string                       `json:"report_api"` // the report by API; needs a token
	Reports       map[string]string            `json:"reports"`    // copies of the report by format; the CSV tables are in a zip file
}

// Desk is where staff work, and somebody who may do everything there. The password
// is for this machine and made anew by each demo.
type Desk struct {
	URL      string `json:"url"`
	Email    string `json:"email"`
	Password string `json:"password"`
}

// Report is the part of report.json that the demo checks and shows.
type Report struct {
	Header struct {
		Status      string `json:"status"`
		DataHash    string `json:"data_hash"`
		InputEvents int    `json:"input_events"`
	} `json:"header"`
	Total struct {
		N       int      `json:"n"`
		CSATPct *float64 `json:"csat_pct"`
	} `json:"total"`
	Quality struct {
		VotesChanged   int `json:"votes_changed"`
		KioskDebounced int `json:"kiosk_debounced"`
		ClockSkewed    int `json:"clock_skewed"`
		Delivered      int `json:"invitations_delivered"`
		Assisted       int `json:"assisted"`
	} `json:"collection_quality"`
	Evidence struct {
		Technical  *evidence `json:"technical"`
		Reconciled *bool     `json:"reconciled"`
	} `json:"evidence"`
	FCR struct {
		N int `json:"n"`
	} `json:"fcr"`
	// Absent are the parts of the report that have nothing to tell of.
	Absent []absence `json:"absent"`
}

type evidence struct {
	Missing int `json:"missing"`
	Unknown int `json:"unknown"`
}

type absence struct {
	Section int    `json:"section"`
	Part    string `json:"part"`
	Reason  string `json:"reason"`
}

// Options says what to play where.
type Options struct {
	Outputs *stack.Outputs
	Config  *config.Config
	Dir     string // demo.json and the copies of the report
	Seed    uint64
	Now     time.Time
}

// Run plays the month and checks what came of it. Once everything was sent,
// demo.json is written, whether the checks hold or not.
func Run(ctx context.Context, p *progress.Progress, o Options) (*Result, error) {
	began := time.Now()
	ob := newObserver(o.Outputs)
	month := period.Of(o.Now, o.Config.Zone())
	fresh, err := ob.empty(ctx, month)
	if err != nil {
		return nil, err
	}
	mails, err := ob.Mails(ctx)
	if err != nil {
		return nil, err
	}
	for i := range mails {
		ob.before[mails[i].ID] = true
	}
	salt := strconv.FormatUint(o.Seed, 10)
	if !fresh {
		salt += " " + o.Now.Format(time.RFC3339Nano)
	}
	plan := NewPlan(o.Config, o.Now, o.Seed, salt)
	jwt, err := o.Outputs.Token(ctx, "invite", "intake", "reports", "cases")
	if err != nil {
		return nil, err
	}
	pl := &player{client: newClient(o.Outputs.APIURL, o.Outputs.PublicURL, jwt), keys: map[feedback.Device]string{}, zone: o.Config.Zone()}
	for _, d := range plan.Devices {
		if pl.keys[d.Device], err = o.Outputs.DeviceKey(ctx, o.Config, d.Device); err != nil {
			return nil, err
		}
	}
	err = p.Step(fmt.Sprintf("%d customers and %d devices, month %s",
		len(plan.Customers)+len(plan.Mailed)+len(plan.Visits)+len(plan.Paper)+len(plan.Complaints)+len(plan.FormComplaints), len(plan.Devices), plan.Period), func(io.Writer) error {
		return pl.play(ctx, plan, &o)
	})
	if err != nil {
		return nil, err
	}
	r := &Result{Period: plan.Period, Seed: o.Seed, Sent: pl.sent}
	if err := r.offer(ctx, pl.client, plan, o); err != nil {
		return nil, err
	}
	failed := p.Step("everything stored, escalated, told and on its way to the report", func(io.Writer) (err error) {
		r.Arrived, err = ob.settled(ctx, plan.Period, &r.Sent, settleWithin)
		return err
	})
	if failed == nil {
		failed = p.Step("staff call some customers back", func(io.Writer) (err error) {
			if err := pl.callBack(ctx, r.keys); err != nil {
				return err
			}
			r.CalledBack = pl.sent.CalledBack
			r.Arrived, err = ob.settled(ctx, plan.Period, &r.Sent, settleWithin)
			return err
		})
	}
	if failed == nil {
		failed = p.Step("the monthly report, of the whole and of each group", func(io.Writer) error { return r.fetchReport(ctx, pl.client, o) })
	}
	if failed == nil {
		failed = r.check(fresh)
	}
	r.Seconds = time.Since(began).Round(100 * time.Millisecond).Seconds()
	return r, errors.Join(failed, stack.WriteJSON(filepath.Join(o.Dir, "demo.json"), r))
}

// empty reports whether the month has no event yet.
func (ob *observer) empty(ctx context.Context, p period.Period) (bool, error) {
	found := errors.New("found one")
	err := ob.table.Month(ctx, p, func(store.Entry) error { return found })
	if err != nil && !errors.Is(err, found) {
		return false, fmt.Errorf("looking for earlier events: %w", err)
	}
	return err == nil, nil
}

// offer issues an unused link for each language, for the reader of the demo.
func (r *Result) offer(ctx context.Context, c *client, plan Plan, o Options) error {
	r.Links.RatingPages = make(map[feedback.Language]string)
	for _, l := range o.Config.Organisation.Languages {
		link, err := c.invite(ctx, Invite{
			EventID: feedback.NewEventID(), Touchpoint: o.Config.Touchpoints[0].ID, Channel: feedback.EmailLink, Language: l,
		})
		if err != nil {
			return err
		}
		r.Links.RatingPages[l] = link.URL
		r.Invitations++
		r.Accepted++
		r.keys[link.ResponseKey]++
	}
	if len(plan.Visits) > 0 {
		r.Links.CardPage = o.Outputs.PublicURL + "/c/" + plan.Visits[0].Card.ID + "/" + string(plan.Visits[0].Place.ID)
	}
	for i := range o.Config.Devices {
		if d := &o.Config.Devices[i]; d.Channel == feedback.Kiosk && !d.Revoked {
			r.Links.Kiosk = o.Outputs.PublicURL + "/kiosk/" + string(d.ID)
			break
		}
	}
	if len(plan.FormComplaints) > 0 {
		r.Links.ComplaintForm = o.Outputs.PublicURL + "/complain/" + string(plan.FormComplaints[0].Place.ID)
		r.Links.StatusPage = r.statusPage
	}
	const email = "desk@example.com"
	password, err := o.Outputs.Staff(ctx, email, "desk.demo", roster.Roles...)
	if err != nil {
		return err
	}
	r.Links.Desk = Desk{o.Outputs.DeskURL, email, password}
	r.Links.Interface = o.Outputs.PublicURL + "/openapi.json"
	r.Links.ReportAPI = o.Outputs.APIURL + "/v1/reports/" + plan.Period.String()
	return nil
}

// check compares what was accepted with what arrived. On a fresh stack the
// report must have exactly the plan's figures.
func (r *Result) check(fresh bool) error {
	var errs []error
	want := func(what string, got, want int) {
		if got != want {
			errs = append(errs, fmt.Errorf("%s: %d, want %d", what, got, want))
		}
	}
	want("stored events", r.Stored, r.Accepted)
	want("distinct facts", r.Facts, r.Accepted)
	want("cases", r.Cases, len(r.expected.cases))
	want("dead letters", r.DeadLetters, 0)
	want("steps of cases as facts", r.StepFacts, r.Entries)
	want("events of earlier months as facts", r.PastFacts, r.Past)
	if t := r.Report.Evidence.Technical; t == nil || r.Report.Evidence.Reconciled == nil || !*r.Report.Evidence.Reconciled {
		errs = append(errs, fmt.Errorf("the report does not say that table and facts agree: %+v", t))
	}
	want("mails to customers", r.Asked, r.MailedInvitations)
	want("mails about complaints", r.Informed, r.Steps)
	if r.DuplicatesSent == 0 || r.Scanned == 0 {
		errs = append(errs, errors.New("the play sent no duplicate or scanned no link"))
	}
	if r.Mails < r.Cases {
		errs = append(errs, fmt.Errorf("%d mails for %d cases", r.Mails, r.Cases))
	}
	if fresh {
		for _, a := range r.Report.Absent {
			if a.Part == "" && !slices.Contains(mayBeEmpty, a.Reason) {
				errs = append(errs, fmt.Errorf("section %d of the report has nothing to tell of: %s", a.Section, a.Reason))
			}
		}
		want("responses in the report", r.Report.Total.N, r.expected.responses)
		want("responses keyed in by staff in the report", r.Report.Quality.Assisted, r.expected.assisted)
		if n := r.Report.Header.InputEvents; n < r.Accepted+r.Entries { // escalations and two months before besides
			errs = append(errs, fmt.Errorf("events behind the report: %d, want %d at least", n, r.Accepted+r.Entries))
		}
		want("changed votes in the report", r.Report.Quality.VotesChanged, r.VotesChanged)
		want("debounced taps in the report", r.Report.Quality.KioskDebounced, r.expected.debounced)
		want("delivered invitations in the report", r.Report.Quality.Delivered, r.Invitations-r.Bounced)
		want("skewed clocks in the report", r.Report.Quality.ClockSkewed, r.expected.skewed)
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("the demo did not come out right:\n%w", err)
	}
	return nil
}

// mayBeEmpty are the reasons for which a section may be empty: contacts are
// immature early in a month.
var mayBeEmpty = []string{report.ReasonImmature}

// Print tells what happened and what to open.
func (r *Result) Print(out io.Writer) {
	csat := "–"
	if r.Report.Total.CSATPct != nil {
		csat = fmt.Sprintf("%.1f %%", *r.Report.Total.CSATPct)
	}
	fmt.Fprintf(out, `
Month %s, plainly synthetic customers (seed %d), %.0f s
  sent      %d links issued (%d mailed by us, %d bounced, %d unsubscribed), %d votes (%d of them changed one, %d added to it)
            %d device events, %d cards by QR and %d on paper, %d complaints by API and %d by form, %d of them taken to the end
            %d duplicates, %d bad events, %d links only scanned, %d only opened
  arrived   %d accepted = %d stored = %d distinct facts (%d rows)
            %d escalations, %d mails to staff, %d invitations, %d mails about complaints, %d dead letters
            %d timeline entries = %d facts, %d events of the twelve months before
  report    %d responses, CSAT %s, %s; one for each of %d groups besides
            %s

Open
`, r.Period, r.Seed, r.Seconds, r.Invitations, r.MailedInvitations, r.Bounced, r.Unsubscribed, r.Votes, r.VotesChanged, r.FollowUps,
		r.DeviceEvents, r.Cards, r.PaperCards, r.Complaints, r.FormComplaints, r.CasesClosed,
		r.DuplicatesSent, r.Rejected, r.Scanned, r.Opened,
		r.Accepted, r.Stored, r.Facts, r.FactRows, r.Cases, r.Mails, r.Asked, r.Informed, r.DeadLetters,
		r.Entries, r.StepFacts, r.PastFacts,
		r.Report.Total.N, csat, r.Report.Header.Status, r.GroupReports, r.Report.Header.DataHash)
	for _, l := range slices.Sorted(maps.Keys(r.Links.RatingPages)) {
		fmt.Fprintf(out, "  rating page (%s)  %s?s=4\n", l, r.Links.RatingPages[l])
	}
	if r.Links.CardPage != "" {
		fmt.Fprintf(out, "  response card     %s\n", r.Links.CardPage)
	}
	if r.Links.ComplaintForm != "" {
		fmt.Fprintf(out, "  complaint form    %s\n  a complaint       %s\n", r.Links.ComplaintForm, r.Links.StatusPage)
	}
	if r.Links.Kiosk != "" {
		fmt.Fprintf(out, "  kiosk             %s (enrolled by the link of: make device-key DEVICE=%s)\n", r.Links.Kiosk, filepath.Base(r.Links.Kiosk))
	}
	fmt.Fprintf(out, `  desk              %s (sign in as %s, password %s)
  interface         %s
  report            file://%s
  as PDF            file://%s
  as a spreadsheet  file://%s
  report by API     curl -H "Authorization: Bearer $(make token SCOPE=reports)" %s.html
End it with: make down
`, r.Links.Desk.URL, r.Links.Desk.Email, r.Links.Desk.Password, r.Links.Interface, r.Links.ReportHTML, r.Links.Reports["pdf"], r.Links.Reports["xlsx"], r.Links.ReportAPI)
}
