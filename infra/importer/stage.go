package main

import (
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"

	"resonanz/shared/awsenv"
)

// apiOf asks, by the caller's own AWS credentials, for the address of the interface
// of a deployed stage.
func apiOf(ctx context.Context, stage string) (string, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return "", fmt.Errorf("reading your AWS configuration: %w", err)
	}
	if os.Getenv("AWS_CA_BUNDLE") == "" {
		cfg.HTTPClient = awsenv.HTTPClient()
	}
	if cfg.Region == "" {
		return "", errors.New("reading your AWS configuration: no region: set AWS_REGION")
	}
	name := "Resonanz-" + stage
	answer, err := cloudformation.NewFromConfig(cfg).DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if err != nil {
		return "", fmt.Errorf("finding stack %s: %w", name, err)
	}
	for i := range answer.Stacks {
		for _, v := range answer.Stacks[i].Outputs {
			if aws.ToString(v.OutputKey) == "ApiUrl" && safe(aws.ToString(v.OutputValue)) {
				return aws.ToString(v.OutputValue), nil
			}
		}
	}
	return "", fmt.Errorf("finding stack %s: it tells no ApiUrl", name)
}
