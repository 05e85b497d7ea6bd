package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"resonanz/infra/local/demo"
	"resonanz/infra/local/progress"
	"resonanz/infra/local/stack"
	"resonanz/infra/tablefile"
	"resonanz/shared/bucket"
	"resonanz/shared/casefile"
	"resonanz/shared/erasure"
	"resonanz/shared/store"
)

// month is a month of customers on stack A, and what has to be remembered of it.
type month struct {
	a        *stack.Stack
	played   *demo.Result
	early    customer // erased after the backup of the table was made
	late     customer // erased after the export was made
	event    []byte   // accepted by A; sent once more to B
	reminder string   // the key of the response whose reminder is due meanwhile
	dueCase  string   // the PK of the case whose deadline passes meanwhile
	before   items    // the table when it was exported
	cutoff   time.Time
}

// month plays it.
func (b *battery) month(ctx context.Context) (*month, error) {
	b.say("A month of customers on stack A")
	m := &month{}
	var err error
	if m.a, err = b.start(ctx, "a"); err != nil {
		return nil, err
	}
	cfg, err := m.a.Project.Config()
	if err == nil {
		m.played, err = demo.Run(ctx, progress.New(b.out), demo.Options{Outputs: m.a.Outputs, Config: cfg, Dir: b.work, Seed: b.seed, Now: time.Now()})
	}
	if err == nil {
		m.event = []byte(fmt.Sprintf(`{"event_id":"018e4f6a-3c1b-7e2d-9f00-%012d","touchpoint":"hotline","channel":"web_form","scale":"stars_1_5","rating":4,"submitted_at":%q}`,
			b.seed, time.Now().UTC().Format(time.RFC3339)))
		err = b.send(ctx, m.a, m.event, "accepted")
	}
	if err == nil {
		err = quiet(ctx, m.a)
	}
	if err != nil {
		return nil, errors.Join(err, m.a.Stop())
	}
	return m, nil
}

// emptied is the smaller catastrophe: all items are gone, the stack is there, and so
// is a backup of DynamoDB.
func (b *battery) emptied(ctx context.Context, m *month) error {
	b.say("The table is emptied, and comes back from a backup of DynamoDB")
	api := dynamodb.NewFromConfig(m.a.AWS())
	made, err := api.CreateBackup(ctx, &dynamodb.CreateBackupInput{TableName: &m.a.Table, BackupName: aws.String("nightly")})
	if err != nil {
		return fmt.Errorf("making a backup: %w", err)
	}
	all, err := tableOf(ctx, m.a)
	if err != nil {
		return err
	}
	customers := all.customers()
	if len(customers) < 2 {
		return fmt.Errorf("the month has %d customers with words and a case", len(customers))
	}
	rand.New(rand.NewPCG(b.seed, 0)).Shuffle(len(customers), func(i, j int) { customers[i], customers[j] = customers[j], customers[i] }) //nolint:gosec // reproducible by the seed
	m.early, m.late = customers[0], customers[1]
	if err := erase(ctx, m.a, m.early); err != nil {
		return err
	}
	want, err := tableOf(ctx, m.a)
	if err != nil {
		return err
	}
	b.check(len(want.traces(m.early)) == 0, "a customer erased by A has left no trace in its table %v", want.traces(m.early))
	mails, err := m.a.Mails(ctx)
	if err != nil {
		return err
	}
	if err := empty(ctx, m.a); err != nil {
		return err
	}
	const back = "back-from-the-backup"
	if _, err := api.RestoreTableFromBackup(ctx, &dynamodb.RestoreTableFromBackupInput{BackupArn: made.BackupDetails.BackupArn, TargetTableName: aws.String(back)}); err != nil {
		return fmt.Errorf("restoring the backup into a table: %w", err)
	}
	if _, err := b.must(ctx, "a", "recover", "restore", "--local", "--from", "table:"+back); err != nil {
		return err
	}
	if err := quiet(ctx, m.a); err != nil {
		return err
	}
	got, err := tableOf(ctx, m.a)
	if err != nil {
		return err
	}
	different := want.same(got)
	b.check(len(different) == 0, "every event, every line and every report is there as it was: %d items, %d not %.5v", len(want), len(different), different)
	b.check(len(got.traces(m.early)) == 0, "who was erased after the backup stays erased %v", got.traces(m.early))
	numbers, n, err := broken(ctx, m.a, got)
	if err != nil {
		return err
	}
	b.check(len(numbers) == 0, "%d cases hold together with their timelines %v", n, numbers)
	after, err := m.a.Mails(ctx)
	if err != nil {
		return err
	}
	b.check(len(told(mails, after)) == 0, "nobody is written to: %d mails before, %d since", len(mails), len(told(mails, after)))
	dead, err := deadLetters(ctx, m.a)
	b.check(dead == 0, "%d dead letters", dead)
	return err
}

// meanwhile is how soon what is due is due: after the export, and before B is up.
const meanwhile = 20 * time.Second

// last is what can be done on the last day of stack A: an export, and the secrets.
func (b *battery) last(ctx context.Context, m *month) error {
	b.say("The last day of stack A")
	all, err := tableOf(ctx, m.a)
	if err != nil {
		return err
	}
	if err := m.hasten(ctx, all); err != nil {
		return err
	}
	m.cutoff = time.Now().UTC().Truncate(time.Second)
	if m.before, err = tableOf(ctx, m.a); err != nil {
		return err
	}
	if _, err := b.must(ctx, "a", "exporter", "--local", "--out", "backup"); err != nil {
		return err
	}
	if _, err := b.must(ctx, "a", "recover", "rebuild", "--local", "--out", "rebuilt"); err != nil {
		return err
	}
	said, err := b.must(ctx, "a", "recover", "secrets", "--local", "--out", "secrets.json")
	if err != nil {
		return err
	}
	b.check(noSecret(b.home("a"), said), "no secret is shown when secrets are kept")
	// After the export: what is written to the old bucket has to be heard.
	if err := erase(ctx, m.a, m.late); err != nil {
		return err
	}
	old := bucket.New(s3.NewFromConfig(m.a.AWS(), func(o *s3.Options) { o.UsePathStyle = true }), m.a.Bucket)
	return old.List(ctx, erasure.Prefix, func(key string) error {
		body, err := old.Get(ctx, key)
		if err != nil {
			return err
		}
		name := filepath.Join(b.home("a"), "backup", filepath.FromSlash(key))
		return errors.Join(os.MkdirAll(filepath.Dir(name), 0o700), os.WriteFile(name, body, 0o600))
	})
}

// noSecret reports whether an output holds nothing of the file of secrets.
func noSecret(home, said string) bool {
	b, err := os.ReadFile(filepath.Join(home, "secrets.json"))
	var all map[string]map[string]string
	if err != nil || json.Unmarshal(b, &all) != nil || len(all) == 0 {
		return false
	}
	for _, values := range all {
		for _, v := range values {
			if v == "" || strings.Contains(said, v) {
				return false
			}
		}
	}
	return true
}

// erase erases a customer as the function for it does: the log first, then the table.
func erase(ctx context.Context, s *stack.Stack, c customer) error {
	log := bucket.New(s3.NewFromConfig(s.AWS(), func(o *s3.Options) { o.UsePathStyle = true }), s.Bucket)
	if err := erasure.Record(ctx, log, erasure.Customer(c.key), time.Now()); err != nil {
		return err
	}
	_, err := store.New(dynamodb.NewFromConfig(s.AWS()), s.Table).Forget(ctx, c.key)
	return err
}

// hasten makes the deadline of a case and a reminder due soon: the case grows older
// at once, each of its times by the same.
func (m *month) hasten(ctx context.Context, all items) error {
	soon := time.Now().Add(meanwhile).UTC()
	for _, key := range slices.Sorted(maps.Keys(all)) {
		it := all[key]
		pk := text(it, store.AttrPK)
		switch {
		case strings.HasPrefix(key, "REMIND#") && m.reminder == "" && m.waiting(all, strings.TrimPrefix(pk, "REMIND#")):
			m.reminder = strings.TrimPrefix(pk, "REMIND#")
			if err := m.set(ctx, it, map[string]string{store.AttrDueAt: stamp(soon)}); err != nil {
				return err
			}
		case strings.HasPrefix(key, "CASE#") && strings.HasSuffix(key, " STATE") && m.dueCase == "" && !slices.Contains(m.late.cases, pk) && !slices.Contains(m.early.cases, pk):
			var c casefile.Case
			if err := json.Unmarshal([]byte(text(it, "case")), &c); err != nil {
				return fmt.Errorf("reading case %s: %w", pk, err)
			}
			if c.Status.Ended() || c.NextAt.IsZero() || !c.NextAt.Before(casefile.NoAction) || c.NextAt.Before(soon) {
				continue
			}
			m.dueCase = pk
			if err := m.set(ctx, it, map[string]string{store.AttrDueAt: stamp(soon), "case": older(text(it, "case"), c.NextAt.Sub(soon))}); err != nil {
				return err
			}
		}
	}
	if m.reminder == "" || m.dueCase == "" {
		return fmt.Errorf("the month has no reminder (%q) or no deadline (%q) to come", m.reminder, m.dueCase)
	}
	return nil
}

// waiting reports whether somebody has not answered who wants to be reminded, and is
// not erased.
func (m *month) waiting(all items, response string) bool {
	invited := false
	for key, it := range all {
		if !strings.Contains(key, " "+response+"#") {
			continue
		}
		email := member(text(it, "personal"), "email")
		out := all["CONTACT#"+string(store.AddressContact(email))+" -"]["opted_out_at"] != nil || all["CONTACT#"+string(store.KeyContact(text(it, store.AttrCustomerKey)))+" -"]["opted_out_at"] != nil
		if text(it, "kind") != "invitation" || !strings.Contains(email, "@") || out || sameResponse(m.early, key) || sameResponse(m.late, key) {
			return false
		}
		invited = true
	}
	return invited
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

var instants = regexp.MustCompile(`"[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z"`)

// older moves every time of a case back.
func older(document string, by time.Duration) string {
	return instants.ReplaceAllStringFunc(document, func(s string) string {
		at, err := time.Parse(time.RFC3339, strings.Trim(s, `"`))
		if err != nil || !at.Before(casefile.NoAction) {
			return s
		}
		return at.Add(-by).Format(`"2006-01-02T15:04:05.000Z"`)
	})
}

func (m *month) set(ctx context.Context, it tablefile.Item, values map[string]string) error {
	next := maps.Clone(it)
	for name, v := range values {
		next[name] = &types.AttributeValueMemberS{Value: v}
	}
	if _, err := dynamodb.NewFromConfig(m.a.AWS()).PutItem(ctx, &dynamodb.PutItemInput{TableName: &m.a.Table, Item: next}); err != nil {
		return fmt.Errorf("moving a time: %w", err)
	}
	return nil
}
