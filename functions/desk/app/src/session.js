// Signing in with the configured issuer (OAuth 2.0 code flow with PKCE, RFC 7636) and keeping the session. Tokens stay in
// this tab: they are in no address, no cookie and nothing that outlives it.
import { config, home } from "./config.js";

const place = "desk session", pending = "desk sign-in";
const early = 60e3; // ms before a token ends that a new one is fetched
const listeners = new Set();

let session = read(place); // {access, refresh, expires}
let refreshing, ended = false;

function read(key) {
  try {
    return JSON.parse(sessionStorage.getItem(key));
  } catch {
    return null;
  }
}

const keep = (key, value) => (value ? sessionStorage.setItem(key, JSON.stringify(value)) : sessionStorage.removeItem(key));
const base64url = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes))).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
const random = () => base64url(crypto.getRandomValues(new Uint8Array(32)));

// claims are what the token says; it is checked by the server, never here.
function claims() {
  try {
    const part = session.access.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(part), c => c.charCodeAt(0))));
  } catch {
    return {};
  }
}

// scopes are those of the session, without the prefix "resonanz/".
export function scopes() {
  const { scope = "", scp = [] } = claims();
  return [...String(scope).split(" "), ...[].concat(scp)].filter(Boolean).map(s => s.replace(/^.*\//, ""));
}

// has reports whether the person may do what a scope such as "cases" is for.
export const has = scope => scopes().includes(scope);

// person is the code under which what is done here is recorded.
export function person() {
  const c = claims();
  return c.staff_code || c.sub || c.client_id || "";
}

// signedIn reports whether there is a session that has not ended.
export const signedIn = () => !!session && !ended;

// over reports whether there was a session that has ended.
export const over = () => ended;

// onEnd calls fn when the session ends while somebody works.
export const onEnd = fn => listeners.add(fn);

// end ends the session: the server takes its token no longer.
export function end() {
  if (ended || !session) return;
  ended = true;
  keep(place, null);
  for (const fn of listeners) fn();
}

class SignInError extends Error {}

// start finishes a sign-in that comes back from the issuer. It returns "" or why it failed: denied, state, network, broken.
export async function start() {
  const q = new URLSearchParams(location.search);
  const wanted = read(pending);
  if (!q.has("state") && !q.has("error")) return "";
  keep(pending, null);
  history.replaceState(null, "", home + (wanted?.hash || location.hash));
  if (!wanted || q.get("state") !== wanted.state) return session ? "" : "state";
  if (q.has("error") || !q.has("code")) return "denied";
  try {
    await exchange({ grant_type: "authorization_code", code: q.get("code"), redirect_uri: home, code_verifier: wanted.verifier });
    return "";
  } catch (e) {
    return e instanceof SignInError ? "broken" : "network";
  }
}

// signIn leads to the issuer; after it the desk opens where it was left.
export async function signIn() {
  const verifier = random(), state = random();
  keep(pending, { verifier, state, hash: location.hash });
  const challenge = base64url(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier)));
  const url = new URL(config.authorize_url);
  const q = {
    response_type: "code", client_id: config.client_id, redirect_uri: home, scope: config.scopes.join(" "), state,
    code_challenge: challenge, code_challenge_method: "S256", lang: document.documentElement.lang, ui_locales: document.documentElement.lang,
  };
  for (const [k, v] of Object.entries(q)) url.searchParams.set(k, v);
  location.assign(url);
}

// signOut ends the session here and at the issuer.
export function signOut() {
  const refresh = session?.refresh;
  session = null;
  ended = false;
  keep(place, null);
  if (refresh && config.token_url.endsWith("/oauth2/token")) {
    const body = new URLSearchParams({ token: refresh, client_id: config.client_id });
    fetch(config.token_url.replace(/token$/, "revoke"), { method: "POST", body, keepalive: true, credentials: "omit" }).catch(() => {});
  }
  if (!config.logout_url) return location.assign(home);
  const url = new URL(config.logout_url);
  const q = { client_id: config.client_id, logout_uri: home, post_logout_redirect_uri: home };
  for (const [k, v] of Object.entries(q)) url.searchParams.set(k, v);
  location.assign(url);
}

async function exchange(params) {
  const last = session;
  const res = await fetch(config.token_url, {
    method: "POST", credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer", signal: AbortSignal.timeout(2e4),
    body: new URLSearchParams({ ...params, client_id: config.client_id }),
  });
  if (res.status === 429 || res.status >= 500) throw new TypeError("busy");
  const answer = await res.json().catch(() => ({}));
  if (!res.ok || !answer.access_token) throw new SignInError(answer.error || "refused");
  if (session !== last) throw new SignInError("left"); // they signed out meanwhile
  session = { access: answer.access_token, refresh: answer.refresh_token || params.refresh_token || "", expires: Date.now() + (answer.expires_in || 3600) * 1e3 };
  ended = false;
  keep(place, session);
}

// refresh fetches a new token, once however many ask. It throws when the network fails; a refused one ends the session.
async function refresh() {
  if (!session?.refresh) return end();
  const before = scopes(), who = person(), last = session;
  try {
    await exchange({ grant_type: "refresh_token", refresh_token: session.refresh });
  } catch (e) {
    if (!(e instanceof SignInError)) throw e;
    return end();
  }
  // Who may do less than before, or is another, has to sign in anew: then the groups count again. Until then it is
  // still the same person who types.
  if (who === person() && before.every(has)) return;
  session = last;
  end();
}

// token is a promise of a token that works; undefined: the session has ended. force: the last one was refused.
export async function token(force) {
  if (!signedIn()) return undefined;
  if (force || Date.now() > session.expires - early) {
    refreshing ||= refresh().finally(() => (refreshing = undefined));
    try {
      await refreshing;
    } catch (e) {
      if (force || Date.now() > session.expires) throw e;
    }
  }
  return signedIn() ? session.access : undefined;
}
