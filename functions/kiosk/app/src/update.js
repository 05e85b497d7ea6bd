// Installs the service worker, and its successors when nobody is there.
import { config } from "./config.js";

const look = 36e5, tryEvery = 5e3; // ms

// offer takes a new version into use at a moment that idle finds good.
export async function offer(idle) {
  if (!navigator.serviceWorker) return;
  const workers = navigator.serviceWorker, first = !workers.controller;
  let asked = false;
  workers.addEventListener("controllerchange", () => (asked || !first) && location.reload());
  const home = new URL(config.device, location).pathname;
  const registration = await workers.register(home + "/sw.js", { scope: home, updateViaCache: "none" }).catch(() => {});
  if (!registration) return; // offline, or not allowed: the next start tries again
  const update = () => registration.update().catch(() => {});
  setInterval(update, look);
  addEventListener("online", update);
  setInterval(() => {
    if (!registration.waiting || !idle()) return;
    asked = true;
    registration.waiting.postMessage("take over");
  }, tryEvery);
}
