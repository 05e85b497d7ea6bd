// Keeps what was typed and not sent yet, in this tab, for the person who typed it.
import { person } from "./session.js";

const prefix = "desk draft ";
const mine = () => prefix + person() + " ";

// load returns the draft of a key such as "2611-ABCD-EFGH answer"; undefined: there is none.
export function load(key) {
  try {
    return JSON.parse(sessionStorage.getItem(mine() + key)) ?? undefined;
  } catch {
    return undefined;
  }
}

// save keeps a draft; a full disk never stops who types.
export function save(key, value) {
  try {
    sessionStorage.setItem(mine() + key, JSON.stringify(value));
  } catch {}
}

// drop ends a draft: it was sent, or given up.
export const drop = key => sessionStorage.removeItem(mine() + key);

// all are the keys of this person's drafts.
export const all = () => Object.keys(sessionStorage).filter(k => k.startsWith(mine())).map(k => k.slice(mine().length));

// clear drops everybody's drafts but those of the person named.
export function clear(keep) {
  for (const k of Object.keys(sessionStorage)) {
    if (k.startsWith(prefix) && !(keep && k.startsWith(prefix + keep + " "))) sessionStorage.removeItem(k);
  }
}
