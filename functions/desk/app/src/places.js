// The touchpoints: which devices are heard of, and how many of the links sent were answered.
import { Failure, get } from "./api.js";
import { pct, small, span, table } from "./bars.js";
import { button, h, replace } from "./dom.js";
import { say } from "./say.js";
import { has } from "./session.js";
import { named, settings } from "./settings.js";
import { add, month, name, num, t, thisMonth, until, when } from "./words.js";
import monthWords from "./month-words.js";
import words from "./places-words.js";

add(monthWords);
add(words);

const order = ["silent", "never", "alive", "closed", "unwatched", "revoked"];
const marks = { silent: ".bad", never: ".warn", alive: ".good" };
const again = 6e4; // ms after which a visible page asks how the devices are

// open draws the view of a route.
export async function open(route, ctx) {
  const conf = await settings();
  const of = thisMonth();
  const devices = h("section", {}), links = h("section", {});
  const place = id => name(named(conf.touchpoints, id)?.name || id);
  const missing = scope => h("p.notice.warn", {}, say(new Failure("scope", { scope })));
  let shown, timer;

  // look draws the devices anew where one of them has changed: whoever reads is not disturbed.
  async function look() {
    const { at, devices: all } = has("cases") ? (await get("devices", { signal: ctx.signal })).body : { devices: [] };
    const now = all.map(d => d.id + d.state + d.case).join(), silent = all.filter(d => d.state === "silent").length;
    if (shown !== undefined && now !== shown) ctx.announce(t("placesSilent", { n: silent }));
    if (now !== shown || !devices.contains(document.activeElement)) {
      replace(devices, h("h2", {}, t("placesDevices")), has("cases") ? cards(all.sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state)), at, silent, place) : missing("cases"));
    }
    shown = now;
  }

  async function count() {
    const title = h("h2", {}, t("placesLinks", { month: month(of) }));
    if (!links.firstChild) replace(links, title, h("p.soft", {}, "…"));
    replace(links, title, has("reports") ? answers((await get("reports/" + of + "/live", { signal: ctx.signal })).body, place) : missing("reports"));
  }

  const refresh = () => Promise.all([look(), count()]).then(() => ctx.announce(t("monthRefreshed")), e => ctx.fail(e, refresh));
  await look();
  count().catch(e => ctx.fail(e, refresh)); // it takes longer: the devices need not wait for it
  timer = setInterval(() => document.visibilityState === "visible" && look().catch(() => {}), again);
  return {
    title: t("navPlaces"),
    node: h("section", {}, h("div.top", {}, h("h1", {}, t("navPlaces")), button(t("monthRefresh"), refresh, { kind: "plain", key: "r" })), devices, links),
    keys: { r: { label: t("monthRefresh"), run: refresh } },
    close: () => clearInterval(timer),
  };
}

// cards shows the devices, the silent ones first.
function cards(all, at, silent, place) {
  if (!all.length) return h("p", {}, t("placesNoDevices"));
  const moment = (key, iso) => iso && h("p", {}, t(key, { when: when(iso), until: until(iso, new Date(at)) }));
  return [
    h("p.soft", {}, t("monthAsOf", { when: when(at) })), silent > 0 && h("p.notice.bad", {}, t("placesSilent", { n: silent })),
    h("ul.devices", {}, all.map(d => h("li." + d.state, {}, h("div.top", {}, h("h3", {}, d.id), h("span.tag" + (marks[d.state] || ""), {}, t("life_" + d.state))),
      h("p", {}, place(d.touchpoint)), moment("placesSince", d.silent_since), moment("placesLast", d.last_at), moment("placesOpens", d.opens_at),
      small(d.queued > 0 && t("placesQueued", { n: d.queued }), d.app && t("placesApp", { app: d.app })),
      d.case && h("p", {}, h("a.button", { href: "#/cases/" + d.case }, t("placesCase", { number: d.case })))))),
  ];
}

// answers shows what became of the links of the month.
function answers(r, place) {
  const rows = r.response_rates.filter(row => row.invitations > 0);
  if (!rows.length) return h("p", {}, t("placesNoLinks"));
  const heads = ["monthPlace", "placesIssued", "placesDelivered", "placesAnswered", "placesRate"].map(k => t(k));
  return [
    h("p.soft", {}, t("monthAsOf", { when: when(r.header.cutoff) })), h("p.soft", {}, t("placesLinksHint")),
    h("div.links", {}, table(t("placesLinks", { month: month(r.header.period) }), heads, rows.map(row => {
      const ci = row.response_rate_ci95_pct, told = ci && !row.withheld && row.reliability !== "suppressed";
      const [issued, delivered, answered] = [row.invitations, row.invitations_delivered, row.invitations_answered].map(n => num(n));
      return {
        name: place(row.touchpoint), bar: told && span(row.response_rate_pct, ci),
        mark: [h("small.narrow", {}, t("placesSent", { issued, delivered, answered })), small(t("placesAll", { n: num(row.responses) }), told && row.reliability === "indicative" && t("monthIndicative"))],
        cells: [issued, delivered, answered, told ? [h("b", {}, pct(row.response_rate_pct)), small(pct(ci[0]) + " – " + pct(ci[1]))] : small(t("monthFew"))],
      };
    }))),
  ];
}
