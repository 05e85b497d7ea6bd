// Keeps a public screen a kiosk: nothing zooms, selects or scrolls by accident,
// nobody leaves the app or brings back what was.

// guard calls home when someone goes back, and leave when the page goes away.
export function guard(home, leave) {
  const stop = e => e.preventDefault();
  for (const kind of ["contextmenu", "dragstart", "gesturestart", "gesturechange"]) addEventListener(kind, stop, { passive: false });
  addEventListener("wheel", e => e.ctrlKey && stop(e), { passive: false });
  addEventListener("touchmove", e => e.touches.length > 1 && stop(e), { passive: false });
  // A key held down is one press.
  addEventListener("keydown", e => e.repeat && /^(Enter| )$/.test(e.key) && e.target.tagName === "BUTTON" && stop(e), { capture: true });

  // A step back ends here, not at the page before.
  let ahead = false;
  addEventListener("pointerdown", () => {
    if (!ahead) history.pushState(null, "");
    ahead = true;
  });
  addEventListener("popstate", () => {
    ahead = false;
    home();
  });
  addEventListener("pagehide", leave);
  addEventListener("pageshow", e => e.persisted && home());

  const wake = () => document.visibilityState === "visible" && navigator.wakeLock?.request("screen").catch(() => {});
  document.addEventListener("visibilitychange", wake);
  wake();
}
