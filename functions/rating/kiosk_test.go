package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"resonanz/functions/kiosk/app"
	"resonanz/shared/feedback"
	"resonanz/shared/httpapi/loopback"
	"resonanz/shared/link"
	"resonanz/shared/pages/browsertest"
)

// kiosk serves the app of a device beside the interface that it talks to.
func (r *rig) kiosk(device feedback.Device) http.Handler {
	r.tb.Helper()
	a, err := app.New(r.cfg)
	if err != nil {
		r.tb.Fatal(err)
	}
	k, err := a.Kiosk(device)
	if err != nil || k == nil {
		r.tb.Fatalf("the app of %s: %v", device, err)
	}
	home := "/kiosk/" + string(device)
	return http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		if strings.HasPrefix(q.URL.Path, "/v1/") {
			loopback.Handler(r.Handle).ServeHTTP(w, q)
			return
		}
		if q.URL.Path == home {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(k.Page()))
			return
		}
		f, err := k.File(strings.TrimPrefix(q.URL.Path, home+"/"))
		if err != nil || f == nil {
			http.NotFound(w, q)
			return
		}
		w.Header().Set("Content-Type", f.Type)
		w.Header().Set("Service-Worker-Allowed", home)
		_, _ = w.Write(f.Body)
	})
}

// What the kiosk app says this interface takes, and the other way round.
func TestTheKioskAppAndTheInterfaceUnderstandEachOther(t *testing.T) {
	r := newRig(t)
	url := browsertest.Serve(t, r.kiosk("kiosk-cologne-1"))
	b := browsertest.Start(t)
	b.Run(browsertest.Open(url+"/kiosk/kiosk-cologne-1#key="+r.key()), browsertest.Await("body[data-ready]"))
	const calm = "#stage[aria-busy=false] "
	b.Run(browsertest.Click(`#scale button[value="2"]`), browsertest.Await(calm+".reasons"), browsertest.Click(`button[value="waiting_time"]`))
	b.Run(browsertest.Await(calm+"textarea"), browsertest.Type("textarea", "Zu lange gewartet"), browsertest.Click("button.main"), browsertest.Await(".mark"))
	browsertest.JS[bool](b, `(async () => {
		const { count } = await import("./kiosk-cologne-1/store.js" + document.querySelector("script[src]").src.match(/\?.*/));
		for (;;) {
			const c = await count();
			if (!c.queued && !c.rejected) return true;
			if (c.rejected) throw new Error(JSON.stringify(c));
			await new Promise(requestAnimationFrame);
		}
	})()`)
	votes := r.votes()
	if len(votes) != 1 {
		t.Fatalf("%d votes", len(votes))
	}
	v := votes[0]
	if v.Rating != 2 || v.Reason != "waiting_time" || !v.HasText || v.Device != "kiosk-cologne-1" || v.Channel != feedback.Kiosk || v.Language != "de" {
		t.Errorf("stored %+v", v)
	}
	// The rig's clock stands, the browser's is months ahead: the beat tells.
	if off := v.SubmittedAt.Sub(start); off < -time.Second || off > time.Minute {
		t.Errorf("submitted %v after the start", off)
	}
}

func TestARevokedKioskHearsOfIt(t *testing.T) {
	r := newRig(t)
	url := browsertest.Serve(t, r.kiosk("kiosk-cologne-1"))
	b := browsertest.Start(t)
	for key, want := range map[string]string{
		link.DeviceKey(r.devices.Secret, "kiosk-cologne-1", 1):                "veraltet",
		link.DeviceKey([]byte(strings.Repeat("z", 64)), "kiosk-cologne-1", 2): "gilt nicht",
	} {
		b.Run(browsertest.Open("about:blank"), browsertest.Open(url+"/kiosk/kiosk-cologne-1#key="+key), browsertest.Await("#blocked"))
		for !strings.Contains(b.Text("#stage h1"), want) {
			browsertest.JS[bool](b, `new Promise(r => setTimeout(r, 20, true))`)
		}
	}
}
