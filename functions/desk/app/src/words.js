// Texts, numbers and times in the language of the person at the desk.
import { config } from "./config.js";

const offered = ["de", "en"];
const catalogue = {}; // key → [de, en]
// The page is in the language that the browser asked for.
let language = [localStorage.getItem("desk lang"), document.documentElement.lang].find(l => offered.includes(l)) || "en";
let zone, currency = "EUR";

// add brings in the texts of a module: {key: [de, en]}, or {de: {key: text}, en: {key: text}}.
export function add(texts) {
  if (!texts.de) return Object.assign(catalogue, texts);
  for (const [key, de] of Object.entries(texts.de)) catalogue[key] = [de, texts.en[key]];
}

const text = key => catalogue[key]?.[offered.indexOf(language)];

// lang is the language of the desk: "de" or "en".
export const lang = () => language;

// setLang changes the language and remembers it on this device.
export function setLang(l) {
  language = l;
  localStorage.setItem("desk lang", l);
  document.documentElement.lang = l;
}

// setPlace says in which time zone and currency the organisation works.
export function setPlace(timeZone, money) {
  zone = timeZone || undefined;
  currency = money || currency;
}

// t is a text by its key; {name} is filled from params. In "1 Fall|{n} Fälle"
// the first part is for n = 1.
export function t(key, params = {}) {
  const [one, other = one] = (text(key) ?? key).split("|");
  return (params.n === 1 || params.n === "1" ? one : other).replace(/\{(\w+)\}/g, (_, name) => params[name] ?? "");
}

// knows reports whether there is a text for a key that was made up of a value.
export const knows = key => Object.hasOwn(catalogue, key);

// code is the text of a value such as a status: that of its key, else the value made readable.
export const code = (prefix, value) => (knows(prefix + value) ? t(prefix + value) : String(value ?? "").replaceAll("_", " "));

// name picks the language in a configured text {de, en}.
export const name = text => (typeof text === "string" ? text : text?.[language] || text?.[config.default_language] || Object.values(text || {})[0] || "");

// English dates are those of the customers' pages: the day first, 24 hours.
const format = (kind, options) => new Intl[kind](language === "en" ? "en-GB" : language, options);

// num is a number with at most digits decimals.
export const num = (n, digits = 0) => format("NumberFormat", { maximumFractionDigits: digits }).format(n);

// percent is a share of 1 as a percentage.
export const percent = (share, digits = 0) => format("NumberFormat", { style: "percent", maximumFractionDigits: digits }).format(share);

// money is an amount of cents in the organisation's currency.
export const money = cents => format("NumberFormat", { style: "currency", currency }).format(cents / 100);

// date is the day of an instant.
export const date = iso => format("DateTimeFormat", { dateStyle: "medium", timeZone: zone }).format(new Date(iso));

// when is day and time of an instant.
export const when = iso => format("DateTimeFormat", { dateStyle: "medium", timeStyle: "short", timeZone: zone }).format(new Date(iso));

// month is the name of a month such as 2026-11.
export const month = period => format("DateTimeFormat", { month: "long", year: "numeric", timeZone: "UTC" }).format(new Date(period + "-01T00:00:00Z"));

// thisMonth is the running month of the organisation, such as 2026-11.
export const thisMonth = () => new Intl.DateTimeFormat("sv", { year: "numeric", month: "2-digit", timeZone: zone }).format(new Date()).slice(0, 7);

const units = [["day", 864e5], ["hour", 36e5], ["minute", 6e4]];

// until tells how far an instant is from now: "in 3 Stunden", "vor 2 Tagen".
export function until(iso, now = Date.now()) {
  const ms = new Date(iso) - now;
  const [unit, size] = units.find(([u, s]) => Math.abs(ms) >= (u === "day" ? 2 * s : s)) || units[2];
  const n = Math.trunc(ms / size);
  return format("RelativeTimeFormat", { numeric: n ? "always" : "auto" }).format(n, n ? unit : "second");
}
