// Command exporter gives everything back that a stack holds: facts as the Parquet
// files that they are, events, cases, timelines, corrective actions and opt-outs as
// CSV (RFC 4180) and as JSON Lines, every item of the table as it is in the format
// of DynamoDB's own export, from which a table can be made again, reports and
// attachments as files, and a manifest with counts and SHA-256 of all of them.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"resonanz/infra/command"
	"resonanz/infra/configure"
	"resonanz/infra/deployed"
	"resonanz/infra/local/stack"
	"resonanz/shared/bucket"
	"resonanz/shared/store"
)

const usage = `usage: make export OUT=folder [STAGE=dev | LOCAL=1]
which runs: go run ./infra/exporter --out folder [--stage dev | --local]

  --out     a folder that does not exist, or is empty
  --stage   the deployed stack Resonanz-<stage>, by your AWS credentials (default dev)
  --local   the local stack of make up

What is written is personal: it holds what customers wrote and how they are reached.`

var errUsage = command.ErrUsage

func main() { command.Main(usage, run) }

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
		p, err = inTheCloud(ctx, *stage)
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

// inTheCloud finds the stack of a stage by the caller's own AWS credentials.
func inTheCloud(ctx context.Context, stage string) (place, error) {
	at, err := deployed.Find(ctx, stage)
	if err != nil {
		return place{}, fmt.Errorf("%w (LOCAL=1 is the local stack)", err)
	}
	names, err := at.Need("TableName", "BucketName", "AttachmentsBucketName")
	if err != nil {
		return place{}, err
	}
	return placeOf(at.AWS, at.Name, stage, names[0], names[1], names[2]), nil
}

var _ store.ScanAPI = (*dynamodb.Client)(nil)
