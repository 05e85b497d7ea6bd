package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/service/ses"
	"github.com/aws/aws-sdk-go-v2/service/ses/types"
	"github.com/aws/smithy-go"
)

// mailAPI is the one call of SES that is used: version 1, as in notify.
type mailAPI interface {
	SendRawEmail(context.Context, *ses.SendRawEmailInput, ...func(*ses.Options)) (*ses.SendRawEmailOutput, error)
}

// errRefused says that the mail service will never take this mail.
var errRefused = errors.New("refused")

// office is where mail is posted.
type office struct {
	api           mailAPI
	from          string
	configuration string // of the mail service: whom it tells what becomes of the mail
}

// open reports whether a sender is configured.
func (o *office) open() bool { return o.from != "" && o.configuration != "" }

// tag is what SES tells again with whatever becomes of a mail. Values are
// letters, digits, "-" and "_".
type tag struct{ name, value string }

// send posts one mail. Its tags come back with whatever becomes of it. Errors:
// errRefused when the address is none that SES takes; any other may be gone at
// the next delivery, such as a rate exceeded or a sender not verified yet. What
// SES says in words can quote the address and is not told.
func (o *office) send(ctx context.Context, to string, mail []byte, tags ...tag) error {
	in := &ses.SendRawEmailInput{
		Source:               &o.from,
		Destinations:         []string{to},
		ConfigurationSetName: &o.configuration,
		RawMessage:           &types.RawMessage{Data: mail},
	}
	for i := range tags {
		in.Tags = append(in.Tags, types.MessageTag{Name: &tags[i].name, Value: &tags[i].value})
	}
	_, err := o.api.SendRawEmail(ctx, in)
	var answer smithy.APIError
	if !errors.As(err, &answer) {
		if err != nil {
			return fmt.Errorf("sending mail: %w", err)
		}
		return nil
	}
	err = fmt.Errorf("SES answered %s", answer.ErrorCode())
	if answer.ErrorCode() == invalidParameter {
		return fmt.Errorf("%w: %w", errRefused, err)
	}
	return fmt.Errorf("sending mail: %w", err)
}

// invalidParameter is what SES answers to an address that it cannot read. All
// else that a mail is made of is the same in every mail.
const invalidParameter = "InvalidParameterValue"
