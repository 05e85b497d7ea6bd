package main

import (
	"fmt"
	"io"

	"resonanz/shared/factfile"
)

// schemaCommand prints the columns of every kind of facts as Markdown.
func schemaCommand(args []string, out io.Writer) error {
	if len(args) > 0 {
		return fmt.Errorf("%q: schema takes nothing", args[0])
	}
	if _, err := fmt.Fprintf(out, "Schema version %s, in the footer of every file under %s. Types are those of Athena.\n", factfile.SchemaVersion, factfile.SchemaKey); err != nil {
		return err
	}
	for _, kind := range factfile.Kinds {
		if _, err := fmt.Fprintf(out, "\n### %s\n\nfacts/month=YYYY-MM/%s/*.parquet\n\n| column | type | null | what |\n|---|---|---|---|\n", kind, kind); err != nil {
			return err
		}
		for _, c := range factfile.Columns(kind) {
			null := "no"
			if c.Optional {
				null = "yes"
			}
			if _, err := fmt.Fprintf(out, "| %s | %s | %s | %s |\n", c.Name, c.Type, null, c.Doc); err != nil {
				return err
			}
		}
	}
	return nil
}
