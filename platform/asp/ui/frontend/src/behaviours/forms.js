// Forms: one submission at a time, a warning before typed text is lost, filters that send themselves.
import { REPEAT_KEY, eachPart, on } from "../dom.js";

const PATIENCE = 15000; // after this a form may be sent again, in case the answer was a download

function release(form) {
  if (!form.dataset.tbSending) return;
  delete form.dataset.tbSending;
  form.removeAttribute("aria-busy");
  for (const button of form.querySelectorAll("[data-tb-held]")) {
    button.disabled = false;
    button.removeAttribute("data-tb-held");
  }
}

const outside = (form) => [...document.querySelectorAll(`[type=submit][form="${CSS.escape(form.id)}"]`)];

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || form.method !== "post" || form.hasAttribute("data-tb-repeat")) return;
  if (form.dataset.tbSending) {
    event.preventDefault();
    event.stopImmediatePropagation();
    return;
  }
  form.dataset.tbSending = "1";
  form.setAttribute("aria-busy", "true");
  // After this turn: a disabled button would not send its own name and value.
  setTimeout(() => {
    if (event.defaultPrevented && !form.matches("[hx-post], [hx-put], [hx-patch], [hx-delete], [data-hx-post]")) {
      release(form);
      return;
    }
    const buttons = [...form.querySelectorAll("button[type=submit], button:not([type])"), ...(form.id ? outside(form) : [])];
    for (const button of buttons) {
      if (button.disabled) continue;
      button.disabled = true;
      button.setAttribute("data-tb-held", "");
    }
  }, 0);
  setTimeout(() => release(form), PATIENCE);
});

document.addEventListener("htmx:afterRequest", (event) => {
  const form = event.target instanceof Element ? event.target.closest("form") : null;
  if (form) release(form);
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) document.querySelectorAll("form[data-tb-sending]").forEach(release);
});

// <form data-tb-unsaved>: asks before the page is left with something typed.
const serialise = (form) =>
  JSON.stringify(
    [...new FormData(form)]
      .filter(([k]) => k !== REPEAT_KEY) // changes by itself
      .map(([k, v]) => [k, v instanceof File ? `${v.name}:${v.size}` : v]),
  );
const before = new WeakMap();

eachPart((root) => {
  const forms = [...root.querySelectorAll("form[data-tb-unsaved]")];
  if (root instanceof HTMLFormElement && root.hasAttribute("data-tb-unsaved")) forms.push(root);
  // Fields that came back with errors are unsaved from the start.
  for (const form of forms) before.set(form, form.querySelector(".is-invalid") ? "" : serialise(form));
});

window.addEventListener("beforeunload", (event) => {
  for (const form of document.querySelectorAll("form[data-tb-unsaved]")) {
    if (form.dataset.tbSending || !before.has(form)) continue;
    if (serialise(form) !== before.get(form)) {
      event.preventDefault();
      return;
    }
  }
});

// <select data-tb-autosubmit>: filters act when they change; without scripts their form has a button.
on("change", "[data-tb-autosubmit]", (event, field) => field.form?.requestSubmit());
