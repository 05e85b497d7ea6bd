// Draws figures as bars in tables: every number is text as well, and a row leads to what is behind it.
import { h, svg } from "./dom.js";
import { lang } from "./words.js";

// one is a figure with one decimal, as in the report; pct is the same of a percentage.
export const one = (v, style) => new Intl.NumberFormat(lang(), { minimumFractionDigits: 1, maximumFractionDigits: 1, style }).format(v);
export const pct = v => one(v / 100, "percent");

// small is a line of small print; parts that are empty are left out.
export const small = (...parts) => h("small", {}, parts.filter(Boolean).join(" · "));

const rect = (kind, x, width, y = 0, height = 10) => svg("rect", { class: kind, x, y, width, height });
const bar = (kind, ...rects) => svg("svg", { class: kind, viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" }, rects);

// span draws a percentage with its interval [from, to].
export const span = (value, [from, to]) =>
  bar("span", rect("track", 0, 100, 4, 2), rect("between", from, Math.max(0.5, to - from), 2, 6), rect("value", Math.min(98.5, Math.max(0, value - 0.75)), 1.5));

// length draws n as a part of most.
export const length = (n, most) => bar("length", rect("track", 0, 100), n > 0 && rect("value", 0, Math.max(1, (100 * n) / most)));

// table lays out rows {name, href, bar, mark, cells} below heads; the first head is that of the names.
export const table = (caption, heads, rows) => h("table.bars", {}, h("caption.sr", {}, caption),
  h("thead", {}, h("tr", {}, heads.map((text, i) => h(i ? "th.num" : "th", { scope: "col" }, text)))),
  h("tbody", {}, rows.map(r => h("tr", {},
    h("th", { scope: "row" }, h(r.href ? "a" : "div", { href: r.href }, r.name, r.bar), r.mark), r.cells.map(c => h("td.num", {}, c))))));
