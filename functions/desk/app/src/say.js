// Says in the language of the desk why something failed.
import { add, code, knows, t } from "./words.js";
import words from "./say-words.js";

add(words);

// say is what a Failure means for the person: one or two sentences.
export function say(e) {
  if (e.kind === "scope") return t("failScope", { scope: code("scope_", e.scope) });
  if (e.kind === "refused") {
    if (knows("refused_" + e.code)) return t("refused_" + e.code);
    if (e.fields.length) return t("failFields");
    return t("failRefused", { detail: e.detail || e.code || e.status });
  }
  return knows("fail_" + e.kind) ? t("fail_" + e.kind) : t("fail_broken");
}

// sayField is what is wrong with one field: {field, code, detail}.
export const sayField = f => t(knows("field_" + f.code) ? "field_" + f.code : /^unknown_(?!field)/.test(f.code) ? "field_unknown" : "field_invalid_value");

// faults are the errors of a Failure as blame() of dom.js wants them: [{field, text}].
export const faults = e => e.fields.map(f => ({ field: f.field, text: sayField(f) }));
