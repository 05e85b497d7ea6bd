// The fields of the commands that staff give: what can be chosen, what is wrong before anything is sent.
import { get } from "./api.js";
import { field, h, id, replace, select } from "./dom.js";
import { money, name, t } from "./words.js";
import { given } from "./timeline.js";

const longest = 5000; // characters of a text

// publicly are the commands whose words the customer reads.
export const publicly = ["answer", "ask", "decide", "resolve"];

// cents reads an amount such as "1.234,50"; undefined: it is none.
export function cents(text) {
  const m = /^(\d{1,3}(?:[.,'’ ]\d{3})+|\d+)(?:[.,](\d{1,2}))?(?:\s*[€$£]|\s*[A-Z]{3})?$/.exec(text.trim());
  return m ? +m[1].replace(/\D/g, "") * 100 + +(m[2] || "").padEnd(2, "0") : undefined;
}

// limit is what may be promised in case c, by the configuration.
export function limit(c, s) {
  const fits = l => !l.category || l.category === c.category || c.category?.startsWith(l.category + ".");
  return (s.limits || []).find(fits);
}

// owed is the sum of what was promised or waits for approval, in cents.
export const owed = c => (c.handling.compensations || []).reduce((sum, p) => sum + (p.state === "declined" ? 0 : p.cents || 0), 0);

// waiting are the compensations that wait for approval.
export const waiting = c => (c.handling.compensations || []).filter(p => p.state === "waiting");

// open are the escalations that nobody handled yet.
export const open = c => (c.handling.escalations || []).filter(e => !e.handled_at);

const codes = (all, prefix) => all.map(v => [v, t(prefix + v)]);
const configured = list => (list || []).map(e => [e.id ?? e.code, name(e.name)]);
const choose = options => [["", t("caseChoose")], ...options];

function owners(m) {
  const all = new Set([m.me, m.whole.case.owner, ...m.whole.timeline.flatMap(l => [l.by.kind === "staff" && l.by.id, l.set?.owner])].filter(Boolean));
  const list = h("datalist", { id: id() }, [...all].map(value => h("option", { value })));
  return [h("input", { name: "owner", list: list.id, autocomplete: "off", autocapitalize: "off", spellcheck: false, maxLength: 128 }), list];
}

function actions(m) {
  const box = select(choose([]), "", { name: "corrective_action" });
  box.load = value => get("actions", { signal: m.signal }).then(({ body }) => {
    const all = body.actions.filter(a => !a.done_at || a.id === value).map(a => [a.id, a.title]);
    replace(box, ...select(all.length ? choose(all) : [["", t("caseNoActions")]], value).childNodes);
  });
  return box;
}

// controls make the control of a field by its name.
const controls = {
  text: (m, command) => h("textarea", { name: "text", rows: publicly.includes(command) ? 8 : 3, lang: publicly.includes(command) ? m.whole.case.language : undefined }),
  severity: () => select(choose(codes(["low", "medium", "high", "critical"], "severity_")), "", { name: "severity" }),
  urgency: () => select(choose(codes(["normal", "urgent", "immediate"], "urgency_")), "", { name: "urgency" }),
  category: m => select(choose(configured(m.settings.categories)), "", { name: "category" }),
  root_cause: m => select(choose(configured(m.settings.root_causes)), "", { name: "root_cause" }),
  team: m => select([["", t("caseKeep")], ...configured(m.settings.teams)], "", { name: "team" }),
  owner: m => owners(m),
  outcome: () => select(choose(codes(["accepted", "partly", "goodwill", "rejected"], "outcome_")), "", { name: "outcome" }),
  reason: (m, command) => select(choose(configured(command === "dismiss" ? m.settings.dismissal_reasons : m.settings.rejection_reasons)), "", { name: "reason" }),
  kind: m => h("select", { name: "kind" }, h("option", { value: "" }, t("caseChoose")), (m.settings.compensations || []).map(c =>
    h("optgroup", { label: name(c.name) }, c.kinds.map(k => h("option", { value: c.type + "/" + k.code }, name(k.name)))))),
  cents: () => h("input", { name: "cents", inputMode: "decimal", autocomplete: "off", size: 12 }),
  id: m => select(waiting(m.whole.case).map(c => [c.id, given(c, m.names) + (c.by ? " (" + c.by + ")" : "")]), "", { name: "id" }),
  corrective_action: actions,
  of: () => h("input", { name: "of", autocomplete: "off", autocapitalize: "characters", spellcheck: false, placeholder: "2611-ABCD-EFGH", maxLength: 20 }),
  clock: m => {
    const held = (m.whole.case.handling.clock?.deadlines || []).filter(d => d.name === "PSD2_101" && !d.met_at && !d.held_at);
    return held.length > 0 && select([["", "–"], ...held.map(d => [d.name, m.names.clock(d.name)])], "", { name: "clock" });
  },
  rule: m => select([["", t("caseAll")], ...open(m.whole.case).map(e => [(e.rule + " " + (e.clock || "")).trim(), m.names.rule(e.rule) + (e.clock ? ` (${m.names.clock(e.clock)})` : "")])], "", { name: "rule" }),
};

const labels = {
  text: command => t(command === "note" ? "f_text" : command === "decide" ? "f_text_decide" : publicly.includes(command) ? "f_text_customer" : "f_text_note"),
  owner: command => t(command === "decide" ? "f_answers" : "f_owner"),
};

const hints = {
  text: (m, command) => t(publicly.includes(command) ? "casePublic" : "caseInternal"),
  cents: m => {
    const l = limit(m.whole.case, m.settings);
    return l && t("caseLimit", { owed: money(owed(m.whole.case)), approve: money(l.approve_cents), limit: money(l.limit_cents) });
  },
  id: m => waiting(m.whole.case).some(c => c.by === m.me) && t("caseOwn"),
};

// make makes the field called key of a command; undefined: it has nothing to choose here.
export function make(key, m, command, required, value) {
  const made = controls[key](m, command);
  if (!made) return undefined;
  const [control, ...more] = [].concat(made);
  control.required = !!required;
  const node = field(labels[key]?.(command) || t("f_" + key), control, { hint: hints[key]?.(m, command), optional: !required });
  node.append(...more);
  if (value !== undefined) control.value = value;
  control.load?.(value).catch(() => {});
  return node;
}

// needless tells what the other values make needless: {field: hidden}.
export const needless = (command, v) => ({
  reason: command === "decide" && v.outcome !== "rejected",
  cents: !v.kind || v.kind.startsWith("immaterial/"),
});

// wrong says what is missing or unreadable before anything is sent: [{field, text}].
export function wrong(command, required, v) {
  const out = [];
  const must = key => !v[key]?.trim() && out.push({ field: key, text: t("caseFill") });
  for (const key of required) must(key);
  if (command === "decide" && v.outcome === "rejected") must("reason");
  if (v.kind?.startsWith("financial/")) must("cents");
  if (v.cents && !out.length && !cents(v.cents)) out.push({ field: "cents", text: t("caseAmount") });
  const n = [...(v.text || "")].length;
  if (n > longest) out.push({ field: "text", text: t("caseLong", { n }) });
  return out;
}

// body is what the interface wants for the values of a form.
export function body(v) {
  const out = {};
  for (const [key, value] of Object.entries(v)) {
    const s = (value || "").trim();
    if (!s) continue;
    if (key === "kind") [out.type, out.kind] = s.split("/");
    else if (key === "rule") [out.rule, out.clock] = s.split(" ");
    else if (key === "cents") out.cents = cents(s);
    else out[key] = key === "of" ? s.toUpperCase() : s;
  }
  return out;
}
