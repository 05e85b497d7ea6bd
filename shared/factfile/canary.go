package factfile

import "strings"

// CanaryFolder is where the facts of the canary lie: beside those of customers, so
// that nobody who reads these meets them.
const CanaryFolder = "canary/"

const folder = "facts/"

// CanaryKey is the name of a fact file with facts of the canary, by the name that it
// would have with facts of customers.
func CanaryKey(key string) string { return CanaryFolder + strings.TrimPrefix(key, folder) }

// OfCustomers is the reverse of CanaryKey.
func OfCustomers(key string) string { return folder + strings.TrimPrefix(key, CanaryFolder) }
