package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	cognito "github.com/aws/aws-sdk-go-v2/service/cognitoidentityprovider"

	"resonanz/infra/deployed"
	"resonanz/infra/local/stack"
	"resonanz/infra/local/toolchain"
	"resonanz/infra/staff/roster"
)

// place is the pool of one stack, and where its people sign in.
type place struct {
	*roster.Roster
	desk string
}

// open finds the pool of the local stack, or of the deployed one by the caller's own
// AWS credentials.
func open(ctx context.Context, o order) (place, error) {
	if o.local {
		return here()
	}
	at, err := deployed.Find(ctx, o.stage)
	if err != nil {
		return place{}, fmt.Errorf("%w (LOCAL=1 is the local stack)", err)
	}
	pool := at.Outputs["UserPoolId"]
	if pool == "" {
		return place{}, fmt.Errorf("finding the user pool of stack %s: it has none: with an issuer of your own (oidc.issuer) people are kept there", at.Name)
	}
	return place{&roster.Roster{API: cognito.NewFromConfig(at.AWS), Pool: pool}, at.Outputs["DeskUrl"]}, nil
}

func here() (place, error) {
	wd, err := os.Getwd()
	if err != nil {
		return place{}, fmt.Errorf("finding the project: %w", err)
	}
	root, err := toolchain.Root(wd)
	if err != nil {
		return place{}, err
	}
	found, err := stack.ReadOutputs(filepath.Join(root, "build", "local"))
	if err != nil {
		return place{}, err
	}
	r, err := found.Roster()
	if err != nil {
		return place{}, err
	}
	return place{r, found.DeskURL}, nil
}
