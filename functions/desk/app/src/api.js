// Speaks to the JSON interface.
import { end, token } from "./session.js";

const pauses = [500, 1500, 4000]; // ms before a GET is tried again
const patience = 35e3; // ms for one answer

// Failure is why a request was not answered as hoped. kind: network, session, scope, stale, refused, missing, busy, broken.
export class Failure extends Error {
  constructor(kind, more = {}) {
    super(more.detail || kind);
    Object.assign(this, { kind, status: 0, code: "", detail: "", fields: [], allowed: [], etag: "", scope: "" }, more);
  }
}

const wait = (ms, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => (clearTimeout(timer), reject(signal.reason)), { once: true });
  });

// scopeOf is the scope that a path needs: a refusal of the authorizer does not name it.
function scopeOf(path) {
  if (/\/(approve|decline)$/.test(path)) return "approve";
  return { reports: "reports", customers: "privacy", invitations: "invite", links: "invite" }[path.split(/[/?]/)[0]] || "cases";
}

function failure(path, status, body, etag) {
  const more = { status, code: body.code || "", detail: body.detail || body.title || "", fields: body.errors || [], allowed: body.allowed || [], etag };
  if (status === 403 && (!more.code || more.code === "scope_missing")) return new Failure("scope", { ...more, scope: scopeOf(path) });
  if (status === 404) return new Failure("missing", more);
  if (status === 412) return new Failure("stale", more);
  if (status === 429 || status === 503) return new Failure("busy", more);
  return new Failure(status >= 500 ? "broken" : "refused", more);
}

async function once(path, init, signal, force) {
  let bearer, res;
  try {
    bearer = await token(force);
    if (!bearer) throw new Failure("session", { status: 401 });
    const signals = [AbortSignal.timeout(patience), ...(signal ? [signal] : [])];
    res = await fetch(new URL("v1/" + path, location.origin + location.pathname), {
      ...init, headers: { accept: "application/json", ...init.headers, authorization: "Bearer " + bearer },
      credentials: "omit", cache: "no-store", redirect: "error", signal: AbortSignal.any(signals),
    });
    if (res.status === 401 && !force) return once(path, init, signal, true);
    if (res.status === 401) {
      end();
      throw new Failure("session", { status: 401 });
    }
    const json = /json/.test(res.headers.get("content-type"));
    const body = res.status === 304 ? undefined : json ? await res.json() : await res.text();
    const etag = res.headers.get("etag") || "";
    if (!res.ok && res.status !== 304) throw failure(path, res.status, json ? body : {}, etag);
    return { status: res.status, body, etag, link: res.headers.get("link") || "" };
  } catch (e) {
    if (e instanceof Failure || signal?.aborted) throw e;
    throw new Failure(res && !(e instanceof TypeError) && e.name !== "TimeoutError" ? "broken" : "network", { detail: String(e.message || e) });
  }
}

// get reads path below /v1/: {status, body, etag, link}. 304 where the server has what etag names. What fails by network is tried again.
export async function get(path, { etag, signal, accept } = {}) {
  const headers = { ...(etag && { "if-none-match": etag }), ...(accept && { accept }) };
  for (let i = 0; ; i++) {
    try {
      return await once(path, { headers }, signal);
    } catch (e) {
      if (!(e instanceof Failure) || !["network", "busy"].includes(e.kind) || i === pauses.length || !navigator.onLine) throw e;
      await wait(pauses[i], signal);
    }
  }
}

// post sends body once. What failed by network may be sent again as it is: its event_id makes that harmless.
export function post(path, body, { ifMatch, signal } = {}) {
  const headers = { "content-type": "application/json", ...(ifMatch && { "if-match": ifMatch }) };
  return once(path, { method: "POST", headers, body: JSON.stringify(body) }, signal);
}
