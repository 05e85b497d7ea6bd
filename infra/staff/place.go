package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"resonanz/infra/local/stack"
	"resonanz/infra/local/toolchain"
	"resonanz/infra/staff/roster"
)

// place is the pool of one stack, and where its people sign in.
type place struct {
	*roster.Roster
	desk string
}

// open finds the pool of the local stack, or of the deployed one by the caller's own
// AWS credentials.
func open(ctx context.Context, o order) (place, error) {
	if o.local {
		return here()
	}
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return place{}, fmt.Errorf("reading your AWS configuration: %w", err)
	}
	if cfg.Region == "" {
		return place{}, errors.New("reading your AWS configuration: no region: set AWS_REGION, or take the local stack (LOCAL=1, --local)")
	}
	name := "Resonanz-" + o.stage
	answer, err := cloudformation.NewFromConfig(cfg).DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if err != nil {
		return place{}, fmt.Errorf("finding stack %s (deployed? name another by STAGE=, --stage, or the local one by LOCAL=1, --local): %w", name, err)
	}
	values := map[string]string{}
	for i := range answer.Stacks {
		for _, v := range answer.Stacks[i].Outputs {
			values[aws.ToString(v.OutputKey)] = aws.ToString(v.OutputValue)
		}
	}
	if values["UserPoolId"] == "" {
		return place{}, fmt.Errorf("finding the user pool of stack %s: it has none: with an issuer of your own (oidc.issuer) people are kept there", name)
	}
	return place{&roster.Roster{API: cognito.NewFromConfig(cfg), Pool: values["UserPoolId"]}, values["DeskUrl"]}, nil
}

func here() (place, error) {
	wd, err := os.Getwd()
	if err != nil {
		return place{}, fmt.Errorf("finding the project: %w", err)
	}
	root, err := toolchain.Root(wd)
	if err != nil {
		return place{}, err
	}
	found, err := stack.ReadOutputs(filepath.Join(root, "build", "local"))
	if err != nil {
		return place{}, err
	}
	r, err := found.Roster()
	if err != nil {
		return place{}, err
	}
	return place{r, found.DeskURL}, nil
}
