package main

import (
	"context"
	"fmt"

	"resonanz/infra/deployed"
)

// apiOf asks, by the caller's own AWS credentials, for the address of the interface
// of a deployed stage.
func apiOf(ctx context.Context, stage string) (string, error) {
	at, err := deployed.Find(ctx, stage)
	if err != nil {
		return "", err
	}
	urls, err := at.Need("ApiUrl")
	if err != nil {
		return "", err
	}
	if !safe(urls[0]) {
		return "", fmt.Errorf("reading the outputs of stack %s: ApiUrl is no https address", at.Name)
	}
	return urls[0], nil
}
