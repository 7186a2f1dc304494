// The controls of the panel: label above, as everywhere; each tells when it has changed.
import { h, icon } from "../dom.js";

let number = 0;
const fresh = () => `wf-${(number += 1)}`;

function wrapped(label, control, help) {
  control.id ||= fresh();
  const parts = [h("label", { class: "form-label", for: control.id }, label), control];
  if (help) {
    const text = h("div", { class: "tb-help", id: `${control.id}-help` }, help);
    control.setAttribute("aria-describedby", text.id);
    parts.push(text);
  }
  return h("div", { class: "tb-field" }, ...parts);
}

export function text(label, value, changed, { help, lines, ...attributes } = {}) {
  const control = lines ? h("textarea", { class: "form-control", rows: 3, ...attributes }) : h("input", { class: "form-control", type: "text", ...attributes });
  control.value = value ?? "";
  control.addEventListener("change", () => changed(control.value.trim()));
  return wrapped(label, control, help);
}

export function number_(label, value, changed, attributes = {}) {
  return text(label, value, (given) => changed(/^\d+$/.test(given) ? given : ""), { inputmode: "numeric", ...attributes });
}

/** `choices`: pairs of value and words. */
export function select(label, value, choices, changed, { help } = {}) {
  const control = h("select", { class: "form-select" }, ...choices.map(([key, words]) => h("option", { value: key, selected: key === value }, words)));
  control.addEventListener("change", () => changed(control.value));
  return wrapped(label, control, help);
}

export function tick(label, value, changed) {
  const control = h("input", { class: "form-check-input", type: "checkbox", checked: value });
  control.addEventListener("change", () => changed(control.checked));
  return h("label", { class: "form-check mb-0" }, control, h("span", { class: "form-check-label" }, label));
}

export const row = (...parts) => h("div", { class: "row g-3" }, ...parts.map((each) => h("div", { class: "col" }, each)));

export function group(label, ...parts) {
  return h("fieldset", { class: "d-grid gap-2" }, h("legend", { class: "form-label mb-0" }, label), ...parts);
}

export const words = (text) => h("p", { class: "mb-0 small text-2" }, text);

export function small(label, act, picture = "plus") {
  return h("button", { class: "btn btn-sm", type: "button", onclick: act }, picture ? icon(picture, "icon-sm") : null, label);
}

export function cross(label, act) {
  return h("button", { class: "tb-iconbtn is-sm", type: "button", "aria-label": label, onclick: act }, icon("x", "icon-sm"));
}
