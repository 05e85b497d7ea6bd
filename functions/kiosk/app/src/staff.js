// What staff see: how to set the device up, why it does not work, how it is.
import { config, t } from "./config.js";
import * as clock from "./clock.js";
import * as store from "./store.js";
import * as sender from "./sender.js";
import { $, button, h, heading, show } from "./screens.js";

const press = 3e3; // ms

// blocked says what keeps the device from its work: "enrol" or a code.
export function blocked() {
  if (!sender.state.key) return config.revoked ? "device_revoked" : "enrol";
  return sender.state.refused || (config.revoked && !clock.known() ? "device_revoked" : undefined);
}

// keyIn finds the key of this device in an enrolment link, or in what was pasted.
function keyIn(text) {
  const key = text.trim().replace(/^[^#]*#/, "").replace(/^key=/, "");
  return /^[a-z0-9-]+\.\d+\.[\w-]{43}$/.test(key) && key.split(".")[0] === config.device ? key : undefined;
}

// takeKey takes the key out of the address, and the address out of the history.
export function takeKey() {
  const { hash, pathname, search } = location;
  if (!hash) return;
  history.replaceState(history.state, "", pathname + search);
  return keyIn(hash);
}

addEventListener("hashchange", () => {
  const key = takeKey();
  if (key) sender.enrol(key);
});

let drawn; // the reason on the screen

export async function drawBlocked() {
  drawn = blocked();
  const error = h("p.bad", { role: "alert" });
  const field = h("input", { id: "link", type: "text", autocomplete: "off", spellcheck: false, autocapitalize: "off" });
  const submit = e => {
    e.preventDefault();
    const key = keyIn(field.value);
    error.textContent = key ? "" : t("enrolBad", { device: config.device });
    if (key) sender.enrol(key);
  };
  show(
    h("div.sign", { id: "blocked", "aria-hidden": "true" }),
    heading(t(drawn), config.device),
    h("p.lead", {}, t("enrolText")),
    h("form", { onsubmit: submit }, h("label", { htmlFor: "link" }, t("link")), field, error, h("button.main", { type: "submit" }, t("enrolGo"))),
    h("p.hint", { id: "kept" }),
  );
  await countKept();
}

async function countKept() {
  const { queued } = await store.count();
  const kept = $("#kept");
  if (kept) kept.textContent = queued ? t("kept", { n: queued }) : "";
}

// outdated reports whether the screen tells another reason than there is; the
// count on it is put right in passing.
export function outdated() {
  countKept();
  return ($("#blocked") ? drawn : undefined) !== blocked();
}

// watchStaff calls f when staff ask for the status: three seconds on the upper
// right corner, or F2.
export function watchStaff(f) {
  const corner = $("#corner");
  let timer;
  corner.onpointerdown = () => (timer = setTimeout(f, press));
  corner.onpointerup = corner.onpointerleave = corner.onpointercancel = () => clearTimeout(timer);
  addEventListener("keydown", e => e.key === "F2" && !e.repeat && (e.preventDefault(), f()));
}

// drawStatus shows how the device is until close is called, or a minute is over.
export async function drawStatus(close) {
  const list = h("dl", { id: "facts" });
  const fill = async () => list.replaceChildren(...(await facts()).flatMap(([k, v]) => [h("dt", {}, t(k)), h("dd", {}, v)]));
  await fill();
  const again = (await store.count()).rejected ? [button("quiet", t("again"), () => store.again().then(() => sender.work(true), () => {}))] : [];
  show(heading(t("status")), list, h("p.ways", {}, button("quiet", t("sendNow"), () => sender.work(true)), ...again, button("quiet", t("close"), close)));
  const timer = setInterval(() => (list.isConnected ? fill() : clearInterval(timer)), 1e3);
}

const seconds = ms => Math.round(ms / 100) / 10 || 0;
const when = ms => (Number.isFinite(ms) ? new Date(ms).toLocaleString(document.documentElement.lang) : t("none"));

async function facts() {
  const c = await store.count(), s = sender.state;
  const codes = Object.entries(c.codes).map(([code, n]) => `${code}: ${n}`).join(", ");
  const estimate = (await navigator.storage?.estimate?.()) || {};
  const lasting = await navigator.storage?.persisted?.();
  return [
    ["queued", String(c.queued)],
    ...(c.unsaved ? [["unsaved", String(c.unsaved)]] : []),
    ["oldest", when(c.oldest?.tap)],
    ["rejected", c.rejected + (codes && ` (${codes})`)],
    ["contact", when(s.contact)],
    ["trouble", s.trouble || t("none")],
    ["skew", clock.now ? `${seconds(-clock.now.skew)} s ± ${seconds(clock.now.error)} s` : t("none")],
    ["device", config.device],
    ["version", config.version],
    ["offline", t(navigator.serviceWorker?.controller ? "yes" : "no")],
    ["storage", `${Math.round(estimate.usage / 1e4) / 100} / ${Math.round(estimate.quota / 1e6)} MB, ${t(lasting ? "lasting" : "evictable")}`],
  ];
}
