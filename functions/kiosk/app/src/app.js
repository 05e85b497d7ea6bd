// One customer after the other: start, a tap that is stored at once, what they
// want to add, thanks, start.
import { config, language, named, speak, t } from "./config.js";
import { stamp } from "./clock.js";
import * as store from "./store.js";
import * as sender from "./sender.js";
import { $, button, choices, h, heading, show, translate } from "./screens.js";
import { blocked, drawBlocked, drawStatus, outdated, takeKey, watchStaff } from "./staff.js";
import { guard } from "./guard.js";
import { offer } from "./update.js";

const patience = 20e3, warning = 8e3, thanksFor = 5e3, statusFor = 60e3; // ms

let record = null; // of the customer who stands here
let steps = [], step = 0; // what we ask of them
let idle = 0, warn = 0, last = -1;
let started = performance.now(); // when the start was shown or touched last

let draft = ""; // of the comment that is being written
let redraw = () => {}; // the screen, in another language

const stage = $("#stage");

// vote stores a tap before anything else happens.
async function vote(e) {
  const rating = Number(e.currentTarget.value);
  if (e.timeStamp === last) return; // the same tap, told twice
  last = e.timeStamp;
  const id = crypto.randomUUID();
  const event = { event_id: id, touchpoint: config.touchpoint, channel: "kiosk", scale: config.scale, rating, language };
  const mine = { id, open: true, event, ...stamp() };
  await store.save(mine, true);
  seal(); // of a customer who tapped twice
  record = mine;
  steps = questions(rating);
  step = 0;
  ask();
}

const mood = rating => (rating >= config.good ? "good" : "bad");
const reasons = rating => config.reasons.filter(r => r.mood === mood(rating) || r.mood === "any");

// questions are those that follow a score.
function questions(rating) {
  return [...(reasons(rating).length ? ["reason"] : []), ...["fcr", "nps", "ces"].filter(q => config.ask.includes(q)), "comment"];
}

const numbers = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => [from + i, String(from + i)]);

// ask draws the current question.
function ask() {
  if (!record) return;
  rest();
  redraw = ask;
  const name = steps[step], { rating } = record.event;
  const question = t(name === "reason" ? mood(rating) : name);
  const answer = value => {
    record.event[name] = value;
    store.save(record);
    next();
  };
  const chosen = record.event[name];
  const body = {
    reason: () => [choices("reasons", reasons(rating).map(r => [r.code, named(r.name)]), chosen, answer)],
    fcr: () => [choices("two", [["yes", t("yes")], ["no", t("no")]], chosen, answer)],
    nps: () => [choices("numbers", numbers(0, 10), chosen, answer), ends("npsLow", "npsHigh")],
    ces: () => [choices("numbers.seven", numbers(1, 7), chosen, answer), ends("cesLow", "cesHigh")],
    comment: () => [comment(answer)],
  }[name]();
  show(
    h("p.counted", {}, t("counted")),
    heading(question),
    ...body,
    h("p.ways", {}, ...(step < steps.length - 1 ? [button("quiet", t("skip"), next)] : []), button("quiet", t("done"), thank)),
    h("p.idle", { role: "status" }),
  );
  stage.querySelector("[role=group]")?.setAttribute("aria-label", question);
}

const ends = (low, high) => h("p.ends", {}, h("span", {}, t(low)), h("span", {}, t(high)));

function comment(answer) {
  const field = h("textarea", { maxLength: 2000, rows: 3, autocomplete: "off", spellcheck: false, "aria-label": t("comment"), "aria-describedby": "hint" });
  field.value = draft;
  field.oninput = () => (draft = field.value);
  const send = () => {
    // Control characters come from odd keyboards only; the server refuses them.
    const text = (field.value.toWellFormed?.() ?? field.value).replace(/[^\P{Cc}\n\t]/gu, "").trim();
    text ? answer(text) : thank();
  };
  return h("div.comment", {}, field, h("p.hint", { id: "hint" }, t("hint")), button("main", t("send"), send));
}

function next() {
  step++;
  step < steps.length ? ask() : thank();
}

function seal() {
  if (!record) return;
  record.open = false;
  const mine = record;
  record = null;
  return store.save(mine).then(sender.nudge);
}

function thank() {
  seal();
  redraw = thank;
  show(h("div.mark", { "aria-hidden": "true" }), heading(t("thanks")), h("p.lead", { role: "status" }, t("thanksText")), h("p.ways", {}, button("quiet", t("done"), home)));
  rest(thanksFor);
}

// home shows the start, or what keeps this device from its work; nothing of the
// last customer is left in the document.
function home() {
  seal();
  clearTimeout(idle);
  clearTimeout(warn);
  draft = "";
  started = performance.now();
  speak(config.language);
  translate();
  redraw = blocked() ? drawBlocked : show;
  redraw();
}

function status() {
  if (record) return;
  redraw = status;
  drawStatus(home);
  rest(statusFor);
}

// rest waits for the customer, warns, and goes home.
function rest(time = patience) {
  clearTimeout(idle);
  clearTimeout(warn);
  idle = setTimeout(home, time);
  const sign = $(".idle");
  sign?.replaceChildren();
  if (time !== patience) return;
  warn = setTimeout(() => $(".idle")?.append(t("idle") + " ", button("quiet", t("stay"), rest)), time - warning);
}

const atStart = () => redraw === show || redraw === drawBlocked;

// refresh looks at what has changed besides the customer.
async function refresh() {
  const { unsaved } = await store.count();
  $("#full").hidden = !unsaved;
  if (atStart() && outdated()) home();
}

for (const b of document.querySelectorAll("#scale button")) b.onclick = vote;
for (const b of document.querySelectorAll("[data-lang]")) {
  b.onclick = () => {
    speak(b.dataset.lang);
    translate();
    redraw();
    if (record || atStart()) rest();
  };
}
for (const kind of ["pointerdown", "keydown", "input"]) {
  addEventListener(kind, () => {
    started = performance.now();
    if (record || (atStart() && language !== config.language)) rest();
  }, { passive: true });
}

const key = takeKey();
guard(home, seal);
watchStaff(status);
store.onChange(refresh);
await store.open(sender.nudge);
if (key) await sender.enrol(key);
await sender.start(refresh);
home();
$("#start").inert = false;
document.body.dataset.ready = "";
// An update waits until nobody has stood here for a while and nothing would be lost.
offer(() => atStart() && $("#full").hidden && performance.now() - started > 10e3);
navigator.storage?.persist?.().catch(() => {});
