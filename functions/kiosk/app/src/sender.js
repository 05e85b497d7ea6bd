// Brings sealed votes to the server: a beat first, which tells its clock, then
// batches; one sender at a time, patient when the network is not.
import { config } from "./config.js";
import * as clock from "./clock.js";
import * as store from "./store.js";

const beatEvery = 3e5, least = 2e3, most = 3e5; // ms
// refusals are the answers about this device itself. Others, such as those of a
// captive portal, are trouble of the network.
const refusals = ["device_revoked", "device_key_stale", "device_unknown", "device_key_invalid"];

export const state = { key: undefined, refused: undefined, contact: undefined, trouble: "" };

let size = 100, failures = 0, timer = 0;
let quiet = 0; // until then (performance.now) the server wants to hear nothing
let busy = false, more = false, asked = false; // sending; to send after that; to beat first
let tell = () => {};

class Trouble extends Error {
  constructor(text, after = 0) {
    super(text);
    this.after = after; // ms to wait at least
  }
}

// start begins to beat and to send; told hears of every change of state.
export async function start(told) {
  tell = told;
  const [key, refused, contact] = await Promise.all(["key", "refused", "contact"].map(store.setting));
  state.key ||= key;
  Object.assign(state, { refused, contact });
  setInterval(() => work(true), beatEvery);
  addEventListener("online", () => {
    failures = 0;
    work(true);
  });
  work(true);
}

// enrol takes a new key.
export async function enrol(key) {
  Object.assign(state, { key, refused: undefined });
  await Promise.all([store.keep("key", key), store.keep("refused")]);
  tell();
  failures = quiet = 0;
  work(true);
}

// nudge sends what is sealed, unless it has to wait.
export const nudge = () => timer || work(false);

// work sends everything there is; after a failure it comes back by itself.
export async function work(beatFirst) {
  asked ||= beatFirst;
  more = busy;
  if (busy || !state.key) return;
  clearTimeout(timer);
  timer = 0;
  const left = quiet - performance.now();
  if (left > 0) return void (timer = setTimeout(() => work(false), left + 50));
  busy = true;
  let wait = 0;
  try {
    const alone = navigator.locks ? f => navigator.locks.request("kiosk sender " + config.device, { ifAvailable: true }, f) : f => f(true);
    await alone(async lock => {
      if (!lock) throw new Trouble("", least); // another tab is at it
      await store.rescue();
      if (asked || !clock.trusted() || state.refused) await beat();
      if (!state.refused) await drain();
    });
    failures = 0;
    state.trouble = "";
  } catch (e) {
    state.trouble = e.message || state.trouble;
    const pause = Math.min(most, least * 2 ** failures++);
    wait = Math.max(e.after || 0, pause / 2 + (Math.random() * pause) / 2);
  }
  busy = false;
  if (wait) timer = setTimeout(() => work(false), wait);
  else if (more || asked) work(false);
  tell();
}

async function beat() {
  const { queued, oldest } = await store.count();
  const body = { queued, app: config.version };
  // A clock that was never set tells nonsense, which would be refused.
  const at = oldest && clock.known() ? clock.submitted(oldest) : 0;
  if (at > 1e12) body.oldest = new Date(at).toISOString();
  const began = performance.now();
  const { status, answer } = await post("beats", body);
  const server = Date.parse(answer.now);
  if (status !== 200 || !server) throw new Trouble("beat: " + status);
  clock.measure(server, began, performance.now());
  asked = false;
  if (state.refused) await refuse();
}

async function drain() {
  for (;;) {
    const records = await store.sealed(size);
    if (!records.length) return;
    for (const r of records.filter(r => !r.event.submitted_at)) {
      r.event.submitted_at = new Date(clock.submitted(r)).toISOString();
      await store.save(r);
    }
    if (!(await send(records))) throw new Trouble("retry");
  }
}

// send reports whether every record was settled.
async function send(records) {
  const { status, answer } = await post("batch", { events: records.map(r => r.event) });
  if (status !== 200) {
    if (![400, 413, 422].includes(status)) throw new Trouble("batch: " + status);
    // Never seen, but nothing may block the queue: find the one to blame.
    size = Math.max(1, records.length >> 1);
    // What names no code is no answer of ours: a portal or a proxy in between.
    if (!answer.code) throw new Trouble("batch: " + status);
    if (records.length === 1) await store.settle([], [{ ...records[0], code: answer.code }]);
    return true;
  }
  const results = answer.results;
  if (!Array.isArray(results) || results.length !== records.length) throw new Trouble("batch: unreadable");
  const done = [], refused = [];
  records.forEach((r, i) => {
    const { event_id, status, problem } = results[i];
    if (event_id && event_id !== r.id) throw new Trouble("batch: unreadable");
    if (status === "accepted" || status === "duplicate") done.push(r);
    if (status === "rejected") refused.push({ ...r, code: problem?.code || "rejected" });
  });
  size = 100;
  await store.settle(done, refused);
  return done.length + refused.length === records.length;
}

async function post(path, body) {
  const key = state.key;
  const res = await fetch(new URL("../v1/" + path, location), {
    method: "POST",
    headers: { authorization: "Bearer " + key, "content-type": "application/json" },
    body: JSON.stringify(body),
    cache: "no-store",
    credentials: "omit",
    redirect: "error",
    signal: AbortSignal.timeout(3e4),
  });
  const json = /json/.test(res.headers.get("content-type"));
  const answer = (json && (await res.json())) || {};
  if ((res.status === 401 || res.status === 403) && refusals.includes(answer.code)) {
    if (key !== state.key) throw new Trouble("retry"); // the device has a new one meanwhile
    await refuse(answer.code);
    throw new Trouble(answer.code, most);
  }
  if (res.status === 429 || res.status >= 500) {
    const wait = after(res.headers.get("retry-after"));
    quiet = performance.now() + wait;
    throw new Trouble(path + ": " + res.status, wait);
  }
  if (json && res.ok) {
    state.contact = Date.now();
    store.keep("contact", state.contact);
  }
  return { status: res.status, answer };
}

// after reads Retry-After: seconds or a date.
function after(value) {
  if (!value) return 0;
  const ms = /^\d+$/.test(value) ? value * 1e3 : Date.parse(value) - Date.now();
  return Math.min(Math.max(ms || 0, 0), 36e5);
}

async function refuse(code) {
  state.refused = code;
  await store.keep("refused", code);
  tell();
}
