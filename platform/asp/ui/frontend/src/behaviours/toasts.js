// Words after an act. From the server: on the page, or in HX-Trigger as `tb:toast`. Scripts: toast("…").
import { eachPart, on } from "../dom.js";

const SHORT = 6000;
const LONG = 12000; // time enough to undo

function start(element) {
  let timer = 0;
  const time = element.querySelector("form") ? LONG : SHORT;
  const go = () => (timer = setTimeout(() => element.remove(), time));
  const stop = () => clearTimeout(timer);
  element.addEventListener("mouseenter", stop);
  element.addEventListener("focusin", stop);
  element.addEventListener("mouseleave", go);
  element.addEventListener("focusout", go);
  // What went wrong stays until it was read.
  if (!element.classList.contains("is-bad")) go();
  else {
    element.removeEventListener("mouseleave", go);
    element.removeEventListener("focusout", go);
  }
}

/** Show a word. `kind` is ok, busy, warn or bad; `undo` a URL that takes the act back by POST. */
export function toast(text, { kind = "ok", undo = "" } = {}) {
  const place = document.getElementById("tb-toasts");
  const template = document.getElementById("tb-toast");
  if (!place || !template) return;
  const element = template.content.firstElementChild.cloneNode(true);
  element.classList.add(`is-${kind}`);
  element.querySelector(".tb-toast-text").textContent = text;
  const form = element.querySelector("form");
  if (undo && undo.startsWith("/")) form.action = undo;
  else form.remove();
  while (place.children.length >= 3) place.firstElementChild.remove();
  place.append(element);
  start(element);
}

document.addEventListener("tb:toast", (event) => {
  for (const item of event.detail?.items ?? []) toast(item.text, item);
});

on("click", "[data-tb-dismiss]", (event, button) => button.closest("[data-tb-toast]").remove());

eachPart((root) => {
  if (root === document) document.querySelectorAll("#tb-toasts [data-tb-toast]").forEach(start);
});
