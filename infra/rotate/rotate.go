// Package rotate gives a stack new signing keys while the old ones still count: a
// key is announced before it signs, and the one before it verifies until it is
// retired. Nothing of a key is ever printed.
package rotate

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"math/big"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
)

// API is what is asked of Secrets Manager. No value is ever read.
type API interface {
	ListSecretVersionIds(context.Context, *secretsmanager.ListSecretVersionIdsInput, ...func(*secretsmanager.Options)) (*secretsmanager.ListSecretVersionIdsOutput, error)
	PutSecretValue(context.Context, *secretsmanager.PutSecretValueInput, ...func(*secretsmanager.Options)) (*secretsmanager.PutSecretValueOutput, error)
	UpdateSecretVersionStage(context.Context, *secretsmanager.UpdateSecretVersionStageInput, ...func(*secretsmanager.Options)) (*secretsmanager.UpdateSecretVersionStageOutput, error)
}

// The stages that functions read: the key that signs, and the one that only verifies.
const (
	current  = "AWSCURRENT"
	previous = "AWSPREVIOUS"
)

// Functions look at a secret again when a token fits none of their keys, at most
// once a minute. So a key that was announced for longer than that is known, or
// found at once, wherever its first token arrives: no link is refused meanwhile.
const announcedFor = 90 * time.Second

// announcedAtMost is how old an announcement may be that an interrupted rotation
// left: what is known of a key is when it was made, and from that follows when the
// one before it may go. An older one is replaced.
const announcedAtMost = time.Hour

// signsAtMost is how long a warm function may sign with the key before: an hour,
// while Secrets Manager does not answer; else ten minutes.
const signsAtMost = time.Hour

// keyLength is 64 letters and digits, about 380 bits, as the stack itself makes them.
const keyLength = 64

// Rotation is one secret of a stack.
type Rotation struct {
	API API
	ARN string
	// Secret is what it is called on the command line: link, device, webhook.
	Secret string
	// Overlap is how long what the key before signed, or made, has to count.
	Overlap time.Duration
	// Then says what is to do before the key before it is retired; may be empty.
	Then string

	Now  func() time.Time
	Wait func(context.Context, time.Duration) error
	Out  io.Writer
}

// The reasons not to go on, each of which Force overrides.
var (
	ErrOverlap = errors.New("the key before is still in use")
	ErrNone    = errors.New("no key is waiting to be retired")
)

// version is one value of the secret.
type version struct {
	id   string
	made time.Time
}

func (v version) none() bool { return v.id == "" }

// state is which versions bear the stages; either may be none.
type state struct{ current, previous version }

// announced reports whether the version in the stage before is in truth the next
// one: it was made after the one that signs.
func (s state) announced() bool { return !s.previous.none() && s.previous.made.After(s.current.made) }

// Rotate announces a new key, waits until every function knows it, and lets it
// sign. It may be repeated after an interruption. While a key before counts it
// returns ErrOverlap, but for force: then what that key signed is worth nothing
// from now on.
func (r *Rotation) Rotate(ctx context.Context, force bool) error {
	at, err := r.state(ctx)
	if err != nil {
		return err
	}
	next := version{}
	switch {
	case at.announced() && r.Now().Sub(at.previous.made) < announcedAtMost:
		next = at.previous
		r.say("a new %s key was announced at %s: going on with it", r.Secret, clock(next.made))
	case at.announced():
		r.say("the %s key announced at %s never signed: it is replaced", r.Secret, clock(at.previous.made))
		if err := r.drop(ctx, at.previous); err != nil {
			return err
		}
	case !at.previous.none() && !force:
		return fmt.Errorf("rotating the %s key: %w until %s: then retire it (RETIRE=1) and rotate again; FORCE=1 ends it at once", r.Secret, ErrOverlap, clock(r.safe(at)))
	case !at.previous.none():
		if err := r.drop(ctx, at.previous); err != nil {
			return err
		}
		r.say("the %s key before counts no more", r.Secret)
	}
	if next.none() {
		if next, err = r.announce(ctx); err != nil {
			return err
		}
		r.say("a new %s key is announced; functions learn of it until %s", r.Secret, clock(next.made.Add(announcedFor)))
	}
	if err := r.Wait(ctx, next.made.Add(announcedFor).Sub(r.Now())); err != nil {
		return fmt.Errorf("rotating the %s key: interrupted before it signed; repeat the command: %w", r.Secret, err)
	}
	if _, err := r.API.UpdateSecretVersionStage(ctx, &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: &r.ARN, VersionStage: aws.String(current), MoveToVersionId: &next.id, RemoveFromVersionId: &at.current.id,
	}); err != nil {
		return fmt.Errorf("rotating the %s key: letting it sign: %w", r.Secret, err)
	}
	r.say("the new %s key signs, in functions that are at work within ten minutes; the one before still counts", r.Secret)
	if r.Then != "" {
		r.say("%s", r.Then)
	}
	r.say("retire it from %s on: RETIRE=1", clock(r.safe(state{current: next})))
	return nil
}

// Retire ends the key before the one that signs. Errors: ErrNone; ErrOverlap while
// something it signed may still be in use, but for force.
func (r *Rotation) Retire(ctx context.Context, force bool) error {
	at, err := r.state(ctx)
	switch {
	case err != nil:
		return err
	case at.previous.none():
		return fmt.Errorf("retiring a %s key: %w", r.Secret, ErrNone)
	case at.announced():
		return fmt.Errorf("retiring a %s key: %w: the other one is announced and has not signed yet; rotate again to go on", r.Secret, ErrNone)
	case !force && r.Now().Before(r.safe(at)):
		return fmt.Errorf("retiring the %s key: %w until %s; FORCE=1 ends it at once", r.Secret, ErrOverlap, clock(r.safe(at)))
	}
	if err := r.drop(ctx, at.previous); err != nil {
		return err
	}
	r.say("the %s key before is retired; functions that are at work forget it within the hour", r.Secret)
	return nil
}

// safe is when nothing that the key before signed is in use any more.
func (r *Rotation) safe(at state) time.Time {
	return at.current.made.Add(announcedAtMost + signsAtMost + r.Overlap)
}

// state reads which versions there are.
func (r *Rotation) state(ctx context.Context) (state, error) {
	var s state
	pages := secretsmanager.NewListSecretVersionIdsPaginator(r.API, &secretsmanager.ListSecretVersionIdsInput{SecretId: &r.ARN})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return s, fmt.Errorf("reading the versions of the %s key: %w", r.Secret, err)
		}
		for _, v := range page.Versions {
			for _, stage := range v.VersionStages {
				one := version{aws.ToString(v.VersionId), aws.ToTime(v.CreatedDate)}
				switch stage {
				case current:
					s.current = one
				case previous:
					s.previous = one
				}
			}
		}
	}
	if s.current.none() {
		return s, fmt.Errorf("reading the versions of the %s key: none of them signs; deploy the stack again", r.Secret)
	}
	return s, nil
}

// announce puts a key where functions read the one that only verifies.
func (r *Rotation) announce(ctx context.Context) (version, error) {
	key, err := newKey()
	if err != nil {
		return version{}, fmt.Errorf("making a %s key: %w", r.Secret, err)
	}
	made := r.Now()
	out, err := r.API.PutSecretValue(ctx, &secretsmanager.PutSecretValueInput{SecretId: &r.ARN, SecretString: &key, VersionStages: []string{previous}})
	if err != nil {
		return version{}, fmt.Errorf("announcing a %s key: %w", r.Secret, err)
	}
	return version{aws.ToString(out.VersionId), made}, nil
}

// drop takes the stage from a version; Secrets Manager then deletes its value.
func (r *Rotation) drop(ctx context.Context, v version) error {
	_, err := r.API.UpdateSecretVersionStage(ctx, &secretsmanager.UpdateSecretVersionStageInput{
		SecretId: &r.ARN, VersionStage: aws.String(previous), RemoveFromVersionId: &v.id,
	})
	if err != nil {
		return fmt.Errorf("ending the %s key before: %w", r.Secret, err)
	}
	return nil
}

func (r *Rotation) say(format string, args ...any) { fmt.Fprintf(r.Out, format+"\n", args...) }

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 MST") }

// newKey is made of letters and digits, as what the stack makes first.
func newKey() (string, error) {
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	b := make([]byte, keyLength)
	for i := range b {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			return "", err
		}
		b[i] = alphabet[n.Int64()]
	}
	return string(b), nil
}

// Sleep waits for d, or until ctx ends.
func Sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}
