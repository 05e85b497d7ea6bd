// The work list: cases by what is due first.
import { get } from "./api.js";
import { assigning } from "./assign.js";
import { button, h, replace } from "./dom.js";
import { asked, filters } from "./filters.js";
import { rows } from "./rows.js";
import { say } from "./say.js";
import { person } from "./session.js";
import { settings } from "./settings.js";
import { add, t, when } from "./words.js";
import words from "./list-words.js";

add(words);

const page = 50, most = 100; // cases of an answer, and what the interface gives at most
const rounds = 5; // requests for what is overdue
const pause = 60e3; // ms from one refresh to the next

let left = ""; // the case that was opened from the list last

// numberIn reads a case number however it was typed; undefined: it is none.
export function numberIn(text) {
  const plain = text.toUpperCase().replace(/[\s–-]/g, "");
  const m = /^(\d\d(?:0[1-9]|1[0-2]))([0-9A-Z]{4})([0-9A-Z]{4})$/.exec(plain);
  const digits = part => part.replaceAll("O", "0").replace(/[IL]/g, "1");
  return m ? [m[1], digits(m[2]), digits(m[3])].join("-") : undefined;
}

// search opens a case by its number, or says that there is none.
function search(ctx) {
  const error = h("p.error", { id: "none", role: "alert", hidden: true });
  const input = h("input", { type: "search", id: "search", autocomplete: "off", spellcheck: false, autocapitalize: "characters", placeholder: "2611-AB3D-EF4G", "aria-describedby": "none" });
  const fail = text => {
    error.textContent = text;
    error.hidden = !text;
    text ? input.setAttribute("aria-invalid", "true") : input.removeAttribute("aria-invalid");
  };
  const find = async e => {
    e.preventDefault();
    const number = numberIn(input.value);
    fail(number ? "" : t("listNoNumber"));
    if (!number) return input.focus();
    try {
      await get("cases/" + number, { signal: ctx.signal });
      ctx.go("#/cases/" + number);
    } catch (e) {
      if (e.kind !== "missing") return ctx.fail(e);
      fail(t("listNoCase", { number }));
      input.focus();
    }
  };
  input.oninput = () => fail("");
  return h("form.search", { onsubmit: find, role: "search" }, h("label.sr", { htmlFor: "search" }, t("listSearch")), input, h("button", { type: "submit" }, t("listOpen")), error);
}

// save hands a file to the browser.
function save(parts, name) {
  const url = URL.createObjectURL(new Blob(parts, { type: "text/csv;charset=utf-8" }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1e4);
}

// open draws the work list that the address asks for.
export async function open(route, ctx) {
  const s = await settings().catch(() => ({}));
  const me = s.subject?.id || person();
  let query = new URLSearchParams(route.query), cursor = "", cases = [], seen = Date.now(), turn = 0;
  const stamp = h("span.soft", {}), end = h("p.actions", {}), empty = h("p.card.empty", { hidden: true });
  const table = rows({ settings: s, me, open: n => (left = n), changed: () => bulk.show(table.ticked()) });
  const bulk = assigning({ settings: s, me, ctx, done: refresh, clear: () => table.untick(), focus: n => table.focus(n) });
  const form = filters({ settings: s, query, change: q => {
    query = q;
    // The address follows without a new view: the focus stays where it is.
    history.replaceState(null, "", "#/cases" + (String(q) && "?" + q));
    load(true);
  } });

  const ask = (limit, from, more) => {
    const q = asked(query, me);
    for (const [key, value] of Object.entries({ limit, cursor: from, ...more })) if (value) q.set(key, value);
    return get("cases?" + q, { signal: ctx.signal });
  };

  // overdue reads what is late, and leaves what is asked for by date as it is. A list goes by when a clock looks next,
  // which of a case that is overdue may be long after its deadline.
  async function overdue() {
    const all = [];
    let next = "";
    if (["closed", "opened", "due", "due_before", "sla"].some(key => query.get(key))) return all;
    for (let i = 0; i < rounds && (!i || next); i++) {
      const { body } = await ask(most, next, { due_before: new Date().toISOString() });
      all.push(...body.cases);
      next = body.cursor || "";
    }
    return all;
  }

  // read is the list from its beginning, as many as wanted, what is due first before the rest.
  async function read(wanted) {
    const all = [];
    let next = "";
    const late = overdue().then(some => all.push(...some));
    const rest = async () => {
      for (let n = 0; !n || (next && n < wanted); ) {
        const { body } = await ask(Math.min(most, wanted - n), next);
        all.push(...body.cases);
        n += body.cases.length || 1;
        next = body.cursor || "";
      }
    };
    await Promise.all([late, rest()]);
    return { all: sorted(all), next };
  }

  const rank = c => (c.ended_at ? "2" + c.ended_at : c.due_at ? "0" + c.due_at : "1");
  const sorted = all => {
    const once = [...new Map(all.map(c => [c.number, c])).values()];
    return query.get("closed") ? once : once.sort((a, b) => (rank(a) < rank(b) ? -1 : rank(a) > rank(b) ? 1 : 0));
  };

  function draw() {
    table.fill(cases);
    bulk.show(table.ticked());
    empty.hidden = cases.length > 0;
    table.node.hidden = !cases.length;
    if (!cases.length) replace(empty, t(String(query) ? "listNoneHere" : "listNone"), " ", String(query) && button(t("listReset"), form.reset));
    stamp.textContent = t(cursor ? "listMany" : "listCount", { n: cases.length }) + " · " + t("listSeen", { when: when(seen) });
    replace(end, cursor && button(t("listMore"), more));
  }

  // load reads the list; anew: from its beginning, else as many pages as are shown.
  async function load(anew) {
    const mine = ++turn;
    try {
      const { all, next } = await read(anew ? page : Math.max(page, cases.length));
      if (mine !== turn) return;
      const known = new Set(cases.map(c => c.number)), fresh = all.filter(c => !known.has(c.number)).length;
      [cases, cursor, seen] = [all, next, Date.now()];
      ctx.fail();
      draw();
      if (anew) ctx.announce(t(cursor ? "listMany" : "listCount", { n: cases.length }));
      else if (fresh) ctx.announce(t("listFresh", { n: fresh }));
    } catch (e) {
      if (mine !== turn || ctx.signal.aborted) return;
      if (anew === undefined) stamp.textContent = t("listOld", { when: when(seen) }) + " " + say(e);
      else ctx.fail(e, () => load(anew));
    }
  }

  async function more() {
    const mine = ++turn;
    try {
      const { body } = await ask(page, cursor);
      if (mine !== turn) return;
      const first = body.cases[0]?.number;
      cases = sorted([...cases, ...body.cases]);
      cursor = body.cursor || "";
      draw();
      table.focus(first);
    } catch (e) {
      ctx.fail(e, more);
    }
  }

  function refresh() {
    return load(false);
  }

  async function download() {
    const parts = [];
    try {
      let path = "cases?" + asked(query, me) + "&format=csv";
      while (path) {
        const { body, link } = await get(path, { signal: ctx.signal, accept: "text/csv" });
        parts.push(parts.length ? body.slice(body.indexOf("\n") + 1) : "\ufeff" + body);
        path = /<\/v1\/([^>]+)>; rel="next"/.exec(link)?.[1];
      }
      save(parts, t("listFile", { day: new Date().toISOString().slice(0, 10) }) + ".csv");
    } catch (e) {
      ctx.fail(e, download);
    }
  }

  try {
    const { all, next } = await read(page);
    [cases, cursor] = [all, next];
  } catch (e) {
    if (e.kind !== "refused") throw e;
    return { title: t("listTitle"), node: h("section.text", {}, h("h1", {}, t("listTitle")), h("p", {}, t("listBad")), h("p", {}, h("a", { href: "#/cases" }, t("listReset")))) };
  }
  const node = h("section.list", {},
    h("div.top", {}, h("h1", {}, t("listTitle")), search(ctx)),
    form.node,
    h("div.under", {}, h("p", {}, stamp), h("div", {}, button(t("listRefresh"), refresh, { key: "r" }), button(t("listExport"), download, { key: "e" }))),
    bulk.node, table.node, empty, end);
  draw();

  const timer = setInterval(() => !document.hidden && navigator.onLine && load(), pause);
  const wake = () => !document.hidden && Date.now() - seen > pause && load();
  document.addEventListener("visibilitychange", wake);
  return {
    title: t("listTitle"),
    node,
    focus: left && table.link(left),
    keys: {
      j: { label: t("listDown"), run: () => table.step(1) },
      k: { label: t("listUp"), run: () => table.step(-1) },
      Enter: { label: t("listEnter"), run: () => table.enter() },
      x: { label: t("listTick"), run: () => table.tick() },
      a: { label: t("listAssign"), run: () => bulk.focus() },
      "/": { label: t("listSearch"), run: () => node.querySelector("#search").focus() },
      f: { label: t("listFilter"), run: () => form.focus() },
      r: { label: t("listRefresh"), run: refresh },
      e: { label: t("listExport"), run: download },
    },
    close() {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", wake);
    },
  };
}
