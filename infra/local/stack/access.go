package stack

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/cloudformation"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sesv2"
	sestypes "github.com/aws/aws-sdk-go-v2/service/sesv2/types"

	"resonanz/infra/configure"
	"resonanz/infra/credential"
	"resonanz/infra/local/emulator"
	"resonanz/shared/awsenv"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

// AWS is the configuration of any SDK client for the running stack.
func (o *Outputs) AWS() aws.Config {
	return aws.Config{
		Region:       o.Region,
		BaseEndpoint: aws.String(o.EndpointURL),
		HTTPClient:   awsenv.HTTPClient(),
		Credentials:  credentials.NewStaticCredentialsProvider(emulator.AccessKey, emulator.SecretKey, ""),
	}
}

// Token asks the stack's own user pool for a JWT by client credentials. Scopes
// are those of the resource server "resonanz", without its name.
func (o *Outputs) Token(ctx context.Context, scopes ...string) (string, error) {
	return credential.Token(ctx, o.AWS(), credential.Pool{ID: o.UserPoolID, Client: o.ClientID, TokenURL: o.TokenURL}, scopes...)
}

// Config reads the configuration that the functions of this project get.
func (p Project) Config() (*config.Config, error) {
	return configure.Load(filepath.Join(p.Root, "infra", "feedback.yaml"))
}

// DeviceKey derives the key of a configured device from the running stack's
// master secret.
func (o *Outputs) DeviceKey(ctx context.Context, cfg *config.Config, id feedback.Device) (string, error) {
	return credential.DeviceKey(ctx, o.AWS(), o.DeviceSecretARN, cfg, id)
}

// verifySender makes the configured sender of mail a verified identity, which
// in a real account its owner does by answering a mail.
func (o *Outputs) verifySender(ctx context.Context, root string) error {
	cfg, err := Project{Root: root}.Config()
	if err != nil {
		return err
	}
	if cfg.Notify.MailFrom == "" {
		return nil
	}
	_, err = sesv2.NewFromConfig(o.AWS()).CreateEmailIdentity(ctx, &sesv2.CreateEmailIdentityInput{EmailIdentity: &cfg.Notify.MailFrom})
	var exists *sestypes.AlreadyExistsException
	if err != nil && !errors.As(err, &exists) {
		return fmt.Errorf("verifying the sender of mail: %w", err)
	}
	return nil
}

// Function is a deployed function.
type Function struct {
	Name string            // physical
	Env  map[string]string // as deployed, queue and table names resolved
}

// Function finds a function by the name of its folder under functions/.
func (o *Outputs) Function(ctx context.Context, name string) (*Function, error) {
	client := cloudformation.NewFromConfig(o.AWS())
	pages := cloudformation.NewListStackResourcesPaginator(client, &cloudformation.ListStackResourcesInput{StackName: &o.StackName})
	var known []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("finding function %s (is the local stack up?): %w", name, err)
		}
		for _, r := range page.StackResourceSummaries {
			if aws.ToString(r.ResourceType) != "AWS::Lambda::Function" {
				continue
			}
			found, err := lambda.NewFromConfig(o.AWS()).GetFunctionConfiguration(ctx, &lambda.GetFunctionConfigurationInput{FunctionName: r.PhysicalResourceId})
			if err != nil {
				return nil, fmt.Errorf("finding function %s: %w", name, err)
			}
			if isFunction(name, aws.ToString(r.LogicalResourceId), aws.ToString(r.PhysicalResourceId)) {
				f := &Function{Name: aws.ToString(r.PhysicalResourceId)}
				if found.Environment != nil {
					f.Env = found.Environment.Variables
				}
				return f, nil
			}
			known = append(known, aws.ToString(r.LogicalResourceId))
		}
	}
	return nil, fmt.Errorf("finding function %s: the stack has only %s", name, strings.Join(known, ", "))
}

// isFunction matches a folder name against a logical id, which the CDK makes of
// a construct's name and a hash of 8 characters.
func isFunction(name, logical, physical string) bool {
	return len(logical) > 8 && strings.EqualFold(logical[:len(logical)-8], name) ||
		strings.EqualFold(logical, name) || strings.HasSuffix(physical, "-"+name)
}

// Invoke runs a function of the stack on one payload, as its trigger would, and
// returns its answer. A function error is an error.
func (o *Outputs) Invoke(ctx context.Context, name string, payload []byte) ([]byte, error) {
	f, err := o.Function(ctx, name)
	if err != nil {
		return nil, err
	}
	out, err := lambda.NewFromConfig(o.AWS()).Invoke(ctx, &lambda.InvokeInput{FunctionName: &f.Name, Payload: payload})
	if err != nil {
		return nil, fmt.Errorf("invoking %s: %w", name, err)
	}
	if out.FunctionError != nil {
		return nil, fmt.Errorf("invoking %s: %s: %s", name, *out.FunctionError, out.Payload)
	}
	return out.Payload, nil
}

// Mails are the messages sent by SES since the emulator started, oldest first.
func (o *Outputs) Mails(ctx context.Context) ([]emulator.Mail, error) {
	return emulator.Mails(ctx, o.EndpointURL)
}

// Peek looks into a queue without receiving.
func (o *Outputs) Peek(ctx context.Context, queueURL string) ([]emulator.Message, error) {
	return emulator.Peek(ctx, o.EndpointURL, queueURL)
}
