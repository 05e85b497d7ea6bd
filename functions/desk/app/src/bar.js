// The bar above every view: where one can go, who is here, language and scheme.
import { config } from "./config.js";
import * as drafts from "./drafts.js";
import { button, dialog, h, replace } from "./dom.js";
import * as session from "./session.js";
import { lang, setLang, t } from "./words.js";

const schemes = ["auto", "light", "dark"];
const node = h("header.bar");
let current = "", again = () => {};

const other = () => (lang() === "de" ? "en" : "de");
const scheme = () => localStorage.getItem("desk scheme") || "auto";
const paint = () => (document.documentElement.dataset.scheme = scheme());
paint();

// bar is the bar; redraw draws the desk anew when the language has changed.
export function bar(redraw) {
  again = redraw;
  redrawBar(current);
  return node;
}

// redrawBar marks the view that is open.
export function redrawBar(name) {
  current = name;
  const here = session.signedIn() || session.over();
  const views = [["cases", "navCases", "cases"], ["month", "navMonth", "reports"], ["touchpoints", "navPlaces", "cases"]];
  replace(node,
    h("span.org", {}, config.organisation),
    here && h("nav", { "aria-label": t("nav") }, views.filter(([, , scope]) => session.has(scope)).map(([path, text]) =>
      h("a", { href: "#/" + path, "aria-current": path === name ? "page" : undefined }, t(text)))),
    h("div.me", {},
      button(t("otherLang"), () => (setLang(other()), again()), { kind: "plain", props: { lang: other() } }),
      button([h("span.long", {}, t("scheme_" + scheme())), h("span.short", { "aria-hidden": "true" }, "◐")], turn, { kind: "plain", props: { id: "scheme", title: t("scheme"), "aria-label": t("scheme_" + scheme()) + ": " + t("scheme") } }),
      here && h("a", { href: "#/help", "aria-label": t("help"), "aria-current": name === "help" ? "page" : undefined }, h("span.long", {}, t("help")), h("span.short", { "aria-hidden": "true" }, "?")),
      here && button(t("signOut"), leave, { kind: "plain", props: { title: t("signedInAs", { person: session.person() }) } })));
}

function turn() {
  localStorage.setItem("desk scheme", schemes[(schemes.indexOf(scheme()) + 1) % schemes.length]);
  paint();
  redrawBar(current);
  node.querySelector("#scheme").focus();
}

async function leave() {
  if (drafts.all().length && !(await dialog(t("leaveTitle"), h("p", {}, t("leaveText", { n: drafts.all().length })), [{ label: t("stay"), value: false }, { label: t("signOut"), value: true, kind: "danger" }]))) return;
  drafts.clear();
  replace(document.body); // the next person at this screen sees nothing of it
  session.signOut();
}
