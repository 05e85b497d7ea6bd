// Tells what happened in a case, line by line.
import { h } from "./dom.js";
import { named } from "./settings.js";
import { code, money, name, t, until, when } from "./words.js";

// naming gives the names of codes as the configuration has them: naming(settings).team("workshop").
export function naming(s) {
  const of = list => c => name(named(list, c)?.name) || code("", c);
  const kinds = (s.compensations || []).flatMap(c => c.kinds);
  return {
    team: of(s.teams), touchpoint: of(s.touchpoints), category: of(s.categories), rule: of(s.rules), clock: of(s.clocks),
    root_cause: of(s.root_causes), kind: of(kinds), reason: of([...(s.rejection_reasons || []), ...(s.dismissal_reasons || [])]),
  };
}

// given is a compensation in words: "Erstattung 25,00 €, zugesagt".
export const given = (c, names) => [names.kind(c.kind) + (c.cents ? " " + money(c.cents) : ""), code("given_", c.state)].join(", ");

// who names the one behind a line; me is the code of the person at the desk.
export const who = (by, me) => (by.kind === "staff" && by.id ? (by.id === me ? t("you") : by.id) : t("by_" + by.kind));

// changes are what a line changed, in words.
function changes(line, before, names) {
  const s = line.set || {}, out = [];
  const add = (key, value) => value && out.push(t("f_" + key) + ": " + value);
  const many = (list, f) => (list || []).map(f).join("; ");
  add("status", line.from && line.from !== line.status && code("status_", line.status));
  add("rule", /^(escalated|seen|handled)$/.test(line.action) && many(s.escalations, e => names.rule(e.rule) + (e.clock ? ` (${names.clock(e.clock)})` : "")));
  add("why", /^(opened|upgraded|overdue)$/.test(line.action) && line.rule && names.rule(line.rule));
  add("category", line.category && line.category !== before?.category && names.category(line.category));
  add("severity", s.severity && code("severity_", s.severity));
  add("urgency", s.urgency && s.urgency !== "normal" && t("urgency_" + s.urgency));
  add("team", s.team && names.team(s.team));
  add("owner", s.owner);
  add("outcome", s.decision && t("outcome_" + s.decision.outcome));
  add("reason", (s.decision?.reason || line.reason) && names.reason(s.decision?.reason || line.reason));
  add("by", s.decision?.by);
  add("kind", many(s.compensations, c => given(c, names)));
  add("root_cause", s.root_cause && names.root_cause(s.root_cause));
  add("corrective_action", s.corrective_action);
  add("of", s.duplicate_of);
  add("satisfaction", s.satisfaction && t("caseAnnoyance", { n: s.satisfaction }));
  add("due_at", line.due_at && line.due_at !== before?.due_at && when(line.due_at));
  return out.join(" · ");
}

// happened is a line in a few words: who did what.
export const happened = (line, me) => `${who(line.by, me)}: ${code("act_", line.action)}`;

function item(line, before, m) {
  const more = changes(line, before, m.names);
  return h("li." + line.by.kind, {},
    h("p.what", {}, h("strong", {}, code("act_", line.action)), h("span", {}, " · ", who(line.by, m.me), " · ", h("time", { dateTime: line.at, title: until(line.at) }, when(line.at)))),
    more && h("p.soft", {}, more),
    line.text && h("blockquote", { dir: "auto" }, line.text),
    line.erased && h("p.soft", {}, t("lineErased")),
    line.informed && h("p.soft", {}, "✉ " + t("lineInformed")));
}

// timeline lists lines, the newest first; since: only those after that number.
export function timeline(lines, m, since = 0) {
  const items = lines.map((l, i) => [l, lines[i - 1]]).filter(([l]) => l.seq > since).reverse();
  return h("ol.timeline", { reversed: true }, items.map(([l, before]) => item(l, before, m)));
}
