// Package deployed finds the stack of a stage in the operator's own AWS account, and
// says what to do where it is not found.
package deployed

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"

	"resonanz/shared/awsenv"
)

// Stack is a deployed stack.
type Stack struct {
	Name    string
	AWS     aws.Config
	Outputs map[string]string
}

// Find finds the stack of a stage by the caller's own AWS credentials.
func Find(ctx context.Context, stage string) (*Stack, error) {
	s := &Stack{Name: "Resonanz-" + stage}
	failed := func(err error) (*Stack, error) { return nil, fmt.Errorf("finding stack %s: %w", s.Name, err) }
	var err error
	if s.AWS, err = config.LoadDefaultConfig(ctx, config.WithLogger(logging.Nop{})); err != nil {
		return failed(fmt.Errorf("reading your AWS configuration (~/.aws, AWS_*): %w", err))
	}
	// The SDK's own client now and then repeats a call that had succeeded; then a dead
	// letter that is gone looks as if it stayed. Certificates of one's own need that
	// client all the same.
	if os.Getenv("AWS_CA_BUNDLE") == "" {
		s.AWS.HTTPClient = awsenv.HTTPClient()
	}
	if s.AWS.Region == "" {
		return failed(errors.New("no AWS region: set AWS_REGION"))
	}
	if _, err := s.AWS.Credentials.Retrieve(ctx); err != nil {
		return failed(errors.New("no AWS credentials: sign in, such as by `aws sso login` and AWS_PROFILE"))
	}
	if s.Outputs, err = outputs(ctx, cloudformation.NewFromConfig(s.AWS), s.Name); err != nil {
		if Missing(err) {
			return failed(fmt.Errorf("it is not deployed in %s: run make deploy STAGE=%s, or name another by STAGE=", s.AWS.Region, stage))
		}
		return failed(errors.New(Reason(err)))
	}
	return s, nil
}

// Local is the stack of an emulator, of which the configuration is known.
func Local(ctx context.Context, cfg aws.Config, name string) (*Stack, error) {
	values, err := outputs(ctx, cloudformation.NewFromConfig(cfg), name)
	if err != nil {
		return nil, fmt.Errorf("finding stack %s on this machine (is it up? make up): %s", name, Reason(err))
	}
	return &Stack{Name: name, AWS: cfg, Outputs: values}, nil
}

func outputs(ctx context.Context, api *cloudformation.Client, name string) (map[string]string, error) {
	answer, err := api.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for i := range answer.Stacks {
		for _, v := range answer.Stacks[i].Outputs {
			values[aws.ToString(v.OutputKey)] = aws.ToString(v.OutputValue)
		}
	}
	return values, nil
}

// Need are some outputs of the stack. An error names every one that is missing.
func (s *Stack) Need(names ...string) ([]string, error) {
	values, missing := make([]string, len(names)), []string(nil)
	for i, name := range names {
		if values[i] = s.Outputs[name]; values[i] == "" {
			missing = append(missing, name)
		}
	}
	if missing != nil {
		return nil, fmt.Errorf("reading the outputs of stack %s: %s: not among them; deploy the present version first", s.Name, strings.Join(missing, ", "))
	}
	return values, nil
}

// Missing reports whether CloudFormation said that there is no such stack, for which
// it has no error of its own.
func Missing(err error) bool {
	var refused smithy.APIError
	return errors.As(err, &refused) && refused.ErrorCode() == "ValidationError"
}

// Answered reports whether err is an answer of AWS: else it was not reached.
func Answered(err error) bool {
	var refused smithy.APIError
	return errors.As(err, &refused)
}

// Reason says why AWS refused or was not reached, without what only a developer reads.
func Reason(err error) string {
	var refused smithy.APIError
	var connection *net.OpError
	switch {
	case errors.As(err, &refused) && strings.HasPrefix(refused.ErrorCode(), "ExpiredToken"):
		return "your AWS credentials have expired: sign in again, such as by `aws sso login`"
	case errors.As(err, &refused):
		return fmt.Sprintf("AWS refuses: %s: %s", refused.ErrorCode(), refused.ErrorMessage())
	case os.IsTimeout(err) || errors.Is(err, context.DeadlineExceeded):
		return "AWS does not answer in time"
	case errors.As(err, &connection):
		return fmt.Sprintf("AWS is not reached: %v", connection)
	}
	return err.Error()
}
