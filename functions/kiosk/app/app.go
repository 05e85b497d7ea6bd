// Package app holds the kiosk app: a page that shows without script, the modules
// that make it work for days without network, and its words in every language.
// All of it depends on the configuration only.
package app

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"resonanz/shared/config"
	"resonanz/shared/feedback"
	"resonanz/shared/satisfaction"
	"resonanz/shared/scheme"
)

//go:embed src
var sources embed.FS

// modules are the scripts of the page. app.js is the one that starts.
var modules = [...]string{"app.js", "clock.js", "config.js", "guard.js", "screens.js", "sender.js", "staff.js", "store.js", "update.js"}

// App makes what kiosks of one organisation are served. It is safe for
// concurrent use.
type App struct {
	cfg     *config.Config
	style   string
	scripts map[string]string // module → source, as written
	worker  string
	kiosks  sync.Map // feedback.Device → *Kiosk, made when asked for first
	colours scheme.Colours
}

// New prepares the app. It fails only on a configuration that the check at
// build would not have let through.
func New(cfg *config.Config) (*App, error) {
	colours, err := scheme.New(cfg)
	if err != nil {
		return nil, fmt.Errorf("preparing the kiosk app: %w", err)
	}
	a := &App{cfg: cfg, colours: colours, scripts: make(map[string]string, len(modules))}
	read := func(name string) string {
		b, e := sources.ReadFile("src/" + name)
		if e != nil {
			err = fmt.Errorf("preparing the kiosk app: %w", e)
		}
		return string(b)
	}
	for _, m := range modules {
		a.scripts[m] = bare(read(m))
	}
	a.worker = bare(read("sw.js"))
	a.style = colours.Style + strings.ReplaceAll(read("app.css"), "\n", "")
	return a, err
}

// bare drops indentation and lines that only comment, a fifth of what would be
// sent. Nothing else is touched.
func bare(source string) string {
	var b strings.Builder
	for line := range strings.Lines(source) {
		line = strings.TrimLeft(line, " ")
		if !strings.HasPrefix(line, "//") && line != "\n" {
			b.WriteString(line)
		}
	}
	return b.String()
}

// Kiosk is the app of one device.
type Kiosk struct {
	app    *App
	device *config.Device
	tp     *config.Touchpoint
	baked  string // the configuration in the page, without the version
	page   string

	// Version names the content of everything the app consists of.
	Version string
}

// Kiosk returns the app of a device; nil when there is no such device, or it is
// no kiosk.
func (a *App) Kiosk(id feedback.Device) (*Kiosk, error) {
	d := a.cfg.Device(id)
	if d == nil || d.Channel != feedback.Kiosk || a.cfg.Touchpoint(d.Touchpoint) == nil {
		return nil, nil
	}
	if k, ok := a.kiosks.Load(id); ok {
		return k.(*Kiosk), nil
	}
	k := &Kiosk{app: a, device: d, tp: a.cfg.Touchpoint(d.Touchpoint)}
	baked, err := json.Marshal(k.bake())
	if err != nil {
		return nil, fmt.Errorf("preparing the kiosk app of %s: %w", id, err)
	}
	k.baked = string(baked)
	sum := sha256.New()
	for _, s := range append([]string{k.write(), a.style, a.worker}, a.inOrder()...) {
		fmt.Fprintf(sum, "%d\n%s", len(s), s)
	}
	k.Version = hex.EncodeToString(sum.Sum(nil)[:6])
	k.page = k.write()
	a.kiosks.Store(id, k)
	return k, nil
}

func (a *App) inOrder() []string {
	all := make([]string, len(modules))
	for i, m := range modules {
		all[i] = a.scripts[m]
	}
	return all
}

// baked is what the page knows of the configuration.
type baked struct {
	Version      string                                  `json:"version,omitempty"`
	Device       feedback.Device                         `json:"device"`
	Revoked      bool                                    `json:"revoked"`
	Organisation string                                  `json:"organisation"`
	Touchpoint   feedback.Touchpoint                     `json:"touchpoint"`
	Name         config.Text                             `json:"name"`
	Scale        feedback.Scale                          `json:"scale"`
	Good         int                                     `json:"good"` // from this score on a customer is satisfied
	Reasons      []config.Reason                         `json:"reasons"`
	Ask          []string                                `json:"ask"`
	Language     feedback.Language                       `json:"language"`
	Words        map[feedback.Language]map[string]string `json:"words"`
}

func (k *Kiosk) bake() baked {
	o := &k.app.cfg.Organisation
	b := baked{
		Device: k.device.ID, Revoked: k.device.Revoked, Organisation: o.Name,
		Touchpoint: k.tp.ID, Name: k.tp.Name, Scale: k.tp.Scale,
		Reasons: []config.Reason{}, Ask: append([]string{}, k.tp.Ask...), Language: k.language(),
		Words: make(map[feedback.Language]map[string]string),
	}
	if scale, ok := satisfaction.ScaleOf(k.tp.Scale, k.app.cfg.Rules.TopBox10); ok {
		b.Good = scale.Top
	}
	for _, code := range k.tp.Reasons {
		if r := k.app.cfg.Reason(code); r != nil {
			b.Reasons = append(b.Reasons, *r)
		}
	}
	for _, l := range k.spoken() {
		b.Words[l] = speech(l)
	}
	return b
}

// spoken are the languages on the screen: those of the organisation that the
// app speaks, else English.
func (k *Kiosk) spoken() []feedback.Language {
	var all []feedback.Language
	for _, l := range k.app.cfg.Organisation.Languages {
		if slices.Contains(languages[:], l) {
			all = append(all, l)
		}
	}
	if len(all) == 0 {
		all = append(all, "en")
	}
	return all
}

// language is the one that every customer finds.
func (k *Kiosk) language() feedback.Language {
	spoken := k.spoken()
	if l := k.app.cfg.Organisation.DefaultLanguage; slices.Contains(spoken, l) {
		return l
	}
	return spoken[0]
}
