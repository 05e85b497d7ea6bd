// Package shown finds the commands that a project's pages show: those in code
// blocks, and those named in a sentence or a table.
package shown

import (
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// Command is a command of a page.
type Command struct {
	Page  string // path below the project
	Text  string // on one line
	Block bool   // of a code block; else of a sentence or a table
}

// programs are those that a sentence may name: `make test` is a command,
// `cases closed` is none.
var programs = []string{"make", "go", "curl", "git", "aws", "cdk", "npm", "npx", "docker", "export", "cd"}

var assignment = regexp.MustCompile(`^[A-Z][A-Z_]*=`)

// Pages are the README files below root, and the pages named, in order.
func Pages(root string, more ...string) ([]string, error) {
	pages := slices.Clone(more)
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{"build", "node_modules", ".git"}, d.Name()):
			return filepath.SkipDir
		case strings.EqualFold(d.Name(), "readme.md"):
			rel, err := filepath.Rel(root, path)
			pages = append(pages, rel)
			return err
		}
		return nil
	})
	slices.SortFunc(pages, func(a, b string) int { // the root's first: it is read first
		return strings.Compare(fmt.Sprintf("%02d%s", strings.Count(a, "/"), a), fmt.Sprintf("%02d%s", strings.Count(b, "/"), b))
	})
	return pages, err
}

// Read finds the commands of one page below root, in the order in which they are
// read. A code block is one of commands as soon as one of its lines is: then an
// error names any line of it that is none.
func Read(root, page string) ([]Command, error) {
	source, err := os.ReadFile(filepath.Join(root, page))
	if err != nil {
		return nil, err
	}
	return Parse(page, source)
}

// Parse is Read of a page's text.
func Parse(page string, source []byte) ([]Command, error) {
	var found []Command
	err := ast.Walk(goldmark.DefaultParser().Parse(text.NewReader(source)), func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.FencedCodeBlock:
			if language := string(n.Language(source)); language != "" && !slices.Contains([]string{"sh", "bash", "shell", "console"}, language) {
				return ast.WalkSkipChildren, nil
			}
			return ast.WalkSkipChildren, block(page, string(n.Lines().Value(source)), &found)
		case *ast.CodeBlock:
			return ast.WalkSkipChildren, block(page, string(n.Lines().Value(source)), &found)
		case *ast.CodeSpan:
			if line := string(n.Text(source)); inSentence(line) { //nolint:staticcheck // a span holds text only
				found = append(found, Command{page, oneLine(line), false})
			}
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
	return found, err
}

func block(page, code string, into *[]Command) error {
	var commands []Command
	var none []string
	for line := range strings.Lines(strings.ReplaceAll(code, "\\\n", " ")) {
		line = oneLine(strings.TrimPrefix(strings.TrimSpace(line), "$ "))
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case runs(line):
			commands = append(commands, Command{page, line, true})
		default:
			none = append(none, line)
		}
	}
	if len(commands) > 0 && len(none) > 0 {
		return fmt.Errorf("%s: a block of commands holds the line %q, which is none", page, none[0])
	}
	*into = append(*into, commands...)
	return nil
}

// runs reports whether a line of a code block begins with a program or sets a
// variable.
func runs(line string) bool {
	first, _, _ := strings.Cut(line, " ")
	if slices.Contains(programs, first) || assignment.MatchString(line) {
		return true
	}
	_, err := exec.LookPath(first)
	return err == nil && regexp.MustCompile(`^[a-z0-9-]+$`).MatchString(first)
}

func inSentence(span string) bool {
	first, rest, _ := strings.Cut(oneLine(span), " ")
	return rest != "" && slices.Contains(programs, first)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
