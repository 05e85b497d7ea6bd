// Gives the cases that are ticked to a team or to somebody.
import { post } from "./api.js";
import { button, h, replace, select } from "./dom.js";
import { say, sayField } from "./say.js";
import { name, t } from "./words.js";

const most = 100; // cases of one request

// why is the reason for which a case was skipped.
const why = p => (p.errors?.length ? sayField(p.errors[0]) : say({ kind: p.code === "stale_version" ? "stale" : p.status === 404 ? "missing" : p.status >= 500 ? "busy" : "refused", code: p.code, detail: p.detail, fields: [] }));

// assigning makes the bar. m: {settings, me, ctx, done() → Promise, clear(), focus(number)}.
export function assigning(m) {
  let cases = [], sending = false;
  const count = h("strong");
  const team = select([["", t("listNoTeam")], ...(m.settings.teams || []).map(e => [e.id, name(e.name)])], "", { "aria-label": t("listTeam") });
  const owner = h("input", { "aria-label": t("listOwner"), placeholder: t("listOwnerHint"), autocomplete: "off", autocapitalize: "off", spellcheck: false, maxLength: 128 });
  const told = h("div.notice", { role: "status", hidden: true });
  const give = button(t("listAssign"), () => send({ team: team.value, owner: owner.value.trim() }), { kind: "main" });
  const take = button(t("listTake"), () => send({ owner: m.me }));
  const bar = h("div.bulk", { role: "group", "aria-label": t("listAssign"), hidden: true }, count, take, team, owner, give, button(t("listUntick"), m.clear, { kind: "plain" }));

  function tell(kind, ...text) {
    told.className = "notice " + kind;
    told.hidden = !text.length;
    replace(told, text);
  }

  async function send(to) {
    const what = Object.fromEntries(Object.entries(to).filter(([, v]) => v));
    if (sending) return;
    if (!Object.keys(what).length) {
      tell("bad", t("listWho"));
      return team.focus();
    }
    sending = true;
    const done = [], left = [];
    try {
      for (let i = 0; i < cases.length; i += most) {
        const some = cases.slice(i, i + most).map(c => ({ number: c.number, version: c.version }));
        const { body } = await post("cases/assign", { cases: some, ...what }, { signal: m.ctx.signal });
        for (const r of body.results) (r.status === "accepted" ? done : left).push(r);
      }
      if (done.length) m.clear();
      tell(left.length ? "warn" : "good", h("p", {}, t("listAssigned", { n: done.length })), left.map(r => h("p", {}, r.number + ": " + why(r.problem || {}))));
    } catch (e) {
      if (e.kind === "refused") tell("bad", h("p", {}, e.fields[0] ? sayField(e.fields[0]) : say(e)));
      else m.ctx.fail(e, () => send(to));
    } finally {
      sending = false;
    }
    await m.done();
    if (document.activeElement === document.body) m.focus((left[0] || done[0])?.number); // the bar has gone, and the focus with it
  }

  return {
    node: h("div.giving", {}, told, bar),
    show(ticked) {
      cases = ticked;
      bar.hidden = !cases.length;
      if (cases.length) tell("");
      count.textContent = t("listTicked", { n: cases.length });
    },
    focus: () => !bar.hidden && take.focus(),
  };
}
