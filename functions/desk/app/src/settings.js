// What the desk knows of the configuration: the answer of GET /v1/desk.
import { get } from "./api.js";
import { setPlace } from "./words.js";

let asked;

// settings is a promise of the configuration, asked for once per session.
export function settings() {
  asked ||= get("desk").then(
    ({ body }) => {
      setPlace(body.time_zone, body.currency);
      return body;
    },
    e => {
      asked = undefined;
      throw e;
    },
  );
  return asked;
}

// forget makes the next call ask again: another person has signed in.
export const forget = () => (asked = undefined);

// named finds the entry of a list by id or code: {id or code, name}.
export const named = (list, key) => (list || []).find(e => (e.id ?? e.code) === key);
