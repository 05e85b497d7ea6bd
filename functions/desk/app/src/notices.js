// What has to be said above every view: no network, a session that has ended, a new version, a failure.
import { config, home } from "./config.js";
import { button, h, replace } from "./dom.js";
import { t } from "./words.js";

const all = new Map(); // name → {text, kind, actions, stay}
const node = h("div.notices", { role: "alert" });
const said = text => (typeof text === "function" ? text() : text);

function redraw() {
  replace(node, [...all].map(([name, n]) => h("div.notice." + (n.kind || "info"), {}, h("p", {}, said(n.text)), h("p.actions", {},
    (n.actions || []).map(([label, run]) => button(said(label), () => (n.stay || drop(name), run()))),
    !n.stay && button(t("close"), () => drop(name), { kind: "plain" })))));
}

// say shows a notice under a name, in place of the last one of that name.
function say(name, notice) {
  all.set(name, notice);
  redraw();
}

function drop(name) {
  if (all.delete(name)) redraw();
}

// watch tells when the network is gone, and when there is a new version of the desk.
function watch() {
  const line = () => (navigator.onLine ? drop("offline") : say("offline", { text: () => t("offline"), kind: "warn", stay: true }));
  addEventListener("online", line);
  addEventListener("offline", line);
  line();
  setInterval(async () => {
    if (document.hidden || !navigator.onLine) return;
    const page = await fetch(home, { cache: "no-cache", credentials: "omit" }).then(r => (r.ok ? r.text() : "")).catch(() => "");
    const version = /main\.js\?v=([\w-]+)/.exec(page)?.[1];
    if (version && version !== config.version) say("version", { text: () => t("newVersion"), actions: [[() => t("reload"), () => location.reload()]] });
  }, 6e5);
}

// notices: node to show, say(name, {text, kind, actions: [[label, run]], stay}), drop(name), redraw(), watch().
export const notices = { node, say, drop, redraw, watch };
