// The month as it stands: scores with n and interval, bars that lead to the cases behind them, the report itself.
import { Failure, get } from "./api.js";
import { length, one, pct, small, span, table } from "./bars.js";
import { button, h, replace } from "./dom.js";
import { say } from "./say.js";
import { has, token } from "./session.js";
import { named, settings } from "./settings.js";
import { add, code, lang, month, name, num, t, thisMonth, when } from "./words.js";
import words from "./month-words.js";

add(words);

const formats = ["html", "pdf", "xlsx", "csv", "json"];
const many = 10; // subjects shown at once

const shift = (period, by) => new Date(Date.UTC(+period.slice(0, 4), +period.slice(5) - 1 + by)).toISOString().slice(0, 7);
const ask = (path, query) => path + (Object.keys(query).length ? "?" + new URLSearchParams(query) : "");
const label = (list, key) => name(named(list, key)?.name || key);
const block = (title, ...content) => h("section", {}, h("h2", {}, title), content);
const interval = (ci, show) => ci && t("monthInterval", { from: show(ci[0]), to: show(ci[1]) });

// open draws the view of a route.
export async function open(route, ctx) {
  const conf = await settings();
  const now = thisMonth();
  const of = /^\d{4}-(0[1-9]|1[0-2])$/.test(route.path[1]) ? route.path[1] : now;
  const group = route.query.get("group") || "";
  const places = group ? named(conf.groups, group)?.touchpoints || [] : [];
  const query = group ? { group } : {};
  const to = (period, more = query) => ask("#/month/" + period, more);
  // cases is the address of what a bar counts in the work list; none where the list would show other cases.
  const cases = filter => (!has("cases") || (group && places.length !== 1 && !filter.touchpoint) ? undefined
    : ask("#/cases", places.length === 1 ? { touchpoint: places[0], ...filter } : filter));
  const body = h("div", {});

  async function load(again) {
    try {
      const r = (await get(ask("reports/" + of + "/live", query), { signal: ctx.signal })).body;
      const view = { r, of, conf, cases, to, query, ctx };
      const some = r.collection_quality.responses || r.complaints.received || r.collection_quality.invitations;
      replace(body, standing(r), some ? figures(r) : h("p.card", {}, t("monthEmpty")), places.length > 1 && h("p.soft", {}, t("monthGroupLinks")),
        h("div.halves", {}, h("div", {}, some && [byPlace(view), trend(view)], byStatus(view), byRule(view)), some && h("div", {}, problems(view))), report(view));
      if (again) ctx.announce(t("monthRefreshed"));
    } catch (e) {
      if (again) return ctx.fail(e, () => load(true));
      if (e.kind !== "refused") throw e;
      replace(body, h("p.notice.warn", {}, say(e)));
    }
  }
  await load();

  const title = t("monthTitle", { month: month(of) });
  const turn = by => ({ label: t(by < 0 ? "monthBefore" : "monthAfter"), run: () => ctx.go(to(shift(of, by))) });
  const area = (id, text) => h("a.button", { href: to(of, id ? { group: id } : {}), "aria-current": id === group ? "page" : undefined }, text);
  return {
    title,
    node: h("section", {}, h("h1", {}, title),
      h("p.actions", {}, h("a.button", { href: to(shift(of, -1)) }, "‹ ", t("monthBefore")), of < now && h("a.button", { href: to(shift(of, 1)) }, t("monthAfter"), " ›"),
        button(t("monthRefresh"), () => load(true), { kind: "plain", key: "r" })),
      conf.groups.length > 0 && h("p.actions", {}, area("", t("monthAll")), conf.groups.map(g => area(g.id, name(g.name)))), body),
    keys: { b: turn(-1), ...(of < now && { n: turn(1) }), r: { label: t("monthRefresh"), run: () => load(true) } },
  };
}

// standing says how far the figures can be relied on.
function standing({ header: of, live, reason, version }) {
  const key = live ? (new Date(of.freeze_at) > Date.now() ? "monthMoving" : "monthUnpublished") : reason === "published" ? "monthPublished" : "monthTooLarge";
  return h("p.top", {}, h("span.tag." + (of.status === "preliminary" ? "warn" : "good"), {}, t("monthIs_" + of.status)),
    h("span", {}, t(key, { when: when(of.cutoff), freeze: when(of.freeze_at), version: version?.version })));
}

// change is what the report found out of a change since the month before; without place of the whole.
const change = (r, code, place = "") => [...r.headlines.changed, ...r.headlines.same].find(f => f.code === code && (f.subject || "") === place);

function changed(tag, f, show = pct) {
  if (!f?.change || (f.before ?? null) === null) return h(tag, {}, t("monthNoBefore"));
  const told = { delta: one(Math.abs(f.change.delta_pp)), before: show(f.before) };
  return typeof f.better === "boolean" ? h(tag + (f.better ? ".good" : ".bad"), {}, t(f.change.delta_pp > 0 ? "monthUp" : "monthDown", told)) : h(tag, {}, t("monthSame", told));
}

function figures(r) {
  const { minimum_n: few, indicative_n: sure } = r.header.rules;
  const card = (title, big, ...lines) => h("div", {}, h("dt", {}, title), big, lines.map(l => l && (l.tagName ? l : h("dd", {}, l))));
  // score is a figure of n answers; of too few it tells n alone.
  const score = (title, n, value, ci, held, { show = pct, more } = {}) => {
    const told = n >= few && !held && value !== null && value !== undefined;
    return card(title, told ? h("dd.big", {}, show(value)) : h("dd.lead", {}, t(n ? "monthFew" : "monthNone")),
      [told && interval(ci, show), t("monthN", { n: num(n) }), told && n < sure && t("monthIndicative")].filter(Boolean).join(" · "), ...(told && more ? more : []));
  };
  const head = r.headlines.key[0], { nps, ces } = r.recommendation, { fcr, complaints: c, collection_quality: q } = r, rate = c.complaint_rate_per_1000_contacts;
  const slower = change(r, "complaint_rate_change");
  const kept = (title, s) => score(title, s.met + s.breached, s.compliance_pct, s.ci95_pct);
  return h("dl.figures", {},
    score(t("monthCSAT"), r.total.n, head.value, head.ci95, false, { more: [head.code === "csat_weighted" && t("monthWeighted"), changed("dd", head)] }),
    score(t("monthNPS"), nps.n, nps.nps, nps.ci95_adjusted_wald, nps.withheld, { show: v => one(v), more: [changed("dd", change(r, "nps_change"), v => one(v))] }),
    score(t("monthCES"), ces.n, ces.agree_5_7_pct, ces.agree_ci95_pct, ces.withheld), score(t("monthFCR"), fcr.n, fcr.fcr_gross_pct, fcr.fcr_gross_ci95_pct, fcr.withheld),
    score(t("monthRate"), q.invitations_delivered, q.response_rate_pct, r.response_rate_ci95_pct),
    card(t("monthComplaints"), h("dd.big", {}, num(c.received)), t("monthOpenNow", { open: num(c.open_end), late: num(c.overdue) }),
      rate !== null && t("monthPer1000", { rate: one(rate) }), rate !== null && interval(c.complaint_rate_ci95, v => one(v)), slower && changed("dd", slower, v => one(v))),
    kept(t("monthFirst"), r.tasks.times.sla_first_response), kept(t("monthResolved"), r.tasks.times.sla_resolution));
}

// csat is the row of a CSAT in a table.
function csat(row, held) {
  const ci = row.csat_ci95_pct, told = !held && ci;
  return { bar: told && span(row.csat_pct, ci), cells: [told ? [h("b", {}, pct(row.csat_pct)), small(one(ci[0]) + "–" + pct(ci[1]))] : held ? small(t("monthFew")) : "–", num(row.n)] };
}

const byPlace = ({ r, of, conf, cases }) => block(t("monthPlaces"), table(t("monthPlaces"), [t("monthPlace"), "CSAT", t("monthAnswers")],
  Object.entries(r.by_touchpoint).map(([id, row]) => {
    const held = row.withheld || (row.reliability === "suppressed" && row.n > 0), since = change(r, "touchpoint_csat_change", id);
    return { name: label(conf.touchpoints, id), href: cases({ touchpoint: id, opened: of }), ...csat(row, held),
      mark: !held && [row.reliability === "indicative" && small(t("monthIndicative")), since && changed("small", since)] };
  })));

function trend({ r, of, to }) {
  const known = r.trends.months.filter(m => m.known && m.n > 0).slice(-7);
  return known.length > 1 && block(t("monthTrend"), table(t("monthTrend"), [t("navMonth"), "CSAT", t("monthAnswers")],
    known.map(m => ({ name: month(m.period), href: m.period === of ? undefined : to(m.period), ...csat(m, m.withheld) }))));
}

function problems({ r, of, conf, cases }) {
  const ranking = r.causes.frap.ranking || [], counts = r.complaints.by_category || [];
  const rows = [...ranking, ...counts.filter(c => !ranking.some(p => p.category === c.category))].map(p => {
    const c = counts.find(c => c.category === p.category), share = p.problem_value_index_pct;
    return { name: label(conf.categories, p.category), href: cases({ family: "complaint", category: p.category, opened: of }), bar: p.rank && length(share, ranking[0].problem_value_index_pct),
      mark: small(p.rank && t("monthAnnoyance", { mean: one(p.mean_relevance) }), c && t("monthPrevious", { n: num(c.previous) })),
      cells: [p.rank ? pct(share) : "–", num(c?.n ?? p.frequency)] };
  });
  const part = some => table(t("monthProblems"), [t("monthProblem"), t("monthShare"), t("monthNumber")], some);
  const rest = rows.splice(many);
  return block(t("monthProblems"), rows.length ? [h("p.soft", {}, t("monthProblemsHint")), part(rows)] : h("p", {}, t("monthNothing")),
    rest.length > 0 && h("details", {}, h("summary", {}, t("monthMore", { n: rest.length })), part(rest)));
}

// byStatus leaves out a month that is over for good: the work list has the cases of now.
function byStatus({ r, cases }) {
  if (!r.open_cases || new Date(r.header.freeze_at) < Date.now()) return null;
  const most = Math.max(...r.open_cases.map(o => o.n)), late = ["breached", "at_risk"].map(sla => [cases({ sla }), code("sla_", sla)]);
  return block(t("monthStatus"), most > 0 ? table(t("monthStatus"), [t("monthState"), t("monthNumber")], r.open_cases.map(o => ({
    name: code("family_", o.family) + (o.status === "open" ? "" : ": " + code("status_", o.status)), href: cases({ family: o.family, status: o.status }), bar: length(o.n, most), cells: [num(o.n)],
  }))) : h("p", {}, t("monthNothing")), late[0][0] && h("p.actions", {}, late.map(([href, text]) => h("a.button", { href }, text))));
}

function byRule({ r, of, conf, cases }) {
  const all = r.escalations.by_rule.sort((a, b) => b.raised - a.raised);
  return block(t("monthRules"), all.length ? table(t("monthRules"), [t("monthRule"), t("monthNumber")], all.map(e => ({
    name: label(conf.rules, e.rule), href: cases({ rule: e.rule, opened: of }), bar: length(e.raised, all[0].raised), cells: [[num(e.raised), small(t("monthHandled", { n: num(e.handled) }))]],
  }))) : h("p", {}, t("monthNothing")));
}

const report = view => block(t("monthReport"), view.r.version
  ? [h("p", {}, t("monthReportIs", { version: view.r.version.version, when: when(view.r.version.created_at) })),
    h("p.actions", {}, formats.map(f => button(f.toUpperCase(), () => save(view, f), { props: { "aria-label": t("monthReport") + " " + f.toUpperCase() } })))]
  : h("p", {}, t("monthNoReport")));

// save keeps the report as a file.
async function save(view, format) {
  const { version } = view.r.version;
  const path = new URL(ask("v1/reports/" + view.of + "." + format, { ...view.query, version }), location.origin + location.pathname);
  const send = async force => fetch(path, { headers: { authorization: "Bearer " + (await token(force)), "accept-language": lang() }, credentials: "omit", signal: view.ctx.signal });
  try {
    let res = await send();
    if (res.status === 401) res = await send(true);
    if (!res.ok) throw new Failure(res.status === 401 ? "session" : "broken");
    const href = URL.createObjectURL(await res.blob());
    h("a", { href, download: ["report", view.of, view.query.group, version].filter(Boolean).join("-") + (format === "csv" ? ".zip" : "." + format) }).click();
    setTimeout(() => URL.revokeObjectURL(href), 6e4);
  } catch (e) {
    view.ctx.fail(e instanceof TypeError ? new Failure("network") : e, () => save(view, format));
  }
}
