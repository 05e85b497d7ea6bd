// The fields of the commands that staff give: what can be chosen, what is wrong before anything is sent.
import { get } from "./api.js";
import { field, h, id, replace, select } from "./dom.js";
import { given, raised } from "./timeline.js";
import { money, name, t } from "./words.js";

const longest = 5000; // characters of a text

// publicly are the commands whose words the customer reads.
export const publicly = ["answer", "ask", "decide", "resolve"];

// cents reads an amount such as "1.234,50"; undefined: it is none.
export function cents(text) {
  const m = /^(\d{1,3}([.,'’ ])\d{3}(?:\2\d{3})*|\d+)(?:[.,](\d{1,2}))?(?: ?[€$£]| ?[A-Z]{3})?$/.exec(text.trim());
  return m ? m[1].replace(/\D/g, "") * 100 + +(m[3] || "").padEnd(2, "0") : undefined;
}

// waiting are the compensations that wait for approval.
export const waiting = c => (c.handling.compensations || []).filter(p => p.state === "waiting");

// open are the escalations that nobody handled yet.
export const open = c => (c.handling.escalations || []).filter(e => !e.handled_at);

// bounds says what is promised in a case and what may be.
function bounds({ whole: { case: c }, settings }) {
  const l = (settings.limits || []).find(l => !l.category || (c.category + ".").startsWith(l.category + "."));
  const owed = (c.handling.compensations || []).reduce((sum, p) => sum + (p.state === "declined" ? 0 : p.cents || 0), 0);
  return l && t("caseLimit", { owed: money(owed), approve: money(l.approve_cents), limit: money(l.limit_cents) });
}

const codes = (prefix, ...all) => [["", t("caseChoose")], ...all.map(v => [v, t(prefix + v)])];
const configured = (list, none = "caseChoose") => [["", t(none)], ...(list || []).map(e => [e.id ?? e.code, name(e.name)])];

// choices are what can be chosen in a field, by its name: [[value, label], …].
const choices = {
  severity: () => codes("severity_", "low", "medium", "high", "critical"),
  urgency: () => codes("urgency_", "normal", "urgent", "immediate"),
  outcome: () => codes("outcome_", "accepted", "partly", "goodwill", "rejected"),
  category: m => configured(m.settings.categories),
  root_cause: m => configured(m.settings.root_causes),
  team: m => configured(m.settings.teams, "caseKeep"),
  reason: (m, command) => configured(m.settings[command === "dismiss" ? "dismissal_reasons" : "rejection_reasons"]),
  kind: () => codes(""),
  corrective_action: () => codes(""),
  id: m => waiting(m.whole.case).map(c => [c.id, `${given(c, m.names)} (${c.by})`]),
  clock: m => [["", "–"], ...(m.whole.case.handling.clock?.deadlines || []).filter(d => d.name === "PSD2_101" && !d.met_at && !d.held_at).map(d => [d.name, m.names.clock(d.name)])],
  rule: m => [["", t("caseAll")], ...open(m.whole.case).map(e => [e.rule + " " + (e.clock || ""), raised(e, m.names)])],
};

// fills bring in what a plain list of choices cannot hold, after the value is known.
const fills = {
  kind: (box, m) => box.append(...(m.settings.compensations || []).map(c =>
    h("optgroup", { label: name(c.name) }, c.kinds.map(k => h("option", { value: c.type + "/" + k.code }, name(k.name)))))),
  corrective_action: async (box, m, value) => {
    const { body } = await get("actions", { signal: m.signal });
    const all = body.actions.filter(a => !a.done_at).map(a => h("option", { value: a.id }, a.title));
    all.length ? box.append(...all) : replace(box, h("option", { value: "" }, t("caseNoActions")));
    if (value) box.value = value;
  },
  owner: (box, m) => {
    const known = new Set([m.me, ...m.whole.timeline.flatMap(l => [l.by.kind === "staff" && l.by.id, l.set?.owner])]);
    box.after(h("datalist", { id: box.getAttribute("list") }, [...known].map(value => value && h("option", { value }))));
  },
};

const plain = { autocomplete: "off", autocapitalize: "off", spellcheck: false };

function control(key, m, command) {
  if (key === "text") return h("textarea", { rows: publicly.includes(command) ? 8 : 3, lang: publicly.includes(command) && m.whole.case.language });
  if (key === "cents") return h("input", { ...plain, inputMode: "decimal" });
  if (key === "of") return h("input", { ...plain, placeholder: "2611-ABCD-EFGH" });
  if (key === "owner") return h("input", { ...plain, list: id(), maxLength: 128 });
  return select(choices[key](m, command), "");
}

// make makes the field called key of a command; undefined: it has nothing to choose here.
export function make(key, m, command, required, value) {
  const box = control(key, m, command), told = publicly.includes(command);
  if (key === "clock" && box.length < 2) return undefined;
  Object.assign(box, { name: key, required });
  const label = key === "text" && told ? "f_words" : key === "owner" && command === "decide" ? "f_by" : "f_" + (key === "id" ? "kind" : key);
  const hint = key === "text" ? !told && t("caseInternal") : key === "cents" && bounds(m);
  const node = field(t(label), box, { hint, optional: !required });
  Promise.resolve(fills[key]?.(box, m, value)).catch(() => {});
  if (value) box.value = value;
  return node;
}

// needless tells which fields the other values make needless.
export const needless = (command, v) => ({
  reason: command === "decide" && v.outcome !== "rejected",
  cents: !v.kind || v.kind.startsWith("immaterial"),
});

// wrong says what is missing or unreadable before anything is sent: [{field, text}].
export function wrong(command, required, v) {
  const must = [...required, command === "decide" && v.outcome === "rejected" && "reason", v.kind?.startsWith("financial") && "cents"];
  const out = must.filter(key => key && !v[key]?.trim()).map(field => ({ field, text: t("field_missing_field") }));
  if (v.cents && !cents(v.cents)) out.push({ field: "cents", text: t("caseAmount") });
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
    else out[key] = key === "cents" ? cents(s) : key === "of" ? s.toUpperCase() : s;
  }
  return out;
}
