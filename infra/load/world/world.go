// Package world is where a load is driven: the functions under an invoker of our own
// with AWS answered from memory, or the whole stack on the emulator; and what came of
// what was accepted there.
package world

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

	"resonanz/infra/load/fleet"
	"resonanz/infra/load/traffic"
	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

// World takes requests and shows what became of them.
type World interface {
	traffic.Client
	// View is where to look.
	View() View
	// Queues counts the messages that wait for a consumer, and those given up.
	Queues(ctx context.Context) (waiting, dead int, err error)
	// Processes are those of functions that run now.
	Processes() ([]fleet.Process, error)
	Close() error
}

// View is the table and the bucket of facts, past the interface.
type View struct {
	AWS           aws.Config
	Table, Bucket string
	Config        *config.Config
	Devices       map[feedback.Device]string // keys
	Token         string                     // of a system and of staff; empty: nobody asks
}
