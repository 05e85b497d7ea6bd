// The forms of the commands that staff give a case.
import * as drafts from "./drafts.js";
import { blame, button, h, id as unique, replace } from "./dom.js";
import { body, make, needless, publicly, wrong } from "./fields.js";
import { ask, letter } from "./preview.js";
import { faults, say } from "./say.js";
import { signIn } from "./session.js";
import { knows, t } from "./words.js";

// commands are those there are: their key, and their fields; "!" marks what is required.
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
  close: ["l", "root_cause! text"],
  ask: ["q", "text!"],
  note: ["n", "text!"],
  assign: ["o", "team owner text"],
  compensate: ["c", "kind! cents text"],
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

const untold = ["note", "assign", "see", "handle", "link", "apologise", "approve", "decline", "compensate", "dismiss"]; // to the customer
const steps = {
  triage: ["register", "dismiss"], acknowledgement: ["acknowledge"], first_response: ["answer"], decision: ["decide", "investigate", "assess"],
  resolution: ["approve", "resolve"], closing: ["close"], handling: ["close"],
};

// draftOf is the key of the draft of a command in a case.
export const draftOf = (number, command) => number + " " + command;

// due is the command that the next step of a case asks for; undefined: none of those allowed.
export const due = c => steps[c.next.step]?.find(name => c.allowed.includes(name));

// form draws the form of a command in case m. on: send(body) → promise, typed(redraw), stale(), take(), announce(text).
export function form(command, m, on) {
  const c = m.whole.case, key = draftOf(m.number, command), draft = drafts.load(key), told = publicly.includes(command);
  const before = { category: c.category, root_cause: c.handling.root_cause, ...(command === "assess" && { severity: c.severity, urgency: c.urgency }) };
  const complaint = c.family === "complaint", required = [];
  const items = commands[command][1].split(" ").filter(f => complaint || f !== "root_cause").map(f => {
    const [name, need] = f.endsWith("!") ? [f.slice(0, -1), true] : [f, false];
    if (need) required.push(name);
    return make(name, m, command, need, draft?.v[name] ?? before[name]);
  }).filter(Boolean);
  let id = draft?.id || crypto.randomUUID(), busy = false;

  const title = h("h3", { id: unique(), tabIndex: -1 }, t("do_" + command));
  const trouble = h("div.trouble", { role: "alert" }), shown = h("div");
  const submit = h("button.main", { type: "submit" }, t(told && command !== "decide" ? "caseSend" : "do_" + command));
  const look = button(t("casePreview"), preview);
  const node = h("form", { noValidate: true, autocomplete: "off", "aria-labelledby": title.id, onsubmit: send, oninput: typed, onkeydown: keydown },
    title, knows("why_" + command) && h("p.hint", {}, t("why_" + command)), told && !c.notifiable && h("p.hint", {}, t("caseNoMail")),
    draft && h("p.restored", {}, t(draft.sent ? "caseAgainText" : "caseRestored"), " ", button(t("caseDrop"), () => (drafts.drop(key), on.typed(true)), { kind: "plain" })),
    trouble, items, h("p.actions", {}, submit, complaint && c.notifiable && !untold.includes(command) && look), h("p.hint.times", {}, t("caseTimes")), shown);

  const seen = () => items.filter(i => !i.hidden).map(i => i.control);
  const values = () => Object.fromEntries(seen().map(e => [e.name, e.value]));
  const first = items.map(i => (i.control.name === "id" ? i.control.value : before[i.control.name] ?? ""));
  const keep = more => drafts.save(key, { id, v: values(), ...more });

  function arrange() {
    const hide = needless(command, values());
    for (const i of items) i.hidden = !!hide[i.control.name];
  }

  function typed() {
    arrange();
    replace(shown);
    items.some((i, n) => !i.hidden && i.control.value !== first[n]) ? keep() : drafts.drop(key);
    on.typed();
  }

  function keydown(e) {
    if (e.key !== "Escape" && !(e.key === "Enter" && (e.ctrlKey || e.metaKey)) || e.isComposing) return;
    e.preventDefault();
    e.key === "Escape" ? title.focus() : node.requestSubmit();
  }

  // attempt runs what speaks to the server, once at a time, and tells what went wrong.
  async function attempt(run, pressed, again) {
    if (busy) return;
    replace(trouble);
    blame(node, wrong(command, required, values()));
    if (node.querySelector("[aria-invalid]")) return;
    busy = true;
    pressed.setAttribute("aria-disabled", "true");
    for (const e of seen()) e.readOnly = true;
    try {
      await run(body(values()));
    } catch (e) {
      tell(e, again);
    }
    busy = false;
    pressed.removeAttribute("aria-disabled");
    for (const e of seen()) e.readOnly = false;
  }

  function send(e) {
    e?.preventDefault();
    return attempt(content => {
      keep({ sent: true }); // whatever happens now, the same id is sent again
      return on.send({ ...content, event_id: id });
    }, submit, send);
  }

  function preview() {
    return attempt(async content => {
      const would = await ask(m, command, content);
      replace(shown, letter(would));
      would.informed ? shown.querySelector(".letter").focus() : on.announce(t("casePreviewNone"));
    }, look, preview);
  }

  function tell(e, again) {
    const sent = again === send, lost = ["network", "broken"].includes(e.kind), arrived = e.code === "event_conflict";
    const changed = e.kind === "stale" || e.status === 409;
    if (arrived) id = crypto.randomUUID();
    if (sent && !lost) keep(); // it was not carried out
    const rest = e.kind === "refused" ? blame(node, faults(e).map(f => (f.field === "type" ? { ...f, field: "kind" } : f))) : [];
    replace(trouble, h("div.notice.bad", {}, h("p", {}, [arrived ? t("caseArrived") : say(e), sent && lost && t("caseAgainText"), ...rest.map(f => f.text)].filter(Boolean).join(" ")), h("p.actions", {},
      (lost || e.kind === "busy") && button(t("caseAgain"), () => again()), e.kind === "session" && button(t("signIn"), signIn),
      changed && button(t("caseTake"), on.take, { key: "t" }))));
    if (changed) on.stale();
  }

  arrange();
  node.reach = () => {
    const all = seen(), texts = all.filter(e => e.tagName === "TEXTAREA");
    (texts.find(e => e.value) || all.find(e => e.required && !e.value) || all[0] || submit).focus();
  };
  // give fills in a value and sends the form.
  node.give = (name, value) => {
    seen().find(e => e.name === name).value = value;
    send();
  };
  return node;
}
