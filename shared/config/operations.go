package config

import "resonanz/shared/feedback"

// Domain is the owner's own name for the public address.
type Domain struct {
	Name           string `json:"name,omitempty"`            // host name; empty: none
	CertificateARN string `json:"certificate_arn,omitempty"` // of the stack's region; empty: made by means of the zone
	HostedZoneID   string `json:"hosted_zone_id,omitempty"`  // of Route 53, for the records; empty: made elsewhere
}

// Address is the base of customer links that the configuration names: public_url,
// or that of the domain. Empty: only the deployed stack knows it.
func (c *Config) Address() string {
	if c.PublicURL == "" && c.Domain.Name != "" {
		return "https://" + c.Domain.Name
	}
	return c.PublicURL
}

// Edge puts CloudFront in front of the API.
type Edge struct {
	Enabled        bool   `json:"enabled"`
	WebACLARN      string `json:"web_acl_arn,omitempty"`     // empty: none
	CertificateARN string `json:"certificate_arn,omitempty"` // of Domain.Name, in us-east-1
}

// Identity is the domain that SES is told to verify as a sender.
type Identity struct {
	Domain       string `json:"domain,omitempty"`         // empty: verified by hand
	HostedZoneID string `json:"hosted_zone_id,omitempty"` // of Route 53, for the records; empty: made elsewhere
}

// OIDC names the issuer of staff and CRM tokens; empty: the stack's own user pool.
type OIDC struct {
	Issuer   string   `json:"issuer,omitempty"`
	Audience []string `json:"audience,omitempty"`
	Desk     DeskOIDC `json:"desk"`
}

// DeskOIDC is how the desk signs in at the owner's issuer: a public client of the
// code flow with PKCE. With the stack's own pool all of it is empty.
type DeskOIDC struct {
	ClientID     string   `json:"client_id,omitempty"` // empty: no desk
	AuthorizeURL string   `json:"authorize_url,omitempty"`
	TokenURL     string   `json:"token_url,omitempty"`
	LogoutURL    string   `json:"logout_url,omitempty"` // empty: only the desk's own session ends
	Scopes       []string `json:"scopes,omitempty"`     // empty: openid and those of the interface
}

// Alarms says who hears of operational alarms.
type Alarms struct {
	Email string `json:"email,omitempty"`
}

// Budget is the bound of what the account may cost before somebody hears of it.
type Budget struct {
	USDPerMonth float64 `json:"usd_per_month,omitempty"` // 0: none
	Email       string  `json:"email,omitempty"`         // empty: Alarms.Email
}

// Canary is the customer that the stack plays to itself: every quarter of an hour it
// issues a link, rates by it and sees that the rating arrives.
type Canary struct {
	Enabled bool `json:"enabled"`
	// With an issuer of the owner's: the client of its own that it asks for a token
	// with the scope resonanz/canary, and where. The secret of that client is in a
	// secret of the stack. Else both are empty.
	ClientID string `json:"client_id,omitempty"`
	TokenURL string `json:"token_url,omitempty"`
}

// CanaryTouchpoint is where the canary rates; nil where there is none. It is among
// no configured ones: no device, system, card or report knows it.
func (c *Config) CanaryTouchpoint() *Touchpoint {
	if !c.Canary.Enabled {
		return nil
	}
	name := make(Text, len(c.Organisation.Languages))
	for _, l := range c.Organisation.Languages {
		name[l] = "Canary"
	}
	return &Touchpoint{ID: feedback.Canary, Name: name, Scale: feedback.Stars5}
}

// OfCanary is the configuration as the canary sees it: its touchpoint is the only
// one, and no mail can be sent. Nil where there is no canary.
func (c *Config) OfCanary() *Config {
	t := c.CanaryTouchpoint()
	if t == nil {
		return nil
	}
	own := *c
	own.Touchpoints, own.Devices, own.Cards, own.Groups = []Touchpoint{*t}, nil, nil, nil
	own.touchpoints = map[feedback.Touchpoint]*Touchpoint{t.ID: t}
	own.devices, own.cards = nil, nil
	own.Notify.MailFrom = ""
	return &own
}
