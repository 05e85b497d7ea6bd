// Makes elements. Text becomes text, never markup.
import { t } from "./words.js";

let ids = 0;

// id is one that no other element has.
export const id = () => "e" + ++ids;

const fill = (node, children) => node.append(...children.flat(3).filter(c => c !== undefined && c !== null && c !== false && c !== ""));

// h makes an element: h("button.main.wide", {onclick, "aria-label": …}, "text", child, [children], false, …).
export function h(tag, props, ...children) {
  const [name, ...classes] = tag.split(".");
  const node = document.createElement(name);
  if (classes.length) node.className = classes.join(" ");
  for (const [k, v] of Object.entries(props || {})) {
    if (v === undefined || v === null || v === false) continue;
    if (k in node && !k.includes("-") && k !== "list" && k !== "form") node[k] = v;
    else node.setAttribute(k, v === true ? "" : v);
  }
  fill(node, children);
  return node;
}

const svgSpace = "http://www.w3.org/2000/svg";

// svg makes an element of a drawing; all props are attributes.
export function svg(tag, props, ...children) {
  const node = document.createElementNS(svgSpace, tag);
  for (const [k, v] of Object.entries(props || {})) if (v !== undefined && v !== null) node.setAttribute(k, v);
  fill(node, children);
  return node;
}

// replace puts children in place of what is in node.
export function replace(node, ...children) {
  node.replaceChildren();
  fill(node, children);
  return node;
}

// button is a button that calls run; options: kind ("main", "danger", "plain"), key (the shortcut shown), props.
export function button(label, run, { kind = "", key, props } = {}) {
  return h("button" + (kind && "." + kind), { type: "button", onclick: run, "aria-keyshortcuts": key, ...props }, label, key && h("kbd", { "aria-hidden": "true" }, key));
}

// select is a choice of [[value, label], …].
export function select(options, value, props) {
  return h("select", props, options.map(([v, label]) => h("option", { value: v, selected: v === (value ?? "") }, label)));
}

// check is a box to tick with its label.
export function check(label, props) {
  return h("label.check", {}, h("input", { type: "checkbox", ...props }), h("span", {}, label));
}

// field joins a control with its label, a hint and room for an error. Its fail(text) shows an error, fail() takes it away.
export function field(label, control, { hint, optional } = {}) {
  control.id ||= id();
  const error = h("p.error", { id: id(), hidden: true });
  const help = hint && h("p.hint", { id: id() }, hint);
  const describe = () => {
    const by = [help?.id, !error.hidden && error.id].filter(Boolean).join(" ");
    by ? control.setAttribute("aria-describedby", by) : control.removeAttribute("aria-describedby");
  };
  const node = h("div.field", { "data-field": control.name || undefined },
    h("label", { htmlFor: control.id }, label, optional && h("span.soft", {}, " " + t("optional"))), help, control, error);
  node.control = control;
  node.fail = text => {
    error.hidden = !text;
    error.textContent = text || "";
    text ? control.setAttribute("aria-invalid", "true") : control.removeAttribute("aria-invalid");
    describe();
  };
  describe();
  return node;
}

// blame shows the errors of a form at its fields; all is [{field, text}]. The first control in error gets the focus; what
// belongs to no field is returned.
export function blame(form, all) {
  const rest = [];
  let first;
  for (const f of form.querySelectorAll("[data-field]")) f.fail?.();
  for (const e of all) {
    const f = [...form.querySelectorAll("[data-field]")].find(f => f.dataset.field === e.field);
    if (!f?.fail) {
      rest.push(e);
      continue;
    }
    f.fail(e.text);
    first ||= f.control;
  }
  first?.focus();
  return rest;
}

// dialog asks and resolves to the value of the button that was chosen; null: it was left. actions: [{label, value, kind}].
export function dialog(title, body, actions = [{ label: t("close"), value: null }]) {
  return new Promise(resolve => {
    const back = document.activeElement;
    let chosen = null;
    const heading = h("h2", { id: id() }, title);
    const box = h("dialog", { "aria-labelledby": heading.id }, heading, h("div.body", {}, body),
      h("p.actions", {}, actions.map(a => button(a.label, () => ((chosen = a.value), box.close()), { kind: a.kind }))));
    box.onclose = () => {
      box.remove();
      back?.focus?.();
      resolve(chosen);
    };
    document.body.append(box);
    box.showModal();
  });
}
