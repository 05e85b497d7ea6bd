package main

import (
	"testing"

	"github.com/chromedp/cdproto/storage"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"resonanz/shared/pages/browsertest"
)

func TestAFullDiskLosesNothing(t *testing.T) {
	w := newWorld(t)
	profile := chromedp.UserDataDir(t.TempDir())
	k := w.start("kiosk-1", profile)
	k.offline()
	k.customers(1, 2)
	k.Forgive()
	k.kill() // a browser that runs asks for the room it has once in half a minute
	k = &kiosk{browsertest.Start(t, profile), w, "kiosk-1"}
	k.always(driver)
	quota := func(bytes *float64) {
		browsertest.Tell(k.Browser, storage.OverrideQuotaForOrigin, storage.OverrideQuotaForOriginParams{Origin: w.url, QuotaSize: bytes})
	}
	quota(new(1.0))
	k.open("")
	k.customers(3, 4, 5)
	k.Run(browsertest.Await("#full"))
	if n := len(k.kept("votes")); n != 2 {
		t.Errorf("%d votes on a full disk, want the 2 from before", n)
	}
	k.online(nil)
	k.js(`await until(async () => document.querySelector("#full").hidden)`)
	k.drained()
	if n := len(w.votes()); n != 5 {
		t.Errorf("%d votes stored, want 5", n)
	}
	k.offline()
	k.customers(1)
	k.Run(browsertest.Await("#full"))
	quota(nil)
	k.js(`dispatchEvent(new Event("online"))`)
	k.js(`await until(async () => document.querySelector("#full").hidden)`)
	if n := len(k.kept("votes")); n != 1 {
		t.Errorf("%d votes on the disk that has room again, want 1", n)
	}
	k.Forgive()
}

func TestWhatTheServerRefusesIsKeptAndCounted(t *testing.T) {
	w := newWorld(t)
	k := w.start("kiosk-1")
	k.offline()
	k.js(`await tap(2)`)
	k.Run(press(`.reasons button[value="unfriendly"]`)...)
	k.js(`await leave()`)
	k.customers(4)
	w.deploy(parse(t, `"code": "unfriendly"`, `"code": "rude"`, `"unfriendly", "price_unclear"`, `"price_unclear"`)) // a reason that nobody knows any more
	k.online(nil)
	k.drained()
	if n, m := len(w.votes()), len(k.kept("rejected")); n != 1 || m != 1 {
		t.Errorf("%d stored and %d kept apart, want 1 and 1", n, m)
	}
	k.Run(browsertest.Press(kb.F2), browsertest.Await("#facts"))
	if facts := k.Text("#facts"); !contains(facts, "1 (unknown_reason: 1)") {
		t.Errorf("staff read %q", facts)
	}
	w.deploy(parse(t))
	k.Run(push(".ways button:nth-child(2)")...)
	k.js(`await until(async () => !(await kept("kiosk-1", "rejected")).length)`)
	k.drained()
	if n := len(w.votes()); n != 2 {
		t.Errorf("%d stored, want 2", n)
	}
	k.Forgive()
}
