package main

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsconfig "github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/acm"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	"github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/logging"

	"resonanz/infra/deployed"
	"resonanz/shared/config"
)

// account is an AWS account with what is asked of it, all of it read only.
type account struct {
	stage, region string
	cfg           *config.Config

	caller interface {
		GetCallerIdentity(context.Context, *sts.GetCallerIdentityInput, ...func(*sts.Options)) (*sts.GetCallerIdentityOutput, error)
	}
	stacks interface {
		DescribeStacks(context.Context, *cloudformation.DescribeStacksInput, ...func(*cloudformation.Options)) (*cloudformation.DescribeStacksOutput, error)
		ListStackResources(context.Context, *cloudformation.ListStackResourcesInput, ...func(*cloudformation.Options)) (*cloudformation.ListStackResourcesOutput, error)
	}
	mail interface {
		GetAccount(context.Context, *sesv2.GetAccountInput, ...func(*sesv2.Options)) (*sesv2.GetAccountOutput, error)
		GetEmailIdentity(context.Context, *sesv2.GetEmailIdentityInput, ...func(*sesv2.Options)) (*sesv2.GetEmailIdentityOutput, error)
	}
	topics interface {
		ListSubscriptionsByTopic(context.Context, *sns.ListSubscriptionsByTopicInput, ...func(*sns.Options)) (*sns.ListSubscriptionsByTopicOutput, error)
	}
	certificates interface {
		DescribeCertificate(context.Context, *acm.DescribeCertificateInput, ...func(*acm.Options)) (*acm.DescribeCertificateOutput, error)
	}
	// get fetches a public address.
	get func(ctx context.Context, url string) (status int, body []byte, err error)
	// lookup resolves a host name.
	lookup func(ctx context.Context, host string) ([]string, error)
	// pools is where the configuration of an issuer of Cognito lies.
	pools string

	outputs map[string]string // of the deployed stack; nil: it is not deployed
}

// connect uses the caller's own credentials. Without any there is nothing to look
// at, which is no fault.
func connect(ctx context.Context, stage string, cfg *config.Config) (*account, string, []line) {
	const title = "AWS account"
	missing := func(l line) (*account, string, []line) { return nil, title, []line{l} }
	aw, err := awsconfig.LoadDefaultConfig(ctx, awsconfig.WithLogger(logging.Nop{})) // what it tries on the way is no finding
	if err != nil {
		return missing(bad("mend your AWS configuration (~/.aws, AWS_*)", "the AWS configuration cannot be read: %v", err))
	}
	if _, err := aw.Credentials.Retrieve(ctx); err != nil {
		return missing(mind("sign in, such as by `aws sso login` and AWS_PROFILE, and run it again; OFFLINE=1 leaves the account out",
			"there are no AWS credentials: the account was not looked at"))
	}
	if aw.Region == "" {
		return missing(bad("set AWS_REGION, such as eu-central-1: the stack is deployed there", "no region is set"))
	}
	pools := "https://cognito-idp." + aw.Region + ".amazonaws.com"
	if aw.BaseEndpoint != nil { // an emulator
		pools = strings.TrimRight(*aw.BaseEndpoint, "/")
	}
	return &account{
		stage: stage, region: aw.Region, cfg: cfg, pools: pools,
		caller: sts.NewFromConfig(aw), stacks: cloudformation.NewFromConfig(aw), mail: sesv2.NewFromConfig(aw),
		topics: sns.NewFromConfig(aw), certificates: acm.NewFromConfig(aw),
		get: fetch, lookup: net.DefaultResolver.LookupHost,
	}, title + ", stage " + stage + " in " + aw.Region, nil
}

// fetch gets at most a mebibyte.
func fetch(ctx context.Context, url string) (int, []byte, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return 0, nil, err
	}
	client := &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{
		Proxy: http.ProxyFromEnvironment, TLSClientConfig: &tls.Config{MinVersion: tls.VersionTLS12},
	}}
	res, err := client.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	return res.StatusCode, b, err
}

// examine asks the account about everything that the stack needs of it.
func (a *account) examine(ctx context.Context) []line {
	who, err := a.caller.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	switch {
	case err != nil && !deployed.Answered(err):
		return []line{bad("see whether this machine reaches AWS (HTTPS_PROXY, AWS_ENDPOINT_URL), or leave the account out with OFFLINE=1", "AWS was not asked: %s", deployed.Reason(err))}
	case err != nil:
		return []line{bad("sign in again, such as by `aws sso login`", "AWS does not take the credentials: %s", reason(err))}
	}
	lines := []line{good("signed in to account %s", aws.ToString(who.Account))}
	lines = append(lines, a.bootstrapped(ctx))
	lines = append(lines, a.deployed(ctx)...)
	lines = append(lines, a.certified(ctx)...)
	lines = append(lines, a.addressed(ctx)...)
	lines = append(lines, a.sender(ctx)...)
	lines = append(lines, a.alarmed(ctx)...)
	return append(lines, a.signIn(ctx)...)
}

// leastBootstrap is the version of the CDK's own stack from which assets are
// deployed as this CDK does.
const leastBootstrap = 6

// bootstrapped looks for the CDK's own stack.
func (a *account) bootstrapped(ctx context.Context) line {
	const todo = "run make bootstrap, once for each account and region"
	s, err := a.describe(ctx, "CDKToolkit")
	switch {
	case err != nil:
		return bad(todo, "the CDK's bootstrap stack cannot be read: %s", reason(err))
	case s == nil:
		return bad(todo, "the CDK has not been bootstrapped in %s", a.region)
	}
	if v, err := strconv.Atoi(s.outputs["BootstrapVersion"]); err != nil || v < leastBootstrap {
		return bad(todo, "the CDK's bootstrap stack is of version %q; want %d or later", s.outputs["BootstrapVersion"], leastBootstrap)
	}
	return good("the CDK is bootstrapped, version %s", s.outputs["BootstrapVersion"])
}

// described is what matters of a stack.
type described struct {
	status  string
	outputs map[string]string
}

// describe reads a stack; nil where there is none.
func (a *account) describe(ctx context.Context, name string) (*described, error) {
	answer, err := a.stacks.DescribeStacks(ctx, &cloudformation.DescribeStacksInput{StackName: &name})
	var refused smithy.APIError
	if errors.As(err, &refused) && refused.ErrorCode() == "ValidationError" { // CloudFormation's way to say that there is none
		return nil, nil
	}
	if err != nil || len(answer.Stacks) == 0 {
		return nil, err
	}
	s := described{status: string(answer.Stacks[0].StackStatus), outputs: map[string]string{}}
	for _, o := range answer.Stacks[0].Outputs {
		s.outputs[aws.ToString(o.OutputKey)] = aws.ToString(o.OutputValue)
	}
	return &s, nil
}

func (a *account) stackName() string { return "Resonanz-" + a.stage }

// command writes a make target for the stage that is looked at.
func (a *account) command(target string) string { return "make " + target + " STAGE=" + a.stage }

// deployed looks how the last deployment ended.
func (a *account) deployed(ctx context.Context) []line {
	s, err := a.describe(ctx, a.stackName())
	switch {
	case err != nil:
		return []line{bad("the credentials need cloudformation:DescribeStacks", "stack %s cannot be read: %s", a.stackName(), reason(err))}
	case s == nil:
		return []line{mind("run "+a.command("deploy"), "stack %s is not deployed yet", a.stackName())}
	}
	a.outputs = s.outputs
	switch {
	case strings.HasSuffix(s.status, "_IN_PROGRESS"):
		return []line{mind("wait, and run it again", "stack %s is being changed (%s)", a.stackName(), s.status)}
	case s.status == "CREATE_COMPLETE" || s.status == "UPDATE_COMPLETE":
		return []line{good("stack %s is deployed (%s)", a.stackName(), s.status)}
	case s.status == "UPDATE_ROLLBACK_COMPLETE":
		return []line{mind("read the events of the stack from the last failure on, mend it, and run "+a.command("deploy"),
			"the last deployment of %s failed; what was deployed before it serves on", a.stackName())}
	}
	return []line{bad("read the events of the stack; what was never complete is removed by "+a.command("destroy"), "stack %s is %s", a.stackName(), s.status)}
}

// reason says why AWS refused, without what only a developer reads.
func reason(err error) string {
	var refused smithy.APIError
	if errors.As(err, &refused) {
		return fmt.Sprintf("%s: %s", refused.ErrorCode(), refused.ErrorMessage())
	}
	if os.IsTimeout(err) {
		return "no answer in time"
	}
	return err.Error()
}
