package threats_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/printer"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// secretive are names of what must not be found out byte by byte.
var secretive = regexp.MustCompile(`(?i)(secret|token|mac|signature|bearer|passw|credential|nonce|hmac|verifier|apikey|devicekey)s?$`)

// equal are the functions that stop at the first difference.
var equal = map[string]bool{
	"bytes.Equal": true, "bytes.Compare": true, "strings.EqualFold": true, "slices.Equal": true, "reflect.DeepEqual": true, "cmp.Compare": true, "strings.Compare": true,
}

// plain are comparisons that give nothing away, each with its reason.
var plain = map[string]string{}

// Nothing secret is compared by an operator or a function that takes longer the more
// of it fits: hmac.Equal and subtle do that.
func TestSecretsAreComparedInConstantTime(t *testing.T) {
	used := map[string]bool{}
	each(t, func(path string, file *ast.File, set *token.FileSet) {
		for _, found := range leaks(file, set) {
			what := path + ": " + found
			if plain[what] == "" {
				t.Errorf("%s: compare it in constant time, or say why not", what)
			}
			used[what] = true
		}
	})
	for what := range plain {
		if !used[what] {
			t.Errorf("%s: there is no such comparison any more", what)
		}
	}
}

func TestAComparisonThatLeaksIsFound(t *testing.T) {
	for code, want := range map[string]int{
		`got == token`: 1, `r.Secret != want`: 1, `bytes.Equal(mac[:16], want)`: 1, `string(sum(secret)) == s`: 1, `strings.EqualFold(bearer(r), k)`: 1,
		`token == ""`: 0, `secret == nil`: 0, `len(token) == n`: 0, `hmac.Equal(mac, want)`: 0, `a == b`: 0,
	} {
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, "x.go", "package x\nvar _ = "+code, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := leaks(file, set); len(got) != want {
			t.Errorf("%s: %v", code, got)
		}
	}
}

// leaks are the comparisons of something secret that stop at the first difference.
func leaks(file *ast.File, set *token.FileSet) (found []string) {
	ast.Inspect(file, func(n ast.Node) bool {
		var sides []ast.Expr
		switch x := n.(type) {
		case *ast.BinaryExpr:
			if x.Op == token.EQL || x.Op == token.NEQ {
				sides = []ast.Expr{x.X, x.Y}
			}
		case *ast.CallExpr:
			if equal[text(set, x.Fun)] {
				sides = x.Args
			}
		}
		if len(sides) == 2 && !fixed(sides[0]) && !fixed(sides[1]) && (named(sides[0]) || named(sides[1])) {
			found = append(found, text(set, n))
		}
		return true
	})
	return found
}

// fixed reports whether e is written in the source: nothing, a text, a number.
func fixed(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return x.Name == "nil" || x.Name == "true" || x.Name == "false"
	case *ast.CompositeLit:
		return len(x.Elts) == 0
	case *ast.ParenExpr:
		return fixed(x.X)
	}
	return false
}

// named reports whether e has the name of something secret, sliced or converted.
func named(e ast.Expr) bool {
	switch x := e.(type) {
	case *ast.Ident:
		return secretive.MatchString(x.Name)
	case *ast.SelectorExpr:
		return secretive.MatchString(x.Sel.Name)
	case *ast.SliceExpr:
		return named(x.X)
	case *ast.IndexExpr:
		return named(x.X)
	case *ast.StarExpr:
		return named(x.X)
	case *ast.ParenExpr:
		return named(x.X)
	case *ast.CallExpr:
		if len(x.Args) == 1 && !strings.HasPrefix(callee(x), "len") {
			return named(x.Args[0]) || secretive.MatchString(callee(x))
		}
		return secretive.MatchString(callee(x))
	}
	return false
}

func callee(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

func text(set *token.FileSet, n ast.Node) string {
	var b bytes.Buffer
	if printer.Fprint(&b, set, n) != nil {
		return ""
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// each reads every source of functions and shared that is no test.
func each(t *testing.T, do func(path string, file *ast.File, set *token.FileSet)) {
	t.Helper()
	files := 0
	for _, top := range []string{"functions", "shared"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			files++
			rel, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			do(filepath.ToSlash(rel), file, set)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 100 {
		t.Fatalf("only %d sources were read", files)
	}
}
