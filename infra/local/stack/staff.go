package stack

import (
	"context"
	"errors"
	"fmt"

	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"resonanz/infra/staff/roster"
)

// Roster is who may sign in at the desk of the running stack.
func (o *Outputs) Roster() (*roster.Roster, error) {
	if o.UserPoolID == "" {
		return nil, errors.New("finding the user pool: feedback.yaml names an issuer of your own (oidc.issuer): its users are kept there")
	}
	return &roster.Roster{API: cognito.NewFromConfig(o.AWS()), Pool: o.UserPoolID}, nil
}

// Staff enters somebody who may sign in at the desk of the running stack, and
// returns the password; whoever was entered before gets another one.
func (o *Outputs) Staff(ctx context.Context, email, code string, roles ...string) (password string, err error) {
	r, err := o.Roster()
	if err != nil {
		return "", err
	}
	if _, err := r.Enter(ctx, roster.Person{Email: email, Code: code, Roles: roles}, true); err != nil {
		return "", fmt.Errorf("entering staff: %w", err)
	}
	password = roster.Password()
	if err := r.SetPassword(ctx, email, password); err != nil {
		return "", fmt.Errorf("entering staff: %w", err)
	}
	return password, nil
}
