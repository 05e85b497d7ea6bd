package lambdaenv

import "fmt"

// Memory is that of a function in MiB; CPU comes with it (VCPU).
type Memory struct {
	Function string
	MiB      int
	Why      string
}

// Memories are those of all functions, in the order of their names. One that takes
// files has more where the configured files are larger.
//
// Where a person waits, a start counts: of rating with its first answer, waits for AWS
// included, 103 ms at 256 MiB, 69 at 512, 52 at 1,024; a warm answer takes 7.0, 6.0 and
// 5.5 (estimated by `make bench`, November 2026). What is asked now and then mostly
// starts, and has 512; where nothing is called, 384 does. What is asked all the time,
// rating, hardly ever starts: 512 would spare each answer a millisecond, which nobody
// feels, and cost 0.02 USD more a million. Where nobody waits, the least that holds the
// work costs least, since most of the time is waiting for AWS.
var Memories = []Memory{
	{"attachment", 512, "holds a whole file and its pixels; more for files above 10 MB"},
	{"bounce", 128, "nobody waits"},
	{"canary", 128, "nobody waits; it waits for answers itself"},
	{"card", 512, "a customer waits, and it mostly starts"},
	{"cases", 512, "staff wait"},
	{"clock", 128, "nobody waits"},
	{"compact", 2048, "decodes and writes in parallel; holds what it merges"},
	{"complaint", 512, "a customer waits, and it mostly starts"},
	{"courier", 128, "nobody waits"},
	{"customers", 512, "holds all that is kept of a customer"},
	{"desk", 384, "staff wait; the browser keeps what it got"},
	{"escalation", 128, "nobody waits"},
	{"facts", 512, "holds a batch of 5,000 events as columns"},
	{"fanout", 256, "a shard of the stream waits for each batch"},
	{"invitation", 256, "a system waits"},
	{"kiosk", 384, "staff wait when a device is switched on"},
	{"notify", 256, "nobody waits; holds a report's PDF when one goes with a mail"},
	{"rating", 256, "a customer waits, and it is warm"},
	{"report", 2048, "decodes and folds in parallel; holds a large month"},
	{"signin", 256, "staff wait, and the pool gives up after five seconds"},
	{"sweep", 512, "holds what it compares of a month"},
	{"watch", 1024, "reads the facts of weeks"},
}

// MemoryOf is the memory of a function in MiB.
func MemoryOf(function string) (int, error) {
	for _, m := range Memories {
		if m.Function == function {
			return m.MiB, nil
		}
	}
	return 0, fmt.Errorf("memory of function %q: it has none: write it down in infra/lambdaenv", function)
}
