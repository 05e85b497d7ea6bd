package threats_test

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

// The headers of an answer are those of package httpapi, since nothing else makes
// one: an answer without them cannot be written by accident.
func TestOnlyOnePackageMakesAnswers(t *testing.T) {
	each(t, func(path string, file *ast.File, set *token.FileSet) {
		if strings.HasPrefix(path, "shared/httpapi/") {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			c, ok := n.(*ast.CompositeLit)
			if !ok || c.Type == nil || len(c.Elts) == 0 {
				return true
			}
			switch text(set, c.Type) {
			case "httpapi.Response", "events.APIGatewayV2HTTPResponse", "lambdaevents.APIGatewayV2HTTPResponse", "events.APIGatewayProxyResponse":
				t.Errorf("%s: %.80s: let httpapi make it", path, text(set, n))
			}
			return true
		})
	})
}

// weakening are the headers that an answer may set anew: what a browser may keep,
// and its own policy. All others stay as package httpapi sets them.
var weakening = []string{
	"Strict-Transport-Security", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy",
	"Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "X-Robots-Tag",
}

func TestNoAnswerWeakensItsHeaders(t *testing.T) {
	each(t, func(path string, file *ast.File, _ *token.FileSet) {
		if strings.HasPrefix(path, "shared/httpapi/") {
			return
		}
		ast.Inspect(file, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			for _, name := range weakening {
				if lit.Value == `"`+name+`"` {
					t.Errorf("%s: touches %s", path, name)
				}
			}
			if v := lit.Value; strings.Contains(v, "default-src") && (!strings.Contains(v, "default-src 'none'") || strings.Contains(v, "unsafe") || strings.Contains(v, "*")) {
				t.Errorf("%s: a policy that allows too much: %s", path, v)
			}
			return true
		})
	})
}
