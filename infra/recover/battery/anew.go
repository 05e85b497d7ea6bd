package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"resonanz/infra/local/emulator"
	"resonanz/infra/local/stack"
	"resonanz/shared/store"
)

// anew is the larger catastrophe: nothing is left of stack A but what was exported.
func (b *battery) anew(ctx context.Context, m *month) error {
	b.say("Stack A is no more; stack B goes on")
	s, err := b.start(ctx, "b")
	if err != nil {
		return err
	}
	err = b.goOn(ctx, m, s)
	return errors.Join(err, s.Stop())
}

func (b *battery) goOn(ctx context.Context, m *month, s *stack.Stack) error {
	backup := filepath.Join(b.home("a"), "backup")
	said, err := b.must(ctx, "b", "recover", "secrets", "--local", "--from", filepath.Join(b.home("a"), "secrets.json"))
	if err != nil {
		return err
	}
	b.check(noSecret(b.home("a"), said), "no secret is shown when secrets are put back")
	if err := b.interrupted(ctx, m, backup, s); err != nil {
		return err
	}
	if _, err := b.must(ctx, "b", "recover", "restore", "--local", "--from", backup); err != nil {
		return err
	}
	if err := quiet(ctx, s); err != nil {
		return err
	}
	if err := b.whole(ctx, m, s); err != nil {
		return err
	}
	if err := b.figures(ctx, m); err != nil {
		return err
	}
	if err := b.promises(ctx, m, s); err != nil {
		return err
	}
	if err := b.customers(ctx, m, s); err != nil {
		return err
	}
	return b.repeated(ctx, m, s, backup)
}

// interrupted begins a restore and kills it when it has written a part.
func (b *battery) interrupted(ctx context.Context, m *month, backup string, s *stack.Stack) error {
	ctx, kill := context.WithCancel(ctx)
	defer kill()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_, _ = b.operate(ctx, "b", "recover", "restore", "--local", "--from", backup)
	}()
	part := len(m.before) * (10 + int(b.seed%7)*10) / 100
	var all items
	err := eventually(ctx, "a part of the items", time.Minute, func() (missing string, err error) {
		select {
		case <-ended:
			return "", nil
		default:
		}
		if all, err = tableOf(ctx, s); err == nil && len(all) < part {
			missing = fmt.Sprintf("%d of %d items", len(all), part)
		}
		return missing, err
	})
	kill()
	<-ended
	b.check(err == nil, "a restore was killed when it had written about %d of %d items", len(all), len(m.before))
	return err
}

// whole compares the tables.
func (b *battery) whole(ctx context.Context, m *month, s *stack.Stack) error {
	got, err := tableOf(ctx, s)
	if err != nil {
		return err
	}
	var lost, changed []string
	for _, key := range m.before.same(got) {
		_, there := got[key]
		switch {
		case !there:
			lost = append(lost, key)
		case !slices.Contains(m.late.responses, key) && !slices.Contains(m.late.cases, text(got[key], store.AttrPK)) && !sameResponse(m.late, key):
			changed = append(changed, key)
		}
	}
	b.check(len(lost) == 0, "every event, every line and every report of %d items is in B; lost: %d %.5v", len(m.before), len(lost), lost)
	b.check(len(changed) == 0, "they are as they were; changed: %d %.5v", len(changed), changed)
	b.check(len(got.traces(m.late)) == 0, "who was erased after the export is erased in B %v", got.traces(m.late))
	b.check(len(got.traces(m.early)) == 0, "who was erased before it is, too %v", got.traces(m.early))
	numbers, n, err := broken(ctx, s, got)
	if err != nil {
		return err
	}
	b.check(len(numbers) == 0, "%d cases hold together with their timelines %v", n, numbers)
	missing := 0
	for key, it := range m.before {
		if it["opted_out_at"] != nil && got[key]["opted_out_at"] == nil {
			missing++
		}
	}
	b.check(missing == 0, "who opted out stays opted out; missing: %d", missing)
	dead, err := deadLetters(ctx, s)
	b.check(dead == 0, "%d dead letters", dead)
	return err
}

// sameResponse reports whether an entry is of a response of the customer: it goes
// with it, key or not.
func sameResponse(c customer, key string) bool {
	_, sk, _ := strings.Cut(key, " ")
	response, _, _ := strings.Cut(sk, "#")
	return slices.ContainsFunc(c.responses, func(other string) bool { return strings.Contains(other, " "+response+"#") })
}

// figures reports the month from A's facts, from A's table and from the facts that B
// made of what was restored.
func (b *battery) figures(ctx context.Context, m *month) error {
	period := m.played.Period.String()
	report := func(home, facts, out, cutoff, given string) (string, error) {
		args := []string{"report", "--period", period, "--facts", facts, "--out", out, "--cutoff", cutoff}
		if given != "" {
			args = append(args, "--given", given)
		}
		if _, err := b.must(ctx, home, "offline", args...); err != nil {
			return "", err
		}
		content, err := os.ReadFile(filepath.Join(b.home(home), out, "report.json"))
		return string(content), err
	}
	cutoff := m.cutoff.Format(time.RFC3339)
	fromFacts, err := report("a", "backup", "report-of-facts", cutoff, "")
	if err != nil {
		return err
	}
	fromTable, err := report("a", "rebuilt", "report-of-table", cutoff, "")
	if err != nil {
		return err
	}
	b.check(fromFacts == fromTable, "facts made again from A's table give the same report, byte for byte: %s", hashOf(fromTable))
	if _, err := b.must(ctx, "b", "exporter", "--local", "--out", "copy"); err != nil {
		return err
	}
	fromB, err := report("b", "copy", "report", cutoff, "")
	if err != nil {
		return err
	}
	b.check(fromFacts == fromB, "the facts that B made give the same report, byte for byte: %s", hashOf(fromB))
	return b.published(func(cutoff, given string) (string, error) { return report("b", "copy", "again", cutoff, given) })
}

// published builds the report that A published once more, from what B has.
func (b *battery) published(report func(cutoff, given string) (string, error)) error {
	list, err := os.ReadFile(filepath.Join(b.home("b"), "copy", "reports.jsonl"))
	if err != nil {
		return fmt.Errorf("reading the reports of B: %w", err)
	}
	for row := range strings.Lines(string(list)) {
		var v struct {
			Group   string            `json:"group"`
			Cutoff  string            `json:"cutoff"`
			Hash    string            `json:"input_hash"`
			Objects map[string]string `json:"objects"`
		}
		if err := json.Unmarshal([]byte(row), &v); err != nil {
			return fmt.Errorf("reading the reports of B: %w", err)
		}
		if v.Group != "" {
			continue
		}
		again, err := report(v.Cutoff, filepath.Join("copy", filepath.FromSlash(v.Objects["inputs"])))
		if err != nil {
			return err
		}
		b.check(hashOf(again) == v.Hash, "the report that A published has the same hash in B: %s", v.Hash)
	}
	return nil
}

func hashOf(report string) string {
	var r struct {
		Header struct {
			Hash string `json:"data_hash"`
		} `json:"header"`
	}
	if json.Unmarshal([]byte(report), &r) != nil {
		return "no report"
	}
	return r.Header.Hash
}

// promises are what was due while there was no stack.
func (b *battery) promises(ctx context.Context, m *month, s *stack.Stack) error {
	if _, err := s.Invoke(ctx, "clock", []byte(`{"schedule":"clock"}`)); err != nil {
		return err
	}
	number := strings.TrimPrefix(m.dueCase, "CASE#")
	address := m.addressOf(m.reminder)
	var mails []emulator.Mail
	if err := eventually(ctx, "the deadline and the reminder", time.Minute, func() (string, error) {
		var err error
		if mails, err = s.Mails(ctx); err != nil {
			return "", err
		}
		if about(mails, number) == 0 {
			return "nobody is told of case " + number, nil
		}
		if address != "" && to(mails, address) == 0 {
			return "nobody is reminded", nil
		}
		return "", nil
	}); err != nil {
		b.check(false, "what was due while there was no stack happens: %v", err)
		return nil
	}
	if err := quiet(ctx, s); err != nil {
		return err
	}
	mails, err := s.Mails(ctx)
	if err != nil {
		return err
	}
	all, err := tableOf(ctx, s)
	if err != nil {
		return err
	}
	lines := 0
	for key := range all {
		if strings.HasPrefix(key, m.dueCase+" T#") && m.before[key] == nil {
			lines++
		}
	}
	b.check(lines > 0, "the deadline of case %s passed, and its timeline goes on: %d lines", number, lines)
	b.check(to(mails, address) == 1, "the customer whose reminder was due has one mail: %d", to(mails, address))
	b.once(mails, m, number)
	return nil
}

// once checks that no customer but the one who is reminded has a mail, and that no
// mail was sent twice.
func (b *battery) once(mails []emulator.Mail, m *month, number string) {
	reminded := m.addressOf(m.reminder)
	customers := m.addresses()
	written, seen := 0, map[string]int{}
	twice := 0
	for i := range mails {
		who := strings.Join(mails[i].To, ",")
		if customers[who] && who != reminded {
			written++
		}
		if seen[who+"\x00"+mails[i].Subject+"\x00"+mails[i].Text]++; seen[who+"\x00"+mails[i].Subject+"\x00"+mails[i].Text] == 2 {
			twice++
		}
	}
	b.check(written == 0, "no other customer is written to: %d of %d addresses", written, len(customers))
	b.check(twice == 0, "no mail was sent twice: %d of %d (case %s)", twice, len(mails), number)
}

// addressOf is the address of the invitation of a response.
func (m *month) addressOf(response string) string {
	for key, it := range m.before {
		if strings.Contains(key, " "+response+"#") {
			if email := member(text(it, "personal"), "email"); strings.Contains(email, "@") {
				return email
			}
		}
	}
	return ""
}

func (m *month) addresses() map[string]bool {
	all := map[string]bool{}
	for _, it := range m.before {
		if email := member(text(it, "personal"), "email"); strings.Contains(email, "@") {
			all[email] = true
		}
	}
	return all
}

func about(mails []emulator.Mail, number string) (n int) {
	for i := range mails {
		if strings.Contains(mails[i].Subject+mails[i].Text, number) {
			n++
		}
	}
	return n
}

func to(mails []emulator.Mail, address string) (n int) {
	for i := range mails {
		if address != "" && slices.Contains(mails[i].To, address) {
			n++
		}
	}
	return n
}

// customers go on: with links and pages that A issued, and with events that A took.
func (b *battery) customers(ctx context.Context, m *month, s *stack.Stack) error {
	before, err := tableOf(ctx, s)
	if err != nil {
		return err
	}
	err = b.vote(ctx, moved(m.played.Links.RatingPages["de"], s))
	b.check(err == nil, "a link that A issued takes a vote in B %v", reason(err))
	status, body, err := call(ctx, http.MethodGet, moved(m.played.Links.StatusPage, s), "", nil)
	b.check(err == nil && status == http.StatusOK && strings.Contains(body, "<html"), "a status page that A promised is there: %d %v", status, reason(err))
	err = b.send(ctx, s, m.event, "duplicate")
	b.check(err == nil, "an event that A accepted is a duplicate in B %v", reason(err))
	after, err := tableOf(ctx, s)
	if err != nil {
		return err
	}
	fresh := 0
	for key := range after {
		if strings.HasPrefix(key, "20") && before[key] == nil {
			fresh++
		}
	}
	b.check(fresh == 1, "the vote is stored, and the duplicate is not: %d new events", fresh)
	return quiet(ctx, s)
}

func reason(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// moved is an address of A at B.
func moved(address string, s *stack.Stack) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return s.PublicURL + u.Path
}

// repeated restores the same once more, and another backup: the one changes nothing,
// the other is refused.
func (b *battery) repeated(ctx context.Context, m *month, s *stack.Stack, backup string) error {
	mails, err := s.Mails(ctx)
	if err != nil {
		return err
	}
	before, err := tableOf(ctx, s)
	if err != nil {
		return err
	}
	// A vote came since: the table is in use, and only what is missing is added.
	said, err := b.operate(ctx, "b", "recover", "restore", "--local", "--from", backup)
	b.check(err != nil && strings.Contains(said, "FILL=1"), "a table that is in use is not restored into")
	if _, err := b.must(ctx, "b", "recover", "restore", "--local", "--from", backup, "--fill"); err != nil {
		return err
	}
	if _, err := s.Invoke(ctx, "clock", []byte(`{"schedule":"clock"}`)); err != nil {
		return err
	}
	if err := quiet(ctx, s); err != nil {
		return err
	}
	after, err := tableOf(ctx, s)
	if err != nil {
		return err
	}
	b.check(len(before.same(after)) == 0 && len(after) >= len(before), "restored once more, nothing is another: %d items, %d then", len(before), len(after))
	since, err := s.Mails(ctx)
	if err != nil {
		return err
	}
	b.check(len(told(mails, since)) == 0, "restored once more, nobody is written to: %d mails", len(told(mails, since)))
	b.once(since, m, "any")
	dead, err := deadLetters(ctx, s)
	b.check(dead == 0, "%d dead letters at the end", dead)
	return err
}

var nonce = regexp.MustCompile(`name="nonce" value="([^"]+)"`)

// vote opens a link and presses the button.
func (b *battery) vote(ctx context.Context, link string) error {
	status, page, err := call(ctx, http.MethodGet, link, "", nil)
	found := nonce.FindStringSubmatch(page)
	if err != nil || status != http.StatusOK || found == nil {
		return errors.Join(err, fmt.Errorf("opening the link: %d", status))
	}
	form := url.Values{"stars": {"5"}, "nonce": {html.UnescapeString(found[1])}}
	status, _, err = call(ctx, http.MethodPost, link, "", strings.NewReader(form.Encode()))
	if err == nil && status != http.StatusSeeOther {
		err = fmt.Errorf("voting: %d", status)
	}
	return err
}

// send sends an event as a system does, and wants an answer.
func (b *battery) send(ctx context.Context, s *stack.Stack, event []byte, want string) error {
	jwt, err := s.Token(ctx, "intake")
	if err != nil {
		return err
	}
	status, body, err := call(ctx, http.MethodPost, s.PublicURL+"/v1/ratings", jwt, strings.NewReader(string(event)))
	if err == nil && member(body, "status") != want {
		err = fmt.Errorf("POST /v1/ratings answers %d, not %s", status, want)
	}
	return err
}

// call asks the stack; redirects are answers.
func call(ctx context.Context, method, address, jwt string, body io.Reader) (status int, answer string, err error) {
	req, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return 0, "", fmt.Errorf("asking the stack: %w", err)
	}
	req.Header.Set("Accept", "text/html")
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if jwt != "" {
		req.Header.Set("Accept", "application/json")
		req.Header.Set("Authorization", "Bearer "+jwt)
		req.Header.Set("Content-Type", "application/json")
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Do(req)
	if err != nil {
		return 0, "", fmt.Errorf("asking the stack: %w", err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	return res.StatusCode, string(b), err
}
