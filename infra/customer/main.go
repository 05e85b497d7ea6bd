// Command customer hands out everything that is kept of a customer, and erases it:
// of one with a key as /v1/customers/{key} does, of one without by a case, a
// response or an address. What says who it is comes by the environment, since
// arguments can be read by everybody on the machine.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"resonanz/infra/command"
	"resonanz/infra/configure"
	"resonanz/infra/deployed"
	"resonanz/infra/local/stack"
	"resonanz/shared/attach"
	"resonanz/shared/bucket"
	"resonanz/shared/casefile"
	"resonanz/shared/customer"
	"resonanz/shared/feedback"
	"resonanz/shared/intake"
	"resonanz/shared/rulebook"
	"resonanz/shared/store"
)

const usage = `usage: make customer KEY=key | CASE=number | RESPONSE=key | EMAIL=address [ERASE=1] [BY=code] [STAGE=dev | LOCAL=1]
which runs: KEY=… CASE=… RESPONSE=… EMAIL=… go run ./infra/customer [--erase] [--by code] [--stage dev | --local]

  KEY       the owner's key of the customer
  CASE      somebody without a key: a case, with the response that it is about
  RESPONSE  somebody without a key: a response, with its cases
  EMAIL     somebody without a key: all responses with this address; the whole table is read for it
  --erase   erases; without it everything that is kept is printed, as JSON
  --by      who erases, a code, for the record (default operator)
  --stage   the deployed stack Resonanz-<stage>, by your AWS credentials (default dev)
  --local   the local stack of make up`

var errUsage = command.ErrUsage

func main() {
	command.Main(usage, func(ctx context.Context, args []string, out io.Writer) error {
		o, err := read(args, os.Getenv)
		if err != nil {
			return err
		}
		d, err := open(ctx, o)
		if err != nil {
			return err
		}
		return d.carryOut(ctx, o, out)
	})
}

// order is one command line, read and checked: one of the first four is set.
type order struct {
	key      string
	number   casefile.Number
	response feedback.ResponseKey
	email    string

	erase, local bool
	by, stage    string
}

// read reads a command line and its environment. Errors: errUsage, which repeats
// nothing of the environment.
func read(args []string, env func(string) string) (o order, err error) {
	f := flag.NewFlagSet("customer", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	f.BoolVar(&o.erase, "erase", false, "")
	f.BoolVar(&o.local, "local", false, "")
	f.StringVar(&o.by, "by", "operator", "")
	f.StringVar(&o.stage, "stage", configure.Dev, "")
	if err := f.Parse(args); err != nil {
		return o, fmt.Errorf("%w: %w", errUsage, err)
	}
	given := 0
	for name, take := range map[string]func(string) error{
		"KEY": func(s string) error {
			if o.key = s; !intake.IsCustomerKey(s) {
				return errors.New("a key has 1 to 64 of A-Z, a-z, 0-9, '.', '_', ':' and '-'")
			}
			return nil
		},
		"CASE":     func(s string) (err error) { o.number, err = casefile.ParseNumber(s); return err },
		"RESPONSE": func(s string) (err error) { o.response, err = feedback.ParseResponseKey(s); return err },
		"EMAIL": func(s string) error {
			if o.email = plain(s); !isAddress(o.email) {
				return errors.New("that is no e-mail address")
			}
			return nil
		},
	} {
		s := env(name)
		if s == "" {
			continue
		}
		given++
		if err := take(s); err != nil {
			return o, fmt.Errorf("%w: %s: %w", errUsage, name, err)
		}
	}
	switch {
	case f.NArg() > 0:
		return o, fmt.Errorf("%w: it takes flags alone; who it is about comes by KEY, CASE, RESPONSE or EMAIL", errUsage)
	case given != 1:
		return o, fmt.Errorf("%w: name one of KEY, CASE, RESPONSE and EMAIL", errUsage)
	case !intake.Person(o.by):
		return o, fmt.Errorf("%w: --by is a code, no name or address: it is kept for good", errUsage)
	}
	return o, nil
}

// desk is where an order is carried out.
type desk struct {
	ledger ledger
	scan   func(ctx context.Context, each func(store.Item) error) error
	reader *customer.Reader
	eraser *customer.Eraser
}

// ledger finds what somebody without a key is asked by.
type ledger interface {
	GetCase(context.Context, casefile.Number) (*casefile.Case, error)
	Response(context.Context, feedback.ResponseKey) ([]store.Entry, error)
}

// open finds the stack.
func open(ctx context.Context, o order) (*desk, error) {
	at, stage, err := find(ctx, o)
	if err != nil {
		return nil, err
	}
	names, err := at.Need("TableName", "BucketName", "AttachmentsBucketName")
	if err != nil {
		return nil, err
	}
	plain, err := at.Need("EscalationDlqUrl", "ReportingDlqUrl", "NotifyDlqUrl", "MailDlqUrl", "ReportDlqUrl", "StreamFailureQueueUrl", "ScheduleDlqUrl")
	if err != nil {
		return nil, err
	}
	telling, err := at.Need("MailEventsDlqUrl", "AttachmentsDlqUrl")
	if err != nil {
		return nil, err
	}
	cfg, err := configure.LoadStage(filepath.Join("infra", "feedback.yaml"), stage)
	if err != nil {
		return nil, err
	}
	book, err := rulebook.New(cfg)
	if err != nil {
		return nil, fmt.Errorf("reading the rules: %w", err)
	}
	var letters []customer.Queue
	for _, url := range plain {
		letters = append(letters, customer.Queue{URL: url})
	}
	for _, url := range telling {
		letters = append(letters, customer.Queue{URL: url, Tells: true})
	}
	db := dynamodb.NewFromConfig(at.AWS)
	objects := s3.NewFromConfig(at.AWS, func(p *s3.Options) { p.UsePathStyle = at.AWS.BaseEndpoint != nil })
	table := store.New(db, names[0])
	return &desk{
		ledger: table,
		scan: func(ctx context.Context, each func(store.Item) error) error {
			return store.ScanAll(ctx, db, names[0], each)
		},
		reader: &customer.Reader{Ledger: table, Files: attach.NewSigner(at.AWS, names[2], int64(cfg.Complaints.AttachmentMB)<<20), Now: time.Now},
		eraser: &customer.Eraser{
			Ledger: table, Log: bucket.New(objects, names[1]), Files: customer.NewFiles(objects, names[2]),
			Letters: customer.NewOffice(sqs.NewFromConfig(at.AWS), letters), Rules: book.Lifecycle, Now: time.Now,
		},
	}, nil
}

func find(ctx context.Context, o order) (at *deployed.Stack, stage string, err error) {
	if !o.local {
		if at, err = deployed.Find(ctx, o.stage); err != nil {
			return nil, "", fmt.Errorf("%w (LOCAL=1 is the local stack)", err)
		}
		return at, o.stage, nil
	}
	found, err := stack.ReadOutputs(filepath.Join("build", "local"))
	if err != nil {
		return nil, "", err
	}
	at, err = deployed.Local(ctx, found.AWS(), found.StackName)
	return at, configure.Dev, err
}
