// Command cmd gives a stack a new signing key, or retires the one before.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"

	"resonanz/infra/command"
	"resonanz/infra/configure"
	"resonanz/infra/deployed"
	"resonanz/infra/local/stack"
	"resonanz/infra/rotate"
)

const usage = `usage: make rotate SECRET=link|device|webhook [RETIRE=1] [FORCE=1] [LOCAL=1 | STAGE=dev]
which runs: go run ./infra/rotate/cmd --secret link [--retire] [--force] [--stage dev | --local]

  --retire  end the key before the one that signs, once nothing needs it
  --force   whatever still needs the key before: when a key has leaked
  --stage   the deployed stack Resonanz-<stage>, by your AWS credentials (default dev)
  --local   the local stack of make up`

var errUsage = command.ErrUsage

func main() { command.Main(usage, run) }

func run(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("rotate", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	secret := f.String("secret", "", "")
	retire := f.Bool("retire", false, "")
	force := f.Bool("force", false, "")
	stage := f.String("stage", configure.Dev, "")
	local := f.Bool("local", false, "")
	if err := f.Parse(args); err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if f.NArg() > 0 || !slices.Contains(rotate.Names, *secret) {
		return fmt.Errorf("%w: name the secret: SECRET=%s", errUsage, strings.Join(rotate.Names, "|"))
	}
	if *local {
		*stage = configure.Dev
	}
	cfg, err := configure.LoadStage(filepath.Join("infra", "feedback.yaml"), *stage)
	if err != nil {
		return err
	}
	overlap, then, err := rotate.Plan(*secret, cfg)
	if err != nil {
		return err
	}
	at, arn, err := find(ctx, *secret, *stage, *local)
	if err != nil {
		return err
	}
	r := rotate.Rotation{
		API: secretsmanager.NewFromConfig(at), ARN: arn, Secret: *secret, Overlap: overlap, Then: then,
		Now: time.Now, Wait: rotate.Sleep, Out: out,
	}
	do := r.Rotate
	if *retire {
		do = r.Retire
	}
	if err := do(ctx, *force); deployed.Answered(err) {
		return errors.New(deployed.Reason(err))
	} else if err != nil {
		return err
	}
	return nil
}

// outputs name the secrets.
var outputs = map[string]string{"link": "LinkSecretArn", "device": "DeviceSecretArn", "webhook": "WebhookSecretArn"}

func find(ctx context.Context, secret, stage string, local bool) (aws.Config, string, error) {
	if local {
		o, err := stack.ReadOutputs(filepath.Join("build", "local"))
		if err != nil {
			return aws.Config{}, "", err
		}
		return o.AWS(), map[string]string{"link": o.LinkSecretARN, "device": o.DeviceSecretARN, "webhook": o.WebhookSecretARN}[secret], nil
	}
	s, err := deployed.Find(ctx, stage)
	if err != nil {
		return aws.Config{}, "", err
	}
	arn, err := s.Need(outputs[secret])
	if err != nil {
		return aws.Config{}, "", err
	}
	return s.AWS, arn[0], nil
}
