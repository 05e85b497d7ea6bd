// Command exporter gives everything back that a stack holds: facts as the Parquet
// files that they are, events, cases, timelines, corrective actions and opt-outs as
// CSV (RFC 4180) and as JSON Lines, reports and attachments as files, and a manifest
// with counts and SHA-256 of all of them.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"resonanz/infra/configure"
	"resonanz/infra/local/stack"
	"resonanz/shared/awsenv"
	"resonanz/shared/bucket"
	"resonanz/shared/store"
)

const usage = `usage: go run ./infra/exporter --out folder [--stage dev | --local]

  --out     a folder that does not exist, or is empty
  --stage   the deployed stack Resonanz-<stage>, by your AWS credentials (default dev)
  --local   the local stack of make up

What is written is personal: it holds what customers wrote and how they are reached.`

var errUsage = errors.New("wrong arguments")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	switch {
	case err == nil:
	case errors.Is(err, errUsage):
		fmt.Fprintln(os.Stderr, err)
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(2)
	default:
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	f := flag.NewFlagSet("exporter", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	folder := f.String("out", "", "")
	stage := f.String("stage", configure.Dev, "")
	local := f.Bool("local", false, "")
	if err := f.Parse(args); err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if *folder == "" || f.NArg() > 0 {
		return fmt.Errorf("%w: name a folder: --out backup", errUsage)
	}
	var p place
	var err error
	if *local {
		p, err = onThisMachine()
	} else {
		p, err = deployed(ctx, *stage)
	}
	if err != nil {
		return err
	}
	if p.cfg, err = configure.LoadStage(filepath.Join("infra", "feedback.yaml"), p.stage); err != nil {
		return err
	}
	return export(ctx, p, *folder, time.Now(), out)
}

// onThisMachine is the local stack.
func onThisMachine() (place, error) {
	o, err := stack.ReadOutputs(filepath.Join("build", "local"))
	if err != nil {
		return place{}, err
	}
	return placeOf(o.AWS(), o.StackName, configure.Dev, o.Table, o.Bucket, o.AttachmentsBucket), nil
}

func placeOf(cfg aws.Config, name, stage, table, facts, files string) place {
	objects := s3.NewFromConfig(cfg)
	return place{
		name: name, stage: stage, table: table, items: dynamodb.NewFromConfig(cfg),
		buckets: []folder{{"", bucket.New(objects, facts)}, {"attachments", bucket.New(objects, files)}},
	}
}

// deployed finds the stack of a stage by the caller's own AWS credentials.
func deployed(ctx context.Context, stage string) (place, error) {
	cfg, err := awsconfig.LoadDefaultConfig(ctx)
	if err != nil {
		return place{}, fmt.Errorf("reading your AWS configuration: %w", err)
	}
	if os.Getenv("AWS_CA_BUNDLE") == "" {
		cfg.HTTPClient = awsenv.HTTPClient()
	}
	if cfg.Region == "" {
		return place{}, errors.New("reading your AWS configuration: no region: set AWS_REGION, or use --local")
	}
	name := "Resonanz-" + stage
	answer, err := cloudformation.NewFromConfig(cfg).DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if err != nil {
		return place{}, fmt.Errorf("finding stack %s (deployed? name another with --stage, or use --local): %w", name, err)
	}
	values := map[string]string{}
	for i := range answer.Stacks {
		for _, v := range answer.Stacks[i].Outputs {
			values[aws.ToString(v.OutputKey)] = aws.ToString(v.OutputValue)
		}
	}
	needed := []string{"TableName", "BucketName", "AttachmentsBucketName"}
	if missing := slices.DeleteFunc(slices.Clone(needed), func(n string) bool { return values[n] != "" }); len(missing) > 0 {
		return place{}, fmt.Errorf("reading the outputs of stack %s: %s not among them; deploy the present version first", name, strings.Join(missing, ", "))
	}
	return placeOf(cfg, name, stage, values[needed[0]], values[needed[1]], values[needed[2]]), nil
}

var _ store.ScanAPI = (*dynamodb.Client)(nil)
