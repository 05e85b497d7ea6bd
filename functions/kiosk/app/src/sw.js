// Keeps one version of the app for the time without network, whole or not at
// all. What it keeps is only ever read by the version that kept it.
const VERSION = "$VERSION", DEVICE = "$DEVICE", FILES = ["$FILES"];
const home = new URL("../" + DEVICE, location).href;
const mine = "kiosk " + DEVICE + " ", name = mine + VERSION;

// The address with its version is answered by that version only.
const versioned = url => url + "?v=" + VERSION;

addEventListener("install", e => e.waitUntil((async () => {
  const cache = await caches.open(name);
  await cache.addAll([home, ...FILES.map(f => home + "/" + f)].map(url => new Request(versioned(url), { cache: "reload" })));
})()));

addEventListener("activate", e => e.waitUntil((async () => {
  for (const old of await caches.keys()) if (old.startsWith(mine) && old !== name) await caches.delete(old);
  await clients.claim();
})()));

addEventListener("message", e => e.data === "take over" && skipWaiting());

addEventListener("fetch", e => {
  const { method, mode, url } = e.request;
  const bare = url.replace(/[?#].*$/, "");
  const known = mode === "navigate" ? bare === home : FILES.includes(bare.slice(home.length + 1)) && bare.startsWith(home + "/") && url === versioned(bare);
  if (method !== "GET" || !known) return;
  e.respondWith((async () => (await (await caches.open(name)).match(versioned(bare))) || fetch(e.request))());
});
