// Command hello is the least Lambda function there is: what every other
// function's cold start is measured against.
package main

import "github.com/aws/aws-lambda-go/lambda"

func main() {
	lambda.Start(func() (string, error) { return "hello", nil })
}
