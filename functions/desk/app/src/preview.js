// Shows the mail that a command would send, before it does.
import { post } from "./api.js";
import { h } from "./dom.js";
import { code, lang, t } from "./words.js";

// language is the name of a language in that of the desk.
export const language = l => (l ? new Intl.DisplayNames([lang()], { type: "language" }).of(l) : "");

// ask fetches what a command would do. It throws a Failure, as the command itself would.
export const ask = async (m, command, body) => (await post(`${m.path}/${command}/preview`, body, { ifMatch: m.etag })).body;

// letter draws the answer: the mail in the customer's language, and how the case would stand.
export function letter(p) {
  const after = p.status && h("p.soft", {}, t("casePreviewAfter", { status: code("status_", p.status) }));
  if (!p.informed) return [h("p", {}, t("casePreviewNone")), after];
  return [
    h("h4", {}, t("casePreviewTitle", { language: language(p.language) })),
    h("div.letter", { lang: p.language, dir: "auto", tabIndex: 0, role: "group", "aria-label": t("casePreview") }, h("p", {}, h("strong", {}, p.subject)), h("div.mail", {}, p.text)),
    after,
  ];
}
