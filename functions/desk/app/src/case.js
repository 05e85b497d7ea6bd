// The view of one case: what is next, what the customer said, what happened.
import { get, post } from "./api.js";
import { commands, draftOf, due, form } from "./commands.js";
import { news, notice, watch } from "./conflict.js";
import * as drafts from "./drafts.js";
import { button, h, replace } from "./dom.js";
import { facts, marks, said } from "./facts.js";
import * as keys from "./keys.js";
import { person } from "./session.js";
import { settings } from "./settings.js";
import { naming, timeline } from "./timeline.js";
import { add, code, t, until, when } from "./words.js";
import words from "./case-words.js";

add(words);

// load reads a case and what its codes are called.
async function load(number, signal) {
  const path = "cases/" + encodeURIComponent(number);
  const [{ body, etag }, s] = await Promise.all([get(path, { signal }), settings().catch(() => ({}))]);
  return { number, path, whole: body, etag, settings: s, names: naming(s), me: s.subject?.id || person(), signal, newer: undefined, doing: undefined };
}

// open draws the case that the address names.
export async function open(route, ctx) {
  const number = route.path[1].trim().toUpperCase();
  const m = await load(number, ctx.signal);
  const root = h("article.case"), changed = h("section.card.changed", { hidden: true });
  const place = h("div.place"), buttons = h("div.commands", { role: "group", "aria-labelledby": "next" });
  let unbind;

  const look = watch(m, seen, ctx.signal);
  const mine = () => drafts.all().filter(k => k.startsWith(number + " ")).map(k => k.slice(number.length + 1));
  const allowed = () => m.whole.case.allowed.filter(name => commands[name]);

  // seen tells of a newer version; one that this person's own command made, though its answer was lost, is taken at once,
  // unless they typed on since.
  function seen() {
    const own = mine().filter(name => {
      const d = drafts.load(draftOf(number, name));
      return d?.sent && m.newer.whole.timeline.some(l => l.event_id === d.id);
    });
    for (const name of own) drafts.drop(draftOf(number, name));
    if (own.length) return take(t("caseSaved", { what: own.map(name => t("do_" + name)).join(", ") }));
    notice(changed, m, take);
    ctx.announce(news(m));
  }

  function take(told) {
    if (!m.newer || ctx.signal.aborted) return;
    const here = root.contains(document.activeElement);
    Object.assign(m, m.newer, { newer: undefined });
    draw();
    ctx.announce(typeof told === "string" ? told : t("caseTake"));
    if (here) reach();
  }

  const stale = () => look.check().catch(e => ctx.fail(e));

  // carry sends a command and takes what became of the case.
  async function carry(name, content) {
    const { body, etag } = await post(`${m.path}/${name}`, content, { ifMatch: m.etag });
    drafts.drop(draftOf(number, name));
    if (ctx.signal.aborted) return; // they went on meanwhile
    const last = m.whole.case.version;
    const fresh = body.entries.filter(l => l.seq > last);
    if (body.case.version === last + fresh.length) {
      Object.assign(m, { etag, newer: undefined, whole: { ...m.whole, case: body.case, timeline: [...m.whole.timeline, ...fresh] } });
    } else {
      const now = await get(m.path, { signal: ctx.signal });
      Object.assign(m, { etag: now.etag, newer: undefined, whole: now.body });
    }
    if (m.doing === name) m.doing = undefined;
    draw();
    ctx.announce(t("caseSaved", { what: t("do_" + name) }));
    root.querySelector("#next")?.focus();
  }

  function choose(name) {
    m.doing = name;
    drawForm();
    reach();
  }

  const reach = () => (place.firstChild ? place.firstChild.reach() : root.querySelector("#next").focus());

  function drawForm() {
    replace(place, m.doing && form(m.doing, m, { send: content => carry(m.doing, content), typed: again => (mark(), again && (drawForm(), reach())), stale, take: () => (m.newer ? take() : stale().then(take)), announce: ctx.announce }));
    mark();
  }

  // mark shows which command is open, and which have a draft.
  function mark() {
    const written = mine();
    for (const b of buttons.children) {
      b.setAttribute("aria-expanded", String(b.name === m.doing));
      b.querySelector(".tag").hidden = !written.includes(b.name);
    }
  }

  // lost are the drafts of commands that the case does not take any more.
  const lost = () => mine().filter(name => commands[name] && !allowed().includes(name)).map(name => {
    const key = draftOf(number, name), { v } = drafts.load(key) || { v: {} };
    const use = () => (drafts.save(draftOf(number, "note"), { id: crypto.randomUUID(), v: { text: v.text } }), drafts.drop(key), (m.doing = "note"), draw(), reach());
    return h("section.card.lost", {}, h("h2", {}, t("caseLost", { what: t("do_" + name) })), v.text && h("blockquote", { dir: "auto" }, v.text), h("p.actions", {},
      v.text && allowed().includes("note") && button(t("caseAsNote"), use), button(t("caseDrop"), () => (drafts.drop(key), draw(), root.querySelector("#next")?.focus()), { kind: "plain" })));
  });

  function next() {
    const { next } = m.whole.case;
    return [
      h("h2", { id: "next", tabIndex: -1 }, t("caseNext"), ": ", code("step_", next.step)),
      next.due_at && next.step !== "customer_reply" && h("p", {}, t("caseBy", { when: when(next.due_at), until: until(next.due_at) })),
    ];
  }

  function draw() {
    const all = allowed(), first = due(m.whole.case);
    if (!all.includes(m.doing)) m.doing = mine().includes(first) ? first : mine().find(name => all.includes(name)) || first;
    const order = [...new Set([first, ...Object.keys(commands)])].filter(name => all.includes(name));
    replace(buttons, order.map(name => button([t("do_" + name), h("span.tag", { hidden: true }, t("caseDraft"))], () => choose(name),
      { key: commands[name][0], kind: name === first ? "first" : "", props: { name } })));
    m.toMe = all.includes("assign") && m.whole.case.owner !== m.me && (() => (choose("assign"), place.firstChild.give("owner", m.me)));
    replace(root,
      h("header", {}, h("h1", {}, t("caseTitle", { number })), marks(m)),
      m.whole.chain !== "intact" && h("p.notice.bad", { role: "alert" }, t("caseBroken")),
      changed, lost(),
      h("div.columns", {},
        h("div.work", {},
          h("section.card.next", {}, next(), buttons, place),
          said(m),
          h("section", {}, h("h2", {}, t("caseTimeline")), timeline(m.whole.timeline, m))),
        h("aside", { "aria-label": t("caseFacts") }, facts(m, ctx))));
    notice(changed, m, take);
    drawForm();
    unbind?.();
    const bound = Object.fromEntries(order.map(name => [commands[name][0], { label: t("do_" + name), run: () => choose(name) }]));
    bound.t = { get label() { return t("caseTake"); }, run: take, get hidden() { return !m.newer; } };
    if (m.toMe) bound.z = { label: t("caseMe"), run: m.toMe };
    unbind = keys.bind(bound);
  }

  draw();
  return {
    title: t("caseTitle", { number }), node: root,
    close() {
      look.stop();
      unbind?.();
    },
  };
}
