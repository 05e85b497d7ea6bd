// Tells what happened in a case, line by line.
import { h } from "./dom.js";
import { named } from "./settings.js";
import { code, knows, money, name, t, until, when } from "./words.js";

// naming gives the names of codes as the configuration has them: naming(settings).team("workshop").
export function naming(s) {
  const of = (...lists) => c => name(named(lists.flatMap(l => l || []), c)?.name) || code("", c);
  return {
    team: of(s.teams), touchpoint: of(s.touchpoints), category: of(s.categories), rule: of(s.rules), clock: of(s.clocks), vote: of(s.reasons), root_cause: of(s.root_causes),
    kind: of(s.compensations?.flatMap(c => c.kinds)), reason: of(s.rejection_reasons, s.dismissal_reasons),
  };
}

// given is a compensation in words: "Erstattung 25,00 €, zugesagt".
export const given = (c, names) => names.kind(c.kind) + (c.cents ? " " + money(c.cents) : "") + ", " + t("given_" + c.state);

// raised is an escalation in words.
export const raised = (e, names) => names.rule(e.rule) + (e.clock ? ` (${names.clock(e.clock)})` : "");

// done is the name of what was done: its own, that of the status it led to, or that of its command.
function done(action) {
  const status = action === "investigating" ? "in_investigation" : action;
  const key = ["act_" + action, "status_" + status, "do_" + action.slice(0, -1), "do_" + action.slice(0, -2)].find(knows);
  return key ? t(key) : code("", action);
}

const who = (by, me) => (by.kind === "staff" && by.id ? (by.id === me ? t("you") : by.id) : t("by_" + by.kind));

// happened is a line in a few words: who did what.
export const happened = (line, me) => who(line.by, me) + ": " + done(line.action);

// changes are what a line changed, in words.
function changes(line, before, { names, me }) {
  const s = line.set || {}, d = s.decision || {}, list = (all, f) => (all || []).map(f).join("; ");
  return [
    line.from && line.from !== line.status && code("status_", line.status) !== done(line.action) && code("status_", line.status),
    /^(opened|upgraded|overdue|escalated)$/.test(line.action) && line.rule && names.rule(line.rule),
    /^(seen|handled)$/.test(line.action) && list(s.escalations, e => raised(e, names)),
    line.category && line.category !== before?.category && names.category(line.category),
    s.severity && t("f_severity") + ": " + code("severity_", s.severity),
    s.urgency && s.urgency !== "normal" && t("urgency_" + s.urgency),
    s.team && names.team(s.team), s.owner === me ? t("you") : s.owner, d.outcome && t("outcome_" + d.outcome),
    (d.reason || line.reason) && names.reason(d.reason || line.reason), d.by === me ? t("you") : d.by,
    list(s.compensations, c => given(c, names)),
    s.root_cause && t("f_root_cause") + ": " + names.root_cause(s.root_cause),
    s.corrective_action, s.duplicate_of, s.satisfaction && t("caseAnnoyance", { n: s.satisfaction }),
    line.due_at && line.due_at !== before?.due_at && t("f_due_at") + ": " + when(line.due_at),
  ].filter(Boolean).join(" · ");
}

const item = (l, before, m) => h("li." + l.by.kind, {},
  h("p", {}, h("strong", {}, done(l.action)), " · ", who(l.by, m.me), " · ", h("time", { dateTime: l.at, title: until(l.at) }, when(l.at))),
  h("p.soft", {}, changes(l, before, m)),
  (l.text || l.erased) && h("blockquote", { dir: "auto" }, l.text || t("caseErased")),
  l.informed && h("p.soft", {}, "✉ ", t("lineInformed")));

// timeline lists lines, the newest first; since: only those after that number.
export const timeline = (lines, m, since = 0) => h("ol.timeline", { reversed: true }, lines.map((l, i) => l.seq > since && item(l, lines[i - 1], m)).reverse());
