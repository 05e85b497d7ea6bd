// The forms of the commands that staff give a case.
import * as drafts from "./drafts.js";
import { blame, button, h, id as unique, replace } from "./dom.js";
import { body, make, needless, publicly, wrong } from "./fields.js";
import { ask, letter } from "./preview.js";
import { faults, say } from "./say.js";
import { signIn } from "./session.js";
import { knows, t } from "./words.js";

// commands are those there are: their key, and their fields; those marked "!" are required.
export const commands = {
  register: ["r", "category! severity urgency text"],
  dismiss: ["x", "reason! text"],
  acknowledge: ["k", "text"],
  answer: ["a", "text! clock"],
  assess: ["s", "severity! urgency category root_cause text"],
  investigate: ["i", "root_cause text"],
  resume: ["i", "root_cause text"],
  decide: ["d", "outcome! reason text! root_cause owner"],
  resolve: ["r", "text! root_cause"],
  close: ["l", "root_cause text"],
  ask: ["q", "text!"],
  note: ["n", "text!"],
  assign: ["o", "team owner text"],
  compensate: ["c", "kind! cents! text"],
  approve: ["y", "id! text"],
  decline: ["j", "id! text"],
  apologise: ["e", "text"],
  link: ["v", "corrective_action! text"],
  see: ["f", "rule text"],
  handle: ["h", "rule text"],
  duplicate: ["b", "of! text"],
  reopen: ["u", "text!"],
  withdraw: ["w", "text"],
};

// draftOf is the key of the draft of a command in a case.
export const draftOf = (number, command) => number + " " + command;

const steps = {
  triage: ["register", "dismiss"], acknowledgement: ["acknowledge"], first_response: ["answer"], decision: ["decide", "investigate", "assess"],
  resolution: ["approve", "resolve"], closing: ["close"], handling: ["close"],
};

// due is the command that the next step of a case asks for; undefined: none of those allowed.
export const due = c => (steps[c.next.step] || []).find(name => c.allowed.includes(name));

// fieldsOf are the fields of a command in a case, with whether they are required.
function fieldsOf(command, c) {
  return commands[command][1].split(" ").map(f => [f.replace("!", ""), f.endsWith("!")]).filter(([f]) => f !== "root_cause" || c.family === "complaint")
    .map(([f, need]) => [f, need && f !== "cents" && (command !== "assess" || c.status === "acknowledged")]);
}

const present = (command, c) => ({
  category: c.category || "", severity: command === "assess" ? c.severity : "", urgency: command === "assess" ? c.urgency : "",
  root_cause: c.handling.root_cause || "",
});

// form draws the form of a command in case m. on: send(body) → promise, typed() when the draft changed, stale() when the case must be looked at.
export function form(command, m, on) {
  const c = m.whole.case, key = draftOf(m.number, command), draft = drafts.load(key);
  const fields = fieldsOf(command, c), before = present(command, c);
  const required = fields.filter(([, need]) => need).map(([f]) => f);
  const items = fields.map(([f, need]) => make(f, m, command, need, draft?.v[f] ?? before[f])).filter(Boolean);
  let id = draft?.id || crypto.randomUUID(), sending = false;

  const title = h("h3", { id: unique(), tabIndex: -1 }, t("do_" + command));
  const trouble = h("div.trouble", { role: "alert" });
  const shown = h("div.preview");
  const tells = c.notifiable && c.family === "complaint" && !["note", "assign", "see", "handle", "link", "apologise", "approve", "decline", "compensate", "dismiss"].includes(command);
  const label = t(publicly.includes(command) && command !== "decide" ? "caseSend" : "do_" + command);
  const submit = h("button.main", { type: "submit" }, label);
  const look = tells && button(t("casePreview"), preview);
  const restored = h("p.restored", { hidden: !draft }, t(draft?.sent ? "caseAgainText" : "caseRestored"), " ", button(t("caseDrop"), giveUp, { kind: "plain" }));
  const node = h("form", { noValidate: true, "aria-labelledby": title.id, onsubmit: send, oninput: typed, onkeydown: keydown, autocomplete: "off" },
    title, knows("why_" + command) && h("p.hint", {}, t("why_" + command)),
    publicly.includes(command) && !c.notifiable && h("p.hint", {}, t("caseNoMail")),
    restored, trouble, items, h("p.actions", {}, submit, look), h("p.hint.times", {}, t("caseTimes")), shown);

  const values = () => Object.fromEntries(items.filter(i => !i.hidden).map(i => [i.control.name, i.control.value]));
  const untouched = () => items.every(i => i.hidden || i.control.tagName === "SELECT" && i.control.name === "id" || i.control.value === (before[i.control.name] ?? ""));

  function arrange() {
    const hide = needless(command, values());
    for (const i of items) i.hidden = !!hide[i.control.name];
  }

  function typed() {
    arrange();
    replace(shown);
    if (untouched()) drafts.drop(key);
    else drafts.save(key, { id, v: values() });
    on.typed();
  }

  function giveUp() {
    drafts.drop(key);
    on.typed(true);
  }

  function keydown(e) {
    if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) {
      e.preventDefault();
      node.requestSubmit();
    } else if (e.key === "Escape" && !e.isComposing) {
      e.preventDefault();
      title.focus();
    }
  }

  function busy(yes, button, text, usual) {
    sending = yes;
    yes ? button.setAttribute("aria-disabled", "true") : button.removeAttribute("aria-disabled");
    button.textContent = yes ? text : usual;
    for (const i of items) if (i.control.tagName !== "SELECT") i.control.readOnly = yes;
  }

  // attempt runs what sends something, once at a time, and tells what went wrong.
  async function attempt(run, again, button, text, usual) {
    if (sending) return;
    replace(trouble);
    if (blame(node, wrong(command, required, values())).length) return;
    if (node.querySelector("[aria-invalid]")) return;
    busy(true, button, text, usual);
    try {
      await run({ ...body(values()) });
    } catch (e) {
      tell(e, again);
    } finally {
      busy(false, button, text, usual);
    }
  }

  function send(e) {
    e?.preventDefault();
    return attempt(async content => {
      drafts.save(key, { id, v: values(), sent: true }); // whatever happens now, the same id is sent again
      await on.send({ ...content, event_id: id });
    }, send, submit, t("caseSending"), label);
  }

  function preview() {
    return attempt(async content => {
      const would = await ask(m, command, content);
      replace(shown, letter(would));
      would.informed ? shown.querySelector(".letter").focus() : on.announce(t("casePreviewNone"));
    }, preview, look, t("caseLoading"), t("casePreview"));
  }

  function tell(e, again) {
    const sent = again === send, lost = ["network", "broken"].includes(e.kind);
    if (e.code === "event_conflict") id = crypto.randomUUID();
    if (sent && !lost && e.kind !== "session") drafts.save(key, { id, v: values() }); // it was not carried out
    const rest = e.kind === "refused" ? blame(node, faults(e).map(f => (f.field === "type" ? { ...f, field: "kind" } : f))) : [];
    replace(trouble, h("div.notice.bad", {}, h("p", {}, [say(e), sent && lost && t("caseAgainText"), ...rest.map(f => f.text)].filter(Boolean).join(" ")), h("p.actions", {},
      (lost || e.kind === "busy") && button(t("caseAgain"), () => again()), e.kind === "session" && button(t("signIn"), signIn), e.kind === "stale" && button(t("caseTake"), on.take, { key: "t" }))));
    if (e.kind === "stale" || e.status === 409) on.stale();
  }

  arrange();
  node.reach = () => {
    const seen = items.filter(i => !i.hidden).map(i => i.control), texts = seen.filter(e => e.tagName === "TEXTAREA");
    (texts.find(e => e.value) || texts.find(e => e.required) || seen[0] || submit).focus();
  };
  return node;
}
