// What is known of a case beside what happened: marks, facts, deadlines, words of the customer.
import { get } from "./api.js";
import { button, h } from "./dom.js";
import { open, waiting } from "./fields.js";
import { language } from "./preview.js";
import { has } from "./session.js";
import { given, raised } from "./timeline.js";
import { code, date, t, until, when } from "./words.js";

const loud = { breached: ".bad", at_risk: ".warn", critical: ".bad", high: ".warn", urgent: ".warn", immediate: ".warn" };
const tag = (prefix, value, label) => value && h("span.tag" + (loud[value] || ""), {}, label, code(prefix, value));
const list = rows => h("dl.facts", {}, rows.filter(([, v]) => v).map(([label, v]) => [h("dt", {}, t(label)), h("dd", {}, v)]));
const bullets = (all, draw) => h("ul", {}, all.map(e => h("li", {}, draw(e))));
const section = (title, all, draw) => all?.length > 0 && h("section.card", {}, h("h2", {}, t(title)), draw(all));
const moment = iso => iso && [h("time", { dateTime: iso }, when(iso)), h("span.soft", {}, " " + until(iso))];
const person = (id, m) => (id === m.me ? t("you") : id);

// rating is a score with the ends of its scale.
function rating({ scale, rating: n }) {
  const [, from, to] = /_(\d+)_(\d+)$/.exec(scale) || [];
  return n !== undefined && to && t("caseRating", { n, from, to });
}

// marks are what one must see of a case at once.
export function marks(m) {
  const c = m.whole.case;
  return h("p.marks", {}, tag("family_", c.family), tag("status_", c.status), tag("severity_", c.severity, t("f_severity") + ": "),
    c.sla !== "none" && tag("sla_", c.sla), c.urgency !== "normal" && tag("urgency_", c.urgency), c.owner && h("span.tag", {}, t("f_owner"), ": ", person(c.owner, m)));
}

const details = (m, c, done) => list([
  ["f_why", m.names.rule(c.rule)], ["f_category", c.category && m.names.category(c.category)], ["f_touchpoint", [c.touchpoint && m.names.touchpoint(c.touchpoint), c.device].filter(Boolean).join(" · ")],
  ["f_channel", c.channel && code("channel_", c.channel)], ["f_rating", rating(c)], ["f_language", language(c.language)],
  ["f_team", c.team && m.names.team(c.team)],
  ["f_owner", [person(c.owner, m) || t("caseNobody"), m.toMe && h("p.actions", {}, button(t("caseMe"), m.toMe, { key: "z" }))]],
  ["f_opened_at", moment(c.opened_at)], ["f_due_at", !c.ended_at && moment(c.due_at)], ["status_closed", c.status === "closed" && moment(c.ended_at)],
  ["f_root_cause", done.root_cause && m.names.root_cause(done.root_cause)], ["f_corrective_action", done.corrective_action],
  ["do_apologise", moment(done.apology_at)], ["f_satisfaction", done.satisfaction && t("caseAnnoyance", { n: done.satisfaction })],
  ["status_duplicate", done.duplicate_of && h("a", { href: "#/cases/" + done.duplicate_of }, done.duplicate_of)],
]);

const deadline = d => (d.met_at ? t(d.due_at && d.met_at > d.due_at ? "caseMetLate" : "caseMet", { when: when(d.met_at) }) : moment(d.due_at) || t("sla_paused"));

function file(a, m, ctx) {
  const load = async () => {
    try {
      const { body } = await get(`${m.path}/attachments/${a.id}`, { signal: m.signal });
      h("a", { href: body.url, target: "_blank", rel: "noopener noreferrer" }).click();
    } catch (e) {
      ctx.fail(e, load);
    }
  };
  return [button(t("caseFile", { n: a.id }), load), h("span.soft", {}, ` ${a.type}, ${Math.ceil(a.bytes / 1024)} KB`)];
}

// facts are the sections beside the work.
export function facts(m, ctx) {
  const c = m.whole.case, done = c.handling;
  return [
    section("caseEscalations", open(c), all => bullets(all, e => [raised(e, m.names), h("span.soft", {}, " ", until(e.raised_at))])),
    section("caseFacts", [c], () => details(m, c, done)),
    section("caseDeadlines", done.clock?.deadlines, all => h("dl.facts", {}, all.map(d => [h("dt", {}, m.names.clock(d.name)), h("dd", {}, deadline(d))]))),
    section("caseCompensations", done.compensations, all => [bullets(all, e => given(e, m.names)),
      waiting(c).some(e => e.by === m.me || !has("approve")) && h("p", {}, t("caseMayNot"))]),
    section("f_outcome", done.decision && [done.decision], ([d]) => h("p", {}, [t("outcome_" + d.outcome), d.reason && m.names.reason(d.reason), person(d.by, m)].filter(Boolean).join(" · "))),
    section("caseFiles", done.attachments, all => bullets(all, a => file(a, m, ctx))),
    section("caseEarlier", m.whole.earlier, all => bullets(all, e => [h("a", { href: "#/cases/" + e.number }, e.number),
      h("span.soft", {}, " · ", [e.category ? m.names.category(e.category) : code("family_", e.family), code("status_", e.status), date(e.opened_at)].join(" · "))])),
  ];
}

const reach = s => (/^[+\d][\d\s()/.-]{4,}$/.test(s) ? h("a", { href: "tel:" + s.replace(/[^+\d]/g, "") }, s) : /^\S+@\S+$/.test(s) ? h("a", { href: "mailto:" + s }, s) : s);

function words(s, m, lang) {
  const quote = (label, text) => text && [h("h3", {}, label), h("blockquote", { dir: "auto", lang }, text)];
  return [
    h("p.soft", {}, [when(s.submitted_at || s.received_at), rating(s), s.category && m.names.category(s.category), s.collection_mode === "assisted" && t("caseAssisted")].filter(Boolean).join(" · ")),
    s.erased && h("p", {}, t("caseErased")),
    ["comment", "remedy", "suggestion"].map(k => quote(t("f_" + k), s[k])),
    Object.entries(s.answers || {}).map(([k, v]) => quote(code("", k), v)),
    list([
      ["f_annoyance", s.annoyance && t("caseAnnoyance", { n: s.annoyance })], ["f_reason", [s.reason && m.names.vote(s.reason), s.topic && code("", s.topic)].filter(Boolean).join(", ")],
      ["f_name", s.name], ["f_email", reach(s.email)], ["f_callback_contact", reach(s.callback_contact) || (s.callback_requested && t("caseCallback"))], ["f_customer_key", s.customer_key],
    ]),
  ];
}

// said is what the customer said, in their own words.
export function said(m) {
  const { customer, also, case: c } = m.whole;
  return h("section.card", {}, h("h2", {}, t("caseSaid")), customer ? words(customer, m, c.language) : "–", also.flatMap(s => [h("hr"), ...words(s, m, c.language)]));
}
