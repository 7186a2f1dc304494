// Small helpers around the DOM.

/** Call `handler(event, element)` for events on elements that match `selector`, now and after swaps. */
export function on(type, selector, handler, options) {
  document.addEventListener(
    type,
    (event) => {
      const element = event.target instanceof Element ? event.target.closest(selector) : null;
      if (element) handler(event, element);
    },
    options,
  );
}

/** Run `work(root)` for the page and again for every part that HTMX puts into it. */
export function eachPart(work) {
  const run = (root) => work(root instanceof Document || root instanceof Element ? root : document);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => run(document));
  else run(document);
  document.addEventListener("htmx:load", (event) => run(event.detail?.elt ?? event.target));
}

/** Elements of `root` (itself included) that match. */
export function all(root, selector) {
  const found = [...root.querySelectorAll(selector)];
  if (root instanceof Element && root.matches(selector)) found.unshift(root);
  return found;
}

/** Whether the keyboard is busy in a field. */
export function typing(event) {
  const element = event.target;
  return (
    element instanceof HTMLElement &&
    (element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)) &&
    !/^(checkbox|radio|button|submit)$/.test(element.type ?? "")
  );
}

/** The token that forms and HTMX send along. */
export function csrfToken() {
  return document.querySelector("meta[name=csrf-token]")?.content ?? "";
}

/** An icon of the sprite, as the server's tag writes it. */
export function icon(name, classes = "") {
  const sample = document.querySelector("svg.icon use")?.getAttribute("href") ?? "";
  const sprite = document.body.dataset.tbIcons || sample.split("#")[0];
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", `icon ${classes}`.trim());
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/** An element with attributes and children; text is always text. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value == null) continue;
    if (key === "class") element.className = value;
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child != null));
  return element;
}

/** The field of a form by which the server knows a repeat. */
export const REPEAT_KEY = "idempotency_key";

/** A word that nobody has used before. (`crypto.randomUUID` exists on https only.) */
export function randomKey() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
