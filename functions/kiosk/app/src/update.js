// Installs the service worker, and its successors when nobody is there.
import { config } from "./config.js";

const look = 36e5, tryEvery = 5e3; // ms

// offer takes a new version into use at a moment that idle finds good.
export async function offer(idle) {
  const workers = navigator.serviceWorker, home = new URL(config.device, location).href;
  if (!workers) return;
  let served = false, outdated = false; // there was a worker before; there is a newer one
  workers.addEventListener("controllerchange", () => {
    outdated = served;
    served = true;
  });
  // Asked before: the first worker of all may be at work when register answers.
  served ||= !!(await workers.getRegistration(home).catch(() => {}))?.active;
  const registration = await workers.register(home + "/sw.js", { scope: new URL(home).pathname, updateViaCache: "none" }).catch(() => {});
  if (!registration) return; // offline, or not allowed: the next start tries again
  const update = () => registration.update().catch(() => {});
  setInterval(update, look);
  addEventListener("online", update);
  const timer = setInterval(() => {
    if (!idle()) return;
    if (!outdated) return registration.waiting?.postMessage("take over");
    clearInterval(timer); // a second call would begin the reload anew
    location.reload();
  }, tryEvery);
}
