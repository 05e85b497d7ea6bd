// Package app holds the desk: the page where staff work, its modules, styles and
// icon, and the runbook. All of it depends on the configuration and on where one
// signs in, and on nothing else.
package app

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/tdewolff/minify/v2"
	"github.com/tdewolff/minify/v2/css"
	"github.com/tdewolff/minify/v2/js"
	"github.com/tdewolff/minify/v2/svg"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
)

//go:embed src
var sources embed.FS

// page is the source of the one page.
const page = "index.html"

// SignIn is where staff sign in: an OpenID Connect issuer's addresses, and the
// client that the desk is to it. Without a client there is no desk.
type SignIn struct {
	AuthorizeURL string
	TokenURL     string
	LogoutURL    string // empty: signing out ends the session of the browser tab only
	ClientID     string
	Scopes       []string
}

// Missing names what a desk needs and s lacks; nil: nothing.
func (s SignIn) Missing() []string {
	var missing []string
	for _, need := range []struct{ name, value string }{
		{"client_id", s.ClientID}, {"authorize_url", s.AuthorizeURL}, {"token_url", s.TokenURL},
	} {
		if need.value == "" {
			missing = append(missing, need.name)
		}
	}
	return missing
}

// App is the desk of one organisation. It is safe for concurrent use.
type App struct {
	organisation config.Organisation
	missing      []string
	data         string // JSON in the page, without the version
	sources      map[string]string
	files        sync.Map // name → *File, made when asked for first

	// Policy is the Content-Security-Policy of the page.
	Policy string
	// Version names the content of everything the desk consists of.
	Version string
}

// File is something that the page loads.
type File struct {
	Type string // media type
	Body string
	Gzip []byte // Body, compressed: a third of it
}

// types are the files that the desk may consist of.
var types = map[string]string{
	".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml",
}

// smaller takes from a file what only its readers in the sources need.
var smaller = func() *minify.M {
	m := minify.New()
	m.AddFunc("text/javascript", js.Minify)
	m.AddFunc("text/css", css.Minify)
	m.AddFunc("image/svg+xml", svg.Minify)
	return m
}()

// New prepares the desk.
func New(cfg *config.Config, s SignIn) (*App, error) {
	a := &App{organisation: cfg.Organisation, missing: s.Missing(), sources: map[string]string{}, Policy: policy(s.TokenURL)}
	files, err := fs.ReadDir(sources, "src")
	if err != nil {
		return nil, fmt.Errorf("preparing the desk: %w", err)
	}
	for _, f := range files {
		b, err := sources.ReadFile("src/" + f.Name())
		if err != nil {
			return nil, fmt.Errorf("preparing the desk: %w", err)
		}
		a.sources[f.Name()] = string(b)
	}
	if a.data, err = data(&cfg.Organisation, s); err != nil {
		return nil, err
	}
	sum := sha256.New()
	for _, name := range append(a.Names(), page) {
		fmt.Fprintf(sum, "%s %d\n%s", name, len(a.sources[name]), a.sources[name])
	}
	fmt.Fprintf(sum, "%s\n%s", a.data, a.Policy)
	a.Version = hex.EncodeToString(sum.Sum(nil)[:6])
	return a, nil
}

// data is what the page says to its modules, as JSON that cannot end the element
// around it.
func data(o *config.Organisation, s SignIn) (string, error) {
	b, err := json.Marshal(struct {
		AuthorizeURL string              `json:"authorize_url"`
		TokenURL     string              `json:"token_url"`
		LogoutURL    string              `json:"logout_url"`
		ClientID     string              `json:"client_id"`
		Scopes       []string            `json:"scopes"`
		Languages    []feedback.Language `json:"languages"`
		Default      feedback.Language   `json:"default_language"`
		Organisation string              `json:"organisation"`
	}{
		s.AuthorizeURL, s.TokenURL, s.LogoutURL, s.ClientID, append([]string{}, s.Scopes...),
		languages[:], inOurs(o.DefaultLanguage), o.Name,
	})
	if err != nil {
		return "", fmt.Errorf("preparing the desk: %w", err)
	}
	return string(b), nil
}

// Names are the files of the desk beside its page, in order.
func (a *App) Names() []string {
	var names []string
	for name := range a.sources {
		if types[path.Ext(name)] != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// File returns a file by its name; nil when there is none. The files of one
// version fit each other: what one names of another ("./list.js"), it names with
// the version.
func (a *App) File(name string) (*File, error) {
	source, ok := a.sources[name]
	kind := types[path.Ext(name)]
	if !ok || kind == "" {
		return nil, nil
	}
	if f, ok := a.files.Load(name); ok {
		return f.(*File), nil
	}
	source, err := smaller.String(kind, source)
	if err != nil {
		return nil, fmt.Errorf("shortening %s: %w", name, err)
	}
	for _, other := range a.Names() {
		source = strings.ReplaceAll(source, `"./`+other+`"`, `"./`+other+`?v=`+a.Version+`"`)
	}
	packed, err := compress(source)
	if err != nil {
		return nil, fmt.Errorf("compressing %s: %w", name, err)
	}
	f := &File{Type: kind, Body: source, Gzip: packed}
	a.files.Store(name, f)
	return f, nil
}

func compress(s string) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := io.WriteString(w, s); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// Page is the page in the first language that is ours of what a browser prefers;
// where nobody can sign in yet, one that says what to configure.
func (a *App) Page(l feedback.Language) string {
	l = inOurs(l)
	if len(a.missing) > 0 {
		return a.unconfigured(l)
	}
	// In one pass: what is filled in may itself look like a gap.
	return strings.NewReplacer(
		"{{data}}", `{"version":"`+a.Version+`",`+a.data[1:],
		"{{version}}", a.Version,
		"{{lang}}", string(l),
		"{{title}}", html.EscapeString(words[l].title+" · "+a.organisation.Name),
	).Replace(a.sources[page])
}
