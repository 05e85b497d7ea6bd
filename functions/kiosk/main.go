// The kiosk function serves the kiosk app of each device, and the description
// of the HTTP interface. It talks to nothing.
package main

import (
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"resonanz/shared/config"
	"resonanz/shared/httpapi"
	"resonanz/shared/observe"
)

func main() {
	cfg, err := config.Load()
	if err != nil {
		fmt.Fprintln(os.Stderr, "kiosk:", err)
		os.Exit(1)
	}
	lambda.Start(httpapi.Function(newHandler(cfg, observe.Logger("kiosk"), time.Now).Handle))
}
