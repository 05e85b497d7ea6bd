package main

import (
	"encoding/json"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2integrations"
	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/jsii-runtime-go"
)

// Throttles of the whole API, requests per second: far above a campaign to a
// hundred thousand customers, far below a bill that frightens.
const (
	throttleRate  = 500
	throttleBurst = 1000
)

type api struct {
	awsapigatewayv2.HttpApi
}

// route is one line of the interface. Without a scope it is public: the function
// checks the signed link, the device key or, where either will do, the token. Of
// several scopes, separated by spaces, a token needs one.
type route struct {
	function string
	path     string
	scope    string
	methods  []awsapigatewayv2.HttpMethod
}

// routes lists the interface; what is not listed goes to the not-found page.
func routes() []route {
	const get, head, post, del = awsapigatewayv2.HttpMethod_GET, awsapigatewayv2.HttpMethod_HEAD, awsapigatewayv2.HttpMethod_POST, awsapigatewayv2.HttpMethod_DELETE
	of := func(methods ...awsapigatewayv2.HttpMethod) []awsapigatewayv2.HttpMethod { return methods }
	return []route{
		{"rating", "/r/{token}", "", of(get, head, post)},
		{"rating", "/v1/ratings", "", of(post)},
		{"rating", "/v1/cards", "", of(post)},
		{"rating", "/v1/complaints", "", of(post)},
		{"rating", "/v1/batch", "", of(post)},
		{"rating", "/v1/beats", "", of(post)},
		{"rating", "/healthz", "", of(get)},
		{"card", "/c/{token}", "", of(get, head, post)},
		{"card", "/c/{card}/{touchpoint}", "", of(get, head, post)},
		{"complaint", "/complain/{touchpoint}", "", of(get, head, post)},
		{"complaint", "/k/{token}", "", of(get, head, post)},
		{"kiosk", "/kiosk/{device}", "", of(get, head)},
		{"kiosk", "/kiosk/{device}/{file}", "", of(get, head)},
		{"kiosk", "/openapi.json", "", of(get, head)},
		{"desk", "/desk", "", of(get, head)},
		{"desk", "/desk/{file}", "", of(get, head)},
		{"invitation", "/u/{token}", "", of(get, head, post)},
		{"invitation", "/v1/invitations", "invite canary", of(post)},
		{"cases", "/v1/cases", "cases", of(get)},
		{"cases", "/v1/cases/assign", "cases", of(post)},
		{"cases", "/v1/cases/{number}", "cases", of(get)},
		{"cases", "/v1/cases/{number}/{command}", "cases", of(post)},
		{"cases", "/v1/cases/{number}/{command}/preview", "cases", of(post)},
		{"cases", "/v1/cases/{number}/attachments/{id}", "cases", of(get)},
		{"cases", "/v1/actions", "cases", of(get, post)},
		{"cases", "/v1/actions/{id}/done", "cases", of(post)},
		{"cases", "/v1/webhooks/{id}/deliveries", "cases", of(get)},
		{"cases", "/v1/devices", "cases", of(get)},
		{"cases", "/v1/desk", "cases reports", of(get)},
		{"customers", "/v1/customers/{key}", "privacy", of(get, del)},
		{"report", "/v1/reports/{period}", "reports", of(get, post)},
		{"report", "/v1/reports/{period}/{part}", "reports", of(get)},
		{"report", "/v1/canary/{key}", "canary", of(get)},
		{"report", "/p/{token}", "", of(get, head)},
	}
}

// addAPI makes the API and its one stage; addRoutes fills it once the functions
// exist, which in turn need its address.
func (s *stack) addAPI() {
	s.api = api{awsapigatewayv2.NewHttpApi(s.scope, str("Api"), &awsapigatewayv2.HttpApiProps{
		ApiName:            str("resonanz-" + string(s.Stage)),
		Description:        str("Resonanz: customer pages and JSON interface"),
		CreateDefaultStage: jsii.Bool(false),
	})}
	// Who was answered what is looked up by a query or not at all, and nothing watches
	// it: such logs cost half. A group's class is settled when it is made.
	log := s.addLogGroup("RequestLog")
	log.Node().DefaultChild().(awslogs.CfnLogGroup).SetLogGroupClass(str("INFREQUENT_ACCESS"))
	awsapigatewayv2.NewCfnStage(s.scope, str("ApiStage"), &awsapigatewayv2.CfnStageProps{
		ApiId:      s.api.ApiId(),
		StageName:  str("$default"),
		AutoDeploy: jsii.Bool(true),
		DefaultRouteSettings: &awsapigatewayv2.CfnStage_RouteSettingsProperty{
			ThrottlingRateLimit:  jsii.Number(throttleRate),
			ThrottlingBurstLimit: jsii.Number(throttleBurst),
		},
		AccessLogSettings: &awsapigatewayv2.CfnStage_AccessLogSettingsProperty{
			DestinationArn: log.LogGroupArn(),
			Format:         str(accessLogFormat()),
		},
	})
}

// accessLogFormat names what is logged of a request: the route's pattern, never
// its path, query string, address, user agent or identity, since a path holds a
// customer's link. Log lines are paid for by the byte: when it came is the time of
// the line, how long the function took is in the function's own line, which has the
// same request_id; sizes are a metric of the API.
func accessLogFormat() string {
	format, err := json.Marshal(map[string]string{
		"request_id": "$context.requestId",
		"route":      "$context.routeKey",
		"status":     "$context.status",
		"ms":         "$context.responseLatency",
		"error":      "$context.error.messageString",
	})
	if err != nil {
		panic(err) // a map of strings always marshals
	}
	return string(format)
}

func (s *stack) addRoutes() {
	integrations := map[string]awsapigatewayv2.HttpRouteIntegration{}
	integration := func(name string) awsapigatewayv2.HttpRouteIntegration {
		if integrations[name] == nil {
			integrations[name] = awsapigatewayv2integrations.NewHttpLambdaIntegration(
				str(exported(name)+"Integration"), s.functions[name],
				&awsapigatewayv2integrations.HttpLambdaIntegrationProps{
					PayloadFormatVersion:   awsapigatewayv2.PayloadFormatVersion_VERSION_2_0(),
					ScopePermissionToRoute: jsii.Bool(false), // one permission for the API instead of one a route
				})
		}
		return integrations[name]
	}
	for _, r := range routes() {
		o := &awsapigatewayv2.AddRoutesOptions{
			Path:        str(r.path),
			Methods:     &r.methods,
			Integration: integration(r.function),
		}
		if r.scope != "" {
			o.Authorizer = s.identity.authorizer
			var any []string
			for scope := range strings.FieldsSeq(r.scope) {
				any = append(any, resourceServer+"/"+scope)
			}
			o.AuthorizationScopes = strs(any...)
		}
		s.api.AddRoutes(o)
	}
	awsapigatewayv2.NewHttpRoute(s.scope, str("NotFoundRoute"), &awsapigatewayv2.HttpRouteProps{
		HttpApi:     s.api.HttpApi,
		RouteKey:    awsapigatewayv2.HttpRouteKey_DEFAULT(),
		Integration: integration("rating"),
	})
	// The integration's own permission covers <stage>/<method>/<path>; the default
	// route is called as <stage>/$default.
	s.functions["rating"].AddPermission(str("NotFound"), &awslambda.Permission{
		Principal: awsiam.NewServicePrincipal(str("apigateway.amazonaws.com"), nil),
		SourceArn: s.scope.FormatArn(&awscdk.ArnComponents{
			Service: str("execute-api"), Resource: s.api.ApiId(), ResourceName: str("*/$default"),
		}),
	})
}

// publicURL is the base of customer links.
func (s *stack) publicURL() *string {
	if s.PublicURL != "" {
		return str(s.PublicURL)
	}
	return s.api.ApiEndpoint()
}
