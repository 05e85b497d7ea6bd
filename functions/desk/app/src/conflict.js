// Notices that somebody else changed the case, and lets the person take the new version when it suits.
import { get } from "./api.js";
import { button, h, replace } from "./dom.js";
import { happened, timeline } from "./timeline.js";
import { t } from "./words.js";

const pause = 20e3; // ms between two looks, while the view is seen

// watch looks for newer versions of case m until stop() is called; check() looks now. seen() is called with a newer one.
export function watch(m, seen, signal) {
  let looking;
  const look = async () => {
    const { status, body, etag } = await get(m.path, { etag: m.newer?.etag || m.etag, signal });
    if (status !== 304 && body.case.version > m.whole.case.version) {
      m.newer = { whole: body, etag };
      seen();
    }
  };
  const check = () => (looking ||= look().finally(() => (looking = undefined)));
  const quietly = () => document.hidden || !navigator.onLine || check().catch(() => {});
  const timer = setInterval(quietly, pause);
  document.addEventListener("visibilitychange", quietly);
  addEventListener("online", quietly);
  return {
    check,
    stop() {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", quietly);
      removeEventListener("online", quietly);
    },
  };
}

// notice fills node with what is new in the case, and a button that takes it.
export function notice(node, m, take) {
  node.hidden = !m.newer;
  if (!m.newer) return replace(node);
  const since = m.whole.case.version;
  return replace(node, h("h2", {}, t("caseChanged")), h("p", {}, t("caseChangedText")), timeline(m.newer.whole.timeline, m, since),
    h("p.actions", {}, button(t("caseTake"), take, { kind: "main", key: "t" })));
}

// news tells in one sentence what a newer version has that the person has not seen.
export const news = m => t("caseChanged") + ": " + m.newer.whole.timeline.filter(l => l.seq > m.whole.case.version).map(l => happened(l, m.me)).join("; ");
