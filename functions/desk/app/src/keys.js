// Shortcuts of one key. They can be switched off (WCAG 2.2, 2.1.4) and never act while somebody types.
import { dialog, h } from "./dom.js";
import { t } from "./words.js";

const layers = []; // {key: {label, run}}, the newest last
const names = { Enter: "↵", ArrowDown: "↓", ArrowUp: "↑", Escape: "Esc" };

// enabled reports whether shortcuts are on.
export const enabled = () => localStorage.getItem("desk keys") !== "off";

// enable switches shortcuts on or off on this device.
export const enable = on => (on ? localStorage.removeItem("desk keys") : localStorage.setItem("desk keys", "off"));

// bind adds shortcuts {key: {label, run, hidden}}; the function returned takes them away.
export function bind(keys) {
  layers.push(keys);
  return () => {
    if (layers.includes(keys)) layers.splice(layers.indexOf(keys), 1);
  };
}

// bound are the shortcuts there are now: [[key, label]].
export const bound = () => {
  const all = Object.assign({}, ...layers);
  return Object.entries(all).filter(([, k]) => !k.hidden).map(([key, k]) => [names[key] || key, k.label]);
};

const typing = e => e.target.closest?.("input:not([type=checkbox]):not([type=radio]),textarea,select,[contenteditable]");

addEventListener("keydown", e => {
  if (!enabled() || e.defaultPrevented || e.isComposing || e.ctrlKey || e.metaKey || e.altKey || typing(e) || document.querySelector("dialog[open]")) return;
  const layer = layers.findLast(l => e.key in l);
  // Enter on a button or a link is theirs.
  if (!layer || (e.key === "Enter" && e.target.closest?.("a,button,summary"))) return;
  e.preventDefault();
  layer[e.key].run(e);
});

// help shows the shortcuts.
export function help() {
  const box = h("input", { type: "checkbox", checked: enabled(), onchange: () => enable(box.checked) });
  const list = h("dl.keys", {}, bound().map(([key, label]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, label)]));
  return dialog(t("keysTitle"), [h("label.check", {}, box, h("span", {}, t("keysOn"))), list]);
}
