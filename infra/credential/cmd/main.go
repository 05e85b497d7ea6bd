// Command cmd prints a token for a system, or the key of a device, of a deployed
// stack; those of the local one are printed by infra/local.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"resonanz/infra/command"
	"resonanz/infra/configure"
	"resonanz/infra/credential"
	"resonanz/infra/deployed"
	"resonanz/infra/local/toolchain"
	"resonanz/shared/feedback"
)

const usage = `usage: make token STAGE=prod SCOPE="intake"
       make device-key STAGE=prod DEVICE=kiosk-cologne-1
which run: go run ./infra/credential/cmd token --stage NAME --scope "A B"
           go run ./infra/credential/cmd device-key --stage NAME --device ID
by your AWS credentials`

// errUsage says that the arguments, not the stack, are wrong.
var errUsage = command.ErrUsage

func main() { command.Main(usage, run) }

func run(ctx context.Context, args []string, out io.Writer) error {
	if len(args) == 0 || args[0] != "token" && args[0] != "device-key" {
		return fmt.Errorf("%w: say token or device-key", errUsage)
	}
	f := flag.NewFlagSet(args[0], flag.ContinueOnError)
	f.SetOutput(io.Discard)
	stage := f.String("stage", "", "")
	scope := f.String("scope", "", "")
	device := f.String("device", "", "")
	if err := f.Parse(args[1:]); err != nil {
		return fmt.Errorf("%w of %s: %w", errUsage, args[0], err)
	}
	switch {
	case f.NArg() > 0:
		return fmt.Errorf("%w of %s: %s", errUsage, args[0], strings.Join(f.Args(), " "))
	case *stage == "":
		return fmt.Errorf("%w of %s: name the stage: STAGE=prod", errUsage, args[0])
	case args[0] == "token" && len(strings.Fields(*scope)) == 0:
		return fmt.Errorf("%w of token: name the scopes: SCOPE=\"intake\"", errUsage)
	case args[0] == "device-key" && *device == "":
		return fmt.Errorf("%w of device-key: name the device: DEVICE=kiosk-cologne-1", errUsage)
	}
	s, err := deployed.Find(ctx, *stage)
	if err != nil {
		return err
	}
	if args[0] == "token" {
		return token(ctx, s, strings.Fields(*scope), out)
	}
	return deviceKey(ctx, s, *stage, feedback.Device(*device), out)
}

func token(ctx context.Context, s *deployed.Stack, scopes []string, out io.Writer) error {
	jwt, err := credential.Token(ctx, s.AWS, credential.Pool{
		ID: s.Outputs["UserPoolId"], Client: s.Outputs["ClientId"], TokenURL: s.Outputs["TokenUrl"],
	}, scopes...)
	if err != nil {
		return errors.New(deployed.Reason(err))
	}
	_, err = fmt.Fprintln(out, jwt)
	return err
}

func deviceKey(ctx context.Context, s *deployed.Stack, stage string, id feedback.Device, out io.Writer) error {
	wd, err := os.Getwd()
	if err != nil {
		return fmt.Errorf("finding the project: %w", err)
	}
	root, err := toolchain.Root(wd)
	if err != nil {
		return err
	}
	cfg, err := configure.LoadStage(filepath.Join(root, "infra", "feedback.yaml"), stage)
	if err != nil {
		return err
	}
	names, err := s.Need("DeviceSecretArn", "PublicUrl")
	if err != nil {
		return err
	}
	key, err := credential.DeviceKey(ctx, s.AWS, names[0], cfg, id)
	if err != nil {
		return errors.New(deployed.Reason(err))
	}
	_, err = io.WriteString(out, credential.Enrolment(names[1], id, key))
	return err
}
