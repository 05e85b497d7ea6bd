package app

import (
	"encoding/json"
	"fmt"
	"strings"
)

// File is something that the page loads.
type File struct {
	Type string // media type
	Body []byte
}

const script = "text/javascript; charset=utf-8"

// Worker is the service worker's file: its address must stay, so it carries no
// version.
const Worker = "sw.js"

// Names are the files that make the app, the service worker left out.
func (k *Kiosk) Names() []string {
	return append([]string{"app.css", "icon.svg", "icon-192.png", "icon-512.png", "manifest.webmanifest"}, modules[:]...)
}

// File returns a file of the app by name; nil when there is none. The files of
// one version fit each other: whatever one names of another, it names with the
// version.
func (k *Kiosk) File(name string) (*File, error) {
	versioned := `.js?v=` + k.Version + `"`
	switch name {
	case "app.css":
		return &File{"text/css; charset=utf-8", []byte(k.app.style)}, nil
	case "icon.svg":
		return &File{"image/svg+xml", []byte(k.app.iconSVG())}, nil
	case "icon-192.png":
		return k.app.iconPNG(192)
	case "icon-512.png":
		return k.app.iconPNG(512)
	case "manifest.webmanifest":
		return k.manifest()
	case Worker:
		s := strings.NewReplacer("$VERSION", k.Version, "$DEVICE", string(k.device.ID), "$FILES", strings.Join(k.Names(), `","`)).Replace(k.app.worker)
		return &File{script, []byte(s)}, nil
	}
	if s, ok := k.app.scripts[name]; ok {
		return &File{script, []byte(strings.ReplaceAll(s, `.js";`, versioned+";"))}, nil
	}
	return nil, nil
}

// manifest makes the app installable (W3C Web Application Manifest). Addresses
// are relative to its own.
func (k *Kiosk) manifest() (*File, error) {
	type icon struct {
		Src     string `json:"src"`
		Sizes   string `json:"sizes"`
		Type    string `json:"type"`
		Purpose string `json:"purpose,omitempty"`
	}
	home := "../" + string(k.device.ID)
	name := k.app.cfg.In(k.tp.Name, k.language())
	v := "?v=" + k.Version
	b, err := json.Marshal(struct {
		ID         string `json:"id"`
		Name       string `json:"name"`
		ShortName  string `json:"short_name"`
		Lang       string `json:"lang"`
		StartURL   string `json:"start_url"`
		Scope      string `json:"scope"`
		Display    string `json:"display"`
		Background string `json:"background_color"`
		Theme      string `json:"theme_color"`
		Icons      []icon `json:"icons"`
	}{
		home, k.app.cfg.Organisation.Name + " – " + name, name, string(k.language()), home, home, "fullscreen",
		k.app.colours.Background, k.app.colours.Accent,
		[]icon{
			{"icon.svg" + v, "any", "image/svg+xml", ""},
			{"icon-192.png" + v, "192x192", "image/png", ""},
			{"icon-512.png" + v, "512x512", "image/png", ""},
			{"icon-512.png" + v, "512x512", "image/png", "maskable"},
		},
	})
	if err != nil {
		return nil, fmt.Errorf("writing the manifest of %s: %w", k.device.ID, err)
	}
	return &File{"application/manifest+json", b}, nil
}
