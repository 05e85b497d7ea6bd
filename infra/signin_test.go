package main

import (
	"slices"
	"strings"
	"testing"

	"resonanz/infra/staff/roster"
	"resonanz/shared/config"
)

// A user holds every scope of the desk's client unless the function takes it away:
// the pool calls it for access tokens, and has a group for each scope.
func TestTheGroupsOfThePoolDecideWhatStaffMayDo(t *testing.T) {
	tmpl := synth(t, dev)
	pool := tmpl.one(t, "AWS::Cognito::UserPool", "Users").Properties
	want(t, "plan", pool["UserPoolTier"], any("ESSENTIALS")) // a smaller one lets no function decide on scopes
	want(t, "who decides", flat(pool["LambdaConfig"]), []string{"PreTokenGenerationConfig.LambdaArn: Signin.Arn", "PreTokenGenerationConfig.LambdaVersion: V2_0"})
	want(t, "who enters people", dig(pool, "AdminCreateUserConfig", "AllowAdminCreateUserOnly"), any(true))
	p := tmpl.one(t, "AWS::Lambda::Permission", "UsersPreTokenGenerationConfigCognito").Properties
	want(t, "who may ask", []string{written(p["Principal"]), written(p["SourceArn"]), written(p["FunctionName"])}, []string{"cognito-idp.amazonaws.com", "Users.Arn", "Signin.Arn"})
	if seconds := whole(tmpl.one(t, "AWS::Lambda::Function", "Signin").Properties["Timeout"]); seconds > 5 {
		t.Errorf("the function may take %d seconds, the pool waits 5", seconds)
	}

	var groups, offered, asked, roles []string
	for _, id := range tmpl.of("AWS::Cognito::UserPoolGroup") {
		groups = append(groups, written(tmpl.Resources[id].Properties["GroupName"]))
	}
	for _, s := range list(tmpl.one(t, "AWS::Cognito::UserPoolResourceServer", "UsersResourceServer").Properties["Scopes"]) {
		if name := written(dig(s, "ScopeName")); name != canaryScope { // nobody's but the canary's
			offered = append(offered, name)
		}
	}
	env := dig(tmpl.one(t, "AWS::Lambda::Function", "Desk").Properties, "Environment", "Variables")
	for _, s := range strings.Fields(written(dig(env, "SCOPES"))) {
		if own, ok := strings.CutPrefix(s, resourceServer+"/"); ok {
			asked = append(asked, own)
		}
	}
	roles = slices.Clone(roster.Roles)
	slices.Sort(offered)
	for _, names := range [][]string{groups, asked, roles} {
		slices.Sort(names)
		want(t, "scopes", names, offered)
	}
}

func TestTheDeskIsAPublicClientForItsOwnAddressOnly(t *testing.T) {
	for v, home := range map[*variant]string{&dev: "Api.ApiEndpoint/desk", &local: "http://localhost:8080/desk"} {
		c := synth(t, *v).one(t, "AWS::Cognito::UserPoolClient", "UsersDeskClient").Properties
		for property, wanted := range map[string][]string{
			"AllowedOAuthFlows":          {"code"},
			"CallbackURLs":               {home},
			"LogoutURLs":                 {home},
			"ExplicitAuthFlows":          {"ALLOW_USER_SRP_AUTH"},
			"SupportedIdentityProviders": {"COGNITO"},
			"WriteAttributes":            {"email"}, // never one's own code
		} {
			var got []string
			for _, one := range list(c[property]) {
				got = append(got, written(one))
			}
			want(t, v.name+" "+property, got, wanted)
		}
		for property, wanted := range map[string]any{
			"GenerateSecret": false, "EnableTokenRevocation": true, "PreventUserExistenceErrors": "ENABLED",
			"AccessTokenValidity": 60.0, "RefreshTokenValidity": 720.0, "AllowedOAuthFlowsUserPoolClient": true,
		} {
			want(t, v.name+" "+property, c[property], wanted)
		}
		want(t, v.name+" rotation", dig(c, "RefreshTokenRotation", "Feature"), any("ENABLED"))
		for _, scope := range list(c["AllowedOAuthScopes"]) {
			if s := written(scope); s != "openid" && !strings.Contains(s, resourceServer) && !strings.HasPrefix(s, "UsersResourceServer/") {
				t.Errorf("%s: scope %s", v.name, s)
			}
		}
	}
}

// deskKnows is the environment of the function desk.
func deskKnows(t *testing.T, v variant) map[string]string {
	t.Helper()
	all := map[string]string{}
	for name, value := range given(synth(t, v).one(t, "AWS::Lambda::Function", "Desk").Properties) {
		all[name] = written(value)
	}
	delete(all, "STAGE")
	return all
}

func TestTheDeskKnowsWhereStaffSignIn(t *testing.T) {
	const scopes = "openid resonanz/invite resonanz/cases resonanz/approve resonanz/reports resonanz/privacy resonanz/intake"
	want(t, "own pool", deskKnows(t, dev), map[string]string{
		"CLIENT_ID": "UsersDeskClient", "SCOPES": scopes,
		"AUTHORIZE_URL": "https://UsersDomain.auth.AWS::Region.amazoncognito.com/oauth2/authorize",
		"TOKEN_URL":     "https://UsersDomain.auth.AWS::Region.amazoncognito.com/oauth2/token",
		"LOGOUT_URL":    "https://UsersDomain.auth.AWS::Region.amazoncognito.com/logout",
	})
	want(t, "on an emulator", deskKnows(t, local)["TOKEN_URL"], "http://localhost:4566/oauth2/token")
	// Only there: in the cloud it would send people's passwords elsewhere.
	elsewhere := variant{name: "elsewhere", context: map[string]any{"signInUrl": "http://127.0.0.1:4566"}}
	want(t, "elsewhere", deskKnows(t, elsewhere), deskKnows(t, dev))

	issuer := variant{name: "issuer", change: func(c *config.Config) {
		c.OIDC = config.OIDC{Issuer: "https://id.example.com", Audience: []string{"crm", "desk"}, Desk: config.DeskOIDC{
			ClientID: "desk", AuthorizeURL: "https://id.example.com/authorize", TokenURL: "https://id.example.com/token",
		}}
	}}
	want(t, "an own issuer", deskKnows(t, issuer), map[string]string{
		"CLIENT_ID": "desk", "AUTHORIZE_URL": "https://id.example.com/authorize", "TOKEN_URL": "https://id.example.com/token", "SCOPES": scopes,
	})
	want(t, "an issuer that knows no desk", deskKnows(t, own), map[string]string{})
	for _, kind := range []string{"AWS::Cognito::UserPool", "AWS::Cognito::UserPoolGroup", "AWS::Cognito::UserPoolClient"} {
		want(t, kind+" beside an own issuer", len(synth(t, own).of(kind)), 0)
	}
}
