package observe

import (
	"fmt"
	"runtime"
	"runtime/debug"
)

// Recovered turns what recover returned into an error with the stack, for the
// log. The value is told only where the runtime made it: any other could quote
// a customer.
func Recovered(v any) error {
	if e, ok := v.(runtime.Error); ok {
		return fmt.Errorf("panic: %w\n%s", e, debug.Stack())
	}
	return fmt.Errorf("panic with a %T\n%s", v, debug.Stack())
}
