// The signin function decides what staff who sign in may do: of the scopes that
// the desk asks for, a token keeps those whose group its user is in. The user pool
// calls it before it writes a token; without its answer there is none.
package main

import (
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"resonanz/shared/observe"
)

func main() {
	h := &handler{log: observe.Logger("signin"), now: time.Now}
	lambda.Start(h.Handle)
}
