//go:build !linux

package fault

import "net/http"

// CanKill reports whether the failures that kill work on this system: the
// process behind a connection is found in Linux's /proc.
const CanKill = false

func (f *Fault) kill(*http.Request) { f.miss.Add(1) }
