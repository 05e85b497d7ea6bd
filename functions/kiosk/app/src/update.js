// Installs the service worker, and its successors when nobody is there.
import { config } from "./config.js";

const look = 36e5, tryEvery = 5e3; // ms

// offer takes a new version into use at a moment that idle finds good.
export async function offer(idle) {
  const workers = navigator.serviceWorker, home = new URL(config.device, location).href;
  if (!workers) return;
  let served = workers.controller?.scriptURL === home + "/sw.js"; // by a worker of ours
  let outdated = false;
  workers.addEventListener("controllerchange", () => {
    outdated = served;
    served = true;
  });
  const registration = await workers.register(home + "/sw.js", { scope: new URL(home).pathname, updateViaCache: "none" }).catch(() => {});
  if (!registration) return; // offline, or not allowed: the next start tries again
  const update = () => registration.update().catch(() => {});
  setInterval(update, look);
  addEventListener("online", update);
  setInterval(() => {
    if (!idle()) return;
    outdated ? location.reload() : registration.waiting?.postMessage("take over");
  }, tryEvery);
}
