package browsertest

import (
	"os"
	"path/filepath"

	"github.com/chromedp/chromedp"
)

// Axe runs axe-core on the page that is open and returns what violates a rule,
// each with the rule and the element: WCAG 2.0 to 2.2, levels A and AA, and good
// practice. A contrast that it could not decide is returned too.
func (b *Browser) Axe() []string {
	b.tb.Helper()
	source, err := os.ReadFile(filepath.Join(root(b.tb), "infra", "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		b.tb.Fatalf("axe-core is missing (make node): %v", err)
	}
	b.Run(chromedp.Evaluate[chromedp.Void](string(source) + ";undefined"))
	return JS[[]string](b, axe)
}

const axe = `axe.run(document, {
	runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"],
	rules: {"target-size": {enabled: true}},
	resultTypes: ["violations", "incomplete"],
}).then(r => {
	const undecided = r.incomplete.filter(v => v.id === "color-contrast");
	return r.violations.concat(undecided).flatMap(v => v.nodes.map(n =>
		v.id + ": " + v.help + ": " + n.html.slice(0, 120) + " (" + (n.failureSummary || "").replace(/\s+/g, " ") + ")"));
})`
