// What is known of a case beside what happened: marks, facts, deadlines, words of the customer.
import { get } from "./api.js";
import { button, h } from "./dom.js";
import { open, waiting } from "./fields.js";
import { language } from "./preview.js";
import { has } from "./session.js";
import { given } from "./timeline.js";
import { code, date, t, until, when } from "./words.js";

const loud = { breached: "bad", at_risk: "warn", critical: "bad", high: "warn" };
const tag = (value, prefix) => value && h("span.tag" + (loud[value] ? "." + loud[value] : ""), {}, code(prefix, value));
const list = rows => h("dl.facts", {}, rows.filter(([, v]) => v).map(([label, v]) => [h("dt", {}, label), h("dd", {}, v)]));
const section = (title, ...children) => h("section.card", {}, h("h2", {}, title), children);
const moment = iso => [h("time", { dateTime: iso }, when(iso)), h("span.soft", {}, " " + until(iso))];

// rating is a score with the ends of its scale.
function rating(scale, n) {
  const [, from, to] = /_(\d+)_(\d+)$/.exec(scale || "") || [];
  return n !== undefined && to && t("caseRating", { n, from, to });
}

// marks are what one must see of a case at once.
export function marks(m) {
  const c = m.whole.case;
  return h("p.marks", {}, h("span.tag.plain", {}, code("family_", c.family)), h("span.tag.plain", {}, code("status_", c.status)), tag(c.severity, "severity_"),
    c.sla !== "none" && tag(c.sla, "sla_"), c.urgency && c.urgency !== "normal" && h("span.tag.warn", {}, t("urgency_" + c.urgency)));
}

function details(m, act) {
  const c = m.whole.case;
  const take = act.allowed.includes("assign") && c.owner !== m.me && button(t("caseMe"), () => act.once("assign", { owner: m.me }), { key: "z" });
  return section(t("caseFacts"), list([
    [t("f_why"), m.names.rule(c.rule)],
    [t("f_category"), c.category && m.names.category(c.category)],
    [t("f_touchpoint"), c.touchpoint && m.names.touchpoint(c.touchpoint)],
    [t("f_channel"), c.channel && code("channel_", c.channel)],
    [t("f_device"), c.device],
    [t("f_rating"), rating(c.scale, c.rating)],
    [t("f_segment"), c.segment],
    [t("f_language"), language(c.language)],
    [t("f_team"), c.team && m.names.team(c.team)],
    [t("f_owner"), [c.owner ? (c.owner === m.me ? t("you") : c.owner) : t("caseNobody"), take && h("p.actions", {}, take)]],
    [t("f_opened_at"), moment(c.opened_at)],
    [t("f_due_at"), c.due_at && !c.ended_at && moment(c.due_at)],
    [t("f_ended_at"), c.ended_at && moment(c.ended_at)],
    [t("f_root_cause"), c.handling.root_cause && m.names.root_cause(c.handling.root_cause)],
    [t("f_corrective_action"), c.handling.corrective_action],
    [t("f_apology_at"), c.handling.apology_at && date(c.handling.apology_at)],
    [t("f_satisfaction"), c.handling.satisfaction && t("caseAnnoyance", { n: c.handling.satisfaction })],
    [t("do_duplicate"), c.handling.duplicate_of && h("a", { href: "#/cases/" + c.handling.duplicate_of }, c.handling.duplicate_of)],
  ]));
}

function deadlines(m) {
  const all = m.whole.case.handling.clock?.deadlines || [];
  const state = d => [
    d.met_at ? t(d.due_at && d.met_at > d.due_at ? "caseMetLate" : "caseMet", { when: when(d.met_at) }) : d.due_at ? moment(d.due_at) : t("casePaused"),
    d.held_at && h("span.soft", {}, " · " + t("caseHeld")),
  ];
  return all.length > 0 && section(t("caseDeadlines"), list(all.map(d => [m.names.clock(d.name), state(d)])));
}

function decision(m) {
  const d = m.whole.case.handling.decision;
  return d && section(t("caseDecision"), list([
    [t("f_outcome"), t("outcome_" + d.outcome)], [t("f_reason"), d.reason && m.names.reason(d.reason)], [t("f_by"), d.by === m.me ? t("you") : d.by],
  ]));
}

function compensations(m) {
  const all = m.whole.case.handling.compensations || [];
  const wait = waiting(m.whole.case);
  return all.length > 0 && section(t("caseCompensations"), h("ul", {}, all.map(c => h("li", {}, given(c, m.names)))),
    wait.length > 0 && h("p.waits", {}, !has("approve") ? t("caseMayNot") : wait.every(c => c.by === m.me) && t("caseOwn")));
}

function escalations(m, act) {
  const all = open(m.whole.case);
  const one = e => ({ rule: e.rule, ...(e.clock && { clock: e.clock }) });
  return all.length > 0 && section(t("caseEscalations"), h("ul.escalations", {}, all.map(e => h("li", {},
    h("span", {}, m.names.rule(e.rule) + (e.clock ? ` (${m.names.clock(e.clock)})` : "")), h("span.soft", {}, " " + until(e.raised_at)),
    h("p.actions", {}, !e.seen_at && act.allowed.includes("see") && button(t("do_see"), () => act.once("see", one(e))),
      act.allowed.includes("handle") && button(t("do_handle"), () => act.once("handle", one(e))))))));
}

function files(m, ctx) {
  const all = m.whole.case.handling.attachments || [];
  const kind = a => a.type.split("/").pop().toUpperCase() + ", " + Math.max(1, Math.round(a.bytes / 1024)) + " KB";
  const load = async a => {
    try {
      const { body } = await get(`${m.path}/attachments/${a.id}`, { signal: ctx.signal });
      h("a", { href: body.url, target: "_blank", rel: "noopener noreferrer" }).click();
    } catch (e) {
      ctx.fail(e, () => load(a));
    }
  };
  return all.length > 0 && section(t("caseFiles"), h("ul", {}, all.map(a => h("li", {}, button(t("caseFile", { n: a.id }), () => load(a)), h("span.soft", {}, " " + kind(a))))));
}

function earlier(m) {
  const all = m.whole.earlier || [];
  return all.length > 0 && section(t("caseEarlier"), h("ul", {}, all.map(c => h("li", {}, h("a", { href: "#/cases/" + c.number }, c.number), h("span.soft", {},
    " · " + [c.category ? m.names.category(c.category) : code("family_", c.family), code("status_", c.status), date(c.opened_at)].join(" · "))))));
}

// facts are the sections beside the work.
export const facts = (m, act, ctx) => [escalations(m, act), details(m, act), deadlines(m), compensations(m), decision(m), files(m, ctx), earlier(m)];

const reach = value => (/^[+\d][\d\s()/.-]{4,}$/.test(value) ? h("a", { href: "tel:" + value.replace(/[^+\d]/g, "") }, value)
  : /^\S+@\S+$/.test(value) ? h("a", { href: "mailto:" + value }, value) : value);

function words(s, m, lang) {
  const quote = (key, text) => text && [h("h3", {}, t(key)), h("blockquote", { dir: "auto", lang }, text)];
  return [
    h("p.soft", {}, [when(s.submitted_at || s.received_at), rating(s.scale, s.rating), s.category && m.names.category(s.category), s.collection_mode === "assisted" && t("caseAssisted")].filter(Boolean).join(" · ")),
    s.erased && h("p", {}, t("caseErased")),
    quote("f_comment", s.comment), quote("f_remedy", s.remedy), quote("f_suggestion", s.suggestion),
    Object.entries(s.answers || {}).map(([k, v]) => [h("h3", {}, code("", k)), h("blockquote", { dir: "auto", lang }, v)]),
    list([
      [t("f_annoyance"), s.annoyance && t("caseAnnoyance", { n: s.annoyance })], [t("f_topic"), s.topic && code("", s.topic)], [t("f_reason"), s.reason && code("", s.reason)],
      [t("f_name"), s.name], [t("f_email"), s.email && reach(s.email)],
      [t("f_callback_contact"), (s.callback_requested || s.callback_contact) && [s.callback_contact ? reach(s.callback_contact) : t("caseCallback")]],
      [t("f_customer_key"), s.customer_key],
    ]),
  ];
}

// said is what the customer said, in their own words.
export function said(m) {
  const { customer, also } = m.whole, lang = m.whole.case.language;
  return h("section.card.said", {}, h("h2", {}, t("caseSaid")), customer ? words(customer, m, lang) : h("p", {}, t("caseSaidNothing")),
    also.length > 0 && h("details", {}, h("summary", {}, t("caseSaidAlso") + " (" + also.length + ")"), also.map(s => words(s, m, lang))));
}
