package app

import (
	"bytes"
	"crypto/sha256"
	_ "embed" // the runbook's source
	"encoding/base64"
	"fmt"
	"html"
	"regexp"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/util"
)

// Runbook is the name of the page that the descriptions of alarms lead to:
// /desk/runbook#StreamAgeAlarm.
const Runbook = "runbook"

//go:embed runbook.md
var runbookSource []byte

const runbookStyle = `main{max-width:50rem}pre{white-space:pre-wrap;padding:.6rem .8rem;background:var(--tint);border-radius:var(--r)}` +
	`code{font-family:ui-monospace,monospace;font-size:.92em}h2{margin-top:3rem}h3{margin-top:2rem}:target{outline:2px solid;outline-offset:.3rem}`

// runbookPolicy allows the desk's style and the runbook's own, and nothing else.
var runbookPolicy = func() string {
	sum := sha256.Sum256([]byte(runbookStyle))
	return "default-src 'none'; style-src 'self' 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) +
		"'; img-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
}()

// RunbookPage is what to do about each alarm, and the policy of the page. It is the
// one of the version that runs, holds no secret, and is for whoever is called at
// night, signed in or not.
func (a *App) RunbookPage() (page, policy string, err error) {
	var b bytes.Buffer
	b.WriteString(`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
		`<meta name="robots" content="noindex, nofollow"><title>Runbook · ` + html.EscapeString(a.organisation.Name) + `</title>` +
		`<link rel="stylesheet" href="/desk/desk.css?v=` + a.Version + `"><link rel="icon" type="image/svg+xml" href="/desk/icon.svg?v=` + a.Version + `">` +
		`<style>` + runbookStyle + `</style></head><body><main>`)
	md := goldmark.New(goldmark.WithParserOptions(parser.WithAutoHeadingID()))
	if err := md.Convert(runbookSource, &b, parser.WithContext(parser.NewContext(parser.WithIDs(anchors{})))); err != nil {
		return "", "", fmt.Errorf("writing the runbook: %w", err)
	}
	b.WriteString("</main></body></html>\n")
	return b.String(), runbookPolicy, nil
}

// alarm is how alarms are called, by the stack and in the addresses to their
// sections.
var alarm = regexp.MustCompile(`^[A-Z][A-Za-z0-9]+Alarm$`)

// anchors names the sections: one about an alarm as the alarm, any other by its
// words ("dead-letters"). Two sections of one name do not exist; a test holds it.
type anchors struct{}

// Generate implements parser.IDs.
func (anchors) Generate(title []byte, _ ast.NodeKind) []byte {
	if alarm.Match(title) {
		return title
	}
	return []byte(strings.ReplaceAll(strings.ToLower(strings.TrimSpace(util.BytesToReadOnlyString(title))), " ", "-"))
}

// Put implements parser.IDs.
func (anchors) Put([]byte) {}
