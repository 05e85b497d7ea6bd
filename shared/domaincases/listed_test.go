package domaincases_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"resonanz/shared/domaincases"
)

// TestEveryCaseHasATest finds the tests that load a case: a case without one
// fixes nothing. A test that loads a case compares it by its own field names.
func TestEveryCaseHasATest(t *testing.T) {
	tests := make(map[string][]string) // by number of the case
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "build" || d.Name() == "node_modules" || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".") && path != root) {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok {
				for _, number := range loads(fn) {
					tests[number] = append(tests[number], filepath.Base(filepath.Dir(path))+"."+fn.Name.Name)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range domaincases.Names() {
		number := name[:2]
		if !slices.ContainsFunc(tests[number], func(test string) bool { return strings.Contains(test, "Case"+number) }) {
			t.Errorf("%s has no test …Case%s…; it is loaded by %v", name, number, tests[number])
		}
	}
}

// loads are the numbers of the cases that a function loads: by Load, or from the
// file itself.
func loads(fn *ast.FuncDecl) (numbers []string) {
	ast.Inspect(fn, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || len(call.Args) == 0 {
			return true
		}
		lit, ok := call.Args[len(call.Args)-1].(*ast.BasicLit)
		if len(call.Args) == 3 {
			lit, ok = call.Args[1].(*ast.BasicLit)
		}
		called, isPart := call.Fun.(*ast.SelectorExpr)
		if !ok || !isPart {
			return true
		}
		text, err := strconv.Unquote(lit.Value)
		switch name, file := strings.CutSuffix(filepath.Base(text), ".json"); {
		case err != nil:
		case called.Sel.Name == "Load" && len(call.Args) == 3:
			numbers = append(numbers, text)
		case called.Sel.Name == "ReadFile" && file && slices.Contains(domaincases.Names(), name):
			numbers = append(numbers, name[:2])
		}
		return true
	})
	return numbers
}
