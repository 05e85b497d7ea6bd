package main

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
)

// discovery is what an issuer says of itself (OpenID Connect Discovery 1.0).
type discovery struct {
	Issuer    string   `json:"issuer"`
	Authorize string   `json:"authorization_endpoint"`
	Token     string   `json:"token_endpoint"`
	Methods   []string `json:"code_challenge_methods_supported"`
}

// signIn looks whether the issuer is who the configuration says, and whether the
// desk knows where its staff sign in.
func (a *account) signIn(ctx context.Context) []line {
	issuer := a.cfg.OIDC.Issuer
	if issuer == "" {
		pool := a.outputs["UserPoolId"]
		if pool == "" {
			return nil
		}
		if d, l := a.discover(ctx, a.pools+"/"+pool); d == nil {
			return []line{l}
		}
		return []line{good("staff sign in at the stack's own user pool; make staff says who")}
	}
	d, l := a.discover(ctx, issuer)
	if d == nil {
		return []line{l}
	}
	if d.Issuer != issuer {
		return []line{bad("write oidc.issuer exactly so", "the issuer calls itself %s; the configuration says %s, and every token would be refused", d.Issuer, issuer)}
	}
	lines := []line{good("the issuer %s is there", issuer)}
	desk := a.cfg.OIDC.Desk
	if desk.ClientID == "" {
		return lines
	}
	for _, e := range []struct{ field, says, configured string }{
		{"oidc.desk.authorize_url", d.Authorize, desk.AuthorizeURL}, {"oidc.desk.token_url", d.Token, desk.TokenURL},
	} {
		if e.says != e.configured {
			lines = append(lines, bad("write "+e.field+": "+e.says, "%s is %s; the issuer says %s", e.field, e.configured, e.says))
		}
	}
	if len(d.Methods) > 0 && !slices.Contains(d.Methods, "S256") {
		lines = append(lines, bad("switch PKCE with S256 on at the issuer", "the issuer takes no PKCE with S256: nobody can sign in at the desk"))
	}
	return lines
}

// discover reads what an issuer says of itself; nil and what is wrong.
func (a *account) discover(ctx context.Context, issuer string) (*discovery, line) {
	const todo = "see that oidc.issuer is right and reachable: API Gateway reads the same address"
	at := strings.TrimRight(issuer, "/") + "/.well-known/openid-configuration"
	status, body, err := a.get(ctx, at)
	switch {
	case err != nil:
		return nil, bad(todo, "%s does not answer: %v", at, err)
	case status != http.StatusOK:
		return nil, bad(todo, "%s answers with %d", at, status)
	}
	d := new(discovery)
	if err := json.Unmarshal(body, d); err != nil {
		return nil, bad(todo, "%s is no configuration of an issuer", at)
	}
	return d, line{}
}
