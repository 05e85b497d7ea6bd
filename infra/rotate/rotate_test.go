package rotate

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager/types"

	"resonanz/infra/configure"
	"resonanz/infra/local/emulatortest"
	"resonanz/shared/awsenv"
	"resonanz/shared/config"
	"resonanz/shared/link"
	"resonanz/shared/secret"
)

var start = time.Date(2026, time.March, 15, 12, 0, 0, 0, time.UTC)

// manager is a Secrets Manager with one secret, as AWS keeps its stages.
type manager struct {
	now      func() time.Time
	versions []kept
	fail     string // the call that fails
}

type kept struct {
	id, value string
	made      time.Time
	stages    []string
}

var errDown = errors.New("down")

func newManager(now func() time.Time) *manager {
	return &manager{now: now, versions: []kept{{"v0", strings.Repeat("0", 64), now(), []string{current}}}}
}

func (m *manager) take(stage string) {
	for i := range m.versions {
		m.versions[i].stages = slices.DeleteFunc(m.versions[i].stages, func(s string) bool { return s == stage })
	}
}

func (m *manager) with(stage string) *kept {
	for i := range m.versions {
		if slices.Contains(m.versions[i].stages, stage) {
			return &m.versions[i]
		}
	}
	return nil
}

func (m *manager) ListSecretVersionIds(context.Context, *secretsmanager.ListSecretVersionIdsInput, ...func(*secretsmanager.Options)) (*secretsmanager.ListSecretVersionIdsOutput, error) { //nolint:revive // the client names it so
	if m.fail == "list" {
		return nil, errDown
	}
	out := &secretsmanager.ListSecretVersionIdsOutput{}
	for _, v := range m.versions {
		out.Versions = append(out.Versions, types.SecretVersionsListEntry{VersionId: &v.id, CreatedDate: &v.made, VersionStages: v.stages})
	}
	return out, nil
}

func (m *manager) PutSecretValue(_ context.Context, in *secretsmanager.PutSecretValueInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.PutSecretValueOutput, error) {
	if m.fail == "put" {
		return nil, errDown
	}
	id := "v" + string(rune('0'+len(m.versions)))
	for _, s := range in.VersionStages {
		m.take(s)
	}
	m.versions = append(m.versions, kept{id, *in.SecretString, m.now(), slices.Clone(in.VersionStages)})
	return &secretsmanager.PutSecretValueOutput{VersionId: &id}, nil
}

func (m *manager) UpdateSecretVersionStage(_ context.Context, in *secretsmanager.UpdateSecretVersionStageInput, _ ...func(*secretsmanager.Options)) (*secretsmanager.UpdateSecretVersionStageOutput, error) {
	if m.fail == "update" {
		return nil, errDown
	}
	from := m.with(*in.VersionStage)
	if from == nil || from.id != aws.ToString(in.RemoveFromVersionId) {
		return nil, errors.New("the stage is elsewhere")
	}
	m.take(*in.VersionStage)
	if in.MoveToVersionId != nil {
		if *in.VersionStage == current {
			m.take(previous)
			from.stages = append(from.stages, previous)
		}
		for i := range m.versions {
			if m.versions[i].id == *in.MoveToVersionId {
				m.versions[i].stages = append(m.versions[i].stages, *in.VersionStage)
			}
		}
	}
	return &secretsmanager.UpdateSecretVersionStageOutput{}, nil
}

func (m *manager) Value(_ context.Context, _, stage string) (string, error) {
	v := m.with(stage)
	if v == nil {
		return "", secret.ErrNone
	}
	return v.value, nil
}

// desk is an operator's, with a clock that only waiting moves.
type desk struct {
	at   time.Time
	out  bytes.Buffer
	m    *manager
	r    *Rotation
	wait func(time.Duration) error
}

func newDesk() *desk {
	d := &desk{at: start}
	d.m = newManager(func() time.Time { return d.at })
	d.at = d.at.Add(time.Hour)
	d.r = &Rotation{
		API: d.m, ARN: "arn:link", Secret: "link", Overlap: 400 * day, Now: func() time.Time { return d.at }, Out: &d.out,
		Wait: func(_ context.Context, by time.Duration) error {
			if d.wait != nil {
				return d.wait(by)
			}
			d.at = d.at.Add(max(by, 0))
			return nil
		},
	}
	return d
}

func (d *desk) stages() string {
	name := func(stage string) string {
		if v := d.m.with(stage); v != nil {
			return v.id
		}
		return "-"
	}
	return name(current) + " " + name(previous)
}

func (d *desk) expect(t *testing.T, err, want error, stages string) {
	t.Helper()
	if !errors.Is(err, want) || d.stages() != stages {
		t.Fatalf("%v, stages %s; want %v, %s\n%s", err, d.stages(), want, stages, &d.out)
	}
}

func TestAKeyIsAnnouncedThenSignsThenTheOneBeforeIsRetired(t *testing.T) {
	d := newDesk()
	d.wait = func(by time.Duration) error {
		if by != announcedFor || d.stages() != "v0 v1" {
			t.Errorf("waits %s at %s", by, d.stages())
		}
		d.at = d.at.Add(by)
		return nil
	}
	d.expect(t, d.r.Rotate(t.Context(), false), nil, "v1 v0")
	safe := start.Add(3*time.Hour + 400*day)
	if !strings.Contains(d.out.String(), safe.Format("2006-01-02 15:04")) {
		t.Errorf("does not say when to retire:\n%s", &d.out)
	}
	d.expect(t, d.r.Rotate(t.Context(), false), ErrOverlap, "v1 v0")
	d.at = safe.Add(-time.Second)
	d.expect(t, d.r.Retire(t.Context(), false), ErrOverlap, "v1 v0")
	d.at = safe
	d.expect(t, d.r.Retire(t.Context(), false), nil, "v1 -")
	d.expect(t, d.r.Retire(t.Context(), false), ErrNone, "v1 -")
}

func TestALeakedKeyIsEndedAtOnceByForce(t *testing.T) {
	d := newDesk()
	d.expect(t, d.r.Rotate(t.Context(), false), nil, "v1 v0")
	d.expect(t, d.r.Rotate(t.Context(), true), nil, "v2 v1")
	d.expect(t, d.r.Retire(t.Context(), true), nil, "v2 -")
}

func TestAnInterruptedRotationGoesOn(t *testing.T) {
	d := newDesk()
	d.wait = func(time.Duration) error { return context.Canceled }
	d.expect(t, d.r.Rotate(t.Context(), false), context.Canceled, "v0 v1")
	d.expect(t, d.r.Retire(t.Context(), true), ErrNone, "v0 v1") // nothing has signed with v1 yet
	d.at = d.at.Add(80 * time.Second)
	d.wait = func(by time.Duration) error {
		if by != 10*time.Second {
			t.Errorf("waits %s", by)
		}
		return nil
	}
	d.expect(t, d.r.Rotate(t.Context(), false), nil, "v1 v0")
}

// When a key may go follows from when the next one was made: one that lay
// announced for long is made anew.
func TestAnAnnouncementThatIsOldIsReplaced(t *testing.T) {
	d := newDesk()
	d.wait = func(time.Duration) error { return context.Canceled }
	d.expect(t, d.r.Rotate(t.Context(), false), context.Canceled, "v0 v1")
	d.wait, d.at = nil, d.at.Add(announcedAtMost)
	d.expect(t, d.r.Rotate(t.Context(), false), nil, "v2 v0")
}

func TestWhatFailsLeavesAStateThatWorks(t *testing.T) {
	for fail, stages := range map[string]string{"list": "v0 -", "put": "v0 -", "update": "v0 v1"} {
		d := newDesk()
		d.m.fail = fail
		d.expect(t, d.r.Rotate(t.Context(), false), errDown, stages)
		d.m.fail = ""
		d.expect(t, d.r.Rotate(t.Context(), false), nil, "v1 v0")
	}
}

func TestNoKeyIsSaid(t *testing.T) {
	d := newDesk()
	if err := errors.Join(d.r.Rotate(t.Context(), false), d.r.Retire(t.Context(), true), d.r.Rotate(t.Context(), true)); err != nil {
		t.Fatal(err)
	}
	for _, v := range d.m.versions {
		if strings.Contains(d.out.String(), v.value) || len(v.value) != keyLength || strings.Trim(v.value, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("version %s", v.id)
		}
	}
	if d.m.versions[1].value == d.m.versions[2].value {
		t.Error("the same key twice")
	}
}

// Functions that started at any second before, while and after a key is rotated
// read every link that any of them signed at any second: none is refused.
func TestNoLinkIsRefusedWhileAKeyIsRotated(t *testing.T) {
	d := newDesk()
	begin := d.at
	var functions []*secret.Source
	var links []string
	work := func() {
		if s := int(d.at.Sub(begin) / time.Second); s%5 == 0 {
			functions = append(functions, secret.New(d.m, "arn:link"))
		}
		for i, f := range functions {
			ring, err := f.Fresh(t.Context(), d.at)
			if err != nil {
				t.Fatal(err)
			}
			if i%7 == 0 || i == len(functions)-1 {
				signed := link.Sign(ring, link.Token{ResponseKey: "2026-03-abcdefghijklmn27", Channel: "qr", ExpiresAt: d.at.Add(time.Hour)})
				if len(links) == 0 || !slices.Contains(links, signed) {
					links = append(links[max(0, len(links)-20):], signed)
				}
			}
		}
		for _, l := range links {
			for _, f := range functions {
				if _, err := secret.Verify(t.Context(), f, l, d.at); err != nil {
					t.Fatalf("%s: %v", d.at.Sub(begin), err)
				}
			}
		}
	}
	pass := func(by time.Duration) error {
		for end := d.at.Add(by); d.at.Before(end); d.at = d.at.Add(time.Second) {
			work()
		}
		return nil
	}
	d.wait = pass
	_ = pass(2 * time.Minute)
	d.expect(t, d.r.Rotate(t.Context(), false), nil, "v1 v0")
	_ = pass(3 * time.Minute)
	first, _ := link.NewKeyring([]byte(d.m.versions[0].value), nil)
	if _, err := link.Verify(first, links[len(links)-1], d.at); err == nil {
		t.Error("functions that started since still sign with the key before")
	}
}

func TestTheOverlapOutlastsWhatTheKeySigned(t *testing.T) {
	cfg, err := configure.Load("../feedback.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		secret string
		least  time.Duration
		then   string
	}{
		{"link", time.Duration(max(cfg.Links.ValidDays, cfg.Complaints.LinkDays, cfg.Report.LinkDays)) * day, ""},
		{"device", enrolling, string(cfg.Devices[0].ID)},
		{"webhook", receivers, "receiver"},
	} {
		got, then, err := Plan(c.secret, cfg)
		if err != nil || got < c.least || !strings.Contains(then, c.then) {
			t.Errorf("%s: %s, %q, %v", c.secret, got, then, err)
		}
	}
	if got, _, err := Plan("device", &config.Config{}); err != nil || got != 0 {
		t.Errorf("without devices: %s, %v", got, err)
	}
	if _, _, err := Plan("urls", cfg); err == nil {
		t.Error("urls can be rotated")
	}
}

// The emulator keeps stages as AWS does, so the same steps are taken there.
func TestTheStepsAreTakenBySecretsManager(t *testing.T) {
	url := emulatortest.URL(t)
	cfg := aws.Config{
		Region: "eu-central-1", BaseEndpoint: &url, Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
		HTTPClient: awsenv.HTTPClient(),
	}
	api, read := secretsmanager.NewFromConfig(cfg), secret.NewManager(cfg)
	made, err := api.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: aws.String("rotate-" + strings.ToLower(t.Name())), SecretString: aws.String(strings.Repeat("a", 64))})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Now()
	var out bytes.Buffer
	r := &Rotation{
		API: api, ARN: *made.ARN, Secret: "link", Overlap: 400 * day, Now: func() time.Time { return at }, Out: &out,
		// Versions are told apart by the second in which they were made.
		Wait: func(ctx context.Context, _ time.Duration) error { return Sleep(ctx, 1100*time.Millisecond) },
	}
	if err := r.Wait(t.Context(), 0); err != nil {
		t.Fatal(err)
	}
	before := secret.New(read, *made.ARN)
	ring, err := before.Fresh(t.Context(), at)
	if err != nil {
		t.Fatal(err)
	}
	old := link.Sign(ring, link.Token{ResponseKey: "2026-03-abcdefghijklmn27", Channel: "qr", ExpiresAt: at.Add(time.Hour)})
	if err := r.Rotate(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	ring, err = secret.New(read, *made.ARN).Fresh(t.Context(), at)
	if err != nil || strings.HasPrefix(string(ring.Current()), "aa") || !strings.HasPrefix(string(ring.Previous()), "aa") {
		t.Fatalf("the new key does not sign beside the one before: %v\n%s", err, &out)
	}
	young := link.Sign(ring, link.Token{ResponseKey: "2026-03-abcdefghijklmn27", Channel: "qr", ExpiresAt: at.Add(time.Hour)})
	for _, l := range []string{old, young} {
		if _, err := secret.Verify(t.Context(), before, l, at.Add(2*time.Minute)); err != nil {
			t.Error(err)
		}
	}
	if err := r.Rotate(t.Context(), false); !errors.Is(err, ErrOverlap) {
		t.Errorf("a second rotation: %v", err)
	}
	if err := r.Retire(t.Context(), false); !errors.Is(err, ErrOverlap) {
		t.Errorf("retired too early: %v", err)
	}
	at = at.Add(401 * day)
	if err := r.Retire(t.Context(), false); err != nil {
		t.Fatal(err)
	}
	if _, err := secret.Verify(t.Context(), secret.New(read, *made.ARN), old, at); !errors.Is(err, link.ErrUnknownKey) && !errors.Is(err, link.ErrForged) {
		t.Errorf("the key that was retired still counts: %v", err)
	}
}
