// What the work list is narrowed to, as its address says it.
import { button, field, h, replace, select } from "./dom.js";
import { code, month, name, t, thisMonth } from "./words.js";

const ended = ["closed", "withdrawn", "duplicate", "dismissed"];
const running = ["open", "draft", "received", "acknowledged", "assessed", "in_investigation", "awaiting_customer", "decided", "resolved", "reopened"];
const families = ["complaint", "callback", "attention", "gap", "alarm"];
const severities = ["critical", "high", "medium", "low"];
const clocks = ["breached", "at_risk", "running", "paused", "met", "none"];
const dues = { today: 0, tomorrow: 1, week: 6 };

// known are the filters that an address may have; all but due are those of the interface.
const known = ["sla", "owner", "due", "family", "status", "category", "touchpoint", "team", "severity", "rule", "opened", "closed", "due_before"];

// asked is what to ask the interface for a query of the address.
export function asked(query, me) {
  const q = new URLSearchParams();
  for (const key of known) {
    const value = query.get(key);
    if (!value) continue;
    if (key === "owner" && value === "me") q.set(key, me);
    else if (key === "due") q.set("due_before", endOf(dues[value] ?? 0));
    else q.set(key, value);
  }
  return q;
}

// endOf is the end of the day that is so many days from now.
function endOf(days) {
  const d = new Date();
  d.setDate(d.getDate() + days);
  d.setHours(24, 0, 0, 0);
  return d.toISOString();
}

// months are the running one and the twelve before it.
function months() {
  const [y, m] = thisMonth().split("-").map(Number);
  return Array.from({ length: 13 }, (_, i) => new Date(Date.UTC(y, m - 1 - i)).toISOString().slice(0, 7));
}

// filters makes the form. m: {settings, query, change(query)}.
export function filters(m) {
  const s = m.settings;
  let query = new URLSearchParams(m.query);
  const named = list => (list || []).map(e => [e.id ?? e.code, name(e.name)]);
  const coded = (prefix, all) => all.map(v => [v, code(prefix, v)]);
  const choices = () => ({
    sla: coded("sla_", clocks),
    due: Object.keys(dues).map(v => [v, t("due_" + v)]),
    family: coded("family_", families),
    status: coded("status_", query.get("closed") ? ended : query.get("opened") ? [...running, ...ended] : running),
    category: named(s.categories),
    touchpoint: named(s.touchpoints),
    team: named(s.teams),
    severity: coded("severity_", severities),
    rule: named(s.rules),
    opened: months().map(v => [v, month(v)]),
    closed: months().map(v => [v, month(v)]),
  });

  function set(changes) {
    for (const [key, value] of Object.entries(changes)) value ? query.set(key, value) : query.delete(key);
    // What cannot be asked together is not: cases that ended are listed by month, and have no date to come.
    if (changes.closed) for (const key of ["opened", "due", "due_before"]) query.delete(key);
    if (changes.opened || changes.due) query.delete("closed");
    const can = choices().status.map(([v]) => v), kept = (query.get("status") || "").split(",").filter(v => can.includes(v)).join(",");
    kept ? query.set("status", kept) : query.delete("status");
    draw();
    m.change(new URLSearchParams(query));
  }

  const quick = [["listAll", {}], ["listMine", { owner: "me" }], ["listLate", { sla: "breached,at_risk" }], ["listToday", { due: "today" }]];
  const chips = h("div.chips", { role: "group", "aria-label": t("listQuick") });
  const active = h("div.chips", { role: "group", "aria-label": t("listActive") });
  const boxes = h("div.boxes");
  const more = h("details.filters", {}, h("summary", {}, t("listFilter")), boxes);

  const only = () => [...query.keys()].filter(k => query.get(k));
  const same = q => only().length === Object.keys(q).length && Object.entries(q).every(([k, v]) => query.get(k) === v);

  function draw() {
    const had = document.activeElement, at = boxes.contains(had) ? had.name : had?.dataset?.at;
    const all = choices();
    replace(chips, quick.map(([key, q]) => button(t(key), () => set({ ...Object.fromEntries(only().map(k => [k, ""])), ...q }), { props: { "aria-pressed": String(same(q)), "data-at": key } })));
    replace(boxes, Object.entries(all).map(([key, options]) => {
      const value = query.get(key) || "", has = !value || options.some(([v]) => v === value);
      return field(t("by_filter_" + key), select([["", t("listAny")], ...options, ...(has ? [] : [[value, value.split(",").map(v => code(key + "_", v)).join(", ")]])], value, { name: key, onchange: e => set({ [key]: e.target.value }) }));
    }));
    replace(active, quick.some(([, q]) => same(q)) ? [] : only().filter(k => known.includes(k)).map(key => {
      const value = query.get(key), label = all[key]?.find(([v]) => v === value)?.[1] || (value === "me" ? t("listMe") : value.split(",").map(v => code(key + "_", v)).join(", "));
      return button([t("by_filter_" + key) + ": " + label, h("span", { "aria-hidden": "true" }, " ×")], () => set({ [key]: "" }), { props: { "aria-label": t("listDrop", { filter: t("by_filter_" + key), value: label }) } });
    }));
    active.hidden = !active.childElementCount;
    const back = at && [...chips.children, ...boxes.querySelectorAll("select")].find(e => e.name === at || e.dataset.at === at);
    if (back && back !== document.activeElement) back.focus();
  }
  draw();
  return {
    node: h("div.narrow", {}, chips, active, more),
    reset: () => set(Object.fromEntries(only().map(k => [k, ""]))),
    focus: () => {
      more.open = true;
      boxes.querySelector("select").focus();
    },
  };
}
