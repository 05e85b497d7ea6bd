// The touchpoints: which devices are heard of, and how many of the links sent were answered.
import { get } from "./api.js";
import { span, table } from "./bars.js";
import { button, h, replace } from "./dom.js";
import { has } from "./session.js";
import { named, settings } from "./settings.js";
import { add, lang, month, name, num, t, thisMonth, until, when } from "./words.js";
import words from "./places-words.js";

add(words);

const order = ["silent", "never", "alive", "closed", "unwatched", "revoked"];
const marks = { silent: "bad", never: "warn", alive: "good" };
const again = 6e4; // ms after which a visible page asks how the devices are
const pct = v => new Intl.NumberFormat(lang(), { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(v / 100);

// open draws the view of a route.
export async function open(route, ctx) {
  const conf = await settings();
  const of = thisMonth();
  const devices = h("section", {}), links = h("section", {});
  const place = id => name(named(conf.touchpoints, id)?.name || id);
  let shown = "", timer;

  // look asks how the devices are and draws them where something has changed: the focus stays where it is.
  async function look(told) {
    if (!has("cases")) return replace(devices, h("h2", {}, t("placesDevices")), h("p.notice.warn", {}, t("placesNoCases")));
    const { body } = await get("devices", { signal: ctx.signal });
    const all = body.devices.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
    const silent = all.filter(d => d.state === "silent").length, now = all.map(d => d.id + d.state + d.case).join();
    if (told && now !== shown && silent) ctx.announce(t("placesSilent", { n: silent }));
    if (now !== shown || !devices.contains(document.activeElement)) replace(devices, h("h2", {}, t("placesDevices")), cards(all, body.at, silent, place));
    shown = now;
  }

  async function count() {
    const title = h("h2", {}, t("placesLink", { month: month(of) }));
    if (!has("reports")) return replace(links, title, h("p.notice.warn", {}, t("placesNoReports")));
    if (!links.firstChild) replace(links, title, h("p.soft", {}, "…"));
    const { body } = await get("reports/" + of + "/live", { signal: ctx.signal });
    replace(links, title, answers(body, place));
  }

  const refresh = () => Promise.all([look(), count()]).then(() => ctx.announce(t("placesRefreshed")), e => ctx.fail(e, refresh));
  const tick = () => {
    timer = setTimeout(() => (document.visibilityState === "visible" ? look(true) : Promise.resolve()).catch(() => {}).then(() => ctx.signal.aborted || tick()), again);
  };
  await look();
  count().catch(e => ctx.fail(e, refresh)); // it takes longer: the devices need not wait for it
  tick();
  return {
    title: t("placesTitle"),
    node: h("section", {}, h("div.top", {}, h("h1", {}, t("placesTitle")), button(t("placesRefresh"), refresh, { kind: "plain", key: "r" })), devices, links),
    keys: { r: { label: t("placesRefresh"), run: refresh } },
    close: () => clearTimeout(timer),
  };
}

// cards shows the devices, the silent ones first.
function cards(all, at, silent, place) {
  if (!all.length) return h("p", {}, t("placesNoDevices"));
  const moment = (key, iso) => h("p", {}, t(key, { when: when(iso), until: until(iso, new Date(at)) }));
  return [
    h("p.soft", {}, t("placesAsOf", { when: when(at) })),
    silent > 0 && h("p.notice.bad", {}, t("placesSilent", { n: silent })),
    h("ul.devices", {}, all.map(d => h("li." + d.state, {},
      h("div.top", {}, h("h3", {}, d.id), h("span.tag" + (marks[d.state] ? "." + marks[d.state] : ""), {}, t("life_" + d.state))),
      h("p", {}, place(d.touchpoint)),
      d.silent_since && moment("placesSince", d.silent_since), d.last_at && moment("placesLast", d.last_at),
      d.state === "never" && h("p", {}, t("placesNever")), d.opens_at && moment("placesOpens", d.opens_at),
      h("p.soft", {}, [d.queued > 0 && t("placesQueued", { n: d.queued }), d.app && t("placesApp", { app: d.app })].filter(Boolean).join(" · ")),
      d.case && h("a.button", { href: "#/cases/" + d.case }, t("placesCase", { number: d.case }))))),
  ];
}

// answers shows per touchpoint what became of the links of the month.
function answers(r, place) {
  const rows = r.response_rates.filter(row => row.invitations > 0 || row.responses > 0);
  if (!rows.some(row => row.invitations > 0)) return h("p", {}, t("placesNoLinks"));
  return [
    h("p.soft", {}, t(r.live ? "placesAsOf" : "placesPublished", { when: when(r.header.cutoff) })), h("p.soft", {}, t("placesLinkHint")),
    h("div.links", {}, table(t("placesLink", { month: month(r.header.period) }), ["placesPlace", "placesIssued", "placesDelivered", "placesAnswered", "placesRate"].map(k => t(k)), rows.map(row => {
      const few = row.withheld || row.reliability === "suppressed", ci = row.response_rate_ci95_pct;
      return {
        name: place(row.touchpoint), bar: !few && span(row.response_rate_pct, ci),
        mark: [h("small.narrow", {}, t("placesSent", { issued: num(row.invitations), delivered: num(row.invitations_delivered), answered: num(row.invitations_answered) })), h("small", {}, t("placesAll", { n: num(row.responses) }))],
        cells: [num(row.invitations), num(row.invitations_delivered), num(row.invitations_answered),
          !row.invitations_delivered ? "–" : few ? t("placesFew") : [h("b", {}, pct(row.response_rate_pct)), ci && h("small", {}, pct(ci[0]), " – ", pct(ci[1]))]],
      };
    }))),
  ];
}
