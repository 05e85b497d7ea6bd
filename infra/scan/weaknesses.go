package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// weaknesses has govulncheck look for known ones in what the code calls. It fails
// where it finds one, and where it cannot look: not having looked is no result.
func weaknesses(ctx context.Context, root, program string, out io.Writer) error {
	args := []string{}
	if db := os.Getenv("GOVULNDB"); db != "" {
		args = append(args, "-db", db)
	}
	cmd := exec.CommandContext(ctx, program, append(args, "./functions/...", "./shared/...", "./events/...", "./infra/...")...)
	var said bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = root, &said, &said
	err := cmd.Run()
	if err == nil {
		fmt.Fprintf(out, "govulncheck: %s\n", result(said.String()))
		return nil
	}
	if unreached(said.String()) {
		return fmt.Errorf("looking for known weaknesses: the database is not reached (%s): name a copy, GOVULNDB=file:///folder/of/vulndb/data/osv, the folder data/osv of github.com/golang/vulndb",
			firstLine(said.String()))
	}
	return fmt.Errorf("looking for known weaknesses: %w\n%s", err, said.Bytes())
}

// unreached tells a database that does not answer from a weakness that was found.
func unreached(said string) bool {
	return strings.Contains(said, "fetching vulnerabilities") || strings.Contains(said, "HTTP GET") || strings.Contains(said, "dial tcp") || strings.Contains(said, "client.by_module")
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// result is what govulncheck says of all it looked at: the line that counts.
func result(said string) string {
	for line := range strings.Lines(said) {
		if strings.Contains(line, "vulnerabilities") {
			return strings.TrimSpace(line)
		}
	}
	return firstLine(said)
}
