// How to work here: steps, marks, shortcuts, what one may do.
import { h } from "./dom.js";
import { bound, enable, enabled } from "./keys.js";
import { person, scopes } from "./session.js";
import { code, t } from "./words.js";

// open draws the help.
export async function open() {
  const box = h("input", { type: "checkbox", checked: enabled(), onchange: () => enable(box.checked) });
  const steps = ["help1", "help2", "help3", "help4", "help5"];
  const node = h("section.text", {}, h("h1", {}, t("help")), h("ol", {}, steps.map(k => h("li", {}, t(k)))),
    h("h2", {}, t("keysTitle")), h("label.check", {}, box, h("span", {}, t("keysOn"))), h("p.soft", {}, t("keysMore")),
    h("dl.keys", {}, bound().map(([key, label]) => [h("dt", {}, h("kbd", {}, key)), h("dd", {}, label)])),
    h("h2", {}, t("mayTitle")), h("p", {}, t("mayText", { person: person() })),
    h("ul", {}, scopes().filter(s => s !== "openid").map(s => h("li", {}, code("scope_", s)))));
  return { title: t("help"), node };
}
