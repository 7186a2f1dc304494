// HTMX: the token, what to do with errors, and what to do when a part turns out to be a whole page.
import { REPEAT_KEY, csrfToken, randomKey } from "../dom.js";
import { t } from "../strings.js";
import { toast } from "./toasts.js";

// By its key a repeat is known: a form carries one, an act without a form gets one that holds until an answer comes.
document.addEventListener("htmx:configRequest", (event) => {
  const { verb, headers, parameters, elt } = event.detail;
  if (verb === "get") return;
  headers["X-CSRFToken"] = csrfToken();
  if (!parameters[REPEAT_KEY]) headers["Idempotency-Key"] = elt.dataset.tbKey ||= randomKey();
});

function renew(form) {
  const field = form.elements[REPEAT_KEY];
  if (field) field.value = randomKey();
}

document.addEventListener("htmx:afterRequest", (event) => {
  const { elt, xhr } = event.detail;
  if (!xhr.status) return; // no answer: it may have happened
  delete elt.dataset.tbKey;
  const form = elt.closest("form");
  if (form) renew(form);
});

// Somebody who goes back and sends a form once more means it.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) for (const form of document.forms) renew(form);
});

const KNOWN = { 401: "error-forbidden", 403: "error-forbidden", 404: "error-absent", 410: "error-absent" };

function words(xhr) {
  if (xhr.getResponseHeader("Tb-Error") === "part") {
    const part = new DOMParser().parseFromString(xhr.responseText, "text/html");
    const text = part.body.textContent.replace(/\s+/g, " ").trim();
    if (text) return text;
  }
  return t(KNOWN[xhr.status] ?? "error-server", { id: xhr.getResponseHeader("X-Request-Id") ?? "" });
}

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, boosted } = event.detail;
  if (xhr.status === 422) {
    // A form that came back with its errors.
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    return;
  }
  if (xhr.status === 286) return;
  if (xhr.status >= 400) {
    event.detail.shouldSwap = false;
    // A poll that fails says nothing: it tries again by itself.
    if (!event.detail.elt?.closest?.("[data-tb-quiet]")) toast(words(xhr), { kind: "bad" });
    return;
  }
  // The session has ended, or a redirect led to a page: show that page instead of putting it into this one.
  if (!boosted && !event.detail.selectOverride && /^\s*<!doctype/i.test(xhr.responseText)) {
    // The element that asked decides, not the target: a refresher may stand elsewhere on the page.
    const asker = event.detail.requestConfig?.elt ?? event.detail.elt;
    const select = asker?.closest?.("[hx-select]");
    if (!select) {
      event.detail.shouldSwap = false;
      // A badge that nobody watches must not take a half-written form away.
      if (asker?.matches?.("[data-tb-live]:not([data-tb-pace])")) return;
      window.location.reload();
    }
  }
});

for (const name of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, (event) => {
    if (!event.detail.elt?.closest?.("[data-tb-quiet]")) toast(t("error-network"), { kind: "bad" });
  });
}
