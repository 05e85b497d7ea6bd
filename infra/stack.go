package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsdynamodb"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/jsii-runtime-go"
)

// stack collects the parts while they are built. The order of newStack is that
// of the data: table, queues, functions, then what starts them, then what
// watches them.
type stack struct {
	scope awscdk.Stack
	Settings

	table  awsdynamodb.Table
	bucket awss3.Bucket
	// attachments is apart: what customers sent, which goes when they are erased.
	attachments awss3.Bucket
	catalogue   string // database of the facts; empty: there is none

	escalation, reporting, notify queue
	mails, mailEvents, uploads    queue
	orders                        queue // of reports to be made
	streamFailures, scheduleDLQ   deadLetters

	alerts, operations awssns.Topic
	mail               mail

	linkSecret, deviceSecret, webhookSecret awssecretsmanager.Secret
	webhookURLs                             awssecretsmanager.Secret // nil where the configuration names them all

	api       api
	edge      awscloudfront.CfnDistribution // nil where the API is called itself
	identity  identity
	functions map[string]awslambda.Function
	logs      map[string]awslogs.LogGroup
	order     []string // names of functions in the order of their building

	dlqs   []deadLetters
	alarms []interfacesawscloudwatch.IAlarmRef
}

// newStack builds Resonanz-<stage> in app.
func newStack(app awscdk.App, settings Settings) error {
	s := &stack{
		scope: awscdk.NewStack(app, jsii.String("Resonanz-"+string(settings.Stage)), &awscdk.StackProps{
			Description:           jsii.String("Resonanz: customer feedback (" + string(settings.Stage) + ")"),
			TerminationProtection: jsii.Bool(settings.Config.Keep),
			Tags:                  &map[string]*string{"app": jsii.String("resonanz"), "stage": jsii.String(string(settings.Stage))},
		}),
		Settings:  settings,
		functions: map[string]awslambda.Function{},
		logs:      map[string]awslogs.LogGroup{},
	}
	s.addTable()
	s.addBucket()
	s.addCatalogue()
	s.addQueues()
	s.addAttachments()
	s.addTopics()
	s.addMail()
	s.addSecrets()
	s.addAPI()
	s.addEdge()
	s.addDomain()
	s.addIdentity()
	if err := s.addFunctions(); err != nil {
		return err
	}
	s.addMappings()
	s.addRoutes()
	s.addSchedules()
	s.addAlarms()
	s.addDashboard()
	s.addBudget()
	s.addOutputs()
	return nil
}

func str(v string) *string          { return jsii.String(v) }
func strs(v ...string) *[]*string   { return jsii.Strings(v...) }
func seconds(n int) awscdk.Duration { return awscdk.Duration_Seconds(jsii.Number(n)) }
func days(n int) awscdk.Duration    { return awscdk.Duration_Days(jsii.Number(n)) }
func minutes(n int) awscdk.Duration { return awscdk.Duration_Minutes(jsii.Number(n)) }
