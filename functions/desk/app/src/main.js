// Starts the desk: who is there, which view the address names, what has to be said above it.
import { config } from "./config.js";
import * as drafts from "./drafts.js";
import { button, h, replace } from "./dom.js";
import * as keys from "./keys.js";
import { bar, redrawBar } from "./bar.js";
import { notices } from "./notices.js";
import { say } from "./say.js";
import * as session from "./session.js";
import { settings } from "./settings.js";
import { add, lang, t } from "./words.js";
import words from "./shell-words.js";

add(words);

// views are the modules by the first part of the address; a case has one of its own.
const views = {
  cases: path => (path[1] ? import("./case.js") : import("./list.js")),
  month: () => import("./month.js"),
  touchpoints: () => import("./places.js"),
  help: () => import("./help.js"),
};

const view = h("main", { id: "view", tabIndex: -1 });
const live = h("p.sr", { role: "status" });

// announce tells a screen reader what changed without moving the focus.
function announce(text) {
  live.textContent = "";
  setTimeout(() => (live.textContent = text), 50);
}

// go opens an address such as "#/cases".
const go = hash => (location.hash === hash ? show() : (location.hash = hash));

// fail says above the view why something failed, with a way to try again; without a failure it takes that back.
function fail(e, retry) {
  if (!e) return notices.drop("failure");
  if (e.name === "AbortError") return;
  if (e.kind === "session") return; // the banner of the session says it
  notices.say("failure", { text: say(e), kind: "bad", actions: retry && [[t("retry"), retry]] });
}

function route() {
  const [path, query] = (location.hash.replace(/^#\/?/, "") || (session.has("cases") || !session.has("reports") ? "cases" : "month")).split("?");
  return { path: path.split("/"), query: new URLSearchParams(query) };
}

let open, unbind, controller;

// show draws the view of the address, once the last one is closed.
async function show() {
  controller?.abort();
  const mine = (controller = new AbortController());
  open?.close?.();
  unbind?.();
  open = unbind = undefined;
  notices.drop("failure");
  const r = route();
  redrawBar(r.path[0]);
  view.ariaBusy = "true";
  try {
    const load = views[r.path[0]];
    const next = Object.hasOwn(views, r.path[0]) ? await (await load(r.path)).open(r, { go, announce, fail, signal: mine.signal }) : lost();
    if (mine !== controller) return next.close?.();
    open = next;
    draw(next.title, next.node, next.focus);
    unbind = keys.bind(next.keys || {});
  } catch (e) {
    if (mine !== controller || mine.signal.aborted) return;
    if (!e.kind) console.error(e); // a fault of ours
    const title = t({ scope: "mayNot", session: "sessionOver" }[e.kind] || "failTitle");
    const way = { scope: false, missing: h("a.button", { href: "#/cases" }, t("navCases")), session: button(t("signIn"), session.signIn, { kind: "main" }) }[e.kind] ?? button(t("retry"), show, { kind: "main" });
    draw(title, h("section.text", {}, h("h1", {}, title), h("p", {}, say(e)), way && h("p.actions", {}, way)));
  }
}

const lost = () => ({ title: t("lostTitle"), node: h("section", {}, h("h1", {}, t("lostTitle")), h("p", {}, h("a", { href: "#/cases" }, t("navCases")))) });

function draw(title, node, focus) {
  view.ariaBusy = "false";
  document.title = title + " – " + config.organisation;
  replace(view, node);
  scrollTo(0, 0);
  const target = focus || view.querySelector("h1");
  if (!target) return;
  if (!focus) target.tabIndex = -1;
  target.focus({ preventScroll: !focus });
}

// welcome asks to sign in; problem is why the last try failed.
function welcome(problem) {
  document.title = t("welcomeTitle") + " – " + config.organisation;
  const insecure = !globalThis.crypto?.subtle;
  const text = insecure ? t("insecure") : problem ? t("signIn_" + problem) : "";
  replace(view, h("section.welcome", {}, h("h1", { tabIndex: -1 }, t("welcomeTitle")), h("p.lead", {}, t("welcomeText", { name: config.organisation })),
    text && h("p.notice.bad", { role: "alert" }, text),
    !insecure && h("p.actions", {}, button(t("signIn"), session.signIn, { kind: "main" }))));
}

function shell() {
  document.documentElement.lang = lang();
  replace(document.body, h("a.skip", { href: "#view", onclick: e => (e.preventDefault(), view.focus()) }, t("skip")), bar(redraw), notices.node, view, live);
}

// redraw draws everything anew: the language has changed.
function redraw() {
  shell();
  notices.redraw();
  session.signedIn() || session.over() ? show() : welcome();
}

// What was on the page when somebody signed out does not come back with it.
addEventListener("pageshow", e => e.persisted && !session.signedIn() && !session.over() && location.reload());

const problem = await session.start();
shell();
session.onEnd(() => notices.say("session", { text: () => t("sessionEnded"), kind: "bad", actions: [[() => t("signIn"), session.signIn]], stay: true }));
notices.watch();

if (session.signedIn()) {
  drafts.clear(session.person());
  addEventListener("hashchange", show);
  keys.bind({
    "?": { get label() { return t("keysTitle"); }, run: keys.help },
    g: { get label() { return t("navCases"); }, run: () => go("#/cases") },
    m: { get label() { return t("navMonth"); }, run: () => go("#/month") },
    p: { get label() { return t("navPlaces"); }, run: () => go("#/touchpoints") },
  });
  settings().catch(() => {}); // the view asks again and tells
  show();
} else welcome(problem);
