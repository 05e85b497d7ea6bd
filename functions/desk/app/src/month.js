// The month as it stands: headlines with n and interval, bars that lead to the cases behind them, the report itself.
import { Failure, get } from "./api.js";
import { length, span, table } from "./bars.js";
import { button, field, h, replace, select } from "./dom.js";
import { say } from "./say.js";
import { has, token } from "./session.js";
import { named, settings } from "./settings.js";
import { add, code, lang, month as monthName, name, num, t, thisMonth, when } from "./words.js";
import words from "./month-words.js";

add(words);

const formats = ["html", "pdf", "xlsx", "csv", "json"];
const statuses = ["draft", "open", "received", "reopened", "acknowledged", "assessed", "in_investigation", "awaiting_customer", "decided", "resolved"];

const many = 10; // categories that are shown at once

// Figures have one decimal, as in the report.
const one = (v, options) => new Intl.NumberFormat(lang(), { minimumFractionDigits: 1, maximumFractionDigits: 1, ...options }).format(v);
const pct = v => one(v / 100, { style: "percent" });
const shift = (period, by) => new Date(Date.UTC(+period.slice(0, 4), +period.slice(5) - 1 + by)).toISOString().slice(0, 7);
const address = (period, group) => "#/month/" + period + (group ? "?group=" + encodeURIComponent(group) : "");
const small = (...parts) => h("small", {}, parts);

// open draws the view of a route.
export async function open(route, ctx) {
  const conf = await settings();
  const now = thisMonth();
  const of = /^\d{4}-(0[1-9]|1[0-2])$/.test(route.path[1]) ? route.path[1] : now;
  const group = route.query.get("group") || "";
  const places = group ? named(conf.groups, group)?.touchpoints || [] : undefined;
  const body = h("div", {});

  // cases is the address of the work list with a filter; none where it would show other cases than were counted.
  const cases = filter => {
    if (!has("cases") || (places && !filter.touchpoint && places.length !== 1)) return undefined;
    const all = { ...(places?.length === 1 && { touchpoint: places[0] }), ...filter };
    return "#/cases?" + new URLSearchParams(all);
  };

  async function load(again) {
    try {
      const r = (await get("reports/" + of + "/live" + (group ? "?group=" + encodeURIComponent(group) : ""), { signal: ctx.signal })).body;
      replace(body, draw(r, conf, cases, of, group, places, ctx));
      if (again) ctx.announce(t("monthRefreshed"));
    } catch (e) {
      if (again) return ctx.fail(e, () => load(true));
      if (e.kind !== "refused") throw e;
      replace(body, h("p.notice.warn", {}, say(e)));
    }
  }
  await load();

  const title = t("monthTitle", { month: monthName(of) });
  const go = by => ctx.go(address(shift(of, by), group));
  return {
    title,
    node: h("section", {}, h("h1", {}, title), picker(conf, of, group, now, ctx, () => load(true)), body),
    keys: {
      b: { label: t("monthBefore"), run: () => go(-1) },
      ...(of < now && { n: { label: t("monthAfter"), run: () => go(1) } }),
      r: { label: t("monthRefresh"), run: () => load(true) },
    },
  };
}

// picker chooses the month and the group.
function picker(conf, of, group, now, ctx, refresh) {
  const months = Array.from({ length: 24 }, (_, i) => shift(now, -i));
  if (!months.includes(of)) months.push(of);
  const month = select(months.map(m => [m, monthName(m)]), of);
  const area = select([["", t("monthAll")], ...(conf.groups || []).map(g => [g.id, name(g.name)])], group);
  return h("form.pick", { "aria-label": t("monthPick"), onsubmit: e => (e.preventDefault(), ctx.go(address(month.value, area.value))) },
    h("a.button", { href: address(shift(of, -1), group) }, "‹ ", t("monthBefore")),
    of < now && h("a.button", { href: address(shift(of, 1), group) }, t("monthAfter"), " ›"),
    field(t("monthWhich"), month), conf.groups?.length > 0 && field(t("monthGroup"), area),
    h("button", { type: "submit" }, t("monthShow")), button(t("monthRefresh"), refresh, { kind: "plain", key: "r" }));
}

function draw(r, conf, cases, of, group, places, ctx) {
  const empty = !r.collection_quality.responses && !r.complaints.received && !r.collection_quality.invitations;
  return [
    standing(r),
    empty && h("p.card", {}, t("monthEmpty")),
    !empty && [h("h2", {}, t("monthFigures")), figures(r)],
    !empty && (!has("cases") ? h("p.soft", {}, t("monthCasesScope")) : places?.length > 1 && h("p.soft", {}, t("monthGroupLinks"))),
    h("div.halves", {}, h("div", {}, !empty && [byPlace(r, conf, cases, of), trend(r, group)], byStatus(r, cases), byRule(r, conf, cases, of)),
      !empty && h("div", {}, problems(r, conf, cases, of))),
    report(r, of, group, ctx),
  ];
}

// standing says how far the figures can be relied on.
function standing(r) {
  const at = { when: when(r.header.cutoff), freeze: when(r.header.freeze_at), version: r.version?.version };
  const key = !r.live ? (r.reason === "published" ? "monthPublished" : "monthTooLarge") : new Date(r.header.freeze_at) > Date.now() ? "monthAsOf" : "monthAsOfLive";
  const status = { preliminary: "monthPreliminary", final: "monthFinal" }[r.header.status] || "monthRestated";
  return h("p.top", {}, h(r.header.status === "preliminary" ? "span.tag.warn" : "span.tag.good", {}, t(status)), h("span", {}, t(key, at)));
}

// beside is what stands beside every score: its interval and n.
const beside = (n, interval, show, grade) => [
  interval && [t("monthInterval", { from: show(interval[0]), to: show(interval[1]) }), " · "], t("monthN", { n: num(n) }),
  grade === "indicative" && [" · ", t("monthIndicative")],
];

function changed(f, more = ["monthBetter", "monthWorse"], show = pct) {
  if (!f?.change || f.before === null || f.before === undefined) return h("dd", {}, t("monthNoBefore"));
  if (f.better === undefined || f.better === null) return h("dd", {}, t("monthSame", { before: show(f.before) }));
  return h(f.better ? "dd.up" : "dd.down", {}, t(more[f.better ? 0 : 1], { delta: one(Math.abs(f.change.delta_pp)), before: show(f.before) }));
}

function figures(r) {
  const found = code => [...r.headlines.changed, ...r.headlines.same].find(f => f.code === code);
  const few = r.header.rules.minimum_n, some = r.header.rules.indicative_n;
  const grade = n => (n < few ? "suppressed" : n < some ? "indicative" : "");
  const figure = (label, value, ...more) => h("div", {}, h("dt", {}, label), value ? h("dd.big", {}, value) : null, more);
  // score is a figure of n answers; of too few it tells n alone.
  const score = (label, n, value, interval, { show = pct, none = "monthNone", held, more } = {}) => {
    const told = n >= few && !held && value !== null && value !== undefined;
    return h("div", {}, h("dt", {}, label), told ? h("dd.big", {}, show(value)) : h("dd.big.none", {}, t(n ? "monthFew" : none)),
      h("dd", {}, told ? beside(n, interval, show, grade(n)) : t("monthN", { n: num(n) })), told && more);
  };
  const head = r.headlines.key[0], weighted = head.code === "csat_weighted";
  const { nps, ces } = r.recommendation, { fcr, complaints: c } = r, q = r.collection_quality;
  const kept = (label, s) => score(label, s.met + s.breached, s.compliance_pct, s.ci95_pct, { none: "monthNoneDue" });
  return h("dl.figures", {},
    score(t("monthCSAT"), r.total.n, head.value, head.ci95, { more: [weighted && h("dd", {}, t("monthWeighted")), changed(head.change ? { ...head } : undefined)] }),
    score(t("monthNPS"), nps.n, nps.nps, nps.ci95_adjusted_wald, { show: one, held: nps.withheld, more: changed(found("nps_change"), undefined, one) }),
    score(t("monthCES"), ces.n, ces.agree_5_7_pct, ces.agree_ci95_pct, { held: ces.withheld }),
    score(t("monthFCR"), fcr.n, fcr.fcr_gross_pct, fcr.fcr_gross_ci95_pct, { held: fcr.withheld }),
    score(t("monthRate"), q.invitations_delivered, q.response_rate_pct, r.response_rate_ci95_pct),
    figure(t("monthComplaints"), num(c.received),
      h("dd", {}, t("monthOpenNow", { open: num(c.open_end), late: num(c.overdue) })),
      c.complaint_rate_per_1000_contacts !== null && [
        h("dd", {}, t("monthPer1000", { rate: one(c.complaint_rate_per_1000_contacts) }), " · ",
          c.complaint_rate_ci95 && t("monthInterval", { from: one(c.complaint_rate_ci95[0]), to: one(c.complaint_rate_ci95[1]) })),
        found("complaint_rate_change") && changed(found("complaint_rate_change"), ["monthFewer", "monthMore"], one)]),
    kept(t("monthFirst"), r.tasks.times.sla_first_response), kept(t("monthResolved"), r.tasks.times.sla_resolution));
}

// scored are the cells of a CSAT in a table: value and interval, n.
const scored = (row, held) => (held ? [small(t("monthFew")), num(row.n)] : row.csat_pct === null ? ["–", num(row.n)]
  : [[h("b", {}, pct(row.csat_pct)), row.csat_ci95_pct && small(one(row.csat_ci95_pct[0]), "–", pct(row.csat_ci95_pct[1]))], num(row.n)]);

const block = (title, hint, content) => h("section", {}, h("h2", {}, title), hint && h("p.soft", {}, hint), content);

function byPlace(r, conf, cases, of) {
  const rows = Object.entries(r.by_touchpoint).map(([id, row]) => {
    const held = row.withheld || row.reliability === "suppressed" && row.n > 0;
    return {
      name: name(named(conf.touchpoints, id)?.name || id), href: cases({ touchpoint: id, opened: of }), cells: scored(row, held),
      bar: !held && row.csat_pct !== null && span(row.csat_pct, row.csat_ci95_pct),
      mark: !held && row.reliability === "indicative" && h("span.tag", {}, t("monthIndicative")),
    };
  });
  return block(t("monthPlaces"), "", table(t("monthPlaces"), [t("monthPlace"), t("monthValue"), t("monthCount")], rows));
}

function trend(r, group) {
  const known = r.trends.months.filter(m => m.known && m.n > 0).slice(-7);
  if (known.length < 2) return null;
  return block(t("monthTrend"), "", table(t("monthTrend"), [t("monthWhich"), t("monthValue"), t("monthCount")], known.map(m => ({
    name: monthName(m.period), href: m.period === r.header.period ? undefined : address(m.period, group), cells: scored(m, m.withheld),
    bar: !m.withheld && m.csat_pct !== null && span(m.csat_pct, m.csat_ci95_pct),
  }))));
}

function problems(r, conf, cases, of) {
  const ranking = r.causes.frap.ranking || [];
  const counts = r.complaints.by_category || [];
  const all = [...ranking, ...counts.filter(c => !ranking.some(p => p.category === c.category))];
  const most = ranking[0]?.problem_value_index_pct || 100;
  const rows = all.map(p => {
    const c = counts.find(c => c.category === p.category);
    return {
      name: name(named(conf.categories, p.category)?.name || p.category), href: cases({ family: "complaint", category: p.category, opened: of }),
      bar: p.rank && length(p.problem_value_index_pct, most),
      mark: small([p.rank && t("monthAnnoyance", { mean: one(p.mean_relevance) }), c && t("monthPrevious", { n: num(c.previous) })].filter(Boolean).join(" · ")),
      cells: [p.rank ? pct(p.problem_value_index_pct) : "–", num(c?.n ?? p.frequency)],
    };
  });
  const part = rows => table(t("monthProblems"), [t("monthProblem"), t("monthShare"), t("monthNumber")], rows);
  const rest = rows.splice(many);
  return block(t("monthProblems"), rows.length > 0 && t("monthProblemsHint"), rows.length
    ? [part(rows), rest.length > 0 && h("details", {}, h("summary", {}, t("monthMoreProblems", { n: rest.length })), part(rest))]
    : h("p", {}, t("monthNoProblems")));
}

function byStatus(r, cases) {
  if (!r.open_cases) return null;
  const most = Math.max(1, ...r.open_cases.map(o => o.n));
  const rank = o => (o.family === "complaint" ? 0 : 100) + statuses.indexOf(o.status);
  const rows = [...r.open_cases].sort((a, b) => rank(a) - rank(b) || (a.family < b.family ? -1 : 1)).map(o => ({
    name: code("family_", o.family) + (o.status === "open" ? "" : ": " + code("status_", o.status)),
    href: cases({ family: o.family, status: o.status }), bar: length(o.n, most), cells: [num(o.n)],
  }));
  const late = cases({ sla: "breached" }), near = cases({ sla: "at_risk" });
  return block(t("monthStatus"), rows.length > 0 && t("monthStatusHint"), rows.length
    ? [table(t("monthStatus"), [t("monthState"), t("monthNumber")], rows),
      late && h("p.actions", {}, h("a.button", { href: late }, t("monthOverdue")), h("a.button", { href: near }, t("monthAtRisk")))]
    : h("p", {}, t("monthNoOpen")));
}

function byRule(r, conf, cases, of) {
  const all = [...r.escalations.by_rule].sort((a, b) => b.raised - a.raised);
  if (!all.length) return block(t("monthRules"), "", h("p", {}, t("monthNoRules")));
  return block(t("monthRules"), "", table(t("monthRules"), [t("monthRule"), t("monthNumber")], all.map(e => ({
    name: name(named(conf.rules, e.rule)?.name || e.rule), href: cases({ rule: e.rule, opened: of }), bar: length(e.raised, all[0].raised),
    cells: [[num(e.raised), small(t("monthHandled", { n: num(e.handled) }))]],
  }))));
}

function report(r, of, group, ctx) {
  const v = r.version;
  return h("section", {}, h("h2", {}, t("monthReport")), v
    ? [h("p", {}, t("monthReportIs", { version: v.version, when: when(v.created_at) })),
      h("p.actions", {}, formats.map(f => button(f.toUpperCase(), () => save(of, group, v.version, f, ctx), { props: { "aria-label": t("monthReport") + " " + f.toUpperCase() } })))]
    : h("p", {}, t("monthNoReport")));
}

// save keeps a version of the report as a file.
async function save(of, group, version, format, ctx) {
  try {
    const query = new URLSearchParams({ version, ...(group && { group }) });
    const ask = async force => fetch(new URL("v1/reports/" + of + "." + format + "?" + query, location.origin + location.pathname), {
      headers: { authorization: "Bearer " + (await token(force)), "accept-language": lang() }, credentials: "omit", signal: ctx.signal,
    });
    let res = await ask();
    if (res.status === 401) res = await ask(true);
    if (!res.ok) throw new Failure(res.status === 401 ? "session" : res.status === 404 ? "missing" : "broken", { status: res.status });
    const file = "report-" + of + (group && "-" + group) + "-" + version + (format === "csv" ? ".zip" : "." + format);
    const url = URL.createObjectURL(await res.blob());
    h("a", { href: url, download: file }).click();
    setTimeout(() => URL.revokeObjectURL(url), 6e4);
    ctx.announce(t("monthSaved", { name: file }));
  } catch (e) {
    ctx.fail(e instanceof TypeError ? new Failure("network") : e, () => save(of, group, version, format, ctx));
  }
}
