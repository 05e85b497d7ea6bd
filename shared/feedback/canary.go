package feedback

import "bytes"

// Canary is the touchpoint at which the stack rates itself, by links that only its
// own canary is given. No configured touchpoint has this id, and nothing that is
// said there enters a figure, a case or a mail: it travels the whole way of a
// rating, and its facts lie apart.
const Canary Touchpoint = "canary"

// canaryMember is how events of the canary say so. Within a text the quotes would
// be escaped, so that nobody can write it.
var canaryMember = []byte(`"touchpoint":"` + string(Canary) + `"`)

// OfCanary reports whether an event, as it is stored and sent, is the canary's.
func OfCanary(event []byte) bool { return bytes.Contains(event, canaryMember) }
