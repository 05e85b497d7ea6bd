// Package schema describes report.json as JSON Schema. The file is made of the
// Go types and their comments: go test ./shared/report/schema -update writes it.
package schema

import _ "embed"

//go:embed report.schema.json
var document []byte

// JSON is the JSON Schema (2020-12) of report.json. Callers must not change it.
func JSON() []byte { return document }
