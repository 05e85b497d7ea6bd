package awsenv

import (
	"os"
	"runtime/debug"
	"strconv"
)

// memoryShare is the part of a function's memory, in percent, up to which the
// collector lets the heap grow before it works harder.
const memoryShare = 80

// KeepWithinMemory tells the collector how much memory the function has, so that
// a large month makes it work harder instead of ending the process. Where the
// environment does not say, it does nothing. Limit is in bytes, 0: none.
func KeepWithinMemory() (limit int64) {
	mib, err := strconv.ParseInt(os.Getenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE"), 10, 32)
	if err != nil || mib <= 0 {
		return 0
	}
	limit = mib << 20 / 100 * memoryShare
	debug.SetMemoryLimit(limit)
	return limit
}
