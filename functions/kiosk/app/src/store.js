// Keeps votes on this device until the server has them. A record is one
// customer: {id, open, event, tap, mono, session, skew}. It is open while the
// customer may still add to it, then sealed; a sealed record gets its
// submitted_at once and never changes again.
import { config, session } from "./config.js";

const name = "kiosk " + config.device;
const sessionLock = s => "kiosk session " + s;
const place = r => [r.tap, r.id];

let db = null;
const unsaved = new Map(); // id → record whose newest form the disk did not take
const never = new Set(); // ids of those that the disk never had
const gone = new Set(); // ids that are settled, though the disk still has them
let changed = () => {};

export function onChange(f) {
  changed = f;
}

// open readies the store and seals, as it is, what a session that has ended
// left open. sealed hears of it.
export async function open(sealed) {
  navigator.locks?.request(sessionLock(session), () => new Promise(() => {}));
  const stored = await run("readonly", votes => votes.getAll()).catch(() => []);
  for (const r of stored.filter(r => r.open)) {
    const seal = async () => {
      const now = await run("readonly", votes => votes.get(place(r))).catch(() => {});
      if (now?.open) await save({ ...now, open: false });
      sealed();
    };
    // The lock of a session is free once its page is no more.
    navigator.locks ? navigator.locks.request(sessionLock(r.session), seal) : seal();
  }
}

function connect() {
  return new Promise((resolve, reject) => {
    const r = indexedDB.open(name, 1);
    r.onupgradeneeded = () => {
      r.result.createObjectStore("votes", { keyPath: ["tap", "id"] });
      r.result.createObjectStore("rejected", { keyPath: "id" });
      r.result.createObjectStore("settings");
    };
    r.onerror = () => reject(r.error);
    r.onsuccess = () => {
      db = r.result;
      db.onclose = () => (db = null);
      db.onversionchange = () => {
        db.close();
        db = null; // opened again at the next use
      };
      resolve();
    };
  });
}

// run does work in one transaction that is on the disk when it resolves.
async function run(mode, work) {
  if (!db) await connect();
  return new Promise((resolve, reject) => {
    const tx = db.transaction(["votes", "rejected", "settings"], mode, { durability: "strict" });
    const request = work(tx.objectStore("votes"), tx.objectStore("rejected"), tx.objectStore("settings"));
    tx.oncomplete = () => resolve(request?.result);
    tx.onabort = () => reject(tx.error || request?.error);
  });
}

// save writes the newest form of a record, or keeps it in memory.
export async function save(record, first) {
  try {
    await run("readwrite", votes => votes.put(record));
    never.delete(record.id);
    if (unsaved.delete(record.id)) changed();
  } catch {
    unsaved.set(record.id, record);
    if (first) never.add(record.id);
    changed();
  }
}

// rescue tries again to write what is in memory only.
export async function rescue() {
  for (const record of [...unsaved.values()]) await save(record);
}

// sealed are the oldest records that may be sent, at most limit.
export async function sealed(limit) {
  const stored = await run("readonly", votes => votes.getAll(null, limit + gone.size + 20)).catch(() => []);
  const mine = [...unsaved.values()].filter(r => never.has(r.id));
  return stored.map(r => unsaved.get(r.id) || r).concat(mine).filter(r => !r.open && !gone.has(r.id)).slice(0, limit);
}

// settle ends records; the refused ones are kept apart, each with its code. It
// fails where there is no room for these: then they stay where they are.
export async function settle(done, refused) {
  const end = records => records.forEach(r => [unsaved, never, gone].forEach(s => s.delete(r.id)));
  done.forEach(r => gone.add(r.id));
  await run("readwrite", votes => done.forEach(r => votes.delete(place(r)))).then(() => end(done), () => {});
  done.forEach(r => unsaved.delete(r.id));
  if (refused.length) {
    await run("readwrite", (votes, rejected) => refused.forEach(r => (rejected.put(r), votes.delete(place(r)))));
    end(refused);
  }
  changed();
}

// again puts what was refused back into the queue.
export const again = () =>
  run("readwrite", (votes, rejected) => {
    rejected.getAll().onsuccess = e => {
      for (const { code, ...record } of e.target.result) votes.put(record);
      rejected.clear();
    };
  });

// count tells staff and the server how things are, without what was said.
export async function count() {
  const read = work => run("readonly", work).catch(() => undefined);
  const [stored, first, refused] = await Promise.all([
    read(votes => votes.count()),
    read(votes => votes.getAll(null, 1)),
    read((_, rejected) => rejected.getAll()),
  ]);
  const codes = {};
  for (const r of refused || []) codes[r.code] = (codes[r.code] || 0) + 1;
  return {
    queued: Math.max(0, (stored || 0) - gone.size) + never.size,
    oldest: [...(first || []), ...unsaved.values()].sort((a, b) => a.tap - b.tap)[0],
    unsaved: unsaved.size,
    rejected: refused?.length || 0,
    codes,
  };
}

export const setting = key => run("readonly", (_, __, settings) => settings.get(key)).catch(() => undefined);
export const keep = (key, value) => run("readwrite", (_, __, settings) => settings.put(value, key)).catch(() => {});
