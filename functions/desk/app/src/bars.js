// Draws figures as bars in tables: every number is text as well, and a row leads to what is behind it.
import { h, svg } from "./dom.js";

const clamp = v => Math.max(0, Math.min(100, v));

const draw = (name, ...shapes) =>
  svg("svg", { class: "bar-" + name, viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true", focusable: "false" },
    svg("rect", { class: "track", x: 0, y: name === "span" ? 4 : 0, width: 100, height: name === "span" ? 2 : 10 }), shapes);

// span draws a share from 0 to 100 with its interval [from, to].
export const span = (value, interval) =>
  draw("span", interval && svg("rect", { class: "between", x: clamp(interval[0]), y: 2, width: Math.max(.5, clamp(interval[1]) - clamp(interval[0])), height: 6 }),
    svg("rect", { class: "value", x: clamp(clamp(value) - .75), y: 0, width: 1.5, height: 10 }));

// length draws n as a part of most; kind colours it: "", "warn", "bad".
export const length = (n, most, kind) => draw("length", n > 0 && svg("rect", { class: kind || "value", x: 0, y: 0, width: Math.max(1, clamp((100 * n) / most)), height: 10 }));

// table lays out rows [{name, href, mark, bar, cells: [node or text]}] below heads [text]; the first head is that of the names.
export function table(caption, heads, rows) {
  return h("table.bars", {}, h("caption.sr", {}, caption),
    h("thead", {}, h("tr", {}, heads.map((text, i) => h(i ? "th.num" : "th", { scope: "col" }, text)))),
    h("tbody", {}, rows.map(r => h("tr", {},
      h("th", { scope: "row" }, r.href ? h("a", { href: r.href }, r.name, r.bar) : [h("span", {}, r.name), r.bar], r.mark && h("div", {}, r.mark)),
      r.cells.map(c => h("td.num", {}, c))))));
}
