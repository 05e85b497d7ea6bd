// The rows of the work list. A refresh changes what has changed and leaves the focus where it is.
import { h, replace } from "./dom.js";
import { named } from "./settings.js";
import { code, name, t, until, when } from "./words.js";

const loud = { breached: "bad", at_risk: "warn", critical: "bad", high: "warn" };
const called = (list, key) => key && (name(named(list, key)?.name) || code("", key));

// mark is a state that must be seen: text and shape.
const mark = (prefix, value) => h("span.tag" + (loud[value] ? "." + loud[value] : ""), {}, code(prefix, value));

const due = c => [
  ["at_risk", "breached", "paused"].includes(c.sla) && mark("sla_", c.sla),
  c.ended_at ? h("span", {}, t("listEnded", { when: when(c.ended_at) }))
    : c.due_at && [h("span.far", {}, until(c.due_at)), h("time.soft", { dateTime: c.due_at }, when(c.due_at))],
];

const score = c => {
  const [, , most] = /_(\d+)_(\d+)$/.exec(c.scale || "") || [];
  return c.rating !== undefined && most && t("listScore", { n: c.rating, most });
};

const dotted = (...parts) => parts.filter(Boolean).join(" · ");

// rows makes the table. m: {settings, me, open(number), changed()}.
export function rows(m) {
  const s = m.settings, all = new Map(); // number → {row, box, link, told}
  const columns = ["", "listCase", "listDue", "listNext", "listAbout", "listStatus", "listOwner"];
  const every = h("input", { type: "checkbox", onchange: () => tickAll(every.checked) });
  const body = h("tbody");
  const node = h("div.scroll", {}, h("table.cases", {}, h("caption.sr", {}, t("listCaption")),
    h("thead", {}, h("tr", {}, columns.map(k => (k ? h("th", { scope: "col" }, t(k)) : h("td", {}, h("label.box", {}, every, h("span.sr", {}, t("listTickAll")))))))), body));

  const cells = c => [
    due(c),
    [h("span", {}, code("step_", c.next.step)), c.next.due_at && c.next.due_at !== c.due_at && h("span.soft", {}, until(c.next.due_at))],
    [h("span", {}, called(s.categories, c.category) || called(s.rules, c.rule)), h("span.soft", {}, dotted(called(s.touchpoints, c.touchpoint), c.device, score(c)))],
    [h("span", {}, code("status_", c.status)), loud[c.severity] && h("span.tag." + loud[c.severity], {}, t("by_filter_severity") + ": " + code("severity_", c.severity)), c.urgency === "immediate" && h("span.tag.warn", {}, t("listNow"))],
    [h("span", {}, c.owner ? (c.owner === m.me ? t("listMe") : c.owner) : t("listNobody")), c.team && h("span.soft", {}, called(s.teams, c.team))],
  ];

  function make(c) {
    const box = h("input", { type: "checkbox", "aria-label": t("listTickOne", { number: c.number }), onchange: m.changed });
    const link = h("a", { href: "#/cases/" + c.number, onclick: () => m.open(c.number) }, c.number);
    const row = h("tr", {}, h("td", {}, h("label.box", {}, box)), h("th", { scope: "row" }, link, h("span.soft", {}, code("family_", c.family))));
    row.append(...columns.slice(2).map(k => h("td", { "data-label": t(k) })));
    // A click beside the link means the case as well, a selection of text does not.
    row.onclick = e => {
      if (!e.target.closest("a,label") && !String(getSelection())) link.click();
    };
    return { row, box, link };
  }

  function fill(cases) {
    const now = new Set(cases.map(c => c.number));
    for (const [number, r] of all) {
      if (now.has(number)) continue;
      r.row.remove();
      all.delete(number);
    }
    let place = body.firstElementChild;
    for (const c of cases) {
      const r = all.get(c.number) || make(c);
      all.set(c.number, r);
      r.case = c;
      cells(c).forEach((children, i) => replace(r.row.cells[i + 2], h("div.cell", {}, children)));
      r.row.className = loud[c.sla] || "";
      if (place === r.row) place = place.nextElementSibling;
      else body.insertBefore(r.row, place);
    }
  }

  const tickAll = on => {
    for (const r of all.values()) r.box.checked = on;
    m.changed();
  };
  const ticked = () => {
    const some = [...all.values()].filter(r => r.box.checked).map(r => r.case);
    every.checked = some.length > 0 && some.length === all.size;
    every.indeterminate = some.length > 0 && some.length < all.size;
    return some;
  };
  const here = () => [...all.values()].find(r => r.row.contains(document.activeElement));
  const step = by => {
    const list = [...body.rows], at = here() ? list.indexOf(here().row) + by : 0;
    list[Math.min(Math.max(at, 0), list.length - 1)]?.querySelector("a").focus();
  };
  return {
    node, fill, ticked, step,
    untick: () => ((every.checked = false), tickAll(false)),
    tick: () => here()?.box.click(),
    enter: () => here()?.link.click(),
    link: number => all.get(number)?.link,
    focus: number => all.get(number)?.link.focus(),
  };
}
