package main

import (
	"cmp"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi"
	"resonanz/shared/period"
	"resonanz/shared/problem"
	"resonanz/shared/redact"
	"resonanz/shared/store"
)

// maxWords bounds what one answer shows, and so does its size; who wants more asks
// for one touchpoint at a time.
const maxWords = 5000

// remark is what a customer wrote at one time. It is read from the table for the
// answer and kept nowhere, so what was erased is gone from here as well.
type remark struct {
	At         time.Time           `json:"submitted_at"`
	Touchpoint feedback.Touchpoint `json:"touchpoint"`
	Kind       feedback.Kind       `json:"kind"`
	Scale      feedback.Scale      `json:"scale,omitempty"`
	Rating     *int                `json:"rating,omitempty"`
	Category   string              `json:"category,omitempty"` // of a complaint
	Comment    string              `json:"comment,omitempty"`
	Suggestion string              `json:"suggestion,omitempty"`
	Remedy     string              `json:"remedy,omitempty"`  // what would put a complaint right
	Answers    map[string]string   `json:"answers,omitempty"` // of a card, by question

	id feedback.EventID
}

func (w *remark) empty() bool {
	return w.Comment == "" && w.Suggestion == "" && w.Remedy == "" && len(w.Answers) == 0
}

// remarks are those of a month.
type remarks struct {
	Period  period.Period `json:"period"`
	Group   string        `json:"group,omitempty"`
	Words   []remark      `json:"words"`
	LeftOut int           `json:"left_out"` // further ones, of which there are too many for one answer
}

// words hands out what customers wrote in a month, by touchpoint and time. It
// never names a customer or an address that somebody left; addresses and telephone
// numbers within the words are taken out.
func (h *handler) words(ctx context.Context, r *httpapi.Request, month period.Period, g *config.Group, format string) (httpapi.Response, error) {
	if format != formatJSON && format != formatHTML && format != formatCSV {
		return httpapi.Response{}, problem.Invalid(problem.Field{Field: "format", Code: codeUnknownFormat, Detail: "Want .html, .csv or .json."})
	}
	only := feedback.Touchpoint(r.QueryStringParameters["touchpoint"])
	if only != "" && h.cfg.Touchpoint(only) == nil {
		return httpapi.Response{}, problem.Invalid(problem.Field{Field: "touchpoint", Code: problem.UnknownTouchpoint, Detail: "This touchpoint is not configured."})
	}
	all, err := h.said(ctx, month, func(at feedback.Touchpoint) bool {
		return (only == "" || at == only) && (g == nil || slices.Contains(g.Touchpoints, at))
	})
	if err != nil {
		return httpapi.Response{}, err
	}
	for n := min(len(all), maxWords); ; n /= 2 { // long ones fit an answer in smaller numbers
		res, err := h.worded(r, &remarks{Period: month, Group: idOf(g), Words: all[:n], LeftOut: len(all) - n}, format)
		if p := new(problem.Problem); n == 0 || !errors.As(err, &p) || p.Code != codeTooLarge {
			return res, err
		}
	}
}

// worded are remarks in a format.
func (h *handler) worded(r *httpapi.Request, out *remarks, format string) (res httpapi.Response, err error) {
	switch format {
	case formatCSV:
		res = httpapi.Text(http.StatusOK, "text/csv; charset=utf-8", out.csv())
		res.Headers["Content-Disposition"] = `inline; filename="words-` + out.Period.String() + `.csv"`
	case formatHTML:
		l := h.language(httpapi.Header(r, "accept-language"))
		res = h.page(http.StatusOK, l, wordsPage{Words: h.shown(out, l), LeftOut: out.LeftOut, Period: monthName(out.Period, l)})
	default:
		if res, err = httpapi.JSON(http.StatusOK, out); err != nil {
			return httpapi.Response{}, err
		}
	}
	res.Headers["Vary"] = "Accept, Accept-Language, Accept-Encoding"
	res.Headers["Words-Left-Out"] = strconv.Itoa(out.LeftOut) // a table has no place for it
	return fit(r, res, "ask for one touchpoint at a time (?touchpoint=)")
}

// said collects what was written in a month. A link of the month before may have
// been answered in this one.
func (h *handler) said(ctx context.Context, month period.Period, wanted func(feedback.Touchpoint) bool) ([]remark, error) {
	from, to := month.Bounds(h.cfg.Zone())
	skew := time.Duration(h.cfg.Rules.MaxFutureSkewMinutes) * time.Minute
	all := []remark{}
	for _, of := range []period.Period{month.Add(-1), month} {
		err := h.table.Month(ctx, of, func(e store.Entry) error {
			w, err := remarkOf(&e)
			if err != nil || w == nil {
				return err
			}
			if w.At, _ = feedback.EffectiveTime(w.At, e.ReceivedAt, skew); w.At.Before(from) || !w.At.Before(to) || !wanted(w.Touchpoint) {
				return nil
			}
			all = append(all, *w)
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(all, func(a, b remark) int {
		return cmp.Or(cmp.Compare(a.Touchpoint, b.Touchpoint), a.At.Compare(b.At), cmp.Compare(a.id, b.id))
	})
	return all, nil
}

// remarkOf takes from an entry what the customer wrote; nil when nothing. Its
// errors quote nothing of it.
func remarkOf(e *store.Entry) (*remark, error) {
	if len(e.Personal) == 0 || e.Kind == feedback.KindInvitation || e.Kind == feedback.KindDelivery {
		return nil, nil //nolint:nilnil // nothing was written, or it was erased
	}
	var p feedback.Personal
	if json.Unmarshal(e.Personal, &p) != nil {
		return nil, fmt.Errorf("reading what was written with event %s: malformed", e.EventID)
	}
	trim := func(s string) string { return redact.Words(strings.TrimSpace(s)) }
	w := &remark{Kind: e.Kind, Comment: trim(p.Comment), Suggestion: trim(p.Suggestion), Remedy: trim(p.Remedy), id: e.EventID}
	for question, words := range p.Answers {
		if words = trim(words); words != "" {
			if w.Answers == nil {
				w.Answers = make(map[string]string)
			}
			w.Answers[question] = words
		}
	}
	if w.empty() {
		return nil, nil //nolint:nilnil // an address at most
	}
	var event struct {
		Touchpoint  feedback.Touchpoint `json:"touchpoint"`
		Scale       feedback.Scale      `json:"scale"`
		Rating      int                 `json:"rating"`
		Category    string              `json:"category"`
		SubmittedAt time.Time           `json:"submitted_at"`
	}
	if json.Unmarshal(e.Event, &event) != nil {
		return nil, fmt.Errorf("reading event %s: malformed", e.EventID)
	}
	w.At, w.Touchpoint, w.Scale, w.Category = event.SubmittedAt, event.Touchpoint, event.Scale, event.Category
	if event.Scale != "" {
		w.Rating = &event.Rating
	}
	return w, nil
}

// text is one thing written, under the field it was written into.
type text struct{ field, words string }

// texts are those of a remark, in a fixed order.
func (w *remark) texts() []text {
	var all []text
	add := func(field, words string) {
		if words != "" {
			all = append(all, text{field, words})
		}
	}
	add("comment", w.Comment)
	add("remedy", w.Remedy)
	add("suggestion", w.Suggestion)
	for _, question := range slices.Sorted(maps.Keys(w.Answers)) {
		add("answer."+question, w.Answers[question])
	}
	return all
}

// csv is one line for each text.
func (r *remarks) csv() string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	_ = w.Write([]string{"submitted_at", "touchpoint", "kind", "scale", "rating", "category", "field", "words"}) // a strings.Builder never fails
	for i := range r.Words {
		m := &r.Words[i]
		rating := ""
		if m.Rating != nil {
			rating = strconv.Itoa(*m.Rating)
		}
		for _, t := range m.texts() {
			_ = w.Write([]string{
				m.At.UTC().Format(time.RFC3339), string(m.Touchpoint), string(m.Kind), string(m.Scale), rating, harmless(m.Category), harmless(t.field), harmless(t.words),
			})
		}
	}
	w.Flush()
	return b.String()
}

// harmless keeps a spreadsheet from taking a cell for a formula (OWASP, CSV
// Injection): what begins like one, in whatever width, gets an apostrophe.
func harmless(s string) string {
	if r, _ := utf8.DecodeRuneInString(s); s != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", r) {
		return "'" + s
	}
	return s
}
