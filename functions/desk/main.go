// The desk function serves the web app in which staff work. It talks to nothing:
// the app signs in with the issuer and asks the JSON interface.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"resonanz/functions/desk/app"
	"resonanz/shared/config"
	"resonanz/shared/httpapi"
	"resonanz/shared/observe"
)

func main() {
	cfg, err := config.Load()
	if err != nil {
		fmt.Fprintln(os.Stderr, "desk:", err)
		os.Exit(1)
	}
	lambda.Start(httpapi.Function(newHandler(cfg, signIn(os.Getenv), observe.Logger("desk"), time.Now).Handle))
}

// signIn reads from the environment where staff sign in: AUTHORIZE_URL, TOKEN_URL,
// LOGOUT_URL, CLIENT_ID and SCOPES, separated by spaces. None of it is a secret.
func signIn(env func(string) string) app.SignIn {
	return app.SignIn{
		AuthorizeURL: env("AUTHORIZE_URL"), TokenURL: env("TOKEN_URL"), LogoutURL: env("LOGOUT_URL"),
		ClientID: env("CLIENT_ID"), Scopes: strings.Fields(env("SCOPES")),
	}
}
