// Draws screens. What a customer saw is taken out of the document, not hidden.
import { config, language, t } from "./config.js";

export const $ = s => document.querySelector(s);

// h makes an element: h("button.big", {onclick}, "text", child, …).
export function h(name, props, ...children) {
  const [tag, ...classes] = name.split(".");
  const e = document.createElement(tag);
  e.className = classes.join(" ");
  for (const [k, v] of Object.entries(props || {})) k in e && !k.includes("-") ? (e[k] = v) : e.setAttribute(k, v);
  e.append(...children.filter(c => c !== undefined && c !== null));
  return e;
}

// translate fills what the server has drawn with the current language.
export function translate() {
  const score = e => ({ n: e.value });
  for (const e of document.querySelectorAll("[data-t]")) e.textContent = t(e.dataset.t);
  for (const e of document.querySelectorAll("[data-label]")) e.setAttribute("aria-label", t(e.dataset.label, score(e)));
  for (const e of document.querySelectorAll("[data-lang]")) e.setAttribute("aria-pressed", e.dataset.lang === language);
  $("#at").textContent = config.name[language] || config.name[config.language];
  document.title = t("title") + " – " + config.organisation;
}

const start = $("#start"), stage = $("#stage");
let calm = 0;

// show draws a screen in place of the last one; none: the start.
export function show(...children) {
  start.hidden = children.length > 0;
  stage.replaceChildren(...children);
  stage.ariaBusy = "true";
  clearTimeout(calm);
  calm = setTimeout(() => (stage.ariaBusy = "false"), 400);
  document.body.dataset.screen = children.length ? "stage" : "start";
  scrollTo(0, 0);
  const heading = stage.querySelector("h1");
  if (heading) {
    heading.tabIndex = -1;
    heading.focus({ preventScroll: true });
  } else document.activeElement?.blur();
}

// settled is false just after a screen was drawn: a second tap of a nervous
// finger was meant for the screen before.
const settled = () => stage.ariaBusy === "false";

export const heading = (text, small) => h("h1", {}, text, ...(small ? [h("small", {}, small)] : []));

// choices are large buttons, of which one may be chosen.
export function choices(kind, options, chosen, choose) {
  return h(
    "div.choices." + kind,
    { role: "group" },
    ...options.map(([value, text]) =>
      h("button", { type: "button", "aria-pressed": value === chosen, value, onclick: () => settled() && choose(value) }, text)),
  );
}

export const button = (kind, text, onclick) => h("button." + kind, { type: "button", onclick: () => settled() && onclick() }, text);
