package main

import (
	"maps"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"

	"resonanz/infra/lambdaenv"
)

// addFunction builds one function with its role and log group. The binary was
// built beforehand: no Docker, and the same bytes from the same sources.
//
// Logs are JSON. The platform's own lines (START, END, REPORT) are left out: at
// a million ratings they would cost more than the ratings; CloudWatch has their
// figures as metrics.
func (s *stack) addFunction(f function) error {
	code, err := s.code(f.name)
	if err != nil {
		return err
	}
	memory, err := lambdaenv.MemoryOf(f.name)
	if err != nil {
		return err
	}
	memory = max(memory, f.atLeast)
	id := exported(f.name)
	logs := s.addLogGroup(id + "Logs")
	role := awsiam.NewRole(s.scope, str(id+"Role"), &awsiam.RoleProps{
		Description: str("Resonanz function " + f.name + ": " + f.does),
		AssumedBy:   awsiam.NewServicePrincipal(str("lambda.amazonaws.com"), nil),
		InlinePolicies: &map[string]awsiam.PolicyDocument{
			"may": awsiam.NewPolicyDocument(&awsiam.PolicyDocumentProps{
				Statements: ptr(append(f.may, allow(logs.LogGroupArn(), "logs:CreateLogStream", "logs:PutLogEvents"))),
			}),
		},
	})
	env := map[string]*string{"STAGE": str(string(s.Stage))}
	for k, v := range lambdaenv.Environment(memory) {
		env[k] = str(v)
	}
	maps.Copy(env, f.env)
	s.functions[f.name] = awslambda.NewFunction(s.scope, str(id), &awslambda.FunctionProps{
		Description:           str("Resonanz: " + f.does),
		Runtime:               awslambda.Runtime_PROVIDED_AL2023(),
		Architecture:          s.architecture(),
		Handler:               str("bootstrap"),
		Code:                  code,
		Role:                  role.WithoutPolicyUpdates(nil), // what it may do is written down, not inferred
		Timeout:               seconds(f.timeout),
		MemorySize:            jsii.Number(memory),
		Environment:           &env,
		LogGroup:              logs,
		LoggingFormat:         awslambda.LoggingFormat_JSON,
		ApplicationLogLevelV2: awslambda.ApplicationLogLevel_INFO,
		SystemLogLevelV2:      awslambda.SystemLogLevel_WARN,
	})
	s.logs[f.name] = logs
	s.order = append(s.order, f.name)
	return nil
}

// addLogGroup keeps logs for the configured number of days. They hold no
// personal data.
func (s *stack) addLogGroup(id string) awslogs.LogGroup {
	group := awslogs.NewLogGroup(s.scope, str(id), &awslogs.LogGroupProps{RemovalPolicy: s.removal()})
	group.Node().DefaultChild().(awslogs.CfnLogGroup).SetRetentionInDays(jsii.Number(s.Config.Retention.LogDays))
	return group
}

// exported turns a function's folder name into a logical id.
func exported(name string) string { return string(name[0]-'a'+'A') + name[1:] }

func ptr[T any](v T) *T { return &v }
